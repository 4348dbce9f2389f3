"""Reconciling the bank with the register: both sides of some days, and the paper about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.clock import china_date
from core.documents.service import DocumentSummary
from core.errors import AppError, InputError
from core.fund.bank_balances import AccountBalance
from core.fund.masters import unit_choices
from core.fund.reconciliation import reconcile, reconciliation_paper
from core.fund.states import LineVerdict
from core.i18n import N_, _
from core.values.forms import FormField, parse_form
from core.values.money import Money
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label
from desktop.widgets.pill import StatePill
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable


@dataclass(frozen=True)
class Sides:
    """Both sides of some days in sums, and what stands on one side only, as cells."""

    credits: Money
    matched: Money
    not_gifts: Money
    open: Money
    registered: Money
    agrees: bool
    open_lines: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    accounts: tuple[AccountBalance, ...]


def sides(session: Session, first: date, last: date) -> Sides:
    """Compare the bank and the register."""
    found = reconcile(session, first, last)
    return Sides(
        credits=found.credits,
        matched=found.matched,
        not_gifts=found.not_gifts,
        open=found.open,
        registered=found.registered,
        agrees=found.agrees,
        open_lines=tuple(
            (one.traded_on.isoformat(), str(one.credit), one.payer_name, one.memo)
            for one in found.lines
            if one.verdict is LineVerdict.OPEN
        ),
        missing=tuple(
            (one.received_on.isoformat(), str(one.amount or ""), one.code) for one in found.missing
        ),
        accounts=found.accounts,
    )


@dataclass(frozen=True)
class ReconcileState:
    """What the dialog shows."""

    units: tuple[tuple[str, str], ...] = ()
    found: Sides | None = None
    paper: DocumentSummary | None = None
    failure: AppError | None = None
    busy: bool = False


class ReconcileModel(ViewModel[ReconcileState]):
    """Compares after every change of the days; prepares the paper once."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, ReconcileState(), parent)
        context.jobs.read(unit_choices, done=self._on_units, failed=self._on_failed, key="units")

    def compare(self, first: date, last: date) -> None:
        """Look at these days."""
        self.context.jobs.read(
            lambda session: sides(session, first, last),
            done=self._on_sides,
            failed=self._on_failed,
            key="reconcile",
            latest=True,
        )

    def prepare(self, unit_id: int, first: date, last: date) -> None:
        """Prepare the paper; it waits for its signature."""
        job = self.context.jobs.write(
            lambda session: reconciliation_paper(session, unit_id, first, last),
            done=self._on_paper,
            failed=self._on_failed,
            key="reconcile-paper",
        )
        if job is not None:
            self.change(busy=True, failure=None)

    def _on_units(self, found: tuple[tuple[str, str], ...]) -> None:
        self.change(units=found)

    def _on_sides(self, found: Sides) -> None:
        self.change(found=found, failure=None)

    def _on_paper(self, paper: DocumentSummary) -> None:
        self.change(paper=paper, busy=False)

    def _on_failed(self, error: AppError) -> None:
        self.change(failure=error, busy=False)


