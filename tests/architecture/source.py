"""The source as the architecture tests see it: files, syntax trees, functions."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PROGRAM = ("core", "db", "desktop", "resources")
MIGRATIONS = TOP / "db" / "migrations" / "versions"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*packages: str, pattern: str = "*.py") -> list[Path]:
    """Source files of the packages, without the generated steps of the schema."""
    found = (path for package in packages for path in sorted((TOP / package).rglob(pattern)))
    return [path for path in found if MIGRATIONS not in path.parents]


def tracked() -> list[Path]:
    """Every file that belongs to the project; outside a clone, every file git would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=TOP, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    return [TOP / name for name in names if name and (TOP / name).is_file()]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path, node: ast.AST | None = None) -> str:
    """A place for a message: file and line."""
    line = f":{getattr(node, 'lineno', 1)}" if node is not None else ""
    return f"{path.relative_to(TOP)}{line}"


def functions(path: Path) -> Iterator[Function]:
    """All functions and methods of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(path: Path) -> Iterator[ast.Call]:
    """All calls of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node


def length(node: ast.AST) -> int:
    """Lines of a function or class, with its signature and docstring."""
    return node.end_lineno - node.lineno + 1  # type: ignore[attr-defined,no-any-return]


def called(call: ast.Call) -> str:
    """The last part of what is called: `x.y.f(...)` is `f`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
