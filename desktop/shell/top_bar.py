"""The top bar: search over everything, then office, database and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton

from core.i18n import _
from desktop.support.icons import icon, pixmap
from desktop.widgets.labels import ElidedLabel, label
from desktop.widgets.search_box import SearchBox


@dataclass(frozen=True)
class Standing:
    """Who works where, as shown in the bar.

    Attributes:
        person: display name of the account.
        office: name of the office.
        shared: whether the database is a shared one.
        database: file name or server, for the tool tip.
        sample: whether this is the training office.
        connected: whether the last access worked.
    """

    person: str = ""
    office: str = ""
    shared: bool = False
    database: str = ""
    sample: bool = False
    connected: bool = True


class TopBar(QFrame):
    """Search, standing, and the menu of the person.

    Signals:
        my_day_asked, lock_asked, sign_out_asked, about_asked: entries of the menu.
        theme_chosen: light, dark or system.
        language_chosen: one of `core.i18n.LANGUAGES`.
    """

    my_day_asked = Signal()
    lock_asked = Signal()
    sign_out_asked = Signal()
    about_asked = Signal()
    theme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("TopBar")
        self.search = SearchBox()
        self.search.setMaximumWidth(560)
        self._office = ElidedLabel()
        self._sample = label(_("Training sample"), "small")
        self._sample.setProperty("tone", "warning")
        self._database_icon = QLabel()
        self._database = label(role="small")
        self._person = QToolButton()
        self._person.setObjectName("PersonMenu")
        self._person.setIcon(icon("user"))
        self._person.setIconSize(QSize(18, 18))
        self._person.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._person.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._person.setMenu(self._menu())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.setSpacing(10)
        layout.addWidget(self.search, 3)
        layout.addStretch(1)
        for widget in (self._sample, self._office, self._database_icon, self._database):
            layout.addWidget(widget)
        layout.addWidget(self._person)
        self.set_standing(Standing())

    def set_standing(self, standing: Standing) -> None:
        """Show who works where."""
        self._office.setText(standing.office)
        self._office.setVisible(bool(standing.office))
        self._sample.setVisible(standing.sample)
        tone = "good" if standing.connected else "error"
        name = "server" if standing.shared else "database"
        self._database_icon.setPixmap(pixmap(name, 16, tone, self.devicePixelRatioF()))
        self._database.setText(self._database_text(standing))
        self._database.setToolTip(standing.database)
        self._database_icon.setToolTip(standing.database)
        self._person.setText(standing.person.replace("&", "&&"))
        self._person.setAccessibleName(_("Signed in: {name}").format(name=standing.person))

    def _database_text(self, standing: Standing) -> str:
        if not standing.connected:
            return _("Not connected")
        return _("Shared") if standing.shared else _("This computer")

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._add(menu, _("What did I do today"), "history", self.my_day_asked)
        menu.addSeparator()
        self._add(menu, _("Lock (Ctrl+L)"), "lock", self.lock_asked)
        self._add(menu, _("Sign out"), "key", self.sign_out_asked)
        menu.addSeparator()
        look = menu.addMenu(_("Look"))
        for key, title in (
            ("system", _("As the system")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ):
            look.addAction(title).triggered.connect(partial(self._choose_theme, key))
        speech = menu.addMenu("中文 / English")
        group = QActionGroup(speech)
        for key, title in (("zh_CN", "中文"), ("en", "English")):
            action = speech.addAction(title)
            group.addAction(action)
            action.triggered.connect(partial(self._choose_language, key))
        menu.addSeparator()
        self._add(menu, _("About and configuration"), "info", self.about_asked)
        return menu

    def _add(self, menu: QMenu, title: str, icon_name: str, signal: SignalInstance) -> QAction:
        action = menu.addAction(icon(icon_name), title)
        action.triggered.connect(signal)
        return action

    def _choose_theme(self, key: str, _checked: bool = False) -> None:
        self.theme_chosen.emit(key)

    def _choose_language(self, key: str, _checked: bool = False) -> None:
        self.language_chosen.emit(key)
