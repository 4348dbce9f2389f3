"""The empty workbook of an import: styled headers, choices as lists, and a sheet that explains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.sheets.files import replacing
from core.sheets.spec import HELP_SHEET, TEXT_KINDS, ImportKind, SheetColumn, SheetSpec

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Rows that get lists and formats; more rows may be pasted below.
_PREPARED_ROWS = 2000
#: A list written into the validation itself may have 255 characters; longer ones need cells.
_LIST_LIMIT = 250
_CHOICES_SHEET = "选项"

_KIND_NAMES = {
    "text": "文字",
    "code": "长数字（文本格式）",
    "digits": "数字编码（文本格式）",
    "phone": "电话号码（文本格式）",
    "int": "整数",
    "decimal": "数字",
    "area_ha": "公顷，至多 4 位小数",
    "area_mu": "亩，至多 2 位小数",
    "volume": "立方米，至多 2 位小数",
    "tonnes": "吨，至多 2 位小数",
    "money": "元，至多 2 位小数",
    "date": "日期，如 2026-11-22",
    "bool": "是／否",
    "choice": "从下拉列表选择",
}
_NUMBER_FORMATS = {
    "area_ha": "0.0000",
    "area_mu": "0.00",
    "volume": "#,##0.00",
    "tonnes": "#,##0.00",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "int": "0",
}

HEADER_FILL = "DDEBDA"
REQUIRED_FILL = "F6E3B4"
FONT = "微软雅黑"


def write_template(kind: ImportKind, path: Path) -> None:
    """Write the empty workbook of `kind`; loading it unchanged counts as no import.

    Raises:
        EnvironmentFault: the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for spec in kind.sheets:
        _write_sheet(book, spec)
    _write_help(book, kind)
    book.active = 0
    book.properties.creator = "林碳台"
    book.properties.title = kind.key
    with replacing(path) as temporary:
        book.save(temporary)


def _write_sheet(book: Workbook, spec: SheetSpec) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(spec.name)
    for place, column in enumerate(spec.columns, start=1):
        cell = sheet.cell(1, place, column.header + ("*" if column.required else ""))
        style_header(cell, required=column.required)
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.width = _width(column)
        dimension.number_format = _number_format(column)
        for row in range(2, 52):
            # Column formats alone are lost when WPS pastes into empty cells.
            sheet.cell(row, place).number_format = _number_format(column)
        _add_choices(book, sheet, column, letter)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(spec.columns))}1"
    sheet.row_dimensions[1].height = 24
    set_up_print(sheet)


def style_header(cell: Any, *, required: bool) -> None:
    """The look of a header cell; required columns have their own colour."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="9BB39A")
    cell.font = Font(name=FONT, size=10, bold=True)
    cell.fill = PatternFill("solid", fgColor=REQUIRED_FILL if required else HEADER_FILL)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = Border(left=line, right=line, top=line, bottom=line)


def set_up_print(sheet: Worksheet) -> None:
    """A4 across, one page wide, headers on every page, page numbers."""
    from openpyxl.worksheet.header_footer import HeaderFooter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.HeaderFooter = HeaderFooter()
    odd: Any = sheet.HeaderFooter.oddFooter
    odd.center.text = "第 &P 页，共 &N 页"


def _width(column: SheetColumn) -> float:
    longest = max(len(column.header) * 2 + 3, _shown_width(column.example) + 2)
    return float(min(max(longest, 10), 40))


def _shown_width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _number_format(column: SheetColumn) -> str:
    return "@" if column.kind in TEXT_KINDS else _NUMBER_FORMATS.get(column.kind, "General")


def _titles(column: SheetColumn) -> list[str]:
    if column.kind == "bool":
        return ["是", "否"]
    return [title for _stored, title in column.choices]


def _add_choices(book: Workbook, sheet: Worksheet, column: SheetColumn, letter: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    titles = _titles(column)
    if not titles:
        return
    joined = ",".join(titles)
    plain = len(joined) <= _LIST_LIMIT and not any("," in title or '"' in title for title in titles)
    formula = f'"{joined}"' if plain else _choice_cells(book, column, titles)
    rule = DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=column.header,
        error="请从下拉列表中选择。",
    )
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_PREPARED_ROWS}")


def _choice_cells(book: Workbook, column: SheetColumn, titles: list[str]) -> str:
    from openpyxl.utils import get_column_letter

    if _CHOICES_SHEET in book.sheetnames:
        sheet = book[_CHOICES_SHEET]
        place = sheet.max_column + 1
    else:
        sheet = book.create_sheet(_CHOICES_SHEET)
        sheet.sheet_state = "hidden"
        place = 1
    for row, title in enumerate([column.header, *titles], start=1):
        sheet.cell(row, place, title)
    letter = get_column_letter(place)
    return f"'{_CHOICES_SHEET}'!${letter}$2:${letter}${len(titles) + 1}"


def _write_help(book: Workbook, kind: ImportKind) -> None:
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(HELP_SHEET)
    notes = (
        *kind.note,
        "带 * 的列必填。列的次序可以变动，列名不要改动；不需要的选填列可以删除。",
        "证件号码、信用代码、证书号等长数字必须是文本格式；变成 1.23E+17 的号码已经损坏，须照原件重录。",
        "导入前先“试导入”：所有问题一次列出，全部改正后才会写入，不会只导入一半。",
    )
    for row, note in enumerate(notes, start=1):
        cell = sheet.cell(row, 1, note)
        cell.font = Font(name=FONT, size=10)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
        sheet.row_dimensions[row].height = 30
    headers = ("工作表", "列名", "必填", "格式", "说明", "示例")
    start = len(notes) + 2
    for place, header in enumerate(headers, start=1):
        style_header(sheet.cell(start, place, header), required=False)
    _write_help_lines(sheet, kind, start + 1)
    for letter, width in zip("ABCDEF", (14, 20, 8, 24, 48, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    set_up_print(sheet)
    sheet.print_title_rows = None


def _write_help_lines(sheet: Worksheet, kind: ImportKind, row: int) -> None:
    from openpyxl.styles import Alignment, Font

    for spec in kind.sheets:
        for column in spec.columns:
            choices = "、".join(_titles(column)) if column.kind == "choice" else ""
            explained = "；".join(text for text in (column.help, choices) if text)
            line = (
                spec.name,
                column.header,
                "必填" if column.required else "",
                _KIND_NAMES[column.kind],
                explained,
                column.example,
            )
            for place, value in enumerate(line, start=1):
                cell = sheet.cell(row, place)
                cell.value = value
                cell.data_type = "s"
                cell.font = Font(name=FONT, size=10)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            row += 1
