"""The sections of the system page: what each lists and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from core import access, audit, numbering, settings
from core.audit.names import action_name, record_name
from core.carbon import service as carbon
from core.carbon.queries import STATUS_TITLES
from core.clock import CHINA
from core.database import actor, today
from core.documents import editing
from core.i18n import N_, _, listed
from core.office import CAPABILITIES
from core.settings.specs import SettingSpec, specs
from desktop.pages.system import sheets


@dataclass(frozen=True)
class Row:
    """One line of a section: its key, its cells, and the summary behind it."""

    key: str
    cells: tuple[str, ...]
    data: object = None


@dataclass(frozen=True)
class Listing:
    """What a section shows: rows and a line below them."""

    rows: tuple[Row, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Action:
    """A button of a section; `on_row` needs a chosen row, `permission` whoever may press it."""

    key: str
    title: str
    permission: str = ""
    on_row: bool = False
    icon: str = ""


@dataclass(frozen=True)
class SystemSection:
    """One section.

    Attributes:
        key: name, also of the panel.
        title, icon: as listed at the left (`N_`).
        help: one sentence under the title (`N_`).
        headers: of the table (`N_`).
        read: loads the listing for a year.
        actions: its buttons; the first on a row is what Enter does.
        kinds: record kinds whose change reloads it.
        by_year: whether a year is chosen above it.
    """

    key: str
    title: str
    icon: str
    help: str
    headers: tuple[str, ...]
    read: Callable[[Session, int], Listing]
    actions: tuple[Action, ...] = ()
    kinds: frozenset[str] = field(default_factory=frozenset)
    by_year: bool = False


def shown_value(spec: SettingSpec, value: object) -> str:
    """A setting's value as one line."""
    if spec.kind == "bool":
        return _("Yes") if value else _("No")
    if spec.kind == "json":
        count = len(value) if isinstance(value, list | dict) else 0
        return _("{count} entries").format(count=count)
    text = "" if value is None else str(value)
    return " ".join(text.split())


def _settings(session: Session, _year: int) -> Listing:
    day = today(session)
    rows = []
    for spec in specs():
        lines = settings.timeline(session, spec.key)
        since = [line.valid_from for line in lines if line.valid_from <= day]
        coming = [line for line in lines if line.valid_from > day]
        later = (
            _("{value} from {day}").format(
                value=shown_value(spec, coming[0].value), day=coming[0].valid_from
            )
            if coming
            else ""
        )
        value = settings.get(session, spec.key, day)
        start = since[-1].isoformat() if since else _("default")
        rows.append(Row(spec.key, (_(spec.title), shown_value(spec, value), start, later), spec))
    return Listing(tuple(rows))


def _accounts(session: Session, _year: int) -> Listing:
    rows = []
    for account in access.list_accounts(session):
        state = _("In use") if account.active else _("Closed")
        if account.locked_until is not None:
            until = account.locked_until.astimezone(CHINA).strftime("%H:%M")
            state = _("Waits until {time}").format(time=until)
        titles = listed(account.role_titles)
        rows.append(Row(account.login, (account.login, account.name, titles, state), account))
    return Listing(tuple(rows))


def _roles(session: Session, _year: int) -> Listing:
    rows = [
        Row(
            role.key,
            (role.title, str(len(role.permissions)), str(role.accounts)),
            role,
        )
        for role in access.list_roles(session)
    ]
    return Listing(tuple(rows), _("A person may hold several roles; rights add up."))


def series_titles() -> Mapping[str, str]:
    """Title of every number series."""
    return {series.key: series.title for capability in CAPABILITIES for series in capability.series}


def _numbering(session: Session, year: int) -> Listing:
    titles = series_titles()
    rows = []
    for series in numbering.series(session):
        taken = dict(series.taken).get(year, 0)
        title = _(titles[series.key]) if series.key in titles else series.key
        rows.append(Row(series.key, (title, series.pattern, str(taken)), series))
    gaps = numbering.missing(session)
    note = (
        _("Every number is accounted for; there is no gap.")
        if not gaps
        else _("{count} numbers are missing in the ledger.").format(count=len(gaps))
    )
    return Listing(tuple(rows), note)


