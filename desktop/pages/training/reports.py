"""Reports: statistics, the ledger of a year, and a person's credit hours over the years."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.clock import china_date
from core.errors import AppError
from core.i18n import N_, _
from core.parties.queries import PartySummary, summary
from core.training import report_lists
from core.training.courses import find_course
from core.training.printing import print_ledger, print_transcript
from core.training.reports import Transcript, TranscriptLine, transcript
from core.training.states import CATEGORY_TITLES, RESULT_TITLES
from core.values.cells import as_text
from core.values.listing import ListQuery
from desktop.pages.training.allowed import lacks
from desktop.pages.training.statistics import YEARS, FiguresTab
from desktop.pages.training.tab import TrainingTab
from desktop.parts.detail_pane import DetailPane
from desktop.parts.export import export_list
from desktop.parts.papers import PaperDesk
from desktop.parts.party_picker import PartyPicker
from desktop.parts.signing import SigningDesk
from desktop.parts.tabs import Tab, TabbedPage, kinds_of, set_allowed
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable


def year_box(context: Context, name: str, title: str) -> QComboBox:
    """A box of the last years, the current one chosen."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    this = china_date(context.clock.now()).year
    for year in range(this, this - YEARS, -1):
        box.addItem(str(year), year)
    return box


class LedgerTab(TrainingTab):
    """The ledger 培训台账: one row a course, as its paper has it."""

    key: ClassVar[str] = "training_ledger"
    title: ClassVar[str] = N_("Ledger")
    kinds: ClassVar[tuple[str, ...]] = ("training_ledger",)

    def __init__(self, context: Context) -> None:
        self.year = year_box(context, "ledgerYear", _("Year"))
        self.source = report_lists.ledger(int(self.year.currentData()))
        table = RecordTable(
            self.source,
            context,
            sums=("came", "completed", "certificates", "spent"),
            also=("attendance", "training_certificate", "course_cost"),
        )
        table.set_empty(_("No course began in this year."), "", "training")
        self.pane = DetailPane(_("Choose a course to see it here."))
        self.facts = Section(_("Course"))
        self.pane.add(self.facts)
        super().__init__(context, table, self.pane)
        self.paper_button = self.add_tool(
            "paperLedger", _("Prepare the paper…"), "print", self.make_paper, primary=True
        )
        self.export_button = self.add_tool("exportLedger", _("Export…"), "export", self._export)
        why = lacks(context.actor, "training.report")
        for button in (self.paper_button, self.export_button):
            set_allowed(button, why)
        self._put_year(table)
        table.current_changed.connect(self._show)
        self.year.currentIndexChanged.connect(self._choose)
        self.pane.set_empty(empty=True)
        self.pane.set_menu([], self._nothing)
        self.pane.primary.clicked.connect(self._open)
        if why:
            table.banner.show_message("info", why)
        else:
            table.set_query(ListQuery())

    def make_paper(self) -> None:
        """Put the ledger on paper."""
        year = int(self.year.currentData())
        self.context.jobs.write(
            lambda session: print_ledger(session, year),
            done=self.show_made,
            failed=self.show_failure,
            key=f"training-ledger-{year}",
        )

    def print_record(self) -> None:
        """Ctrl+P: the ledger as a paper."""
        if self.paper_button.isEnabled():
            self.make_paper()

    def apply_filters(self, kind: str, filters: dict[str, str]) -> None:  # type: ignore[override]
        """Show the ledger of a year."""
        place = self.year.findData(int(filters.get("year", self.year.currentData())))
        self.year.setCurrentIndex(max(place, 0))

    def _row(self) -> tuple[object, ...] | None:
        place, rows = self.table.current_id(), self.source.computed()
        return rows[place - 1] if place is not None and 0 < place <= len(rows) else None

    def _show(self, _place: object) -> None:
        row = self._row()
        self.pane.set_empty(empty=row is None)
        if row is None:
            return
        texts = [as_text(cell) for cell in row]
        titles = [_(column.header) for column in self.source.columns]
        self.pane.set_header(texts[1], texts[-2], "", "neutral")
        self.facts.set_pairs(list(zip(titles, texts, strict=True)))
        self.pane.set_primary(_("Open the course"))

    def _open(self) -> None:
        row = self._row()
        if row is None:
            return
        number = as_text(row[-2])
        self.context.jobs.read(
            lambda session: find_course(session, number).id,
            done=self._open_course,
            failed=self.show_failure,
            key="ledger-course",
        )

    def _open_course(self, course_id: int) -> None:
        self.context.open("course", course_id)

    def _choose(self, _place: int) -> None:
        self.source.become(report_lists.ledger(int(self.year.currentData())))
        if not lacks(self.context.actor, "training.report"):
            self.table.reload()

    def _export(self) -> None:
        name = _("Ledger of {year}").format(year=self.year.currentText())
        export_list(self.context, self.source, self.table.query, name)

    def _put_year(self, table: RecordTable) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        name = label(_("Year"), "soft")
        name.setBuddy(self.year)
        row.addWidget(name)
        row.addWidget(self.year)
        row.addStretch(1)
        column = table.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, holder)

    @staticmethod
    def _nothing(_key: str) -> None:
        """A row of the ledger has no actions of its own."""


