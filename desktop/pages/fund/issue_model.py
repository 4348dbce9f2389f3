"""What the dialog that issues receipts knows: groups, what bars each, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from core import messages, settings
from core.database import today
from core.errors import AppError
from core.fund.batches import Outcome, issue_batch
from core.fund.choices import NextSheet, next_in_stock
from core.fund.details import DonationLink, in_groups
from core.fund.ereceipt import Fields
from core.fund.judging import check_each
from core.fund.official_receipts import Official
from core.fund.receipts import IssueReceipt
from core.fund.rules import Finding, Severity
from core.fund.states import Way
from core.i18n import _
from desktop.jobs.runner import Report, Token
from desktop.parts.files import read_file as load
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

#: Receipts in one transaction; the person may stop between two.
CHUNK = 50
#: Reasons told in one line; the rest is counted.
TOLD = 3


@dataclass(frozen=True)
class Judged:
    """One receipt that is wanted, and what its rules find."""

    donations: tuple[DonationLink, ...]
    findings: tuple[Finding, ...]

    @property
    def barred(self) -> bool:
        """Whether anything stops it."""
        return any(one.severity is Severity.BAR for one in self.findings)


@dataclass(frozen=True)
class IssueReport:
    """What a run of one way came to."""

    way: Way
    outcomes: tuple[Outcome, ...]

    @property
    def receipts(self) -> list[int]:
        """Ids of the receipts made."""
        return [one.receipt_id for one in self.outcomes if one.receipt_id is not None]

    @property
    def documents(self) -> list[int]:
        """The papers that wait for their signature."""
        return [each for one in self.outcomes for each in one.documents]

    @property
    def refused(self) -> list[AppError]:
        """Why the others were not made."""
        return [one.fault for one in self.outcomes if one.fault is not None]

    def reasons(self) -> str:
        """The first few reasons, in words."""
        told = list(dict.fromkeys(messages.text(one) for one in self.refused))
        return "；".join(told[:TOLD]) + ("…" if len(told) > TOLD else "")


@dataclass(frozen=True)
class IssueState:
    """The dialog.

    Attributes:
        ways: the ways this office writes receipts, the usual one first.
        joint: one receipt per donor and year instead of one per donation.
        judged: None while the rules look.
        sheet: the stock sheet that would be used.
        report: set once, when the run is over.
    """

    links: tuple[DonationLink, ...] = ()
    ways: tuple[Way, ...] = ()
    way: Way | None = None
    joint: bool = False
    judged: tuple[Judged, ...] | None = None
    sheet: NextSheet | None = None
    issuing: bool = False
    failure: AppError | None = None
    report: IssueReport | None = None

    @property
    def groups(self) -> list[tuple[DonationLink, ...]]:
        """The receipts that are wanted."""
        return in_groups(self.links, joint=self.joint)

    @property
    def possible(self) -> list[Judged]:
        """The receipts that nothing bars."""
        return [one for one in self.judged or () if not one.barred]


class IssueViewModel(ViewModel[IssueState]):
    """Judges the wanted receipts and issues those that nothing bars.

    Signals:
        fields_read: the Fields read from an e-receipt's file.
        file_failed: the AppError of that file.
    """

    fields_read = Signal(object)
    file_failed = Signal(object)

    def __init__(
        self,
        context: Context,
        links: Sequence[DonationLink],
        way: Way | None = None,
        parent: QObject | None = None,
    ) -> None:
        one_donor = len({(one.donor_id, one.year) for one in links}) == 1
        state = IssueState(links=tuple(links), way=way, joint=one_donor and len(links) > 1)
        super().__init__(context, state, parent)
        self._request: UUID = uuid4()

    def load(self) -> None:
        """Find out which ways the office uses, then judge."""

        def read(session: Session) -> tuple[Way, ...]:
            own = bool(settings.get(session, "fund.own_confirmation"))
            return (Way.OWN, Way.OFFICIAL, Way.STOCK) if own else (Way.OFFICIAL, Way.STOCK)

        self.context.jobs.read(read, done=self._loaded, failed=self._failed, key=self._key("ways"))

    def choose(self, *, way: Way | None = None, joint: bool | None = None) -> None:
        """Choose another way, or one receipt per donor and year."""
        if way is not None and way is not self.state.way:
            self.change(way=way, judged=None, failure=None)
            self.judge()
        if joint is not None and joint != self.state.joint:
            self.change(joint=joint, judged=None, failure=None)
            self.judge()

    def judge(self) -> None:
        """Let the rules look at every wanted receipt."""
        way, groups = self.state.way, self.state.groups
        if way is None:
            return

        def look(session: Session) -> tuple[tuple[Judged, ...], NextSheet | None]:
            found = check_each(session, [[one.id for one in group] for group in groups], way)
            judged = [Judged(*one) for one in zip(groups, map(tuple, found), strict=True)]
            unit = groups[0][0].unit_id
            sheet = next_in_stock(session, unit, today(session)) if way is Way.STOCK else None
            return tuple(judged), sheet

        self.context.jobs.read(
            look, done=self._judged, failed=self._failed, key=self._key("judge"), latest=True
        )

    def read_file(self, path: Path) -> None:
        """Read the fields of an e-receipt from its file, where they can be read."""

        def work(_token: Token, _report: Report) -> Fields:
            from core.fund.ereceipt import read_file

            return read_file(load(path), path.name)

        self.context.jobs.io(
            work,
            done=self.fields_read.emit,
            failed=self.file_failed.emit,
            key=self._key("file"),
        )

    def issue(
        self,
        title: str = "",
        official: Official | None = None,
        file: Path | None = None,
        replaces: str = "",
    ) -> None:
        """Issue what nothing bars, in chunks; a second press while it runs does nothing.

        Title, e-receipt with its file, and the receipt it follows belong to a single receipt.
        """
        way, wanted = self.state.way, self.state.possible
        if self.state.issuing or way is None or not wanted:
            return
        commands = [
            IssueReceipt(
                donations=tuple((each.id, each.version) for each in one.donations),
                way=way,
                title=title if len(wanted) == 1 else "",
                official=official if len(wanted) == 1 else None,
                replaces=replaces if len(wanted) == 1 else "",
            )
            for one in wanted
        ]
        self.change(issuing=True, failure=None)
        self._run(commands, file if len(wanted) == 1 else None)

    # -- private

    def _key(self, what: str) -> str:
        return f"issue-{what}-{id(self)}"

    def _run(self, commands: list[IssueReceipt], file: Path | None) -> None:
        database, request = self.context.database(), self._request

        def work(token: Token, report: Report) -> IssueReport:
            outcomes: list[Outcome] = []
            if file is not None:
                commands[0] = _with_file(commands[0], file)
            for start in range(0, len(commands), CHUNK):
                if token.cancelled:
                    break
                report(start, len(commands), "")
                with database.write() as session:
                    outcomes += issue_batch(session, commands[start : start + CHUNK], request)
            return IssueReport(commands[0].way, tuple(outcomes))

        self.context.jobs.io(
            work,
            done=self._issued,
            failed=self._failed,
            title=_("Issuing receipts"),
            key=self._key("run"),
        )

    def _loaded(self, ways: tuple[Way, ...]) -> None:
        self.change(ways=ways, way=self.state.way or ways[0])
        self.judge()

    def _judged(self, found: tuple[tuple[Judged, ...], NextSheet | None]) -> None:
        self.change(judged=found[0], sheet=found[1])

    def _issued(self, report: IssueReport) -> None:
        single = len(report.outcomes) == 1
        if single and report.refused:
            # Nothing was made: the person corrects what is wrong and presses again.
            self.change(issuing=False, failure=report.refused[0])
            self.judge()
            return
        self.change(issuing=False, report=report)

    def _failed(self, error: AppError) -> None:
        self.change(issuing=False, failure=error)


def _with_file(command: IssueReceipt, file: Path) -> IssueReceipt:
    """The command with the e-receipt's file, which is kept with the receipt."""
    if command.official is None:
        return command
    official = replace(command.official, filename=file.name, data=load(file))
    return replace(command, official=official)
