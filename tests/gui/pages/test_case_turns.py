"""The turns a case may take, all of them through the window: objection, supplement, back, refusal."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from core.certificates.states import State
from core.database import Database
from core.documents.service import bytes_of
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import OPINION, Walk, received


@pytest.fixture
def walk(desk: Desk, sqlite_database: Database, tmp_path: Path) -> Walk:
    """A received case with all its papers, in an office that signs."""
    return received(desk, sqlite_database, tmp_path)


def _text(walk: Walk, detail: object, kind: str) -> str:
    paper = [one for one in detail.papers if one.kind == kind][-1]  # type: ignore[attr-defined]
    with walk.everybody.read() as session:
        data = bytes_of(session, paper.id)
    said = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return "".join(said.stdout.decode().split())


def _take(walk: Walk, *steps: tuple[str, Mapping[str, object]]) -> None:
    for key, values in steps:
        walk.step(key, values)


def test_that_a_case_is_supplemented_objected_to_sent_back_and_refused(walk: Walk) -> None:
    _take(walk, ("accept", {}), ("begin_review", {}))
    items = [{"title": "村民代表会议决议", "problem": "缺签名页", "demand": "补交签名页"}]
    after = walk.step("request_supplement", {"items": items, "deadline": "2026-08-20"})
    assert "村民代表会议决议" in _text(walk, after, "supplement_notice")
    assert all(one.why_not for one in after.offers if not one.step.beside_supplement)
    walk.move_to(date(2026, 8, 14))
    _take(
        walk,
        ("supplement_received", {"note": "已补齐"}),
        ("registry_letter", {}),
        ("registry_answer", {"answer_number": "自资函1号", "answer": "clear"}),
        ("pass_preliminary", OPINION),
        ("compute_amount", {}),
    )
    walk.step("sign_off_parameters", {"reason": "参数集尚待省级确认"}, "approver")
    walk.step("examine_amount", OPINION)
    back = walk.step("send_back", {"to": "preliminary", "reason": "图上界线不清"}, "approver")
    assert back.summary.state is State.PRELIMINARY
    _take(walk, ("pass_preliminary", OPINION), ("examine_amount", OPINION))
    experts = {"place": "会商室", "experts": "秦昉", "result": "pass", "votes_for": "1", **OPINION}
    _take(walk, ("record_expert_review", experts), ("publish_notice", {"places": "信息栏"}))
    walk.move_to(date(2026, 8, 18))
    objection = {"objector": "周𬱖", "matter": "东侧界线压在我家林地上", "contact": "0550-1"}
    objected = walk.step("receive_objection", objection)
    walk.move_to(date(2026, 9, 1))
    close = next(one for one in objected.offers if one.step.key == "close_notice")
    assert close.why_not
    upheld = {"finding": "现场核对属实", "upheld": True, "answer": "界线须重新测量"}
    answered = walk.step("answer_objection", upheld)
    assert "周𬱖" in _text(walk, answered, "objection_answer")
    refused = walk.step("refuse", {"ground": "objection", "reason": "公示异议成立"}, "approver")
    assert refused.summary.state is State.REFUSED
    assert "公示异议成立" in _text(walk, refused, "refusal")
    assert not [offer for offer in refused.offers if offer.step.main]


def test_that_an_applicant_withdraws_and_gets_a_paper(walk: Walk) -> None:
    walk.step("accept")
    gone = walk.step("withdraw", {"reason": "申请人书面撤回"})
    assert gone.summary.state is State.WITHDRAWN
    assert "陈㛃" in _text(walk, gone, "withdrawal")
