"""The fund of the sample office: its unit, donors and gifts, taken where the sample data say.

Every step is taken by whose duty it is: the cashier takes money, a second person reviews, a third
issues; the fund's manager keeps units, purposes and stock, another one agrees to the use of money.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from core.cli.sample_office import fund_judging, people, tables
from core.cli.sample_office.chapters import Chapter, Event
from core.cli.sample_office.fund_tables import (
    BANK,
    BOOKS,
    CAMPAIGN,
    NO_GIFT,
    PURPOSES,
    book_content,
    donor_content,
    party_command,
    unit_content,
    write_statement,
)
from core.cli.sample_office.gifts import (
    Act,
    correct_gift,
    issue_receipt,
    let_arrive,
    note_gift,
    review_gift,
    undo_gift,
)
from core.fund.states import Use, Way
from core.i18n import N_
from core.values.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice


def _day(month: int, day: int) -> date:
    return date(2026, month, day)


# --- what the people do ---------------------------------------------------------------------


def _found(office: SampleOffice) -> None:
    """Unit with its qualification, purposes, a campaign, the first book of receipts."""
    from core.fund.setup import register_campaign, register_purpose, register_unit
    from core.fund.stock import receive_book

    with office.database(people.FUND_MANAGER).write() as session:
        unit = register_unit(session, unit_content())
        office.ids["U01"] = unit
        for code, (name, restricted) in PURPOSES.items():
            office.ids[name] = register_purpose(session, code, name, restricted=restricted)
        name, filing, days = CAMPAIGN
        office.ids["campaign"] = register_campaign(session, unit, name, filing, days)
        office.ids["book1"] = receive_book(session, book_content(unit, BOOKS[0]))
    office.records.append(("U01", "fund_unit", unit))
    office.records.append(("B01", "receipt_book", office.ids["book1"]))


def _enter_donors(office: SampleOffice) -> None:
    """Donors as parties with what they allow to be published; D01's commitment for the year."""
    from core.fund.donors import PledgeContent, donor_of, promise
    from core.parties.service import RegisterPerson, register_organisation, register_person

    with office.database(people.CASHIER).write() as session:
        for row in tables.donors():
            command = party_command(row)
            made = (
                register_person(session, command)
                if isinstance(command, RegisterPerson)
                else register_organisation(session, command)
            )
            key = row["donor_id"]
            office.parties[key] = made.id
            office.ids[key] = donor_of(session, made.id, donor_content(row))
            office.records.append((key, "party", made.id))
        content = PledgeContent(
            donor_id=office.ids["D01"],
            purpose_id=office.ids["碳汇计量监测"],
            amount=Money.parse("150000.00"),
            agreement="样例捐赠协议〔2026〕01号",
            due_on=_day(12, 15),
        )
        office.ids["pledge"] = promise(session, content)


def _second_book(office: SampleOffice) -> None:
    from core.fund.stock import receive_book

    with office.database(people.FUND_MANAGER).write() as session:
        office.ids["book2"] = receive_book(session, book_content(office.ids["U01"], BOOKS[1]))


def _settle(office: SampleOffice) -> None:
    """核旧领新: the rest of the first book goes back, its sheet is written, the book is closed."""
    from core.fund.papers import settle_paper
    from core.fund.stock import return_rest, settle_book

    book = office.ids["book1"]
    with office.database(people.RECEIPT_ISSUER).write() as session:
        return_rest(session, book, "使用期满，空白票据交回")
        settle_book(session, book)
    with office.database(people.FUND_MANAGER).write() as session:
        settle_paper(session, book)


def _statement(at: int) -> Act:
    """The cashier reads a statement of the bank and confirms what leaves no doubt."""

    def act(office: SampleOffice) -> None:
        from core.fund.statements import import_statement

        path = write_statement(office, at)
        with office.database(people.CASHIER).write() as session:
            import_statement(session, BANK, path)

    return act


