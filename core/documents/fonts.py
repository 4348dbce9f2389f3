"""Font roles of the papers, fall-back per character, and the check that nobody gets a box.

Roles are what a template names: song 宋, song-bold, hei 黑, kai 楷. Every role is a chain of font
files that ends in the font of rare characters. A character that no font of the chain has stops the
paper with an error that names it.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

FILES = {
    "song": "NotoSerifSC-Regular.ttf",
    "song-bold": "NotoSerifSC-Bold.ttf",
    "hei": "NotoSansSC-Bold.ttf",
    "kai": "LXGWWenKai-Regular.ttf",
    "rare": "HanaMinB.ttf",
}
#: role -> the fonts asked, in this order, for each character
CHAINS: dict[str, tuple[str, ...]] = {
    "song": ("song", "rare", "kai"),
    "song-bold": ("song-bold", "song", "rare", "kai"),
    "hei": ("hei", "song", "rare", "kai"),
    "kai": ("kai", "song", "rare"),
}
#: Distance of the baseline from the middle of an ideograph, in ems (all our fonts: 880/-120).
MIDDLE = 0.38

#: reportlab reads glyphs through one moving position per font object, so documents that are
#: finished at the same time in two threads would mix their outlines.
FINISHING = threading.Lock()

_VARIATION = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_SELECTORS = frozenset(map(chr, _VARIATION))
_DROP_SELECTORS = dict.fromkeys(_VARIATION)


@dataclass(frozen=True)
class GlyphWarning:
    """A character that prints, but perhaps not as its owner writes it."""

    kind: str  # "variation" or "private"
    character: str
    codepoint: str


def _to_unicode_cmap(fontname: str, subset: list[int]) -> str:
    """A ToUnicode CMap that is right for every plane.

    reportlab 5.1 writes U+2B1A6 as `<2B1A6>`, which readers take for other characters, and puts
    more than the allowed 100 entries in one block: rare names were drawn right, but copied and
    searched wrong. Values are UTF-16BE here; code 0 (.notdef) has no character.
    """
    pairs = [
        f"<{code:02X}> <{chr(value).encode('utf-16-be').hex().upper()}>"
        for code, value in enumerate(subset)
        if code and value
    ]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo << /Registry ({fontname}) /Ordering ({fontname}) /Supplement 0 >> def\n"
        f"/CMapName /{fontname} def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


#: Tables a reader of a PDF does not use (ISO 32000-1, 9.9); copyright texts in four languages.
_NOT_EMBEDDED = frozenset({"name", "OS/2"})


class _Slices:
    """Bytes of a table without copying the whole of it (the outlines of a font are 14 MB)."""

    def __init__(self, view: memoryview) -> None:
        self._view = view

    def __getitem__(self, part: slice) -> bytes:
        return bytes(self._view[part])


@cache
def _patched_font_class() -> type[TTFont]:
    """Reportlab's font class with its two faults repaired, in this one place."""
    from reportlab import rl_config
    from reportlab.pdfbase import ttfonts

    rl_config.useA85 = 0  # binary streams: ASCII85 costs time and a quarter more bytes
    rl_config.pdfComments = 0
    ttfonts.makeToUnicodeCMap = _to_unicode_cmap

    class LeanFace(ttfonts.TTFontFace):  # type: ignore[misc]  # reportlab ships no types
        def get_table(self, tag: str) -> Any:
            if tag in _NOT_EMBEDDED:
                raise KeyError(tag)  # makeSubset leaves out what is not there
            if tag != "glyf":
                return super().get_table(tag)
            start, length = self.get_table_pos(tag)
            return _Slices(memoryview(self._ttf_data)[start : start + length])

    class LeanFont(ttfonts.TTFont):  # type: ignore[misc]
        def __init__(self, name: str, filename: str) -> None:
            super().__init__(name, filename, asciiReadable=0, shapable=False)
            self.face = LeanFace(filename)

    font_class: type[TTFont] = LeanFont
    return font_class


def folder() -> Path:
    """Where the font files of the program are."""
    import resources

    return Path(resources.__file__).parent / "fonts"


_LOADED: dict[str, TTFont] = {}
_LOADING = threading.Lock()


def load(font: str) -> TTFont:
    """The parsed font file of one member of `FILES`; parsed once per process.

    Two objects of one font in a document would give its subsets the same name: hence the lock.
    """
    found = _LOADED.get(font)
    if found is not None:
        return found
    with _LOADING:
        if font not in _LOADED:
            path = str(folder() / FILES[font])
            _LOADED[font] = _patched_font_class()(f"lintan-{font}", path)
        return _LOADED[font]


#: role -> character -> (font, advance in ems); filled as characters are met
_METRICS: dict[str, dict[str, tuple[str, float]]] = {role: {} for role in CHAINS}


def _look_up(role: str, character: str) -> tuple[str, float]:
    code = ord(character)
    for font in CHAINS[role]:
        face = load(font).face
        if code in face.charToGlyph:
            found = (font, face.charWidths[code] / 1000)
            _METRICS[role][character] = found
            return found
    raise missing_glyph(character)


def missing_glyph(character: str) -> RuleViolation:
    """The error that stops a paper because no font of ours has `character`."""
    private = unicodedata.category(character) == "Co"
    return RuleViolation(
        "documents.private_glyph" if private else "documents.missing_glyph",
        character=character if unicodedata.category(character)[0] not in "CZ" else "",
        codepoint=f"U+{ord(character):04X}",
    )


def clean(text: str) -> str:
    """The text as it is drawn: composed, without variation selectors; one kind of line end."""
    text = text.replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_DROP_SELECTORS)


def measure(role: str, character: str) -> tuple[str, float]:
    """Which font draws the character, and its advance in ems.

    Raises RuleViolation("documents.missing_glyph" | "documents.private_glyph").
    """
    return _METRICS[role].get(character) or _look_up(role, character)


def width(role: str, text: str, size: float, tracking: float = 0.0) -> float:
    """Width of a line in points, with `tracking` points between characters."""
    if not text:
        return 0.0
    return sum(measure(role, c)[1] for c in text) * size + tracking * (len(text) - 1)


def runs(role: str, text: str) -> Iterator[tuple[str, str]]:
    """Split a line into (font, text) runs by the fall-back chain of the role."""
    current, pending = "", ""
    for character in text:
        font = measure(role, character)[0]
        if font != current and pending:
            yield current, pending
            pending = ""
        current = font
        pending += character
    if pending:
        yield current, pending


def check(text: str) -> list[GlyphWarning]:
    """Raise for the first character no font has; return warnings for doubtful ones.

    A variation selector asks for a special form of an ideograph that our fonts do not draw; a
    private-use character means different things on different machines.
    """
    doubtful = [
        GlyphWarning("variation" if c in _SELECTORS else "private", c, f"U+{ord(c):04X}")
        for c in text
        if c in _SELECTORS or unicodedata.category(c) == "Co"
    ]
    for character in clean(text).replace("\n", ""):
        measure("song", character)
    return doubtful


register(
    {
        "documents.missing_glyph": N_(
            "No font of the program has the character {character} ({codepoint}). The paper was not "
            "made, so that nobody gets a box instead of a name. Check the spelling; if it is right, "
            "tell the administrator the code."
        ),
        "documents.private_glyph": N_(
            "The character {codepoint} is a private one that other machines draw differently. "
            "Replace it with its Unicode character; the paper was not made."
        ),
    }
)
