"""The office put together: the list of its capabilities, and the doors into a database.

This is the one place that knows every capability. A new one adds its import and its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Connection, Engine, MetaData, event, make_url
from sqlalchemy.orm import Session, UOWTransaction

from core import access, audit, messages, numbering, settings
from core.access.model import Account, AccountRole, PermissionKey, Role, RolePermission
from core.attachments.model import Attachment, Blob
from core.audit.model import AuditRow
from core.capability import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CASHIER,
    CHECKER,
    CLERK,
    EXPERT,
    FUND_MANAGER,
    ISSUER,
    RECEIPT_ISSUER,
    RECEIPT_REVIEWER,
    REGISTRAR,
    REVIEWER,
    SECOND_REVIEWER,
    SECRETARY,
    SUPERVISOR,
    Capability,
    PaperKind,
    Permission,
)
from core.carbon.capability import CAPABILITY as CARBON
from core.certificates.capability import CAPABILITY as CERTIFICATES
from core.clock import Clock, SystemClock
from core.colleagues.model import EditLease
from core.committee.capability import CAPABILITY as COMMITTEE
from core.config import file_of
from core.database import Actor, Database, Hooks
from core.database.faults import told
from core.database.files import (
    check_file,
    make_private_file,
    refuse_network_share,
    window_lock,
)
from core.database.upgrade import check_guards, check_revision, run_migrations, upgrade_file
from core.documents.capability import CAPABILITY as DOCUMENTS
from core.drafts.model import Draft
from core.errors import EnvironmentFault, InputError
from core.fund.capability import CAPABILITY as FUND
from core.history.model import HistoryEvent
from core.i18n import N_
from core.messages import register
from core.numbering.model import NumberLine, NumberPattern, NumberSeries
from core.parcels.capability import CAPABILITY as PARCELS
from core.parties.capability import CAPABILITY as PARTIES
from core.requests.model import Request
from core.search.model import SearchEntry
from core.settings.model import CalendarDay, Setting
from core.training.capability import CAPABILITY as TRAINING
from db.base import Base
from db.engine import create_engine_for
from db.migrations import HEAD

register(
    {
        "office.name_missing": N_("Enter the name of the office."),
        "office.short_missing": N_("Enter the abbreviation of the office; it stands in numbers."),
        "office.exists": N_("This database is in use already; nothing was changed."),
        "office.server_old": N_("PostgreSQL 15 or newer is needed; this server is {version}."),
        "office.encoding": N_("The database must be in UTF8; this one is in {encoding}."),
    }
)

#: Roles of a new database; the titles are data of the office and stay as they are stored.
ROLES: Mapping[str, str] = {
    CLERK: "经办",
    REVIEWER: "初审",
    SECOND_REVIEWER: "复审",
    APPROVER: "审定",
    REGISTRAR: "登簿",
    CHECKER: "校对",
    ISSUER: "缮证发证",
    ADMINISTRATOR: "系统管理",
    AUDITOR: "审计",
    CASHIER: "收款",
    RECEIPT_ISSUER: "开票",
    RECEIPT_REVIEWER: "票据复核",
    FUND_MANAGER: "基金管理",
    SECRETARY: "委员会秘书",
    SUPERVISOR: "监督",
    EXPERT: "专家",
}

#: What the building itself offers, whatever is done in it.
SYSTEM = Capability(
    key="system",
    title=N_("System"),
    icon="system",
    models=(
        Account,
        Role,
        RolePermission,
        AccountRole,
        PermissionKey,
        AuditRow,
        NumberPattern,
        NumberSeries,
        NumberLine,
        HistoryEvent,
        Setting,
        CalendarDay,
        Blob,
        Attachment,
        Request,
        Draft,
        EditLease,
        SearchEntry,
    ),
    permissions=(
        Permission("access.manage", N_("Manage accounts and roles"), (ADMINISTRATOR,)),
        Permission("settings.edit", N_("Change office values and the calendar"), (ADMINISTRATOR,)),
        Permission("numbering.edit", N_("Change the patterns of numbers"), (ADMINISTRATOR,)),
        Permission("audit.read", N_("Read the audit log"), (AUDITOR, ADMINISTRATOR)),
        Permission("database.maintain", N_("Save and check the database"), (ADMINISTRATOR,)),
    ),
)

CAPABILITIES: tuple[Capability, ...] = (
    SYSTEM,
    PARTIES,
    PARCELS,
    CARBON,
    DOCUMENTS,
    COMMITTEE,
    CERTIFICATES,
    FUND,
    TRAINING,
)


@dataclass(frozen=True, kw_only=True)
class OfficeSetup:
    """What a new office says about itself.

    Attributes:
        name: full name.
        short: abbreviation 代字, stands in numbers.
        code: code that keeps the numbers of two offices apart.
        values: further settings by key (`office.phone`, ...).
        sample: every paper carries 培训样张.
    """

    name: str
    short: str
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    sample: bool = False


def metadata() -> MetaData:
    """Every table of every capability."""
    return Base.metadata


@cache
def permissions() -> tuple[Permission, ...]:
    """Every permission of the program."""
    return tuple(one for capability in CAPABILITIES for one in capability.permissions)


messages.register_titles("permission", {one.key: one.title for one in permissions()})


def paper_kinds() -> tuple[PaperKind, ...]:
    """Every kind of paper of the program."""
    return tuple(one for capability in CAPABILITIES for one in capability.papers)


def open_database(
    url: str, login: str, secret: str, clock: Clock | None = None, *, window: bool = False
) -> Database:
    """Open a database as a person.

    A local file that is older than the program is upgraded first, after a checked copy of it.

    Args:
        url: SQLAlchemy URL; the person is no part of it.
        login: the person's login.
        secret: password.
        clock: where the time comes from.
        window: a window opens it: a second window on the same file is refused.

    Raises:
        NotPermitted: unknown, wrong password, closed.
        EnvironmentFault: not there, locked, unreachable, newer, older (server), damaged, on a
            network share, open in another window, waiting after wrong passwords.
    """
    clock = clock or SystemClock()
    path = file_of(url)
    lock = None
    if path is not None:
        check_file(path)
        lock = window_lock(path) if window else None
    engine = create_engine_for(_with_login(url, login, secret))
    try:
        _make_current(url, engine, clock)
        check_guards(engine, metadata())
        with told():
            actor = access.authenticate(engine, login, secret, clock)
    except BaseException:
        engine.dispose()
        if lock is not None:
            lock.release()
        raise
    database = Database(engine, actor=actor, clock=clock, hooks=hooks())
    if lock is not None:
        database.on_close(lock.release)
    return database


def _make_current(url: str, engine: Engine, clock: Clock) -> None:
    if check_revision(engine) == HEAD:
        return
    path = file_of(url)
    if path is None:
        raise EnvironmentFault("database.upgrade_needed")
    upgrade_file(path, metadata(), seeder(clock), clock)


def create_database(
    url: str,
    office: OfficeSetup,
    admin_login: str,
    admin_name: str,
    secret: str,
    clock: Clock | None = None,
) -> None:
    """Make a new office: tables, guards, roles, series, settings, and its first account.

    Args:
        url: a new file, or an empty database on a server with the login of its owner.
        office: names of the office.
        admin_login: login of the first account; it manages accounts and settings.
        admin_name: that person's name.
        secret: that person's password.
        clock: where the time comes from.

    Raises:
        InputError: office, login, name or password are wrong.
        EnvironmentFault: there is something already, or it cannot be written.
    """
    clock = clock or SystemClock()
    _check_setup(office, admin_login, secret)
    path = file_of(url)
    if path is None:
        check_server(url)
        _check_unused(url)
    else:
        _prepare_folder(url)

    def seed(connection: Connection) -> None:
        seeder(clock)(connection)
        with _owner_session(connection, clock) as session:
            _seed_office(session, office)
            access.first_account(session, admin_login, admin_name, secret, (ADMINISTRATOR,))

    try:
        run_migrations(url, metadata(), seed)
    except BaseException:
        if path is not None:
            for name in (path.name, path.name + "-wal", path.name + "-shm"):
                path.with_name(name).unlink(missing_ok=True)
        raise


def seeder(clock: Clock) -> _Seeder:
    """What every upgrade makes sure of: roles, permissions, series, tables of values."""
    return _Seeder(clock)


@dataclass(frozen=True)
class _Seeder:
    clock: Clock

    def __call__(self, connection: Connection) -> None:
        with _owner_session(connection, self.clock) as session:
            access.seed_roles(session, ROLES, permissions())
            numbering.seed(session, [one for each in CAPABILITIES for one in each.series])
            for capability in CAPABILITIES:
                if capability.seed is not None:
                    capability.seed(session)


def hooks() -> Hooks:
    """What happens inside every write transaction."""
    return Hooks(
        actor=access.current_actor,
        flushed=(audit.flushed,),
        executed=(audit.executed,),
        committing=(numbering.committing, audit.write_lines),
        info={"letters": settings.letters},
        hides=tuple(one.hides for one in CAPABILITIES if one.hides is not None),
    )


class _owner_session:  # noqa: N801 - reads as a word in `with`
    """A session of the owner of the database, inside an upgrade."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._session = Session(connection, expire_on_commit=False)
        owner = Actor(0, "lintan", "林碳台", frozenset(one.key for one in permissions()))
        self._session.info.update(
            actor=owner,
            clock=clock,
            changes=set(),
            pending=[],
            dialect=connection.dialect.name,
            letters=settings.letters,
        )
        event.listen(self._session, "after_flush", _audit_flush)

    def __enter__(self) -> Session:
        """The session; it flushes into the transaction of the connection."""
        return self._session

    def __exit__(self, kind: object, *_rest: object) -> None:
        """Flush and log, never commit."""
        if kind is None:
            self._session.flush()
            audit.write_lines(self._session)
        self._session.expunge_all()
        self._session.close()