def _calendar(session: Session, year: int) -> Listing:
    rows = [
        Row(
            entry.day.isoformat(),
            (
                entry.day.isoformat(),
                _("Working day") if entry.is_workday else _("Day off"),
                entry.note,
            ),
            entry,
        )
        for entry in settings.calendar_days(session, year)
    ]
    known = settings.calendar(session).known(year)
    note = (
        _("The published holidays of {year} are known.")
        if known
        else _("The holidays of {year} are not known yet: Monday to Friday count as working days.")
    )
    return Listing(tuple(rows), note.format(year=year))


def _parameters(session: Session, _year: int) -> Listing:
    rows = [
        Row(
            str(one.id),
            (
                one.name,
                _(STATUS_TITLES[one.status]),
                one.valid_from.isoformat(),
                str(len(one.parameters)),
                one.confirmed_by,
                one.source,
            ),
            one,
        )
        for one in carbon.sets(session)
    ]
    return Listing(tuple(rows), _("Changing a set never alters an issued figure."))


def _audit(session: Session, _year: int) -> Listing:
    if not actor(session).may("audit.read"):
        return Listing((), _("Your account may not read the audit log."))
    rows = [
        Row(
            str(line.seq),
            (
                str(line.seq),
                line.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
                line.login,
                record_name(line.table),
                line.row_id,
                action_name(line.action),
            ),
            line,
        )
        for line in audit.lines(session)
    ]
    return Listing(tuple(rows), _("The latest 200 lines."))


def _backups(session: Session, _year: int) -> Listing:
    url = session.get_bind().engine.url
    local = url.get_backend_name() == "sqlite"
    kind = _("Local file") if local else _("Shared server")
    where = url.database or "" if local else url.render_as_string(hide_password=True)
    return Listing((Row("database", (kind, where)),))


def _sheets(session: Session, _year: int) -> Listing:
    rows = tuple(Row(key, cells, values) for key, cells, values in sheets.ranges(session))
    return Listing(rows, sheets.note(session))


def _templates(session: Session, _year: int) -> Listing:
    rows = []
    for line in editing.kinds(session):
        by = _("of the office") if line.by_office else _("of the program")
        since = line.saved_at.astimezone(CHINA).date().isoformat() if line.saved_at else ""
        rows.append(Row(line.kind, (line.title, str(line.version), by, since), line.kind))
    return Listing(tuple(rows))


