"""`audit check` on the sample office after plain SQL: the place is named, the value never."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.cli.sample_office import people
from tests.sample import Built

SECRET = "某某某"


@dataclass(frozen=True)
class Tampered:
    """One change past the log, and how it is to be reported."""

    statement: str
    table: str
    column: str
    faults: str = "changed"

    @property
    def place(self) -> tuple[str, str, str]:
        """Where, and everything that is wrong there."""
        return self.table, self.column, self.faults


_PERSON = "(SELECT min(party_id) FROM personal_number)"
_CLAIM = "(SELECT min(id) FROM parcel_claim WHERE live)"
_BLOB = "(SELECT sha256 FROM document WHERE id = 1)"
#: What somebody with the rights of the owner would like to change, on both databases.
TAMPERED = (
    Tampered(f"party SET name = '{SECRET}' WHERE id = 2", "party", "name"),
    Tampered(f"personal_number SET tail = '9' WHERE party_id = {_PERSON}", "personal_number",
             "tail"),
    Tampered("certificate SET tonnes = tonnes + 1 WHERE id = 1", "certificate", "tonnes"),
    Tampered("certificate SET document_id = 1 WHERE id = 2", "certificate", "document_id"),
    Tampered("application SET tonnes = tonnes - 1 WHERE id = 5", "application", "tonnes"),
    Tampered("parcel SET area = area * 2 WHERE id = 3", "parcel", "area"),
    Tampered(f"parcel_claim SET live = false WHERE id = {_CLAIM}", "parcel_claim", "live"),
    Tampered("register_entry SET facts = replace(facts, '林', '木') WHERE id = 1",
             "register_entry", "facts", "changed seal"),
    Tampered("document SET facts = replace(facts, '2026', '2025') WHERE id = 3", "document",
             "facts", "changed seal"),
    Tampered("document SET sha256 = (SELECT min(sha256) FROM blob) WHERE id = 4", "document",
             "sha256"),
    Tampered("receipt SET amount = amount + 100 WHERE id = 1", "receipt", "amount"),
    Tampered("receipt SET facts = replace(facts, '元', '圆') WHERE id = 2", "receipt", "facts"),
    Tampered("fund_entry SET balance = balance + 1 WHERE id = 2", "fund_entry", "balance"),
    Tampered(f"blob SET bytes = '' WHERE sha256 = {_BLOB}", "blob", "bytes", "seal"),
)  # fmt: skip


def places(document: Any) -> set[tuple[str, str, str]]:
    """Table, column and all faults of every place that is named."""
    faults: dict[tuple[str, str], set[str]] = {}
    for one in document["disagreements"]:
        for column in one["columns"]:
            faults.setdefault((one["table"], column), set()).add(one["fault"])
    return {(*place, " ".join(sorted(found))) for place, found in faults.items()}


def check(capsys: pytest.CaptureFixture[str], database: Path, password: str) -> tuple[int, Any]:
    """`lintanctl --json audit check`."""
    words = ["--json", "--database", str(database), "--as", people.AUDITOR.login]
    status = main([*words, "--password-file", password, "audit", "check"])
    return status, json.loads(capsys.readouterr().out)


def attack(database: Path, *statements: str) -> None:
    """Drop the guards, change, put them back."""
    with closing(sqlite3.connect(database)) as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _sql in guards:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement
        for _name, sql in guards:
            connection.execute(sql)
        connection.commit()


def test_that_the_whole_sample_office_agrees_with_its_log(
    built: Built, capsys: pytest.CaptureFixture[str]
) -> None:
    password = built.password_file(people.AUDITOR.login)
    status, document = check(capsys, Path(built.database), password)
    assert (status, document["good"], document["disagreements"]) == (0, True, [])
    assert document["rows"] > 1000
    # What is in no log cannot be compared, and the answer says so.
    assert {"personal_number.value", "account.password_hash"} <= set(document["not_compared"])


def test_that_every_change_by_plain_sql_is_found(
    built: Built, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    database = tmp_path / "changed.db"
    shutil.copyfile(built.database, database)
    attack(database, *(f"UPDATE {one.statement}" for one in TAMPERED))
    status, document = check(capsys, database, built.password_file(people.AUDITOR.login))
    assert (status, document["good"]) == (1, False)
    assert places(document) == {one.place for one in TAMPERED}
    assert SECRET not in json.dumps(document, ensure_ascii=False)


def test_that_people_read_where_and_what(
    built: Built, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    database = tmp_path / "changed.db"
    shutil.copyfile(built.database, database)
    attack(database, f"UPDATE party SET name = '{SECRET}' WHERE id = 2")
    words = ["--lang", "en", "--database", str(database), "--as", people.AUDITOR.login]
    password = built.password_file(people.AUDITOR.login)
    assert main([*words, "--password-file", password, "audit", "check"]) == 1
    said = capsys.readouterr().out
    assert "does not say what the log last said" in said
    assert "party" in said
    assert SECRET not in said
