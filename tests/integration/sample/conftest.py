"""The sample office, built once for all tests that look at it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli.context import Context
from core.cli.demo import _run
from core.cli.output import Output


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
    import argparse

    answer = io.StringIO()
    context = Context(url="", out=Output(as_json=True, out=answer, err=io.StringIO()))
    status = _run(context, argparse.Namespace(out=folder, seed=1))
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return Built(folder, status or 0, json.loads(answer.getvalue()), report)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("sample") / "demo")
