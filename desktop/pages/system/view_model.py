"""State and commands of the system page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.clock import china_date
from core.errors import AppError
from desktop.pages.system.sections import BY_KEY, SECTIONS, Listing
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

Done = Callable[[object], object]
Failed = Callable[[AppError], object]


@dataclass(frozen=True)
class SystemState:
    """What the page shows: a section, the year chosen in it, its listing (None while loading)."""

    section: str
    year: int
    listing: Listing | None = None
    failure: AppError | None = None


class SystemViewModel(ViewModel[SystemState]):
    """Shows one section at a time and runs its actions."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        year = china_date(context.clock.now()).year
        super().__init__(context, SystemState(SECTIONS[0].key, year), parent)
        context.changes.connect(self._on_changes)

    def show_section(self, key: str) -> None:
        """Bring a section to the front."""
        if key != self.state.section:
            self.change(section=key, listing=None, failure=None)
        self.reload()

    def choose_year(self, year: int) -> None:
        """Show another year of the section."""
        if year != self.state.year:
            self.change(year=year)
            self.reload()

    def reload(self) -> None:
        """Load the section off the GUI thread."""
        section, year = BY_KEY[self.state.section], self.state.year

        def read(session: Session) -> tuple[str, int, Listing]:
            return section.key, year, section.read(session, year)

        self.context.jobs.read(
            read, done=self._loaded, failed=self._failed, key="system", latest=True
        )

    def write(self, action: Callable[[Session], object], done: Done, failed: Failed) -> None:
        """Run an action of the section in one transaction."""
        self.context.jobs.write(action, done=done, failed=failed, key="system-write")

    # -- private

    def _loaded(self, found: tuple[str, int, Listing]) -> None:
        section, year, listing = found
        if (section, year) == (self.state.section, self.state.year):
            self.change(listing=listing, failure=None)

    def _failed(self, error: AppError) -> None:
        self.change(failure=error, listing=Listing())

    def _on_changes(self, changes: object) -> None:
        kinds = BY_KEY[self.state.section].kinds
        if any(kind in kinds for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()
