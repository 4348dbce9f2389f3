"""Rail, top bar, banner, pages and jobs strip: what a signed-in person works in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError, EnvironmentFault
from core.i18n import _
from desktop.shell.jobs_strip import JobsStrip
from desktop.shell.places import Place
from desktop.shell.rail import Rail
from desktop.shell.top_bar import Standing, TopBar
from desktop.support.context import Context
from desktop.support.page import Page
from desktop.widgets.banner import Banner
from desktop.widgets.search_box import SearchHit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEARCH_LIMIT = 30
COUNT_DELAY_MS = 400
#: Logical pixels: a narrower window shows the rail as icons.
COMPACT_BELOW = 1150
RETRY_MS = 15_000
#: End of the key of the queue that holds the cases waiting for me.
MINE = ".mine"
UNREACHABLE = "database.unreachable"


class Workspace(QWidget):
    """Builds each page on its first visit and carries people between them.

    Signals:
        page_changed: the page now in front.
    """

    page_changed = Signal(object)

    def __init__(self, context: Context, places: Sequence[Place]) -> None:
        super().__init__()
        self._context = context
        self._places = {place.key: place for place in places}
        self._pages: dict[str, Page] = {}
        self.rail = Rail(places)
        self.top_bar = TopBar()
        self.banner = Banner()
        self.strip = JobsStrip(context.jobs)
        self._stack = QStackedWidget()
        self._build()
        self._count = QTimer(self)
        self._count.setSingleShot(True)
        self._count.setInterval(COUNT_DELAY_MS)
        self._count.timeout.connect(self.count_queues)
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.count_queues)
        self._standing = Standing()
        self.rail.chosen.connect(self.show_place)
        self.top_bar.search.asked.connect(self._on_search)
        self.top_bar.search.chosen.connect(self._on_hit)
        context.opening.connect(self._on_opening)
        context.notice.connect(self._on_notice)
        context.changes.connect(self._on_changes)
        context.jobs.unhandled.connect(self._on_unhandled)
        context.jobs.faulted.connect(self._on_fault)

    def _build(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(16, 12, 16, 12)
        body.setSpacing(8)
        body.addWidget(self.banner)
        body.addWidget(self._stack, 1)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addLayout(body, 1)
        right.addWidget(self.strip)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_compact(self.width() < COMPACT_BELOW)

    # -- pages ------------------------------------------------------------------------

    def page(self) -> Page | None:
        """The page in front."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    @Slot(str)
    def show_place(self, key: str) -> Page:
        """Bring a place to the front; builds its page on the first visit."""
        if key not in self._pages:
            page = self._places[key].load()(self._context)
            page.setObjectName(f"Page_{key}")
            self._pages[key] = page
            self._stack.addWidget(page)
        page = self._pages[key]
        self.rail.set_current(key)
        if self._stack.currentWidget() is not page or not page.isVisible():
            self._stack.setCurrentWidget(page)
            self.page_changed.emit(page)
        page.activate()
        return page

    def unsaved(self) -> list[str]:
        """What the pages would lose if the window closed now."""
        return [text for page in self._pages.values() if (text := page.unsaved())]

    def place_of(self, kind: str) -> str | None:
        """Key of the place that opens records of a kind."""
        return next(
            (key for key, place in self._places.items() if kind in place.load().kinds), None
        )

    @Slot(str, object, object)
    def _on_opening(self, kind: str, record_id: int | None, filters: Mapping[str, str]) -> None:
        key = kind if kind in self._places else self.place_of(kind)
        if key is None:
            return
        page = self.show_place(key)
        if filters or (record_id is None and kind not in self._places):
            page.apply_filters(kind, filters)
        if record_id is not None:
            page.open_record(kind, record_id)

    # -- search -------------------------------------------------------------------------

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self._context.jobs.read(
            partial(_find, text),
            done=partial(self._on_hits, text),
            key="shell-search",
            latest=True,
        )

    def _on_hits(self, text: str, hits: list[SearchHit]) -> None:
        self.top_bar.search.show_hits(text, hits)

    @Slot(str, int)
    def _on_hit(self, kind: str, record_id: int) -> None:
        self._context.open(kind, record_id)

    # -- badges, standing, notices ---------------------------------------------------------

    @Slot(object)
    def _on_changes(self, _changes: object) -> None:
        self._count.start()

    @Slot()
    def count_queues(self) -> None:
        """Count the cases waiting for this person, off the GUI thread."""
        self._context.jobs.read(
            _count_queues, done=self._on_counts, failed=self._on_fault, key="shell-count"
        )

    def _on_counts(self, counts: Mapping[str, int]) -> None:
        self._set_connected(True)
        badges: dict[str, int] = {}
        for kind, count in counts.items():
            key = self.place_of(kind)
            if key is not None:
                badges[key] = badges.get(key, 0) + count
        self.rail.set_badges(badges)

    @Slot(object)
    def _on_fault(self, error: AppError) -> None:
        if error.code == UNREACHABLE:
            self._set_connected(False)

    def _set_connected(self, connected: bool) -> None:
        if connected == self._standing.connected:
            return
        self.set_standing(replace(self._standing, connected=connected))
        if connected:
            self._retry.stop()
            self.refresh()
        else:
            # Looks again by itself: a pulled cable comes back without anybody pressing F5.
            self._retry.start()

    def set_standing(self, standing: Standing) -> None:
        """Show who works where."""
        self._standing = standing
        self.top_bar.set_standing(standing)

    @Slot(str, str)
    def _on_notice(self, kind: str, text: str) -> None:
        self.banner.show_message(kind, text)

    @Slot(object)
    def _on_unhandled(self, error: AppError) -> None:
        if isinstance(error, EnvironmentFault):
            self.banner.show_error(error, _("Try again"), self.refresh)
        else:
            self.banner.show_error(error)

    @Slot()
    def refresh(self) -> None:
        """Load what is shown again."""
        page = self.page()
        if page is not None:
            page.refresh()
        self.count_queues()

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.top_bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top_bar.search.selectAll()


def _find(text: str, session: Session) -> list[SearchHit]:
    """Search hits as display texts, grouped by kind."""
    from core import office, search

    titles = {
        kind: title for each in office.CAPABILITIES for kind, title in each.search_kinds.items()
    }
    hits = [
        SearchHit(
            hit.kind, hit.record_id, _(titles.get(hit.kind, hit.kind)), hit.title, hit.subtitle
        )
        for hit in search.find(session, text, limit=SEARCH_LIMIT)
    ]
    order = list(dict.fromkeys(hit.group for hit in hits))
    return sorted(hits, key=lambda hit: order.index(hit.group))


def _count_queues(session: Session) -> dict[str, int]:
    """How many cases wait for this person, by kind of record.

    Queues overlap (mine, due, overdue); where a kind has a queue of my own, it alone counts.
    """
    from core import office

    queues = [queue for capability in office.CAPABILITIES for queue in capability.queues]
    mine = {queue.open_kind for queue in queues if queue.key.endswith(MINE)}
    counts: dict[str, int] = {}
    for queue in queues:
        if queue.key.endswith(MINE) or queue.open_kind not in mine:
            counts[queue.open_kind] = counts.get(queue.open_kind, 0) + queue.count(session)
    return counts