SECTIONS: tuple[SystemSection, ...] = (
    SystemSection(
        "settings",
        N_("Office settings"),
        "system",
        N_("Each value has a first day: papers of earlier days keep the old one."),
        (N_("Setting"), N_("Value today"), N_("Since"), N_("Change to come")),
        _settings,
        (Action("change", N_("Change…"), "settings.edit", on_row=True, icon="edit"),),
        frozenset({"setting"}),
    ),
    SystemSection(
        "accounts",
        N_("Users"),
        "user",
        N_("One person, one account; close it when the person leaves."),
        (N_("Login"), N_("Name"), N_("Roles"), N_("State")),
        _accounts,
        (
            Action("roles", N_("Roles…"), "access.manage", on_row=True, icon="edit"),
            Action("new", N_("New account…"), "access.manage", icon="plus"),
            Action("rename", N_("Rename…"), "access.manage", on_row=True),
            Action("reset", N_("New password…"), "access.manage", on_row=True, icon="key"),
            Action("toggle", N_("Close or reopen…"), "access.manage", on_row=True, icon="lock"),
            Action("mine", N_("My password…"), icon="key"),
        ),
        frozenset({"account", "account_role", "role"}),
    ),
    SystemSection(
        "roles",
        N_("Roles"),
        "lock",
        N_("A role is a set of permissions, one for each action."),
        (N_("Role"), N_("Permissions"), N_("Accounts")),
        _roles,
        (
            Action("edit", N_("Permissions…"), "access.manage", on_row=True, icon="edit"),
            Action("new", N_("New role…"), "access.manage", icon="plus"),
        ),
        frozenset({"role", "role_permission", "account_role"}),
    ),
    SystemSection(
        "numbering",
        N_("Numbering"),
        "list",
        N_("Numbers have no gaps and never repeat; the ledger accounts for each."),
        (N_("Series"), N_("Pattern"), N_("Taken this year")),
        _numbering,
        (
            Action("ledger", N_("Ledger…"), on_row=True, icon="list"),
            Action(
                "pattern", N_("Change the pattern…"), "numbering.edit", on_row=True, icon="edit"
            ),
        ),
        frozenset({"number_ledger", "number_pattern", "number_series"}),
        by_year=True,
    ),
    SystemSection(
        "calendar",
        N_("Working calendar"),
        "calendar",
        N_("Only days on which the office departs from the published holidays."),
        (N_("Day"), N_("Counts as"), N_("Note")),
        _calendar,
        (
            Action("add", N_("Add a day…"), "settings.edit", icon="plus"),
            Action("remove", N_("Remove"), "settings.edit", on_row=True, icon="trash"),
        ),
        frozenset({"calendar_day"}),
        by_year=True,
    ),
    SystemSection(
        "parameters",
        N_("Parameter sets"),
        "sum",
        N_("Densities, factors and fractions of the carbon amount, by version."),
        (
            N_("Version"),
            N_("State"),
            N_("Valid from"),
            N_("Species groups"),
            N_("Confirmed by"),
            N_("Source"),
        ),
        _parameters,
        (
            Action("show", N_("Show…"), on_row=True, icon="open"),
            Action("confirm", N_("Confirm…"), "carbon.confirm", on_row=True, icon="check"),
            Action("retire", N_("Retire…"), "carbon.confirm", on_row=True),
        ),
        frozenset({"carbon_parameter_set"}),
    ),
    SystemSection(
        "sheets",
        N_("Numbered sheets"),
        "papers",
        N_("Every sheet that came in is explained: where it is, and what became of it."),
        sheets.HEADERS,
        _sheets,
        (
            Action("receive", N_("Receive…"), "stock.keep", icon="plus"),
            Action("hand_out", N_("Hand out…"), "stock.keep", on_row=True),
            Action("give_back", N_("Take back…"), "stock.keep", on_row=True),
            Action("spoil", N_("Write off…"), "stock.keep", on_row=True),
            Action("surrender", N_("Surrender…"), "stock.keep", on_row=True),
            Action("destroy", N_("Destroy…"), "stock.destroy", on_row=True),
            Action("moves", N_("Movements…"), icon="list"),
        ),
        frozenset({"sheet_range", "sheet_move"}),
    ),
    SystemSection(
        "templates",
        N_("Texts of papers"),
        "edit",
        N_("Wording and places of every paper; what was issued keeps its text."),
        (N_("Paper"), N_("Version"), N_("Whose"), N_("Since")),
        _templates,
        (Action("edit", N_("Edit…"), "papers.templates", on_row=True, icon="edit"),),
        frozenset({"paper_template"}),
    ),
    SystemSection(
        "audit",
        N_("Audit"),
        "verify",
        N_("Every change with who, when, before and after, in an unbroken chain."),
        (N_("No."), N_("When"), N_("Login"), N_("Table"), N_("Row"), N_("Action")),
        _audit,
        (
            Action("line", N_("Show…"), on_row=True, icon="open"),
            Action("check", N_("Check the chain now"), "audit.read", icon="verify"),
        ),
    ),
    SystemSection(
        "backup",
        N_("Backup"),
        "database",
        N_("A backup is one file with everything, read back and checked at once."),
        (N_("Database"), N_("File or server")),
        _backups,
        (
            Action("backup", N_("Back up now…"), "database.maintain", icon="save"),
            Action("check", N_("Check everything now"), "database.maintain", icon="verify"),
        ),
    ),
)
BY_KEY: Mapping[str, SystemSection] = {section.key: section for section in SECTIONS}
