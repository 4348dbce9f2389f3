"""What the face of a receipt says: the fields of 财综〔2024〕1号 第六条 as plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.access.model import Account
from core.fund.donors import NAMELESS, DonorFacts
from core.fund.model import Donation, DonationItem, DonationMember, IssuingUnit, Purpose
from core.fund.states import FORM_CHINESE, Way
from core.values.money import Money

#: texts.md 14: what stands in the amount of a gift that cannot be valued.
NO_AMOUNT = "——"
NO_TOTAL = "实物捐赠，未计价"


def people(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    """Names of accounts."""
    wanted = [one for one in ids if one is not None]
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {one.id: one.name for one in rows}


def lines_of(session: Session, donation: Donation) -> list[dict[str, str]]:
    """The lines of one donation: project, unit, quantity, standard, amount."""
    purpose = session.get_one(Purpose, donation.purpose_id)
    project = {"code": purpose.code, "project": purpose.name}
    chosen = select(DonationItem).where(DonationItem.donation_id == donation.id)
    items = () if donation.form.is_money else session.scalars(chosen).all()
    if not items:
        return [
            {
                **project,
                "unit": "元",
                "quantity": "1",
                "standard": FORM_CHINESE[donation.form],
                "amount": str(donation.amount) if donation.amount else NO_AMOUNT,
            }
        ]
    return [
        {
            "code": purpose.code,
            "project": f"{purpose.name}：{one.name}{one.specification}",
            "unit": one.unit or "项",
            "quantity": f"{one.quantity:f}",
            "standard": str(one.unit_price) if one.unit_price and one.proof else NO_AMOUNT,
            "amount": _value(one),
        }
        for one in items
    ]


def _value(item: DonationItem) -> str:
    from core.fund.donation_input import Item

    value = Item(
        name=item.name, quantity=item.quantity, unit_price=item.unit_price, proof=item.proof
    ).value
    return str(value) if value is not None else NO_AMOUNT


def total_of(donations: Sequence[Donation]) -> Money | None:
    """The sum of what has an amount; None where nothing has."""
    amounts = [one.amount for one in donations if one.amount is not None]
    return sum(amounts[1:], amounts[0]) if amounts else None


def receipt_facts(
    session: Session, donations: Sequence[Donation], donor: DonorFacts, way: Way, title: str
) -> dict[str, Any]:
    """Everything a receipt of these donations prints, but for its numbers, people and givers."""
    unit = session.get_one(IssuingUnit, donations[0].unit_id)
    total = total_of(donations)
    hidden = way is Way.OWN and (donor.anonymous or any(one.anonymous for one in donations))
    facts: dict[str, Any] = {
        "payer": NAMELESS if hidden else title,
        "payer_id": "" if hidden else donor.id_text,
        "items": [line for one in donations for line in lines_of(session, one)],
        "total": str(total) if total is not None else NO_AMOUNT,
        "total_capital": total.capitals() if total is not None else NO_TOTAL,
        "payment": "；".join(dict.fromkeys(map(_payment, donations))),
        "restricted": "限定用途" if any(one.restricted for one in donations) else "非限定用途",
        "gift_dates": "、".join(dict.fromkeys(one.received_on.isoformat() for one in donations)),
        "remarks": "；".join(dict.fromkeys(one.note for one in donations if one.note)),
        "unit_name": unit.name,
        "unit_code": unit.credit_code,
    }
    if way is Way.OWN:
        facts["warning"] = str(settings.get(session, "fund.warning"))
        # The remarks of the office's records are its own; a letter to an anonymous donor has none.
        facts["remarks"] = "" if hidden else facts["remarks"]
    return {key: value for key, value in facts.items() if value not in ("", [])}


def _payment(donation: Donation) -> str:
    way = FORM_CHINESE[donation.form]
    return f"{way} {donation.bank_reference}".strip()


def members_of(session: Session, donations: Sequence[Donation]) -> list[dict[str, str]]:
    """The list of givers 明细单 of collected donations."""
    rows = session.scalars(
        select(DonationMember)
        .where(DonationMember.donation_id.in_([one.id for one in donations]))
        .order_by(DonationMember.id)
    )
    return [{"name": one.name, "amount": str(one.amount)} for one in rows]


def no_deduction(codes: Sequence[str]) -> str:
    """The sentence on a letter whose gift supports no deduction (texts.md 14), or nothing."""
    reasons = [_REASONS[code] for code in dict.fromkeys(codes) if code in _REASONS]
    return f"{'／'.join(reasons)}，本收据不支持办理税前扣除。" if reasons else ""


_REASONS = {
    "fund.identity_missing": "捐赠人未提供完整身份信息",
    "fund.unqualified": "捐赠日不在受赠单位税前扣除资格年度内",
    "fund.proof_missing": "实物未提供公允价值证明",
}
