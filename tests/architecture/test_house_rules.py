"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import source

#: The seams where anything that is not an AppError becomes a bug report, and why each is one.
BROAD_EXCEPT = {
    "desktop/jobs/runner.py": "a job that fails must reach the page, not end the thread",
    "desktop/app.py": "the excepthook of the desktop",
    "desktop/support/bugs.py": "the excepthook of the desktop",
    "desktop/widgets/record_model.py": "item model data(): an exception in it ends the program",
    "core/cli/entry.py": "the excepthook of the command line",
}
#: The only places that end a transaction.
COMMITS = {"core/database/__init__.py", "db/migrations/env.py"}


def _name(path: Path) -> str:
    return path.relative_to(source.TOP).as_posix()


def test_that_broad_excepts_stay_at_the_seams() -> None:
    found = {
        _name(path)
        for path in source.files(*source.PROGRAM)
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _passes_on(node)
    }
    assert found <= BROAD_EXCEPT.keys()


def _is_broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"})
        for name in names
    )


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Tidies up and raises again: nothing is swallowed."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_that_only_the_database_commits() -> None:
    found = [
        source.short(path, call)
        for path in source.files("core", "desktop")
        for call in source.calls(path)
        if source.called(call) == "commit" and _name(path) not in COMMITS
    ]
    assert not found


def test_that_signals_are_not_connected_to_lambdas() -> None:
    """A lambda that captures the page keeps it alive, and outlives the C++ object."""
    found = [
        source.short(path, call)
        for path in source.files("desktop")
        for call in source.calls(path)
        if source.called(call) == "connect"
        and any(isinstance(argument, ast.Lambda) for argument in call.args)
    ]
    assert not found


def test_that_questions_are_asked_in_one_place() -> None:
    """Tests can answer `Dialogs`; a message box elsewhere would wait for a person."""
    found = [
        source.short(path, node)
        for path in source.files("desktop")
        if path.name != "dialogs.py" or path.parent.name != "support"
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom)
        and any(
            alias.name in {"QMessageBox", "QInputDialog", "QFileDialog"} for alias in node.names
        )
    ]
    assert not found


def test_that_time_comes_from_the_clock() -> None:
    found = [
        source.short(path, call)
        for path in source.files(*source.PROGRAM)
        for call in source.calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"now", "today", "utcnow"}
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"datetime", "date"}
        and _name(path) != "core/clock.py"
    ]
    assert not found


def test_that_view_models_know_no_widget() -> None:
    found = [
        source.short(path, node)
        for path in source.files("desktop")
        if path.name.endswith(("view_model.py", "_model.py"))
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "PySide6.QtWidgets"
    ]
    assert not found


def test_that_public_names_are_described() -> None:
    lacking = []
    for path in source.files(*source.PROGRAM):
        public = list(_public(source.tree(path)))
        # A method is described once, where the interface is.
        described = {node.name for node in public if ast.get_docstring(node)}
        lacking += [
            f"{source.short(path, node)} {node.name}"
            for node in public
            if node.name not in described and not _overrides(node)
        ]
    assert not lacking


def _public(module: ast.Module):  # type: ignore[no-untyped-def]
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    each
                    for each in node.body
                    if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")
                )


def _overrides(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Qt's own camelCase names, and what is marked as an override, is described where it is from."""
    if isinstance(node, ast.ClassDef):
        return False
    marks = {getattr(mark, "id", getattr(mark, "attr", "")) for mark in node.decorator_list}
    qt = {"data", "event", "eventFilter", "index", "parent", "paint", "flags", "next", "sort"}
    return "override" in marks or node.name in qt or re.search(r"[a-z][A-Z]", node.name) is not None


def test_that_no_machine_stands_in_the_source() -> None:
    pattern = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/[\w.-]+")
    found = [
        f"{_name(path)}: {match.group(0)}"
        for path in source.tracked()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".in", ".cmd", ".sh", ".po", ".qss", ""}
        for match in [pattern.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert not found


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_that_lock_files_have_hashes_and_no_addresses(lock: str) -> None:
    text = (source.TOP / lock).read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
    assert len(packages) > 30
    for block in re.split(r"\n(?=[\w.-]+==)", text.strip()):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block