class TranscriptTab(Tab):
    """Everything a person attended, under every identity that was merged into one."""

    key: ClassVar[str] = "transcript"
    title: ClassVar[str] = N_("Transcript")
    kinds: ClassVar[tuple[str, ...]] = ("training_transcript",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.banner = Banner()
        self.picker = PartyPicker(context)
        self.picker.new_button.hide()
        self.first = year_box(context, "transcriptFirst", _("From year"))
        self.first.setCurrentIndex(self.first.count() - 1)
        self.last = year_box(context, "transcriptLast", _("to year"))
        self.facts = Section(_("Credit hours"))
        self.lines = SmallTable(
            _("Courses"),
            (
                _("Year"), _("Course"), _("Course days"), _("Credit hours"), _("Credit category"), _("Course result"),
                _("Completion certificate"),
            ),
            rows=12,
        )  # fmt: skip
        self.found: Transcript | None = None
        self.desk = PaperDesk(context, self)
        self.signing = SigningDesk.of(context)
        self.paper_button: QPushButton = self.add_tool(
            "paperTranscript", _("Prepare the paper…"), "print", self.make_paper, primary=True
        )
        self._build()
        self.picker.chosen.connect(self._load)
        for box in (self.first, self.last):
            box.currentIndexChanged.connect(self._load)
        self.desk.failed.connect(self._failed)
        self._show(None)

    def open_record(self, kind: str, record_id: int) -> None:
        """Show the hours of a party of the register."""
        self.context.jobs.read(
            lambda session: summary(session, record_id),
            done=self.show_person,
            failed=self._failed,
            key="transcript-person",
            latest=True,
        )

    def show_person(self, party: PartySummary) -> None:
        """Show the hours of a person."""
        self.picker.set_party(party)

    def years(self) -> tuple[int, int]:
        """The years chosen, in order."""
        both = (int(self.first.currentData()), int(self.last.currentData()))
        return min(both), max(both)

    def make_paper(self) -> None:
        """Put the hours on paper 学时证明."""
        found = self.found
        if found is None:
            return
        years = self.years()
        self.context.jobs.write(
            lambda session: print_transcript(session, found.party_id, *years),
            done=self._made,
            failed=self._failed,
            key=f"transcript-{found.party_id}",
        )

    def print_record(self) -> None:
        """Ctrl+P: the hours as a paper."""
        if self.paper_button.isEnabled():
            self.make_paper()

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.picker.edit.setFocus()

    def refresh(self) -> None:
        """F5."""
        self._load()

    # -- private

    def _load(self, _choice: object = None) -> None:
        party = self.picker.party()
        why = lacks(self.context.actor, "training.report")
        if party is None or why:
            self._show(None)
            return
        party_id, years = party.id, self.years()
        self.context.jobs.read(
            lambda session: transcript(session, party_id, *years),
            done=self._show,
            failed=self._failed,
            key="transcript",
            latest=True,
        )

    def _show(self, found: Transcript | None) -> None:
        self.found = found
        why = lacks(self.context.actor, "training.report")
        if why:
            self.banner.show_message("info", why)
        nothing = "" if found and found.lines else _("Choose a person who attended something.")
        set_allowed(self.paper_button, why or nothing)
        self.facts.setVisible(found is not None)
        self.lines.setVisible(found is not None)
        if found is None:
            return
        by_category = "　".join(
            f"{_(CATEGORY_TITLES[key])} {hours}" for key, hours in found.by_category().items()
        )
        self.facts.set_pairs(
            [
                (_("Name"), found.name),
                (_("Unit"), found.unit),
                (_("Credit hours"), str(found.hours)),
                (_("By category"), by_category),
            ]
        )
        self.lines.show_rows([_transcript_row(one) for one in found.lines])

    def _made(self, paper: object) -> None:
        paper_id = int(getattr(paper, "id"))  # noqa: B009 - a DocumentSummary
        if self.signing.is_open and self.context.may("papers.sign"):
            self.signing.sign([paper_id])
        else:
            self.banner.show_message("info", _("The paper waits for its signature."))
        self.desk.open(paper_id)

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    def _build(self) -> None:
        choice = QHBoxLayout()
        person = label(_("&Person"), "soft")
        person.setBuddy(self.picker)
        choice.addWidget(person)
        choice.addWidget(self.picker, 1)
        for title, box in ((_("From year"), self.first), (_("to year"), self.last)):
            name = label(title, "soft")
            name.setBuddy(box)
            choice.addWidget(name)
            choice.addWidget(box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(choice)
        layout.addWidget(self.banner)
        layout.addWidget(self.facts)
        layout.addWidget(self.lines)
        layout.addStretch(1)


def _transcript_row(one: TranscriptLine) -> tuple[str, ...]:
    return (
        str(one.year),
        one.course,
        f"{one.first} – {one.last}",
        str(one.hours),
        _(CATEGORY_TITLES[one.category]),
        _(RESULT_TITLES[one.result]),
        one.number,
    )


REPORT_TABS: tuple[type[Tab], ...] = (FiguresTab, LedgerTab, TranscriptTab)


class ReportsTab(TabbedPage, Tab):
    """Statistics with charts, the ledger of a year, a person's transcript."""

    key: ClassVar[str] = "reports"
    title: ClassVar[str] = N_("Reports")
    tab_types: ClassVar[tuple[type[Tab], ...]] = REPORT_TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(REPORT_TABS)
