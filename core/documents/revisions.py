"""A later signature of a paper that several sign: the one revision that may be appended.

It fills a field that the first revision prepared, with a picture and a signature, and changes
nothing else. Verification reads what can differ (picture, time, name, reason, signature), writes
the revision anew from that, and compares bytes: whatever else an appended revision might hold, it
is not accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from core.documents.appearance import is_picture, picture
from core.documents.fields import Box, Field, Slot, pdf_date, signature, utf16, widget, with_range

_TAIL = re.compile(
    rb"trailer\n<<\n/ID \[<([0-9A-F]{32})><[0-9A-F]{32}>\]\n/Info (\d{1,9}) 0 R\n"
    rb"(?:/Prev \d{1,10}\n)?/Root (\d{1,9}) 0 R\n/Size (\d{1,9})\n>>\n"
    rb"startxref\n(\d{1,10})\n%%EOF\n\Z"
)
_EMPTY = re.compile(
    rb"\n(\d{1,9}) 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T \(Signature(\d)\)"
    rb" /TU <FEFF([0-9A-F]*)> /F 132 /Rect \[([0-9.]+) ([0-9.]+) ([0-9.]+) ([0-9.]+)\]"
    rb" /AP << /N \d{1,9} 0 R >> >>\nendobj\n"
)
_FIRST_TITLE = re.compile(rb"/T \(Signature1\) /TU <FEFF([0-9A-F]*)>")
_PICTURE = re.compile(rb"/Length (\d{1,7}) >>\nstream\r\n")
_SAID = re.compile(
    rb"/ByteRange \[0 [0-9 ]{1,40}\]\n/Contents <((?:[0-9a-f]{2})+)>\n"
    rb"/M \((D:\d{14}\+08'00')\) /Name (<FEFF[0-9A-F]*>) /Reason (<FEFF[0-9A-F]*>) >>\nendobj\n"
)


@dataclass(frozen=True)
class Prepared:
    """A field that the first revision left to be signed, and the number of its object."""

    number: int
    field: Field


def prepared(first: bytes) -> tuple[Prepared, ...]:
    """The fields of a first revision that wait for later signatures, in their order."""
    found = [
        Prepared(
            int(match[1]),
            Field(int(match[2]), _text(match[3]), _box(*(float(n) for n in match.groups()[3:]))),
        )
        for match in _EMPTY.finditer(first)
    ]
    return tuple(sorted(found, key=lambda one: one.field.place))


def first_title(first: bytes) -> str:
    """Whom the first signature of several is of; empty for a paper with one."""
    found = _FIRST_TITLE.search(first)
    return _text(found[1]) if found else ""


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _box(left: float, low: float, right: float, high: float) -> Box:
    return left, low, right - left, high - low


@dataclass(frozen=True)
class _Content:
    """What differs between two revisions of this kind, as it is written."""

    picture: bytes
    contents: bytes
    said: tuple[bytes, bytes, bytes]


def extend(previous: bytes, first: int, place: int, slot: Slot) -> bytes:
    """The file with the revision for the signature at `place` (from 1), its slot still zeros.

    `first` is the length of the first revision. Raises ValueError when no such field waits.
    """
    (target,) = (one for one in prepared(previous[:first]) if one.field.place == place)
    width, height = target.field.box[2:]
    content = _Content(
        picture(slot.name, slot.signed_at, (width, height), is_test=slot.is_test),
        b"0" * (2 * slot.size),
        (pdf_date(slot.signed_at).encode(), utf16(slot.name), utf16(slot.reason)),
    )
    return _written(previous, target, content)


def accepted(data: bytes, start: int, target: Prepared) -> int:
    """Where the revision for a field that begins at `start` ends; 0 when it is none of ours."""
    found = _PICTURE.search(data, start, start + 1500)
    if found is None:
        return 0
    drawing = data[found.end() : found.end() + int(found[1])]
    said = _SAID.search(data, found.end() + len(drawing), found.end() + len(drawing) + 200_000)
    if said is None or not is_picture(drawing):
        return 0
    content = _Content(drawing, said[1], (said[2], said[3], said[4]))
    try:
        whole = _written(data[:start], target, content)
    except ValueError:
        return 0
    return len(whole) if data[start : len(whole)] == whole[start:] else 0


def _written(previous: bytes, target: Prepared, content: _Content) -> bytes:
    tail = _TAIL.search(previous, max(0, len(previous) - 400))
    if tail is None:
        msg = "not a file of ours"
        raise ValueError(msg)
    size = int(tail[4])
    look, value = size, size + 1
    width, height = target.field.box[2:]
    objects = {
        target.number: widget(target.field, b"%d 0 R" % value, b"%d 0 R" % look),
        look: form(content.picture, (width, height)),
        value: signature(content.contents, content.said),
    }
    data, places = previous, {}
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(data)
    data += b"xref\n" + _rows(places, (target.number,)) + _rows(places, (look, value))
    changed = sha256(previous[-400:]).hexdigest()[:32].upper().encode()
    data += (
        b"trailer\n<<\n/ID [<" + tail[1] + b"><" + changed + b">]\n/Info " + tail[2] + b" 0 R\n"
        b"/Prev " + tail[5] + b"\n/Root " + tail[3] + b" 0 R\n/Size %d\n>>\n" % (value + 1)
    )
    data += b"startxref\n%d\n%%%%EOF\n" % table
    return with_range(data, places[value], len(content.contents))


def _rows(places: dict[int, int], numbers: tuple[int, ...]) -> bytes:
    rows = b"".join(b"%010d 00000 n \n" % places[number] for number in numbers)
    return b"%d %d\n" % (numbers[0], len(numbers)) + rows


def form(drawing: bytes, size: tuple[float, float]) -> bytes:
    """A deflated drawing as a form object."""
    head = "<< /Type /XObject /Subtype /Form /FormType 1 /BBox [0 0 {:.2f} {:.2f}]".format(*size)
    return (
        head.encode()
        + b" /Resources << >> /Filter /FlateDecode /Length %d >>\nstream\r\n" % len(drawing)
        + drawing
        + b"\r\nendstream"
    )
