"""The right third of the certificates page: one case, certificate or entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.certificates.queries import ApplicationDetail, RecordDetail
from core.certificates.rules import SEVERITY_TITLES, Finding, Severity
from core.certificates.states import (
    DEAD,
    REGISTERED,
    STATE_TITLES,
    STATUS_TITLES,
    CertificateStatus,
    State,
)
from core.i18n import _
from core.values.cells import as_text
from core.values.sections import Section as Facts
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.file_list import FilesView
from desktop.parts.moments import timeline_items
from desktop.parts.papers import in_groups, paper_items
from desktop.widgets.labels import label, restyle, selectable
from desktop.widgets.papers import PapersList
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline

SEVERITY_TONES = {Severity.BLOCK: "error", Severity.REASON: "warning", Severity.WARN: "info"}
VISIBLE_ROWS = 6
#: Key of the action that makes a paper about what the register says.
CERTIFY = "certify"
_HASH = re.compile(r"[0-9a-f]{64}")


def _allowed(key: str, title: str, rights: Mapping[str, bool]) -> MenuEntry:
    return MenuEntry(key, title, "" if rights[key] else _("you may not"))


def state_tone(state: State) -> str:
    """The tone of a case's state."""
    if state in DEAD:
        return "error"
    if state in REGISTERED:
        return "good"
    if state in {State.CORRECTION, State.DRAFT}:
        return "warning"
    return "info"


def tone_of_title(text: str) -> str:
    """The tone of a cell with a case's state or a certificate's status."""
    statuses = {_(title): status for status, title in STATUS_TITLES.items()}
    if text in statuses:
        return "good" if statuses[text] is CertificateStatus.VALID else "error"
    found = (state for state, title in STATE_TITLES.items() if _(title) == text)
    return next((state_tone(state) for state in found), "neutral")


def readable(value: str) -> str:
    """A hash in groups that wrap; everything else as it is."""
    return in_groups(value) if _HASH.fullmatch(value) else value


class FactsView(Section):
    """A titled block of pairs, or of a small table."""

    def __init__(self) -> None:
        super().__init__()
        self._model = QStandardItemModel(self)
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.add(self._table)

    def show_facts(self, facts: Facts) -> None:
        """Show another block."""
        self.set_title(facts.title)
        self.set_pairs([(name, readable(value)) for name, value in facts.pairs])
        self._table.setVisible(bool(facts.rows))
        self._model.clear()
        if not facts.rows:
            return
        self._model.setHorizontalHeaderLabels(list(facts.headers))
        for row in facts.rows:
            items = [QStandardItem(cell) for cell in row]
            for item in items:
                item.setToolTip(item.text())
            self._model.appendRow(items)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        lines = min(len(facts.rows), VISIBLE_ROWS)
        height = self._table.verticalHeader().defaultSectionSize()
        bar = self._table.horizontalScrollBar().sizeHint().height()
        self._table.setFixedHeight(header.sizeHint().height() + lines * height + bar + 4)


