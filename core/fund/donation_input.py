"""What a donation says when it is entered, and whether it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.errors import FieldError
from core.fund.states import Form, Nature
from core.values.money import Money

#: What a donation can be at most; capitals are proven for every amount up to it.
MOST = Money(99_999_999_999_999)


@dataclass(frozen=True, kw_only=True)
class Item:
    """Goods or a right; `unit_price` only with `proof`, the paper that proves it."""

    name: str
    quantity: Decimal = Decimal(1)
    specification: str = ""
    unit: str = ""
    unit_price: Money | None = None
    basis: str = ""
    proof: str = ""

    @property
    def value(self) -> Money | None:
        """Price times quantity, rounded down to 分; None without a proven price."""
        if self.unit_price is None or not self.proof.strip():
            return None
        return Money(int(Fraction(self.quantity) * self.unit_price.fen))


def value_of(items: Sequence[Item]) -> Money | None:
    """The value of goods; None as soon as one of them has no proven price."""
    values = [one.value for one in items]
    known = [one for one in values if one is not None]
    return sum(known, Money(0)) if known and len(known) == len(values) else None


@dataclass(frozen=True, kw_only=True)
class DonationContent:
    """A donation as entered. `members` are the givers of a collected one: name and amount."""

    donor_id: int
    unit_id: int
    purpose_id: int
    form: Form
    received_on: date
    amount: Money | None = None
    code: str = ""
    nature: Nature = Nature.GIFT
    campaign_id: int | None = None
    pledge_id: int | None = None
    restricted: bool = False
    anonymous: bool = False
    bank_reference: str = ""
    payer_name: str = ""
    payer_tail: str = ""
    agreement: str = ""
    benefit: str = ""
    note: str = ""
    items: tuple[Item, ...] = ()
    members: tuple[tuple[str, Money], ...] = ()


def check_content(content: DonationContent, today_: date) -> list[FieldError]:
    """Every wrong field of a donation; looks at nothing but the content."""
    errors = []
    if content.received_on > today_:
        errors.append(FieldError("received_on", "fund.future", {"day": content.received_on}))
    if content.amount is not None and content.amount <= Money(0):
        errors.append(FieldError("amount", "fund.amount_zero"))
    if content.amount is not None and content.amount > MOST:
        errors.append(FieldError("amount", "fund.amount_large", {"most": MOST}))
    errors += _check_money(content) if content.form.is_money else _check_items(content)
    if any(not name.strip() or amount <= Money(0) for name, amount in content.members):
        errors.append(FieldError("members", "fund.member_missing"))
    elif content.members:
        total = sum((amount for _name, amount in content.members), Money(0))
        if total != content.amount:
            facts = {"total": total, "amount": content.amount}
            errors.append(FieldError("members", "fund.members_sum", facts))
    return errors


def _check_money(content: DonationContent) -> list[FieldError]:
    return [FieldError("amount", "fund.amount_missing")] if content.amount is None else []


def _check_items(content: DonationContent) -> list[FieldError]:
    if not content.items or any(one.quantity <= 0 or not one.name.strip() for one in content.items):
        return [FieldError("items", "fund.item_missing")]
    values = [one.value for one in content.items]
    if None in values:
        return [FieldError("amount", "fund.amount_unproven")] if content.amount is not None else []
    total = sum((one for one in values if one is not None), Money(0))
    if content.amount != total:
        facts = {"total": total, "amount": content.amount or "——"}
        return [FieldError("amount", "fund.amount_items", facts)]
    return []
