"""The fund of the sample data for tests: unit, purposes, parties, donors, through the use cases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import resources
from core import settings
from core.database import Database
from core.fund.changes import ChangeReceipt, decide_change, request_change
from core.fund.donation_input import DonationContent, Item
from core.fund.donations import arrive, find_donation, record, review
from core.fund.donors import DonorContent, donor_of
from core.fund.official_receipts import Official
from core.fund.receipts import IssueReceipt, find_receipt, issue
from core.fund.setup import UnitContent, register_purpose, register_unit
from core.fund.states import ChangeKind, Consent, Form, Way
from core.fund.stock import BookContent, receive_book
from core.parties.model import OrganisationKind
from core.parties.queries import find_by_number
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.identity import CHINESE_NAMES
from core.values.money import Money
from tests import databases

SAMPLE = Path(resources.__file__).parent / "sample"
PURPOSES = {
    "碳汇计量监测": "T01",
    "碳汇项目开发": "T02",
    "碳汇宣传培训": "T03",
    "国储林造林": "T04",
    "不限定": "T00",
}
_IDS = {name: kind for kind, name in CHINESE_NAMES.items()}
_FORMS = {"银行转账": Form.TRANSFER, "现金": Form.CASH, "实物": Form.IN_KIND}
_WAYS = {
    "电子票据登记": Way.OFFICIAL,
    "纸质票据套打": Way.STOCK,
    "捐赠收据（非财政票据）": Way.OWN,
}


def table(name: str) -> list[dict[str, str]]:
    """A table of the sample data."""
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Fund:
    """The fund at work: one open database per person."""

    database: Database
    unit: int = 0
    purposes: dict[str, int] = field(default_factory=dict)
    donors: dict[str, int] = field(default_factory=dict)
    _open: dict[str, Database] = field(default_factory=dict)
    _left: list[AbstractContextManager[Database]] = field(default_factory=list)

    def as_(self, login: str) -> Database:
        """The database as somebody: `cashier`, `receipt_reviewer`, ..."""
        if login not in self._open:
            entered = databases.open_as(self.database, login)
            self._open[login] = entered.__enter__()
            self._left.append(entered)
        return self._open[login]

    def close(self) -> None:
        """Close what was opened."""
        for one in self._left:
            one.__exit__(None, None, None)

    def do(self, login: str, work: Callable[..., object], *args: object, **more: object) -> object:
        """One use case as somebody, in a transaction of its own."""
        with self.as_(login).write() as session:
            return work(session, *args, **more)

    def donation(self, code: str) -> tuple[int, int]:
        """Id and version of a donation."""
        with self.as_("auditor").read() as session:
            row = find_donation(session, code)
            return row.id, row.version

    def receipt(self, number: str) -> tuple[int, int]:
        """Id and version of a receipt."""
        with self.as_("auditor").read() as session:
            row = find_receipt(session, number)
            return row.id, row.version

    def give(self, donor: str = "D03", amount: str = "100.00", **more: object) -> str:
        """A donation that is noted; its code."""
        values: dict[str, object] = {
            "donor_id": self.donors[donor],
            "unit_id": self.unit,
            "purpose_id": self.purposes["不限定"],
            "form": Form.TRANSFER,
            "received_on": date(2026, 11, 10),
            "amount": Money.parse(amount) if amount else None,
            **more,
        }
        content = DonationContent(**values)  # type: ignore[arg-type]  # from keywords of a test
        with self.as_("cashier").write() as session:
            return find_donation(session, str(record(session, content))).code

    def take(self, code: str) -> None:
        """The money is there."""
        self.do("cashier", arrive, *self.donation(code))

    def agree(self, code: str) -> None:
        """A second person agrees to a receipt."""
        self.do("receipt_reviewer", review, *self.donation(code))

    def ready(self, donor: str = "D03", amount: str = "100.00", **more: object) -> str:
        """A donation a receipt may be issued for."""
        code = self.give(donor, amount, **more)
        self.take(code)
        self.agree(code)
        return code

    def issue(self, code: str, way: Way, **more: object) -> str:
        """Issue a receipt; its number."""
        command = IssueReceipt(donations=(self.donation(code),), way=way, **more)  # type: ignore[arg-type]
        with self.as_("receipt_issuer").write() as session:
            receipt_id = issue(session, command)
        return self.number(receipt_id)

    def number(self, receipt_id: int) -> str:
        """The number of a receipt."""
        from core.fund.receipt_model import Receipt

        with self.as_("auditor").read() as session:
            return session.get_one(Receipt, receipt_id).number

    def undo(self, number: str, reason: str = "填写错误", red: Official | None = None) -> None:
        """Void or reverse a receipt with a second person."""
        receipt_id, version = self.receipt(number)
        command = ChangeReceipt(
            receipt_id=receipt_id,
            version=version,
            kind=ChangeKind.REVERSE if red else ChangeKind.VOID,
            reason=reason,
            copies=("存根", "收据", "记账"),
            red=red,
        )
        self.do("receipt_issuer", request_change, command)
        self.do("receipt_reviewer", decide_change, *self.receipt(number), agree=True)


def official(number: int, amount: str = "", day: date = date(2026, 11, 12)) -> Official:
    """An e-receipt of the sample data."""
    return Official(
        bill_code="34050126",
        number=f"{number:010}",
        check_code="bngFFX",
        issued_on=day,
        amount=Money.parse(amount, negative=True) if amount else None,
        filename="票据.pdf",
        data=b"%PDF-1.7 sample",
    )


def set_up(fund: Fund, *, own: bool = True) -> None:
    """Unit, purposes, donors and one book of stock, from the sample tables."""
    unit = table("issuing_units")[0]
    with fund.as_("admin").write() as session:
        settings.put(session, "fund.own_confirmation", own, settings.BEGINNING)
    with fund.as_("fund_manager").write() as session:
        fund.unit = register_unit(session, _unit(unit))
        for name, code in PURPOSES.items():
            fund.purposes[name] = register_purpose(session, code, name, restricted=name != "不限定")
        receive_book(
            session,
            BookContent(
                unit_id=fund.unit,
                bill_code="34050226",
                book_number="样例01",
                first_number="0000000001",
                last_number="0000000050",
                received_on=date(2026, 10, 8),
            ),
        )
    with fund.as_("cashier").write() as session:
        for line in table("donors"):
            fund.donors[line["donor_id"]] = _donor(session, line)


def _unit(line: dict[str, str]) -> UnitContent:
    return UnitContent(
        name=line["name"],
        credit_code=line["credit_code"],
        licence_number=line["receipt_book_licence_no"],
        fundraising_permit=line["fundraising_permit_no"],
        fundraising_until=date.fromisoformat(line["fundraising_permit_until"]),
        account_name=line["account_name"],
        bank=line["bank"],
        account_number=line["account_no"],
        qualifications=((2025, 2027, line["tax_qualification"]),),
    )


def _donor(session: Session, line: dict[str, str]) -> int:
    party = find_by_number(session, line["id_number"])
    if party is None and line["kind"] == "个人":
        party = register_person(
            session,
            RegisterPerson(
                name=line["name"], id_kind=_IDS[line["id_type"]], number=line["id_number"]
            ),
        ).id
    elif party is None:
        party = register_organisation(
            session,
            RegisterOrganisation(
                name=line["name"],
                organisation_kind=OrganisationKind(line["kind"]),
                credit_code=line["id_number"],
            ),
        ).id
    consent = line["publish_consent"]
    said = DonorContent(
        consent=Consent.NONE
        if "匿名" in consent
        else Consent.NAME_ONLY
        if "不公开金额" in consent
        else Consent.FULL,
        anonymous="匿名" in consent,
    )
    return donor_of(session, party, said)


def sample_content(fund: Fund, line: dict[str, str], **more: object) -> DonationContent:
    """A donation of the sample table as entered."""
    form = _FORMS[line["form"]]
    values: dict[str, object] = {
        "donor_id": fund.donors[line["donor_id"]],
        "unit_id": fund.unit,
        "purpose_id": fund.purposes[line["purpose"]],
        "form": form,
        "received_on": date.fromisoformat(line["received_on"]),
        "amount": Money.parse(line["amount"]) if line["amount"] else None,
        "code": line["donation_id"],
        "restricted": line["restricted"] == "限定",
        "bank_reference": line["bank_ref"],
    }
    if form is Form.IN_KIND:
        values["items"] = (Item(name="麻栎容器苗", quantity=Decimal(20000), unit="株"),)
    if line["donation_id"] == "N06":
        values["members"] = tuple((f"教职工{n:02}", Money.parse("300.00")) for n in range(1, 13))
    return DonationContent(**{**values, **more})  # type: ignore[arg-type]


def way_of(line: dict[str, str]) -> Way | None:
    """The way of the receipt the table names."""
    return _WAYS.get(line["receipt_way"])


@contextmanager
def fund(database: Database) -> Iterator[Fund]:
    """A fund on a fresh database, set up."""
    opened = Fund(database)
    try:
        set_up(opened)
        yield opened
    finally:
        opened.close()


def clock_at(day: date) -> datetime:
    """Nine o'clock in China."""
    return datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)


def ids(session: Session, model: type) -> list[int]:
    """All ids of a table."""
    return list(session.scalars(select(model.id)))  # type: ignore[attr-defined]