def _match(office: SampleOffice) -> None:
    """Each line of the fragment is settled as the sample data say, the doubtful ones by hand."""
    from core.fund.bank import confirm, confirm_sure, dismiss, proposals

    with office.database(people.CASHIER).write() as session:
        office.shown += fund_judging.judge_lines(proposals(session))
        confirm_sure(session)
        for line in proposals(session):
            if line.donation_id is not None:
                confirm(session, line.line_id, line.donation_id)
            else:
                dismiss(session, line.line_id, NO_GIFT[line.memo])


def _papers(*makers: Callable[[Session, SampleOffice], object]) -> Act:
    def act(office: SampleOffice) -> None:
        with office.database(people.FUND_MANAGER).write() as session:
            for make in makers:
                make(session, office)

    return act


def _grant(key: str, use: Use, payee: str, subject: str, amount: str) -> Act:
    """The fund's manager asks for money; it is of the purpose that goes with the use."""

    def act(office: SampleOffice) -> None:
        from core.fund.grants import GrantContent, request_grant

        content = GrantContent(
            purpose_id=office.ids[_PURPOSE_OF[use]],
            use=use,
            payee=payee,
            subject=subject,
            amount=Money.parse(amount),
        )
        with office.database(people.FUND_MANAGER).write() as session:
            office.ids[key] = request_grant(session, content)
        office.records.append((key, "fund_grant", office.ids[key]))

    return act


_PURPOSE_OF = {Use.MEASURING: "碳汇计量监测", Use.TRAINING: "碳汇宣传培训"}


def _agree(key: str) -> Act:
    def act(office: SampleOffice) -> None:
        from core.fund.grants import decide_grant
        from core.fund.model import Grant

        with office.database(people.APPROVER).write() as session:
            row = session.get_one(Grant, office.ids[key])
            decide_grant(session, row.id, row.version, agree=True)

    return act


# --- papers of the fund ---------------------------------------------------------------------


def _close_day(day: date) -> Callable[[Session, SampleOffice], object]:
    from core.fund.papers import close_day

    return lambda session, office: close_day(session, office.ids["U01"], day)


def _stock_month(month: int) -> Callable[[Session, SampleOffice], object]:
    from core.fund.papers import report_stock

    return lambda session, office: report_stock(session, office.ids["U01"], 2026, month)


def _ledger(way: Way) -> Callable[[Session, SampleOffice], object]:
    from core.fund.papers import print_ledger

    return lambda session, office: print_ledger(session, office.ids["U01"], way, 2026)


def _thank(key: str) -> Callable[[Session, SampleOffice], object]:
    from core.fund.papers import thank

    return lambda session, office: thank(session, office.ids[key])


def _year(key: str) -> Callable[[Session, SampleOffice], object]:
    from core.fund.papers import state_year

    return lambda session, office: state_year(session, office.ids[key], 2026)


def _publish(session: Session, office: SampleOffice) -> None:
    from core.fund.papers import publish

    publish(session, office.ids["U01"], _day(3, 1), _day(9, 30))


def _reconcile(session: Session, office: SampleOffice) -> None:
    from core.fund.reconciliation import reconciliation_paper

    reconciliation_paper(session, office.ids["U01"], _day(3, 1), _day(7, 31))


def _books(session: Session, office: SampleOffice) -> None:
    from core.fund.stock_papers import register_paper

    register_paper(session, office.ids["U01"])


def _explain(session: Session, office: SampleOffice) -> None:
    """The tax help for D01 with an invented profit: what is above 12 % is carried over."""
    from core.fund import tax
    from core.fund.papers import explain

    rule = tax.parameters(session, _day(11, 20))
    profit, gifts = Money.parse("900000.00"), Money.parse("116409.02")
    found = tax.enterprise(2026, profit, gifts, (), rule)
    explain(session, office.ids["D01"], found, profit, rule)


# --- when ----------------------------------------------------------------------------------

_WRONG_NAME = "黄亥"


def events() -> list[Event]:
    """Everything that happens in the fund."""
    return [
        Event(day=day, hour=hour, key=key, act=act)
        for key, steps in _STEPS.items()
        for day, hour, act in steps
    ]


