"""State and commands of matching a statement: one line, what it may be, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer
from sqlalchemy.orm import Session

from core.errors import AppError
from core.fund.bank import confirm, confirm_each_sure, dismiss, reopen
from core.fund.bank_desk import DeskState, LineDetail, desk_state, line_detail, sure_lines
from core.i18n import _
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

#: What is kept as the reason when a decision of this sitting is taken back at once.
UNDONE = "当场撤销"
PAUSE_MS = 1_000
UNDO_JOB = "bank-undo"
_KINDS = frozenset({"bank_line", "donation", "bank_payer", "party"})


@dataclass(frozen=True)
class BankState:
    """What the tab shows.

    Attributes:
        selected: the line the person is at.
        detail: its detail; None while it loads.
        desk: how much is done; None before the first reading.
        sure: lines without doubt; None until they were looked for.
        done: decisions of this sitting, the latest last, each with its lines.
        told: what the last action came to.
        failure: why the last action was refused, and `failed` the line it was about.
    """

    selected: int | None = None
    detail: LineDetail | None = None
    desk: DeskState | None = None
    sure: tuple[int, ...] | None = None
    done: tuple[tuple[int, ...], ...] = ()
    told: str = ""
    failure: AppError | None = None
    failed: int | None = None

    @property
    def ready(self) -> LineDetail | None:
        """The detail, when it is of the line the person is at."""
        found = self.detail
        return found if found is not None and found.id == self.selected else None


class BankViewModel(ViewModel[BankState]):
    """Confirms, dismisses and reopens lines; each is one transaction of its own."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, BankState(), parent)
        # Looking at every open line takes a second where there are thousands: after a pause in
        # the decisions, and never before the next line.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look_for_sure)
        context.changes.connect(self._on_changes)

    def select(self, line_id: int | None) -> None:
        """Show this line."""
        if line_id == self.state.selected:
            return
        self.change(selected=line_id, detail=None)
        self._load_line()

    def reload(self) -> None:
        """Load the counts and the line shown again."""
        self.context.jobs.read(
            desk_state, done=self._counted, failed=self._refused, key="bank-desk", latest=True
        )
        self._load_line()
        if self.state.sure is None:
            self._look_for_sure()
        else:
            self._pause.start()

    def accept(self, line_id: int, donation_id: int) -> None:
        """The line is this donation."""
        self._decide(line_id, lambda session: confirm(session, line_id, donation_id))

    def dismiss(self, line_id: int, reason: str) -> None:
        """The line is no donation."""
        self._decide(line_id, lambda session: dismiss(session, line_id, reason))

    def accept_sure(self) -> None:
        """Confirm every line that leaves no doubt; one undo takes all of them back."""

        def confirmed(lines: list[int]) -> None:
            self._decided(tuple(lines))
            self.change(told=_("{count} lines were confirmed.").format(count=len(lines)))

        self.change(failure=None, told="")
        self.context.jobs.write(
            confirm_each_sure,
            done=confirmed,
            failed=self._refused,
            key="bank-sure",
            title=_("Matching the statement"),
        )

    def undo(self) -> tuple[int, ...]:
        """Take the last decision of this sitting back; the lines that open again."""
        if not self.state.done:
            return ()
        lines = self.state.done[-1]

        def back(session: Session) -> None:
            for line in reversed(lines):
                reopen(session, line, UNDONE)

        def undone(_result: object) -> None:
            kept = tuple(one for one in self.state.done if one is not lines)
            self.change(done=kept, told=_("Undone: {count}").format(count=len(lines)))

        self.change(failure=None, told="")
        job = self.context.jobs.write(back, done=undone, failed=self._refused, key=UNDO_JOB)
        return lines if job is not None else ()

    def reopen(self, line_id: int, reason: str) -> None:
        """Take an older decision back, with its reason."""

        def undone(_result: object) -> None:
            self.change(done=tuple(one for one in self.state.done if line_id not in one))

        self.change(failure=None, told="")
        self.context.jobs.write(
            lambda session: reopen(session, line_id, reason), done=undone, failed=self._refused
        )

    def say(self, text: str) -> None:
        """Tell what an import came to; the next action takes its place."""
        self.change(told=text)

    # -- private

    def _decide(self, line_id: int, action: Callable[[Session], object]) -> None:
        def decided(_result: object) -> None:
            self._decided((line_id,))

        def refused(error: AppError) -> None:
            self.change(failure=error, failed=line_id)

        self.change(failure=None, failed=None, told="")
        # One after the other in the write lane: the person is at the next line already.
        self.context.jobs.write(action, done=decided, failed=refused, key=f"bank-line-{line_id}")

    def _decided(self, lines: tuple[int, ...]) -> None:
        if lines:
            self.change(done=(*self.state.done, lines))

    def _load_line(self) -> None:
        line_id = self.state.selected
        if line_id is not None:
            self.context.jobs.read(
                lambda session: line_detail(session, line_id),
                done=self._loaded,
                failed=self._refused,
                key="bank-line",
                latest=True,
            )

    def _loaded(self, detail: LineDetail) -> None:
        if detail.id == self.state.selected:
            self.change(detail=detail)

    def _counted(self, found: DeskState) -> None:
        self.change(desk=found)

    def _look_for_sure(self) -> None:
        self.context.jobs.read(
            sure_lines, done=self._sure, failed=self._refused, key="bank-look-sure", latest=True
        )

    def _sure(self, found: tuple[int, ...]) -> None:
        self.change(sure=found)

    def _refused(self, error: AppError) -> None:
        self.change(failure=error)

    def _on_changes(self, changes: object) -> None:
        if any(kind in _KINDS for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()
