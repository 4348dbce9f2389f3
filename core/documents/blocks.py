"""Blocks that flow down the pages, each drawn by one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.documents import fonts, sketch, text
from core.documents.facts import holds
from core.documents.layout import (
    COLOURS,
    PADDING,
    SIZES,
    Cell,
    Sheet,
    draw_cell,
    draw_lines,
    set_cell,
    set_value,
    style,
)
from core.documents.pdf import MM
from core.documents.templates import (
    Checks,
    Closing,
    Flow,
    Form,
    Items,
    Overflow,
    Page,
    PageBreak,
    Signatories,
    Signatures,
    Sketch,
    Space,
    Table,
    Text,
)
from core.documents.text import Line, Style

CELL = Style("song", 10.5, 15.0, "left")
SEAL = 45 * MM
_WITH_HEADING = 25 * MM
_NUMBER = 11 * MM
#: White around a code in a row: nearly four of its squares.
_QUIET = 1.8 * MM
_BEFORE_CELLS = 1.5 * MM
#: A sketch may become this much smaller rather than leave the rest of a page empty.
_SHRUNK = 0.6
_TITLES = {
    "title": (Style("song-bold", 22, 34, "center"), 0.0, 22.0),
    "subtitle": (Style("song", 12, 18, "center"), 0.0, 8.0),
    "heading": (Style("hei", 12, 22, "left"), 0.0, 0.0),
    "note": (Style("kai", 10.5, 16, "left"), 4.0, 0.0),
}


def draw(sheet: Sheet, flow: Sequence[Flow]) -> None:
    """Draw blocks from the cursor down, going on to new pages as needed."""
    shown = [block for block in flow if holds(getattr(block, "when", ""), sheet.facts)]
    for n, block in enumerate(shown):
        sheet.tail = _tail(sheet, shown[n + 1 :])
        sheet.keep = _least(shown[n + 1 : n + 2])
        _DRAW[type(block)](sheet, block)


def _least(following: Sequence[Flow]) -> float:
    """How much of the next block a heading takes with it."""
    if following and isinstance(following[0], Sketch):
        return following[0].height * MM * _SHRUNK
    return _WITH_HEADING


def _tail(sheet: Sheet, following: Sequence[Flow]) -> float:
    """Height of what is signed and follows at once: it never stands alone on a page (GB/T 9704)."""
    height, signed = 0.0, False
    for block in following:
        if isinstance(block, Space):
            height += block.height * MM
        elif isinstance(block, Signatures):
            height += _signatures_height(block)
            signed = True
        elif isinstance(block, Closing):
            return height + _closing_height(sheet, block)
        else:
            break
    return height if signed else 0.0


def _text(sheet: Sheet, block: Text) -> None:
    base, before, after = _TITLES.get(block.type, (sheet.body, 0.0, 0.0))
    look = style(block, base)
    words = sheet.fill(block.text)
    if not words.strip():
        return
    if look.font == "hei":  # a heading: it stays with what follows
        sheet.need(look.leading + sheet.keep)
    sheet.y -= block.before * MM or before
    wrap = text.balanced if look.align == "center" else text.wrap
    lines = wrap(words, look, sheet.room)
    for n, line in enumerate(lines):
        sheet.need(_together(n, len(lines)) * look.leading + _last(n, len(lines), sheet.tail))
        draw_lines(sheet.surface, [line], look, (sheet.left, sheet.y, sheet.room))
        sheet.y -= look.leading
    sheet.y -= block.after * MM or after


def _together(number: int, total: int) -> int:
    """How many lines stay together from this one on: no single line at the foot or head of a page."""
    if number == 0 or number == total - 2:
        return min(2, total - number)
    return 1


def _last(number: int, total: int, tail: float) -> float:
    """The room for what must follow, asked for with the last two lines or rows."""
    return tail if number >= total - 2 else 0.0


def _widths(shares: list[float], room: float) -> list[float]:
    return [room * share / sum(shares) for share in shares]


def _number_width(look: Style) -> float:
    """The width of the column 序号: its heading stays on one line."""
    return max(_NUMBER, fonts.width("hei", "序号", look.size) + 2 * PADDING + 0.1)


def _table(sheet: Sheet, block: Table) -> None:
    look = replace(style(block, CELL), indent=0)
    shares = [column.width for column in block.columns]
    number = _number_width(look) if block.number else 0.0
    widths = [*([number] if block.number else []), *_widths(shares, sheet.room - number)]
    titles = [column.title for column in block.columns]
    head = replace(look, font="hei", align="center")
    header = [
        set_cell(title, head, width)
        for title, width in zip(["序号", *titles] if block.number else titles, widths, strict=True)
    ]
    rows: list[Mapping[str, Any]] = list(sheet.facts.get(block.rows) or [])
    blank: list[Mapping[str, Any]] = [{}] * max(0, block.min_rows - len(rows))
    sheet.y -= _BEFORE_CELLS
    sheet.need(2 * block.row_height * MM)  # a header does not stand alone
    _row(sheet, header, widths, block.row_height * MM)
    total = len(rows) + len(blank)
    for n, row in enumerate([*rows, *blank]):
        cells = _cells(block, row, n + 1, widths, look)
        height = max(block.row_height * MM, *(cell.height for cell in cells))
        after = sheet.tail + 3 * MM if sheet.tail and n == total - 1 else 0.0
        if sheet.y - height - after < sheet.bottom:
            sheet.new_page()
            _row(sheet, header, widths, block.row_height * MM)
        _row(sheet, cells, widths, height)
        _codes(sheet, block, row, widths, height)
    sheet.y -= 3 * MM


def spans(page: Page, block: Table) -> dict[str, tuple[float, float]]:
    """Left edge and width of each column of a table on its page, in points, by key."""
    left = page.margins[3] * MM
    room = SIZES[page.size][0] - (page.margins[1] + page.margins[3]) * MM
    number = _number_width(style(block, CELL)) if block.number else 0.0
    left, room = left + number, room - number
    found = {}
    widths = _widths([column.width for column in block.columns], room)
    for column, width in zip(block.columns, widths, strict=True):
        found[column.key] = (left, width)
        left += width
    return found


def code_side(block: Table, width: float) -> float:
    """Side of a code in a column of this width, in points; around it stays a quiet zone."""
    return min(width, block.row_height * MM) - 2 * _QUIET


def _codes(
    sheet: Sheet, block: Table, row: Mapping[str, Any], widths: list[float], height: float
) -> None:
    """The codes of a row that was just drawn, each in the middle of its cell."""
    from core.documents.placed import draw_code

    left = sheet.left
    keys = [*([""] if block.number else []), *(c.key if c.code else "" for c in block.columns)]
    for key, width in zip(keys, widths, strict=True):
        words = str(row.get(key) or "")
        if words:
            side = code_side(block, width)
            below = sheet.y + (height - side) / 2
            draw_code(sheet.surface, words, (left + (width - side) / 2, below, side))
        left += width


def _cells(
    block: Table, row: Mapping[str, Any], number: int, widths: list[float], look: Style
) -> list[Cell]:
    values = [("" if c.code else str(row.get(c.key) or ""), c.align) for c in block.columns]
    if block.number:
        values.insert(0, (str(number) if row else "", "center"))
    return [
        set_cell(value, replace(look, align=align), width)
        for (value, align), width in zip(values, widths, strict=True)
    ]


def _row(sheet: Sheet, cells: list[Cell], widths: list[float], least: float) -> None:
    height = max(least, *(cell.height for cell in cells))
    sheet.need(height)
    x = sheet.left
    for cell, width in zip(cells, widths, strict=True):
        draw_cell(sheet.surface, cell, (x, sheet.y - height, width, height))
        x += width
    sheet.y -= height


def _form(sheet: Sheet, block: Form) -> None:
    sheet.y -= _BEFORE_CELLS
    for n in range(len(block.rows)):
        cells = form_row(sheet, block, n, sheet.room)
        least = (block.heights[n] if n < len(block.heights) else block.row_height) * MM
        _row(sheet, [cell for cell, _ in cells], [width for _, width in cells], least)
    sheet.y -= 3 * MM


def form_row(sheet: Sheet, block: Form, number: int, room: float) -> list[tuple[Cell, float]]:
    """Set one row of a form: (cell, width) from left to right, labels at even places."""
    row = block.rows[number]
    widths = _widths(list(block.widths), room)
    spans = [*widths[: len(row) - 1], sum(widths[len(row) - 1 :])]
    label = Style(block.label_font, block.label_size, block.label_size * 1.25, "center")
    value = replace(style(block, CELL), indent=0)
    cells = []
    for n, (words, width) in enumerate(zip(row, spans, strict=True)):
        if n % 2 == 0:
            cells.append((set_cell(sheet.fill(words), label, width), width))
            continue
        stands_out = row[n - 1] in block.emphasis
        look = _emphasised(value) if stands_out else value
        filled = sheet.fill(words)
        limits = (block.smallest, 0 if stands_out else block.lines)
        cell, moved = set_value(filled, look, width, limits)
        if moved:
            sheet.overflow.append((row[n - 1].replace("\n", ""), filled))
        cells.append((cell, width))
    return cells


def _emphasised(look: Style) -> Style:
    return replace(look, font="song-bold", size=look.size + 2, leading=(look.size + 2) * 1.4)


def tick_box(sheet: Sheet, x: float, y: float, size: float, *, ticked: bool) -> None:
    """A box to tick, drawn: no font of ours has the ticked one."""
    sheet.surface.rectangle((x, y, size, size), 0.7)
    if ticked:
        sheet.surface.raw(
            f"1.3 w 1 J {x + size * 0.2:.2f} {y + size * 0.52:.2f} m "
            f"{x + size * 0.42:.2f} {y + size * 0.24:.2f} l "
            f"{x + size * 0.84:.2f} {y + size * 0.86:.2f} l S 0 J"
        )


def _checks(sheet: Sheet, block: Checks) -> None:
    look = replace(style(block, sheet.body), indent=0)
    hang = look.size * 1.5
    start = sheet.left + look.size * 2
    for option in block.options:
        room = sheet.room - look.size * 2 - hang
        for n, line in enumerate(text.wrap(sheet.fill(option.text), look, room)):
            sheet.need(look.leading)
            sheet.surface.colour(look.colour)
            if n == 0:
                side = look.size * 0.78
                tick_box(
                    sheet,
                    start,
                    sheet.y - look.leading / 2 - side / 2,
                    side,
                    ticked=holds(option.when, sheet.facts),
                )
            draw_lines(sheet.surface, [line], look, (start + hang, sheet.y, room))
            sheet.y -= look.leading


def _items(sheet: Sheet, block: Items) -> None:
    entries = list(sheet.facts.get(block.rows) or [])
    look = replace(style(block, sheet.body), indent=0)
    start = sheet.left + look.size * 2
    # Numbers stand below the first one, which follows the label (GB/T 9704, 7.3.4), and what they
    # number below each other.
    numbers = [f"{n + 1}．" if len(entries) > 1 else "" for n in range(len(entries))]
    after = fonts.width(look.font, block.label, look.size)
    hang = after + max((fonts.width(look.font, one, look.size) for one in numbers), default=0.0)
    room = sheet.room - look.size * 2 - hang
    for n, entry in enumerate(entries):
        head = numbers[n] if n else block.label + numbers[n]
        place = start + after if n else start
        lines = text.wrap(str(entry), look, room)
        for at, line in enumerate(lines):
            last = n == len(entries) - 1 and at == len(lines) - 1
            sheet.need(look.leading + (sheet.tail if last else 0.0))
            if at == 0:
                width = fonts.width(look.font, head, look.size)
                lead = [Line(head, 0, ends=True)]
                draw_lines(sheet.surface, lead, look, (place, sheet.y, width + 1))
            draw_lines(sheet.surface, [line], look, (start + hang, sheet.y, room))
            sheet.y -= look.leading


_STEP = 12 * MM
_BELOW_SIGNATURES = 4 * MM
#: A label longer than its place shrinks to this size, and then wraps.
_SMALLEST_LABEL = 8.0


def _signatures_height(block: Signatures) -> float:
    return -(-len(block.labels) // block.columns) * _STEP + _BELOW_SIGNATURES


def _signatures(sheet: Sheet, block: Signatures) -> None:
    look = replace(style(block, replace(sheet.body, size=12, leading=18)), indent=0, align="left")
    width = sheet.room / block.columns
    rows = -(-len(block.labels) // block.columns)
    for n, words in enumerate(block.labels):
        column = n % block.columns
        if column == 0:
            sheet.need(_STEP + (sheet.tail if n // block.columns == rows - 1 else 0.0))
            sheet.y -= _STEP
        _signature_label(sheet, sheet.fill(words), look, (sheet.left + column * width, width))
    sheet.y -= _BELOW_SIGNATURES


def _signature_label(sheet: Sheet, label: str, look: Style, place: tuple[float, float]) -> None:
    """A label with its line to sign on; a value that is printed has no line."""
    x, width = place
    room = width - 5 * MM
    smaller = text.shrunk(label, look, room, _SMALLEST_LABEL)
    lines = text.wrap(label, replace(smaller, leading=smaller.size * 1.3), room)
    sheet.surface.colour(look.colour)
    for n, line in enumerate(lines):
        y = sheet.y + 2 * MM + (len(lines) - 1 - n) * smaller.size * 1.3
        sheet.surface.text((x, y), look.font, smaller.size, line.text)
    after = x + fonts.width(look.font, lines[-1].text, smaller.size) + 1 * MM
    if (label.endswith("：") or "：" not in label) and len(lines) == 1:
        sheet.surface.line(after, sheet.y + 1 * MM, x + room, sheet.y + 1 * MM, 0.5)


def _signatories(sheet: Sheet, block: Signatories) -> None:
    """Each one's box above its title, in the order of signing from left to right."""
    shown = sheet.shown
    if not shown:
        return
    look = replace(style(block, replace(sheet.body, size=10.5, leading=16)), indent=0)
    look = replace(look, align="center")
    gap = 6 * MM
    width = min(62 * MM, (sheet.room - gap * (len(shown) - 1)) / len(shown))
    sheet.need(block.height * MM + look.leading + 2 * MM)
    below = sheet.y - block.height * MM
    left = sheet.left + (sheet.room - len(shown) * width - gap * (len(shown) - 1)) / 2
    for n, one in enumerate(shown):
        x = left + n * (width + gap)
        sheet.surface.colour(COLOURS["faint"])
        sheet.surface.rectangle((x, below, width, block.height * MM), 0.3)
        sheet.field(one.role, (x, below, width, block.height * MM))
        draw_lines(sheet.surface, text.wrap(one.title, look, width), look, (x, below, width))
    sheet.y = below - look.leading - 2 * MM


