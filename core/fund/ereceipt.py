"""Reading the fields of an official e-receipt from the text of its file.

The face of a 公益事业捐赠票据（电子） names code, number, check code, date and amount; how they
stand on the page differs from place to place, so whatever is not found is left to the person.
An OFD file is a ZIP archive of XML pages (GB/T 33190); a PDF's text is given by the caller.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.values.dates import parse_date
from core.values.money import Money

register(
    {
        "fund.ofd_unreadable": N_(
            "The file “{name}” is no OFD document that can be read; type the fields instead."
        ),
    }
)

#: More than any receipt has; an archive that swells beyond it is not opened.
MOST_BYTES = 20_000_000
_GAP = r"[\s:：]*"
_CODE = re.compile(rf"票据代码{_GAP}(\d{{8}})(?!\d)")
_NUMBER = re.compile(rf"票据号码{_GAP}(\d{{10}})(?!\d)")
_CHECK = re.compile(rf"校验码{_GAP}([0-9A-Za-z]{{6}})(?![0-9A-Za-z])")
_DAY = re.compile(rf"开票日期{_GAP}(\d{{4}}[年\-/.]\d{{1,2}}[月\-/.]\d{{1,2}}日?)")
_AMOUNT = re.compile(rf"小写[)）]?{_GAP}[¥￥]?\s*(-?[\d,]+\.\d{{2}})")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """What could be read; empty or None where it was not found."""

    bill_code: str = ""
    number: str = ""
    check_code: str = ""
    issued_on: date | None = None
    amount: Money | None = None


def fields_of(text: str) -> Fields:
    """The fields in the text of an e-receipt."""
    return Fields(
        bill_code=_found(_CODE, text),
        number=_found(_NUMBER, text),
        check_code=_found(_CHECK, text),
        issued_on=_day(_found(_DAY, text)),
        amount=_amount(_found(_AMOUNT, text)),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except InputError:
        return None


def _amount(text: str) -> Money | None:
    try:
        return Money.parse(text, negative=True) if text else None
    except InputError:
        return None


def text_of_ofd(data: bytes, name: str = "") -> str:
    """The texts of an OFD document in the order of its pages.

    Raises:
        InputError: field `file`; it is no OFD document, or an unreasonably large one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pages = [one for one in archive.infolist() if one.filename.endswith("Content.xml")]
            if not pages or sum(one.file_size for one in pages) > MOST_BYTES:
                raise InputError.of("file", "fund.ofd_unreadable", name=name)
            return "\n".join(_texts(archive.read(one)) for one in pages)
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, NotImplementedError):
        raise InputError.of("file", "fund.ofd_unreadable", name=name) from None


def _texts(page: bytes) -> str:
    # Entities could swell without end; a page of a receipt declares none.
    if b"<!DOCTYPE" in page or b"<!ENTITY" in page:
        raise ET.ParseError
    root = ET.fromstring(page)  # noqa: S314 - a page without declarations has no entities
    return "\n".join(one.text or "" for one in root.iter() if one.tag.endswith("TextCode"))
