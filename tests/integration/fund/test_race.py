"""Many connections issue receipts of our own and on stock while some of them are killed.

No gap, no repeat, no receipt without its gift, no gift in two valid receipts, every number
explained. Four processes of two connections each by default; 16 connections with `--long`.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, numbering
from core.documents.model import Document
from core.fund.model import Donation
from core.fund.receipt_model import Receipt, ReceiptLine, StockSheet
from core.fund.states import DonationState, ReceiptState, SheetState, Way
from tests import databases
from tests import fund as funds

ROOT = Path(__file__).parents[3]

#: Each connection tries every gift once, in an order of its own, in turn by letter and on stock. The
#: process kills itself at the n-th beat (a statement, or a commit) of any of its connections, so
#: that every point inside a transaction can be hit and nothing waits on time.
PROGRAM = """
import os, random, signal, sys, threading
from sqlalchemy import Engine, event
from core import office
from core.errors import EnvironmentFault, RuleViolation, StaleRecord
from core.fund.donations import find_donation
from core.fund.receipts import IssueReceipt, issue
from core.fund.states import Way
from tests import databases
url, seed, beats, connections, *codes = sys.argv[1:]
left = int(beats)
lock = threading.Lock()
def beat(*_args):
    global left
    with lock:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
def work(number):
    database = office.open_database(url, "receipt_issuer", databases.PASSWORD, databases.clock())
    mine = list(codes)
    random.Random(f"{seed} {number}").shuffle(mine)
    for turn, code in enumerate(mine):
        way = Way.OWN if (turn + number) % 2 else Way.STOCK
        try:
            with database.write() as session:
                row = find_donation(session, code)
                issue(session, IssueReceipt(donations=((row.id, row.version),), way=way))
        except (RuleViolation, StaleRecord) as refusal:
            known = {"fund.already_receipted", "record.stale", "fund.stock_empty"}
            assert refusal.code in known, refusal.code
        except EnvironmentFault as busy:
            assert busy.code == "database.locked", busy.code
    database.close()
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, beat)
threads = [threading.Thread(target=work, args=(n,)) for n in range(int(connections))]
[one.start() for one in threads]
[one.join() for one in threads]
"""


def start(
    fund: funds.Fund, seed: int, beats: int, connections: int, codes: list[str]
) -> subprocess.Popen[bytes]:
    words = [databases.url_of(fund.database), str(seed), str(beats), str(connections), *codes]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], cwd=ROOT, stderr=subprocess.PIPE
    )


def explained(fund: funds.Fund, codes: list[str]) -> Counter[Way]:
    """Check everything that must hold, whatever was killed; receipts by way."""
    with fund.as_("auditor").read() as session:
        assert numbering.missing(session) == []
        receipts = {one.id: one for one in session.scalars(select(Receipt))}
        lines = numbering.ledger(session, "confirmation", 2026)
        assert [one.sequence for one in lines] == list(range(1, len(lines) + 1))
        own = {one.id: one.number for one in receipts.values() if one.way is Way.OWN}
        assert {one.record_id: one.text for one in lines} == own
        used = session.scalars(select(StockSheet).where(StockSheet.state == SheetState.USED)).all()
        on_stock = {one.id: one.number for one in receipts.values() if one.way is Way.STOCK}
        assert {one.receipt_id: one.number for one in used} == on_stock
        numbers = sorted(int(one) for one in on_stock.values())
        assert numbers == list(range(1, len(numbers) + 1))
        gifts = Counter(session.scalars(select(ReceiptLine.donation_id)))
        assert set(gifts.values()) <= {1}
        assert set(session.scalars(select(ReceiptLine.receipt_id))) == set(receipts)
        papers = set(
            session.scalars(select(Document.record_id).where(Document.record_kind == "receipt"))
        )
        assert papers == set(own)
        for row in session.scalars(select(Donation).where(Donation.code.in_(codes))):
            wanted = DonationState.RECEIPTED if row.id in gifts else DonationState.REVIEWED
            assert row.state is wanted
            assert (row.receipt_id in receipts) is (row.id in gifts)
        assert all(one.state is ReceiptState.ISSUED for one in receipts.values())
        assert audit.verify_chain(session).intact
        return Counter(one.way for one in receipts.values())


def test_that_races_and_kills_leave_no_gap_and_no_gift_twice(
    fund: funds.Fund, long_run: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    processes, connections, gifts = (4, 4, 60) if long_run else (2, 4, 10)
    chance = random.Random(20261125)
    codes = [fund.ready(amount=f"{n + 1}.00") for n in range(gifts)]
    for turn in range(4 if long_run else 1):
        running = [
            start(fund, turn * 100 + n, chance.randrange(80, 2500), connections, codes)
            for n in range(processes)
        ]
        ends = [(one.communicate()[1], one.returncode) for one in running]
        for said, end in ends:
            assert end in {0, -signal.SIGKILL}, said.decode()
        ways = explained(fund, codes)
        killed = sum(end != 0 for _said, end in ends)
        told = (
            f"{killed} of {processes} killed, {ways[Way.OWN]} letters, {ways[Way.STOCK]} on stock"
        )
        with capsys.disabled():
            sys.stdout.write(f"\nturn {turn}: {told}\n" if long_run else "")
    last = start(fund, 7, 10**9, 2, codes)
    said = last.communicate()[1]
    assert last.returncode == 0, said.decode()
    assert sum(explained(fund, codes).values()) == gifts


@pytest.mark.parametrize("beats", [45, 90, 140, 190, 240])
def test_that_a_kill_inside_an_issue_leaves_nothing_half_done(
    local_fund: funds.Fund, beats: int
) -> None:
    codes = [local_fund.ready() for _ in range(2)]
    running = start(local_fund, 1, beats, 1, codes)
    said = running.communicate()[1]
    assert running.returncode in {0, -signal.SIGKILL}, said.decode()
    explained(local_fund, codes)


#: A batch by chunks, each a transaction, as the window issues it; repeated with the same request.
BATCH = """
import os, signal, sys
from uuid import UUID
from sqlalchemy import Engine, event
from core import office
from core.fund.batches import issue_batch
from core.fund.receipts import IssueReceipt
from core.fund.states import Way
from tests import databases
url, beats, *gifts = sys.argv[1:]
left = int(beats)
def beat(*_args):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, beat)
database = office.open_database(url, "receipt_issuer", databases.PASSWORD, databases.clock())
pairs = [tuple(map(int, one.split(","))) for one in gifts]
for start in range(0, len(pairs), 2):
    commands = [IssueReceipt(donations=(one,), way=Way.OWN) for one in pairs[start : start + 2]]
    with database.write() as session:
        done = issue_batch(session, commands, UUID(int=7))
        assert not any(one.fault for one in done), done
