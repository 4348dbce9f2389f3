"""Papers of the fund other than receipts: what each says, prepared for its signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import numbering, settings
from core.database import actor, require, today
from core.documents.service import DocumentSummary, prepare
from core.errors import InputError, NotFound, RuleViolation
from core.fund import reports
from core.fund.donations import DONATION
from core.fund.donors import NAMELESS, donor_facts
from core.fund.face import NO_AMOUNT, lines_of, people
from core.fund.model import Donation, Donor, IssuingUnit, Purpose
from core.fund.receipt_model import StockBook, StockSheet
from core.fund.states import FORM_CHINESE, SheetState, Way
from core.fund.tax import Deduction, Parameters
from core.i18n import N_
from core.messages import register
from core.values.dates import chinese_date
from core.values.money import Money

register(
    {
        "fund.nothing_that_day": N_("Nothing arrived on {day}."),
        "fund.nothing_given": N_("This donor gave nothing in {year}."),
        "fund.not_stock": N_("{number} is no receipt on pre-printed stock."),
        "fund.not_arrived_yet": N_("{code} has not arrived; there is nothing to thank for."),
        "fund.nothing_to_publish": N_("No donation arrived in these days."),
        "fund.no_stock_month": N_("The unit had no stock in this month."),
        "fund.no_numbers": N_("No number of this kind was used in {year}."),
    }
)


def put(
    session: Session,
    kind: str,
    record: tuple[str, int],
    facts: Mapping[str, object],
    number: numbering.TakenNumber | None = None,
) -> DocumentSummary:
    """Prepare a paper of the fund; facts that are empty are left out.

    Raises:
        NotPermitted: without `fund.report`.
    """
    require(session, "fund.report")
    kept = {key: value for key, value in facts.items() if value != ""}
    return prepare(
        session, kind=kind, record_kind=record[0], record_id=record[1], facts=kept, number=number
    )


def _unit_name(session: Session, unit_id: int) -> str:
    return session.get_one(IssuingUnit, unit_id).name


def thank(session: Session, donation_id: int) -> DocumentSummary:
    """The donation certificate 捐赠证书: an honour, no receipt.

    Raises:
        NotPermitted: without `fund.report`.
        NotFound: no such donation.
        RuleViolation: it has not arrived.
    """
    row = session.get(Donation, donation_id)
    if row is None:
        raise NotFound("record.not_found")
    if row.state not in reports.COUNTED:
        raise RuleViolation("fund.not_arrived_yet", code=row.code)
    donor = donor_facts(session, row.donor_id)
    number = numbering.take(session, "donation_certificate", record_kind=DONATION, record_id=row.id)
    facts = {
        "donor": NAMELESS if row.anonymous or donor.anonymous else donor.name,
        "fund_name": str(settings.get(session, "fund.name")),
        "gift": gift_in_words(session, row),
        "purpose": session.get_one(Purpose, row.purpose_id).name,
        "unit_name": _unit_name(session, row.unit_id),
    }
    return put(session, "donation_certificate", (DONATION, row.id), facts, number)


def gift_in_words(session: Session, row: Donation) -> str:
    """A gift as a certificate names it: the amount in capitals and figures, or the goods."""
    if row.form.is_money and row.amount is not None:
        return f"{row.amount.capitals()}（¥{row.amount}）"
    lines = lines_of(session, row)
    return "、".join(
        f"{one['project'].partition('：')[2]}{one['quantity']}{one['unit']}" for one in lines
    )


def close_day(session: Session, unit_id: int, day: date) -> DocumentSummary:
    """The daily closing sheet 捐赠款日结单: the money of a day; goods are counted, not added up.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `day`; nothing arrived.
    """
    rows = [one for one in reports.arrived_day(session, day) if one.unit_id == unit_id]
    if not rows:
        raise InputError.of("day", "fund.nothing_that_day", day=day.isoformat())
    items, total, done = [], Money(0), Money(0)
    for form in dict.fromkeys(one.form for one in rows):
        of_form = [one for one in rows if one.form is form]
        references = [one.bank_reference for one in of_form if one.bank_reference]
        item = {
            "form": FORM_CHINESE[form],
            "count": str(len(of_form)),
            "amount": NO_AMOUNT,
            "references": "、".join(references) or NO_AMOUNT,
            "receipted": NO_AMOUNT,
            "unreceipted": NO_AMOUNT,
        }
        if form.is_money:
            amount = sum((one.amount or Money(0) for one in of_form), Money(0))
            receipted = sum((reports.covered(one) for one in of_form), Money(0))
            total, done = total + amount, done + receipted
            item |= {
                "amount": str(amount),
                "receipted": str(receipted),
                "unreceipted": str(amount - receipted),
            }
        items.append(item)
    names = people(session, [one.cashier_id for one in rows])
    facts = {
        "unit_name": _unit_name(session, unit_id),
        "day": day,
        "items": items,
        "total": str(total),
        "total_capital": total.capitals(),
        "receipted": str(done),
        "unreceipted": str(total - done),
        "cashier": "、".join(sorted(set(names.values()))),
    }
    return put(session, "daily_closing", ("fund_unit", unit_id), facts)


def state_year(session: Session, donor_id: int, year: int) -> DocumentSummary:
    """The year's statement for a donor, each gift with its receipt.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `year`; nothing was given.
    """
    rows = reports.statement(session, donor_id, year)
    if not rows:
        raise InputError.of("year", "fund.nothing_given", year=year)
    donor = donor_facts(session, donor_id)
    names = {one.id: one.name for one in session.scalars(select(Purpose))}
    total = sum((one.amount for one, _number in rows if one.amount), Money(0))
    facts = {
        "donor": donor.title,
        "donor_id": donor.id_text,
        "year": f"{year}年",
        "items": [
            {
                "received_on": one.received_on.isoformat(),
                "form": FORM_CHINESE[one.form],
                "purpose": names[one.purpose_id],
                "amount": str(one.amount) if one.amount else NO_AMOUNT,
                "receipt": number or "未开具",
            }
            for one, number in rows
        ],
        "total": str(total),
        "total_capital": total.capitals(),
        "unit_name": _unit_name(session, rows[0][0].unit_id),
    }
    party = session.get_one(Donor, donor_id).party_id
    return put(session, "donor_statement", ("party", party), facts)


def publish(session: Session, unit_id: int, first: date, last: date) -> DocumentSummary:
    """The disclosure list; names and amounts only as each donor allows.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `first`; nothing arrived in these days.
    """
    rows = reports.disclosure(session, first, last)
    if not rows:
        raise InputError.of("first", "fund.nothing_to_publish")
    facts = {
        "unit_name": _unit_name(session, unit_id),
        "first": first,
        "last": last,
        "items": [
            {
                "name": one.name,
                "gift": one.gift,
                "purpose": one.purpose,
                "received_on": one.received_on.isoformat(),
            }
            for one in rows
        ],
        "use": [
            {
                "purpose": one.name,
                "received": str(one.received),
                "used": str(one.used),
                "balance": str(one.balance),
            }
            for one in reports.balances(session)
        ],
    }
    return put(session, "donation_disclosure", ("fund_unit", unit_id), facts)


def report_stock(session: Session, unit_id: int, year: int, month: int) -> DocumentSummary:
    """The monthly sheet 票据领用存月报.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `month`; there was no stock.
    """
    rows = reports.stock_month(session, unit_id, year, month)
    if not rows:
        raise InputError.of("month", "fund.no_stock_month")
    items = [
        {
            "bill_code": one.bill_code,
            "opening": str(one.opening),
            "received": str(one.received),
            "issued": str(one.issued),
            "amount": str(one.amount),
            "void": str(one.void),
            "lost": str(one.lost),
            "returned": str(one.returned),
            "closing": str(one.closing),
            "check": "相符" if one.agrees else "不符",
        }
        for one in rows
    ]
    facts = {
        "unit_name": _unit_name(session, unit_id),
        "month": f"{year}年{month}月",
        "items": items,
        "keeper": actor(session).name,
    }
    return put(session, "stock_month", ("fund_unit", unit_id), facts)


def settle_paper(session: Session, book_id: int) -> DocumentSummary:
    """The sheet for 核旧领新: a book's sheets, each kind counted, the odd ones named.

    Raises:
        NotPermitted: without `fund.report`.
        NotFound: no such book.
    """
    book = session.get(StockBook, book_id)
    if book is None:
        raise NotFound("record.not_found")
    unit = session.get_one(IssuingUnit, book.unit_id)
    sheets = session.scalars(
        select(StockSheet).where(StockSheet.book_id == book_id).order_by(StockSheet.number)
    ).all()

    def count(*states: SheetState) -> str:
        return str(sum(one.state in states for one in sheets))

    odd = [one for one in sheets if one.state not in {SheetState.USED, SheetState.UNUSED}]
    facts = {
        "unit_name": unit.name,
        "licence_number": unit.licence_number,
        "bill_code": book.bill_code,
        "book_number": book.book_number,
        "first_number": book.first_number,
        "last_number": book.last_number,
        "received_on": book.received_on,
        "received_by": book.received_by,
        "sheets": str(len(sheets)),
        "used": count(SheetState.USED),
        "void": count(SheetState.VOID),
        "lost": count(SheetState.LOST, SheetState.SPOILED),
        "returned": count(SheetState.RETURNED),
        "unused": count(SheetState.UNUSED),
        "odd": "；".join(_runs(odd)),
        "keeper": actor(session).name,
    }
    return put(session, "stock_settlement", ("receipt_book", book_id), facts)


def _runs(sheets: Sequence[StockSheet]) -> list[str]:
    """Neighbours with the same fate and reason as one entry: first to last number, reason."""
    runs: list[list[StockSheet]] = []
    for sheet in sheets:
        last = runs[-1][-1] if runs else None
        joins = (
            last is not None
            and int(sheet.number) == int(last.number) + 1
            and (sheet.state, sheet.reason) == (last.state, last.reason)
        )
        if joins:
            runs[-1].append(sheet)
        else:
            runs.append([sheet])
    return [
        f"{run[0].number}—{run[-1].number}：{run[0].reason}"
        if len(run) > 1
        else f"{run[0].number}：{run[0].reason}"
        for run in runs
    ]


def print_ledger(session: Session, unit_id: int, way: Way, year: int) -> DocumentSummary:
    """The ledger of a way of receipts: every number explained.

    Raises:
        NotPermitted: without `fund.report`.
        InputError: field `year`; no number was used.
    """
    rows = reports.receipt_ledger(session, way, year)
    if not rows:
        raise InputError.of("year", "fund.no_numbers", year=year)
    facts = {
        "unit_name": _unit_name(session, unit_id),
        "year": f"{year}年",
        "items": [asdict(one) for one in rows],
    }
    return put(session, "receipt_ledger", ("fund_unit", unit_id), facts)


def explain(
    session: Session, donor_id: int, found: Deduction, base: Money, rule: Parameters
) -> DocumentSummary:
    """The printed explanation of a deduction; a help, not a ruling."""
    donor = donor_facts(session, donor_id)
    enterprise = donor.id_text.startswith("统一社会信用代码")
    share = rule.enterprise_percent if enterprise else rule.individual_percent
    facts = {
        "donor": donor.name,
        "base_name": "年度利润总额" if enterprise else "应纳税所得额",
        "base": str(base),
        "share": f"{share}%",
        "limit": str(found.limit),
        "items": [
            {
                "year": str(one.year),
                "open": str(one.open),
                "deducted": str(one.deducted),
                "carried": str(one.carried),
                "lapsed": str(one.lapsed),
            }
            for one in found.lines
        ],
        "deducted": str(found.deducted),
        "carried": str(found.carried),
        "basis": _basis(rule, enterprise=enterprise),
        "on": chinese_date(today(session)),
    }
    party = session.get_one(Donor, donor_id).party_id
    return put(session, "tax_explanation", ("party", party), facts)


def _basis(rule: Parameters, *, enterprise: bool) -> str:
    if enterprise:
        return (
            f"《企业所得税法》第九条：不超过年度利润总额{rule.enterprise_percent}%的部分准予扣除，"
            f"超过部分准予结转以后{rule.carry_years}年内扣除；财税〔2018〕15号：先扣除以前年度结转的，"
            "再扣除当年发生的。"
        )
    return (
        f"《个人所得税法》第六条：未超过应纳税所得额{rule.individual_percent}%的部分可以扣除，"
        "不结转以后年度。"
    )
