"""Fees of experts: from attendance to the fee sheet, tax withheld to the 分."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, numbering
from core.committee.meeting_model import FeeLine, FeePayment, FeeSheet, Meeting, MeetingMember
from core.committee.model import Expert
from core.committee.recusal import require_whole
from core.committee.setup import rates
from core.committee.states import MeetingState, Presence
from core.database import actor, load_for_edit, now, require, today
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PersonalNumber
from core.settings.pay import tax_rule
from core.values.listing import Align, ColumnSpec
from core.values.money import Money
from core.values.withholding import withheld_now

register(
    {
        "committee.no_meetings": N_("Choose at least one closed meeting."),
        "committee.meeting_not_closed": N_("{number} is not closed; its attendance may change."),
        "committee.nothing_to_pay": N_("Everybody who attended was paid already."),
        "committee.pay_day": N_("The day of payment lies before the meeting {number}."),
        "committee.sheet_void": N_("This fee sheet was declared void."),
        "committee.sheet_later": N_(
            "{number} was made later in the same month with this one's tax; declare it void first."
        ),
    }
)

SHEET = "committee_fee_sheet"
NO_FEE = "在职公务员，不发放"


@dataclass(frozen=True, kw_only=True)
class FeeRow:
    """What one expert gets: half-days, rates, gross, tax, net; all zero for a civil servant."""

    expert_id: int
    code: str
    name: str
    employer: str
    title: str
    half_days: int
    rate: Money
    gross: Money
    tax: Money
    net: Money
    note: str
    meetings: tuple[tuple[int, int], ...]


def preview_fees(
    session: Session, meeting_ids: Sequence[int], paid_on: date | None = None
) -> tuple[FeeRow, ...]:
    """The rows of a fee sheet of these meetings; who was paid for one is left out of it.

    Raises:
        NotPermitted: without `committee.fee`.
        InputError: no meeting chosen, or paid before one.
        RuleViolation: one is not closed.
    """
    require(session, "committee.fee")
    day = paid_on or today(session)
    attended = _attended(session, _meetings(session, meeting_ids, day))
    people = _people(session, list(attended))
    return tuple(
        _row(session, people[expert_id], meetings, day)
        for expert_id, meetings in sorted(attended.items(), key=lambda one: people[one[0]].code)
    )


def make_sheet(
    session: Session, meeting_ids: Sequence[int], paid_on: date | None = None, title: str = ""
) -> int:
    """Make a fee sheet; from here on its sums stand.

    Returns:
        id of the sheet.

    Raises:
        NotPermitted, InputError, RuleViolation: as `preview_fees`; nothing left to pay.
    """
    rows = preview_fees(session, meeting_ids, paid_on)
    if not rows:
        raise RuleViolation("committee.nothing_to_pay")
    taken = numbering.take(session, "expert_fee", record_kind=SHEET, record_id=None)
    sheet = FeeSheet(
        number=taken.text,
        number_id=taken.id,
        title=title.strip() or "专家评审费",
        paid_on=paid_on or today(session),
        gross=_sum([row.gross for row in rows]),
        tax=_sum([row.tax for row in rows]),
        net=_sum([row.net for row in rows]),
        made_by=actor(session).name,
        made_at=now(session),
    )
    session.add(sheet)
    session.flush()
    numbering.bind(session, taken, sheet.id)
    for row in rows:
        session.add(
            FeePayment(
                sheet_id=sheet.id, expert_id=row.expert_id, half_days=row.half_days,
                rate=row.rate, gross=row.gross, tax=row.tax, net=row.net, note=row.note,
            )
        )  # fmt: skip
        session.add_all(
            FeeLine(
                sheet_id=sheet.id, meeting_id=meeting_id, expert_id=row.expert_id, half_days=halves
            )
            for meeting_id, halves in row.meetings
        )
    session.flush()
    history.record(session, SHEET, sheet.id, "made")
    return sheet.id


def void_sheet(session: Session, sheet_id: int, version: int, reason: str) -> None:
    """Declare a fee sheet void: its meetings can be paid by another one.

    Raises:
        NotPermitted: without `committee.fee`.
        InputError: without a reason.
        RuleViolation: void already, or a later sheet of the month counted its tax.
    """
    require(session, "committee.fee")
    sheet = load_for_edit(session, FeeSheet, sheet_id, version)
    if sheet.void_reason:
        raise RuleViolation("committee.sheet_void")
    if not reason.strip():
        raise InputError.of("reason", "committee.reason")
    later = _later_sheet(session, sheet)
    if later:
        raise RuleViolation("committee.sheet_later", number=later)
    sheet.void_reason = reason.strip()
    for line in session.scalars(select(FeeLine).where(FeeLine.sheet_id == sheet.id)):
        line.live = False
    session.flush()
    numbering.settle(session, sheet.number_id, numbering.NumberState.VOID, reason)
    history.record(session, SHEET, sheet.id, "void", reason=sheet.void_reason)


def find_sheet(session: Session, text: str) -> FeeSheet:
    """The fee sheet of a number, or of an id.

    Raises:
        NotFound: there is none.
    """
    wanted = text.strip()
    found = session.scalar(select(FeeSheet).where(FeeSheet.number == wanted))
    if found is None and wanted.isdigit():
        found = session.get(FeeSheet, int(wanted))
    if found is None:
        raise NotFound("record.not_found")
    return found


def payments(session: Session, sheet_id: int) -> tuple[FeeRow, ...]:
    """The rows of a fee sheet as they were made."""
    found = session.scalars(
        select(FeePayment).where(FeePayment.sheet_id == sheet_id).order_by(FeePayment.id)
    ).all()
    lines: dict[int, list[tuple[int, int]]] = {}
    for line in session.scalars(select(FeeLine).where(FeeLine.sheet_id == sheet_id)):
        lines.setdefault(line.expert_id, []).append((line.meeting_id, line.half_days))
    people = _people(session, [row.expert_id for row in found])
    return tuple(
        FeeRow(
            expert_id=row.expert_id,
            code=people[row.expert_id].code,
            name=people[row.expert_id].name,
            employer=people[row.expert_id].employer,
            title=people[row.expert_id].title,
            half_days=row.half_days,
            rate=row.rate,
            gross=row.gross,
            tax=row.tax,
            net=row.net,
            note=row.note,
            meetings=tuple(lines.get(row.expert_id, ())),
        )
        for row in found
    )


def finance_workbook(session: Session, sheet_id: int, path: Path, reason: str) -> None:
    """Write the copy of the finance department 财务联: numbers in clear, as text; the look is logged.

    Raises:
        NotPermitted: without `committee.reveal`.
        InputError: without a reason.
        NotFound: no such sheet.
        RuleViolation: it was declared void.
    """
    from core.sheets.export import write_table

    require(session, "committee.reveal")
    if not reason.strip():
        raise InputError.of("reason", "committee.reason")
    sheet = session.get(FeeSheet, sheet_id)
    if sheet is None:
        raise NotFound("record.not_found")
    if sheet.void_reason:
        raise RuleViolation("committee.sheet_void")
    history.record(session, SHEET, sheet_id, "numbers_exported", reason=reason.strip())
    rows = payments(session, sheet_id)
    numbers = _numbers(session, [row.expert_id for row in rows])
    lines = [_cells(place, row, numbers[row.expert_id]) for place, row in enumerate(rows, start=1)]
    write_table(_columns(), lines, path, title=sheet.number)


def _columns() -> tuple[ColumnSpec, ...]:
    """The columns of the finance copy; a workbook for others is Chinese whatever the screen is."""
    return (
        ColumnSpec("order", "序号", 3, Align.CENTRE),
        ColumnSpec("name", "姓名", 6),
        ColumnSpec("employer", "单位", 14),
        ColumnSpec("title", "职称", 7),
        ColumnSpec("identity", "身份证号", 11),
        ColumnSpec("half_days", "时长（半天）", 5, Align.RIGHT),
        ColumnSpec("rate", "标准（元/半天）", 6, Align.RIGHT),
        ColumnSpec("gross", "应发（元）", 6, Align.RIGHT),
        ColumnSpec("tax", "代扣个人所得税（元）", 7, Align.RIGHT),
        ColumnSpec("net", "实发（元）", 6, Align.RIGHT),
        ColumnSpec("bank", "开户行", 10),
        ColumnSpec("account", "账号", 12),
        ColumnSpec("note", "备注", 10),
    )


def _cells(place: int, row: FeeRow, numbers: tuple[str, str, str]) -> tuple[str, ...]:
    identity, bank, account = numbers
    return (
        str(place), row.name, row.employer, row.title, identity, str(row.half_days), str(row.rate),
        str(row.gross), str(row.tax), str(row.net), bank, account, row.note,
    )  # fmt: skip


def _numbers(session: Session, expert_ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    rows = session.execute(
        select(Expert.id, PersonalNumber.value, Expert.bank, Expert.bank_account)
        .outerjoin(PersonalNumber, PersonalNumber.party_id == Expert.party_id)
        .where(Expert.id.in_(expert_ids))
    )
    return {row[0]: (row[1] or "", row[2], row[3]) for row in rows}


@dataclass(frozen=True)
class _Person:
    id: int
    code: str
    name: str
    employer: str
    title: str
    civil_servant: bool


def _people(session: Session, expert_ids: Sequence[int]) -> dict[int, _Person]:
    from sqlalchemy.orm import aliased

    employer = aliased(Party)
    rows = session.execute(
        select(
            Expert.id, Expert.code, Party.name, employer.name, Expert.title, Expert.civil_servant
        )
        .join(Party, Party.id == Expert.party_id)
        .outerjoin(employer, employer.id == Party.employer_id)
        .where(Expert.id.in_(list(expert_ids)))
    )
    return {row[0]: _Person(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in rows}


def _meetings(session: Session, meeting_ids: Sequence[int], day: date) -> list[Meeting]:
    from core.clock import china_date

    rows = session.scalars(select(Meeting).where(Meeting.id.in_(list(meeting_ids)))).all()
    if not rows:
        raise InputError.of("meetings", "committee.no_meetings")
    for row in rows:
        require_whole(session, row.id)
        if row.state is not MeetingState.CLOSED:
            raise RuleViolation("committee.meeting_not_closed", number=row.number)
        if day < china_date(row.starts_at):
            raise InputError.of("paid_on", "committee.pay_day", number=row.number)
    return list(rows)


def _attended(
    session: Session, meetings: Sequence[Meeting]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Meetings and half-days by expert, but those that were paid."""
    halves = {row.id: row.half_days for row in meetings}
    paid = set(
        session.execute(
            select(FeeLine.meeting_id, FeeLine.expert_id).where(
                FeeLine.meeting_id.in_(list(halves)), FeeLine.live
            )
        ).all()
    )
    found: dict[int, list[tuple[int, int]]] = {}
    rows = session.execute(
        select(MeetingMember.meeting_id, MeetingMember.expert_id)
        .where(
            MeetingMember.meeting_id.in_(list(halves)),
            MeetingMember.presence == Presence.PRESENT,
        )
        .order_by(MeetingMember.meeting_id, MeetingMember.id)
    )
    for meeting_id, expert_id in rows:
        if (meeting_id, expert_id) not in paid:
            found.setdefault(expert_id, []).append((meeting_id, halves[meeting_id]))
    return {expert_id: tuple(ones) for expert_id, ones in found.items()}


