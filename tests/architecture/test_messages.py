"""Every code that the program raises has a sentence, and every sentence gets its facts."""

from __future__ import annotations

import ast
import importlib
import re
import string
from collections.abc import Iterator
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
