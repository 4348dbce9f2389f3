"""The days a report is about: two dates, and the usual periods as buttons."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from core.errors import InputError
from core.i18n import N_, _
from core.values.dates import parse_date
from core.values.forms import FormField
from desktop.widgets.fields import DateEditor
from desktop.widgets.flow import FlowLayout
from desktop.widgets.labels import label


def usual(day: date) -> dict[str, tuple[date, date]]:
    """The usual periods around a day: its year, the year before, its month, the month before."""
    month = day.replace(day=1)
    before = month - timedelta(days=1)
    return {
        "year": (date(day.year, 1, 1), date(day.year, 12, 31)),
        "last_year": (date(day.year - 1, 1, 1), date(day.year - 1, 12, 31)),
        "month": (month, _end(month)),
        "last_month": (before.replace(day=1), before),
    }


def _end(first: date) -> date:
    last = QDate(first.year, first.month, 1).daysInMonth()
    return first.replace(day=last)


def filters_of(first: date, last: date) -> dict[str, str]:
    """The filter of a list that says the same as these days: a year or a month, or none."""
    if (first, last) == usual(first)["year"]:
        return {"year": str(first.year)}
    return {"month": f"{first:%Y-%m}"} if (first, last) == usual(first)["month"] else {}


_TITLES = {
    "year": N_("This year"),
    "last_year": N_("Last year"),
    "month": N_("This month"),
    "last_month": N_("Last month"),
}


class PeriodBar(QWidget):
    """First and last day; wrong or crossed days change nothing.

    Signals:
        chosen: first and last day.
    """

    chosen = Signal(object, object)

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self._days = usual(today)["year"]
        self.first = DateEditor(FormField("first", N_("First day"), "date"))
        self.last = DateEditor(FormField("last", N_("Last day"), "date"))
        layout = FlowLayout()
        self.setLayout(layout)
        layout.addWidget(self._two())
        self.buttons: dict[str, QToolButton] = {}
        for key, title in _TITLES.items():
            button = QToolButton()
            button.setObjectName(f"period_{key}")
            button.setProperty("role", "chip")
            button.setText(_(title))
            button.setProperty("period", key)
            button.clicked.connect(self._on_usual)
            self.buttons[key] = button
            layout.addWidget(button)
        self._show()
        for editor in (self.first, self.last):
            editor.left.connect(self._on_left)

    def _two(self) -> QWidget:
        """Both dates side by side; the layout gives them what a line leaves."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        for title, editor in ((_("Period"), self.first), ("–", self.last)):
            name = label(title, "soft")
            name.setBuddy(editor.focus_widget())
            editor.setFixedWidth(editor.fontMetrics().averageCharWidth() * 20)
            # The date takes all of it; an editor in a form leaves room at its right.
            editor.layout_.setStretch(editor.layout_.count() - 1, 0)
            row.addWidget(name)
            row.addWidget(editor)
        row.addStretch(1)
        return holder

    def days(self) -> tuple[date, date]:
        """The days chosen."""
        return self._days

    def choose(self, first: date, last: date) -> None:
        """Choose these days."""
        if first <= last and (first, last) != self._days:
            self._days = (first, last)
            self._show()
            self.chosen.emit(first, last)

    def _show(self) -> None:
        for editor, day in zip((self.first, self.last), self._days, strict=True):
            editor.set_value(day)
            editor.set_wrong(False)

    def _on_usual(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.choose(*usual(self._today)[str(sender.property("period"))])

    def _on_left(self) -> None:
        try:
            first, last = (parse_date(str(one.value())) for one in (self.first, self.last))
        except InputError:
            self.first.set_wrong(True)
            return
        for editor in (self.first, self.last):
            editor.set_wrong(first > last)
        self.choose(first, last)
