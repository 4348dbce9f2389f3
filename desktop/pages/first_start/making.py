"""Making an office: database, first account, signing certificate; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from core import config, messages
from core.clock import Clock
from core.errors import AppError, EnvironmentFault, InputError
from core.i18n import _
from desktop.jobs import Report, Token
from desktop.support import secrets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.database import Database


class SigningKind(StrEnum):
    """How papers will be signed."""

    TEST = "test"
    FILE = "file"
    LATER = "later"


@dataclass(frozen=True)
class Signing:
    """How papers will be signed: nothing yet, a test certificate, or a PKCS#12 file."""

    kind: SigningKind
    file: Path | None = None
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class Plan:
    """Everything the wizard collected."""

    file: Path
    office: Mapping[str, object]
    account: Mapping[str, object]
    password: str = field(repr=False)
    signing: Signing


@dataclass(frozen=True)
class Made:
    """An office that was made and is open.

    Attributes:
        database: opened as `login`.
        login: who signed in.
        note: what the person must still be told, for example a passphrase to write down.
    """

    database: Database
    login: str
    note: str = field(default="", repr=False)


def make_office(plan: Plan, clock: Clock) -> Made:
    """Create the database with its first account, set up signing, and open it.

    Raises:
        InputError: a name or the password is not acceptable; nothing was created.
        EnvironmentFault: disk full, folder not writable, certificate file or passphrase wrong;
            nothing was created.
    """
    from core import office

    chain = _chain(plan.signing)
    url = config.database_url(str(plan.file))
    given = dict(plan.office)
    own = bool(given.pop("own_confirmation", False))
    texts = {key: str(value or "") for key, value in given.items()}
    setup = office.OfficeSetup(
        name=texts.pop("name"),
        short=texts.pop("short"),
        code=texts.pop("code"),
        values={
            **{f"office.{key}": value for key, value in texts.items() if value},
            "fund.own_confirmation": own,
        },
    )
    login = str(plan.account["login"])
    office.create_database(url, setup, login, str(plan.account["name"]), plan.password, clock)
    database = office.open_database(url, login, plan.password, clock, window=True)
    try:
        note = _set_up_signing(plan, database, chain, clock)
        _keep(plan.file, login)
    except AppError:
        # The office is there and will be opened by signing in; only this window lets go of it.
        database.close()
        raise
    return Made(database, login, note)


def make_sample_office(folder: Path, clock: Clock, token: Token, report: Report) -> Made:
    """Build the sample office in a folder of its own and open it as its clerk.

    Raises:
        EnvironmentFault: disk full, folder not writable, the sample office is open elsewhere.
        Cancelled: the person stopped; nothing is left.
    """
    from core import office
    from core.cli.sample_office import demo, people

    def progress(done: int, total: int, text: str = "") -> None:
        token.check()
        report(done, total, text)

    demo.build_demo(folder, 1, progress)
    login = people.CLERK.login
    secret = people.passwords(1)[login]
    url = config.database_url(str(folder / demo.DATABASE))
    database = office.open_database(url, login, secret, clock, window=True)
    _keep(folder / demo.DATABASE, login)
    note = _("Accounts and passwords of the sample office: {path}").format(
        path=folder / demo.ACCOUNTS
    )
    return Made(database, login, note)


def _chain(signing: Signing) -> tuple[bytes, ...]:
    """The certificates (DER) beside the signing one in the chosen file, which must open."""
    if signing.kind is not SigningKind.FILE or signing.file is None:
        return ()
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    from core.documents.sign import from_pkcs12

    from_pkcs12(signing.file, signing.passphrase)
    _key, _certificate, others = pkcs12.load_key_and_certificates(
        signing.file.read_bytes(), signing.passphrase.encode()
    )
    return tuple(each.public_bytes(Encoding.DER) for each in others)


def _set_up_signing(plan: Plan, database: Database, chain: tuple[bytes, ...], clock: Clock) -> str:
    """Pin the roots in the register and keep the passphrase."""
    from core.documents import authority, keys

    if plan.signing.kind is SigningKind.TEST:
        name = str(plan.office["name"])
        folder = plan.file.with_suffix(".signing")
        made = authority.create_test_office(folder, name, now=clock.now())
        with database.write() as session:
            keys.pin_authority(session, made, name)
        return _remember_signer(made.pkcs12, made.passphrase, known=False)
    if plan.signing.file is not None and plan.signing.kind is SigningKind.FILE:
        with database.write() as session:
            for certificate in chain:
                _pin_root(session, certificate)
        return _remember_signer(plan.signing.file, plan.signing.passphrase, known=True)
    return ""


def _pin_root(session: Session, certificate: bytes) -> None:
    """Pin what is a root; a chain may hold certificates in between as well."""
    from core.documents import keys

    try:
        keys.pin_root(session, certificate)
    except InputError:
        return


def _remember_signer(file: Path, passphrase: str, *, known: bool) -> str:
    """Where the certificate is, and its passphrase in the password store; or what to write down.

    A passphrase the person typed is `known` to them: it is never put on the screen.
    """
    config.save(replace(config.load(), signing_key=str(file)))
    try:
        secrets.save(secrets.signer_name(file), passphrase)
    except EnvironmentFault as fault:
        if known:
            return messages.text(fault)
        return _("{reason} Write down the passphrase of the signing certificate: {secret}").format(
            reason=messages.text(fault), secret=passphrase
        )
    return ""


def _keep(file: Path, login: str) -> None:
    """Open this database at the next start."""
    name = "" if file == config.data_folder() / "lintan.db" else str(file)
    config.save(replace(config.load(), login=login, database=name))