def _closing_height(sheet: Sheet, block: Closing) -> float:
    look, _room, lines = _closing_lines(sheet, block)
    written = len(lines) * look.leading
    words = len(signature_words(sheet)) * 11 + 0.4 * look.leading
    # Lines stand in the middle of the space, who signed below them.
    return max(SEAL if block.seal else 3 * look.leading, written + 2 * words)


def _closing_lines(sheet: Sheet, block: Closing) -> tuple[Style, float, list[Line]]:
    look = replace(style(block, sheet.body), indent=0, align="center")
    room = sheet.room - look.size * 4
    office = text.balanced(sheet.fill(block.office), look, room)
    return look, room, [*office, *text.wrap(sheet.fill(block.date), look, room)]


def _closing(sheet: Sheet, block: Closing) -> None:
    """落款: office and date to the right, four characters from the edge (GB/T 9704, 7.3.5)."""
    look, room, lines = _closing_lines(sheet, block)
    space = _closing_height(sheet, block)
    sheet.need(space)
    width = max(fonts.width(look.font, line.text, look.size) for line in lines)
    left = sheet.left + room - width
    top = sheet.y - (space - len(lines) * look.leading) / 2
    draw_lines(sheet.surface, lines, look, (left, top, width))
    _below_date(sheet, left + width / 2, top - (len(lines) + 0.2) * look.leading)
    sheet.y -= space


