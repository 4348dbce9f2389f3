"""Receipts issued and signed, database included: in chunks, against one by one by the books.

The naive way is what a program would do without our parts: a transaction for each receipt, its
paper drawn with reportlab (texts only, no code, no table) and signed with pyHanko as they come.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert, select

from core.access import create_account
from core.cli.benches.fund import found_fund, may_everything
from core.cli.benches.scratch import scratch_office
from core.clock import SystemClock
from core.database import Database, now, today
from core.documents.authority import TestAuthority, create_test_office
from core.documents.model import Document
from core.documents.service import finish, issue_pending, work
from core.fund.model import Donation
from core.fund.receipts import IssueReceipt, issue, issue_each
from core.fund.states import DonationState, Form, Nature, Way
from core.values.comparison import Comparison
from core.values.money import Money

_CHUNK = 100
#: More than enough to know what the naive way costs.
_NAIVE = 200
_SECRET = "bench only 2"


def receipts(rows: int = 500) -> Comparison:
    """Milliseconds of one core for one receipt, issued, signed and stored.

    The time of the processor is taken, so that a busy machine does not spoil either side; the clock
    is told beside it.
    """
    with tempfile.TemporaryDirectory() as folder, scratch_office() as database:
        office = create_test_office(Path(folder), "性能测试局", now=SystemClock().now())
        naive_rows = min(max(rows // 10, 20), _NAIVE)
        may_everything(database)
        # Fonts are read once per process, in both ways: one receipt of each is not measured.
        gifts = _gifts(database, rows + naive_rows + 2)
        _in_chunks(database, office, [gifts.pop()])
        _one_by_one(database, office, [gifts.pop()])
        wall, ours = perf_counter(), process_time()
        _in_chunks(database, office, gifts[:rows])
        ours = (process_time() - ours) / rows * 1000
        wall = (perf_counter() - wall) / rows * 1000
        naive = process_time()
        _one_by_one(database, office, gifts[rows:])
        naive = (process_time() - naive) / naive_rows * 1000
    told = f"{rows} receipts, {1000 / ours:.0f}/s on one core ({1000 / wall:.0f}/s on the clock)"
    return Comparison("receipts", "ms", ours, naive, told)


def _gifts(database: Database, count: int) -> list[int]:
    """Reviewed donations of one donor, written at once: only issuing is measured."""
    with database.write() as session:
        cashier = create_account(session, "cashier", "收款员", _SECRET).id
        reviewer = create_account(session, "reviewer", "复核员", _SECRET).id
        ground = found_fund(session)
        row = {
            "donor_id": ground.donor, "unit_id": ground.unit, "purpose_id": ground.purpose,
            "form": Form.TRANSFER, "nature": Nature.GIFT, "received_on": date(today(session).year, 1, 2),
            "restricted": False, "anonymous": False, "bank_reference": "REF", "payer_name": "",
            "payer_tail": "", "agreement": "", "benefit": "", "note": "", "version": 1,
            "state": DonationState.REVIEWED, "cashier_id": cashier, "reviewer_id": reviewer,
            "recorded_at": now(session),
        }  # fmt: skip
        session.execute(
            insert(Donation),
            [{**row, "code": f"B{n:06}", "amount": Money(100 + n)} for n in range(count)],
        )
        return list(session.scalars(select(Donation.id).order_by(Donation.id)))


def _in_chunks(database: Database, office: TestAuthority, gifts: Sequence[int]) -> None:
    signer = office.signer()
    for start in range(0, len(gifts), _CHUNK):
        part = gifts[start : start + _CHUNK]
        with database.write() as session:
            issue_each(session, [(one, 1) for one in part], Way.OWN)
    issue_pending(database, signer)


def _one_by_one(database: Database, office: TestAuthority, gifts: Sequence[int]) -> None:
    for one in gifts:
        with database.write() as session:
            command = IssueReceipt(donations=((one, 1),), way=Way.OWN)
            issue(session, command)
            document = session.scalars(select(Document.id).order_by(Document.id.desc())).first()
            assert document is not None
            task = work(session, document)
            finish(session, document, _by_the_books(task, office))


def _by_the_books(task: Any, office: TestAuthority) -> bytes:
    """The same facts with reportlab's canvas and pyHanko's signer, each made anew."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    load: Callable[..., Any] = signers.SimpleSigner.load_pkcs12
    signer = load(str(office.pkcs12), passphrase=office.passphrase.encode())
    assert signer is not None
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(_drawn(task)))
    meta = signers.PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256")
    signers.PdfSigner(meta, signer).sign_pdf(writer, output=out)
    return out.getvalue()


def _drawn(task: Any) -> bytes:
    from reportlab.pdfbase import pdfmetrics, ttfonts
    from reportlab.pdfgen.canvas import Canvas

    from core.documents import fonts

    if "naive" not in pdfmetrics.getRegisteredFontNames():
        path = fonts.folder() / fonts.FILES["song"]
        pdfmetrics.registerFont(ttfonts.TTFont("naive", str(path)))
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1)
    y = 800
    canvas.setFont("naive", 11)
    for key, value in task.facts.items():
        canvas.drawString(60, y, f"{key}：{value}")
        y -= 24
    canvas.save()
    return out.getvalue()
