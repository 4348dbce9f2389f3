"""Tables of the fund: units, purposes, donors, donations and what purposes were credited with.

A purpose's balance is a column the database itself keeps from going below zero; every change of it
is a line of `fund_entry`, which is only ever added to, so that the balance is the sum of its lines.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.fund.states import Consent, DonationState, Form, GrantState, Nature, Use
from core.values.columns import DecimalText, MoneyColumn
from core.values.money import Money
from db.base import Base, Versioned
from db.types import EnumValue, UtcDateTime, intpk


class IssuingUnit(Versioned, Base):
    """A receiving and issuing unit 受赠（开票）单位: usually a foundation, hardly ever the bureau.

    Attributes:
        licence_number: 财政票据领用证号; without it no fiscal receipt of either way.
        fundraising_permit, fundraising_until: 公开募捐资格证书 and its last day.
        account_number: in clear only for who may see it; lists show `account_mask`.
    """

    __tablename__ = "fund_unit"
    __table_args__ = ({"info": {"audited": True, "secret": ["account_number"]}},)

    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(unique=True)
    credit_code: Mapped[str] = mapped_column(default="")
    licence_number: Mapped[str] = mapped_column(default="")
    fundraising_permit: Mapped[str] = mapped_column(default="")
    fundraising_until: Mapped[date | None]
    account_name: Mapped[str] = mapped_column(default="")
    bank: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    account_mask: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


class UnitQualification(Base):
    """Years in which gifts to a unit may be deducted (公益性捐赠税前扣除资格), by their notice."""

    __tablename__ = "fund_unit_qualification"
    __table_args__ = ({"info": {"audited": True, "root": ("fund_unit", "unit_id")}},)

    id: Mapped[intpk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("fund_unit.id"), index=True)
    first_year: Mapped[int]
    last_year: Mapped[int]
    notice: Mapped[str]


class Campaign(Base):
    """A public campaign 募捐活动 with its filed plan 募捐方案备案号 and its days."""

    __tablename__ = "fund_campaign"
    __table_args__ = ({"info": {"audited": True}},)

    id: Mapped[intpk]
    unit_id: Mapped[int] = mapped_column(ForeignKey("fund_unit.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    filing_number: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Purpose(Base):
    """What money is for 捐赠项目: project code and name, and what is left of it."""

    __tablename__ = "fund_purpose"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance"),
        {"info": {"audited": True, "no_delete": True}},
    )

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    restricted: Mapped[bool]
    balance: Mapped[Money] = mapped_column(MoneyColumn)
    active: Mapped[bool] = mapped_column(default=True)


class FundEntry(Base):
    """One change of a purpose's balance: a gift, a refund, a grant, a correction."""

    __tablename__ = "fund_entry"
    __table_args__ = (
        Index("ix_fund_entry_record", "record_kind", "record_id"),
        {
            "info": {
                "audited": True,
                "append_only": True,
                "root": ("fund_purpose", "purpose_id"),
            }
        },
    )

    id: Mapped[intpk]
    purpose_id: Mapped[int] = mapped_column(ForeignKey("fund_purpose.id"), index=True)
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    balance: Mapped[Money] = mapped_column(MoneyColumn)
    kind: Mapped[str]
    record_kind: Mapped[str]
    record_id: Mapped[int]
    booked_on: Mapped[date] = mapped_column(index=True)
    account_id: Mapped[int]


class Donor(Versioned, Base):
    """What the fund knows of a party that gives.

    Attributes:
        receipt_title: name on receipts where it is not the party's own.
        anonymous: shown to others as 爱心人士; the record inside the office stays.
        contact_preference: how the donor wants to hear of us, in words.
    """

    __tablename__ = "fund_donor"
    __table_args__ = ({"info": {"audited": True, "root": ("party", "party_id")}},)

    id: Mapped[intpk]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    consent: Mapped[Consent] = mapped_column(EnumValue(Consent))
    anonymous: Mapped[bool] = mapped_column(default=False)
    receipt_title: Mapped[str] = mapped_column(default="")
    contact_preference: Mapped[str] = mapped_column(default="")


