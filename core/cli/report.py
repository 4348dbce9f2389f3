"""The report of a bug: where it happened and on what, never whose data it was."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from core import config

_LIBRARIES = (
    "SQLAlchemy",
    "alembic",
    "psycopg",
    "pyHanko",
    "reportlab",
    "openpyxl",
    "PySide6_Essentials",
)


def describe(bug: BaseException) -> str:
    """The report as text: versions, then the chain of exceptions by type and place.

    Messages of exceptions and values of variables are left out: they may hold names and numbers.
    """
    return "\n".join([*_versions(), "", *_places(bug)]) + "\n"


def write_report(bug: BaseException) -> Path:
    """Write the report into the folder for logs and return its path."""
    folder = config.log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bug-{uuid4().hex[:12]}.txt"
    path.write_text(describe(bug), encoding="utf-8")
    return path


def _versions() -> Iterator[str]:
    yield f"Lintan {_version('lintan')}"
    yield f"Python {platform.python_version()} on {sys.platform} {platform.machine()}"
    yield ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _places(bug: BaseException) -> Iterator[str]:
    chain: BaseException | None = bug
    while chain is not None:
        yield f"{type(chain).__module__}.{type(chain).__qualname__}"
        for frame in traceback.extract_tb(chain.__traceback__):
            yield f"  {_relative(frame.filename)}:{frame.lineno} in {frame.name}"
        chain = chain.__cause__ or chain.__context__


def _relative(filename: str) -> str:
    """A file by its place in the program; folders above may be named after a person."""
    parts = Path(filename).parts
    for anchor in ("site-packages", "core", "db", "desktop"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else filename