def _below_date(sheet: Sheet, centre: float, y: float) -> None:
    """Who signed electronically, and that it is a test certificate where it is one."""
    for line, colour in signature_words(sheet):
        sheet.surface.colour(COLOURS[colour])
        width = fonts.width("kai", line, 8.5)
        y -= 11
        # Below a short name, the long one of a signer still ends where the text does.
        x = min(centre - width / 2, sheet.left + sheet.room - width)
        sheet.surface.text((x, y), "kai", 8.5, line)


def signature_words(sheet: Sheet) -> list[tuple[str, str]]:
    """The lines that stand beside a seal space, each with its colour."""
    words = [(f"数字签名：{sheet.marks.signer}", "grey")] if sheet.marks.signer else []
    if sheet.marks.test_certificate:
        words.append(("测试证书，不具法律效力", "red"))
    return words


def _space(sheet: Sheet, block: Space) -> None:
    height = block.height * MM
    sheet.need(height)
    if block.rule:
        sheet.surface.colour(COLOURS["black"])
        middle = sheet.y - height / 2
        sheet.surface.line(sheet.left, middle, sheet.left + sheet.room, middle, 0.5)
    sheet.y -= height


def _page_break(sheet: Sheet, block: PageBreak) -> None:  # noqa: ARG001 - one shape for all
    sheet.new_page()


