"""The main window: one screen at a time, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from core import config
from core.i18n import _
from desktop.pages.sign_in.screen import LockScreen, SignInScreen
from desktop.shell.keys import PageKeys
from desktop.shell.lock import Covers, LockDialog
from desktop.shell.places import Place
from desktop.shell.screens import FaultScreen, OpeningScreen
from desktop.shell.start import Screen, Start, StartState
from desktop.shell.top_bar import Standing
from desktop.shell.workspace import Workspace
from desktop.support import window_state
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.database import Database
    from desktop.pages.first_start.making import Made
    from desktop.pages.first_start.screen import FirstStartScreen
    from desktop.shell.help import HelpWindow

#: What a panel of 1366x768 has at 150 %.
MINIMUM = (910, 512)
FIRST_SIZE = (1280, 760)


class MainWindow(QMainWindow):
    """Shows the screen of the start, and the workspace while somebody is signed in.

    Signals:
        theme_chosen, language_chosen: from the menu of the person.
        quitting: the window was closed for good.
    """

    theme_chosen = Signal(str)
    language_chosen = Signal(str)
    quitting = Signal()

    def __init__(self, context: Context, start: Start, places: Sequence[Place]) -> None:
        super().__init__()
        self._context = context
        self._start = start
        self._places = places
        self.workspace: Workspace | None = None
        self._first_start: FirstStartScreen | None = None
        self._help: HelpWindow | None = None
        self._lock_dialog: LockDialog | None = None
        self._covers = Covers()
        self.opening = OpeningScreen()
        self.sign_in = SignInScreen()
        self.lock = LockScreen()
        self.fault = FaultScreen()
        self._screens = QStackedWidget()
        for screen in (self.opening, self.sign_in, self.lock, self.fault):
            self._screens.addWidget(screen)
        self.setCentralWidget(self._screens)
        self.setWindowTitle(_("Lintan"))
        self.setWindowIcon(icon("tree", "accent"))
        self.setMinimumSize(*MINIMUM)
        if not window_state.restore_window(self):
            area = self.screen().availableGeometry()
            self.resize(min(FIRST_SIZE[0], area.width()), min(FIRST_SIZE[1], area.height()))
        self._connect()
        self._add_keys()
        self._on_state(start.state)

    def _connect(self) -> None:
        start = self._start
        start.state_changed.connect(self._on_state)
        start.remembered.connect(self.sign_in.fill_password)
        start.opened.connect(self._on_opened)
        start.closed.connect(self._on_closed)
        self.sign_in.submitted.connect(self._on_sign_in)
        self.sign_in.other_asked.connect(start.choose)
        self.lock.submitted.connect(start.unlock)
        self.lock.sign_out_asked.connect(self._on_sign_out)
        self.fault.retry_asked.connect(start.retry)
        self.fault.choose_asked.connect(start.choose)
        self.fault.quit_asked.connect(self.close)

    # -- screens ---------------------------------------------------------------------------

    @Slot(object)
    def _on_state(self, state: StartState) -> None:
        self.sign_in.set_busy(state.busy)
        self.lock.set_busy(state.busy)
        show: dict[Screen, Callable[[StartState], QWidget]] = {
            Screen.OPENING: self._show_opening,
            Screen.FIRST_START: self._show_first_start,
            Screen.SIGN_IN: self._show_sign_in,
            Screen.LOCKED: self._show_lock,
            Screen.FAULT: self._show_fault,
            Screen.WORKING: self._show_workspace,
        }
        self._screens.setCurrentWidget(show[state.screen](state))
        self._lock_dialogs(state)

    def _show_opening(self, _state: StartState) -> QWidget:
        return self.opening

    def _show_first_start(self, _state: StartState) -> QWidget:
        if self._first_start is None:
            from desktop.pages.first_start.screen import FirstStartScreen

            self._first_start = FirstStartScreen(self._context)
            self._first_start.view_model.made.connect(self._on_made)
            self._first_start.view_model.connect_asked.connect(self._start.use)
            self._screens.addWidget(self._first_start)
        return self._first_start

    def _show_sign_in(self, state: StartState) -> QWidget:
        if self._screens.currentWidget() is not self.sign_in:
            self.sign_in.show_database(state.url, state.login)
            self.sign_in.show_store_fault(state.store_fault)
        self.sign_in.show_error(state.error)
        return self.sign_in

    def _show_lock(self, state: StartState) -> QWidget:
        if self._screens.currentWidget() is not self.lock:
            self.lock.show_person(self._context.actor.name)
        self.lock.show_error(state.error)
        return self.lock

    def _lock_dialogs(self, state: StartState) -> None:
        """Cover open dialogs while locked; the lock itself is then a dialog above them."""
        locked = state.screen is Screen.LOCKED
        if locked and self._lock_dialog is None and QApplication.activeModalWidget() is not None:
            self._lock_dialog = LockDialog(self)
            self._lock_dialog.screen_.submitted.connect(self._start.unlock)
            self._covers.put(self, self._lock_dialog)
            self._lock_dialog.cover()
            self._lock_dialog.screen_.show_person(self._context.actor.name)
        if self._lock_dialog is None:
            return
        self._lock_dialog.screen_.set_busy(state.busy)
        self._lock_dialog.screen_.show_error(state.error)
        if not locked:
            self._covers.take_off()
            self._lock_dialog.uncover()
            self._lock_dialog.deleteLater()
            self._lock_dialog = None

    def _show_fault(self, state: StartState) -> QWidget:
        if state.error is not None:
            self.fault.show_fault(state.error)
        return self.fault

    def _show_workspace(self, _state: StartState) -> QWidget:
        if self.workspace is None:
            self.workspace = self._new_workspace()
            self._screens.addWidget(self.workspace)
            self.workspace.show_place(self._places[0].key)
        return self.workspace

    # -- the workspace ------------------------------------------------------------------------

    def _new_workspace(self) -> Workspace:
        workspace = Workspace(self._context, self._places)
        bar = workspace.top_bar
        bar.lock_asked.connect(self._start.lock)
        bar.sign_out_asked.connect(self._on_sign_out)
        bar.about_asked.connect(self.show_about)
        bar.my_day_asked.connect(self.show_my_day)
        bar.theme_chosen.connect(self.theme_chosen)
        bar.language_chosen.connect(self.language_chosen)
        workspace.rail.help_asked.connect(self.show_help)
        workspace.page_changed.connect(self._on_page)
        return workspace

    @Slot(object)
    def _on_opened(self, database: Database) -> None:
        if self._first_start is not None:
            self._screens.removeWidget(self._first_start)
            self._first_start.deleteLater()
            self._first_start = None
        self._show_standing("", sample=False)
        self._context.jobs.read(_office, done=self._on_office)
        if self.workspace is not None:
            self.workspace.count_queues()

    def _on_office(self, office: tuple[str, bool]) -> None:
        self._show_standing(office[0], sample=office[1])

    def _show_standing(self, office: str, *, sample: bool) -> None:
        if self.workspace is None:
            return
        database = self._context.database()
        file = config.file_of(database.url)
        self.workspace.set_standing(
            Standing(
                person=database.actor.name or database.actor.login,
                office=office,
                shared=database.dialect != "sqlite",
                database=str(file) if file is not None else database.url,
                sample=sample,
            )
        )

    @Slot(object)
    def _on_made(self, made: Made) -> None:
        self._start.adopt(made.database, made.login)
        if made.note:
            self._context.notify("warning", made.note)

    @Slot()
    def _on_closed(self) -> None:
        if self.workspace is not None:
            self._screens.removeWidget(self.workspace)
            self.workspace.deleteLater()
            self.workspace = None
        self.setWindowTitle(_("Lintan"))

    @Slot(object)
    def _on_page(self, page: Page) -> None:
        title = next(_(place.title) for place in self._places if place.key == page.key)
        self.setWindowTitle(" - ".join([title, _("Lintan")]))

    @Slot(str, str, bool)
    def _on_sign_in(self, login: str, secret: str, remember: bool) -> None:
        self._start.sign_in(login, secret, remember=remember)

    @Slot()
    def _on_sign_out(self) -> None:
        if self._may_leave(_("Sign out")):
            self._start.sign_out()

    @Slot()
    def show_about(self) -> None:
        """Version and configuration."""
        from desktop.shell.about import AboutDialog

        self._context.dialogs.exec(AboutDialog(self._context.database().url, self))

    @Slot()
    def show_my_day(self) -> None:
        """What the person did on a day."""
        from desktop.pages.dashboard.my_day import MyDayDialog

        self._context.dialogs.exec(MyDayDialog(self._context))

    @Slot()
    def show_help(self) -> None:
        """F1: the manual, at the page of what is in front."""
        if self._help is None:
            from desktop.shell.help import HelpWindow

            self._help = HelpWindow(self)
        page = self.page()
        self._help.open_page(page.help_page() if page is not None else "first_start")

    def start_screen(self) -> str:
        """Which screen fills the window (`Screen`)."""
        return str(self._start.state.screen)

    def page(self) -> Page | None:
        """The page in front, while somebody works."""
        if self.workspace is None or self._screens.currentWidget() is not self.workspace:
            return None
        return self.workspace.page()

    # -- keys ------------------------------------------------------------------------------------

    def _add_keys(self) -> None:
        PageKeys(self, self.page)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+K": self._search,
            "F5": self._refresh,
            "Ctrl+L": self._start.lock,
            "F1": self.show_help,
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self, action)

    def _search(self) -> None:
        if self.page() is not None and self.workspace is not None:
            self.workspace.focus_search()

    def _refresh(self) -> None:
        if self.page() is not None and self.workspace is not None:
            self.workspace.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Esc comes here only when no field, popup or banner had a use for it.
        page = self.page()
        if event.key() == Qt.Key.Key_Escape and page is not None:
            if not page.escape() and self.workspace is not None:
                self.workspace.banner.dismiss()
        else:
            super().keyPressEvent(event)

    # -- the end -----------------------------------------------------------------------------------

    def _may_leave(self, verb: str) -> bool:
        lost = self.workspace.unsaved() if self.workspace is not None else []
        lost += [job.title for job in self._context.jobs.running() if job.title]
        if not lost:
            return True
        sentence = _("This is not finished: {what}").format(what="; ".join(lost))
        return self._context.dialogs.ask(_("{verb}?").format(verb=verb), sentence, verb)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave(_("Quit")):
            event.ignore()
            return
        window_state.save_window(self)
        event.accept()
        self.quitting.emit()

    @Slot()
    def come_forward(self) -> None:
        """Show the window above others (a second copy was started)."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()


def _office(session: Session) -> tuple[str, bool]:
    from core import settings

    office = settings.office(session)
    return office.name, office.sample
