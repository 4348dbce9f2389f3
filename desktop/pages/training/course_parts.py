"""Two parts of a course in its pane: how it ends, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.i18n import _
from core.training.detail import CostLine, CourseDetail, FeeLine
from core.training.rules import percent_text
from core.training.states import COST_TITLES, LIST_TITLES, CostKind, ListState, Result
from core.values.money import Money
from desktop.pages.training import allowed
from desktop.parts.choice_table import Buttons, ChoiceTable
from desktop.parts.moments import moment
from desktop.widgets.charts import BarChart, Mark
from desktop.widgets.labels import label
from desktop.widgets.links import LinkList
from desktop.widgets.section import Section

_PER_MILLE = 1000


class Part(QWidget):
    """One part of a course: its sections below each other."""

    def __init__(self, sections: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.put(sections)

    def put(self, sections: Sequence[QWidget]) -> None:
        """Put sections below those already there."""
        for one in sections:
            self._column.addWidget(one)


class EndPart(Part):
    """Who completed, the lists, the certificates, and what attendees said."""

    def __init__(self) -> None:
        super().__init__()
        self.end = Section(_("Completion"))
        self.buttons = Buttons(
            (
                ("prepare", _("Prepare the list")),
                ("issue", _("Issue certificates…")),
                ("hand_in", _("Take in a form…")),
                ("scores", _("Scores…")),
            )
        )
        self.end.add(self.buttons)
        self.lists = LinkList(_("Completion lists"))
        self.certificates = ChoiceTable(
            _("Completion certificates"),
            (_("Number"), _("Name"), _("Unit")),
            (("open_certificate", _("Open")),),
            empty=_("No certificate yet."),
            rows=8,
        )
        self.evaluation = Section(_("Evaluation"))
        self.remarks = label(role="soft", wrap=True)
        self.chart = BarChart(
            _("Satisfaction by question"), empty=_("No form was handed in yet."), figure=_percent
        )
        self.evaluation.add(self.chart)
        self.evaluation.add(self.remarks)
        self.put((self.end, self.lists, self.certificates, self.evaluation))

    def show_course(self, detail: CourseDetail) -> None:
        """Show how a course ends."""
        people = allowed.staying(detail)
        done = sum(one.result is Result.COMPLETED for one in people)
        not_done = sum(one.result is Result.NOT_COMPLETED for one in people)
        self.end.set_pairs(
            [
                (_("Completed"), str(done)),
                (_("Not completed"), str(not_done)),
                (_("Not decided"), str(len(people) - done - not_done)),
                (
                    _("Completion certificates"),
                    str(sum(bool(one.certificate_id) for one in people)),
                ),
            ]
        )
        self.lists.show_links(
            [
                (
                    "completion_list",
                    one.id,
                    f"{moment(one.prepared_at)}　{one.prepared_by}　{_(LIST_TITLES[one.state])}"
                    + (f"　{one.reason}" if one.state is ListState.RETURNED else ""),
                )
                for one in detail.lists
            ]
        )
        self.certificates.show_lines(
            [
                (one.certificate_id, (one.certificate, one.name, one.unit))
                for one in people
                if one.certificate_id is not None
            ]
        )
        self._show_evaluation(detail)

    def _show_evaluation(self, detail: CourseDetail) -> None:
        found = detail.evaluation
        text = _("{forms} of {attendees} attendees handed in a form.")
        title = text.format(forms=found.forms, attendees=found.attendees)
        if found.satisfaction is not None:
            share = percent_text(found.satisfaction)
            title += "　" + _("Satisfaction {share}").format(share=share)
        self.remarks.setText("\n".join((title, *found.remarks)))
        self.chart.set_marks(
            [
                Mark(
                    one.question,
                    (int(one.satisfaction * _PER_MILLE),),
                    f"{percent_text(one.satisfaction)}（{one.answers}）",
                    target=_PER_MILLE,
                )
                for one in found.questions
                if one.answers
            ]
        )


class MoneyPart(Part):
    """Costs and lecture fees."""

    def __init__(self) -> None:
        super().__init__()
        self.costs = ChoiceTable(
            _("Costs"),
            (_("Kind"), _("What for"), _("Amount (yuan)"), _("Paid on"), _("Voucher")),
            (
                ("add_cost", _("Add…")),
                ("edit_cost", _("Edit…")),
                ("drop_cost", _("Remove…")),
            ),
            empty=_("No cost yet."),
            rows=8,
        )
        self.fees = ChoiceTable(
            _("Lecture fees"),
            (_("Trainer"), _("Hours"), _("Rate"), _("Gross"), _("Tax"), _("Net")),
            (
                ("propose_fees", _("Propose")),
                ("edit_fee", _("Edit…")),
                ("fee_sheet", _("Lecture fee sheet…")),
            ),
            empty=_("No lecture fee yet. “Propose” counts hours and rates."),
        )
        self.put((self.costs, self.fees))

    def show_course(self, detail: CourseDetail) -> None:
        """Show what a course costs."""
        self.costs.show_lines([(one.id, _cost(one)) for one in detail.costs])
        sums = {
            kind: sum((one.amount for one in detail.costs if one.kind is kind), Money(0))
            for kind in CostKind
        }
        text = _("Costs: {spent} yuan spent of {budget} yuan planned")
        self.costs.set_title(text.format(spent=sums[CostKind.ACTUAL], budget=sums[CostKind.BUDGET]))
        self.fees.show_lines([(one.party_id, _fee(one)) for one in detail.fees])


def _percent(per_mille: int) -> str:
    return f"{per_mille // 10}%"


def _cost(one: CostLine) -> tuple[str, ...]:
    day = one.paid_on.isoformat() if one.paid_on else ""
    return (_(COST_TITLES[one.kind]), one.item, str(one.amount), day, one.voucher)


def _fee(one: FeeLine) -> tuple[str, ...]:
    if one.civil_servant:
        return (one.name, str(one.hours), "", _("not paid"), "", "")
    return (one.name, str(one.hours), str(one.rate), str(one.gross), str(one.tax), str(one.net))
