"""The way into lintanctl: exit statuses, JSON, languages, passwords, reports of bugs."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core import config
from core.cli import main
from core.cli.context import KEYRING_SERVICE, Context
from core.cli.report import describe
from core.errors import EnvironmentFault, RuleViolation

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str) -> tuple[int, str, str]:
        status = main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_that_a_result_is_one_json_document(run: Run) -> None:
    status, out, err = run("--json", "tell", "amount", "1409.50")
    assert (status, err) == (0, "")
    assert json.loads(out)["capitals"] == "人民币壹仟肆佰零玖元伍角"


def test_that_a_refusal_is_one_json_object_with_its_fields(run: Run) -> None:
    status, out, err = run("--json", "--lang", "en", "tell", "amount", "12,x")
    assert (status, out) == (1, "")
    refusal = json.loads(err)
    assert refusal["error"] == "input"
    assert refusal["fields"] == [{"field": "number", "message": refusal["message"]}]


@pytest.mark.parametrize("words", [["tell"], ["tell", "amount"], ["no-such-group"], []])
def test_that_wrong_usage_has_its_own_status(run: Run, words: list[str]) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert "usage" in err or "用法" in err


@pytest.mark.parametrize("words", [["tell"], ["tell", "amount"], ["no-such-group"], []])
def test_that_wrong_usage_is_one_json_object_too(run: Run, words: list[str]) -> None:
    status, out, err = run("--json", "--lang", "en", *words)
    assert (status, out) == (2, "")
    refusal = json.loads(err)
    assert refusal["error"] == "usage"
    assert "error: " in refusal["message"]
    assert refusal["fields"] == []


def test_that_a_missing_database_is_the_environment_and_makes_no_file(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "没有.db"
    status, _, err = run("--database", str(path), "--as", "wang", "audit", "check")
    assert status == 3
    assert str(path) in err
    assert not path.exists()


def test_that_help_names_every_group(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert all(group in out for group in ("tell", "db", "verify", "audit", "papers", "screens"))


def test_that_a_bug_becomes_a_report_without_personal_data(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        person = "王芳"
        raise ValueError(f"no number for {person}")

    monkeypatch.setattr("core.cli.tell._amount", broken)
    status, out, err = run("--json", "tell", "amount", "1")
    assert (status, out) == (70, "")
    path = next(config.log_folder().glob("bug-*.txt"))
    report = path.read_text(encoding="utf-8")
    assert str(path) in json.loads(err)["message"]
    assert "ValueError" in report
    assert "in broken" in report
    assert "王芳" not in report


def test_that_a_report_shows_the_whole_chain() -> None:
    bug = RuntimeError("李四")
    bug.__cause__ = KeyError("张三")
    report = describe(bug)
    assert report.index("builtins.RuntimeError") < report.index("builtins.KeyError")
    assert "张三" not in report
    assert "李四" not in report


def test_that_the_password_comes_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "密码"
    file.write_text("geheim 1\n", encoding="utf-8")
    assert Context(url="sqlite:///x", password_file=str(file)).secret("wang") == "geheim 1"


def test_that_the_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("geheim\nmore\n"))
    assert Context(url="sqlite:///x", password_file="-").secret("wang") == "geheim"


def test_that_the_keyring_is_asked_before_the_person() -> None:
    import keyring

    keyring.set_password(KEYRING_SERVICE, "wang@sqlite:///x", "kept")
    assert Context(url="sqlite:///x").secret("wang") == "kept"


def test_that_without_any_password_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(EnvironmentFault) as refusal:
        Context(url="sqlite:///y").secret("li")
    assert refusal.value.code == "cli.no_password"


def test_that_an_unreadable_password_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as refusal:
        Context(url="sqlite:///x", password_file=str(tmp_path)).secret("wang")
    assert refusal.value.code == "cli.password_file"


def test_that_somebody_must_ask() -> None:
    with pytest.raises(RuleViolation) as refusal:
        Context(url="sqlite:///x").who()
    assert refusal.value.code == "cli.no_login"


def test_that_chinese_comes_out_under_a_c_locale() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "core.cli", "tell", "amount", "1"],
        env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PATH": ""},
        capture_output=True,
        check=True,
    )
    assert "人民币壹元整" in answer.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("tell", "--json", "amount", "1409.50"),
        ("tell", "amount", "--json", "1409.50"),
        ("tell", "amount", "1409.50", "--lang=en", "--json"),
        ("--lang", "en", "tell", "amount", "1409.50", "--json"),
    ],
)
def test_that_global_options_may_stand_anywhere(run: Run, words: tuple[str, ...]) -> None:
    status, out, err = run(*words)
    assert (status, err) == (0, "")
    assert json.loads(out)["capitals"] == "人民币壹仟肆佰零玖元伍角"


def test_that_late_options_are_those_of_the_whole_run(run: Run, tmp_path: Path) -> None:
    lost = str(tmp_path / "lost.db")
    words = ("application", "list", "--as=chen", "--lang", "en", "--database", lost)
    status, out, err = run(*words)
    assert (status, out) == (3, "")
    assert err == f"There is no database at “{lost}”. Make one with `lintanctl db init`.\n"
    status, _out, err = run("--database", "nowhere.db", *words, "--json")
    assert (status, json.loads(err)["error"]) == (3, "cli.no_database")
    assert "lost.db" in json.loads(err)["message"]


def test_that_wrong_usage_speaks_as_asked_for_behind_the_command(run: Run) -> None:
    status, out, err = run("tell", "amount", "--lang", "en", "--json")
    assert (status, out) == (2, "")
    assert "the following arguments are required" in json.loads(err)["message"]


def test_that_a_name_a_command_has_for_itself_is_told_its_place(run: Run) -> None:
    words = ("--lang", "en", "receipt", "stock", "write-off", "1", "2", "--as", "chen")
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert "--as must stand before the group" in err


def test_that_a_wrong_word_says_nothing_about_options(run: Run) -> None:
    _status, _out, err = run("--lang", "en", "--database", "x.db", "application", "lis")
    assert "before the group" not in err