class Pledge(Versioned, Base):
    """A commitment 认捐; donations that name it are its instalments."""

    __tablename__ = "fund_pledge"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    donor_id: Mapped[int] = mapped_column(ForeignKey("fund_donor.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("fund_purpose.id"))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    agreement: Mapped[str] = mapped_column(default="")
    promised_on: Mapped[date]
    due_on: Mapped[date | None]
    cancelled_reason: Mapped[str] = mapped_column(default="")


class Donation(Versioned, Base):
    """One donation.

    Attributes:
        code: number of the donation in the office, unique.
        amount: None for gifts in kind that cannot be valued (no proof).
        received_on: value date of the money, day of the goods.
        benefit: what the donor gets in return; anything here bars a receipt.
        cashier_id, reviewer_id: accounts; cashier, reviewer and issuer are three people.
        receipt_id: the one valid receipt, while there is one; the donation is locked then.
        freed: what of the amount a partial reversal took out of that receipt and nobody has paid
            back yet; nothing else of a receipted donation can be refunded.
        rebooked_from_id: the donation of the wrong donor it replaces.
    """

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("freed >= 0 AND (amount IS NULL OR freed < amount)", name="freed"),
        Index("ix_donation_received_on", "received_on"),
        Index("ix_donation_state", "state"),
        Index("ix_donation_amount", "amount"),
        Index("ix_donation_bank_reference", "bank_reference"),
        # Back to registered when its line of a statement is undone, but never again to be removed.
        {
            "info": {
                "audited": True,
                "frozen": ["code"],
                "frozen_when": "state <> 'registered' OR version > 1",
            }
        },
    )

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(unique=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("fund_donor.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("fund_unit.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("fund_purpose.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("fund_campaign.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("fund_pledge.id"), index=True)
    form: Mapped[Form] = mapped_column(EnumValue(Form))
    nature: Mapped[Nature] = mapped_column(EnumValue(Nature), default=Nature.GIFT)
    received_on: Mapped[date]
    amount: Mapped[Money | None] = mapped_column(MoneyColumn)
    restricted: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=False)
    bank_reference: Mapped[str] = mapped_column(default="")
    payer_name: Mapped[str] = mapped_column(default="")
    payer_tail: Mapped[str] = mapped_column(default="")
    agreement: Mapped[str] = mapped_column(default="")
    benefit: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[DonationState] = mapped_column(EnumValue(DonationState))
    cashier_id: Mapped[int | None]
    reviewer_id: Mapped[int | None]
    receipt_id: Mapped[int | None] = mapped_column(index=True)
    freed: Mapped[Money] = mapped_column(MoneyColumn, default=Money(0))
    rebooked_from_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DonationItem(Base):
    """Goods or rights of a donation; `proof` names the paper that proves the value."""

    __tablename__ = "donation_item"
    __table_args__ = ({"info": {"audited": True, "root": ("donation", "donation_id")}},)

    id: Mapped[intpk]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    name: Mapped[str]
    specification: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Decimal] = mapped_column(DecimalText)
    unit_price: Mapped[Money | None] = mapped_column(MoneyColumn)
    basis: Mapped[str] = mapped_column(default="")
    proof: Mapped[str] = mapped_column(default="")


class DonationMember(Base):
    """One giver of a collected donation 汇总捐赠: the line of the employee list."""

    __tablename__ = "donation_member"
    __table_args__ = ({"info": {"audited": True, "root": ("donation", "donation_id")}},)

    id: Mapped[intpk]
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    name: Mapped[str]
    amount: Mapped[Money] = mapped_column(MoneyColumn)


class Grant(Versioned, Base):
    """A use of funds: asked for by one person, paid out after another agreed.

    Attributes:
        use: what it is spent on, for the report on the use of funds.
    """

    __tablename__ = "fund_grant"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    purpose_id: Mapped[int] = mapped_column(ForeignKey("fund_purpose.id"), index=True)
    use: Mapped[Use] = mapped_column(EnumValue(Use), default=Use.OTHER)
    payee: Mapped[str]
    subject: Mapped[str]
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    state: Mapped[GrantState] = mapped_column(EnumValue(GrantState))
    requested_by: Mapped[int]
    requested_on: Mapped[date]
    decided_by: Mapped[int | None]
    decided_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