class FindingsView(Section):
    """The rules' findings as one list: severity, sentence, the reason given."""

    def __init__(self) -> None:
        super().__init__(_("Findings of the rules"))
        self._box = QVBoxLayout()
        self._box.setSpacing(8)
        holder = QWidget()
        holder.setLayout(self._box)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.add(holder)
        self._rows: list[_FindingRow] = []
        self._none = label(_("No finding: nothing stands in the way."), "soft", wrap=True)
        self.add(self._none)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these findings, those that block first."""
        order = list(Severity)
        found = sorted(findings, key=lambda one: (order.index(one.severity), one.key))
        while len(self._rows) < len(found):
            row = _FindingRow()
            self._rows.append(row)
            self._box.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(found))
            if place < len(found):
                row.show_finding(found[place])
        self._none.setVisible(not found)

    def texts(self) -> list[str]:
        """The sentences shown."""
        return [row.text() for row in self._rows if not row.isHidden()]


class _FindingRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._pill = StatePill()
        self._text = selectable()
        self._reason = selectable(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._text)
        layout.addWidget(self._reason)

    def show_finding(self, finding: Finding) -> None:
        answered = bool(finding.answered)
        title = _("Reason given") if answered else _(SEVERITY_TITLES[finding.severity])
        self._pill.set_state(title, "good" if answered else SEVERITY_TONES[finding.severity])
        self._text.setText(finding.text)
        self._reason.setText(f"{finding.answered_by}：{finding.answered}" if answered else "")
        self._reason.setVisible(answered)

    def text(self) -> str:
        return self._text.text()


class CasePane(DetailPane):
    """Everything about the record chosen in the list."""

    def __init__(self) -> None:
        super().__init__(_("Choose a record to see it here."))
        self._facts: list[FactsView] = []
        self._facts_box = QVBoxLayout()
        self._facts_box.setContentsMargins(0, 0, 0, 0)
        self._facts_box.setSpacing(8)
        holder = QWidget()
        holder.setLayout(self._facts_box)
        self.findings = FindingsView()
        self.papers_section = Section(_("Papers"))
        self.papers = PapersList()
        self._no_papers = label(_("No paper yet; the steps make them."), "soft", wrap=True)
        self.papers_section.add(self.papers)
        self.papers_section.add(self._no_papers)
        self.history_section = Section(_("History"))
        self.timeline = Timeline()
        self.history_section.add(self.timeline)
        self.files = FilesView()
        self.due = label(role="soft", wrap=True)
        self.due.setObjectName("due")
        for widget in (self.due, self.findings, self.papers_section, holder, self.files):
            self.add(widget)
        self.add(self.history_section)

    def show_application(
        self, detail: ApplicationDetail, *, acting: bool, chosen: Callable[[str], object]
    ) -> None:
        """Show a case: its next step as the one primary button, others in the menu."""
        summary = detail.summary
        self.set_header(
            detail.title, detail.subtitle, detail.state_title, state_tone(summary.state)
        )
        self._show_due(detail)
        self._show_offers(detail, acting=acting, chosen=chosen)
        self.findings.setVisible(summary.state not in DEAD | REGISTERED)
        self.findings.show_findings(detail.findings)
        self.files.show_files(detail.files)
        self._show_facts(detail.sections)
        self._show_rest(detail)

    def show_record(
        self, detail: RecordDetail, *, rights: Mapping[str, bool], chosen: Callable[[str], object]
    ) -> None:
        """Show a certificate or an entry of the register; `rights` says which actions are mine."""
        valid = detail.state.value is CertificateStatus.VALID
        tone = "good" if valid or detail.kind == "register_entry" else "error"
        self.set_header(detail.title, detail.subtitle, detail.state.text, tone)
        self.due.hide()
        self.files.show_files(())
        self.set_primary("")
        entries = [
            MenuEntry("case", _("Go to its application")),
            _allowed(CERTIFY, _("Certify what the register says…"), rights),
        ]
        if detail.kind == "certificate":
            made = any(one.kind == "certificate" for one in detail.papers)
            sheet = _allowed("sheet", _("Replace a spoiled sheet…"), rights)
            entries.append(sheet if made else replace(sheet, why_not=_("not made")))
        self.set_menu(entries, chosen)
        self.findings.setVisible(False)
        self._show_facts(detail.sections)
        self._show_rest(detail)

    def _show_due(self, detail: ApplicationDetail) -> None:
        parts = []
        if detail.step_due is not None:
            text = _("Overdue since {day}") if detail.overdue else _("This step is due on {day}")
            parts.append(text.format(day=detail.step_due))
        if detail.due is not None and detail.due != detail.step_due:
            parts.append(_("the whole on {day}").format(day=detail.due))
        parts.append(as_text(detail.warning))
        self.due.setText("　".join(part for part in parts if part))
        self.due.setProperty("tone", "error" if detail.overdue else "")
        self.due.setVisible(bool(self.due.text()))
        restyle(self.due)

    def _show_offers(
        self, detail: ApplicationDetail, *, acting: bool, chosen: Callable[[str], object]
    ) -> None:
        offers, editable = detail.offers, detail.editable
        main = next((offer for offer in offers if offer.step.main), None)
        if main is None:
            self.set_primary("")
        else:
            self.set_primary(
                _(main.step.title), enabled=main.permitted and not acting, note=main.why_not
            )
            self.primary.setProperty("step", main.step.key)
        why = "" if editable else _("its state or your role does not allow it")
        entries = [MenuEntry("edit", _("Edit the application (F2)"), why)]
        entries += [
            MenuEntry(offer.step.key, _(offer.step.title) + "…", _first_line(offer.why_not))
            for offer in offers
            if offer is not main
        ]
        self.set_menu(entries, chosen)

    def _show_facts(self, sections: Sequence[Facts]) -> None:
        while len(self._facts) < len(sections):
            view = FactsView()
            self._facts.append(view)
            self._facts_box.addWidget(view)
        for place, view in enumerate(self._facts):
            view.setVisible(place < len(sections))
            if place < len(sections):
                view.show_facts(sections[place])

    def _show_rest(self, detail: ApplicationDetail | RecordDetail) -> None:
        self.timeline.set_items(timeline_items(detail.timeline))
        self.papers.set_papers(paper_items(detail.papers))
        self._no_papers.setVisible(not detail.papers)


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]
