"""What the first start collects, and the one job that makes an office of it.

Steps: `where` → `office` → `account` → making → finished. A shared database is made by the
administrator (`lintanctl`), so choosing one skips to the sign-in. Nothing is written before the
last button; if making fails, the new file is removed and everything typed is still there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core import config
from core.clock import Clock
from core.errors import AppError, InputError
from core.i18n import N_
from core.messages import register
from core.values.forms import FormField
from desktop.jobs import Job, JobRunner
from desktop.pages.first_start.making import Made, Plan, Signing, make_office, make_sample_office

register(
    {
        "first_start.passwords_differ": N_("The two passwords are not the same."),
        "first_start.file_exists": N_(
            "There is a file of this name already; choose another one, or open it instead."
        ),
    }
)

Values = dict[str, object]


class Step(StrEnum):
    """The screen of the wizard."""

    WHERE = "where"
    OFFICE = "office"
    ACCOUNT = "account"
    MAKING = "making"


class Kind(StrEnum):
    """What to begin with."""

    LOCAL = "local"
    OPEN = "open"
    SHARED = "shared"
    SAMPLE = "sample"


SERVER_FIELDS = (
    FormField("host", N_("Server"), required=True, help=N_("Name or address in the network.")),
    FormField("port", N_("Port"), "int", required=True, default="5432"),
    FormField("database", N_("Database"), required=True, default="lintan"),
)
OFFICE_FIELDS = (
    FormField(
        "name",
        N_("Name of the office"),
        required=True,
        help=N_("As on the seal and the letterhead."),
    ),
    FormField(
        "short",
        N_("Abbreviation in numbers"),
        required=True,
        help=N_("Begins every number, for example 明 in 明碳证〔2026〕第000001号."),
    ),
    FormField(
        "code",
        N_("Code of the office"),
        required=True,
        help=N_("Division code, for example 341182."),
    ),
    FormField("address", N_("Address")),
    FormField("phone", N_("Telephone")),
    FormField("registry_body", N_("Real-estate title registry")),
    FormField("ecology_body", N_("Body that certificates are filed with")),
    FormField("reconsideration_body", N_("Body of administrative reconsideration")),
    FormField(
        "own_confirmation",
        N_("The fund writes signed confirmations of its own"),
        "bool",
        help=N_("For donations; they are no fiscal receipts and say so."),
    ),
)
ACCOUNT_FIELDS = (
    FormField("name", N_("Your name"), required=True),
    FormField(
        "login", N_("Account"), required=True, help=N_("Small letters and digits, e.g. wangfang.")
    ),
    FormField("password", N_("Password"), required=True, help=N_("At least 8 characters.")),
    FormField("again", N_("Password again"), required=True),
)
SECRET_FIELDS = ("password", "again")


@dataclass(frozen=True)
class FirstStartState:
    """What the wizard knows. Passwords stay in their fields and in the job that uses them."""

    step: Step = Step.WHERE
    kind: Kind = Kind.LOCAL
    file: str = ""
    office: Values = field(default_factory=dict)
    doing: str = ""
    done: int = 0
    total: int = 0
    error: AppError | None = None


class FirstStartViewModel(QObject):
    """Collects the answers, then makes the office in one job of the io lane.

    Signals:
        state_changed: the FirstStartState.
        made: what was `Made`: the office, open.
        connect_asked: URL or file of an existing database to sign in to.
    """

    state_changed = Signal(object)
    made = Signal(object)
    connect_asked = Signal(str)

    def __init__(self, jobs: JobRunner, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._clock = clock
        self._job: Job | None = None
        self.state = FirstStartState(file=str(config.data_folder() / "lintan.db"))

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)

    # -- where --------------------------------------------------------------------------------

    def choose(self, kind: Kind) -> None:
        """Choose what to begin with."""
        folder = config.data_folder()
        name = "sample" if kind is Kind.SAMPLE else "lintan.db"
        self._set(kind=kind, file=str(folder / name), error=None)

    def use_file(self, file: Path) -> None:
        """Put the database elsewhere, or open the one there."""
        self._set(file=str(file), error=None)

    def use_server(self, values: Values) -> None:
        """Go to the sign-in of a shared database."""
        url = f"postgresql://{values['host']}:{values['port']}/{values['database']}"
        self.connect_asked.emit(url)

    def begin_office(self) -> None:
        """Go on to the office, or open, or make the sample office."""
        if self.state.kind is Kind.OPEN:
            self.connect_asked.emit(self.state.file)
            return
        if Path(self.state.file).exists():
            self._set(error=InputError.of("file", "first_start.file_exists"))
            return
        self._set(step=Step.OFFICE, error=None)

    def back(self) -> None:
        """One screen back; everything typed stays."""
        before = {Step.OFFICE: Step.WHERE, Step.ACCOUNT: Step.OFFICE, Step.MAKING: Step.ACCOUNT}
        self._set(step=before.get(self.state.step, Step.WHERE), error=None)

    def begin_account(self, office: Values) -> None:
        """The office is typed: go on to the account."""
        self._set(step=Step.ACCOUNT, office=office, error=None)

    # -- making ---------------------------------------------------------------------------------

    def make(self, account: Values, signing: Signing) -> None:
        """Create the database, the account and the signing certificate, and open it.

        Args:
            account: login, name, password and the password again, as typed.
            signing: how papers will be signed.
        """
        password = str(account["password"])
        if password != account["again"]:
            self._set(error=InputError.of("again", "first_start.passwords_differ"))
            return
        plan = Plan(Path(self.state.file), self.state.office, account, password, signing)
        self._set(step=Step.MAKING, error=None)
        self._jobs.call(
            partial(make_office, plan, self._clock),
            done=self._on_made,
            failed=self._on_failed,
            key="first-start",
        )

    def make_sample(self) -> None:
        """Build the sample office and open it; takes a minute."""
        self._set(step=Step.MAKING, error=None)
        self._job = self._jobs.io(
            partial(make_sample_office, Path(self.state.file), self._clock),
            done=self._on_made,
            failed=self._on_failed,
            progress=self._on_progress,
            key="first-start",
        )

    def stop(self) -> None:
        """Stop building the sample office; nothing of it is left."""
        if self._job is not None:
            self._job.cancel()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        self._set(done=done, total=total, doing=text)

    def _on_made(self, made: Made) -> None:
        self.made.emit(made)

    def _on_failed(self, error: AppError) -> None:
        self._job = None
        step = Step.WHERE if self.state.kind is Kind.SAMPLE else Step.ACCOUNT
        self._set(step=step, error=error)
