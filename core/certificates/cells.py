"""Reading the cells of an application's workbook: texts, values, shares and shapes."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from core.errors import FieldError, InputError
from core.sheets.reading import Row

if TYPE_CHECKING:
    from core.parcels.geometry import Shape


Value = TypeVar("Value")


def text_of(row: Row, key: str) -> str:
    """The text of a cell; empty where nothing is written."""
    value = row.values.get(key)
    return "" if value is None else str(value)


def value_as(row: Row, key: str, kind: type[Value]) -> Value | None:
    """The value of a cell where it is of that kind."""
    value = row.values.get(key)
    return value if isinstance(value, kind) else None


def share_of(text: str) -> Fraction:
    """The share as it is written in its cell."""
    if not text:
        return Fraction(1)
    try:
        share = Fraction(text.replace("／", "/").replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise InputError.of("share", "certificates.sheet_share") from None
    if not 0 < share <= 1:
        raise InputError.of("share", "certificates.sheet_share")
    return share


def shape_of(wkt: str, srid: int | None) -> Shape | None:
    """The boundary as it is written in its cell."""
    from core.parcels.reading import read_geometry

    if not wkt:
        return None
    try:
        return read_geometry(wkt, "wkt", srid)
    except InputError as error:
        wrong = error.fields[0]
        # The coordinate system has a column of its own: its errors belong there.
        column = "srid" if wrong.code.startswith("parcels.srid") else "geometry"
        raise InputError(FieldError(column, wrong.code, wrong.params)) from error


def srid_of(row: Row) -> int | None:
    """The number of the coordinate system, written with or without “EPSG:”."""
    from core.parcels.geometry import known_systems

    written = text_of(row, "srid")
    found = re.fullmatch(r"(?:EPSG\s*[:：]\s*)?([0-9]{4,6})", written, re.IGNORECASE)
    if written and found is None:
        raise InputError(
            FieldError("srid", "parcels.srid_text", {"value": written, "known": known_systems()})
        )
    return int(found[1]) if found else None
