"""The fund's part of the sample data as the use cases take it; invented throughout."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.sample_office import scans, tables
from core.clock import china_date
from core.fund.donation_input import DonationContent, Item
from core.fund.donors import DonorContent
from core.fund.official_receipts import Official
from core.fund.setup import UnitContent
from core.fund.states import Consent, Form, Way
from core.fund.stock import BookContent
from core.parties.model import OrganisationKind
from core.parties.service import RegisterOrganisation, RegisterPerson
from core.values.dates import chinese_date
from core.values.identity import CHINESE_NAMES
from core.values.money import Money

if TYPE_CHECKING:
    from core.cli.sample_office.build import SampleOffice

#: Purposes by project code: name, and whether gifts for it are restricted.
PURPOSES = {
    "T00": ("不限定", False),
    "T01": ("碳汇计量监测", True),
    "T02": ("碳汇项目开发", True),
    "T03": ("碳汇宣传培训", True),
    "T04": ("国储林造林", True),
}
#: Name, number its plan was filed under, days.
CAMPAIGN = (
    "2026年林业碳汇公益募捐（样例）",
    "样例募捐备〔2026〕01号",
    (date(2026, 3, 1), date(2026, 12, 31)),
)
#: Books of genuine stock: code, book, first and last number, day of receipt.
BOOKS = (
    ("34050226", "样例01", "0000000001", "0000000025", date(2026, 3, 2)),
    ("34050226", "样例02", "0000000026", "0000000050", date(2026, 6, 8)),
)
BILL_CODE = "34050126"
BANK = "样例银行"
#: Why a line of the fragment is no gift, by its memo.
NO_GIFT = {
    "结息": "账户利息，非捐赠，不开票",
    "活动冠名费": "活动冠名费，有回报，不得开具捐赠票据",
}
#: What came in later: left open, so that the page of bank lines has something to match.
_AUTUMN = (
    ("2026-09-20", "16409.02", "滁州皖东栖岭热电有限公司", "0017", "捐碳汇基金"),
    ("2026-11-10", "200000.00", "王喆", "0103", "捐赠碳汇项目开发"),
    ("2026-11-20", "500.00", "诸葛堃", "0206", "捐款"),
)
_IDS = {name: kind for kind, name in CHINESE_NAMES.items()}
_FORMS = {"银行转账": Form.TRANSFER, "现金": Form.CASH, "实物": Form.IN_KIND}
#: The ways of the table by its words; 待开票 has none yet, nor has N03, which only names its goods.
WAYS = {
    "电子票据登记": Way.OFFICIAL,
    "纸质票据套打": Way.STOCK,
    "捐赠收据（非财政票据）": Way.OWN,
}
_MEMBERS = "赵钱孙李周吴郑王冯陈褚卫"


def unit_content() -> UnitContent:
    """The receiving and issuing unit."""
    (row,) = tables.issuing_units()
    return UnitContent(
        name=row["name"],
        credit_code=row["credit_code"],
        licence_number=row["receipt_book_licence_no"],
        fundraising_permit=row["fundraising_permit_no"],
        fundraising_until=date.fromisoformat(row["fundraising_permit_until"]),
        account_name=row["account_name"],
        bank=row["bank"],
        account_number=row["account_no"],
        qualifications=((2025, 2027, row["tax_qualification"]),),
    )


def book_content(unit: int, book: tuple[str, str, str, str, date]) -> BookContent:
    """A book of stock, handed to the issuer of receipts."""
    code, number, first, last, received_on = book
    return BookContent(
        unit_id=unit,
        bill_code=code,
        book_number=number,
        first_number=first,
        last_number=last,
        received_on=received_on,
        handed_to="陆遥",
    )


def party_command(row: dict[str, str]) -> RegisterPerson | RegisterOrganisation:
    """A donor as the register of parties takes it."""
    if row["kind"] == "个人":
        return RegisterPerson(
            name=row["name"],
            id_kind=_IDS[row["id_type"]],
            number=row["id_number"],
            phone=row["phone"],
        )
    return RegisterOrganisation(
        name=row["name"],
        organisation_kind=OrganisationKind(row["kind"]),
        credit_code=row["id_number"],
        phone=row["phone"],
    )


def donor_content(row: dict[str, str]) -> DonorContent:
    """What a donor allows to be published."""
    said = row["publish_consent"]
    anonymous = "匿名" in said
    full = Consent.NAME_ONLY if "不公开金额" in said else Consent.FULL
    return DonorContent(consent=Consent.NONE if anonymous else full, anonymous=anonymous)


def donation_content(office: SampleOffice, row: dict[str, str]) -> DonationContent:
    """A donation as the cashier enters it."""
    form, key = _FORMS[row["form"]], row["donation_id"]
    return DonationContent(
        donor_id=office.ids[row["donor_id"]],
        unit_id=office.ids["U01"],
        purpose_id=office.ids[row["purpose"]],
        campaign_id=office.ids["campaign"] if key in {"N04", "N05", "N07"} else None,
        pledge_id=office.ids["pledge"] if row["donor_id"] == "D01" else None,
        form=form,
        received_on=date.fromisoformat(row["received_on"]),
        amount=Money.parse(row["amount"]) if row["amount"] else None,
        code=key,
        restricted=row["restricted"] == "限定",
        bank_reference=row["bank_ref"],
        payer_tail=_tail(row["donor_id"]) if form is Form.TRANSFER else "",
        anonymous=row["donor_id"] == "D04",
        items=_items(row),
        members=_members(row),
    )


def _tail(donor: str) -> str:
    """The end of the donor's account, where the statement shows one for it."""
    tails = {"D01": "0017", "D03": "0103", "D05": "0105", "D06": "0106"}
    return tails[donor]


