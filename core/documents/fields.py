"""Signature fields and dictionaries, written the same way in a first and in a later revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import CHINA

BYTE_RANGE = b"/ByteRange [0 0000000000 0000000000 0000000000]"
Box = tuple[float, float, float, float]
NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Slot:
    """Room for a signature: bytes of DER to leave free, and what the dictionary says of it."""

    size: int
    name: str
    reason: str
    signed_at: datetime
    is_test: bool = False


@dataclass(frozen=True)
class Field:
    """One field to be signed: its place in the order from 1, who it is for, (x, y, width, height)."""

    place: int
    title: str = ""
    box: Box = NOWHERE

    @property
    def visible(self) -> bool:
        """Whether anything is to be seen of it."""
        return self.box[2] > 0 and self.box[3] > 0


def utf16(text: str) -> bytes:
    """A PDF text string in hexadecimal."""
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def pdf_date(instant: datetime) -> str:
    """`D:20261122093000+08'00'`: the instant in China's time."""
    return instant.astimezone(CHINA).strftime("D:%Y%m%d%H%M%S+08'00'")


def widget(field: Field, value: bytes = b"", look: bytes = b"") -> bytes:
    """The field, which is its own annotation; `value` and `look` are references such as `7 0 R`."""
    if not field.visible:
        rect, title = b"0 0 0 0", b""
    else:
        x, y, width, height = field.box
        rect = f"{x:.2f} {y:.2f} {x + width:.2f} {y + height:.2f}".encode()
        title = b" /TU " + utf16(field.title)
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature%d)" % field.place
        + title
        + b" /F 132 /Rect ["
        + rect
        + b"]"
        + (b" /V " + value if value else b"")
        + (b" /AP << /N " + look + b" >>" if look else b"")
        + b" >>"
    )


def dictionary(slot: Slot, allows: int = 0) -> bytes:
    """A signature dictionary with zeros where the signature goes.

    `allows` makes it a certification signature with that DocMDP level: 1 allows no change, 2 allows
    the prepared fields to be signed (ISO 32000-1, 12.8.2.2).
    """
    certification = (
        b" /Reference [ << /Type /SigRef /TransformMethod /DocMDP /TransformParams"
        b" << /Type /TransformParams /P %d /V /1.2 >> >> ]" % allows
        if allows
        else b""
    )
    return signature(
        b"0" * (slot.size * 2),
        (pdf_date(slot.signed_at).encode(), utf16(slot.name), utf16(slot.reason)),
        certification,
    )


def signature(contents: bytes, said: tuple[bytes, bytes, bytes], more: bytes = b"") -> bytes:
    """A signature dictionary; `said` are its time, name and reason as they are written."""
    at, name, reason = said
    return (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n"
        + BYTE_RANGE
        + b"\n/Contents <"
        + contents
        + b">\n/M ("
        + at
        + b") /Name "
        + name
        + b" /Reason "
        + reason
        + more
        + b" >>"
    )


def with_range(data: bytes, start: int, room: int) -> bytes:
    """Put the real offsets into the /ByteRange behind `start`, in the width of its place.

    `room` is the number of hexadecimal digits of the signature's slot.
    """
    place = data.index(BYTE_RANGE, start)
    opening = data.index(b"/Contents <", place) + len("/Contents ")
    closing = opening + room + 2
    text = f"/ByteRange [0 {opening} {closing} {len(data) - closing}".encode()
    fixed = text.ljust(len(BYTE_RANGE) - 1) + b"]"
    return data[:place] + fixed + data[place + len(BYTE_RANGE) :]
