"""Changing what the fund rests on: units, purposes and campaigns; nothing of it is deleted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import load_for_edit, require
from core.errors import FieldError, InputError, NotFound
from core.fund.model import Campaign, IssuingUnit, Purpose
from core.fund.setup import UnitContent, check_unit, fill_unit


def edit_unit(
    session: Session, unit_id: int, version: int, content: UnitContent, *, keep_account: bool
) -> None:
    """Change what is known of a unit; receipts that were issued keep what they say.

    Args:
        session: a write session.
        unit_id: the unit.
        version: the version the person saw.
        content: the new facts; its qualifications are not read (see `add_qualification`).
        keep_account: whether the stored account number stays: forms show it masked.

    Raises:
        NotPermitted: without `fund.manage`.
        StaleRecord: somebody changed the unit since `version`.
        InputError: every wrong field at once.
    """
    require(session, "fund.manage")
    unit = load_for_edit(session, IssuingUnit, unit_id, version)
    code = check_unit(session, content, known_as=unit_id)
    number, mask = unit.account_number, unit.account_mask
    unit.name, unit.credit_code = content.name.strip(), code
    fill_unit(unit, content)
    if keep_account:
        unit.account_number, unit.account_mask = number, mask
    history.record(session, "fund_unit", unit_id, "edited")
    session.flush()


def set_unit_active(
    session: Session, unit_id: int, version: int, *, active: bool, reason: str
) -> None:
    """Take a unit out of the choices, or put it back.

    Raises:
        NotPermitted: without `fund.manage`.
        StaleRecord: somebody changed the unit since `version`.
        InputError: without a reason.
    """
    require(session, "fund.manage")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    unit = load_for_edit(session, IssuingUnit, unit_id, version)
    unit.active = active
    event = "reactivated" if active else "deactivated"
    history.record(session, "fund_unit", unit_id, event, reason=reason.strip())
    session.flush()


def edit_purpose(
    session: Session, purpose_id: int, code: str, name: str, *, restricted: bool
) -> None:
    """Change code, name and kind of a purpose; papers that were issued keep what they say.

    Raises:
        NotPermitted: without `fund.manage`.
        NotFound: no such purpose.
        InputError: code or name missing or taken.
    """
    require(session, "fund.manage")
    row = _purpose(session, purpose_id)
    errors = []
    for key, text, column in (("code", code, Purpose.code), ("name", name, Purpose.name)):
        if not text.strip():
            errors.append(FieldError(key, "fund.name_missing"))
        elif session.scalar(
            select(Purpose.id).where(column == text.strip(), Purpose.id != purpose_id)
        ):
            errors.append(FieldError(key, "fund.name_taken", {"name": text.strip()}))
    if errors:
        raise InputError(*errors)
    before = {"code": row.code, "name": row.name, "restricted": row.restricted}
    row.code, row.name, row.restricted = code.strip(), name.strip(), restricted
    history.record(session, "fund_purpose", purpose_id, "edited", data=before)
    session.flush()


def set_purpose_active(session: Session, purpose_id: int, *, active: bool, reason: str) -> None:
    """Take a purpose out of the choices of new donations, or put it back; its balance stays.

    Raises:
        NotPermitted: without `fund.manage`.
        NotFound: no such purpose.
        InputError: without a reason.
    """
    require(session, "fund.manage")
    if not reason.strip():
        raise InputError.of("reason", "fund.reason")
    row = _purpose(session, purpose_id)
    row.active = active
    event = "reactivated" if active else "deactivated"
    history.record(session, "fund_purpose", purpose_id, event, reason=reason.strip())
    session.flush()


def _purpose(session: Session, purpose_id: int) -> Purpose:
    # The row also holds the balance: whoever books waits.
    row = session.scalar(
        select(Purpose)
        .where(Purpose.id == purpose_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("record.not_found")
    return row


def edit_campaign(
    session: Session,
    campaign_id: int,
    name: str,
    filing_number: str,
    days: tuple[date, date | None],
) -> None:
    """Change a campaign: its name, the number of its plan, its days.

    Raises:
        NotPermitted: without `fund.manage`.
        NotFound: no such campaign.
        InputError: name missing or taken, days crossed.
    """
    require(session, "fund.manage")
    row = session.get(Campaign, campaign_id, with_for_update=True)
    if row is None:
        raise NotFound("record.not_found")
    text = name.strip()
    if not text:
        raise InputError.of("name", "fund.name_missing")
    if session.scalar(select(Campaign.id).where(Campaign.name == text, Campaign.id != campaign_id)):
        raise InputError.of("name", "fund.name_taken", name=text)
    if days[1] is not None and days[1] < days[0]:
        raise InputError.of("ends_on", "fund.dates_crossed")
    row.name, row.filing_number = text, filing_number.strip()
    row.starts_on, row.ends_on = days
    history.record(session, "fund_campaign", campaign_id, "edited")
    session.flush()
