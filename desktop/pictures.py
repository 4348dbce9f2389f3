"""Takes pictures of every page and dialog, on a copy of the sample office.

The real window is built and driven as a person would; dialogs are caught at the one object that
opens them. The same scenes are tests and the figures of the manual.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from core.clock import FixedClock
from core.config import MachineConfig
from core.errors import InputError
from core.i18n import N_, use
from core.messages import register
from desktop.support.dialogs import Dialogs
from desktop.support.page import Page

if TYPE_CHECKING:
    from core.database import Database
    from desktop.app import Desktop

register(
    {
        "screens.room": N_(
            "The window needs {need} logical pixels; the panel has {has} at this scale."
        )
    }
)

Progress = Callable[[int, int, str], None]
IDLE_MS, LONGEST_MS = 60, 20_000
ARTIST = "artist"


@dataclass(frozen=True)
class Order:
    """What is wanted.

    Attributes:
        database: a copy of the sample office's database; pictures write to it.
        office: the folder of the sample office (passwords, trust, papers).
        size: logical pixels of the window.
        only: a word the names of the pictures contain; empty for all.
    """

    database: Path
    office: Path
    out: Path
    language: str = "zh_CN"
    theme: str = "light"
    size: tuple[int, int] = (1366, 768)
    only: str = ""


class CaughtDialogs(Dialogs):
    """Instead of running a dialog modally, shows it, lets it be looked at, and closes it."""

    def __init__(self) -> None:
        super().__init__(None)
        self.look: Callable[[QDialog], None] | None = None
        self.files: list[Path] = []
        self.secrets: list[str] = []

    def exec(self, dialog: QDialog) -> bool:
        """Show the dialog to whoever looks, then give up."""
        dialog.show()
        if self.look is not None:
            self.look(dialog)
        dialog.close()
        dialog.deleteLater()
        return False

    def open_file(self, title: str, name_filter: str = "", folder: str = "") -> Path | None:
        """The next prepared file."""
        return self.files.pop(0) if self.files else None

    def save_file(self, title: str, name: str = "", name_filter: str = "") -> Path | None:
        """No file is written for a picture."""
        return None

    def secret(self, title: str, sentence: str) -> str | None:
        """The next prepared passphrase."""
        return self.secrets.pop(0) if self.secrets else None


@dataclass
class Stage:
    """The running desktop, and how to wait for it and photograph it."""

    application: QApplication
    desktop: Desktop
    dialogs: CaughtDialogs
    order: Order
    made: list[Path] = field(default_factory=list)
    name: str = ""

    def settle(self) -> None:
        """Let every job end and everything be painted; bounded, and by conditions."""
        waited = QEventLoop()
        limit = QTimer(singleShot=True, interval=LONGEST_MS)
        limit.timeout.connect(waited.quit)
        limit.start()
        quiet = QTimer(interval=IDLE_MS)

        def look() -> None:
            if not self.desktop.jobs.running():
                waited.quit()

        quiet.timeout.connect(look)
        quiet.start()
        for _round in range(2):
            # Twice: what the first wave loaded may ask for more (rows after ids).
            waited.exec()
        quiet.stop()
        limit.stop()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def shoot(self, widget: QWidget | None = None, suffix: str = "") -> None:
        """Photograph the window, or one widget."""
        name = self.name + suffix
        if self.order.only and self.order.only not in name:
            return
        self.settle()
        target = widget or self.desktop.window
        path = self.order.out / f"{name}.png"
        self.order.out.mkdir(parents=True, exist_ok=True)
        target.grab().save(str(path), "PNG")
        self.made.append(path)

    @contextmanager
    def looking(self, then: Callable[[QDialog], None] | None = None) -> Iterator[None]:
        """Photograph every dialog opened inside the block, after `then` worked on it."""

        def look(dialog: QDialog) -> None:
            # A dialog may open another one: that one is not photographed.
            self.dialogs.look = None
            self.settle()
            if then is not None:
                then(dialog)
            self.shoot(dialog)

        self.dialogs.look = look
        yield
        self.settle()
        self.dialogs.look = None


Scene = Callable[[Stage], None]
P = TypeVar("P", bound=Page)


def place(stage: Stage, kind: type[P]) -> P:
    """Bring a page to the front, as a click in the rail does."""
    workspace = stage.desktop.window.workspace
    assert workspace is not None  # somebody is signed in
    page = workspace.show_place(kind.key)
    assert isinstance(page, kind)
    stage.settle()
    return page


def caught(
    stage: Stage, act: Callable[[], object], then: Callable[[QDialog], None] | None = None
) -> None:
    """Photograph the dialog that an action opens."""
    with stage.looking(then):
        act()


def open_as_artist(order: Order, clock: FixedClock) -> Database:
    """An account with every role, so that every button can be seen working."""
    from core import access
    from core.cli.sample_office import people
    from core.office import ROLES, open_database

    url = f"sqlite:///{order.database}"
    admin = people.ADMIN
    secret = (order.office / "passwords" / admin.login).read_text("utf-8").strip()
    own = secrets.token_urlsafe(12)
    database = open_database(url, admin.login, secret, clock)
    try:
        with database.write() as session:
            known = {account.login for account in access.list_accounts(session)}
            if ARTIST in known:
                account = next(a for a in access.list_accounts(session) if a.login == ARTIST)
                access.reset_password(session, account.id, own)
            else:
                access.create_account(session, ARTIST, people.CLERK.name, own, tuple(ROLES))
    finally:
        database.close()
    return open_database(url, ARTIST, own, clock)


@contextmanager
def stage(order: Order, application: QApplication) -> Iterator[Stage]:
    """The real window on the database, at the day the sample office stands at."""
    from core.cli.sample_office.build import LAST_DAY, make_clock
    from desktop.app import Desktop

    clock = make_clock()
    clock.set_date(LAST_DAY, 10)
    dialogs = CaughtDialogs()
    desktop = Desktop(application, clock=clock, dialogs=dialogs)
    try:
        desktop.window.resize(*order.size)
        desktop.window.show()
        _require_room(desktop, order)
        database = open_as_artist(order, clock)
        desktop.start.adopt(database, database.actor.login)
        made = Stage(application, desktop, dialogs, order)
        made.settle()
        yield made
    finally:
        desktop.window.hide()
        desktop.shut_down()
        desktop.window.deleteLater()
        desktop.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _require_room(desktop: Desktop, order: Order) -> None:
    """Refuse a panel that the window does not fit on, rather than show another one."""
    has, need = order.size, desktop.window.size()
    if need.width() > has[0] or need.height() > has[1]:
        needed = f"{need.width()}x{need.height()}"
        raise InputError.of("size", "screens.room", need=needed, has=f"{has[0]}x{has[1]}")


def take_pictures(order: Order, progress: Progress) -> list[Path]:
    """Every scene of :mod:`desktop.scenes`; returns the files."""
    from desktop.app import create_application
    from desktop.scenes import SCENES

    application = create_application(MachineConfig(language=order.language, theme=order.theme))
    use(order.language)
    with stage(order, application) as made:
        for number, (name, scene) in enumerate(SCENES.items()):
            progress(number, len(SCENES), name)
            made.name = name
            if not order.only or order.only in name:
                scene(made)
        progress(len(SCENES), len(SCENES), "")
        return made.made
