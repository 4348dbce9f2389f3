"""JSON is for programs: the same whatever language the person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.certificates.states import State
from core.cli import main
from core.database import Database
from core.documents import stock
from core.fund.states import Way
from core.values.money import Money
from core.values.tonnes import Tonnes
from tests import databases
from tests.cases import Desk, desk
from tests.fund import fund

ENTERED, RUNNING, GIFT = "<entered>", "<running>", "<gift>"


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Iterator[tuple[Desk, dict[str, str]]]:
    """An office with a registered case, a running notice, sheets and receipts."""
    with desk(sqlite_database, tmp_path) as at, fund(sqlite_database) as money:
        done, running = at.receive(), at.receive()
        at.walk(running, State.NOTICE)
        at.walk(done, State.ISSUED)
        at.clock.set_date(date(2026, 11, 25))
        code = money.ready()
        money.issue(code, Way.OWN)
        money.give()
        with sqlite_database.write() as session:
            serials = stock.Sheets.parse("YZ90000001", "YZ90000010")
            stock.receive(session, stock.CERTIFICATE, serials, "入库")
        yield (
            at,
            {
                ENTERED: at.summary(done).certificate_number,
                RUNNING: at.summary(running).receipt_number,
                GIFT: code,
            },
        )


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("application", "list"),
    ("application", "show", RUNNING),
    ("application", "show", ENTERED),
    ("application", "steps", RUNNING),
    ("certificate", "list"),
    ("certificate", "show", ENTERED),
    ("party", "list"),
    ("party", "show", "1"),
    ("donation", "list"),
    ("receipt", "list"),
    ("receipt", "books"),
    ("receipt", "check", GIFT, "--way", "own"),
    ("receipt", "ledger", "--way", "own", "--year", "2026"),
    ("fund", "balances"),
    ("fund", "report", "--from", "2026-01-01", "--to", "2026-12-31"),
    ("ledger",),
    ("ledger", "certificate"),
    ("papers", "list"),
    ("stock", "list"),
    ("stock", "moves"),
    ("stock", "balance", "certificate"),
    ("account", "list"),
    ("account", "roles"),
)


def _answer(where: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> object:
    capsys.readouterr()
    main([*where, *words])
    said = capsys.readouterr()
    assert said.out, (words, said.err)
    return json.loads(said.out)


def test_that_json_is_the_same_in_every_language_and_exact(
    office: tuple[Desk, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, names = office
    secret = tmp_path / "secret"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    where = ["--json", "--database", databases.url_of(at.database), "--as", databases.ALL]
    where += ["--password-file", str(secret)]
    answers: dict[tuple[str, ...], Any] = {}
    for command in COMMANDS:
        words = [names.get(word, word) for word in command]
        english = _answer([*where, "--lang", "en"], words, capsys)
        assert english, command
        assert _answer([*where, "--lang", "zh_CN"], words, capsys) == english, command
        answers[command] = english
    _exact(answers)


def _exact(answers: dict[tuple[str, ...], Any]) -> None:
    """Amounts and days can be computed with; states are the stored words."""
    (row,) = answers["certificate", "list"]
    assert Tonnes.parse(row["tonnes"]).plain == row["tonnes"] == "304.44"
    assert row["area"] == {"m2": 51400, "mu": "77.10", "ha": "5.1400"}
    assert (row["status"], row["period"]["to"][:4]) == ("valid", "2025")
    gifts = answers["donation", "list"]
    assert {Money.parse(gift["amount"]) for gift in gifts} == {Money(10_000)}
    assert len({gift["state"] for gift in gifts}) == 2
    shown = answers["application", "show", RUNNING]
    assert shown["sections"]["parcels"]["lines"][0]["area"]["m2"] == 51400
