"""Is this file a workbook we can read? One clear sentence for each way it is not."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "sheets.file_missing": N_("There is no file “{name}”."),
        "sheets.folder": N_("“{name}” is a folder; choose the workbook in it."),
        "sheets.file_locked": N_(
            "“{name}” cannot be opened; close it in Excel or WPS, then try again."
        ),
        "sheets.too_large": N_(
            "“{name}” is larger than {limit} MB and was not read; split it into several files."
        ),
        "sheets.old_format": N_(
            "“{name}” is in the old Excel format; save it as .xlsx and choose that file."
        ),
        "sheets.encrypted": N_(
            "“{name}” is protected by a password; remove the password and save it again."
        ),
        "sheets.html": N_(
            "“{name}” is a web page and not a workbook; open it in Excel or WPS and save it as "
            ".xlsx."
        ),
        "sheets.text_file": N_(
            "“{name}” is a text file (CSV) and not a workbook; copy its rows into the template, "
            "long numbers as text."
        ),
        "sheets.other_format": N_("“{name}” is not an Excel workbook; save it as .xlsx."),
        "sheets.damaged_file": N_(
            "“{name}” is damaged and cannot be read; get it again from its sender."
        ),
        "sheets.macros": N_(
            "“{name}” contains macros, which are not accepted; save it as .xlsx without macros."
        ),
        "sheets.formulas": N_(
            "“{name}” has formulas without results (first in sheet {sheet}, cell {cell}); open it "
            "in Excel or WPS and save it, or paste the cells as values."
        ),
    }
)

MAX_MEGABYTES = 100
#: A workbook of the allowed size never unpacks to more; one that claims to is a trap.
_MAX_UNPACKED = 512 * 1024**2
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
#: One cell with a formula (<f>) and everything up to its end; a result of type "str" may be empty.
_FORMULA_CELL = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*?\br="([A-Z]+[0-9]+)"[^>]*(?<!/)>((?:(?!</c>).)*?<f[\s>/].*?)</c>',
    re.DOTALL,
)
#: One cell that shows an error.
_FAILED_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL
)
_RESULT = re.compile(rb"<v>[^<]|<is>|<v\s[^>]*>[^<]")
_CHUNK = 4 * 1024 * 1024


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say that a file is damaged, or protected, when a library gives up on it.

    Raises:
        InputError: field ``"file"``.
    """
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise _wrong("encrypted", name=path.name) from None
    except (
        CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ):
        raise _wrong("damaged_file", name=path.name) from None


def check_package(path: Path) -> None:
    """Refuse whatever is not a readable .xlsx workbook.

    Raises:
        InputError: field ``"file"`` with one ``sheets.*`` code.
    """
    name = path.name
    if path.is_dir():
        raise _wrong("folder", name=name)
    if not path.is_file():
        raise _wrong("file_missing", name=name)
    check_size(path)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            rest = file.read() if head.startswith(_OLE) else b""
    except OSError:
        raise _wrong("file_locked", name=name) from None
    if head.startswith(b"PK"):
        _check_zip(path)
        return
    if head.startswith(_OLE):
        encrypted = _ENCRYPTED_STREAM in head + rest
        raise _wrong("encrypted" if encrypted else "old_format", name=name)
    raise _wrong(_other_kind(head), name=name)


def check_size(path: Path) -> None:
    """Refuse a file that is too large to be read at once.

    Raises:
        InputError: field ``"file"``.
    """
    if path.stat().st_size > MAX_MEGABYTES * 1024 * 1024:
        raise _wrong("too_large", name=path.name, limit=MAX_MEGABYTES)


def _wrong(code: str, **params: object) -> InputError:
    return InputError.of("file", f"sheets.{code}", **params)


def _other_kind(head: bytes) -> str:
    if not head.strip(b"\0"):
        return "damaged_file"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"mime-version")):
        return "html"
    if b"\0" not in head and b"<?xml" not in start:
        return "text_file" if _decodes(head) else "other_format"
    return "other_format"


def _decodes(head: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        # The head may end in the middle of a character.
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: info for info in archive.infolist()}
            if any(info.flag_bits & 1 for info in members.values()):
                raise _wrong("encrypted", name=path.name)
            if sum(info.file_size for info in members.values()) > _MAX_UNPACKED:
                raise _wrong("too_large", name=path.name, limit=MAX_MEGABYTES)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError):
        raise _wrong("damaged_file", name=path.name) from None
    except OSError:
        raise _wrong("file_locked", name=path.name) from None
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        raise _wrong("macros", name=path.name)
    if not any(member.lower() == "xl/workbook.xml" for member in members):
        known = any(member.lower() == "[content_types].xml" for member in members)
        raise _wrong("damaged_file" if known and "xl/" in str(members) else "other_format",
                     name=path.name)  # fmt: skip


@dataclass
class SheetFlaws:
    """What a reader of values does not see.

    Attributes:
        formula: the first cell whose formula has no stored result, or an empty text. Programs that
            write workbooks without calculating leave such cells, and readers see them as empty.
        failed: cells that show an error, like #REF!; readers see them as empty, too.
    """

    formula: str = ""
    failed: dict[str, str] = field(default_factory=dict)


def find_flaws(path: Path, sheet_file: str) -> SheetFlaws:
    """Scan a sheet (its file in the package) for cells whose meaning would be lost silently."""
    flaws = SheetFlaws()
    with zipfile.ZipFile(path) as archive, archive.open(sheet_file) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            data = tail + chunk
            end = data.rfind(b"</c>") + 4
            if end < 4:
                tail = data
                continue
            whole, tail = data[:end], data[end:]
            if b"<f" in whole and not flaws.formula:
                flaws.formula = _first_without_result(whole)
            if b't="e"' in whole:
                flaws.failed.update(
                    {cell.decode(): text.decode() for cell, text in _FAILED_CELL.findall(whole)}
                )
    return flaws


def _first_without_result(data: bytes) -> str:
    for cell, inside in _FORMULA_CELL.findall(data):
        if _RESULT.search(inside) is None:
            return str(cell.decode())
    return ""


def sheet_files(path: Path) -> Iterator[tuple[str, str]]:
    """Sheet names of a workbook with their files in the package, in order."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        workbook = archive.read(next(n for n in names if n.lower() == "xl/workbook.xml"))
        relations_file = next((n for n in names if n.lower() == "xl/_rels/workbook.xml.rels"), "")
        relations = archive.read(relations_file) if relations_file else b""
    targets = dict(_relations(relations))
    for tag in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", workbook):
        title = re.search(rb'\bname="([^"]*)"', tag)
        relation = re.search(rb':id="([^"]*)"', tag)
        target = targets.get(relation[1], "") if relation else ""
        if title and target:
            file = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if file in names:
                yield _unescape(title[1]), file


def _relations(xml: bytes) -> Iterator[tuple[bytes, str]]:
    for tag in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", xml):
        key, target = re.search(rb'\bId="([^"]*)"', tag), re.search(rb'\bTarget="([^"]*)"', tag)
        if key and target:
            yield key[1], target[1].decode("utf-8", "replace")


def _unescape(text: bytes) -> str:
    import html

    return html.unescape(text.decode("utf-8", "replace"))
