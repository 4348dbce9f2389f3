"""Reading bank statements: .xlsx or .csv in GBK or UTF-8, whatever the bank calls its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from core.errors import AppError, FieldError, InputError
from core.fund.bank_balances import DayBalance, Move, days_of
from core.fund.statement_files import rows_of
from core.i18n import N_, _
from core.messages import register
from core.messages import text as message
from core.sheets.spec import normal_header
from core.values.dates import parse_date
from core.values.identity import damaged
from core.values.money import Money

register(
    {
        "fund.bank_columns": N_(
            "“{name}” has no column for {missing}; say which of its columns that is. It has: {found}."
        ),
        "fund.bank_row": N_("Row {row}: {what}"),
        "fund.bank_day": N_("The credit of {amount} yuan has no date."),
        "fund.bank_future": N_("{day} is in the future."),
        "fund.bank_empty": N_("“{name}” has no credit."),
    }
)

#: Fields and the headers under which banks are known to give them; others are mapped by hand.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "trade_date": ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "trade_date"),
    "credit": ("贷方金额", "贷方发生额", "收入金额", "收入", "贷方", "credit"),
    "payer_name": (
        "对方户名",
        "对方名称",
        "付款人名称",
        "付款人户名",
        "对方账户名称",
        "payer_name",
    ),
    "payer_account": ("对方账号", "对方账户", "付款人账号", "payer_account", "payer_account_tail"),
    "memo": ("摘要", "用途", "附言", "交易摘要", "备注", "memo"),
    "reference": ("流水号", "交易流水号", "回单编号", "凭证号", "reference"),
    "debit": ("借方金额", "借方发生额", "支出金额", "支出", "借方", "debit"),
    "balance": ("余额", "账户余额", "当前余额", "账面余额", "本次余额", "balance"),
    "direction": ("借贷标志", "借贷方向", "收支标志", "收支方向", "借/贷", "收/支", "direction"),
}
FIELD_TITLES: Mapping[str, str] = {
    "trade_date": N_("Date"),
    "credit": N_("Credit (money in)"),
    "payer_name": N_("Payer"),
    "payer_account": N_("Payer's account"),
    "memo": N_("Memo"),
    "reference": N_("Reference"),
    "debit": N_("Debit (money out)"),
    "balance": N_("Account balance"),
    "direction": N_("In or out"),
}
#: What statements with one column of amounts write for money that went out.
_OUT = frozenset({"借", "借方", "支", "支出", "付", "转出", "出", "D", "DR", "-"})
#: What stands where there is no amount.
_NOTHING = frozenset({"", "-", "--"})
#: Lines below the last one that only add up.
_SUMS = re.compile(r"合计|总计|小计|累计|期末|期初|总笔数|总金额")
#: Day and time without a mark between them.
_MOMENT = re.compile(r"(\d{8})\d{4}(?:\d\d)?")
REQUIRED = ("trade_date", "credit", "payer_name")
_HEADER_ROWS = 15


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One credit; of the payer's account only the last four characters are kept."""

    traded_on: date
    credit: Money
    payer_name: str
    payer_tail: str
    memo: str
    reference: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says.

    Attributes:
        credits: its credits, in its order.
        left_out: how many rows are no credits: money that went out, taken back, or without amount;
            rows that are empty or only add up are not counted.
        balances: opening, debits and closing of each day; empty where the file has no balances, or
            they do not follow from one another.
    """

    credits: tuple[Credit, ...]
    left_out: int
    balances: tuple[DayBalance, ...]


def read_statement(
    path: Path, mapping: Mapping[str, str] | None = None, today: date | None = None
) -> Reading:
    """The credits of a statement, and how many other rows and which balances it has.

    Args:
        path: .xlsx or .csv.
        mapping: header by field, where the bank's own words are not known here.
        today: no credit can be of a later day.

    Raises:
        InputError: the file, its columns, or every row that cannot be read.
    """
    rows = rows_of(path)
    start, columns = _columns(path, rows, mapping or {})
    found: list[Credit] = []
    errors: list[FieldError] = []
    moves: list[Move | None] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        values = {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()}
        if not any(map(str.strip, row)) or _sums_up(row, values):
            continue
        try:
            credit = _credit(values, seen, today)
        except AppError as error:
            facts = {"row": number, "what": message(error)}
            errors.append(FieldError("file", "fund.bank_row", facts))
            continue
        moves.append(_move(values, credit))
        if credit is not None:
            found.append(credit)
    if errors:
        raise InputError(*errors)
    if not found:
        raise InputError.of("file", "fund.bank_empty", name=path.name)
    return Reading(credits=tuple(found), left_out=len(moves) - len(found), balances=days_of(moves))


def guess(path: Path, mapping: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """What a file calls its columns, and which of them is which field as far as can be told.

    Args:
        path: .xlsx or .csv.
        mapping: header by field as said or remembered; those the file lacks are left out, and an
            empty one says that the field has no column.

    Returns:
        the headers, and header by field.

    Raises:
        InputError: the file cannot be read.
    """
    rows = rows_of(path)
    start, columns = _best(rows, mapping)
    if not columns:
        # No word is known: the first row with several texts is the likeliest head.
        wide = (n for n, row in enumerate(rows[:_HEADER_ROWS]) if sum(map(bool, row)) >= 3)
        start = next(wide, 0)
    row = [cell.strip() for cell in rows[start]] if rows else []
    found = {field: row[at] for field, at in columns.items()}
    return tuple(dict.fromkeys(cell for cell in row if cell)), found


def _sums_up(row: Sequence[str], values: Mapping[str, str]) -> bool:
    """Whether a row only adds up: it says so where the day should be, or has no day."""
    day = values["trade_date"]
    return _SUMS.search(day or "\n".join(row)) is not None


def _credit(values: Mapping[str, str], seen: dict[str, int], today: date | None) -> Credit | None:
    amount = values["credit"]
    if amount in _NOTHING:
        return None
    credit = Money.parse(amount, negative=True)
    if credit <= Money(0) or values.get("direction", "").upper() in _OUT:
        return None
    if not values["trade_date"]:
        raise InputError.of("file", "fund.bank_day", amount=credit)
    day = _day(values["trade_date"])
    if today is not None and day > today:
        raise InputError.of("file", "fund.bank_future", day=day)
    account = "".join(c for c in _whole(values.get("payer_account", "")) if c.isalnum())
    parts = (
        day.isoformat(),
        credit.plain,
        values["payer_name"],
        account[-4:],
        values.get("memo", ""),
        _whole(values.get("reference", "")),
    )
    key = "\n".join(parts)
    seen[key] = seen.get(key, 0) + 1
    return Credit(
        traded_on=day,
        credit=credit,
        payer_name=parts[2],
        payer_tail=parts[3],
        memo=parts[4],
        reference=parts[5],
        fingerprint=sha256(f"{key}\n{seen[key]}".encode()).hexdigest(),
    )


def _move(values: Mapping[str, str], credit: Credit | None) -> Move | None:
    """What a row did to the balance; nothing where it does not say that plainly."""
    try:
        balance = Money.parse(values.get("balance", ""), negative=True)
        if credit is not None:
            return Move(credit.traded_on, credit.credit, balance)
        amount = values["credit"] if values["credit"] not in _NOTHING else values.get("debit", "")
        moved = Money.parse(amount, negative=True)
        goes_out = values["credit"] in _NOTHING or values.get("direction", "").upper() in _OUT
        return Move(_day(values["trade_date"]), -moved if goes_out else moved, balance)
    except (AppError, IndexError):
        return None


def _day(text: str) -> date:
    first = text.split(maxsplit=1)[0]
    moment = _MOMENT.fullmatch(first)
    return parse_date(moment[1] if moment else first)


def _whole(number: str) -> str:
    """A long number, or nothing where the spreadsheet has lost its last digits (6.2E+18)."""
    return "" if damaged(number) else number


def _columns(
    path: Path, rows: Sequence[Sequence[str]], mapping: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """The row of the headers and where each field stands."""
    if not any(map(any, rows)):
        raise InputError.of("file", "fund.bank_empty", name=path.name)
    best = _best(rows, mapping)
    missing = [f"“{_(FIELD_TITLES[field])}”" for field in REQUIRED if field not in best[1]]
    if missing:
        found = "、".join(cell for cell in (rows[best[0]] if rows else ()) if cell)
        raise InputError.of(
            "file", "fund.bank_columns", name=path.name, missing="、".join(missing), found=found
        )
    return best


def _best(rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    names = {
        field: {normal_header(mapping[field])} - {""} if field in mapping
        else {normal_header(one) for one in known}
        for field, known in HEADERS.items()
    }  # fmt: skip
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        headers = [normal_header(cell) for cell in row]
        at = {
            field: next(n for n, text in enumerate(headers) if text in wanted)
            for field, wanted in names.items()
            if any(text in wanted for text in headers)
        }
        if len(at) > len(best[1]):
            best = (number, at)
    return best
