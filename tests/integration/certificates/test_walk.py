"""The whole road of a case, on both databases, and what it leaves behind."""

from __future__ import annotations

from core.certificates.states import State
from tests.cases import Desk


def test_that_a_case_walks_from_receipt_to_the_shelf(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.ARCHIVED)
    summary = desk.summary(case)
    assert summary.certificate_number == "明林碳证〔2026〕第000001号"
    assert summary.tonnes is not None
    assert summary.tonnes.plain == "304.44"
