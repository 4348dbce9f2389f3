"""Use of funds: asked for by one person, agreed and paid by another, never beyond the balance."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import history, numbering, settings
from core.database import actor, load_for_edit, require, today
from core.documents.service import prepare
from core.errors import FieldError, InputError, RuleViolation
from core.fund.balances import book
from core.fund.face import people
from core.fund.model import Grant, Purpose
from core.fund.states import USE_CHINESE, GrantState, Use
from core.i18n import N_
from core.messages import register
from core.values.dates import chinese_date
from core.values.money import Money

register(
    {
        "fund.grant_missing": N_("Say who receives it and what for."),
        "fund.grant_decided": N_("This use of funds was decided already."),
    }
)

GRANT = "fund_grant"


@dataclass(frozen=True, kw_only=True)
class GrantContent:
    """A use of funds as asked for: measuring, project development, training ..."""

    purpose_id: int
    payee: str
    subject: str
    amount: Money
    use: Use = Use.OTHER


def request_grant(session: Session, content: GrantContent) -> int:
    """Ask for money of a purpose; nothing is booked yet.

    Raises:
        NotPermitted: without `fund.manage`.
        InputError: payee, subject or amount missing.
    """
    require(session, "fund.manage")
    errors = [
        FieldError(name, "fund.grant_missing")
        for name in ("payee", "subject")
        if not getattr(content, name).strip()
    ]
    if content.amount <= Money(0):
        errors.append(FieldError("amount", "fund.amount_zero"))
    if errors:
        raise InputError(*errors)
    grant = Grant(
        purpose_id=content.purpose_id,
        use=content.use,
        payee=content.payee.strip(),
        subject=content.subject.strip(),
        amount=content.amount,
        state=GrantState.REQUESTED,
        requested_by=actor(session).account_id,
        requested_on=today(session),
    )
    session.add(grant)
    session.flush()
    history.record(session, GRANT, grant.id, "requested")
    return grant.id


def decide_grant(
    session: Session, grant_id: int, version: int, *, agree: bool, reason: str = ""
) -> None:
    """Agree and pay out, or refuse with a reason; the approval form waits for its signature.

    Raises:
        NotPermitted: without `fund.approve`.
        RuleViolation: decided already, asked for by the same person, `fund.balance_short`.
        InputError: refused without a reason.
    """
    require(session, "fund.approve")
    grant = load_for_edit(session, Grant, grant_id, version)
    if grant.state is not GrantState.REQUESTED:
        raise RuleViolation("fund.grant_decided")
    if grant.requested_by == actor(session).account_id:
        raise RuleViolation("fund.change_same")
    if not agree and not reason.strip():
        raise InputError.of("reason", "fund.reason")
    grant.decided_by, grant.decided_on = actor(session).account_id, today(session)
    grant.reason = reason.strip()
    grant.state = GrantState.PAID if agree else GrantState.REFUSED
    session.flush()
    purpose = session.get_one(Purpose, grant.purpose_id, populate_existing=True)
    before = purpose.balance
    if agree:
        entry = book(
            session, grant.purpose_id, -grant.amount, "grant", (GRANT, grant.id), today(session)
        )
        before = entry.balance + grant.amount
    history.record(session, GRANT, grant.id, grant.state.value, reason=grant.reason)
    _approval(session, grant, purpose, before)
    session.flush()


def _approval(session: Session, grant: Grant, purpose: Purpose, before: Money) -> None:
    """The approval form, with what the purpose held before and after the decision."""
    paid = grant.state is GrantState.PAID
    number = numbering.take(session, "grant", record_kind=GRANT, record_id=grant.id)
    names = people(session, [grant.requested_by, grant.decided_by])
    facts = {
        "fund_name": str(settings.get(session, "fund.name")),
        "purpose": f"{purpose.code} {purpose.name}",
        "use": USE_CHINESE[grant.use],
        "payee": grant.payee,
        "subject": grant.subject,
        "amount": str(grant.amount),
        "amount_capital": grant.amount.capitals(),
        "before": str(before),
        "after": str(before - grant.amount if paid else before),
        "requested": f"{names[grant.requested_by]}　{chinese_date(grant.requested_on)}",
        "decision": "同意" if paid else "不同意",
        "reason": grant.reason,
        "decided": f"{actor(session).name}　{chinese_date(today(session))}",
    }
    prepare(
        session,
        kind="fund_grant_approval",
        record_kind=GRANT,
        record_id=grant.id,
        facts={key: value for key, value in facts.items() if value},
        number=number,
    )
