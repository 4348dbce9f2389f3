"""Matching a bank statement: Enter takes the proposal, a digit another one, N says no donation."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from core.fund.bank import BANK_LINE
from core.fund.bank_desk import BANK_LINES, DeskState, LineDetail
from core.fund.states import LineVerdict
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.pages.fund.allowed import lacks
from desktop.pages.fund.bank_dialogs import NoGiftDialog, start_of
from desktop.pages.fund.bank_import import StatementDialog
from desktop.pages.fund.bank_model import UNDO_JOB, BankState, BankViewModel
from desktop.pages.fund.bank_pane import BankPane, entries_of, primary_of, progress_of, verdict_tone
from desktop.pages.fund.donation_form import DonationDialog
from desktop.pages.fund.paper_tab import PaperTab
from desktop.pages.fund.reconcile import ReconcileDialog
from desktop.parts.export import export_list
from desktop.parts.reason import ask_reason
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.labels import label
from desktop.widgets.record_table import RecordTable

#: What the tab shows first: what is left to do, the oldest day first.
OPEN_LINES = ListQuery(filters={"verdict": LineVerdict.OPEN.value}, sort="traded_on")


class BankTab(PaperTab):
    """Every line of every statement; the open ones first."""

    key: ClassVar[str] = "bank"
    title: ClassVar[str] = N_("Bank")
    kinds: ClassVar[tuple[str, ...]] = (BANK_LINE,)

    def __init__(self, context: Context) -> None:
        table = RecordTable(
            BANK_LINES,
            context,
            pills={"verdict": verdict_tone},
            sums=("credit",),
            also=("donation",),
        )
        table.set_empty(
            _("No statement was read yet. Import the first one; what it says is only proposed."),
            _("Import a statement…"),
            "fund",
        )
        self.pane = BankPane()
        super().__init__(context, table, self.pane)
        self.view_model = BankViewModel(context, self)
        self._handled: set[int] = set()
        self._returning: int | None = None
        self._counted: DeskState | None = None
        self.import_button = self.add_tool(
            "importStatement", _("Import…"), "import", self.new_record, primary=True
        )
        self.sure_button = self.add_tool("acceptSure", "", "check", self._accept_sure)
        self.reconcile_button = self.add_tool(
            "reconcile", _("Reconcile…"), "verify", self._reconcile
        )
        self.export_button = self.add_tool("exportLines", _("Export…"), "export", self._export)
        self.progress = label(role="soft", wrap=True)
        self.undo_button = QPushButton(_("Undo (Ctrl+Z)"))
        self.undo_button.setObjectName("undoLine")
        self.undo_button.setProperty("role", "link")
        self.keys = label(
            _("Enter: the first one · 1–9: that one · N: no donation · Ctrl+Z: undo"), "small"
        )
        self.keys.setWordWrap(True)
        self._build()
        self._connect()
        self.render(self.view_model.state)
        table.set_query(OPEN_LINES)
        self.view_model.reload()

    # -- rendering

    def render(self, state: BankState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        may = lacks(self.context.actor, "fund.record")
        set_allowed(self.import_button, may)
        self.undo_button.setVisible(bool(state.done))
        set_allowed(self.reconcile_button, lacks(self.context.actor, "fund.report"))
        self._render_sure(state.sure, may)
        self._render_desk(state.desk, state.told)
        self.tell(state.failure)
        detail = state.ready
        self.pane.set_empty(empty=detail is None)
        if detail is None:
            return
        self.pane.show_line(detail)
        title = primary_of(detail)
        self.pane.set_primary(title, enabled=not may, note=may if title else "")
        self.pane.set_menu(entries_of(detail, may), self.take)

    def _render_sure(self, sure: tuple[int, ...] | None, may: str) -> None:
        count = len(sure or ())
        self.sure_button.setText(_("All without doubt ({count})").format(count=count))
        set_allowed(self.sure_button, may or ("" if count else _("Every open line needs a look.")))

    def _render_desk(self, desk: DeskState | None, told: str) -> None:
        if desk is None:
            self.progress.setText("")
            return
        self.progress.setText(progress_of(desk, told))
        if desk is self._counted:
            return
        self._counted = desk
        if not desk.total and self.table.query == OPEN_LINES:
            # An empty filter says "nothing matches"; an empty list says what to do first. Only
            # for fresh counts: those from before an import would take its filter away.
            self.table.set_query(ListQuery(sort=OPEN_LINES.sort))

    # -- what the person does

    def take_first(self) -> None:
        """Enter: what the primary button says."""
        detail = self._here()
        if detail is None or detail.verdict is not LineVerdict.OPEN:
            return
        if detail.odd is not None:
            self.no_gift()
        elif detail.candidates:
            self.choose(1)
        else:
            self.take("new")

    def choose(self, number: int) -> None:
        """A digit: the line is the donation of that number; the next line is there at once."""
        detail = self._here()
        if detail is None or not 0 < number <= len(detail.candidates):
            return
        if self._not_allowed():
            return
        self._go_on(detail.id)
        self.view_model.accept(detail.id, detail.candidates[number - 1].donation_id)

    def no_gift(self) -> None:
        """N: the line is no donation; what it is is kept and printed."""
        detail = self._here()
        if detail is None or detail.verdict is not LineVerdict.OPEN or self._not_allowed():
            return
        dialog = NoGiftDialog(self.context, detail)
        if self.context.dialogs.exec(dialog):
            self._go_on(detail.id)
            self.view_model.dismiss(detail.id, dialog.reason)

    def undo(self) -> None:
        """Ctrl+Z: take the last decision back and return to its line."""
        lines = self.view_model.undo()
        if lines:
            self._handled.difference_update(lines)
            # Not at once: the list that is on its way may still lack the line.
            self._returning = lines[0]

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        detail = self._here()
        if detail is None:
            return
        if key == "none":
            self.no_gift()
        elif key == "new":
            self._note(detail)
        elif key == "donation" and detail.donation_id is not None:
            self.context.open("donation", detail.donation_id)
        elif key == "reopen":
            sentence = _("The line is open again; what it brought about is taken back.")
            reason = ask_reason(self.context, _("Open it again"), sentence)
            if reason:
                self._handled.discard(detail.id)
                self.view_model.reopen(detail.id, reason)

    def new_record(self) -> None:
        """Ctrl+N: read a statement."""
        if not self.import_button.isEnabled():
            return
        dialog = StatementDialog(self.context)
        if self.context.dialogs.exec(dialog) and dialog.imported is not None:
            self.table.set_query(OPEN_LINES)
            text = _("{new} new lines of {file}; {known} were read before.")
            self.view_model.say(
                text.format(
                    new=dialog.imported.new,
                    file=dialog.imported.filename,
                    known=dialog.imported.known,
                )
            )
            self.table.view.setFocus()

    def print_record(self) -> None:
        """Ctrl+P: the reconciliation is what is printed of a statement."""
        if self.reconcile_button.isEnabled():
            self._reconcile()

    def activate(self) -> None:
        """The keys work at once."""
        self.table.view.setFocus()

    def refresh(self) -> None:
        """F5."""
        super().refresh()
        self.view_model.reload()

    def _note(self, line: LineDetail) -> None:
        """Note the donation that the line is; it then stands among the candidates."""
        self.context.dialogs.exec(DonationDialog(self.context, start=start_of(line)))

    # -- private

    def _here(self) -> LineDetail | None:
        """The detail on the screen, if it is of the current line and not just decided."""
        detail = self.view_model.state.ready
        if detail is None or detail.id in self._handled:
            return None
        return detail if detail.id == self.table.current_id() else None

    def _not_allowed(self) -> bool:
        why = lacks(self.context.actor, "fund.record")
        if why:
            self.say("info", why)
        return bool(why)

    def _go_on(self, line_id: int) -> None:
        """To the next line that is not decided, before the decision is stored."""
        self._handled.add(line_id)
        self._returning = None
        ids = list(self.table.model.ids())
        here = ids.index(line_id) if line_id in ids else 0
        after = [one for one in (*ids[here + 1 :], *ids[:here]) if one not in self._handled]
        if after:
            self.table.select(after[0])

    def _accept_sure(self) -> None:
        self.view_model.accept_sure()

    def _reconcile(self) -> None:
        dialog = ReconcileDialog(self.context)
        self.context.dialogs.exec(dialog)
        if dialog.paper is not None:
            self.present(dialog.paper)

    def _export(self) -> None:
        export_list(self.context, BANK_LINES, self.table.query, _("Bank statement"))

    def _on_state(self, state: BankState) -> None:
        if state.failure is not None:
            self._returning = None
        if self._returning is not None:
            self._on_loaded()
        if state.failed is not None and state.failed in self._handled:
            # The decision was refused: back to its line.
            self._handled.discard(state.failed)
            self.table.select(state.failed)
        line = state.ready
        if (
            line is not None
            and line.verdict is LineVerdict.OPEN
            and not self.context.jobs.running(f"bank-line-{line.id}")
        ):
            # A colleague opened it again: it can be decided anew.
            self._handled.discard(line.id)

    def _on_loaded(self) -> None:
        """Back to the line that was undone; else begin with the first, so that Enter has a use."""
        ids = self.table.model.ids()
        if self._returning is not None:
            # Until the person moves: another list of before may still be on its way.
            if self._returning in ids and not self.context.jobs.running(UNDO_JOB):
                self.table.select(self._returning)
            return
        left = [one for one in ids if one not in self._handled]
        if left and self.table.current_id() is None:
            self.table.select(left[0])

    def _on_clicked(self) -> None:
        self._returning = None

    def _on_activated(self, _line_id: int) -> None:
        self.take_first()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Digits and N in the list; elsewhere they are typed."""
        if watched is self.table.view and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            self._returning = None
            if self._on_key(event):
                return True
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
            return True
        keypad = Qt.KeyboardModifier.KeypadModifier
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, keypad):
            return False
        if Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            self.choose(event.key() - Qt.Key.Key_0)
            return True
        if event.key() == Qt.Key.Key_N:
            self.no_gift()
            return True
        return False

    def _build(self) -> None:
        column = self.table.layout()
        assert isinstance(column, QVBoxLayout)
        row = QHBoxLayout()
        row.addWidget(self.progress, 1)
        row.addWidget(self.undo_button)
        column.insertLayout(1, row)
        column.addWidget(self.keys)

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.activated.connect(self._on_activated)
        self.table.empty_action.connect(self.new_record)
        self.table.model.loaded.connect(self._on_loaded)
        self.table.view.installEventFilter(self)
        self.table.view.clicked.connect(self._on_clicked)
        self.pane.primary.clicked.connect(self.take_first)
        self.pane.chosen.connect(self.choose)
        self.view_model.state_changed.connect(self.render)
        self.view_model.state_changed.connect(self._on_state)
        self.undo_button.clicked.connect(self.undo)
