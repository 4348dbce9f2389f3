"""Merging parties and judging those that look alike."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from core.i18n import _, listed
from core.parties.duplicates import DuplicatePair
from core.parties.queries import PartySummary
from core.parties.rules import LIKENESS_TITLES
from desktop.pages.parties.view_model import PartiesState, PartiesViewModel
from desktop.parts.party_picker import PartyPicker, caption
from desktop.parts.reason import ask_reason
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label, selectable
from desktop.widgets.section import Section


class MergeDialog(QDialog):
    """Which party stays, and why the two are one."""

    def __init__(self, context: Context, merged: PartySummary) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("mergeDialog")
        self.setWindowTitle(_("Merge parties"))
        self.setMinimumWidth(520)
        self._merged = merged
        self.picker = PartyPicker(context)
        self.picker.new_button.hide()
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("reason")
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(self.fontMetrics().lineSpacing() * 4)
        stays = label(_("&Party that stays"))
        stays.setBuddy(self.picker)
        why = label(_("&Reason"))
        why.setBuddy(self.edit)
        self._problem = label(role="small", wrap=True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(_("Merge"))
        self.ok.setProperty("role", "primary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        sentence = _("{name} will point to the party that stays. Issued papers do not change.")
        layout.addWidget(label(sentence.format(name=caption(merged)), wrap=True))
        for widget in (stays, self.picker, why, self.edit, self._problem, self.buttons):
            layout.addWidget(widget)
        self.picker.chosen.connect(self._check)
        self.edit.textChanged.connect(self._check)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._check()

    @property
    def keep(self) -> PartySummary | None:
        """The party that stays."""
        return self.picker.party()

    @property
    def reason(self) -> str:
        """Why the two are one."""
        return self.edit.toPlainText().strip()

    def _check(self) -> None:
        problem = ""
        if self.keep is None:
            problem = _("Choose the party that stays.")
        elif self.keep.id == self._merged.id:
            problem = _("Choose two different parties.")
        elif self.keep.kind is not self._merged.kind:
            problem = _("A person and an organisation cannot be merged.")
        elif not self.reason:
            problem = _("Give a reason; it is kept with the record.")
        self._problem.setText(problem)
        self.ok.setEnabled(not problem)


class DuplicatesDialog(QDialog):
    """Pairs that look alike: look at both, then say one or two."""

    def __init__(self, context: Context, view_model: PartiesViewModel) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("duplicatesDialog")
        self.setWindowTitle(_("Parties that look alike"))
        self.resize(820, 560)
        self._context = context
        self._view_model = view_model
        self._pairs: tuple[DuplicatePair, ...] = ()
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setObjectName("pairs")
        self.list.setModel(self._model)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._note = selectable(role="soft")
        self.banner = Banner()
        self._cards = (Section(), Section())
        self.keep_first = QPushButton()
        self.keep_first.setObjectName("keepFirst")
        self.keep_second = QPushButton()
        self.keep_second.setObjectName("keepSecond")
        self.two = QPushButton(_("They are two…"))
        self.two.setObjectName("notOne")
        self._build()
        view_model.state_changed.connect(self.show_state)
        self.list.selectionModel().currentChanged.connect(self._show_pair)
        self.keep_first.clicked.connect(self._on_keep_first)
        self.keep_second.clicked.connect(self._on_keep_second)
        self.two.clicked.connect(self._on_two)
        self.show_state(view_model.state)

    def show_state(self, state: PartiesState) -> None:
        """Show the pairs without a verdict."""
        if state.failure is not None:
            self.banner.show_error(state.failure)
        if state.pairs is None:
            self._note.setText(_("Looking …"))
            self._enable(on=False)
            return
        row = self.list.currentIndex().row()
        self._pairs = state.pairs
        self._model.clear()
        for pair in self._pairs:
            why = listed(_(LIKENESS_TITLES[reason]) for reason in pair.reasons)
            item = QStandardItem(f"{pair.first.name} ／ {pair.second.name}　{why}")
            self._model.appendRow(item)
        if self._pairs:
            self._note.setText(_("{count} pairs without a verdict").format(count=len(self._pairs)))
            place = min(max(row, 0), len(self._pairs) - 1)
            self.list.setCurrentIndex(self._model.index(place, 0))
        else:
            self._note.setText(_("No two parties look alike, or every pair has its verdict."))
        self._show_pair()

    def pair(self) -> DuplicatePair | None:
        """The pair being looked at."""
        row = self.list.currentIndex().row()
        return self._pairs[row] if 0 <= row < len(self._pairs) else None

    def _build(self) -> None:
        cards = QHBoxLayout()
        for card in self._cards:
            cards.addWidget(card, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.keep_first)
        buttons.addWidget(self.keep_second)
        buttons.addStretch(1)
        buttons.addWidget(self.two)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(self._note)
        layout.addWidget(self.banner)
        layout.addWidget(self.list, 1)
        layout.addLayout(cards)
        layout.addLayout(buttons)
        self.keep_first.setText(_("One: keep the left"))
        self.keep_second.setText(_("One: keep the right"))

    def _enable(self, *, on: bool) -> None:
        may = self._view_model.state
        self.keep_first.setEnabled(on and may.may_merge)
        self.keep_second.setEnabled(on and may.may_merge)
        self.two.setEnabled(on and may.may_edit)
        for card in self._cards:
            card.setVisible(on)

    def _show_pair(self, _now: QModelIndex | None = None, _was: QModelIndex | None = None) -> None:
        pair = self.pair()
        self._enable(on=pair is not None)
        if pair is None:
            return
        for card, party in zip(self._cards, (pair.first, pair.second), strict=True):
            card.set_title(party.name)
            card.set_pairs(
                [
                    (_("Number"), party.number or party.no_number_reason),
                    (_("Telephone"), party.phone),
                    (_("Address"), party.address),
                    (_("Representative"), party.representative),
                ]
            )

    def _on_keep_first(self) -> None:
        pair = self.pair()
        if pair is not None:
            self._merge(keep=pair.first, merged=pair.second)

    def _on_keep_second(self) -> None:
        pair = self.pair()
        if pair is not None:
            self._merge(keep=pair.second, merged=pair.first)

    def _merge(self, *, keep: PartySummary, merged: PartySummary) -> None:
        reason = ask_reason(
            self._context,
            _("Merge"),
            _("{name} will point to the party that stays. Issued papers do not change.").format(
                name=caption(merged)
            ),
        )
        if reason:
            self._view_model.merge(keep.id, merged.id, merged.version, reason)

    def _on_two(self) -> None:
        pair = self.pair()
        if pair is None:
            return
        reason = ask_reason(self._context, _("They are two"), _("The pair is not suggested again."))
        if reason:
            self._view_model.not_one(pair, reason)
