"""Donations imported from a workbook with every check, against one form after the other.

The naive way reads the same rows with openpyxl and saves each as the window saves a form: looked
up, checked and committed alone.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from time import process_time

from core.cli.benches.fund import DONOR, DONOR_NUMBER, PURPOSE, Ground, found_fund, may_everything
from core.cli.benches.scratch import scratch_office
from core.clock import SystemClock
from core.database import Database
from core.fund.donation_input import DonationContent
from core.fund.donations import record
from core.fund.sheets import DONATIONS_IMPORTER
from core.fund.states import Form
from core.sheets.batch import run_import
from core.values.comparison import Comparison
from core.values.money import Money

#: More than enough to know what the naive way costs.
_NAIVE = 200
_HEADERS = (
    "登记号", "捐赠人", "证件号码", "捐赠形式", "到账日期", "金额", "用途", "银行流水号",
)  # fmt: skip


def donations(rows: int = 10_000) -> Comparison:
    """Milliseconds of one core for one donation, read, checked and stored."""
    naive_rows = min(max(rows // 10, 20), _NAIVE)
    with tempfile.TemporaryDirectory() as folder, scratch_office() as database:
        may_everything(database)
        with database.write() as session:
            ground = found_fund(session)
        day = SystemClock().now().date().replace(month=1, day=2)
        book = _book(Path(folder) / "ours.xlsx", "A", rows, day)
        other = _book(Path(folder) / "naive.xlsx", "B", naive_rows, day)
        start = process_time()
        with database.write() as session:
            report, _batch = run_import(session, DONATIONS_IMPORTER, book)
        ours = (process_time() - start) / rows * 1000
        start = process_time()
        _one_by_one(database, other, ground, day)
        naive = (process_time() - start) / naive_rows * 1000
    told = f"{report.accepted} donations in {ours * rows / 1000:.1f} s of one core"
    return Comparison("donations", "ms", ours, naive, told)


def _book(path: Path, letter: str, rows: int, day: date) -> Path:
    from openpyxl import Workbook

    made = Workbook(write_only=True)
    sheet = made.create_sheet("捐赠")
    sheet.append(_HEADERS)
    for n in range(1, rows + 1):
        code, reference = f"{letter}{n:06}", f"REF{letter}{n:08}"
        amount = str(Money(100 + n))
        sheet.append(
            [code, DONOR, DONOR_NUMBER, "银行转账", day.isoformat(), amount, PURPOSE, reference]
        )
    made.save(path)
    return path


def _one_by_one(database: Database, path: Path, ground: Ground, day: date) -> None:
    from openpyxl import load_workbook

    for code, *_rest, amount, _purpose, reference in load_workbook(path)["捐赠"].iter_rows(
        min_row=2, values_only=True
    ):
        content = DonationContent(
            donor_id=ground.donor,
            unit_id=ground.unit,
            purpose_id=ground.purpose,
            form=Form.TRANSFER,
            received_on=day,
            amount=Money.parse(str(amount)),
            code=str(code),
            bank_reference=str(reference),
        )
        with database.write() as session:
            record(session, content)
