"""What a command is given: the database it asked for, who asks, and where to write."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core import config
from core.cli.output import Output
from core.clock import Clock, SystemClock
from core.errors import EnvironmentFault, RuleViolation
from core.i18n import N_, _
from core.messages import register

if TYPE_CHECKING:
    from core.database import Database

register(
    {
        "cli.no_login": N_("Say who you are: --as LOGIN."),
        "cli.no_password": N_(
            "There is no password for “{login}”: give {option} FILE, "
            "or keep it in the keyring, or run this in a terminal."
        ),
        "cli.no_new_password": N_(
            "There is no new password for “{login}”: give --new-password-file FILE, or run this in "
            "a terminal."
        ),
        "cli.password_file": N_("The password file “{path}” cannot be read."),
        "cli.no_database": N_(
            "There is no database at “{path}”. Make one with `lintanctl db init`."
        ),
    }
)

KEYRING_SERVICE = "lintan"


@dataclass
class Context:
    """One run of lintanctl.

    Attributes:
        url: SQLAlchemy URL of the database.
        login: who asks, or None.
        password_file: where the password stands; `-` is standard input.
        named: whether the person named a database or a login, so that it is wanted where optional.
        out: the terminal.
        clock: where the time comes from.
    """

    url: str
    login: str | None = None
    password_file: str | None = None
    named: bool = False
    out: Output = field(default_factory=Output)
    clock: Clock = field(default_factory=SystemClock)
    _database: Database | None = None

    def database(self) -> Database:
        """The database, opened once as the person who asks.

        Raises:
            NotPermitted: unknown login or wrong password.
            EnvironmentFault: not there, locked, unreachable, older or newer than the program.
        """
        if self._database is None:
            from core import office

            self.existing_file()
            login = self.who()
            self._database = office.open_database(
                self.url, login, self.secret(login), clock=self.clock
            )
        return self._database

    def url_as_person(self) -> str:
        """The URL for what is done without an account of the office: make, look, upgrade, save.

        On a server that is a login of the server: the one in the address, else --as.
        """
        from sqlalchemy import make_url

        url = make_url(self.url)
        if config.file_of(self.url) is not None or url.username or not self.login:
            return self.url
        person = url.set(username=self.login, password=self.secret(self.login))
        return person.render_as_string(hide_password=False)

    def existing_file(self) -> Path | None:
        """The SQLite file of this run, or None on a server.

        Raises:
            EnvironmentFault: the file does not exist (opening would make an empty one).
        """
        path = config.file_of(self.url)
        if path is not None and not path.is_file():
            raise EnvironmentFault("cli.no_database", path=str(path))
        return path

    def who(self) -> str:
        """The login of the person who asks.

        Raises:
            RuleViolation: nobody was named.
        """
        if not self.login:
            raise RuleViolation("cli.no_login")
        return self.login

    def secret(self, login: str) -> str:
        """The password of a login: from the file, else the keyring, else asked for.

        Raises:
            EnvironmentFault: none of the three has one.
        """
        question = _("Password of {login}: ").format(login=login)
        return find_secret(f"{login}@{self.url}", login, question, self.password_file)

    def new_secret(self, login: str, file: str | None) -> str:
        """A new password: from the file named, else asked for twice until both agree.

        Raises:
            EnvironmentFault: there is neither a file nor a terminal.
        """
        if file is not None:
            return _from_file(file)
        if not sys.stdin.isatty():
            raise EnvironmentFault("cli.no_new_password", login=login)
        while True:
            first = getpass.getpass(_("New password of {login}: ").format(login=login))
            if first == getpass.getpass(_("The same again: ")):
                return first
            self.out.line(_("The two are different."))

    def close(self) -> None:
        """Close the database if it was opened."""
        if self._database is not None:
            self._database.close()
            self._database = None


def find_secret(
    kept_as: str, name: str, question: str, file: str | None, *, option: str = "--password-file"
) -> str:
    """A secret: from the file named (`-` is standard input), else the keyring, else asked for.

    Args:
        kept_as: its name in the keyring.
        name: whose it is, for messages.
        question: what to ask in a terminal.
        file: the file the person named, if any.
        option: how the file is named on the command line.

    Raises:
        EnvironmentFault: none of the three has one.
    """
    if file is not None:
        return _from_file(file)
    kept = _from_keyring(kept_as)
    if kept is not None:
        return kept
    if not sys.stdin.isatty():
        raise EnvironmentFault("cli.no_password", login=name, option=option)
    return getpass.getpass(question)


def _from_file(name: str) -> str:
    try:
        text = sys.stdin.readline() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise EnvironmentFault("cli.password_file", path=name) from problem
    return text.rstrip("\r\n")


def _from_keyring(name: str) -> str | None:
    """The kept password; None where no keyring works here."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, name)
    except (KeyringError, ImportError, AttributeError, ValueError, RuntimeError):
        return None  # what a store that is named but cannot be loaded raises
