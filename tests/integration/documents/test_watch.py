"""The watch over signing certificates: 60, 30 and 7 days before the end, and afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from core.cli import main
from core.clock import FixedClock
from core.database import Database
from core.documents import service, watch
from core.documents.authority import TestAuthority, create_test_office
from core.documents.sign import Signer
from core.documents.watch import Stage
from core.errors import EnvironmentFault, NotPermitted
from core.messages import text
from tests import databases, papers


def issue(database: Database, signer: Signer) -> None:
    with database.write() as session:
        facts = {**papers.LETTER, "number": "明林〔2026〕1号"}
        service.prepare(session, kind="acceptance", record_kind="a", record_id=1, facts=facts)
    (issued,) = service.issue_pending(database, signer)
    assert issued.fault is None


def at(database: Database, signer: Signer, days: float) -> FixedClock:
    """Put the clock so many days before the certificate's end."""
    clock = database.clock
    assert isinstance(clock, FixedClock)
    clock.instant = signer.certificate.not_valid_after_utc - timedelta(days=days)
    return clock


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (61, Stage.FINE),
        (60, Stage.SOON),
        (31, Stage.SOON),
        (30, Stage.SOONER),
        (8, Stage.SOONER),
        (7, Stage.NOW),
        (0, Stage.NOW),
        (-1, Stage.ENDED),
    ],
)
def test_that_each_stage_begins_on_its_day(signer: Signer, days: int, stage: Stage) -> None:
    end = signer.certificate.not_valid_after_utc
    assert watch.stage(end, end - timedelta(days=days)) is stage


def test_that_everybody_is_told_of_a_certificate_that_signed(
    pinned: Database, signer: Signer
) -> None:
    issue(pinned, signer)
    issue(pinned, signer)
    with pinned.read() as session:
        (one,) = watch.certificates(session)
        assert (one.name, one.stage) == (signer.name, Stage.FINE)
        assert watch.ending(session) == []
    at(pinned, signer, 20)
    with pinned.read() as session:
        (one,) = watch.ending(session)
        assert (one.days_left, one.stage) == (20, Stage.SOONER)


def test_that_an_ended_certificate_signs_nothing_and_says_so(
    pinned: Database, signer: Signer
) -> None:
    issue(pinned, signer)
    at(pinned, signer, -1)
    with pytest.raises(EnvironmentFault) as refused:
        service.issue_pending(pinned, signer)
    assert refused.value.code == "sign.expired"
    assert signer.name in text(refused.value)
    with pinned.read() as session:
        assert [one.stage for one in watch.ending(session)] == [Stage.ENDED]


def test_that_a_longer_certificate_of_the_same_name_takes_over(
    pinned: Database, signer: Signer, tmp_path: Path
) -> None:
    issue(pinned, signer)
    clock = at(pinned, signer, 20)
    fresh = create_test_office(tmp_path, papers.OFFICE, now=clock.instant).signer()
    issue(pinned, fresh)
    with pinned.read() as session:
        assert len(watch.certificates(session)) == 2
        assert watch.ending(session) == []


def test_that_a_certificate_no_longer_used_is_retired(pinned: Database, signer: Signer) -> None:
    issue(pinned, signer)
    at(pinned, signer, -3)
    with pinned.write() as session:
        (one,) = watch.ending(session)
        watch.retire(session, one.id)
        watch.retire(session, one.id)
        assert watch.ending(session) == []
    with (
        databases.open_as(pinned, "clerk") as clerk,
        pytest.raises(NotPermitted),
        clerk.write() as session,
    ):
        watch.retire(session, one.id)


def test_that_a_script_is_told_who_signs_next_and_what_ends(
    sqlite_database: Database,
    authority: TestAuthority,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from core import settings
    from core.documents import signatories

    with sqlite_database.write() as session:
        settings.put(session, signatories.SETTING, value=True)
        facts = papers.facts_for("approval_form")
        del facts["approver_signs"]
        service.prepare(session, kind="approval_form", record_kind="a", record_id=1, facts=facts)
    (tmp_path / "me").write_text(databases.PASSWORD, encoding="utf-8")
    (tmp_path / "key").write_text(authority.passphrase, encoding="utf-8")
    me = ["--database", databases.url_of(sqlite_database), "--as", databases.ALL]

    def call(*words: str) -> tuple[int, list[dict[str, object]]]:
        status = main(["--json", *me, "--password-file", str(tmp_path / "me"), "papers", *words])
        return status, json.loads(capsys.readouterr().out)

    def resume(key: Path) -> tuple[int, list[dict[str, object]]]:
        words = ("--key", str(key), "--key-password-file", str(tmp_path / "key"))
        return call("resume", *words)

    status, (waiting,) = call("list")
    assert (status, waiting["state"], waiting["signs_next"]) == (0, "to_sign", "approver")
    assert resume(authority.pkcs12) == (0, [])  # the office's turn comes later
    status, (row,) = resume(authority.people[0].pkcs12)
    assert (status, row["signs_next"], row["sha256"]) == (0, "bureau", None)
    _, (waiting,) = call("list")
    assert (waiting["state"], waiting["signs_next"]) == ("partly_signed", "bureau")
    status, (row,) = resume(authority.pkcs12)
    assert (status, row["signs_next"], bool(row["sha256"])) == (0, None, True)
    status, certificates = call("certificates")
    assert (status, len(certificates)) == (0, 2)
    assert {one["stage"] for one in certificates} == {Stage.FINE.value}