def _row(
    session: Session, person: _Person, meetings: tuple[tuple[int, int], ...], day: date
) -> FeeRow:
    halves = sum(half for _meeting, half in meetings)
    full, half_rate = rates(session, person.title, day)
    nothing = Money(0)
    gross = tax = nothing
    if not person.civil_servant:
        # Two half-days of one meeting are a day; a single one is paid by the half-day rate.
        gross = Money(
            sum(half // 2 * full.fen + half % 2 * half_rate.fen for _meeting, half in meetings)
        )
        tax = withheld_now(gross, _earlier(session, person.id, day), tax_rule(session, day))
    return FeeRow(
        expert_id=person.id,
        code=person.code,
        name=person.name,
        employer=person.employer,
        title=person.title,
        half_days=halves,
        rate=nothing if person.civil_servant else half_rate,
        gross=gross,
        tax=tax,
        net=gross - tax,
        note=NO_FEE if person.civil_servant else "",
        meetings=meetings,
    )


def _month(day: date) -> tuple[date, date]:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day.replace(day=1), following


def _earlier(session: Session, expert_id: int, day: date) -> tuple[Money, Money]:
    """Pay and tax of the same month on sheets that stand."""
    first, following = _month(day)
    rows = session.execute(
        select(FeePayment.gross, FeePayment.tax)
        .join(FeeSheet, FeeSheet.id == FeePayment.sheet_id)
        .where(
            FeePayment.expert_id == expert_id,
            FeeSheet.void_reason == "",
            FeeSheet.paid_on >= first,
            FeeSheet.paid_on < following,
        )
    ).all()
    return _sum([row.gross for row in rows]), _sum([row.tax for row in rows])


def _later_sheet(session: Session, sheet: FeeSheet) -> str:
    first, following = _month(sheet.paid_on)
    experts = select(FeePayment.expert_id).where(FeePayment.sheet_id == sheet.id)
    found = session.scalar(
        select(FeeSheet.number)
        .join(FeePayment, FeePayment.sheet_id == FeeSheet.id)
        .where(
            FeeSheet.id > sheet.id,
            FeeSheet.void_reason == "",
            FeeSheet.paid_on >= first,
            FeeSheet.paid_on < following,
            FeePayment.expert_id.in_(experts),
        )
        .limit(1)
    )
    return found or ""


def _sum(amounts: Sequence[Money]) -> Money:
    return sum(amounts, Money(0))
