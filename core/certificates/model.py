"""Tables of the case: the application and everything that belongs to it before the entry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.certificates.states import ApplicationKind, Ownership, State, StopKind
from core.values.area import Area
from core.values.columns import AreaColumn, TonnesColumn
from core.values.tonnes import Tonnes
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk

#: Kind and key column of the record a child row belongs to, for change sets.
ROOT = ("application", "application_id")


class Application(Versioned, Base):
    """One case (申请件).

    Attributes:
        scheme: key of the dated scheme chosen at receipt (see `schemes`).
        state: derived from the steps taken; kept for lists.
        receipt_number, acceptance_number, approval_number: texts of the numbers taken.
        receipt_order: year and running number of the receipt, to sort by.
        holders_text: names of the holders joined by 、, for lists and search.
        holders_sort: pinyin of it.
        period_from, period_to: monitoring period, both days included.
        stated_tonnes: what the measuring report states; may be unknown.
        tonnes: the examined amount; set by the amount examination.
        area: sum of the stated areas of the parcels.
        valid_until: last day of the certificate's validity, where one is asked for.
        registry_clear: what the title registry answered; None before the answer.
        supplement_open: papers were asked for and have not come in.
        state_since: the day the case came into its state (China).
        step_due: last day of the present step; None while no clock runs.
        due: last day of the whole treatment; None before acceptance and while it stands still.
        clerk_id: the account that received it.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_state_received", "state", "received_on"),
        Index("ix_application_received_on", "received_on"),
        Index("ix_application_receipt_number", "receipt_number"),
        Index("ix_application_receipt_order", "receipt_order"),
        Index("ix_application_acceptance_number", "acceptance_number"),
        Index("ix_application_holders_sort", "holders_sort"),
        Index("ix_application_project_sort", "project_sort"),
        Index("ix_application_township", "township"),
        Index("ix_application_tonnes", "tonnes"),
        Index("ix_application_area", "area"),
        Index("ix_application_step_due", "step_due"),
        {"info": {"audited": True}},
    )

    id: Mapped[intpk]
    kind: Mapped[ApplicationKind] = mapped_column(EnumValue(ApplicationKind))
    scheme: Mapped[str]
    state: Mapped[State] = mapped_column(EnumValue(State))
    receipt_number: Mapped[str] = mapped_column(default="")
    receipt_order: Mapped[int | None]
    acceptance_number: Mapped[str] = mapped_column(default="")
    approval_number: Mapped[str] = mapped_column(default="")
    filing_number: Mapped[str] = mapped_column(default="")
    project_name: Mapped[str]
    project_sort: Mapped[str]
    holders_text: Mapped[str]
    holders_sort: Mapped[str]
    township: Mapped[str]
    ownership: Mapped[Ownership] = mapped_column(EnumValue(Ownership))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    agent_authority: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    measuring_body_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    report_number: Mapped[str] = mapped_column(default="")
    report_date: Mapped[date | None]
    method: Mapped[str] = mapped_column(default="")
    period_from: Mapped[date]
    period_to: Mapped[date]
    stated_tonnes: Mapped[Tonnes | None] = mapped_column(TonnesColumn)
    tonnes: Mapped[Tonnes | None] = mapped_column(TonnesColumn)
    area: Mapped[Area] = mapped_column(AreaColumn)
    valid_until: Mapped[date | None]
    registry_clear: Mapped[bool | None]
    supplement_open: Mapped[bool] = mapped_column(default=False)
    received_on: Mapped[date]
    accepted_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    state_since: Mapped[date]
    step_due: Mapped[date | None]
    due: Mapped[date | None]
    correction_deadline: Mapped[date | None]
    remarks: Mapped[str] = mapped_column(default="")
    clerk_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Holder(Base):
    """A right holder of an application. Shares are exact; sole holders have 1/1."""

    __tablename__ = "application_holder"
    __table_args__ = (
        UniqueConstraint("application_id", "party_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    numerator: Mapped[int] = mapped_column(default=1)
    denominator: Mapped[int] = mapped_column(default=1)


class ApplicationParcel(Base):
    """A parcel in an application, with what was measured on it.

    Attributes:
        group: species group of the parameter set, assigned by a person; empty if it was not.
        stock_t1, stock_t2: stock volume 蓄积量 in m³ at both ends of the period, decimal text as
            reported (exact).
        manual_tonnes: for bamboo, which is not volume based: the report's figure.
        report_page: the page of the report that states it.
        term_until: end of the land-use (经营) term; None if unlimited.
        mortgaged: the forest right is mortgaged.
        forest_owner: 林木所有权人 where it differs from the holder.
    """

    __tablename__ = "application_parcel"
    __table_args__ = (
        UniqueConstraint("application_id", "parcel_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"), index=True)
    group: Mapped[str] = mapped_column(default="")
    stock_t1: Mapped[str] = mapped_column(default="")
    stock_t2: Mapped[str] = mapped_column(default="")
    manual_tonnes: Mapped[Tonnes | None] = mapped_column(TonnesColumn)
    report_page: Mapped[str] = mapped_column(default="")
    term_until: Mapped[date | None]
    mortgaged: Mapped[bool] = mapped_column(default=False)
    forest_owner: Mapped[str] = mapped_column(default="")


class RequiredPaper(Base):
    """A paper of the checklist: whether it came, in what form, and the hash of its scan.

    Attributes:
        key: of the office's list, or ``extra`` for one that was added by hand.
        needed: the case cannot be approved without it.
        received_on: None while it is missing.
        checked: the copy was compared with the original.
    """

    __tablename__ = "application_paper"
    __table_args__ = (
        Index("ix_application_paper_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    key: Mapped[str]
    title: Mapped[str]
    needed: Mapped[bool]
    received_on: Mapped[date | None]
    original: Mapped[bool] = mapped_column(default=False)
    copies: Mapped[int] = mapped_column(default=1)
    pages: Mapped[int] = mapped_column(default=0)
    checked: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    filename: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")


class StepTaken(Base):
    """One step of a case: who, when, why; the state follows from these rows.

    Attributes:
        sequence: 1, 2, 3 ... within the case.
        on_date: the day in China.
        due: what the limit of the state it ended was; None if no clock ran.
        data: what was entered in the step's form, as text.
    """

    __tablename__ = "application_step"
    __table_args__ = (
        UniqueConstraint("application_id", "sequence"),
        Index("ix_application_step_step_account", "step", "account_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    sequence: Mapped[int]
    step: Mapped[str]
    from_state: Mapped[State] = mapped_column(EnumValue(State))
    to_state: Mapped[State] = mapped_column(EnumValue(State))
    account_id: Mapped[int]
    actor_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_date: Mapped[date]
    due: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    data: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)


class ClockStop(Base):
    """A time that does not count: both days included, open while `ended_on` is None."""

    __tablename__ = "application_clock_stop"
    __table_args__ = (
        Index("ix_application_clock_stop_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[StopKind] = mapped_column(EnumValue(StopKind))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class Consultation(Base):
    """A letter to another office and its answer: the title registry, others if asked.

    Attributes:
        parcels: ids of the parcels it was asked about; an answer is good for no others.
        answer: ``clear``, ``mortgaged``, ``seized``, ``objection`` or ``mismatch``; empty before.
    """

    __tablename__ = "application_consultation"
    __table_args__ = (
        Index("ix_application_consultation_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    body: Mapped[str]
    letter_number: Mapped[str]
    parcels: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    sent_on: Mapped[date]
    reply_days: Mapped[int]
    answered_on: Mapped[date | None]
    answer_number: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")


class SiteVisit(Base):
    """A visit to the land; the clock stands still from the first to the last day.

    Attributes:
        disturbance: harvest, fire, pest or land taken within the monitoring period; empty if none.
    """

    __tablename__ = "application_site_visit"
    __table_args__ = (
        Index("ix_application_site_visit_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    from_day: Mapped[date]
    to_day: Mapped[date]
    people: Mapped[str]
    conclusion: Mapped[str]
    disturbance: Mapped[str] = mapped_column(default="")


class CarbonCalculation(Base):
    """A computed amount with everything that went into it; never changed, only followed.

    Attributes:
        inputs: the strata as text; `inputs_hash` is what makes a calculation current: it equals
            the hash of the case's present strata.
        uncertainty: percent, decimal text.
        lines: what each stratum gave, for the annex.
        formula: the formula with its numbers put in.
    """

    __tablename__ = "application_calculation"
    __table_args__ = (
        Index("ix_application_calculation_application_id", "application_id"),
        {
            "info": {
                "audited": True,
                "append_only": True,
                "sealed": {"inputs": "inputs_hash"},
                "root": ROOT,
            }
        },
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    parameter_set: Mapped[str]
    parameter_status: Mapped[str]
    baseline: Mapped[Tonnes] = mapped_column(TonnesColumn)
    leakage: Mapped[Tonnes] = mapped_column(TonnesColumn)
    deduction: Mapped[Tonnes] = mapped_column(TonnesColumn)
    uncertainty: Mapped[str]
    deduction_reason: Mapped[str] = mapped_column(default="")
    tonnes: Mapped[Tonnes] = mapped_column(TonnesColumn)
    formula: Mapped[str]
    lines: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    inputs: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    inputs_hash: Mapped[str]
    made_by: Mapped[str]
    made_by_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParameterSignOff(Base):
    """Who took a calculation with an unconfirmed parameter set upon themselves, and why."""

    __tablename__ = "application_parameter_sign_off"
    __table_args__ = ({"info": {"audited": True, "append_only": True, "root": ROOT}},)

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    calculation_id: Mapped[int] = mapped_column(
        ForeignKey("application_calculation.id"), unique=True
    )
    reason: Mapped[str]
    account_id: Mapped[int]
    actor_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExpertReview(Base):
    """What a meeting of experts said: ``pass``, ``pass_after_changes`` or ``fail``.

    Attributes:
        committee_case_id: the item of a meeting's agenda it comes from; None if it was typed.
    """

    __tablename__ = "application_expert_review"
    __table_args__ = (
        Index("ix_application_expert_review_application_id", "application_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    met_on: Mapped[date]
    place: Mapped[str]
    experts: Mapped[str]
    recused: Mapped[int]
    opinion_number: Mapped[str]
    result: Mapped[str]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    abstentions: Mapped[int]
    opinion: Mapped[str]
    changes: Mapped[str] = mapped_column(default="")
    dissent: Mapped[str] = mapped_column(default="")
    committee_case_id: Mapped[int | None] = mapped_column(
        ForeignKey("committee_meeting_case.id"), unique=True
    )


class Notice(Base):
    """A public notice. It counts from the day after publication; `last_day` is its last day."""

    __tablename__ = "application_notice"
    __table_args__ = (
        Index("ix_application_notice_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[str]
    published_on: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date]
    days: Mapped[int]
    places: Mapped[str]
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="")


class Objection(Base):
    """An objection to a notice; `upheld` is None until it is answered."""

    __tablename__ = "application_objection"
    __table_args__ = (
        Index("ix_application_objection_application_id", "application_id"),
        {"info": {"audited": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    objector: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date]
    matter: Mapped[str]
    evidence: Mapped[str] = mapped_column(default="")
    finding: Mapped[str] = mapped_column(default="")
    upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]


class FindingAnswer(Base):
    """The reason a reviewer or approver gave for a finding, valid for the facts it was given for."""

    __tablename__ = "application_finding_answer"
    __table_args__ = (
        Index("ix_application_finding_answer_application_id", "application_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    finding: Mapped[str]
    facts: Mapped[str]
    reason: Mapped[str]
    account_id: Mapped[int]
    actor_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Override(Base):
    """The small-office exception 一人兼岗: two duties in one hand, allowed by name and printed."""

    __tablename__ = "application_override"
    __table_args__ = (
        Index("ix_application_override_application_id", "application_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[str]
    account_id: Mapped[int]
    actor_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delivery(Base):
    """Proof that a paper reached somebody (送达): how, to whom, when."""

    __tablename__ = "application_delivery"
    __table_args__ = (
        Index("ix_application_delivery_application_id", "application_id"),
        {"info": {"audited": True, "append_only": True, "root": ROOT}},
    )

    id: Mapped[intpk]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    document_id: Mapped[int]
    title: Mapped[str]
    way: Mapped[str]
    place: Mapped[str]
    receiver: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
    delivered_on: Mapped[date]
    refused: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    deliverer: Mapped[str]
