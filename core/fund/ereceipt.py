"""Reading the fields of an official e-receipt from its file, PDF or OFD.

The face of a 公益事业捐赠票据（电子） names code, number, check code, date, payer and amount; where they
stand differs from place to place, so texts are put in reading order by their places on the page and
looked for behind their labels. What is found is a suggestion: a person compares it with the paper,
and what is not found is left to the person. The file comes from outside and is never trusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.errors import InputError
from core.fund.official_receipts import Official
from core.fund.pieces import Piece, lines_of, pieces_of_ofd, pieces_of_pdf
from core.i18n import N_
from core.messages import register
from core.values.dates import parse_date
from core.values.money import Money

register(
    {
        "fund.e_receipt_kind": N_(
            "“{name}” is neither a PDF nor an OFD file; type the fields instead."
        ),
        "fund.e_receipt_large": N_(
            "“{name}” is larger than {most} MB; no e-receipt is. Type the fields instead."
        ),
    }
)

#: More than any e-receipt has.
MOST_BYTES = 20_000_000
#: Between a label and its value, and within a date.
_GAP = r"[\s:：]*"
_CODE = re.compile(rf"票据代码{_GAP}(\d{{8}})(?!\d)")
_NUMBER = re.compile(rf"票据号码{_GAP}(\d{{10}})(?!\d)")
_CHECK = re.compile(rf"[校检]验码{_GAP}([0-9A-Za-z]{{6}})(?![0-9A-Za-z])")
_DAY = re.compile(
    rf"开票日期{_GAP}(\d{{4}})\s*[年\-/.]\s*(\d{{1,2}})\s*[月\-/.]\s*(\d{{1,2}})(?!\d)"
)
_AMOUNT = re.compile(r"小写[)）]?[\s:：]*[¥￥]?\s*(-?\s*[\d,]+\.\d{2})(?!\d)")
_PAYER = re.compile(r"(?:交款人|付款人|捐赠人)[ \t:：]+(?!统一)(\S[^\n]*?)(?=\s{3,}|\n|$)")
#: What may follow a payer's name on its line, where the gap is narrow.
_NEXT = re.compile(r"\s+(?:校验码|检验码|开票日期|票据代码|票据号码|交款人)")
_LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What could be read; empty or None where it was not found."""

    bill_code: str = ""
    number: str = ""
    check_code: str = ""
    issued_on: date | None = None
    amount: Money | None = None
    payer: str = ""


def read_file(data: bytes, name: str) -> Fields:
    """The fields of an e-receipt's file, as far as they can be read.

    Args:
        data: the file as it is; by its content, not by its name, it is a PDF or an OFD document.
        name: how the file is called, for the sentence about it.

    Raises:
        InputError: field `file`; neither kind, too large, damaged, or locked by a password.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise InputError.of("file", "fund.e_receipt_large", name=name, most=most)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return fields_of_pieces(pieces_of_pdf(data, name))
    if data.startswith(b"PK"):
        return fields_of_pieces(pieces_of_ofd(data, name))
    raise InputError.of("file", "fund.e_receipt_kind", name=name)


@dataclass(frozen=True)
class Difference:
    """A field that the file seems to give otherwise than a person typed it."""

    field: str
    typed: str
    read: str


def differences(official: Official, fields: Fields) -> list[Difference]:
    """Where a person typed something else than the file seems to say; what was not read is left out."""
    pairs = (
        ("bill_code", official.bill_code.strip(), fields.bill_code),
        ("number", official.number.strip(), fields.number),
        ("check_code", official.check_code.strip(), fields.check_code),
        ("issued_on", official.issued_on.isoformat(), _iso(fields.issued_on)),
        (
            "amount",
            official.amount.plain if official.amount else "",
            fields.amount.plain if fields.amount else "",
        ),
    )
    return [Difference(*one) for one in pairs if one[1] and one[2] and one[1] != one[2]]


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def fields_of_pieces(pieces: list[Piece]) -> Fields:
    """The fields in texts that know their places."""
    return fields_of("\n".join(lines_of(pieces)))


def fields_of(text: str) -> Fields:
    """The fields in the text of an e-receipt, line by line."""
    return Fields(
        bill_code=_found(_CODE, text),
        number=_found(_NUMBER, text),
        check_code=_found(_CHECK, text),
        issued_on=_day(text),
        amount=_amount(_found(_AMOUNT, text)),
        payer=_payer(text),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    """The one value behind a label; two different ones are none."""
    values = {match[1] for match in pattern.finditer(text)}
    return values.pop() if len(values) == 1 else ""


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    if match is None:
        return None
    try:
        return parse_date("-".join(match.groups()))
    except InputError:
        return None


def _amount(text: str) -> Money | None:
    try:
        return Money.parse(text.replace(" ", ""), negative=True) if text else None
    except InputError:
        return None


def _payer(text: str) -> str:
    match = _PAYER.search(text)
    if match is None:
        return ""
    name = " ".join(_NEXT.split(match[1])[0].split())
    return name if len(name) <= _LONGEST else ""
