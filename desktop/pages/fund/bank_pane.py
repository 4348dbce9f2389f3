"""One line of a statement: what the bank says, and the donations it may be, numbered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from core.fund.bank_desk import VERDICT_TITLES, Candidate, DeskState, LineDetail
from core.fund.matching import REASON_TITLES
from core.fund.states import DONATION_TITLES, LineVerdict
from core.i18n import _, listed
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.moments import moment, timeline_items
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline

TONES = {
    LineVerdict.OPEN: "warning",
    LineVerdict.MATCHED: "good",
    LineVerdict.NOT_A_GIFT: "neutral",
}


def verdict_tone(text: str) -> str:
    """The tone of a cell with the state of a line."""
    found = (one for one, title in VERDICT_TITLES.items() if _(title) == text)
    return next((TONES[one] for one in found), "neutral")


def primary_of(line: LineDetail) -> str:
    """What the primary button says; empty for a line that is settled."""
    if line.verdict is not LineVerdict.OPEN:
        return ""
    if line.odd is not None:
        return _("No donation… (N)")
    if line.candidates:
        return _("It is {code} (Enter)").format(code=line.candidates[0].code)
    return _("New donation…")


def progress_of(desk: DeskState, told: str) -> str:
    """How much is done, and what the last action came to."""
    text = _("{open} open · {matched} matched · {other} no donation")
    shown = text.format(open=desk.open, matched=desk.matched, other=desk.no_gift)
    if desk.total and not desk.open:
        shown += "　" + _("Every line is settled.")
    return f"{shown}　{told}".strip()


def entries_of(line: LineDetail, why_not: str) -> list[MenuEntry]:
    """The further actions on a line."""
    if line.verdict is LineVerdict.OPEN:
        return [
            MenuEntry("none", _("No donation… (N)"), why_not),
            MenuEntry("new", _("New donation…"), why_not),
        ]
    entries = [MenuEntry("reopen", _("Open it again…"), why_not)]
    if line.donation_id is not None:
        entries.insert(0, MenuEntry("donation", _("Go to the donation")))
    return entries


class CandidateButton(QPushButton):
    """A donation the line may be: its number key, who and how much, and why."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "queue")
        self.setAutoDefault(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._head = label(role="section", wrap=True)
        self._facts = label(wrap=True)
        self._why = label(role="small", wrap=True)
        self._pill = StatePill()
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        self._column.addWidget(self._facts)
        self._column.addWidget(self._why)
        for widget in (self._head, self._facts, self._why, self._pill):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_candidate(self, number: int, one: Candidate) -> None:
        """Show another donation under its number key."""
        why = listed(_(REASON_TITLES[reason]) for reason in one.reasons)
        self._head.setText(f"{number}　{one.code}　{one.donor}")
        facts = (f"{one.amount}", one.received_on.isoformat(), one.purpose)
        self._facts.setText("　".join((*facts, _(DONATION_TITLES[one.state]))))
        self._why.setText(why or _("only the amount is the same"))
        self._pill.set_state(_("no doubt") if one.sure else "", "good")
        self._pill.setVisible(one.sure)
        self.setObjectName(f"candidate_{number}")
        self.setAccessibleName(f"{number} {one.code} {one.donor} {one.amount}")
        self.setAccessibleDescription(self._why.text())

    def hasHeightForWidth(self) -> bool:
        """The texts wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the wrapped texts need."""
        return self._column.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """Narrow: the pane gives the width."""
        return QSize(200, self._column.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As the layout needs it."""
        return QSize(160, self._column.minimumSize().height())


class BankPane(DetailPane):
    """The right third of the tab.

    Signals:
        chosen: number of the candidate, from 1.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(_("Choose a line to see what it may be."))
        self.odd = Banner()
        self.candidates = Section(_("What it may be"))
        self.none = label(role="soft", wrap=True)
        self.candidates.add(self.none)
        self._buttons: list[CandidateButton] = []
        self.facts = Section(_("What the bank says"))
        self.verdict = Section(_("What was decided"))
        self.timeline = Timeline()
        for widget in (self.odd, self.candidates, self.verdict, self.facts, self.timeline):
            self.add(widget)

    def show_line(self, line: LineDetail) -> None:
        """Show a line; the primary button and the menu are the tab's."""
        is_open = line.verdict is LineVerdict.OPEN
        subtitle = f"{line.credit}　{line.traded_on.isoformat()}"
        title = line.payer_name or _("Payer not named")
        self.set_header(title, subtitle, _(VERDICT_TITLES[line.verdict]), TONES[line.verdict])
        if line.odd is not None:
            self.odd.show_message("warning", _(REASON_TITLES[line.odd]))
        else:
            self.odd.hide()
        self.candidates.setVisible(is_open)
        self._show_candidates(line.candidates)
        self.facts.set_pairs(
            [
                (_("Memo"), line.memo),
                (_("Account tail"), line.payer_tail),
                (_("Reference"), line.reference),
                (_("Bank"), line.bank),
                (_("File"), line.filename),
            ]
        )
        self.verdict.setVisible(not is_open)
        self.verdict.set_pairs(
            [
                (_("Donation"), line.donation),
                (_("Reason"), line.reason),
                (_("Decision by"), f"{line.decided_by}　{moment(line.decided_at)}"),
            ]
        )
        self.timeline.set_items(timeline_items(line.timeline))

    def shown(self) -> list[CandidateButton]:
        """The candidates on the screen, in the order of their keys."""
        return [one for one in self._buttons if not one.isHidden()]

    def _show_candidates(self, found: Sequence[Candidate]) -> None:
        while len(self._buttons) < len(found):
            button = CandidateButton()
            button.clicked.connect(self._on_clicked)
            self._buttons.append(button)
            self.candidates.add(button)
        for number, button in enumerate(self._buttons, start=1):
            button.setVisible(number <= len(found))
            if number <= len(found):
                button.show_candidate(number, found[number - 1])
        self.none.setText(_("No transfer of this amount is waiting. Note the donation first."))
        self.none.setVisible(not found)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, CandidateButton):
            self.chosen.emit(self._buttons.index(sender) + 1)
