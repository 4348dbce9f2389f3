"""The reports of the fund: figures, what may be published, and every number of every series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core.clock import china_date
from core.documents.service import DocumentSummary
from core.fund import report_lists
from core.fund.papers import print_ledger, publish
from core.fund.states import WAY_TITLES, Way
from core.i18n import N_, _
from core.search.report_list import ReportList
from core.values.cells import as_text
from core.values.listing import ListQuery
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.overview import OverviewTab
from desktop.pages.fund.paper_tab import PaperTab
from desktop.pages.fund.period import PeriodBar
from desktop.parts.detail_pane import DetailPane
from desktop.parts.export import export_list
from desktop.parts.tabs import Tab, TabbedPage, kinds_of, set_allowed
from desktop.support.context import Context
from desktop.widgets.charts import Mark, ShareList
from desktop.widgets.labels import label
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section

#: Years of the ledger one can choose from, the current one first.
YEARS = 15


class CountsPane(DetailPane):
    """What a report comes to: its rows counted by one of its columns."""

    def __init__(self, title: str, explained: str) -> None:
        super().__init__("")
        self.chart = ShareList(title, empty=_("Nothing in this report."))
        counts = Section(title)
        counts.add(self.chart)
        self.add(counts)
        self.add(label(explained, "soft", wrap=True))
        self.set_empty(empty=False)
        self.set_primary("")
        self.set_menu([], self._nothing)

    def show_counts(self, title: str, words: list[str]) -> None:
        """Count these words, the most frequent first."""
        self.set_header(title, "", "", "neutral")
        counts = Counter(words)
        self.chart.set_marks(
            [Mark(word, (count,), f"{count:,}", key=word) for word, count in counts.most_common()]
        )

    @staticmethod
    def _nothing(_key: str) -> None:
        """A report has no actions of its own."""


class ReportTab(PaperTab):
    """A report as a list: chosen above it, counted beside it, exported and put on paper.

    Attributes:
        counted: number of the column the pane counts by.
    """

    counted: ClassVar[int] = 0

    def __init__(self, context: Context, source: ReportList, pane: CountsPane) -> None:
        self.source = source
        self.counts = pane
        table = RecordTable(source, context, also=("fund_donor", "receipt_sheet"))
        super().__init__(context, table, pane)
        self.paper_button = self.add_tool(
            f"paper_{self.key}", _("Prepare the paper…"), "print", self.make_paper, primary=True
        )
        self.export_button = self.add_tool(
            f"export_{self.key}", _("Export…"), "export", self._export
        )
        for button in (self.paper_button, self.export_button):
            set_allowed(button, self._why())
        table.model.loaded.connect(self._count)
        table.activated.connect(self._open_record)
        pane.chart.opened.connect(self._filter)

    def begin(self, choice: QWidget) -> None:
        """Put what is chosen above the list, and read the report."""
        column = self.table.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, choice)
        if self._why():
            self.table.banner.show_message("info", self._why())
        else:
            self.table.set_query(ListQuery())

    def become(self, report: ReportList) -> None:
        """Show another report of the same columns."""
        self.source.become(report)
        if not self._why():
            self.table.reload()

    def make_paper(self) -> None:
        """Put the report on paper."""
        raise NotImplementedError

    def heading(self) -> str:
        """What the report is about, for the pane and the file."""
        raise NotImplementedError

    def print_record(self) -> None:
        """Ctrl+P: the report as a paper."""
        if self.paper_button.isEnabled():
            self.make_paper()

    def _why(self) -> str:
        return lacks(self.context.actor, "fund.report")

    def _count(self) -> None:
        words = [as_text(row[self.counted]) for row in self.source.computed()]
        self.counts.show_counts(self.heading(), words)

    def _filter(self, word: str) -> None:
        """Show the rows of a bar; pressing it again shows all."""
        text = "" if self.table.query.text == word else word
        self.table.set_query(replace(self.table.query, text=text))

    def _open_record(self, place: int) -> None:
        """Enter or a double click: go to what the row is about."""
        found = self.source.record(place)
        if found is not None:
            self.context.open(*found)

    def _export(self) -> None:
        export_list(
            self.context, self.source, self.table.query, f"{_(self.title)} {self.heading()}"
        )


class DisclosureTab(ReportTab):
    """Donations as they may be published: names and amounts only as each donor allows."""

    key: ClassVar[str] = "disclosure"
    title: ClassVar[str] = N_("Disclosure")
    kinds: ClassVar[tuple[str, ...]] = ("fund_disclosure",)
    counted: ClassVar[int] = 3

    def __init__(self, context: Context) -> None:
        self.period = PeriodBar(china_date(context.clock.now()))
        pane = CountsPane(
            _("By purpose"),
            _(
                "A donor who did not agree is shown without a name, the amount only where the "
                "donor agreed to it or no name is shown. Enter or a double click opens the "
                "donation."
            ),
        )
        super().__init__(context, report_lists.disclosure(*self.period.days()), pane)
        self.table.set_empty(_("No donation arrived in these days."), "", "fund")
        self.period.chosen.connect(self._choose)
        self.begin(self.period)

    def heading(self) -> str:
        """The days."""
        first, last = self.period.days()
        return f"{first} – {last}"

    def make_paper(self) -> None:
        """The disclosure list with the balances."""
        first, last = self.period.days()

        def make(session: Session, values: Mapping[str, object]) -> DocumentSummary:
            return publish(session, int(str(values["unit"])), first, last)

        sentence = _("Donations of {days}, with what every purpose received, used and holds.")
        self.ask_for_paper(
            _("Prepare the disclosure"), sentence.format(days=self.heading()), (), make
        )

    def _choose(self, first: date, last: date) -> None:
        self.become(report_lists.disclosure(first, last))


class LedgerTab(ReportTab):
    """Every number of a way of receipts in a year, each with its fate."""

    key: ClassVar[str] = "ledger"
    title: ClassVar[str] = N_("Number ledger")
    kinds: ClassVar[tuple[str, ...]] = ("fund_ledger",)
    counted: ClassVar[int] = 4

    def __init__(self, context: Context) -> None:
        self.way = QComboBox()
        self.way.setObjectName("ledgerWay")
        self.way.setAccessibleName(_("Way"))
        for way in (Way.OWN, Way.STOCK, Way.OFFICIAL):
            self.way.addItem(_(WAY_TITLES[way]), way.value)
        self.year = QComboBox()
        self.year.setObjectName("ledgerYear")
        self.year.setAccessibleName(_("Year"))
        this = china_date(context.clock.now()).year
        for year in range(this, this - YEARS, -1):
            self.year.addItem(str(year), year)
        pane = CountsPane(
            _("By state"),
            _(
                "Numbers are never deleted: every one is issued, void, reversed, lost or unused. "
                "Enter or a double click opens the receipt, or the unused sheet."
            ),
        )
        super().__init__(context, report_lists.ledger(Way.OWN, this), pane)
        self.table.set_empty(_("No number of this kind was used in this year."), "", "fund")
        self.way.currentIndexChanged.connect(self._choose)
        self.year.currentIndexChanged.connect(self._choose)
        self.begin(self._choice())

    def heading(self) -> str:
        """Way and year."""
        return f"{self.way.currentText()} {self.year.currentText()}"

    def make_paper(self) -> None:
        """The ledger, every number explained."""
        way, year = self._way(), self._year()

        def make(session: Session, values: Mapping[str, object]) -> DocumentSummary:
            return print_ledger(session, int(str(values["unit"])), way, year)

        self.ask_for_paper(_("Prepare the ledger"), self.heading(), (), make)

    def show_ledger(self, way: Way, year: int) -> None:
        """Show a way and a year."""
        self.way.setCurrentIndex(self.way.findData(way.value))
        self.year.setCurrentIndex(self.year.findData(year))

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show the ledger of a way and a year."""
        self.show_ledger(
            Way(filters.get("way", self._way().value)), int(filters.get("year", self._year()))
        )

    def _way(self) -> Way:
        return Way(str(self.way.currentData()))

    def _year(self) -> int:
        return int(self.year.currentData())

    def _choose(self, _place: int) -> None:
        self.become(report_lists.ledger(self._way(), self._year()))

    def _choice(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        for title, widget in ((_("Way"), self.way), (_("Year"), self.year)):
            name = label(title, "soft")
            name.setBuddy(widget)
            row.addWidget(name)
            row.addWidget(widget)
        row.addStretch(1)
        return holder


REPORT_TABS: tuple[type[Tab], ...] = (OverviewTab, DisclosureTab, LedgerTab)


class ReportsTab(TabbedPage, Tab):
    """Figures with charts, the disclosure, the ledger of numbers."""

    key: ClassVar[str] = "reports"
    title: ClassVar[str] = N_("Reports")
    tab_types: ClassVar[tuple[type[Tab], ...]] = REPORT_TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(REPORT_TABS)
