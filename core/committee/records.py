"""Records of draws as files: JSON, the signed paper, or the code printed on it; read whole."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.committee.papers import check_code
from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "committee.record_file": N_("The file “{path}” cannot be read: {reason}"),
        "committee.record_text": N_(
            "This is neither the JSON of a draw nor the code printed on its record."
        ),
        "committee.record_pdf": N_(
            "This PDF has no code of a draw; take the record that was saved as JSON."
        ),
    }
)

#: Far above the record of a draw from 20,000 experts; a bomb of zeros stops here.
_LARGEST = 64 * 1024 * 1024
_MARK = "核对码："
_CODE_LINE = re.compile(r"[A-Za-z0-9+/=]+")


def record_text(record: Mapping[str, Any]) -> str:
    """The record as JSON for people and programs."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def read_record(path: Path) -> dict[str, Any]:
    """The record in a file: JSON, the PDF of the record, or 核对码 copied from the paper.

    Raises:
        InputError: field ``record``; the file cannot be read, or is neither.
    """
    from core.files import why

    try:
        data = path.read_bytes()
    except OSError as problem:
        raise InputError.of(
            "record", "committee.record_file", path=str(path), reason=why(problem)
        ) from problem
    return parse_record(data)


def parse_record(data: bytes) -> dict[str, Any]:
    """The record in the bytes of a file.

    Raises:
        InputError: field ``record``.
    """
    text = _plain(data)
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise _unreadable() from problem
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _plain(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        text = _pdf_text(data)
        if _MARK not in text:
            raise InputError.of("record", "committee.record_pdf")
    else:
        try:
            text = data.decode("utf-8-sig").strip()
        except UnicodeDecodeError as problem:
            raise _unreadable() from problem
        if text.startswith("{"):
            return text
    try:
        packed = base64.b64decode(_code(text), validate=True)
        inflater = zlib.decompressobj()
        plain = inflater.decompress(packed, _LARGEST)
        return plain.decode()
    except (binascii.Error, zlib.error, ValueError) as problem:
        raise _unreadable() from problem


def _code(text: str) -> str:
    """The lines of the code behind its mark; feet of pages and the watermark lie between them."""
    _before, mark, behind = text.partition(_MARK)
    lines = ("".join(line.split()) for line in (behind if mark else text).splitlines())
    return "".join(line for line in lines if not mark or _CODE_LINE.fullmatch(line))


def _pdf_text(data: bytes) -> str:
    """The text of a PDF, page by page.

    Raises:
        InputError: field ``record``; damaged, or locked by a password.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise _unreadable() from None
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError:
        raise _unreadable() from None
    finally:
        document.close()


def _unreadable() -> InputError:
    return InputError.of("record", "committee.record_text")


__all__ = ["check_code", "parse_record", "read_record", "record_text"]
