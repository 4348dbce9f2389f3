"""The sample office, built once for a run of the tests, whichever of its processes comes first."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: Seconds a process waits for another that builds; only a hung run meets it.
_PATIENCE = 600


@dataclass(frozen=True)
class Built:
    """What the command answered, and where."""

    folder: Path
    status: int
    papers: list[dict[str, Any]]
    report: dict[str, Any]

    @property
    def database(self) -> str:
        return str(self.folder / "demo.db")

    def password_file(self, login: str) -> str:
        return str(self.folder / "passwords" / login)


def build(folder: Path) -> Built:
    """Run the command with --json."""
    status, answer = _run(folder)
    return _read(folder, status, answer)


def built_once(temporary: pytest.TempPathFactory) -> Built:
    """A copy for this process of the office that one process built."""
    run = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    first, told = run / "sample-office" / "demo", run / "sample-office.json"
    with _alone(run / "sample-office.lock"):
        if not told.exists():
            shutil.rmtree(first.parent, ignore_errors=True)
            first.parent.mkdir()
            told.write_text(json.dumps(_run(first)), encoding="utf-8")
        status, answer = json.loads(told.read_text(encoding="utf-8"))
    folder = temporary.mktemp("sample") / "demo"
    shutil.copytree(first, folder)
    return _read(folder, status, answer.replace(str(first), str(folder)))


def _run(folder: Path) -> tuple[int, str]:
    import argparse

    from core.cli.context import Context
    from core.cli.demo import _run as command
    from core.cli.output import Output

    answer = io.StringIO()
    context = Context(url="", out=Output(as_json=True, out=answer, err=io.StringIO()))
    status = command(context, argparse.Namespace(out=folder, seed=1))
    return status or 0, answer.getvalue()


def _read(folder: Path, status: int, answer: str) -> Built:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return Built(folder, status, json.loads(answer), report)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, on every platform: an exclusive transaction of an empty database."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
        lock.execute("ROLLBACK")