def _items(row: dict[str, str]) -> tuple[Item, ...]:
    if row["form"] != "实物":
        return ()
    return (Item(name="麻栎容器苗", quantity=Decimal(20_000), unit="株"),)


def _members(row: dict[str, str]) -> tuple[tuple[str, Money], ...]:
    """The twelve employees of N06, 300.00 yuan each; their names are invented."""
    if row["donation_id"] != "N06":
        return ()
    return tuple((f"{family}老师（样例）", Money.parse("300.00")) for family in _MEMBERS)


def e_receipt(office: SampleOffice, key: str, number: int, amount: Money) -> Official:
    """An official e-receipt as the finance platform sent it, with a file made for training."""
    row = tables.donations()[key]
    donor = next(one for one in tables.donors() if one["donor_id"] == row["donor_id"])
    day = china_date(office.clock.now())
    text = f"{number:010}"
    check = f"b{number % 10}gFFX"
    lines = (
        ("票据代码", BILL_CODE),
        ("票据号码", text),
        ("校验码", check),
        ("交款人", donor["name"]),
        ("交款人统一社会信用代码", donor["id_number"]),
        ("开票日期", chinese_date(day)),
        ("项目名称", row["purpose"]),
        ("金额合计（大写）", amount.capitals()),
        ("金额合计（小写）", amount.plain),
        ("收款单位（章）", tables.issuing_units()[0]["name"]),
    )
    return Official(
        bill_code=BILL_CODE,
        number=text,
        check_code=check,
        issued_on=day,
        amount=amount,
        filename=f"{BILL_CODE}-{text}.pdf",
        data=scans.form("公益事业捐赠票据（电子）样例", lines),
    )


def write_statement(office: SampleOffice, at: int) -> Path:
    """A statement as the bank's program writes it: the fragment in GBK, the autumn in UTF-8."""
    headers = ("交易日期", "贷方金额", "对方户名", "对方账号", "摘要")
    fragment = [
        (
            row["trade_date"],
            row["credit"],
            row["payer_name"],
            row["payer_account_tail"],
            row["memo"],
        )
        for row in tables.bank_statement()
    ]
    path = office.folder / f"银行流水-{at + 1}.csv"
    encoding = ("gbk", "utf-8-sig")[at]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerows([headers, *(fragment if at == 0 else _AUTUMN)])
    return path
