"""What the fund rests on: units with their years, purposes, campaigns; and its office values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import load_for_edit, require
from core.errors import FieldError, InputError, NotFound
from core.fund.model import Campaign, IssuingUnit, Purpose, UnitQualification
from core.fund.rules import UnitFacts
from core.i18n import N_
from core.messages import register
from core.settings import SettingSpec, declare
from core.values.identity import IdKind, check, mask
from core.values.money import Money

register(
    {
        "fund.name_missing": N_("Enter a name."),
        "fund.name_taken": N_("“{name}” is already there."),
        "fund.years": N_("The last year is before the first year."),
        "fund.notice_missing": N_("Enter the number of the notice that grants the qualification."),
        "fund.dates_crossed": N_("The last day is before the first day."),
        "fund.unit_unknown": N_("There is no issuing unit “{name}” in use."),
        "fund.campaign_unknown": N_("There is no campaign “{name}”."),
        "fund.reason": N_("Give a reason; it is kept and printed."),
    }
)

#: texts.md 14, verbatim; the office may reword it, but not empty it.
WARNING = (
    "本收据为收到捐赠的证明，不是财政部门监（印）制的公益事业捐赠票据，不能单独作为税前扣除凭证。"
)

declare(
    SettingSpec(
        "fund.own_confirmation",
        N_("Write signed confirmations of donations (no fiscal receipts)"),
        False,
        "bool",
    ),
    SettingSpec("fund.warning", N_("Sentence below the title of a confirmation"), WARNING, "long"),
    SettingSpec("fund.name", N_("Name of the fund on donation certificates"), "林业碳汇专项基金"),
    SettingSpec(
        "fund.partial_reversal",
        N_("An e-receipt may be reversed in part (else only whole)"),
        False,
        "bool",
    ),
    SettingSpec(
        "fund.stock_months", N_("Months in which a book should be used up"), 6, "int",
        least=1, most=60,
    ),
    SettingSpec(
        "fund.stock_warn_days", N_("Days of warning before that"), 30, "int", least=1, most=365
    ),
    SettingSpec(
        "fund.pledge_warn_days", N_("Days of warning before a commitment is due"), 30, "int",
        least=0, most=365,
    ),
    SettingSpec(
        "fund.unit_warn_days",
        N_("Days of warning before a unit's qualification or permit ends"), 90, "int",
        least=0, most=730,
    ),
    SettingSpec(
        "fund.enterprise_percent", N_("Deductible share of an enterprise's annual profit (%)"),
        12, "int", least=0, most=100,
    ),
    SettingSpec(
        "fund.carry_years", N_("Years an enterprise's excess is carried over"), 3, "int",
        least=0, most=20,
    ),
    SettingSpec(
        "fund.individual_percent", N_("Deductible share of an individual's taxable income (%)"),
        30, "int", least=0, most=100,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class UnitContent:
    """An issuing unit as entered; `qualifications` are (first year, last year, notice)."""

    name: str
    credit_code: str = ""
    licence_number: str = ""
    fundraising_permit: str = ""
    fundraising_until: date | None = None
    account_name: str = ""
    bank: str = ""
    account_number: str = ""
    qualifications: tuple[tuple[int, int, str], ...] = field(default=())


def register_unit(session: Session, content: UnitContent) -> int:
    """Enter an issuing unit.

    Returns:
        its id.

    Raises:
        NotPermitted: without `fund.manage`.
        InputError: every wrong field at once.
    """
    require(session, "fund.manage")
    code = check_unit(session, content)
    unit = IssuingUnit(name=content.name.strip(), credit_code=code)
    session.add(unit)
    fill_unit(unit, content)
    session.flush()
    for first, last, notice in content.qualifications:
        _qualify(session, unit.id, first, last, notice)
    history.record(session, "fund_unit", unit.id, "registered")
    return unit.id


def add_qualification(
    session: Session, unit_id: int, version: int, years: tuple[int, int], notice: str
) -> None:
    """Add years in which gifts to a unit may be deducted, by the number of the notice.

    Raises:
        StaleRecord: somebody changed the unit since `version`.
        InputError: field `years` or `notice`.
    """
    require(session, "fund.manage")
    unit = load_for_edit(session, IssuingUnit, unit_id, version)
    _qualify(session, unit.id, years[0], years[1], notice)
    history.record(session, "fund_unit", unit.id, "qualified", data={"notice": notice})


def check_unit(session: Session, content: UnitContent, known_as: int | None = None) -> str:
    """The credit code of a unit as it is stored; `known_as` is the unit that has the name already.

    Raises:
        InputError: every wrong field at once.
    """
    errors: list[FieldError] = []
    named = session.scalar(select(IssuingUnit.id).where(IssuingUnit.name == content.name.strip()))
    if not content.name.strip():
        errors.append(FieldError("name", "fund.name_missing"))
    elif named not in {None, known_as}:
        errors.append(FieldError("name", "fund.name_taken", {"name": content.name.strip()}))
    code = content.credit_code.strip()
    if code:
        try:
            code = check(IdKind.CREDIT_CODE, code)
        except InputError as error:
            errors += [FieldError("credit_code", e.code, e.params) for e in error.fields]
    if errors:
        raise InputError(*errors)
    return code


def fill_unit(unit: IssuingUnit, content: UnitContent) -> None:
    """Put what was entered into a unit, name and credit code apart."""
    for name in ("licence_number", "fundraising_permit", "account_name", "bank", "account_number"):
        setattr(unit, name, getattr(content, name).strip())
    unit.fundraising_until = content.fundraising_until
    unit.account_mask = mask(unit.account_number) if unit.account_number else ""


def _qualify(session: Session, unit_id: int, first: int, last: int, notice: str) -> None:
    if last < first:
        raise InputError.of("years", "fund.years")
    if not notice.strip():
        raise InputError.of("notice", "fund.notice_missing")
    session.add(
        UnitQualification(unit_id=unit_id, first_year=first, last_year=last, notice=notice.strip())
    )
    session.flush()


def reveal_account(session: Session, unit_id: int, reason: str) -> str:
    """The account number of a unit in clear; the look is logged.

    Raises:
        NotPermitted: without `fund.reveal`.
        InputError: without a reason.
    """
    require(session, "fund.reveal")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    unit = session.get(IssuingUnit, unit_id)
    if unit is None:
        raise NotFound("record.not_found")
    history.record(session, "fund_unit", unit_id, "account_revealed", reason=reason.strip())
    return unit.account_number


def unit_id_of(session: Session, name: str) -> int | None:
    """The unit of that name in use."""
    return session.scalar(
        select(IssuingUnit.id).where(IssuingUnit.name == name.strip(), IssuingUnit.active)
    )


def only_unit(session: Session) -> int:
    """The one unit of an office that has one.

    Raises:
        InputError: field `unit`; there is none, or more than one to choose from.
    """
    found = session.scalars(select(IssuingUnit.id).where(IssuingUnit.active).limit(2)).all()
    if len(found) != 1:
        raise InputError.of("unit", "fund.unit_unknown", name="")
    return found[0]


def unit_facts(session: Session, unit_id: int) -> UnitFacts:
    """What the rules need to know of a unit."""
    unit = session.get_one(IssuingUnit, unit_id)
    rows = session.execute(
        select(UnitQualification.first_year, UnitQualification.last_year).where(
            UnitQualification.unit_id == unit_id
        )
    )
    return UnitFacts(
        name=unit.name,
        credit_code=unit.credit_code,
        licence_number=unit.licence_number,
        years=tuple((first, last) for first, last in rows),
    )


def register_purpose(session: Session, code: str, name: str, *, restricted: bool) -> int:
    """Enter a purpose 捐赠项目 with its project code; its balance starts at nothing.

    Raises:
        NotPermitted: without `fund.manage`.
        InputError: code or name missing or taken.
    """
    require(session, "fund.manage")
    errors = []
    for key, text, column in (("code", code, Purpose.code), ("name", name, Purpose.name)):
        if not text.strip():
            errors.append(FieldError(key, "fund.name_missing"))
        elif session.scalar(select(Purpose.id).where(column == text.strip())):
            errors.append(FieldError(key, "fund.name_taken", {"name": text.strip()}))
    if errors:
        raise InputError(*errors)
    purpose = Purpose(code=code.strip(), name=name.strip(), restricted=restricted, balance=Money(0))
    session.add(purpose)
    session.flush()
    history.record(session, "fund_purpose", purpose.id, "registered")
    return purpose.id


def purpose_id_of(session: Session, name: str) -> int:
    """The purpose in use with that name or code.

    Raises:
        InputError: field `purpose`.
    """
    text = name.strip()
    found = session.scalar(
        select(Purpose.id).where((Purpose.name == text) | (Purpose.code == text), Purpose.active)
    )
    if found is None:
        raise InputError.of("purpose", "fund.purpose_unknown", name=text)
    return found


def campaign_id_of(session: Session, name: str) -> int:
    """The campaign of that name.

    Raises:
        InputError: field `campaign`.
    """
    found = session.scalar(select(Campaign.id).where(Campaign.name == name.strip()))
    if found is None:
        raise InputError.of("campaign", "fund.campaign_unknown", name=name.strip())
    return found


def register_campaign(
    session: Session, unit_id: int, name: str, filing_number: str, days: tuple[date, date | None]
) -> int:
    """Enter a public campaign with the number its plan was filed under and its days.

    Raises:
        NotPermitted: without `fund.manage`.
        InputError: name missing or taken, days crossed.
    """
    require(session, "fund.manage")
    if not name.strip():
        raise InputError.of("name", "fund.name_missing")
    if session.scalar(select(Campaign.id).where(Campaign.name == name.strip())):
        raise InputError.of("name", "fund.name_taken", name=name.strip())
    if days[1] is not None and days[1] < days[0]:
        raise InputError.of("ends_on", "fund.dates_crossed")
    campaign = Campaign(
        unit_id=unit_id,
        name=name.strip(),
        filing_number=filing_number.strip(),
        starts_on=days[0],
        ends_on=days[1],
    )
    session.add(campaign)
    session.flush()
    history.record(session, "fund_campaign", campaign.id, "registered")
    return campaign.id
