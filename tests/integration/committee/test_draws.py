"""Draws: frozen, witnessed, drawn by two, called; provable afterwards, secret before."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from core.committee import calls, drawing, draws
from core.committee.calls import CallContent
from core.committee.drawing import Need
from core.committee.draws import enter_input, freeze, record_of, witness
from core.committee.queries import draw_detail
from core.committee.states import DrawState, PickState
from core.errors import AppError, InputError, NotFound, NotPermitted, RuleViolation
from tests.committee import FOREST, Room


def test_that_a_draw_is_replayed_from_its_record_alone(room: Room) -> None:
    case = room.case()
    draw = room.draw(case, needed=(Need("", 3),), substitutes=2)
    record = room.see("secretary", record_of, draw)
    verdict = drawing.replay(record)
    assert verdict.intact
    detail = room.see("secretary", draw_detail, draw)
    assert detail.state is DrawState.DRAWN
    assert [one.code for one in detail.picks] == [one.code for one in verdict.result]
    assert len(detail.picks) == 5
    excluded = {one["code"]: one["reason"] for one in record["list"]["excluded"]}
    assert set(excluded) == {"E03", "E04"}
    assert "监测核算机构" in excluded["E03"]
    assert FOREST in excluded["E04"]
    assert room.see("secretary", draws.check_record, record).intact


def test_that_a_changed_record_is_detected(local_room: Room) -> None:
    room = local_room
    draw = room.draw(room.case())
    record = room.see("secretary", record_of, draw)

    def damaged(change: Any) -> tuple[str, ...]:
        other = copy.deepcopy(record)
        change(other)
        return drawing.replay(other).faults

    assert "list" in damaged(lambda one: one["list"]["candidates"].pop())
    assert "list" in damaged(lambda one: one["list"]["excluded"].clear())
    assert "seed" in damaged(lambda one: one.update(inputs=["松风-1409-竹影", "别的口令"]))
    assert "seed" in damaged(lambda one: one.update(drawn_at="2026-11-25T00:00:01Z"))
    assert damaged(lambda one: one["result"].reverse()) == ("result",)


def test_that_a_candidate_list_that_changed_after_freezing_stops_the_draw(room: Room) -> None:
    from core.committee.model import Expert
    from core.committee.roster import set_status
    from core.committee.states import ExpertStatus

    draw = room.prepare(room.case())
    room.freeze(draw)
    room.do("secretary", enter_input, draw, "松风-1409-竹影")
    with room.desk.as_("secretary").write() as session:
        row = session.get_one(Expert, room.experts["E06"])
        set_status(session, row.id, row.version, ExpertStatus.SUSPENDED, "本人申请暂停")
    with pytest.raises(RuleViolation) as caught:
        room.do("clerk", enter_input, draw, "白米山7250溪")
    assert (caught.value.code, caught.value.params["who"]) == ("committee.list_changed", "E06")


def test_that_three_people_are_needed_and_each_does_only_their_part(local_room: Room) -> None:
    room = local_room
    case = room.case()
    with pytest.raises(InputError) as caught:
        room.prepare(case, second_id=room.account("secretary"))
    assert [one.code for one in caught.value.fields] == ["committee.three_people"]
    draw = room.prepare(case)
    room.do("secretary", freeze, draw, room.version(draw))
    _refused("committee.not_witnessed", room, "secretary", enter_input, draw, "松风-1409-竹影")
    _refused("access.not_permitted", room, "secretary", witness, draw, room.version(draw))
    room.do("supervisor", witness, draw, room.version(draw))
    _refused("committee.not_mine", room, "all", enter_input, draw, "松风-1409-竹影")
    _refused("committee.input_short", room, "secretary", enter_input, draw, "短")
    room.do("secretary", enter_input, draw, "松风-1409-竹影")
    _refused("committee.typed_already", room, "secretary", enter_input, draw, "又一个口令")
    _refused("committee.input_same", room, "clerk", enter_input, draw, "松风-1409-竹影")
    _refused("access.not_permitted", room, "supervisor", enter_input, draw, "监督人也想输")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"needed": (Need("", 4),)}, "committee.needed_odd"),
        ({"needed": ()}, "committee.needed_missing"),
        ({"needed": (Need("", 1),)}, "committee.needed_few"),
        ({"substitutes": 21}, "committee.substitutes"),
    ],
)
def test_that_a_draw_is_checked_when_it_is_prepared(
    local_room: Room, changes: dict[str, object], code: str
) -> None:
    case = local_room.case()
    with pytest.raises(InputError) as caught:
        local_room.prepare(case, **changes)
    assert code in {one.code for one in caught.value.fields}


def test_that_who_operates_has_the_right_and_cannot_be_drawn(local_room: Room) -> None:
    room, case = local_room, local_room.case()

    def told(**changes: object) -> set[str]:
        with pytest.raises(InputError) as caught:
            room.prepare(case, **changes)
        return {one.code for one in caught.value.fields}

    # Otherwise the draw would stand still, its list frozen, before somebody who cannot type.
    assert told(second_id=room.account("cashier")) == {"committee.not_operator"}
    assert told(supervisor_id=room.account("auditor")) == {"committee.not_operator"}
    assert told(second_id=room.account("secretary")) == {"committee.three_people"}
    room.link("E01", "clerk")
    assert told() == {"committee.operator_drawn"}


def test_that_a_specialty_without_enough_candidates_is_named(local_room: Room) -> None:
    draw = local_room.prepare(local_room.case(), needed=(Need("样地调查", 1), Need("", 2)))
    # The only one of this specialty is employed by the measuring body.
    with pytest.raises(RuleViolation) as caught:
        local_room.do("secretary", freeze, draw, local_room.version(draw))
    assert caught.value.code == "committee.too_few"
    assert "样地调查" in str(caught.value.params)


def test_that_substitutes_are_called_in_their_order_until_every_seat_is_taken(room: Room) -> None:
    draw = room.draw(room.case())
    picks = room.see("secretary", draw_detail, draw).picks
    first, substitute = picks[0], picks[3]
    no = CallContent(way="电话", reached=True, comes=False, reason="外地出差")
    _refused("committee.call_reason", room, "secretary", calls.log_call, first.id,
             CallContent(way="电话", reached=True, comes=False))  # fmt: skip
    _refused("committee.not_called", room, "secretary", calls.log_call, substitute.id, no)
    room.do("secretary", calls.log_call, first.id, no)
    after = room.see("secretary", draw_detail, draw)
    assert after.picks[0].state is PickState.DECLINED
    assert after.picks[3].state is PickState.TO_CALL
    assert after.picks[3].replaces == first.name
    room.all_come(draw)
    after = room.see("secretary", draw_detail, draw)
    assert after.state is DrawState.SETTLED
    assert [one.state for one in after.picks].count(PickState.COMING) == 3
    assert not after.open


def test_that_seats_left_empty_are_drawn_again_from_the_others(local_room: Room) -> None:
    room = local_room
    draw = room.draw(room.case(), substitutes=0)
    picks = room.see("secretary", draw_detail, draw).picks
    gone = CallContent(way="电话", reached=False, comes=False, reason="多次未接")
    room.do("secretary", calls.log_call, picks[0].id, gone)
    room.all_come(draw)
    _refused(
        "access.not_permitted", room, "secretary", calls.redraw, draw, room.version(draw), "缺"
    )
    again = room.do("supervisor", calls.redraw, draw, room.version(draw), "一人未联系上")
    detail = room.see("secretary", draw_detail, again)
    assert (detail.round, detail.needed) == (2, (Need("", 1),))
    room.freeze(again)
    room.do("secretary", enter_input, again, "第二次口令甲")
    assert room.do("clerk", enter_input, again, "第二次口令乙")
    drawn = room.see("secretary", draw_detail, again)
    assert {one.code for one in drawn.picks}.isdisjoint({one.code for one in picks})
    assert drawn.redraw_reason == "一人未联系上"


def test_that_names_are_secret_until_the_set_time(room: Room) -> None:
    from core.committee.lists import DRAWS, EXPERTS
    from core.values.listing import ListQuery, cells

    case = room.case()
    draw = room.draw(case)
    room.all_come(draw)
    names = {one.name for one in room.see("secretary", draw_detail, draw).picks}
    for login in ("auditor", "reviewer", "admin", "all"):
        detail = room.see(login, draw_detail, draw)
        assert (detail.named, detail.picks, detail.open) == (False, (), ())
        with pytest.raises(NotFound):
            room.see(login, record_of, draw)
        with room.desk.as_(login).read() as session:
            shown = str(cells(DRAWS, session, DRAWS.ids(session, ListQuery())))
            assert not any(name in shown for name in names)
    room.desk.clock.set_date(room.desk.today.replace(day=27), 10)
    assert {one.name for one in room.see("auditor", draw_detail, draw).picks} == names
    assert room.see("auditor", record_of, draw)
    assert EXPERTS.kind == "expert"


def test_that_the_log_of_changes_never_names_the_drawn(room: Room) -> None:
    from core import audit

    tables = ("committee_draw_result", "committee_draw_pick", "committee_draw")

    def told() -> list[audit.AuditLine]:
        with room.desk.as_("auditor").read() as session:
            assert audit.verify_chain(session).intact
            return [line for table in tables for line in audit.lines(session, table=table)]

    draw = room.draw(room.case())
    before = told()
    assert {line.table for line in before} == {"committee_draw"}
    record = room.see("secretary", record_of, draw)
    room.desk.clock.set_date(room.desk.today.replace(day=27), 10)
    after = told()
    text = str([(line.before, line.after) for line in after])
    assert "松风" not in text
    assert record["seed"] not in text
    picked = [line.after for line in after if line.table == "committee_draw_pick"]
    assert picked
    assert all(line["expert_id"] == "***" for line in picked)


def _refused(code: str, room: Room, login: str, work: Any, *args: object) -> None:
    with pytest.raises(AppError) as caught:
        room.do(login, work, *args)
    error = caught.value
    codes = [one.code for one in error.fields] if isinstance(error, InputError) else [error.code]
    assert codes == [code]
    assert isinstance(error, InputError | NotPermitted | RuleViolation)
