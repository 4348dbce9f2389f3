"""Meetings: quorum, opinions, votes, dissent, results that reach the case, fees."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.certificates.dossier import open_dossier
from core.certificates.model import Application
from core.certificates.states import State
from core.committee import fees, meetings, papers
from core.committee.opinions import OpinionContent, close_case, give
from core.committee.queries import case_view, meeting_detail
from core.committee.results import result_of
from core.committee.states import CaseResult, MeetingState, Presence, Vote
from core.errors import AppError, InputError
from core.values.money import Money
from tests.committee import Room

PASS = OpinionContent(vote=Vote.PASS, text="方法适用，数据可信", scores={"method": 9})
CHANGES = OpinionContent(vote=Vote.PASS_AFTER_CHANGES, changes="补充样地照片")
FAIL = OpinionContent(vote=Vote.FAIL, text="样地数量不足")
SIX = ("E01", "E02", "E05", "E06", "E07", "E08")


@pytest.fixture(name="held")
def _held(room: Room) -> tuple[int, int]:
    """A meeting in session about a case: its id and that of the item of its agenda."""
    case = room.case()
    meeting = room.meeting(case, experts=("E03", *SIX))
    room.open(meeting, "E01")
    return meeting, room.see("secretary", meeting_detail, meeting).cases[0].id


def test_that_the_result_follows_from_the_votes_and_keeps_dissent(
    room: Room, held: tuple[int, int]
) -> None:
    meeting, item = held
    line = room.see("secretary", meeting_detail, meeting).cases[0]
    assert (line.invited, line.judging, line.least) == (6, 6, 5)
    _refused("committee.is_recused", room, give, item, room.experts["E03"], PASS)
    _refused("committee.changes_missing", room, give, item, room.experts["E01"],
             OpinionContent(vote=Vote.PASS_AFTER_CHANGES))  # fmt: skip
    _refused("committee.score_range", room, give, item, room.experts["E01"],
             OpinionContent(vote=Vote.PASS, scores={"method": 11}))  # fmt: skip
    for code, said in zip(SIX, (PASS, PASS, PASS, CHANGES, CHANGES, FAIL), strict=True):
        _refused("committee.opinions_missing", room, close_case, item, line.version, "可")
        room.do("secretary", give, item, room.experts[code], said)
    count = room.do("secretary", close_case, item, line.version, "总体可行，须补充照片")
    assert (count.result, count.votes_for) == (CaseResult.PASS_AFTER_CHANGES, 5)
    assert (count.votes_against, count.abstentions) == (1, 0)
    _refused("committee.closed_already", room, give, item, room.experts["E01"], PASS)
    case = room.see("secretary", meeting_detail, meeting).cases[0].case
    found = room.see("secretary", result_of, ("application", case.id))
    assert found is not None
    assert found.changes == "补充样地照片"
    assert found.dissent == "严龑：样地数量不足"
    assert found.experts[0] == "秦昉"
    assert found.recused == 1
    version = room.see("secretary", meeting_detail, meeting).version
    room.do("secretary", meetings.close_meeting, meeting, version, "")
    assert room.see("secretary", meeting_detail, meeting).state is MeetingState.CLOSED
    _refused("committee.meeting_state", room, meetings.invite, meeting, room.experts["E04"])


def test_that_without_a_quorum_nothing_is_concluded(local_room: Room) -> None:
    room = local_room
    meeting = room.meeting(room.case(), experts=SIX)
    room.open(meeting, "E01", away=("E07", "E08"))
    line = room.see("secretary", meeting_detail, meeting).cases[0]
    for code in SIX[:4]:
        room.do("secretary", give, line.id, room.experts[code], PASS)
    _refused("committee.not_present", room, give, line.id, room.experts["E08"], PASS)
    _refused("committee.quorum", room, close_case, line.id, line.version, "可")
    late = room.see("secretary", meeting_detail, meeting).members[-1]
    room.do("secretary", meetings.sign_in, late.id, Presence.PRESENT)
    room.do("secretary", give, line.id, late.expert_id, PASS)
    count = room.do("secretary", close_case, line.id, line.version, "可")
    assert count.result is CaseResult.PASS


def test_that_an_expert_gives_only_the_own_opinion_and_sees_others_after_it(
    room: Room, held: tuple[int, int]
) -> None:
    _meeting, item = held
    room.link("E02")
    room.do("secretary", give, item, room.experts["E01"], FAIL)
    before = room.see("expert", case_view, item)
    assert before.others_hidden
    assert [one.expert_id for one in before.opinions] == [room.experts["E02"]]
    with pytest.raises(AppError) as caught:
        room.do("expert", give, item, room.experts["E06"], PASS)
    assert caught.value.code == "committee.own_opinion"
    room.do("expert", give, item, room.experts["E02"], PASS)
    after = room.see("expert", case_view, item)
    assert not after.others_hidden
    assert after.recused == ()
    assert len(after.opinions) == 6


def test_that_the_case_takes_the_result_of_the_meeting_and_nothing_else(room: Room) -> None:
    case = room.case(holder="皖东某合作社")
    room.desk.hand_in(case)
    room.desk.walk(case, State.EXPERT_REVIEW)
    room.desk.later(1)
    at = datetime(room.desk.today.year, room.desk.today.month, room.desk.today.day, 6, tzinfo=UTC)
    meeting = room.meeting(case, experts=("E01", "E02", "E06"), starts_at=at)
    with pytest.raises(AppError) as caught:
        room.desk.step(case, "record_expert_review", **_typed(room))
    assert caught.value.code == "certificates.committee_pending"
    room.open(meeting, "E02")
    line = room.see("secretary", meeting_detail, meeting).cases[0]
    for code in ("E01", "E02", "E06"):
        room.do("secretary", give, line.id, room.experts[code], PASS)
    room.do("secretary", close_case, line.id, line.version, "同意通过")
    with pytest.raises(InputError) as wrong:
        room.desk.step(case, "record_expert_review", result="fail")
    assert [one.code for one in wrong.value.fields] == ["certificates.committee_differs"]
    room.desk.step(case, "record_expert_review")
    assert room.desk.summary(case).state is State.TO_PUBLISH
    with room.desk.as_("auditor").read() as session:
        review = open_dossier(session, session.get_one(Application, case)).review
    assert review is not None
    assert review.experts == "吕喆、秦昉、孔翀"
    assert (review.result, review.votes_for, review.recused) == ("pass", 3, 0)
    assert review.committee_case_id == line.id


def test_that_drawn_names_are_no_secret_once_their_meeting_is_open(local_room: Room) -> None:
    room = local_room
    case = room.case()
    draw = room.draw(case)
    room.all_come(draw)
    meeting = room.meeting(case, draw_ids=(draw,))
    for member in room.see("secretary", meeting_detail, meeting).members:
        room.do("secretary", meetings.sign_in, member.id, Presence.PRESENT)
    assert not room.see("fund_manager", meeting_detail, meeting).members
    found = room.see("secretary", meeting_detail, meeting)
    room.do("secretary", meetings.open_meeting, meeting, found.version, found.members[0].expert_id)
    assert room.see("fund_manager", meeting_detail, meeting).members == found.members


def test_that_fees_are_exact_and_nobody_is_paid_twice(room: Room, tmp_path: Path) -> None:
    meeting = room.meeting(room.case(), experts=SIX, half_days=2)
    room.open(meeting, "E01", away=("E08",))
    line = room.see("secretary", meeting_detail, meeting).cases[0]
    for code in SIX[:5]:
        room.do("secretary", give, line.id, room.experts[code], PASS)
    room.do("secretary", close_case, line.id, line.version, "可")
    _refused("committee.meeting_not_closed", room, fees.preview_fees, [meeting])
    version = room.see("secretary", meeting_detail, meeting).version
    room.do("secretary", meetings.close_meeting, meeting, version, "")
    room.desk.clock.set_date(date(2026, 11, 30))
    sheet = room.do("secretary", fees.make_sheet, [meeting], date(2026, 11, 30))
    rows = {row.code: row for row in room.see("secretary", fees.payments, sheet)}
    assert set(rows) == {"E01", "E02", "E05", "E06", "E07"}
    # A day of a senior title: 1500 yuan, less 800, of which 20 %.
    assert (rows["E01"].gross, rows["E01"].tax) == (Money(150_000), Money(14_000))
    assert rows["E01"].net == Money(136_000)
    assert (rows["E05"].gross, rows["E05"].net, rows["E05"].note) == (
        Money(0), Money(0), fees.NO_FEE,
    )  # fmt: skip
    _refused("committee.nothing_to_pay", room, fees.make_sheet, [meeting], date(2026, 11, 30))
    path = tmp_path / "fees.xlsx"
    with pytest.raises(AppError):
        room.do("secretary", fees.finance_workbook, sheet, path, "报账")
    room.do("cashier", fees.finance_workbook, sheet, path, "报账")
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert lines[1][11] == "6217000000000001" + "01"
    assert lines[1][7] == 1500.0
    paper = room.do("secretary", papers.fee_sheet_paper, sheet)
    assert paper.number.endswith("碳酬〔2026〕1号")
    void = room.see("secretary", fees.find_sheet, str(sheet))
    room.do("secretary", fees.void_sheet, sheet, void.version, "金额有误")
    assert room.do("secretary", fees.make_sheet, [meeting], date(2026, 11, 30)) != sheet


def _typed(room: Room) -> dict[str, Any]:
    return {
        "met_on": room.desk.today,
        "place": "会商室",
        "experts": "秦昉",
        "result": "pass",
        "votes_for": 1,
        "opinion": "同意",
    }


def _refused(code: str, room: Room, work: Any, *args: object) -> None:
    with pytest.raises(AppError) as caught:
        room.do("secretary", work, *args)
    error = caught.value
    codes = [one.code for one in error.fields] if isinstance(error, InputError) else [error.code]
    assert codes == [code]
