"""Attachments of the sample office: small scans as an applicant hands them in, marked 培训样张."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from core.documents import fonts

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from reportlab.pdfgen.canvas import Canvas

#: A4 at 75 dpi: readable, and a sample database stays small.
_PAGE = (620, 877)
_MARK = "培训样张"


@cache
def _font(name: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(fonts.folder() / fonts.FILES[name]), size)


def write(draw: ImageDraw, at: tuple[int, int], line: str, size: int, ink: int) -> None:
    """Write a line, each character in a font that has it; `at` is its upper left corner."""
    x = float(at[0])
    for name, run in fonts.runs("song", line):
        font = _font(name, size)
        draw.text((x, at[1]), run, font=font, fill=ink)
        x += font.getlength(run)


def _page(title: str, lines: Sequence[str]) -> Image:
    from PIL import Image, ImageDraw

    page = Image.new("L", _PAGE, 252)
    draw = ImageDraw.Draw(page)
    for at in range(120, 800, 260):
        write(draw, (180, at), _MARK, 64, 236)
    write(draw, (max(40, 310 - 12 * len(title)), 60), title, 24, 20)
    at = 130
    for line in lines:
        for start in range(0, max(1, len(line)), 32):
            write(draw, (60, at), line[start : start + 32], 16, 45)
            at += 28
    draw.rectangle((30, 30, _PAGE[0] - 30, _PAGE[1] - 30), outline=150)
    return page


def scan(title: str, lines: Sequence[str], pages: int = 1) -> bytes:
    """A PDF of scanned pages.

    Args:
        title: heading of the first page.
        lines: its text; long lines wrap.
        pages: how many pages the paper has; the further ones carry their number only.
    """
    images = [_page(title, lines)]
    images += [_page(f"{title}（续）", [f"第 {page} 页"]) for page in range(2, pages + 1)]
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", save_all=True, append_images=images[1:], resolution=75.0)
    return buffer.getvalue()


def photo(caption: str, seed: int) -> bytes:
    """A JPEG standing for a photo of a site visit: hills, trees, a caption."""
    from PIL import Image, ImageDraw

    chance = random.Random(seed)  # noqa: S311 - a drawing
    picture = Image.new("RGB", (640, 420), (206, 222, 232))
    draw = ImageDraw.Draw(picture)
    for layer, green in enumerate((150, 120, 95)):
        base = 190 + 60 * layer
        heights = [base + chance.randint(-30, 30) for _step in range(9)]
        hill = [(0, 420), *((80 * at, height) for at, height in enumerate(heights)), (640, 420)]
        draw.polygon(hill, fill=(60, green, 70))
    for _tree in range(40):
        x, y = chance.randint(0, 640), chance.randint(300, 400)
        draw.polygon([(x - 9, y), (x, y - 34), (x + 9, y)], fill=(34, 78, 44))
    draw.rectangle((0, 388, 640, 420), fill=(250, 250, 246))
    at = 12.0
    for name, run in fonts.runs("song", f"{_MARK}　{caption}"):
        font = _font(name, 18)
        draw.text((at, 392), run, font=font, fill=(30, 30, 30))
        at += font.getlength(run)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def form(title: str, lines: Sequence[tuple[str, str]]) -> bytes:
    """A PDF of text, as a platform sends it: labels and values in two columns, marked 培训样张.

    No 监制章 and no form of a fiscal receipt is imitated.
    """
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 420), invariant=1)
    canvas.setTitle(title)
    _text(canvas, (60, 380), title, 16)
    for at, (label, value) in enumerate(lines):
        _text(canvas, (60, 345 - 26 * at), f"{label}：", 11)
        _text(canvas, (230, 345 - 26 * at), value, 11)
    _text(canvas, (60, 40), _MARK, 22)
    canvas.save()
    return buffer.getvalue()


def _text(canvas: Canvas, at: tuple[float, float], text: str, size: int) -> None:
    from reportlab.pdfbase import pdfmetrics

    x = at[0]
    for name, run in fonts.runs("song", text):
        font = fonts.load(name)
        if font.fontName not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(font)
        canvas.setFont(font.fontName, size)
        canvas.drawString(x, at[1], run)
        x += font.stringWidth(run, size)
