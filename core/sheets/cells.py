"""One cell: from what a spreadsheet holds to a typed value, or a reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.errors import FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.sheets.spec import SheetColumn
from core.values.area import Area
from core.values.dates import parse_date
from core.values.identity import damaged
from core.values.money import Money
from core.values.numerals import exact_decimal, plain_text
from core.values.text import require_visible
from core.values.tonnes import Tonnes
from core.values.volume import Volume

register(
    {
        "sheets.required": N_("This cell must be filled in."),
        "sheets.damaged_number": N_(
            "Long numbers must be text: as a number the spreadsheet has changed it. Set the cell "
            "to text and type it again from the document."
        ),
        "sheets.digits": N_("This must be {digits} digits, for instance {example}."),
        "sheets.choice": N_("“{value}” is not one of: {choices}."),
        "sheets.bool": N_("Write 是 or 否."),
        "sheets.date_number": N_(
            "This is a number and not a date; format the cell as a date or write 2026-11-22."
        ),
        "sheets.cell_error": N_("The formula in this cell has failed ({value}); enter the value."),
    }
)

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA"}
)
#: Binary noise of a spreadsheet starts at the 16th digit: 38.42 * 15 is held as 576.3000000000001.
#: Twelve digits swallow what many sums add to it; from ten billion on they would swallow a 分, too.
_SIGNIFICANT, _LARGE, _OF_LARGE = ".12g", 1e10, ".15g"


def is_blank(cell: Cell) -> bool:
    """Whether a cell counts as empty."""
    return cell is None or (isinstance(cell, str) and not cell.strip("\ufeff \t\r\n\u3000"))


def shown(cell: Cell) -> str:
    """A cell as a person sees it, for messages and text columns."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell)
    return str(cell)


def read_cell(column: SheetColumn, cell: Cell) -> object:
    """The typed value of a cell; None where an optional cell is empty.

    Raises:
        InputError: the field is the column's key.
    """
    if is_blank(cell):
        if column.required:
            raise InputError.of(column.key, "sheets.required")
        return None
    text = shown(cell)
    if text.strip() in _ERRORS:
        raise InputError.of(column.key, "sheets.cell_error", value=text.strip())
    try:
        return _READERS[column.kind](column, cell)
    except InputError as error:
        wrong = error.fields[0]
        raise InputError(FieldError(column.key, wrong.code, wrong.params)) from None


def _text(column: SheetColumn, cell: Cell) -> str:
    text = shown(cell).strip("\ufeff \t\r\n\u3000")
    require_visible(column.key, text)
    return text


def _code(column: SheetColumn, cell: Cell) -> str:
    if damaged(cell):
        raise InputError.of(column.key, "sheets.damaged_number")
    return plain_text(_text(column, cell))


def _digits(column: SheetColumn, cell: Cell) -> str:
    text = plain_text(shown(cell))
    if not (text.isascii() and text.isdigit()) or len(text) > column.digits:
        example = column.example or "1".zfill(column.digits)
        raise InputError.of(column.key, "sheets.digits", digits=column.digits, example=example)
    return text.zfill(column.digits)


def _phone(column: SheetColumn, cell: Cell) -> str:
    # Eleven digits that start with 1 survive as a number; a landline loses its leading zero.
    text = shown(cell)
    mobile = len(text) == 11 and text.startswith("1")
    if isinstance(cell, (int, float)) and not mobile:
        raise InputError.of(column.key, "sheets.damaged_number")
    return plain_text(_text(column, text))


def number_text(cell: Cell) -> str:
    """The digits of a number as a person sees it, without exponent and binary noise."""
    if isinstance(cell, float):
        digits = _SIGNIFICANT if abs(cell) < _LARGE else _OF_LARGE
        return f"{Decimal(format(cell, digits)):f}"
    return shown(cell)


def _date(column: SheetColumn, cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and len(shown(cell)) != 8:
        raise InputError.of(column.key, "sheets.date_number")
    return parse_date(shown(cell))


def _bool(column: SheetColumn, cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = shown(cell).strip().lower()
    if text in {"是", "y", "yes", "true", "1", "√", "有"}:
        return True
    if text in {"否", "n", "no", "false", "0", "×", "无"}:
        return False
    raise InputError.of(column.key, "sheets.bool")


def _choice(column: SheetColumn, cell: Cell) -> str:
    text = plain_text(shown(cell))
    for stored, title in (*column.choices, *column.also):
        if text in {stored, plain_text(title)}:
            return stored
    titles = "、".join(title for _stored, title in column.choices)
    raise InputError.of(column.key, "sheets.choice", value=text, choices=titles)


_READERS: Mapping[str, Callable[[SheetColumn, Cell], object]] = {
    "text": _text,
    "code": _code,
    "digits": _digits,
    "phone": _phone,
    "date": _date,
    "bool": _bool,
    "choice": _choice,
    "int": lambda _c, cell: int(exact_decimal(number_text(cell), decimals=0, negative=True)),
    "decimal": lambda _c, cell: exact_decimal(number_text(cell), decimals=9, negative=True),
    "area_ha": lambda _c, cell: Area.from_ha(number_text(cell)),
    "area_mu": lambda _c, cell: Area.from_mu(number_text(cell)),
    "volume": lambda _c, cell: Volume.parse(number_text(cell)),
    "tonnes": lambda _c, cell: Tonnes.parse(number_text(cell)),
    "money": lambda _c, cell: Money.parse(number_text(cell)),
}
