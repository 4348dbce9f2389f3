"""Every code that the program raises has a sentence, and every sentence gets its facts."""

from __future__ import annotations

import ast
import importlib
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core import messages
from tests.architecture import source

#: Where the code stands among the arguments of each error.
CODE_AT = {
    "RuleViolation": 0, "NotFound": 0, "StaleRecord": 0, "NotPermitted": 0, "EnvironmentFault": 0,
    "AppError": 0, "of": 1, "FieldError": 1,
}  # fmt: skip
CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")


@pytest.fixture(scope="module", autouse=True)
def _everything_imported() -> None:
    for path in source.files("core", "db", "desktop"):
        name = ".".join(path.relative_to(source.TOP).with_suffix("").parts)
        if not name.endswith("__main__") and "migrations" not in name:
            importlib.import_module(name.removesuffix(".__init__"))


def _raised() -> Iterator[tuple[Path, ast.Call, str]]:
    for path in source.files("core", "db", "desktop"):
        for call in source.calls(path):
            at = CODE_AT.get(source.called(call))
            if at is not None and len(call.args) > at:
                code = call.args[at]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield path, call, code.value


def test_that_every_code_has_a_sentence() -> None:
    known = messages.registered()
    unknown = [
        f"{source.short(path, call)} {code}"
        for path, call, code in _raised()
        if CODE.fullmatch(code) and code not in known
    ]
    assert not unknown


def test_that_every_code_of_the_core_is_found_by_a_fresh_program() -> None:
    """Whatever was loaded when an error was raised: its sentence is there."""
    core = source.TOP / "core"
    codes = {code for path, _call, code in _raised() if path.is_relative_to(core)}
    program = (
        "import sys; from core import messages\n"
        "for code in sys.argv[1:]:\n"
        "    try: messages.sentence(code, {})\n"
        "    except KeyError: assert code in messages.registered(), code"
    )
    command = [sys.executable, "-c", program, *sorted(codes)]
    told = subprocess.run(command, cwd=source.TOP, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def test_that_the_desktop_raises_only_what_its_file_has_loaded() -> None:
    """No room of the desktop is loaded for a sentence: the file that raises it registers it."""
    lacking = [
        f"{source.short(path, call)} {code}"
        for path, call, code in _raised()
        if CODE.fullmatch(code) and code not in _of_core() and code not in _registered_in(path)
        and not path.is_relative_to(source.TOP / "core")
    ]  # fmt: skip
    assert not lacking


@cache
def _of_core() -> frozenset[str]:
    return frozenset().union(*map(_registered_in, source.files("core", "db")))


@cache
def _registered_in(path: Path) -> frozenset[str]:
    """The codes a file registers."""
    return frozenset(
        key.value
        for call in source.calls(path)
        if source.called(call) == "register" and call.args and isinstance(call.args[0], ast.Dict)
        for key in call.args[0].keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    )


def test_that_every_sentence_gets_its_facts() -> None:
    known = messages.registered()
    lacking = []
    for path, call, code in _raised():
        if code not in known or source.called(call) == "FieldError" or _open_ended(call):
            continue
        given = {keyword.arg for keyword in call.keywords}
        wanted = _placeholders(known[code])
        if not wanted <= given:
            lacking.append(f"{source.short(path, call)} {code} lacks {sorted(wanted - given)}")
    assert not lacking


def _open_ended(call: ast.Call) -> bool:
    return any(keyword.arg is None for keyword in call.keywords)


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_that_codes_are_named_room_and_fact() -> None:
    odd = [
        code for code in messages.registered() if code != "cancelled" and not CODE.fullmatch(code)
    ]
    assert not odd
