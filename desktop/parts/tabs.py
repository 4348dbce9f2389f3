"""A page of tabs: each is a page of its own that is built on its first visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core import attachments
from core.documents.service import papers_of
from core.errors import AppError
from core.i18n import _
from core.values.listing import ListQuery
from desktop.jobs.runner import Report, Token
from desktop.parts.detail_pane import DetailPane
from desktop.parts.editing import EditorsLine
from desktop.parts.file_list import FilesView
from desktop.parts.files import read_file
from desktop.parts.list_detail import ListDetail
from desktop.parts.papers import PaperDesk
from desktop.parts.reason import ask_reason
from desktop.parts.saved_views import SavedViews
from desktop.parts.signing import SignedReport, SigningDesk
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.banner import Banner
from desktop.widgets.papers import PapersList
from desktop.widgets.record_table import RecordTable


class Tab(Page):
    """A tab: what the shell asks of its page, the page hands to the tab in front.

    Attributes:
        key: name of the tab.
        title: marked with `N_`, shown in the row of tabs.
        kinds: record kinds and list kinds the tab opens (`Context.open` finds it by them).
        tools: the tab's buttons; the page shows them at the right of the row of tabs.
    """

    title: ClassVar[str] = ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tools = QWidget()
        self._tools = QHBoxLayout(self.tools)
        self._tools.setContentsMargins(0, 0, 0, 0)
        self._tools.addStretch(1)

    def add_tool(
        self, name: str, text: str, icon_name: str, slot: object, *, primary: bool = False
    ) -> QPushButton:
        """Put a button into the row of tabs; the primary one has the accent colour."""
        button = QPushButton(icon(icon_name, "on_accent" if primary else "text_soft"), text)
        button.setObjectName(name)
        if primary:
            button.setProperty("role", "primary")
        button.clicked.connect(slot)
        self._tools.addWidget(button)
        return button


class RecordTab(Tab):
    """A tab of a list with one record beside it, whose papers are opened, signed and printed."""

    def __init__(self, context: Context, table: RecordTable, pane: DetailPane) -> None:
        super().__init__(context)
        self.table = table
        self.desk = PaperDesk(context, self)
        self.signing = SigningDesk.of(context)
        self._pane = pane
        self._told: AppError | None = None
        self.editors = EditorsLine.below_title(context, pane)
        table.current_changed.connect(self._on_record)
        table.filter_bar.add_widget(SavedViews(table, context))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ListDetail(f"tab-{self.key}", table, pane))
        self.desk.failed.connect(self.show_failure)
        self.desk.done.connect(self._on_done)
        self.signing.finished.connect(self._on_signed)
        self.signing.failed.connect(self.show_failure)

    # -- for the tabs

    def say(self, kind: str, text: str) -> None:
        """A line in the banner above the record, or above the list while none is chosen."""
        self._banner().show_message(kind, text)

    def show_failure(self, error: AppError) -> None:
        """Show what went wrong where the person looks."""
        self._banner().show_error(error)

    def tell(self, failure: AppError | None) -> None:
        """Show the failure of a state once, however often the state is rendered."""
        if failure is not self._told:
            self._told = failure
            if failure is not None:
                self.show_failure(failure)

    def why_in_clear(self) -> str:
        """Ask why a number is wanted in clear; empty when the person gave up."""
        return ask_reason(
            self.context,
            _("Show the whole number"),
            _("Who saw the number, when and why is kept in the audit log."),
        )

    def sign(self, ids: Sequence[int]) -> None:
        """Sign papers at once; without an open certificate they wait, visibly."""
        if not ids:
            return
        if not self.context.may("papers.sign"):
            text = _("{count} papers wait for the signature of somebody who may sign.")
            self.say("info", text.format(count=len(ids)))
        elif self.signing.is_open:
            self.signing.sign(ids)
        else:
            text = _("{count} papers wait for their signature; their numbers are kept.")
            self._banner().show_message(
                "info",
                text.format(count=len(ids)),
                _("Sign now"),
                partial(self.signing.sign, list(ids)),
            )

    def attach(self, kind: str, record_id: int, path: Path) -> None:
        """Attach a file to a record; it is read and hashed off the GUI thread."""
        database = self.context.database()

        def work(_token: Token, _report: Report) -> str:
            data = read_file(path)
            with database.write() as session:
                return attachments.attach(
                    session, kind, record_id, "given", path.name, data
                ).filename

        def done(name: str) -> None:
            self.say("good", _("{file} is attached.").format(file=name))

        self.context.jobs.io(work, done=done, failed=self.show_failure, key=f"attach-{record_id}")

    def connect_papers(self, papers: PapersList, files: FilesView) -> None:
        """Let the papers and files of the detail be opened, printed, verified and saved."""
        papers.opened.connect(self.desk.open)
        papers.printed.connect(self.desk.print)
        papers.verified.connect(self.desk.verify)
        papers.saved.connect(self.desk.save)
        files.opened.connect(self.desk.open_file)

    # -- what the shell asks

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one record in its list."""
        self.table.set_query(ListQuery())
        self.table.select(record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list."""
        self.table.set_query(ListQuery(filters=dict(filters)))

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.table.reload()

    def print_record(self) -> None:
        """Ctrl+P: the newest signed paper of the record shown."""
        record_id = self.table.current_id()
        if record_id is None:
            return
        kind = self.kinds[0]

        def newest(session: Session) -> int | None:
            signed = [one.id for one in papers_of(session, kind, record_id) if one.sha256]
            return signed[-1] if signed else None

        self.context.jobs.read(
            newest, done=self._print, failed=self.show_failure, key="print-newest"
        )

    # -- private

    @Slot(object)
    def _on_record(self, record_id: int | None) -> None:
        self.editors.show_record(self.kinds[0], record_id)

    def _print(self, document_id: int | None) -> None:
        if document_id is None:
            self.say("info", _("It has no signed paper yet."))
        else:
            self.desk.print(document_id)

    def _banner(self) -> Banner:
        chosen = self.table.current_id() is not None
        return self._pane.banner if chosen else self.table.banner

    def _on_done(self, text: str) -> None:
        self.say("good", text)

    def _on_signed(self, report: SignedReport) -> None:
        if not self.isVisible():
            return
        if report.faults:
            self.show_failure(report.faults[0])
        elif report.signed:
            text = _("{count} papers were signed.")
            self.say("good", text.format(count=report.signed))


class _ToolStack(QStackedWidget):
    """The buttons of the tab in front; those of the others ask for no room."""

    def sizeHint(self) -> QSize:
        """As wide as the buttons that are shown."""
        shown = self.currentWidget()
        return shown.sizeHint() if shown is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the buttons that are shown need."""
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown is not None else super().minimumSizeHint()


class TabbedPage(Page):
    """The row of tabs; everything the shell asks goes to the tab in front.

    Attributes:
        tab_types: the tabs in their order; a page's `kinds` are theirs (:func:`kinds_of`).
    """

    tab_types: ClassVar[tuple[type[Tab], ...]] = ()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tabs = QTabBar()
        self.tabs.setObjectName("pageTabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = QStackedWidget()
        self._tool_stack = _ToolStack()
        # A page of tabs may itself be a tab: then these are its buttons.
        self.tools: QWidget = self._tool_stack
        self._built: dict[int, Tab] = {}
        for tab in self.tab_types:
            self.tabs.addTab(_(tab.title))
        self._build()
        self.tabs.currentChanged.connect(self._on_tab)
        self._on_tab(self.tabs.currentIndex())

    def front(self) -> Tab:
        """The tab in front."""
        return self._built[self.tabs.currentIndex()]

    def show_tab(self, key: str) -> Tab:
        """Bring a tab to the front by its key; builds it on the first visit."""
        place = next(number for number, tab in enumerate(self.tab_types) if tab.key == key)
        self.tabs.setCurrentIndex(place)
        return self.front()

    # -- what the shell asks

    def activate(self) -> None:
        """The page was brought to the front."""
        self.front().activate()

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one record in the tab of its kind."""
        self._of_kind(kind).open_record(kind, record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list in the tab of its kind."""
        self._of_kind(kind).apply_filters(kind, filters)

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.front().focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.front().refresh()

    def new_record(self) -> None:
        """Ctrl+N."""
        self.front().new_record()

    def edit_record(self) -> None:
        """F2."""
        self.front().edit_record()

    def print_record(self) -> None:
        """Ctrl+P."""
        self.front().print_record()

    def save(self) -> None:
        """Ctrl+S."""
        self.front().save()

    def escape(self) -> bool:
        """Esc."""
        return self.front().escape()

    def unsaved(self) -> str:
        """What any tab would lose."""
        return "\n".join(text for tab in self._built.values() if (text := tab.unsaved()))

    # -- private

    def _of_kind(self, kind: str) -> Tab:
        for tab in self.tab_types:
            if kind in tab.kinds:
                return self.show_tab(tab.key)
        return self.front()

    @Slot(int)
    def _on_tab(self, place: int) -> None:
        if place not in self._built:
            tab = self.tab_types[place](self.context)
            tab.setObjectName(f"Tab_{tab.key}")
            self._built[place] = tab
            self.stack.addWidget(tab)
            self._tool_stack.addWidget(tab.tools)
        tab = self._built[place]
        self.stack.setCurrentWidget(tab)
        self._tool_stack.setCurrentWidget(tab.tools)
        self._tool_stack.updateGeometry()
        tab.activate()

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.tabs)
        bar.addWidget(self.tools, 1)
        self.tools.setMaximumHeight(self.tabs.sizeHint().height() + 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.stack, 1)


def kinds_of(tabs: Sequence[type[Tab]]) -> tuple[str, ...]:
    """The kinds a page of these tabs opens."""
    return tuple(kind for tab in tabs for kind in tab.kinds)


def set_allowed(button: QPushButton, why_not: str) -> None:
    """Enable a button, or grey it with the reason as its tool tip and description."""
    button.setEnabled(not why_not)
    button.setToolTip(why_not)
    button.setAccessibleDescription(why_not)