database.close()
"""


@pytest.mark.parametrize("beats", [120, 400])
def test_that_a_batch_that_was_killed_goes_on_where_it_was(fund: funds.Fund, beats: int) -> None:
    codes = [fund.ready() for _ in range(6)]
    gifts = [",".join(map(str, fund.donation(code))) for code in codes]

    def run(beats: int) -> int:
        words = [databases.url_of(fund.database), str(beats), *gifts]
        done = subprocess.run(
            [sys.executable, "-c", BATCH, *words], cwd=ROOT, stderr=subprocess.PIPE, check=False
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
        return done.returncode

    assert run(beats) == -signal.SIGKILL
    explained(fund, codes)
    assert run(10**9) == 0
    assert explained(fund, codes)[Way.OWN] == len(codes)


def test_that_two_clerks_at_once_issue_one_receipt(fund: funds.Fund, tmp_path: Path) -> None:
    code = fund.ready()
    password = tmp_path / "password"
    password.write_text(databases.PASSWORD, encoding="utf-8")
    words = [
        sys.executable, "-m", "core.cli", "--json", "--database", databases.url_of(fund.database),
        "--as", "receipt_issuer", "--password-file", str(password),
        "receipt", "issue", code, "--way", "own",
    ]  # fmt: skip
    clerks = [
        subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    ends = [(one.communicate(), one.returncode) for one in clerks]
    assert sorted(end for _said, end in ends) == [0, 1], ends
    ((_out, refused),) = [said for said, end in ends if end]
    known = {"fund.already_receipted", "record.stale", "database.locked"}
    assert json.loads(refused)["error"] in known
    assert sum(explained(fund, [code]).values()) == 1
