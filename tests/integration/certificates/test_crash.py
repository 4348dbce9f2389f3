"""SIGKILL while certificates are registered: no gap, no repeat, no half record."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import numbering
from core.certificates.model import Application, StepTaken
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import State
from core.parcels.model import ParcelClaim
from tests import databases
from tests.cases import START, Desk

#: Enters case after case, and is killed by itself at the n-th beat: before or after a statement, or
#: at the moment of a commit. So every point inside a registration can be hit, and none is missed by
#: waiting on time.
PROGRAM = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import Engine, event
from core import office
from core.certificates.summaries import application_summary
from core.certificates.workflow import advance
from core.clock import FixedClock
from tests import databases
url, login, day, beats, *cases = sys.argv[1:]
database = office.open_database(
    url, login, databases.PASSWORD, FixedClock(datetime.fromisoformat(day))
)
left = int(beats)
def beat(*_args):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, beat)
for case in map(int, cases):
    with database.read() as session:
        seen = application_summary(session, case)
    if seen.state.value == "entry_checked":
        with database.write() as session:
            advance(session, case, seen.version, "enter")
database.close()
"""
#: About twice the beats of one registration: some kills come before its commit, some after it.
BEATS = 500


def _invariants(desk: Desk, cases: list[int]) -> int:
    with desk.as_("auditor").read() as session:
        assert numbering.missing(session) == []
        lines = numbering.ledger(session, "certificate", desk.today.year)
        assert [one.sequence for one in lines] == list(range(1, len(lines) + 1))
        certificates = list(session.scalars(select(Certificate).order_by(Certificate.id)))
        assert [one.number for one in certificates] == [one.text for one in lines]
        assert [one.record_id for one in lines] == [one.id for one in certificates]
        for one in certificates:
            entries = select(func.count()).where(RegisterEntry.certificate_id == one.id)
            assert session.scalar(entries) == 1
        entered = {one.application_id for one in certificates}
        for case in cases:
            row = session.get_one(Application, case)
            owner = "certificate" if case in entered else "application"
            assert row.state is (State.ENTERED if case in entered else State.ENTRY_CHECKED)
            steps = select(func.count()).where(
                StepTaken.application_id == case, StepTaken.step == "enter"
            )
            assert session.scalar(steps) == (case in entered)
            claims = _live_owners(desk, case, certificates)
            assert claims == [owner]
        return len(certificates)


def _live_owners(desk: Desk, case: int, certificates: list[Certificate]) -> list[str]:
    own = {("application", case)}
    own |= {("certificate", one.id) for one in certificates if one.application_id == case}
    with desk.as_("auditor").read() as session:
        rows = session.scalars(select(ParcelClaim).where(ParcelClaim.live))
        return [one.owner_kind for one in rows if (one.owner_kind, one.owner_id) in own]


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.long)])
def test_that_killing_registration_leaves_no_gap_no_repeat_no_half(desk: Desk, kills: int) -> None:
    cases = [desk.receive() for _ in range(2 if kills < 10 else 30)]
    for case in cases:
        desk.walk(case, State.ENTRY_CHECKED)
        # All of them on the same days, so that they are entered in the same year.
        desk.clock.set_date(START)
    desk.clock.set_date(START.replace(month=12))
    chance = random.Random(20261125)
    entered, killed = 0, 0
    for _ in range(kills):
        words = (
            databases.url_of(desk.database),
            "registrar",
            desk.clock.now().isoformat(),
            str(chance.randrange(BEATS)),
            *map(str, cases),
        )
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words], check=False, cwd=Path(__file__).parents[3]
        )
        assert ended.returncode in {0, -signal.SIGKILL}
        killed += ended.returncode != 0
        now = _invariants(desk, cases)
        assert now >= entered
        entered = now
    assert killed
    for case in cases:
        if desk.summary(case).state is State.ENTRY_CHECKED:
            desk.step(case, "enter")
    assert _invariants(desk, cases) == len(cases)