def _audit_flush(session: Session, _context: UOWTransaction) -> None:
    audit.flushed(session)


def _seed_office(session: Session, office: OfficeSetup) -> None:
    values: dict[str, object] = {
        "office.name": office.name,
        "office.short": office.short,
        "office.code": office.code,
        "office.sample": office.sample,
        **office.values,
    }
    # The first values hold from the beginning: papers may be dated before the database was made.
    for key, value in values.items():
        settings.put(session, key, value, settings.BEGINNING)


def _check_setup(office: OfficeSetup, login: str, secret: str) -> None:
    from core.access.logins import clean_login
    from core.access.passwords import check_password

    if not office.name.strip():
        raise InputError.of("office.name", "office.name_missing")
    if not office.short.strip():
        raise InputError.of("office.short", "office.short_missing")
    check_password(clean_login(login), secret)


def _prepare_folder(url: str) -> None:
    path = file_of(url)
    assert path is not None
    refuse_network_share(path)
    if path.exists():
        raise EnvironmentFault("database.exists", path=str(path))
    make_private_file(path)


def check_server(url: str) -> None:
    """Refuse a server that is too old, or a database that is not in UTF8.

    Raises:
        EnvironmentFault: `office.server_old`, `office.encoding`, unreachable.
    """
    from db.postgres import OLDEST

    version = int(_asked(url, "SHOW server_version_num"))
    if version < OLDEST:
        raise EnvironmentFault("office.server_old", version=version // 10000)
    encoding = _asked(url, "SHOW server_encoding")
    if encoding != "UTF8":
        raise EnvironmentFault("office.encoding", encoding=encoding)


def _check_unused(url: str) -> None:
    used = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    if _asked(url, used) != "0":
        raise EnvironmentFault("office.exists")


def _asked(url: str, question: str) -> str:
    """The server's answer to one question."""
    engine = create_engine_for(url)
    try:
        with told(), engine.connect() as connection:
            return str(connection.exec_driver_sql(question).scalar())
    finally:
        engine.dispose()


def _with_login(url: str, login: str, secret: str) -> str:
    """On a server the person is the login of the connection."""
    if file_of(url) is not None:
        return url
    target = make_url(url).set(username=login, password=secret)
    return target.render_as_string(hide_password=False)
