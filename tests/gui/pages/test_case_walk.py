"""One case from the new application to the signed certificate, all of it through the window."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.certificates.states import State
from core.database import Database
from core.documents import keys
from core.documents.service import bytes_of, pending
from core.documents.verify import verify
from core.office import paper_kinds
from tests.gui.pages.conftest import Desk
from tests.gui.pages.walking import OPINION, Walk, received


def test_that_a_case_goes_from_the_counter_to_a_signed_certificate(
    desk: Desk, sqlite_database: Database, tmp_path: Path
) -> None:
    walk = received(desk, sqlite_database, tmp_path)
    _review(walk)
    _publish(walk)
    _decide(walk)
    last = _hand_out(walk)
    assert last.summary.state is State.ARCHIVED
    assert last.summary.certificate_number == "明林碳证〔2026〕第000001号"
    _judge(sqlite_database, last.papers)


def _review(walk: Walk) -> None:
    walk.step("accept")
    walk.step("begin_review")
    walk.step("registry_letter")
    walk.move_to(date(2026, 8, 14))
    walk.step("registry_answer", {"answer_number": "自资函1号", "answer": "clear"})
    walk.step("pass_preliminary", OPINION)
    walk.step("compute_amount")
    walk.step("sign_off_parameters", {"reason": "参数集尚待省级确认"}, "approver")
    after = walk.step("examine_amount", OPINION)
    assert str(after.summary.tonnes) == "304.44"


def _publish(walk: Walk) -> None:
    walk.move_to(date(2026, 8, 28))
    meeting = {
        "place": "会商室",
        "experts": "秦昉、吕喆、孔翀",
        "result": "pass",
        "votes_for": "3",
        **OPINION,
    }
    walk.step("record_expert_review", meeting)
    walk.step("publish_notice", {"places": "信息栏"})
    walk.move_to(date(2026, 9, 14))
    walk.step("close_notice", {"witness": "王芳"})


def _decide(walk: Walk) -> None:
    walk.step("pass_second_review", OPINION)
    walk.step("approve", OPINION)
    walk.step("send_filing")
    walk.step("record_filing", {"filing_number": "环函1号"})
    check = {
        "tonnes": "304.44",
        "parcels": "1",
        "holders_agree": True,
        "period_agrees": True,
        "area_agrees": True,
    }
    walk.step("check_entry", check)
    walk.step("enter")


def _hand_out(walk: Walk):  # type: ignore[no-untyped-def]  # an ApplicationDetail
    walk.step("make_certificate")
    walk.step("issue", {"collector": "陈㛃", "id_tail": "0422", "relation": "本人"})
    return walk.step("archive", {"place": "A-1", "checker": "赵明"})


def _judge(database: Database, papers: tuple) -> None:  # type: ignore[type-arg]  # summaries
    with database.read() as session:
        assert pending(session) == []
        roots = keys.roots(session)
        certificate = next(paper for paper in papers if paper.kind == "certificate")
        for paper in papers:
            data = bytes_of(session, paper.id)
            verdict = verify(data, roots=roots, session=session, kinds=paper_kinds())
            assert verdict.ok, (paper.title, verdict.reasons)
        assert certificate.number == "明林碳证〔2026〕第000001号"
