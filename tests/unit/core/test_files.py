"""Files are written whole or not at all, and what the system says is told in our words."""

from __future__ import annotations

import errno
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core import config, files, i18n
from core.cli.papers import save_file
from core.database.files import copy_database
from core.documents import printers
from core.documents.keyfile import key_bytes
from core.errors import AppError, EnvironmentFault
from core.files import why, write_whole
from core.messages import text
from core.sheets.export import write_table
from core.values.listing import ColumnSpec

FULL = 4096  # bytes that still fit


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process grows beyond `FULL`."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def _paper(path: Path) -> None:
    save_file(path, bytes(3 * FULL))


def _list(path: Path) -> None:
    rows = ([f"名称{number}" * 10] for number in range(3000))
    write_table([ColumnSpec("name", "Name")], rows, path, title="list")


def _settings(path: Path) -> None:
    config.save(config.MachineConfig(database="名" * FULL), path)


def _calibration(path: Path) -> None:
    printers.keep("打" * FULL, "", printers.Calibration(), path)


def _backup(path: Path) -> None:
    source = path.with_name("source.db")
    copy_database(source, path)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a matter of POSIX")
@pytest.mark.parametrize("write", [_paper, _list, _settings, _calibration, _backup])
def test_that_a_full_disk_leaves_the_old_file_and_nothing_else(
    write: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with closing(sqlite3.connect(tmp_path / "source.db")) as source:
        source.execute("CREATE TABLE filled AS SELECT randomblob(100000)")
        source.commit()
    target = tmp_path / "out.file"
    if write is not _backup:
        target.write_bytes(b"as it was")
    before = sorted(tmp_path.iterdir())
    with full_disk(), pytest.raises(EnvironmentFault) as fault:
        write(target)
    assert sorted(tmp_path.iterdir()) == before
    assert write is _backup or target.read_bytes() == b"as it was"
    assert "File too large" not in text(fault.value)


def test_that_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    for data in (b"one", b"another"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [*files._REASONS, errno.ECHILD])
def test_that_no_words_of_the_system_are_quoted(number: int) -> None:
    for language in i18n.LANGUAGES:
        i18n.use(language)
        try:
            told = why(OSError(number, "Words of the system"))
        finally:
            i18n.use(i18n.DEFAULT_LANGUAGE)
        assert told
        assert "system" not in told or str(number) in told


def test_that_texts_that_are_none_say_so() -> None:
    i18n.use("en")
    try:
        with pytest.raises(UnicodeError) as coded:
            b"\xff".decode()
        with pytest.raises(ValueError) as broken:
            json.loads('{"a": 1,\n "b" 2}')
        assert "UTF-8" in why(coded.value)
        assert why(broken.value) == "line 2, column 6 is not JSON"
    finally:
        i18n.use(i18n.DEFAULT_LANGUAGE)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"-----BEGIN NOTHING-----\n", "sign.not_pkcs12"),
        (b"%PDF-1.7", "sign.not_pkcs12"),
        (b"", "sign.not_pkcs12"),
        (b"\x30\x82\x09\x00\x02\x01\x03", "sign.not_pkcs12"),
        (b"\x30\x82\x09\x00\x02\x01\x03\x30", ""),
        (b"\x30\x80\x02\x01\x03\x30\x80\x06", ""),
    ],
)
def test_that_another_kind_of_file_is_not_blamed_on_its_passphrase(
    data: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "key.p12"
    path.write_bytes(data)
    try:
        assert key_bytes(path) == data
        found = ""
    except AppError as refusal:
        found = refusal.code
    assert found == code