def _sketch(sheet: Sheet, block: Sketch) -> None:
    height = block.height * MM
    if sheet.y - sheet.bottom < height * _SHRUNK:
        sheet.new_page()
    height = min(height, sheet.y - sheet.bottom)
    sketch.draw(
        sheet.surface,
        sheet.facts.get(block.rows) or [],
        (sheet.left, sheet.y - height, sheet.room, height),
    )
    sheet.y -= height + PADDING * 2


def _overflow(sheet: Sheet, block: Overflow) -> None:
    look = replace(style(block, CELL), indent=0)
    for title, words in sheet.overflow:
        heading = replace(look, font="hei")
        for part, part_look in ((f"{title}{block.title}", heading), (words, look)):
            for line in text.wrap(part, part_look, sheet.room):
                sheet.need(part_look.leading)
                draw_lines(sheet.surface, [line], part_look, (sheet.left, sheet.y, sheet.room))
                sheet.y -= part_look.leading
        sheet.y -= PADDING
    sheet.overflow.clear()


_DRAW: dict[type, Callable[[Sheet, Any], None]] = {
    Text: _text,
    Table: _table,
    Form: _form,
    Checks: _checks,
    Items: _items,
    Signatures: _signatures,
    Signatories: _signatories,
    Closing: _closing,
    Space: _space,
    PageBreak: _page_break,
    Sketch: _sketch,
    Overflow: _overflow,
}
