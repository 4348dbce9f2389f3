"""Why a button of the committee cannot be pressed: pure sentences over a record and the person.

The rules themselves are enforced by `core.committee`; these say the same before anything is typed.
"""

from __future__ import annotations

from core.committee.details import DrawDetail, MeetingDetail, TermLine
from core.committee.states import DrawState, MeetingState
from core.database import Actor
from core.i18n import _
from desktop.parts import rights

lacks = rights.lacks


# -- experts
def to_write_letters(terms: tuple[TermLine, ...], actor: Actor) -> str:
    """Why no letter of appointment can be made."""
    found = lacks(actor, "committee.manage")
    if not found and not terms:
        return _("Give the expert a term first.")
    if not found and all(one.letter_number for one in terms):
        return _("Every term has its letter; make a copy of that.")
    return found


# -- draws
def _is(detail: DrawDetail, *states: DrawState) -> str:
    if detail.state in states:
        return ""
    if detail.state is DrawState.PREPARED:
        return _("The list is not frozen yet.")
    if detail.state is DrawState.FROZEN:
        return _("The list is frozen.")
    if detail.state is DrawState.CANCELLED:
        return _("The draw was cancelled.")
    if detail.state is DrawState.REPLACED:
        return _("It was drawn again.")
    return _("The names are drawn.")


def to_change_draw(detail: DrawDetail, actor: Actor) -> str:
    """Why a draw cannot be changed or frozen."""
    return lacks(actor, "committee.draw") or _is(detail, DrawState.PREPARED)


def to_witness(detail: DrawDetail, actor: Actor) -> str:
    """Why the frozen list cannot be confirmed by this person."""
    found = _is(detail, DrawState.FROZEN)
    if not found and detail.witnessed_at is not None:
        return _("The supervisor has confirmed the list.")
    if not found and not detail.may_witness:
        return _("Only {name} confirms this list.").format(name=detail.supervisor)
    return found or lacks(actor, "committee.supervise")


def to_type(detail: DrawDetail, actor: Actor) -> str:
    """Why this person cannot type now."""
    found = _is(detail, DrawState.FROZEN)
    if found or detail.may_type:
        return found
    if actor.account_id not in {detail.first_id, detail.second_id}:
        return _("Only {first} and {second} type.").format(first=detail.first, second=detail.second)
    if detail.witnessed_at is None:
        return _("{name} confirms the frozen list first.").format(name=detail.supervisor)
    missing = lacks(actor, "committee.draw")
    return missing or _("You have typed; now the other operator types.")


def _named(detail: DrawDetail) -> str:
    if detail.drawn_at is None and detail.state in {DrawState.PREPARED, DrawState.FROZEN}:
        return _("Nothing is drawn yet.")
    return "" if detail.named else _("The names are secret until the set time.")


def to_call(detail: DrawDetail, actor: Actor) -> str:
    """Why no call can be noted."""
    found = lacks(actor, "committee.draw") or _named(detail)
    return found or _is(detail, DrawState.DRAWN, DrawState.SETTLED)


def to_draw_again(detail: DrawDetail, actor: Actor) -> str:
    """Why it cannot be drawn again."""
    found = _named(detail) or _is(detail, DrawState.DRAWN, DrawState.SETTLED)
    if not found and actor.account_id != detail.supervisor_id:
        return _("Only {name} allows it.").format(name=detail.supervisor)
    return found or lacks(actor, "committee.supervise")


def to_cancel_draw(detail: DrawDetail, actor: Actor) -> str:
    """Why a draw cannot be given up."""
    return lacks(actor, "committee.draw") or _is(detail, DrawState.PREPARED, DrawState.FROZEN)


def to_save_record(detail: DrawDetail) -> str:
    """Why the record cannot be saved."""
    return _named(detail) or ("" if detail.drawn_at else _("Nothing is drawn yet."))


def to_print_record(detail: DrawDetail, actor: Actor) -> str:
    """Why the record cannot be printed."""
    if actor.may("committee.draw") or actor.may("committee.supervise"):
        return to_save_record(detail)
    return lacks(actor, "committee.draw")


# -- meetings
def to_run(detail: MeetingDetail, actor: Actor) -> str:
    """Why members, agenda and attendance cannot be changed."""
    found = lacks(actor, "committee.meet")
    if not found and detail.state is MeetingState.CLOSED:
        return _("The meeting is closed; its minutes stand.")
    if not found and detail.state is MeetingState.CANCELLED:
        return _("The meeting was called off.")
    return found


def to_open(detail: MeetingDetail, actor: Actor) -> str:
    """Why a meeting cannot be opened."""
    found = to_run(detail, actor)
    if not found and not any(one.signed_at for one in detail.members):
        return _("Nobody has signed in.")
    return found


def to_conclude(detail: MeetingDetail, actor: Actor) -> str:
    """Why a case cannot be concluded."""
    found = to_run(detail, actor)
    if not found and detail.state is not MeetingState.OPEN:
        return _("Open the meeting first.")
    return found


def to_close(detail: MeetingDetail, actor: Actor) -> str:
    """Why a meeting cannot be closed."""
    found = to_conclude(detail, actor)
    if not found and any(one.result is None for one in detail.cases):
        return _("A case has no result yet.")
    return found


def to_call_off(detail: MeetingDetail, actor: Actor) -> str:
    """Why a meeting cannot be called off."""
    found = to_run(detail, actor)
    if not found and detail.state is not MeetingState.PLANNED:
        return _("The meeting was opened.")
    return found
