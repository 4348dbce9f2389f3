"""The figures of the fund: received, with and without a receipt, by month, purpose and form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QGridLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.clock import china_date
from core.errors import AppError
from core.fund import report_lists
from core.fund.reports import Overview, Tally, overview
from core.fund.soundness import faults
from core.fund.states import FORM_TITLES, DonationState, Form
from core.i18n import N_, _
from core.values.listing import ListQuery
from core.values.money import Money
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.period import PeriodBar, filters_of, usual
from desktop.parts.export import export_list
from desktop.parts.tabs import Tab, set_allowed
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.charts import BarChart, Chart, ColumnChart, Mark, ShareList
from desktop.widgets.flow import FlowLayout
from desktop.widgets.section import Section

_KINDS = frozenset({"donation", "receipt", "fund_entry", "fund_purpose"})
_FEN_IN_WAN = 1_000_000
#: Faults of the audit told at once; the rest is counted.
FAULTS = 8


def axis(fen: int) -> str:
    """An amount on an axis: whole 万元 where it is one, else whole yuan (ticks are round)."""
    if fen and fen % _FEN_IN_WAN == 0:
        return _("{count} wan").format(count=f"{fen // _FEN_IN_WAN:,}")
    return f"{fen // 100:,}" if fen % 100 == 0 else str(Money(fen))


@dataclass(frozen=True)
class OverviewState:
    """What the tab shows.

    Attributes:
        found: the figures; None while they load.
        checked: what the audit found wrong, in words; None while nobody asked for it.
    """

    first: date
    last: date
    found: Overview | None = None
    checked: tuple[str, ...] | None = None
    failure: AppError | None = None


class OverviewModel(ViewModel[OverviewState]):
    """Reads the figures of the days chosen; again when anything they count changes."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        first, last = usual(china_date(context.clock.now()))["year"]
        super().__init__(context, OverviewState(first, last), parent)
        context.changes.connect(self._on_changes)

    def choose(self, first: date, last: date) -> None:
        """Show other days."""
        self.change(first=first, last=last)
        self.reload()

    def reload(self) -> None:
        """Read the figures off the GUI thread."""
        if not self.context.may("fund.report"):
            return
        first, last = self.state.first, self.state.last
        self.context.jobs.read(
            lambda session: overview(session, first, last),
            done=self._loaded,
            failed=self._failed,
            key="fund-overview",
            latest=True,
        )

    def check(self) -> None:
        """Let the fund audit itself."""
        self.change(checked=None, failure=None)
        self.context.jobs.read(
            lambda session: tuple(one.text for one in faults(session)),
            done=self._checked,
            failed=self._failed,
            key="fund-audit",
        )

    def _loaded(self, found: Overview) -> None:
        self.change(found=found, failure=None)

    def _checked(self, found: tuple[str, ...]) -> None:
        self.change(checked=found)

    def _failed(self, error: AppError) -> None:
        self.change(failure=error)

    def _on_changes(self, changes: object) -> None:
        if any(kind in _KINDS for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()


class FigureButton(QPushButton):
    """A figure and what it counts; pressing it opens the list behind it."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.setObjectName(f"figure_{key}")
        self.setProperty("role", "queue")
        self.setProperty("waiting", "true")

    def show_figure(self, figure: str, title: str) -> None:
        """Show another figure."""
        self.setText(f"{figure}　{title}".replace("&", "&&"))
        self.setAccessibleName(f"{title}: {figure}")


class OverviewTab(Tab):
    """Figures and charts; each opens the list behind it."""

    key: ClassVar[str] = "figures"
    title: ClassVar[str] = N_("Figures")
    kinds: ClassVar[tuple[str, ...]] = ("fund_report",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = OverviewModel(context, self)
        self.period = PeriodBar(china_date(context.clock.now()))
        self.banner = Banner()
        self.figures = {key: FigureButton(key) for key in ("all", "amount", "with", "without")}
        both = (_("With a receipt"), _("Without a receipt"))
        empty = _("No donation arrived in these days.")
        self.months = ColumnChart(_("By month"), series=both, empty=empty, figure=axis)
        self.purposes = BarChart(_("By purpose"), series=both, empty=empty, figure=axis)
        self.forms = ShareList(_("By form"), empty=empty, figure=axis)
        self.balances = BarChart(
            _("Balances"),
            series=(_("Used"), _("Left")),
            empty=_("No purpose yet."),
            figure=axis,
        )
        self.check_button = self.add_tool("checkBooks", _("Check the books"), "verify", self._check)
        self.export_button = self.add_tool("exportFigures", _("Export…"), "export", self._nothing)
        self._menu = QMenu(self.export_button)
        self._build()
        self._connect()
        self.render(self.view_model.state)
        self.view_model.reload()

    # -- rendering

    def render(self, state: OverviewState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        why = lacks(self.context.actor, "fund.report")
        for button in (self.export_button, self.check_button):
            set_allowed(button, why)
        if why:
            self.banner.show_message("info", why)
        elif state.failure is not None:
            self.banner.show_error(state.failure, _("Try again"), self.view_model.reload)
        elif state.checked is not None:
            self._tell(state.checked)
        else:
            self.banner.hide()
        found = state.found
        if found is None:
            return
        self._render_figures(found.all)
        self.months.set_marks([_split(one.key, one, one.key) for one in _some(found.by_month)])
        self.purposes.set_marks([_split(one.key, one, one.key) for one in found.by_purpose])
        self.forms.set_marks(
            [
                Mark(_(FORM_TITLES[Form(one.key)]), (one.amount.fen,), str(one.amount), key=one.key)
                for one in found.by_form
            ]
        )
        self.balances.set_marks(
            [
                Mark(
                    f"{one.code} {one.name}",
                    (one.used.fen, one.balance.fen),
                    _("{left} left of {all}").format(left=one.balance, all=one.received),
                    key=one.code,
                )
                for one in found.balances
            ]
        )

    def _tell(self, faults: tuple[str, ...]) -> None:
        """What the audit of the fund found."""
        if not faults:
            good = _("Balances, donations, receipts, numbers and sheets explain each other.")
            self.banner.show_message("good", good)
            return
        shown = list(faults[:FAULTS])
        if len(faults) > FAULTS:
            shown.append(_("… and {count} more").format(count=len(faults) - FAULTS))
        self.banner.show_message("error", "\n".join(shown))

    def _render_figures(self, found: Tally) -> None:
        figures = {
            "all": (f"{found.count:,}", _("donations")),
            "amount": (str(found.amount), _("yuan received")),
            "with": (str(found.receipted), _("yuan with a receipt")),
            "without": (str(found.unreceipted), _("yuan without a receipt")),
        }
        for key, (figure, title) in figures.items():
            self.figures[key].show_figure(figure, title)

    # -- what the person does

    def _open_figure(self, key: str) -> None:
        states = {"with": DonationState.RECEIPTED.value, "without": "no_receipt"}
        self._open({"state": states[key]} if key in states else {})

    def _open_month(self, month: str) -> None:
        self.context.open("donation", None, {"month": month})

    def _open_purpose(self, name: str) -> None:
        self._open({"purpose": name})

    def _open_form(self, form: str) -> None:
        self._open({"form": form})

    def _open_balance(self, _code: str) -> None:
        self.context.open("fund_purpose", None, {})

    def _open(self, filters: dict[str, str]) -> None:
        state = self.view_model.state
        self.context.open("donation", None, filters | filters_of(state.first, state.last))

    def _export(self, by: str) -> None:
        state = self.view_model.state
        source = report_lists.tallies(state.first, state.last, by)
        title = _("Donations")
        export_list(self.context, source, ListQuery(), f"{title} {state.first} {state.last}")

    def _check(self) -> None:
        self.view_model.check()

    def refresh(self) -> None:
        """F5."""
        self.view_model.reload()

    def activate(self) -> None:
        """Figures may be from an hour ago."""
        self.view_model.reload()

    def _nothing(self) -> None:
        """The button opens its menu."""

    # -- building

    def _build(self) -> None:
        for by, title in (
            ("month", _("By month")),
            ("purpose", _("By purpose")),
            ("form", _("By form")),
        ):
            self._menu.addAction(title).triggered.connect(partial(self._on_export, by))
        self.export_button.setMenu(self._menu)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        row = FlowLayout()
        for button in self.figures.values():
            row.addWidget(button)
        holder = QWidget()
        holder.setLayout(row)
        grid.addWidget(holder, 0, 0, 1, 2)
        self._section(grid, 2, 0, 2, self.months)
        self._section(grid, 3, 0, 1, self.purposes)
        self._section(grid, 3, 1, 1, self.forms)
        self._section(grid, 4, 0, 2, self.balances)
        grid.setRowStretch(5, 1)
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
        layout.addWidget(self.period)
        layout.addWidget(self.banner)
        layout.addWidget(scroll, 1)

    @staticmethod
    def _section(grid: QGridLayout, row: int, column: int, span: int, chart: Chart) -> None:
        section = Section(chart.name)
        section.add(chart)
        if isinstance(chart, BarChart):
            filler = QWidget()
            filler.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
            section.add(filler)
        grid.addWidget(section, row, column, 1, span)

    def _on_export(self, by: str, _checked: bool = False) -> None:
        self._export(by)

    def _connect(self) -> None:
        for key, button in self.figures.items():
            button.clicked.connect(partial(self._on_figure, key))
        self.period.chosen.connect(self.view_model.choose)
        self.months.opened.connect(self._open_month)
        self.purposes.opened.connect(self._open_purpose)
        self.forms.opened.connect(self._open_form)
        self.balances.opened.connect(self._open_balance)
        self.view_model.state_changed.connect(self.render)

    def _on_figure(self, key: str, _checked: bool = False) -> None:
        self._open_figure(key)


def _some(months: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """The months, or none where nothing arrived in any of them."""
    return months if any(one.count for one in months) else ()


def _split(title: str, one: Tally, key: str) -> Mark:
    text = str(one.amount)
    if one.unreceipted.fen:
        text = _("{amount}, {open} without a receipt").format(
            amount=one.amount, open=one.unreceipted
        )
    return Mark(title, (one.receipted.fen, one.unreceipted.fen), text, key=key)