_STEPS: dict[str, list[tuple[date, int, Act]]] = {
    "U01": [
        (_day(3, 2), 9, _found),
        (_day(3, 3), 9, _enter_donors),
        (_day(6, 8), 9, _second_book),
        (_day(7, 10), 9, _statement(0)),
        (_day(7, 10), 10, _match),
        (_day(8, 31), 16, _settle),
        (_day(11, 24), 9, _statement(1)),
    ],
    "N01": [
        (_day(3, 12), 9, note_gift("N01")),
        (_day(3, 12), 10, let_arrive("N01")),
        (_day(3, 13), 9, review_gift("N01")),
        (_day(3, 13), 10, issue_receipt("N01", Way.OFFICIAL, number=817610)),
        (_day(3, 16), 15, _papers(_thank("N01"))),
    ],
    "N02": [
        (_day(9, 21), 9, note_gift("N02", "16490.02")),
        (_day(9, 21), 10, let_arrive("N02")),
        (_day(9, 21), 14, review_gift("N02")),
        (_day(9, 21), 15, issue_receipt("N02", Way.OFFICIAL, number=817611)),
        (_day(9, 23), 9, undo_gift("N02", "金额误录", red=817612)),
        (_day(9, 23), 10, correct_gift("N02", "金额误录为16490.02，应为16409.02")),
        (_day(9, 23), 14, review_gift("N02")),
        (_day(9, 23), 15, issue_receipt("N02", Way.OFFICIAL, number=817613, after="N02-receipt")),
    ],
    "N03": [(_day(3, 16), 11, note_gift("N03"))],
    "N04": [
        (_day(4, 1), 9, note_gift("N04")),
        (_day(4, 1), 10, let_arrive("N04")),
        (_day(4, 2), 9, review_gift("N04")),
        (_day(4, 2), 10, issue_receipt("N04", Way.STOCK)),
    ],
    "N05": [
        (_day(4, 22), 9, note_gift("N05")),
        (_day(4, 22), 10, let_arrive("N05")),
        (_day(4, 23), 9, review_gift("N05")),
        (_day(4, 23), 10, issue_receipt("N05", Way.OWN)),
        (_day(4, 24), 15, _papers(_thank("N05"))),
    ],
    "N06": [
        (_day(5, 15), 9, note_gift("N06")),
        (_day(5, 15), 10, let_arrive("N06")),
        (_day(5, 18), 9, review_gift("N06")),
        (_day(5, 18), 10, issue_receipt("N06", Way.STOCK)),
    ],
    "N07": [
        (_day(6, 5), 9, note_gift("N07")),
        (_day(6, 5), 10, let_arrive("N07")),
        (_day(6, 5), 14, review_gift("N07")),
        (_day(6, 5), 15, issue_receipt("N07", Way.STOCK, title=_WRONG_NAME)),
        (_day(6, 9), 9, undo_gift("N07", "付款方信息有误")),
        (_day(6, 9), 10, issue_receipt("N07", Way.STOCK, after="N07-receipt")),
    ],
    "N08": [(_day(11, 10), 9, note_gift("N08")), (_day(11, 10), 10, let_arrive("N08"))],
    "G01": [
        (
            _day(10, 12),
            9,
            _grant(
                "G01",
                Use.MEASURING,
                "江淮绿测技术有限公司（样例）",
                "2026年度样地复测与核算",
                "48000.00",
            ),
        ),
        (_day(10, 14), 9, _agree("G01")),
    ],
    "G02": [
        (
            _day(11, 20),
            9,
            _grant(
                "G02", Use.TRAINING, "明光市样例培训中心", "乡镇林业站碳汇培训教材", "2400.00"
            ),
        ),
    ],
    "P": [
        (_day(3, 12), 17, _papers(_close_day(_day(3, 12)))),
        (_day(7, 13), 9, _papers(_reconcile)),
        (_day(7, 13), 10, _papers(_stock_month(6))),
        (_day(10, 12), 15, _papers(_publish)),
        (_day(11, 10), 17, _papers(_close_day(_day(11, 10)))),
        (_day(11, 20), 9, _papers(_year("D01"), _explain)),
        (_day(11, 20), 10, _papers(*(_ledger(way) for way in Way), _stock_month(10), _books)),
    ],
}  # fmt: skip

CHAPTER = Chapter(key="fund", title=N_("Carbon fund"), events=events, judge=fund_judging.judge)
