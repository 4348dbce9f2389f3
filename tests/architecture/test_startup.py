"""The window shows before anything heavy is loaded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture import source

#: 50 to 500 ms each; SQLAlchemy loads after the window shows.
HEAVY = {
    "alembic", "pyhanko", "pyhanko_certvalidator", "reportlab", "openpyxl", "python_calamine",
    "xlsxwriter", "pyproj", "shapely", "pypinyin", "keyring", "cryptography", "stdnum",
    "chinese_calendar", "asn1crypto", "PIL", "zxingcpp", "pypdfium2", "numpy", "shapefile", "argon2", "rich",
    "sqlalchemy", "psycopg", "lxml",
}  # fmt: skip


def _loaded_by(statement: str) -> set[str]:
    program = f"import sys, json; {statement}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=source.TOP, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(answer.stdout)}


@pytest.mark.parametrize("module", ["desktop.app", "core.cli", "core.cli.tell", "core.messages"])
def test_that_start_up_loads_nothing_heavy(module: str) -> None:
    assert not _loaded_by(f"import {module}") & HEAVY


@pytest.mark.parametrize("module", ["core.cli", "core.messages", "core.config"])
def test_that_the_core_never_loads_qt(module: str) -> None:
    assert "PySide6" not in _loaded_by(f"import {module}")


def test_that_models_and_rules_know_no_paper_and_no_sheet() -> None:
    """Even inside functions: rules are pure, models are tables."""
    forbidden = {"reportlab", "pyhanko", "openpyxl", "keyring", "python_calamine", "xlsxwriter"}
    found = [
        f"{source.short(path, node)} imports {name}"
        for path in source.files("core")
        if path.name in {"model.py", "rules.py"} or "values" in path.parts
        for node, name in _imports(path)
        if name.split(".")[0] in forbidden
    ]
    assert not found


def _imports(path):  # type: ignore[no-untyped-def]
    import ast

    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""
