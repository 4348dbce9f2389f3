"""The rule list before a receipt: what bars it, and what will be printed on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.fund.rules import SEVERITY_TITLES, Finding, Severity
from core.i18n import _
from desktop.pages.fund.issue_model import Judged
from desktop.widgets.labels import label, selectable
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section

TONES = {Severity.BAR: "error", Severity.NOTE: "warning"}
#: Findings shown one by one; of a large batch the rest is counted.
SHOWN = 40


class FindingsList(Section):
    """Every finding with its sentence, those that bar first."""

    def __init__(self) -> None:
        super().__init__(_("What the rules say"))
        self._rows: list[_Row] = []
        self._box = QVBoxLayout()
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        holder = QWidget()
        holder.setLayout(self._box)
        self.add(holder)
        self._rest = label(role="soft", wrap=True)
        self.add(self._rest)

    def show_judged(self, judged: Sequence[Judged] | None) -> None:
        """Show the findings of every wanted receipt; None while the rules look."""
        if judged is None:
            self._show((), _("The rules are looking …"))
            return
        found = [finding for one in judged for finding in one.findings]
        found.sort(key=lambda one: one.severity is Severity.NOTE)
        # By what they say, not by their sentences: of thousands only the first are put into words.
        distinct = list({(one.code, *one.params.values()): one for one in found}.values())
        rest = len(distinct) - SHOWN
        text = _("and {count} more").format(count=rest) if rest > 0 else ""
        if not distinct:
            text = _("Nothing bars the receipt.")
        self._show(distinct[:SHOWN], text)

    def texts(self) -> list[str]:
        """The sentences shown."""
        return [row.text() for row in self._rows if not row.isHidden()]

    def _show(self, found: Sequence[Finding], rest: str) -> None:
        while len(self._rows) < len(found):
            row = _Row()
            self._rows.append(row)
            self._box.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(found))
            if place < len(found):
                row.show_finding(found[place])
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._pill = StatePill()
        self._text = selectable()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._text)

    def show_finding(self, finding: Finding) -> None:
        self._pill.set_state(_(SEVERITY_TITLES[finding.severity]), TONES[finding.severity])
        self._text.setText(finding.text)

    def text(self) -> str:
        return self._text.text()
