"""The pages of a scan as grey pictures: of a picture file or out of a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

#: A page of A3 in 600 dpi has 70 million dots.
_MOST_DOTS = 150_000_000


# --- pages -----------------------------------------------------------------------------------


def pages(name: str, data: bytes) -> Iterator[Image]:
    """The pages of a scan as grey pictures.

    Raises:
        InputError: field `file`, `training.scan_unreadable`.
    """
    from PIL import Image

    broken = InputError.of("file", "training.scan_unreadable", name=name)
    try:
        if data.startswith(b"%PDF"):
            empty = True
            for picture in _of_pdf(data):
                empty = False
                yield picture
            if empty:
                raise broken
            return
        with Image.open(io.BytesIO(data)) as picture:
            for frame in range(getattr(picture, "n_frames", 1)):
                picture.seek(frame)
                yield grey(picture)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise broken from fault


def grey(picture: Image) -> Image:
    """A picture in 256 greys on white."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        full = picture.convert("RGBA")
        ground = Image.new("RGBA", full.size, "white")
        picture = Image.alpha_composite(ground, full)
    return picture.convert("L")


def _of_pdf(data: bytes) -> Iterator[Image]:
    """The pictures of a PDF from a scanner, page by page, the largest of each page."""
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader: Any = PdfFileReader(io.BytesIO(data), strict=False)
        for page in _leaves(reader.root["/Pages"], None):
            found = list(_pictures(page))
            if found:
                yield max(found, key=lambda one: one.width * one.height)
    except (PdfReadError, LookupError, TypeError, NotImplementedError, RecursionError) as fault:
        raise ValueError(data[:8]) from fault


def _leaves(node: Any, inherited: Any) -> Iterator[Any]:
    resources = node.get("/Resources", inherited)
    if "/Kids" not in node:
        yield resources
        return
    for kid in node["/Kids"]:
        yield from _leaves(kid.get_object(), resources)


def _pictures(resources: Any) -> Iterator[Image]:
    objects = (resources or {}).get("/XObject", {})
    for key in objects:
        one = objects[key]
        if one.get("/Subtype") == "/Image" and not one.get("/ImageMask", False):
            picture = _picture(one)
            if picture is not None:
                yield grey(picture)


def _picture(one: Any) -> Image | None:
    """A picture as scanners write it: JPEG, JPEG 2000, fax, or packed dots; None for others."""
    from PIL import Image

    filters = one.get("/Filter", [])
    names = [str(f) for f in (filters if isinstance(filters, list) else [filters])]
    if names and names[-1] in {"/DCTDecode", "/JPXDecode"}:
        if len(names) > 1:
            return None
        return Image.open(io.BytesIO(one.encoded_data))
    size = (int(one["/Width"]), int(one["/Height"]))
    if not 0 < size[0] * size[1] <= _MOST_DOTS:
        return None
    if names == ["/CCITTFaxDecode"]:
        return _fax(one, size)
    return _dots(one, size, _PACKED[tuple(names)]) if tuple(names) in _PACKED else None


def _inflated(data: bytes, most: int) -> bytes:
    """Packed dots, but no more than the picture has: a small file must not fill the memory."""
    import zlib

    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as fault:
        raise ValueError(data[:8]) from fault


def _inflated_text(data: bytes, most: int) -> bytes:
    import base64

    return _inflated(base64.a85decode(data.strip().removesuffix(b"~>")), most)


#: How packed dots are unpacked, by the filters of the picture; predictors are undone afterwards.
_PACKED: Mapping[tuple[str, ...], Callable[[bytes, int], bytes]] = {
    (): lambda data, most: data[:most],
    ("/FlateDecode",): _inflated,
    ("/ASCII85Decode", "/FlateDecode"): _inflated_text,
}


def _dots(one: Any, size: tuple[int, int], unpack: Callable[[bytes, int], bytes]) -> Image | None:
    from PIL import Image

    bits, space = int(one.get("/BitsPerComponent", 8)), one.get("/ColorSpace", "/DeviceGray")
    if isinstance(space, list) and str(space[0]) == "/ICCBased":
        space = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}.get(int(space[1]["/N"]))
    mode = _MODES.get((str(space), bits))
    if mode is None:
        return None
    colours = {"1": 1, "L": 1, "RGB": 3, "CMYK": 4}[mode]
    line = (size[0] * colours * bits + 7) // 8
    parms = one.get("/DecodeParms", {})
    parms = parms[-1] if isinstance(parms, list) else parms
    predicted = int(parms.get("/Predictor", 1)) >= 10
    data = unpack(one.encoded_data, (line + predicted) * size[1])
    if predicted:
        data = _unpredicted(data, line, max(1, colours * bits // 8))
    return Image.frombytes(mode, size, data, "raw", mode)


_MODES = {
    ("/DeviceGray", 1): "1",
    ("/DeviceGray", 8): "L",
    ("/CalGray", 8): "L",
    ("/DeviceRGB", 8): "RGB",
    ("/CalRGB", 8): "RGB",
    ("/DeviceCMYK", 8): "CMYK",
}


def _unpredicted(data: bytes, line: int, step: int) -> bytes:
    """Lines of dots of which each says how it differs from its neighbours, as PNG has them.

    Pillow undoes that: the lines are handed to it as the body of a PNG of one grey byte a dot.
    Only predictors of whole bytes are met, so `step` bytes a dot decide the PNG's kind.
    """
    import struct
    import zlib

    from PIL import Image

    kinds = {1: (0, "L"), 3: (2, "RGB"), 4: (6, "RGBA")}
    kind, mode = kinds[step]
    rows = len(data) // (line + 1)
    head = struct.pack(">LLBBBBB", line // step, rows, 8, kind, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        checked = name + body
        return struct.pack(">L", len(body)) + checked + struct.pack(">L", zlib.crc32(checked))

    body = zlib.compress(data[: rows * (line + 1)], 1)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    with Image.open(io.BytesIO(png)) as picture:
        return picture.convert(mode).tobytes()


def _fax(one: Any, size: tuple[int, int]) -> Image:
    """A fax picture, read by putting the head of a TIFF before it (TIFF 6.0, T.6)."""
    import struct

    from PIL import Image

    parms = one.get("/DecodeParms", {})
    parms = parms[0] if isinstance(parms, list) else parms
    group = 4 if int(parms.get("/K", 0)) < 0 else 3
    white = 1 if bool(parms.get("/BlackIs1", False)) else 0
    data = one.encoded_data
    entries: Iterable[tuple[int, int, int]] = (
        (256, 4, size[0]), (257, 4, size[1]), (258, 3, 1), (259, 3, group),
        (262, 3, white), (273, 4, 8 + 2 + 8 * 12 + 4), (278, 4, size[1]), (279, 4, len(data)),
    )  # fmt: skip
    head = struct.pack("<2sHLH", b"II", 42, 8, 8)
    for tag, kind, value in entries:
        head += struct.pack("<HHLL", tag, kind, 1, value)
    return Image.open(io.BytesIO(head + struct.pack("<L", 0) + data))
