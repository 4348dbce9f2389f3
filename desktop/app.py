"""Start of the desktop: the only place that builds things.

Order: crash log, settings, application with look and language, window shown, then everything
that takes time as jobs. SQLAlchemy and the heavy libraries load after the window is visible.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, Slot
from PySide6.QtWidgets import QApplication

from core import config, i18n, messages
from core.clock import Clock, SystemClock
from core.errors import EnvironmentFault
from core.i18n import N_, _
from desktop.jobs import JobRunner
from desktop.shell.crash import CrashWatch, start_log
from desktop.shell.idle import IdleWatch
from desktop.shell.main_window import MainWindow
from desktop.shell.places import Place
from desktop.shell.start import Screen, Start, StartState
from desktop.support import theme
from desktop.support.context import Context
from desktop.support.dialogs import Dialogs
from desktop.support.garbage import Collector
from desktop.support.page import Page

STILL_RUNNING = 3


def _dashboard() -> type[Page]:
    from desktop.pages.dashboard.page import DashboardPage

    return DashboardPage


def _certificates() -> type[Page]:
    from desktop.pages.certificates.page import CertificatesPage

    return CertificatesPage


def _fund() -> type[Page]:
    from desktop.pages.fund.page import FundPage

    return FundPage


def _committee() -> type[Page]:
    from desktop.pages.committee.page import CommitteePage

    return CommitteePage


def _training() -> type[Page]:
    from desktop.pages.training.page import TrainingPage

    return TrainingPage


def _parties() -> type[Page]:
    from desktop.pages.parties.page import PartiesPage

    return PartiesPage


def _documents() -> type[Page]:
    from desktop.pages.documents.page import DocumentsPage

    return DocumentsPage


def _system() -> type[Page]:
    from desktop.pages.system.page import SystemPage

    return SystemPage


PLACES = (
    Place("dashboard", N_("Desk"), "dashboard", _dashboard),
    Place("certificates", N_("Carbon certificates"), "certificate", _certificates),
    Place("fund", N_("Carbon fund"), "fund", _fund),
    Place("committee", N_("Expert committee"), "committee", _committee),
    Place("training", N_("Training log"), "training", _training),
    Place("parties", N_("Parties"), "parties", _parties),
    Place("documents", N_("Papers and seals"), "documents", _documents),
    Place("system", N_("System"), "system", _system),
)


class Desktop(QObject):
    """Everything a running desktop is made of."""

    def __init__(
        self,
        application: QApplication,
        *,
        clock: Clock | None = None,
        dialogs: Dialogs | None = None,
        places: Sequence[Place] = PLACES,
    ) -> None:
        super().__init__()
        clock = clock or SystemClock()
        self._application = application
        self.dialogs = dialogs or Dialogs()
        self.jobs = JobRunner(self)
        self.context = Context(self.jobs, self.dialogs, clock, self)
        self.start = Start(self.jobs, clock, self)
        self.window = MainWindow(self.context, self.start, places)
        self.dialogs.parent = self.window
        self.crash = CrashWatch(self.dialogs, self)
        self.idle = IdleWatch(parent=self)
        self.collector = Collector(self)
        self.jobs.bug.connect(self.crash.report)
        self.idle.idle.connect(self.start.lock)
        self.start.state_changed.connect(self._on_state)
        self.window.theme_chosen.connect(self._on_theme)
        self.window.language_chosen.connect(self._on_language)
        self.window.quitting.connect(self._on_quitting)
        self.still_running: list[str] = []

    def begin(self, database: str = "") -> None:
        """Show the window, then look for the database."""
        self.window.show()
        # After the first paint: what follows imports modules and would delay it.
        QTimer.singleShot(0, self, lambda: self.start.begin(database))

    @Slot(object)
    def _on_state(self, state: StartState) -> None:
        if state.screen is Screen.WORKING:
            self.idle.start()
        else:
            self.idle.stop()

    @Slot(str)
    def _on_theme(self, name: str) -> None:
        theme.apply(self._application, name)
        self._save_setting("theme", name)

    @Slot(str)
    def _on_language(self, name: str) -> None:
        self._save_setting("language", name)
        self.context.notify("info", _("The language changes at the next start."))

    def _save_setting(self, name: str, value: str) -> None:
        try:
            config.save(replace(config.load(), **{name: value}))  # type: ignore[arg-type]
        except EnvironmentFault as fault:
            self.context.notify("error", messages.text(fault))

    @Slot()
    def _on_quitting(self) -> None:
        self.shut_down()
        self._application.quit()

    def shut_down(self) -> None:
        """Stop the jobs, close the database, give the hooks back."""
        self.idle.stop()
        self.still_running = self.jobs.shutdown()
        self.start.close()
        self.crash.uninstall()


def create_application(settings: config.MachineConfig) -> QApplication:
    """The QApplication with language, look, and Qt's own Chinese texts."""
    _prepare_environment(settings)
    i18n.use(settings.language)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Lintan")
    application.setApplicationDisplayName("")
    application.setQuitOnLastWindowClosed(False)
    QLocale.setDefault(QLocale(settings.language))
    _install_translations(application, settings.language)
    theme.apply(application, settings.theme)
    return application


def _install_translations(application: QApplication, language: str) -> None:
    """Qt's own buttons and menus in the language of the screen."""
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language != "en" and translator.load(f"qtbase_{language}", folder):
        application.installTranslator(translator)


def _prepare_environment(settings: config.MachineConfig) -> None:
    """What Qt reads from the environment before the application exists."""
    if settings.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.scale / 100))
    # The wheels of PySide6 have no fcitx plug-in: without this nobody could type Chinese under
    # fcitx, which answers the ibus protocol as well.
    method = os.environ.get("QT_IM_MODULE", "") or os.environ.get("XMODIFIERS", "")
    if "fcitx" in method:
        os.environ["QT_IM_MODULE"] = "ibus"


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lintan")
    parser.add_argument("database", nargs="?", default="", help="file or URL of the database")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the desktop; the exit code is 0 unless something had to be left unfinished."""
    given = _arguments(sys.argv[1:] if arguments is None else arguments)
    start_log()
    try:
        settings = config.load()
        database = config.database_url(given.database or settings.database or None)
    except EnvironmentFault:
        # The window opens with the defaults and shows the same fault, in words.
        settings, database = config.MachineConfig(), ""
    application = create_application(settings)
    from desktop.shell.single import SingleInstance

    try:
        single = SingleInstance(database)
    except EnvironmentFault as second:
        Dialogs().tell(_("Lintan is already open"), messages.text(second))
        return 0
    desktop = Desktop(application)
    desktop.crash.install()
    single.called.connect(desktop.window.come_forward)
    desktop.begin(given.database)
    application.exec()
    single.close()
    return _end(desktop)


def _end(desktop: Desktop) -> int:
    if not desktop.still_running:
        return 0
    sys.stderr.write(f"still running: {'; '.join(desktop.still_running)}\n")
    sys.stderr.flush()
    # A thread that hangs (a printer, a password store) would keep the process for ever.
    os._exit(STILL_RUNNING)
