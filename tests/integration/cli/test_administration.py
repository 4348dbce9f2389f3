"""lintanctl against real databases: make, look, check, save, restore, accounts, ledger, audit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.database import Database
from tests import databases

Answer = tuple[int, Any, Any]
Ctl = Callable[..., Answer]


@pytest.fixture
def password(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text(databases.PASSWORD, encoding="utf-8")
    return str(file)


@pytest.fixture
def ctl(capsys: pytest.CaptureFixture[str], password: str) -> Ctl:
    """Run lintanctl --json; answers status, document, error object."""

    def call(*words: str, login: str = databases.ALL, url: str = "") -> Answer:
        status = main(
            ["--json", "--database", url, "--as", login, "--password-file", password, *words]
        )
        said = capsys.readouterr()
        document = json.loads(said.out) if said.out else None
        return status, document, json.loads(said.err) if said.err else None

    return call


@pytest.fixture
def at(ctl: Ctl, database: Database) -> Ctl:
    """The same on the database of the test, SQLite or PostgreSQL."""
    url = databases.url_of(database)

    def call(*words: str, login: str = databases.ALL) -> Answer:
        return ctl(*words, login=login, url=url)

    return call


def test_that_an_office_is_made_and_found_good(ctl: Ctl, tmp_path: Path, password: str) -> None:
    path = str(tmp_path / "新 单位.db")
    made = (
        "--office",
        "明光市林业局",
        "--short",
        "明林",
        "--admin",
        "chen",
        "--admin-name",
        "陈刚",
    )
    values = ("--set", "office.phone=0550-8022000", "--new-password-file", password)
    status, document, _ = ctl("db", "init", *made, *values, url=path)
    assert (status, document["current"], document["place"]) == (0, True, path)
    status, document, _ = ctl("db", "check", login="chen", url=path)
    assert (status, document["good"]) == (0, True)
    status, _, error = ctl("db", "init", *made, *values, url=path)
    assert (status, error["error"]) == (3, "database.exists")


def test_that_a_value_without_a_key_is_refused(ctl: Ctl, tmp_path: Path, password: str) -> None:
    made = ("--office", "a", "--short", "b", "--admin", "chen", "--admin-name", "陈刚")
    path = tmp_path / "x.db"
    status, _, error = ctl(
        "db", "init", *made, "--set", "phone", "--new-password-file", password, url=str(path)
    )
    assert (status, error["fields"][0]["field"]) == (1, "set")
    assert not path.exists()


def test_that_a_backup_can_take_the_place_of_the_database(
    ctl: Ctl, sqlite_database: Database, tmp_path: Path
) -> None:
    url = databases.url_of(sqlite_database)
    sqlite_database.close()
    saved, restored = str(tmp_path / "备份.db"), str(tmp_path / "back" / "again.db")
    status, document, _ = ctl("db", "backup", saved, url=url)
    assert (status, document["file"]) == (0, saved)
    status, _, error = ctl("db", "backup", saved, url=url)
    assert (status, error["error"]) == (3, "database.exists")
    status, document, _ = ctl("db", "restore", saved, "--to", restored, url=url)
    assert (status, document["file"]) == (0, restored)
    status, document, _ = ctl("audit", "check", url=restored)
    assert (status, document["good"]) == (0, True)


def test_that_a_damaged_backup_is_not_restored(
    ctl: Ctl, sqlite_database: Database, tmp_path: Path
) -> None:
    url = databases.url_of(sqlite_database)
    saved = tmp_path / "saved.db"
    ctl("db", "backup", str(saved), url=url)
    data = bytearray(saved.read_bytes())
    data[8192:12288] = b"\xff" * 4096
    saved.write_bytes(data)
    status, _, error = ctl("db", "restore", str(saved), "--to", str(tmp_path / "r.db"), url=url)
    assert (status, error["error"]) == (3, "maintenance.file_damaged")
    assert not (tmp_path / "r.db").exists()


def test_that_accounts_are_opened_changed_and_closed(at: Ctl, password: str) -> None:
    new = ("--name", "王芳", "--roles", "clerk, checker", "--new-password-file", password)
    status, document, _ = at("account", "create", "wangfang", *new)
    assert (status, document["roles"]) == (0, ["clerk", "checker"])
    status, document, _ = at("account", "set-roles", "wangfang", "reviewer")
    assert (status, document["roles"]) == (0, ["reviewer"])
    assert at("account", "close", "wangfang")[1]["active"] is False
    status, _, error = at("account", "list", login="wangfang")
    # A server does not let a closed account in at all, and does not say why.
    assert status == 1
    assert error["error"] in {"access.closed", "access.wrong_password"}
    assert at("account", "reopen", "wangfang")[1]["active"] is True
    assert "wangfang" in [row["login"] for row in at("account", "list", login="wangfang")[1]]


def test_that_an_unknown_account_is_named(at: Ctl) -> None:
    status, _, error = at("account", "close", "nobody")
    assert (status, error["error"]) == (1, "cli.no_account")
    assert "nobody" in error["message"]


def test_that_a_clerk_cannot_manage_accounts(at: Ctl, password: str) -> None:
    new = ("--name", "李", "--new-password-file", password)
    status, _, error = at("account", "create", "li", *new, login="clerk")
    assert (status, error["error"]) == (1, "access.not_permitted")
    status, _, error = at("audit", "check", login="clerk")
    assert (status, error["error"]) == (1, "access.not_permitted")


def test_that_a_wrong_password_is_refused(
    ctl: Ctl, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password", encoding="utf-8")
    words = ["--json", "--database", databases.url_of(database), "--as", "clerk"]
    status = main([*words, "--password-file", str(wrong), "account", "list"])
    assert status == 1
    assert json.loads(capsys.readouterr().err)["error"] == "access.wrong_password"


def test_that_the_audit_finds_the_chain_whole_and_compares_the_printed_head(at: Ctl) -> None:
    status, document, _ = at("audit", "check")
    assert (status, document["good"], document["missing_numbers"]) == (0, True, [])
    assert at("audit", "check", "--head", document["head"])[0] == 0
    assert at("audit", "check", "--head", "0" * 64)[0] == 1


def test_that_the_log_names_who_did_what(at: Ctl, password: str) -> None:
    at("account", "create", "zhao", "--name", "赵明", "--new-password-file", password)
    rows = at("audit", "log", "--table", "account", "--limit", "1")[1]
    assert (rows[0]["login"], rows[0]["action"]) == (databases.ALL, "insert")
    assert databases.PASSWORD not in json.dumps(rows)


def test_that_a_ledger_accounts_for_every_number(at: Ctl, database: Database) -> None:
    status, rows, _ = at("ledger", "certificate", "--year", "2026")
    assert (status, rows) == (0, [])


def test_that_a_root_is_trusted_once_named(at: Ctl, tmp_path: Path) -> None:
    from core.documents.authority import create_test_office

    made = create_test_office(tmp_path / "keys", "明光市林业局", passphrase="passphrase 1")
    status, rows, _ = at("db", "trust", str(made.root_file))
    assert (status, [row["role"] for row in rows]) == (0, ["root"])
    status, _, error = at("db", "trust", str(tmp_path / "none.pem"))
    assert (status, error["fields"][0]["field"]) == (1, "file")


def test_that_the_status_of_a_file_needs_no_login(ctl: Ctl, sqlite_database: Database) -> None:
    url = databases.url_of(sqlite_database)
    status, document, _ = ctl("db", "status", login="whoever", url=url)
    assert (status, document["current"]) == (0, True)


@pytest.mark.postgres
def test_that_the_status_of_a_server_needs_a_login_of_it(
    ctl: Ctl, postgres_database: Database
) -> None:
    url = databases.url_of(postgres_database)
    status, document, _ = ctl("db", "status", login="clerk", url=url)
    assert (status, document["dialect"], document["current"]) == (0, "postgresql", True)
    assert databases.PASSWORD not in document["place"]
    assert ctl("db", "status", login="whoever", url=url)[0] != 0


@pytest.mark.postgres
def test_that_a_server_is_saved_with_pg_dump(
    ctl: Ctl, postgres_database: Database, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.dump"
    owner = databases.owner_url(postgres_database)
    _, document, error = ctl("db", "backup", str(saved), url=owner)
    assert error is None, error["message"]
    assert saved.read_bytes()[:5] == b"PGDMP"
    assert document["bytes"] == saved.stat().st_size


def test_that_a_store_of_secrets_that_cannot_be_loaded_is_like_none(database: Database) -> None:
    url = databases.url_of(database)
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "core.cli", "--json", "--database", url),
            *("--as", databases.ALL, "application", "list"),
        ],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "no.such.Store"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 3
    assert json.loads(answer.stderr)["error"] == "cli.no_password"
