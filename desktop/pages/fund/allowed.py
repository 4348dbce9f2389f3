"""Why a button of the fund cannot be pressed: pure sentences over a record and the person.

The rules themselves are enforced by `core.fund`; these say the same before anything is typed.
"""

from __future__ import annotations

from core.database import Actor
from core.fund.details import DonationDetail, ReceiptDetail
from core.fund.states import DONATION_TITLES, DonationState, ReceiptState, Way
from core.i18n import _
from core.office import permissions
from core.values.money import Money

S = DonationState
OPEN = frozenset({S.REGISTERED, S.ARRIVED, S.REVIEWED})
HERE = frozenset({S.ARRIVED, S.REVIEWED, S.RECEIPTED})


def lacks(actor: Actor, permission: str) -> str:
    """The right a person lacks, in words; empty when they have it."""
    if actor.may(permission):
        return ""
    title = next((one.title for one in permissions() if one.key == permission), permission)
    return _("Your role lacks the right “{right}”.").format(right=_(title))


def _state(detail: DonationDetail, *wanted: DonationState) -> str:
    if detail.state in wanted:
        return ""
    if detail.state is S.RECEIPTED:
        return _("A valid receipt holds it; void or reverse the receipt first.")
    text = _("It is “{state}”.")
    return text.format(state=_(DONATION_TITLES[detail.state]))


def to_arrive(detail: DonationDetail, actor: Actor) -> str:
    """Why its arrival cannot be noted."""
    return _state(detail, S.REGISTERED) or lacks(actor, "fund.record")


def to_review(detail: DonationDetail, actor: Actor) -> str:
    """Why it cannot be reviewed."""
    found = _state(detail, S.ARRIVED) or lacks(actor, "fund.review")
    if not found and detail.cashier_id == actor.account_id:
        return _("Whoever took the money cannot review it.")
    return found


def to_issue(detail: DonationDetail, actor: Actor) -> str:
    """Why this person cannot issue its receipt; the rule list of the dialog says the rest."""
    found = _state(detail, S.REVIEWED) or lacks(actor, "fund.issue")
    if not found and actor.account_id == detail.cashier_id:
        return _("Whoever took the money never issues the receipt.")
    if not found and actor.account_id == detail.reviewer_id:
        return _("Whoever reviewed it cannot issue the receipt.")
    return found


def to_edit(detail: DonationDetail, actor: Actor) -> str:
    """Why its form cannot be changed."""
    return _state(detail, *OPEN) or lacks(actor, "fund.record")


def to_refund(detail: DonationDetail, actor: Actor) -> str:
    """Why it cannot be paid back; of a receipt reversed in part, that part can."""
    partly = detail.freed > Money(0)
    state = "" if partly else _state(detail, S.ARRIVED, S.REVIEWED)
    found = state or lacks(actor, "fund.refund")
    if not found and detail.content.amount is None:
        return _("It has no amount; there is nothing to pay back.")
    return found


def to_rebook(detail: DonationDetail, actor: Actor) -> str:
    """Why it cannot be moved to another donor."""
    return _state(detail, S.ARRIVED, S.REVIEWED) or lacks(actor, "fund.rebook")


def to_thank(detail: DonationDetail, actor: Actor) -> str:
    """Why no certificate can be made."""
    if detail.state not in HERE:
        return _("It has not arrived; there is nothing to thank for.")
    return lacks(actor, "fund.report")


def to_change(detail: ReceiptDetail, actor: Actor) -> str:
    """Why nobody can ask for it to be declared void or reversed."""
    if detail.state is not ReceiptState.ISSUED:
        return _("It is not valid any more.")
    if detail.request is not None:
        return _("A request waits for its decision already.")
    return lacks(actor, "fund.issue")


def to_decide(detail: ReceiptDetail, actor: Actor) -> str:
    """Why this person cannot decide the open request."""
    if detail.request is None:
        return _("Nobody asked for a change.")
    if detail.request.requested_by == actor.account_id:
        return _("Whoever asked for it cannot decide it.")
    return lacks(actor, "fund.review")


def to_reissue(detail: ReceiptDetail, actor: Actor) -> str:
    """Why no new receipt can follow this one."""
    if detail.state not in {ReceiptState.VOID, ReceiptState.REVERSED}:
        return _("Only a void or reversed receipt is issued again.")
    if detail.followed_by is not None:
        return _("It was issued again as {number}.").format(number=detail.followed_by.text)
    if any(one.state is not S.REVIEWED for one in detail.donations):
        return _("Its donation was changed, refunded or moved; review it anew first.")
    return lacks(actor, "fund.issue")


def to_print_on_stock(detail: ReceiptDetail) -> str:
    """Why nothing can be printed on the genuine sheet."""
    if detail.way is not Way.STOCK:
        return _("It is not on pre-printed stock.")
    return "" if detail.state is ReceiptState.ISSUED else _("It is not valid any more.")
