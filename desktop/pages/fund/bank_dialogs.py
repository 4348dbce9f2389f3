"""What a line of a statement is when it is no donation, and the donation it begins."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import InputError
from core.fund.bank_desk import NO_GIFT, LineDetail
from core.fund.matching import Reason
from core.fund.states import Form
from core.i18n import N_, _
from core.values.forms import FormField
from desktop.pages.fund.donation_form_model import Start
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context

_ODD = {Reason.INTEREST: "interest", Reason.SPONSORSHIP: "sponsorship"}
_FIELDS = (
    FormField(
        "what",
        N_("What it is"),
        "choice",
        required=True,
        choices=tuple((key, title) for key, (title, _kept) in NO_GIFT.items()),
    ),
    FormField("note", N_("In your words"), help=N_("Needed where it is something else.")),
)


class NoGiftDialog(ActionDialog):
    """Asks what a line is; where its memo tells, one key is enough.

    Attributes:
        reason: what is kept and printed, once the dialog was accepted.
    """

    def __init__(self, context: Context, line: LineDetail) -> None:
        known = {"what": _ODD[line.odd]} if line.odd is not None else {}
        sentence = _("{payer}: {amount} yuan is no donation.")
        super().__init__(
            context,
            _("No donation"),
            sentence.format(payer=line.payer_name, amount=line.credit),
            _FIELDS,
            self._keep,
            known,
        )
        self.reason = ""
        if known:
            self.accept_button.setFocus()

    def _keep(self, values: Mapping[str, object], done: Done, failed: Failed) -> None:
        what, note = str(values["what"]), str(values["note"] or "")
        reason = "：".join(part for part in (NO_GIFT[what][1], note) if part)
        if reason:
            self.reason = reason
            done(reason)
        else:
            failed(InputError.of("note", "form.required"))


def start_of(line: LineDetail) -> Start:
    """A new donation that a line tells the facts of."""
    known = (
        ("form", Form.TRANSFER.value),
        ("received_on", line.traded_on.isoformat()),
        ("amount", line.credit.plain),
        ("bank_reference", line.reference),
        ("payer_name", line.payer_name),
        ("payer_tail", line.payer_tail),
        ("note", line.memo),
    )
    return Start(values=tuple(pair for pair in known if pair[1]))
