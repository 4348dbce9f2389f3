"""State and commands of the register of parties."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core import history
from core.errors import AppError
from core.history import TimelineEntry
from core.parties.duplicates import DuplicatePair, duplicate_pairs
from core.parties.queries import PartyDetail, PartySummary, party_detail
from core.parties.service import merge, not_a_duplicate, reveal_number, set_active
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

PARTY = "party"


@dataclass(frozen=True)
class PartiesState:
    """What the page shows.

    Attributes:
        revealed: an identity number in clear, until another party is chosen.
        pairs: parties that look alike and have no verdict; None before they were asked for.
    """

    selected: int | None = None
    detail: PartyDetail | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    revealed: str = ""
    pairs: tuple[DuplicatePair, ...] | None = None
    loading: bool = False
    failure: AppError | None = None
    may_edit: bool = False
    may_merge: bool = False
    may_reveal: bool = False


class PartiesViewModel(ViewModel[PartiesState]):
    """Shows a party, judges pairs of parties, reveals a number with a reason."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        state = PartiesState(
            may_edit=context.may("parties.edit"),
            may_merge=context.may("parties.merge"),
            may_reveal=context.may("parties.reveal"),
        )
        super().__init__(context, state, parent)
        context.changes.connect(self._on_changes)

    def select(self, party_id: int | None) -> None:
        """Show this party in the detail."""
        if party_id == self.state.selected:
            return
        if party_id is None:
            self.change(selected=None, detail=None, timeline=(), revealed="", loading=False)
            return
        self.change(selected=party_id, revealed="", loading=True, failure=None)
        self.reload()

    def reload(self) -> None:
        """Load the party shown again."""
        party_id = self.state.selected
        if party_id is None:
            return

        def load(session: Session) -> tuple[PartyDetail, list[TimelineEntry]]:
            return party_detail(session, party_id), history.timeline(session, PARTY, party_id)

        self.context.jobs.read(
            load, done=self._loaded, failed=self._failed, key="party-detail", latest=True
        )

    def find_duplicates(self) -> None:
        """Look for parties that may be one."""
        self.context.jobs.read(
            duplicate_pairs, done=self._paired, failed=self._failed, key="pairs", latest=True
        )

    def not_one(self, pair: DuplicatePair, reason: str) -> None:
        """Keep the verdict that the two are two."""
        first, second = pair.first.id, pair.second.id
        self._write(lambda session: not_a_duplicate(session, first, second, reason))

    def merge(self, keep: int, merged: int, version: int, reason: str) -> None:
        """Say that `merged` is `keep`."""
        self._write(lambda session: merge(session, keep, merged, version, reason))

    def set_active(self, party: PartySummary, *, active: bool, reason: str) -> None:
        """Take a party, as the person saw it, out of the choices, or put it back."""
        self._write(
            lambda session: set_active(
                session, party.id, party.version, active=active, reason=reason
            )
        )

    def reveal(self, reason: str) -> None:
        """Show the number in clear; the reason is kept."""
        party_id = self.state.selected
        if party_id is not None:
            self.context.jobs.write(
                lambda session: (party_id, reveal_number(session, party_id, reason)),
                done=self._revealed,
                failed=self._failed,
                key="reveal",
            )

    # -- private

    def _write(self, action: object) -> None:
        self.change(failure=None)
        self.context.jobs.write(
            action,  # type: ignore[arg-type]  # a callable of a session
            failed=self._failed,
            key="parties-write",
        )

    def _loaded(self, found: tuple[PartyDetail, list[TimelineEntry]]) -> None:
        detail, timeline = found
        if detail.party.id == self.state.selected:
            self.change(detail=detail, timeline=tuple(timeline), loading=False)

    def _paired(self, pairs: list[DuplicatePair]) -> None:
        self.change(pairs=tuple(pairs))

    def _revealed(self, found: tuple[int, str]) -> None:
        party_id, number = found
        if party_id == self.state.selected:
            self.change(revealed=number)

    def _failed(self, error: AppError) -> None:
        self.change(failure=error, loading=False)

    def _on_changes(self, changes: object) -> None:
        if not any(kind == PARTY for kind, _id in changes):  # type: ignore[attr-defined]
            return
        self.reload()
        if self.state.pairs is not None:
            self.find_duplicates()
