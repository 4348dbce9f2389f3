"""Records of draws as files: JSON, or the code printed on the paper; read and written whole."""

from __future__ import annotations

import base64
import binascii
import json
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
    }
)

#: Far above the record of a draw from 20,000 experts; a bomb of zeros stops here.
_LARGEST = 64 * 1024 * 1024


def record_text(record: Mapping[str, Any]) -> str:
    """The record as JSON for people and programs."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def read_record(path: Path) -> dict[str, Any]:
    """The record in a file: JSON, or 核对码 copied from the paper.

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
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as problem:
        raise _unreadable() from problem
    if text.startswith("{"):
        return text
    code = "".join(text.partition("核对码：")[2].split() or text.split())
    try:
        packed = base64.b64decode(code, validate=True)
        inflater = zlib.decompressobj()
        plain = inflater.decompress(packed, _LARGEST)
        return plain.decode()
    except (binascii.Error, zlib.error, ValueError) as problem:
        raise _unreadable() from problem


def _unreadable() -> InputError:
    return InputError.of("record", "committee.record_text")


__all__ = ["check_code", "parse_record", "read_record", "record_text"]
