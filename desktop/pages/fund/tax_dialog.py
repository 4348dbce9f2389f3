"""Help with the deduction: what of a donor's gifts may be deducted, and its printed explanation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QVBoxLayout
from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary
from core.errors import AppError, InputError
from core.fund.donors import existing_donor
from core.fund.papers import explain
from core.fund.reports import statement
from core.fund.tax import Deduction, Parameters, enterprise, individual, parameters
from core.i18n import N_, _
from core.parties.model import PartyKind
from core.parties.queries import PartySummary
from core.values.forms import FormField, parse_form
from core.values.money import Money
from desktop.pages.fund.allowed import lacks
from desktop.support.context import Context
from desktop.widgets.form_dialog import FormDialog
from desktop.widgets.labels import label
from desktop.widgets.small_table import SmallTable

CARRIED = FormField(
    "carried",
    N_("Carried over from earlier years"),
    "table",
    columns=(
        FormField("year", N_("Year"), "int", required=True),
        FormField("amount", N_("Amount (yuan)"), "money", required=True),
    ),
)


def tax_fields(year: int, *, is_enterprise: bool) -> tuple[FormField, ...]:
    """What the calculation needs; only an enterprise carries over."""
    base = N_("Annual profit (yuan)") if is_enterprise else N_("Taxable income (yuan)")
    common = (
        FormField("year", N_("Year"), "int", required=True, default=str(year)),
        FormField("base", base, "money", required=True, help=N_("A loss: write 0.")),
        FormField("gifts", N_("Gifts of the year with receipts (yuan)"), "money", required=True),
    )
    return (*common, CARRIED) if is_enterprise else common


@dataclass(frozen=True)
class Known:
    """What the office knows: the rule of the year, and the gifts with valid receipts."""

    donor_id: int
    rule: Parameters
    receipted: Money


def load_known(session: Session, party_id: int, year: int) -> Known:
    """The parameters that hold at the end of a year, and the donor's receipted gifts in it.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: the party is no donor.
    """
    donor = existing_donor(session, party_id)
    gifts = [row.amount for row, number in statement(session, donor, year) if number and row.amount]
    return Known(donor, parameters(session, date(year, 12, 31)), sum(gifts, Money(0)))


class TaxDialog(FormDialog):
    """Computes while typing; `paper` is the id of the explanation once it was prepared."""

    #: The right the person lacks for printing.
    _lacking = ""

    def __init__(self, context: Context, party: PartySummary, year: int) -> None:
        is_enterprise = party.kind is PartyKind.ORGANISATION
        super().__init__(
            _("Help with the deduction"),
            tax_fields(year, is_enterprise=is_enterprise),
            dialogs=context.dialogs,
            sentence=_(
                "{name}. A calculation with the parameters of the year, not a ruling."
            ).format(name=party.name),
            accept=_("Print the explanation"),
        )
        self.setObjectName("taxDialog")
        self.paper: int | None = None
        self._is_enterprise = is_enterprise
        self._context = context
        self._party = party
        self._known: Known | None = None
        self._year = 0
        self.table = SmallTable(
            _("What may be deducted"),
            (_("Year"), _("Still open"), _("Deducted"), _("Carried on"), _("Lapsed")),
        )
        self.limit = label(role="soft", wrap=True)
        self.limit.setObjectName("limit")
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # of FormDialog
        layout.insertWidget(layout.count() - 1, self.limit)
        layout.insertWidget(layout.count() - 1, self.table)
        self.table.hide()
        self._lacking = lacks(context.actor, "fund.report")
        self._on_reason(self.form.reason())
        self.form.changed.connect(self._on_typed)
        self.submitted.connect(self._on_submitted)
        self._load()

    def deduction(self) -> Deduction | None:
        """What may be deducted of what stands in the form; None while something is missing."""
        try:
            return self._compute(parse_form(self.form.fields, self.form.values()))
        except InputError:
            return None

    def _compute(self, values: Mapping[str, object]) -> Deduction | None:
        if self._known is None:
            return None
        year, base, gifts = int(str(values["year"])), values["base"], values["gifts"]
        assert isinstance(base, Money)  # required
        assert isinstance(gifts, Money)  # required
        if not self._is_enterprise:
            return individual(year, base, gifts, self._known.rule)
        lines = values["carried"]
        assert isinstance(lines, list)  # a table
        carried = [(int(line["year"]), line["amount"]) for line in lines]
        return enterprise(year, base, gifts, carried, self._known.rule)

    def _on_reason(self, reason: str) -> None:
        super()._on_reason(reason or self._lacking)

    def _load(self) -> None:
        text = str(self.form.values()["year"])
        if not (text.isascii() and text.isdigit() and len(text) == 4) or int(text) == self._year:
            return
        self._year = year = int(text)
        party = self._party.id
        self._context.jobs.read(
            lambda session: load_known(session, party, year),
            done=self._loaded,
            failed=self._failed,
            key=f"tax-{id(self)}",
            latest=True,
        )

    def _loaded(self, known: Known) -> None:
        self._known = known
        if not self.form.values()["gifts"]:
            self.form.set_values({"gifts": known.receipted.plain})
        self._show()

    def _failed(self, error: AppError) -> None:
        self.fail(error)

    def _on_typed(self) -> None:
        self._load()
        self._show()

    def _show(self) -> None:
        found, known = self.deduction(), self._known
        if known is not None:
            rule = known.rule
            share = rule.enterprise_percent if self._is_enterprise else rule.individual_percent
            text = _("At most {share} % may be deducted; the office's receipts say {gifts} yuan.")
            self.limit.setText(text.format(share=share, gifts=known.receipted))
        if found is None:
            self.table.hide()
            return
        self.table.show_rows(
            [
                tuple(
                    str(each)
                    for each in (one.year, one.open, one.deducted, one.carried, one.lapsed)
                )
                for one in found.lines
            ]
        )

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        found, known = self._compute(values), self._known
        base = values["base"]
        if found is None or known is None or not isinstance(base, Money):
            self._set_busy(False)
            return
        self._context.jobs.write(
            lambda session: explain(session, known.donor_id, found, base, known.rule),
            done=self._prepared,
            failed=self.fail,
            key=f"explain-{id(self)}",
        )

    def _prepared(self, paper: DocumentSummary) -> None:
        self.paper = paper.id
        self.succeed()
