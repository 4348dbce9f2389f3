"""Making an office: database, first account, signing certificate; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from core import config
from core.clock import Clock
from core.errors import AppError
from desktop.jobs import Report, Token
from desktop.support import secrets

if TYPE_CHECKING:
    from core.database import Database
    from core.documents.sign import Signer


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


def make_office(plan: Plan, clock: Clock) -> Database:
    """Create the database with its first account, pin the certificate, and open it.

    Raises:
        InputError: a name or the password is not acceptable; nothing was created.
        EnvironmentFault: disk full, folder not writable, certificate file or passphrase wrong.
    """
    from core import office

    signer = _signer(plan)
    url = config.database_url(str(plan.file))
    login, secret = str(plan.account["login"]), plan.password
    try:
        setup = office.OfficeSetup(**{key: str(value or "") for key, value in plan.office.items()})
        office.create_database(url, setup, login, str(plan.account["name"]), secret, clock)
        database = office.open_database(url, login, secret, clock)
    except AppError:
        _remove(plan.file)
        raise
    _set_up_signing(plan, database, signer, clock)
    _keep(plan, login)
    return database


def make_sample_office(file: Path, token: Token, report: Report) -> tuple[Database, str]:
    """Build the sample office beside its file and open it as its clerk.

    Raises:
        EnvironmentFault: disk full, folder not writable.
        Cancelled: the person stopped; what was built so far is removed.
    """
    raise NotImplementedError


def _signer(plan: Plan) -> Signer | None:
    """The signer in the chosen file, opened before anything is created."""
    if plan.signing.kind is not SigningKind.FILE or plan.signing.file is None:
        return None
    from core.documents.sign import from_pkcs12

    return from_pkcs12(plan.signing.file, plan.signing.passphrase)


def _set_up_signing(plan: Plan, database: Database, signer: Signer | None, clock: Clock) -> None:
    """Pin the roots and keep the passphrase; the office itself is there already."""
    from core.documents import authority, keys

    if plan.signing.kind is SigningKind.TEST:
        folder = plan.file.with_suffix(".signing")
        made = authority.create_test_office(folder, str(plan.office["name"]), now=clock.now())
        with database.write() as session:
            keys.pin_authority(session, made, str(plan.office["name"]))
        _remember_signer(made.pkcs12, made.passphrase)
    elif signer is not None and plan.signing.file is not None:
        with database.write() as session:
            for certificate in signer.certificates[1:]:
                keys.pin_root(session, certificate)
        _remember_signer(plan.signing.file, plan.signing.passphrase)


def _remember_signer(file: Path, passphrase: str) -> None:
    config.save(replace(config.load(), signer=str(file)))
    secrets.save(secrets.signer_name(file), passphrase)


def _keep(plan: Plan, login: str) -> None:
    """Open this database at the next start."""
    settings = config.load()
    usual = config.file_of(config.database_url(str(config.data_folder() / "lintan.db")))
    name = "" if plan.file == usual else str(plan.file)
    config.save(replace(settings, login=login, database=name))


def _remove(file: Path) -> None:
    """Take a half-made database away: it did not exist before the wizard."""
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink(missing_ok=True)
