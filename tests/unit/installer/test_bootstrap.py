"""The set-up: what it finds missing, what it remembers, what it does when nothing is to be done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer import bootstrap

TOP = bootstrap.TOP


def test_that_a_missing_package_is_named() -> None:
    if shutil.which("dpkg-query") is None:
        assert bootstrap.missing_packages(["no-such-package"]) == []
        return
    assert bootstrap.missing_packages(["dpkg", "no-such-package"]) == ["no-such-package"]


def test_that_what_may_not_be_installed_is_said_with_the_line_to_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "dpkg-query").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.SetupError) as refusal:
        bootstrap.system_packages(["qpdf"], needed=True)
    assert "sudo apt-get install -y --no-install-recommends qpdf" in str(refusal.value)
    assert bootstrap.system_packages(["qpdf"], needed=False) is False


@pytest.mark.parametrize(
    ("name", "shown"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("NOTHING", False)]
)
def test_that_a_display_is_recognised(
    monkeypatch: pytest.MonkeyPatch, name: str, shown: bool
) -> None:
    for known in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setenv(name, ":0")
    assert bootstrap.has_display() is (shown or sys.platform in {"win32", "darwin"})


def test_that_a_newer_catalogue_is_compiled_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "resources" / "translations" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "lintan.po"
    source.write_text("")
    monkeypatch.setattr(bootstrap, "TOP", tmp_path)
    assert bootstrap.stale_translations() == [source]
    compiled = folder / "lintan.mo"
    compiled.write_bytes(b"")
    os.utime(compiled, (source.stat().st_mtime + 5,) * 2)
    assert bootstrap.stale_translations() == []
    os.utime(source, (compiled.stat().st_mtime + 5,) * 2)
    assert bootstrap.stale_translations() == [source]


def test_that_a_moved_folder_is_installed_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = bootstrap._self_mark()
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    monkeypatch.setattr(bootstrap, "TOP", tmp_path)
    assert bootstrap._self_mark() != here


def test_that_two_set_ups_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The second process gets the lock only after the first has let go of it."""
    monkeypatch.setattr(bootstrap, "TOP", tmp_path)
    program = (
        "from pathlib import Path; from installer import bootstrap\n"
        f"bootstrap.TOP = Path({str(tmp_path)!r})\n"
        "print('asks', flush=True)\n"
        "with bootstrap.only_one(): print((bootstrap.TOP / 'done').exists(), flush=True)\n"
    )
    with bootstrap.only_one():
        other = subprocess.Popen(
            [sys.executable, "-c", program], cwd=TOP, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "asks\n"
        (tmp_path / "done").write_text("")
    said, _ = other.communicate(timeout=60)
    assert said == "True\n"


def test_that_the_commands_find_their_way_from_any_folder(tmp_path: Path) -> None:
    command = [str(TOP / "run.cmd")] if os.name == "nt" else [str(TOP / "run")]
    answer = subprocess.run(
        [*command, "--json", "tell", "amount", "1409.50"],
        cwd=tmp_path, capture_output=True, check=False, stdin=subprocess.DEVNULL,
        env=os.environ | {"LINTAN_PYTHON": sys.executable, "LINTAN_NO_APT": "1"},
    )  # fmt: skip
    assert "人民币壹仟肆佰零玖元伍角" in answer.stdout.decode("utf-8"), answer.stderr.decode()
