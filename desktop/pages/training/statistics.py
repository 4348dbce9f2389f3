"""The figures of the training log: by unit, year and topic, and what each of them rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core.clock import china_date
from core.errors import AppError
from core.i18n import N_, _
from core.training.hours import Hours
from core.training.report_lists import figures
from core.training.reports import By, Figure, statistics
from core.values.listing import ListQuery
from desktop.pages.training.allowed import lacks
from desktop.pages.training.tab import WATCHED
from desktop.parts.export import export_list
from desktop.parts.tabs import Tab, set_allowed
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.charts import BarChart, Chart, ColumnChart, Mark, ShareList
from desktop.widgets.labels import label
from desktop.widgets.section import Section

#: Years one can choose from, the current one first.
YEARS = 15
#: Years shown first.
FIRST_YEARS = 5
#: Units shown in the chart, those with most hours; the rest stands in the list.
UNITS = 20


@dataclass(frozen=True)
class Figures:
    """The three looks at the same courses."""

    unit: tuple[Figure, ...]
    year: tuple[Figure, ...]
    topic: tuple[Figure, ...]


@dataclass(frozen=True)
class FiguresState:
    """What the tab shows; `found` is None while it loads."""

    first: int
    last: int
    found: Figures | None = None
    failure: AppError | None = None


class FiguresModel(ViewModel[FiguresState]):
    """Reads the figures of the years chosen; again when anything they count changes."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        this = china_date(context.clock.now()).year
        super().__init__(context, FiguresState(this - FIRST_YEARS, this), parent)
        context.changes.connect(self._on_changes)

    def choose(self, first: int, last: int) -> None:
        """Show other years."""
        self.change(first=first, last=max(first, last))
        self.reload()

    def reload(self) -> None:
        """Read the figures off the GUI thread."""
        if not self.context.may("training.report"):
            return
        days = (date(self.state.first, 1, 1), date(self.state.last, 12, 31))

        def read(session: Session) -> Figures:
            return Figures(
                tuple(statistics(session, *days, "unit")),
                tuple(statistics(session, *days, "year")),
                tuple(statistics(session, *days, "topic")),
            )

        self.context.jobs.read(
            read, done=self._loaded, failed=self._failed, key="training-figures", latest=True
        )

    def _loaded(self, found: Figures) -> None:
        self.change(found=found, failure=None)

    def _failed(self, error: AppError) -> None:
        self.change(failure=error)

    def _on_changes(self, changes: object) -> None:
        if any(kind in WATCHED for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()


class FiguresTab(Tab):
    """People, hours and certificates over the years, by unit and by topic."""

    key: ClassVar[str] = "figures"
    title: ClassVar[str] = N_("Statistics")
    kinds: ClassVar[tuple[str, ...]] = ("training_figures",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = FiguresModel(context, self)
        self.banner = Banner()
        self.first, self.last = QComboBox(), QComboBox()
        this = china_date(context.clock.now()).year
        for name, box in (("figuresFirst", self.first), ("figuresLast", self.last)):
            box.setObjectName(name)
            for year in range(this, this - YEARS, -1):
                box.addItem(str(year), year)
        self.total = label(role="soft", wrap=True)
        completed = (_("Completed"), _("Others"))
        self.units = BarChart(
            _("People by unit"), series=completed, empty=_("No course in these years.")
        )
        self.years = ColumnChart(
            _("People by year"), series=completed, empty=_("No course in these years.")
        )
        self.topics = ShareList(_("Credit hours by topic"), empty=_("No course in these years."))
        self.export_button = self.add_tool("exportFigures", _("Export…"), "export", self._nothing)
        self._menu = QMenu(self.export_button)
        for by, title in (
            ("unit", _("By unit")),
            ("year", _("By year")),
            ("topic", _("By topic")),
        ):
            self._menu.addAction(title).setData(by)
        self._menu.triggered.connect(self._on_export)
        self.export_button.setMenu(self._menu)
        set_allowed(self.export_button, lacks(context.actor, "training.report"))
        self._build()
        self.first.setCurrentIndex(self.first.findData(this - FIRST_YEARS))
        self.last.setCurrentIndex(0)
        self.first.currentIndexChanged.connect(self._choose)
        self.last.currentIndexChanged.connect(self._choose)
        self.units.opened.connect(self._open_unit)
        self.years.opened.connect(self._open_year)
        self.topics.opened.connect(self._open_topic)
        self.view_model.state_changed.connect(self.render)
        self.render(self.view_model.state)

    def render(self, state: FiguresState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        why = lacks(self.context.actor, "training.report")
        if why:
            self.banner.show_message("info", why)
        elif state.failure is not None:
            self.banner.show_error(state.failure)
        else:
            self.banner.hide()
        found = state.found
        if found is None:
            return
        self.total.setText(_total(found))
        units = sorted(found.unit, key=lambda one: (-one.people, one.key))[:UNITS]
        self.units.set_marks([_people(one, one.key or _("(no unit)"), one.key) for one in units])
        self.years.set_marks([_people(one, one.key, one.key) for one in found.year])
        self.topics.set_marks(
            [
                Mark(
                    one.key or _("(no topic)"),
                    (one.hours.units,),
                    _("{hours} hours").format(hours=one.hours),
                    key=one.key,
                )
                for one in found.topic
            ]
        )

    def refresh(self) -> None:
        """F5."""
        self.view_model.reload()

    def activate(self) -> None:
        """Figures may be from an hour ago."""
        self.view_model.reload()

    # -- private

    def _choose(self, _place: int) -> None:
        self.view_model.choose(int(self.first.currentData()), int(self.last.currentData()))

    def _on_export(self, action: QAction) -> None:
        self.export(str(action.data()))

    def export(self, by: str) -> None:
        """Write the figures by `unit`, `year` or `topic` to a workbook."""
        state = self.view_model.state
        first, last = date(state.first, 1, 1), date(state.last, 12, 31)
        source = figures(first, last, cast("By", by))
        name = _("Training statistics {first} – {last}")
        name = name.format(first=state.first, last=state.last)
        export_list(self.context, source, ListQuery(), name)

    def _nothing(self) -> None:
        """The button opens its menu."""

    def _open_unit(self, unit: str) -> None:
        self.context.open("course_participant", None, {"unit": unit})

    def _open_year(self, year: str) -> None:
        self.context.open("course", None, {"year": year})

    def _open_topic(self, topic: str) -> None:
        self.context.open("course", None, {"topic": topic})

    def _build(self) -> None:
        choice = QHBoxLayout()
        for title, box in ((_("From year"), self.first), (_("to year"), self.last)):
            name = label(title, "soft")
            name.setBuddy(box)
            box.setAccessibleName(title)
            choice.addWidget(name)
            choice.addWidget(box)
        choice.addWidget(self.total, 1)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        for chart, place in ((self.years, (0, 0)), (self.topics, (0, 1))):
            grid.addWidget(_section(chart), *place)
        grid.addWidget(_section(self.units), 1, 0, 1, 2)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        plain = QWidget()
        plain.setObjectName("Plain")
        plain.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(plain)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(choice)
        layout.addWidget(self.banner)
        layout.addWidget(scroll, 1)


def _section(chart: Chart) -> Section:
    section = Section(chart.name)
    section.add(chart)
    filler = QWidget()
    filler.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
    section.add(filler)
    return section


def _people(one: Figure, title: str, key: str) -> Mark:
    text = _("{people} people, {hours} hours, {certificates} certificates")
    return Mark(
        title,
        (one.completed, one.people - one.completed),
        text.format(people=one.people, hours=one.hours, certificates=one.certificates),
        key=key,
    )


def _total(found: Figures) -> str:
    text = _(
        "{courses} courses, {people} people, {hours} credit hours attended, "
        "{completed} completed, {certificates} certificates"
    )
    return text.format(
        courses=sum(one.courses for one in found.year),
        people=sum(one.people for one in found.year),
        hours=Hours(sum(one.hours.units for one in found.year)),
        completed=sum(one.completed for one in found.year),
        certificates=sum(one.certificates for one in found.year),
    )
