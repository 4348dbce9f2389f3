"""Overlay printing (套打): the data of an issued paper alone, for sheets that carry the rest.

Unsigned print data made from frozen facts; the signed paper stays what it is. The page is
pre-distorted by the calibration of printer and tray (see `core.documents.printers`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.documents import facts as facts_
from core.documents import fonts, placed
from core.documents.facts import holds, names_in
from core.documents.layout import COLOURS, LETTER, SIZES, Sheet, draw_content, style
from core.documents.pdf import MM, Metadata, PdfFile, Surface
from core.documents.press import Work
from core.documents.printers import DOWN, NEAR, RIGHT, Calibration
from core.documents.qr import QrKey
from core.documents.render import Job, qr_text
from core.documents.templates import Fixed, Page, PlacedForm, PlacedText, Qr, Template
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

MARK = "套打数据"


def can_overlay(template: Template) -> bool:
    """Whether a paper has anything at fixed places that pre-printed sheets could carry."""
    return any(_printed(element) for page in template.pages for element in page.fixed)


def draw(work: Work, calibration: Calibration, qr_key: QrKey | None = None) -> bytes:
    """The data of a paper, page for page of those with fixed places; annexes go on plain paper.

    With the office's QR key the code is printed too. Raises RuleViolation("overlay.nothing").
    """
    if not can_overlay(work.template):
        raise RuleViolation("overlay.nothing", title=work.template.title)
    facts = {**work.facts, **({"number": work.number} if work.number else {})}
    job = Job(work.template, work.facts, work.created, work.number, work.marks, qr_key)
    about = Metadata(
        title=f"{work.template.title} {work.number} {MARK}".strip(),
        number=work.number,
        record_hash=job.record_hash,
        template=f"{work.template.kind}/{work.template.version}",
        author=str(facts.get("office_name", "")),
        created=work.created,
        mark=MARK,
    )
    sheet = Sheet(
        PdfFile(about), facts, work.marks, qr_text(job), style(work.template.body, LETTER)
    )
    for page in work.template.pages:
        if page.fixed and facts_.holds(page.when, facts):
            _page(sheet, page, calibration)
    return sheet.pdf.save()


def _page(sheet: Sheet, page: Page, calibration: Calibration) -> None:
    sheet.page = page
    sheet.new_page()
    matrix = calibration.matrix(sheet.surface.height, MM)
    sheet.surface.raw("q {:.6f} {:.6f} {:.6f} {:.6f} {:.3f} {:.3f} cm".format(*matrix))
    for element in page.fixed:
        if _printed(element) and holds(element.when, sheet.facts):
            _DRAW[type(element)](sheet, element)
    sheet.surface.raw("Q")


def _printed(element: Fixed) -> bool:
    """Whether an element is data: not on the sheet already."""
    if element.preprinted:
        return False
    if isinstance(element, PlacedText):
        return bool(names_in(element.text))
    return isinstance(element, PlacedForm | Qr)


def _values(sheet: Sheet, element: PlacedForm) -> None:
    for is_value, cell, box in placed.cells(sheet, element):
        if is_value:
            draw_content(sheet.surface, cell, box)


_DRAW: dict[type, Callable[[Sheet, Any], None]] = {
    PlacedText: placed.draw,
    PlacedForm: _values,
    Qr: placed.draw,
}


# --- the calibration sheet ---------------------------------------------------------------------


def calibration_sheet(printer: str, tray: str, created: datetime, used: Calibration) -> bytes:
    """A ruler grid with three marks; the distances of mark A from the paper's edges are typed in.

    Printed through the calibration in use, a second sheet shows whether it is right.
    """
    pdf = PdfFile(Metadata("套打校准页", "", "", "calibration/1", "", created, "校准"))
    surface = pdf.page(*SIZES["A4"])
    matrix = used.matrix(surface.height, MM)
    surface.raw("q {:.6f} {:.6f} {:.6f} {:.6f} {:.3f} {:.3f} cm".format(*matrix))
    _grid(surface)
    for name, place in (("A", NEAR), ("B", RIGHT), ("C", DOWN)):
        _mark(surface, name, place)
    surface.raw("Q")
    words = (
        f"打印机：{printer or '—'}　纸盒：{tray or '—'}",
        "按实际大小（100%）打印，不要选“适合页面”。",
        "用直尺量十字 A 中心到纸张左边的距离（应为 20.0 毫米）和到上边的距离（应为 20.0 毫米），把这两个数填入程序。",
        "偏斜或大小也不准时，再量 B、C：到左边 190.0、20.0 毫米，到上边 20.0、277.0 毫米。",
    )
    surface.colour((1.0, 1.0, 1.0))
    top = surface.height - 54 * MM
    surface.fill((32 * MM, top - 9 * len(words) * MM, 172 * MM, 9 * len(words) * MM))
    surface.colour(COLOURS["black"])
    for n, line in enumerate(words):
        surface.text((35 * MM, surface.height - (60 + 9 * n) * MM), "song", 9.0, line)
    return pdf.save()


def _grid(surface: Surface) -> None:
    width, height = surface.width, surface.height
    for step in range(22):
        for major, x in ((True, step * 10.0), (False, step * 10.0 + 5)):
            if x * MM < width:
                surface.colour(COLOURS["grey" if major else "faint"])
                surface.line(x * MM, 0, x * MM, height, 0.2 if major else 0.08)
        surface.colour(COLOURS["black"])
        surface.text((step * 10 * MM + 1, height - 14 * MM), "song", 6.0, str(step * 10))
    for step in range(30):
        y = height - step * 10 * MM
        surface.colour(COLOURS["grey"])
        surface.line(0, y, width, y, 0.2)
        surface.colour(COLOURS["faint"])
        surface.line(0, y - 5 * MM, width, y - 5 * MM, 0.08)
        surface.colour(COLOURS["black"])
        surface.text((8 * MM, y + 1), "song", 6.0, str(step * 10))


def _mark(surface: Surface, name: str, place: tuple[float, float]) -> None:
    x, y = place[0] * MM, surface.height - place[1] * MM
    surface.colour(COLOURS["black"])
    arm = 7 * MM
    surface.line(x - arm, y, x + arm, y, 0.5)
    surface.line(x, y - arm, x, y + arm, 0.5)
    surface.circle(x, y, 3 * MM, 0.5)
    surface.text((x + 3 * MM, y + 3 * MM - fonts.MIDDLE), "hei", 12.0, name)


register(
    {
        "overlay.nothing": N_("{title} has nothing at fixed places; it is not printed on sheets."),
    }
)