def last_month(day: date) -> tuple[date, date]:
    """First and last day of the month before a day: what is reconciled at its beginning."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _sum(one: AccountBalance) -> str:
    """Opening + credits - debits = closing, and whether that is so."""
    told = f"{one.opening} + {one.credits} - {one.debits} = {one.closing}"
    return told if one.agrees else told + "　" + _("does not add up: rows are missing")


class ReconcileDialog(QDialog):
    """Which days; what agrees and what does not; the statement as a paper."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("reconcileDialog")
        self.setWindowTitle(_("Reconcile"))
        self.view_model = ReconcileModel(context, self)
        first, last = last_month(china_date(context.clock.now()))
        self.form = FormView(
            (
                FormField("first", N_("First day"), "date", required=True),
                FormField("last", N_("Last day"), "date", required=True),
            ),
            context.dialogs,
            {"first": first, "last": last},
        )
        self.unit = FormView((), context.dialogs)
        self.banner = Banner()
        self.verdict = StatePill()
        self.sums = Section(_("Both sides"))
        self.sums.add_head(self.verdict)
        day, amount = _("Date"), _("Amount (yuan)")
        self.open_lines = SmallTable(
            _("Credits that nobody explained yet"), (day, amount, _("Payer"), _("Memo")), 4
        )
        self.missing = SmallTable(
            _("Transfers without a line of a statement"), (day, amount, _("Donation")), 4
        )
        self.make_button = QPushButton(_("Prepare the statement"))
        self.make_button.setObjectName("makeReconciliation")
        self.make_button.setProperty("role", "primary")
        self.make_button.setAutoDefault(False)
        self.close_button = QPushButton(_("Close"))
        self.close_button.setAutoDefault(False)
        self._build()
        self.form.changed.connect(self._compare)
        self.make_button.clicked.connect(self._make)
        self.close_button.clicked.connect(self.reject)
        self.view_model.state_changed.connect(self.render_state)
        self.render_state(self.view_model.state)
        self._compare()

    @property
    def paper(self) -> DocumentSummary | None:
        """The paper that was prepared."""
        return self.view_model.state.paper

    def render_state(self, state: ReconcileState) -> None:
        """Show a state; the only code that touches the widgets."""
        if state.paper is not None:
            self.accept()
            return
        if state.failure is not None:
            self.banner.show_error(state.failure)
        else:
            self.banner.hide()
        if state.units and not self.unit.fields:
            self._add_unit(state.units)
        found = state.found
        self.make_button.setEnabled(found is not None and not state.busy)
        if found is None:
            return
        self.verdict.set_state(
            _("Both sides agree") if found.agrees else _("Not explained yet"),
            "good" if found.agrees else "warning",
        )
        self.sums.set_pairs(
            [
                (_("Credits of the bank"), str(found.credits)),
                (_("of these matched"), str(found.matched)),
                (_("of these no donation"), str(found.not_gifts)),
                (_("of these open"), str(found.open)),
                (_("Transfers of the register"), str(found.registered)),
                *(
                    (_("Balances of {bank}").format(bank=one.bank), _sum(one))
                    for one in found.accounts
                ),
            ]
        )
        self.open_lines.show_rows(found.open_lines)
        self.missing.show_rows(found.missing)

    # -- private

    def _add_unit(self, units: tuple[tuple[str, str], ...]) -> None:
        only = units[0][0] if len(units) == 1 else None
        field = FormField("unit", N_("Unit"), "choice", required=True, choices=units, default=only)
        fresh = FormView((field,))
        self._head.replaceWidget(self.unit, fresh)
        self.unit.deleteLater()
        self.unit = fresh

    def _days(self) -> tuple[date, date] | None:
        try:
            # Not `parsed()`: half a date is no mistake while it is typed.
            values = parse_form(self.form.fields, self.form.values())
        except InputError:
            return None
        first, last = values["first"], values["last"]
        assert isinstance(first, date)
        assert isinstance(last, date)
        return first, last

    def _compare(self) -> None:
        days = self._days()
        if days is not None:
            self.view_model.compare(*days)

    def _make(self) -> None:
        days = self._days()
        try:
            chosen = self.unit.parsed().get("unit")
        except InputError:
            return
        if days is not None and chosen:
            self.view_model.prepare(int(str(chosen)), *days)

    def _build(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.form, 1)
        self._head.addWidget(self.unit, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.make_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(_("Reconcile"), "heading"))
        layout.addLayout(self._head)
        layout.addWidget(self.banner)
        for widget in (self.sums, self.open_lines, self.missing):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(buttons)
        limit = self.screen().availableGeometry().size()
        self.resize(min(720, limit.width() - 60), min(600, limit.height() - 80))
