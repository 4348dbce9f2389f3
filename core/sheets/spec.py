"""What an importable workbook looks like, declared once per capability."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal[
    "text",
    "code",
    "digits",
    "phone",
    "int",
    "decimal",
    "area_ha",
    "area_mu",
    "volume",
    "tonnes",
    "money",
    "date",
    "bool",
    "choice",
]

#: Kinds whose cells are text in templates and exports: a spreadsheet would damage them as numbers.
TEXT_KINDS = frozenset({"text", "code", "digits", "phone"})

#: The column that `write_errors` adds; ignored when the corrected workbook is loaded again.
ERROR_HEADER = "错误说明"
#: The explanation sheet of a template; never read.
HELP_SHEET = "说明"

DEFAULT_MAX_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """One column.

    Attributes:
        key: name of the value.
        header: the Chinese header text.
        kind: how cells are read. `code` is a long number that must be text (a numeric cell is
            refused as damaged); `digits` is a short zero-padded number of `digits` characters.
        required: whether every row needs it.
        help: what to write, for the explanation sheet (Chinese, as all of a template).
        example: a cell as it should be.
        choices: stored value and Chinese text of a `choice`.
        also: stored value and another word for it, read but not offered.
        digits: how many characters a `digits` cell has.
        aliases: other headers under which the column is recognised.
    """

    key: str
    header: str
    kind: ColumnKind = "text"
    required: bool = False
    help: str = ""
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    digits: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetSpec:
    """One sheet: its name and columns. A workbook without an optional sheet is complete."""

    name: str
    columns: tuple[SheetColumn, ...]
    optional: bool = False

    def column(self, key: str) -> SheetColumn:
        """The column of that key; KeyError if there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """One kind of workbook that can be imported.

    Attributes:
        key: name on the command line.
        title: title on the screen, marked with `N_`.
        sheets: its sheets.
        note: paragraphs at the head of the explanation sheet (Chinese).
        max_rows: rows allowed per sheet.
    """

    key: str
    title: str
    sheets: tuple[SheetSpec, ...]
    note: tuple[str, ...] = ()
    max_rows: int = DEFAULT_MAX_ROWS

    def sheet(self, name: str) -> SheetSpec:
        """The sheet of that name; KeyError if there is none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def normal_header(text: object) -> str:
    """A header as it is compared: narrow, without blanks, stars and remarks on filling in.

    A unit in brackets stays: 面积（亩） must never be taken for 面积（公顷）.
    """
    narrow = unicodedata.normalize("NFKC", str(text)).lower()
    return re.sub(r"\s|\*|\((必填|选填|可选|非必填|文本|文本格式)\)", "", narrow)


def header_names(column: SheetColumn) -> set[str]:
    """Every normal form under which a column is recognised."""
    return {normal_header(name) for name in (column.header, column.key, *column.aliases)}
