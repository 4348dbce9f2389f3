"""The register asked from a script: what it said on a day, as a paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.certificates.states import State
from core.cli import main
from core.documents import stock
from core.documents.stock_model import SheetState
from core.i18n import _
from core.office import permissions
from tests import databases
from tests.cases import Desk


def test_that_a_script_gets_a_paper_about_a_day(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.receive()
    desk.walk(case, State.ENTERED)
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    number = desk.summary(case).certificate_number

    def call(login: str, *words: str) -> tuple[int, Any]:
        where = ["--json", "--database", databases.url_of(desk.database), "--as", login]
        status = main([*where, "--password-file", str(secret), "certificate", *words])
        said = capsys.readouterr()
        return status, json.loads(said.out or said.err)

    asked = ("certify", number, "--inquirer", "明光农商银行")
    status, paper = call("registrar", *asked, "--as-of", "2026-11-24")
    assert (status, paper["state"]) == (0, "to_sign")
    assert paper["number"].endswith("〔2026〕1号")
    status, refused = call("registrar", *asked, "--as-of", "2026-01-01")
    assert (status, refused["error"]) == (1, "certificates.not_yet_entered")
    status, refused = call("registrar", *asked, "--as-of", "昨天")
    assert (status, refused["fields"][0]["field"]) == (1, "date")
    status, refused = call("auditor", *asked)
    assert (status, refused["error"]) == (1, "access.not_permitted")
    assert not [one.key for one in permissions() if one.key in refused["message"]]
    assert [one.title for one in permissions() if _(one.title) in refused["message"]]


def test_that_steps_are_named_and_their_choices_readable(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.receive()
    desk.walk(case, State.ACCEPTED)
    number = desk.summary(case).receipt_number
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")

    def call(*words: str) -> tuple[int, Any]:
        where = ["--json", "--database", databases.url_of(desk.database), "--as", databases.ALL]
        status = main([*where, "--password-file", str(secret), "application", *words])
        said = capsys.readouterr()
        return status, json.loads(said.out or said.err)

    status, refused = call("advance", number, "--to", "preliminary_review", "--reason", "无")
    assert (status, refused["fields"][0]["field"]) == (1, "step")
    assert "preliminary" in refused["message"]
    status, steps = call("steps", number)
    delivery = next(one for one in steps if one["key"] == "record_delivery")
    document = next(one for one in delivery["fields"] if one["name"] == "document")
    assert "收件清单" in [one["title"].split()[0] for one in document["choices"]]


def test_that_each_wrong_field_is_named_as_the_form_calls_it(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.receive()
    number = desk.summary(case).receipt_number
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")

    def call(*words: str) -> str:
        where = ["--lang", "en", "--database", databases.url_of(desk.database)]
        where += ["--as", databases.ALL]
        words = ("--password-file", str(secret), "application", "advance", number, *words)
        assert main([*where, *words]) == 1
        return capsys.readouterr().err

    lines = json.dumps([{"title": "身份证明", "problem": "", "demand": "补"}], ensure_ascii=False)
    told = call("--to", "request_correction", "--set", f"items={lines}", "--set", "colour=red")
    first, *rest = told.splitlines()
    assert first.startswith("colour: ")
    assert rest[0].startswith("Papers to correct 1 Problem: ")
    assert "--set" in rest[-1]
    assert number in rest[-1]
    told = call("--to", "publish_notice")
    assert "Publish the notice" in told
    assert "--set" not in told


def test_that_a_spoiled_sheet_is_replaced_from_a_script(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.as_("registrar").write() as session:
        stock.receive(session, stock.CERTIFICATE, stock.Sheets.parse("YZ001", "YZ003"))
    case = desk.receive()
    desk.walk(case, State.ENTERED)
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    number = desk.summary(case).certificate_number

    def call(*words: str) -> tuple[int, Any]:
        where = ["--json", "--database", databases.url_of(desk.database), "--as", databases.ALL]
        status = main([*where, "--password-file", str(secret), "certificate", *words])
        said = capsys.readouterr()
        return status, json.loads(said.out or said.err)

    change = ("change-sheet", number, "--serial", "YZ002", "--reason", "卡纸")
    status, refused = call(*change)
    assert (status, refused["error"]) == (1, "certificates.unsigned")
    desk.step(case, "make_certificate", sheet_serial="YZ001")
    status, done = call(*change)
    assert (status, done["sheet"]) == (0, "YZ002")
    with desk.as_("all").read() as session:
        counts = stock.balance(session, stock.CERTIFICATE).counts
        assert (counts[SheetState.USED], counts[SheetState.SPOILED]) == (1, 1)
    status, refused = call("change-sheet", number, "--serial", "YZ001", "--reason", "再换")
    assert (status, refused["fields"][0]["field"]) == (1, "sheet_serial")
