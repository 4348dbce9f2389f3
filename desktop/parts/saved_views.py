"""Filters a person keeps under a name."""

from __future__ import annotations

import json

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from core.i18n import _
from core.values.listing import ListQuery
from desktop.support import window_state
from desktop.support.context import Context
from desktop.widgets.record_table import RecordTable

KEEP = "+"
FORGET = "-"


class SavedViews(QToolButton):
    """A menu above a list: kept views, keep what is shown, forget one."""

    def __init__(self, table: RecordTable, context: Context) -> None:
        super().__init__()
        self.setObjectName("savedViews")
        self.setText(_("Views ▾"))
        self.setProperty("role", "chip")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._table = table
        self._context = context
        self._key = f"views/{table.model.source.kind}"
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._on_chosen)

    def views(self) -> dict[str, ListQuery]:
        """The kept views by name."""
        text = str(window_state.settings().value(self._key) or "{}")
        return {
            name: ListQuery(
                text=view["text"],
                filters=view["filters"],
                sort=view["sort"],
                descending=view["descending"],
            )
            for name, view in json.loads(text).items()
        }

    def keep(self, name: str) -> None:
        """Keep what the list shows under a name."""
        self._store({**self.views(), name: self._table.query})

    def forget(self, name: str) -> None:
        """Forget a view."""
        self._store({key: view for key, view in self.views().items() if key != name})

    def show_view(self, name: str) -> None:
        """Show a kept view."""
        self._table.set_query(self.views()[name])

    def _store(self, views: dict[str, ListQuery]) -> None:
        plain = {
            name: {
                "text": view.text,
                "filters": dict(view.filters),
                "sort": view.sort,
                "descending": view.descending,
            }
            for name, view in views.items()
        }
        window_state.settings().setValue(self._key, json.dumps(plain, ensure_ascii=False))

    def _fill(self) -> None:
        self._menu.clear()
        views = self.views()
        for name in views:
            self._menu.addAction(name.replace("&", "&&")).setData(name)
        if views:
            self._menu.addSeparator()
        self._menu.addAction(_("Keep this view…")).setData((KEEP, ""))
        if views:
            forget = self._menu.addMenu(_("Forget"))
            for name in views:
                forget.addAction(name.replace("&", "&&")).setData((FORGET, name))

    def _on_chosen(self, action: QAction) -> None:
        data = action.data()
        if isinstance(data, str):
            self.show_view(data)
        elif data[0] == FORGET:
            self.forget(data[1])
        else:
            name = self._context.dialogs.text(_("Keep this view"), _("Name of the view"))
            if name and name.strip():
                self.keep(name.strip())
