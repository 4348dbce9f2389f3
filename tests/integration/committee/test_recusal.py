"""A recused expert with an account, trying as an attacker would: nothing of the case is to be had."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core import attachments, colleagues, history, search
from core.attachments.model import Attachment
from core.certificates.model import (
    Application,
    ApplicationParcel,
    Holder,
    RequiredPaper,
    StepTaken,
)
from core.certificates.queries import application_detail, checklist, findings
from core.committee import recusal, roster
from core.committee.draw_model import Draw
from core.committee.fees import find_sheet, make_sheet, payments, preview_fees
from core.committee.lists import FEE_SHEETS
from core.committee.meeting_model import MeetingCase
from core.committee.meetings import close_meeting, invite
from core.committee.model import Expert
from core.committee.opinions import OpinionContent, close_case, give
from core.committee.papers import fee_sheet_paper, minutes, undertakings
from core.committee.queries import case_view, draw_detail, meeting_detail, my_cases
from core.committee.roster import TieContent, add_tie
from core.committee.states import TieKind, Vote
from core.documents.model import Document
from core.errors import AppError, NotFound, RuleViolation
from core.history.model import HistoryEvent
from core.numbering.model import NumberLine
from core.office import CAPABILITIES
from core.parcels.model import Parcel
from core.search.model import SearchEntry
from core.values.listing import ListQuery, cells
from tests.colleagues import watched
from tests.committee import Room

#: Of the case E04 is retired from: nothing of it may reach E04's account.
SECRET = "老嘉山秘密林碳汇"
OTHER = "皖东公开林碳汇"


@pytest.fixture(name="cases")
def _cases(room: Room) -> tuple[int, int]:
    """A case of E04's former employer, and one of nobody's."""
    found = []
    for name, holder in ((SECRET, "滁州市老嘉山国有林场"), (OTHER, "皖东某合作社")):
        case = room.case(holder=holder, body="无关测绘队")
        with room.desk.as_("clerk").write() as session:
            session.get_one(Application, case).project_name = name
        room.desk.hand_in(case)
        found.append(case)
    room.link("E04")
    return found[0], found[1]


def test_that_nothing_that_is_read_tells_of_the_case(room: Room, cases: tuple[int, int]) -> None:
    for attack in (
        _attack_lists, _attack_filters, _attack_search, _attack_rows, _attack_ids, _unrecused,
    ):  # fmt: skip
        attack(room, cases)


def test_that_draws_meetings_and_their_papers_are_silent_about_it(
    room: Room, cases: tuple[int, int]
) -> None:
    secret, other = cases
    draw = room.draw(secret)
    meeting = room.meeting(secret, other, experts=("E01", "E02", "E04", "E06"))
    room.open(meeting, "E01")
    room.do("secretary", undertakings, meeting)
    room.do("secretary", minutes, meeting)
    both = room.see("secretary", meeting_detail, meeting)
    assert len(both.cases) == 2
    assert both.papers
    with room.desk.as_("expert").read() as session:
        seen = meeting_detail(session, meeting)
        assert [one.case.id for one in seen.cases] == [other]
        assert seen.papers == ()
        assert [one.case.id for one in my_cases(session)] == [other]
        assert session.scalar(select(func.count()).select_from(MeetingCase)) == 1
        assert session.scalar(select(func.count()).select_from(Draw)) == 0
        with pytest.raises(NotFound):
            draw_detail(session, draw)
        hidden_case = next(one.id for one in both.cases if one.case.id == secret)
        with pytest.raises(NotFound):
            case_view(session, hidden_case)
        facts = session.scalars(select(Document.facts)).all()
        assert not any(SECRET in text for text in facts)
    with pytest.raises(AppError):
        room.do("expert", give, hidden_case, room.experts["E04"], OpinionContent(vote=Vote.PASS))


def test_that_a_meeting_about_the_case_alone_is_not_there(
    room: Room, cases: tuple[int, int]
) -> None:
    secret, other = cases
    alone = room.meeting(secret, experts=("E01", "E02", "E06"))
    both = room.meeting(other, secret, other_case(room), experts=("E01", "E02", "E06"))
    room.open(both, "E01")
    source = next(c for c in CAPABILITIES if c.key == "committee").lists["committee_meeting"]
    whole = room.see("secretary", meeting_detail, both)
    assert [one.position for one in whole.cases] == [1, 2, 3]
    assert sum(one.event == "case_added" for one in whole.timeline) == 3
    with room.desk.as_("expert").read() as session:
        assert list(source.ids(session, ListQuery())) == [both]
        assert source.count(session, ListQuery()) == 1
        with pytest.raises(NotFound):
            meeting_detail(session, alone)
        lines = session.scalars(select(NumberLine).where(NumberLine.key == "committee_meeting"))
        assert {line.record_id for line in lines} == {both}
        seen = meeting_detail(session, both)
        # Neither a gap in the agenda nor an event too many tells of the third case.
        assert [one.position for one in seen.cases] == [1, 2]
        assert not any(one.event in {"case_added", "invited"} for one in seen.timeline)


def test_that_a_sheet_that_pays_a_hidden_meeting_is_not_there(
    room: Room, cases: tuple[int, int]
) -> None:
    secret, _other = cases
    three = ("E01", "E02", "E06")
    meeting = room.meeting(secret, experts=three)
    room.open(meeting, "E01")
    (line,) = room.see("secretary", meeting_detail, meeting).cases
    for code in three:
        passed = OpinionContent(vote=Vote.PASS)
        room.do("secretary", give, line.id, room.experts[code], passed)
    room.do("secretary", close_case, line.id, line.version, "同意")
    version = room.see("secretary", meeting_detail, meeting).version
    room.do("secretary", close_meeting, meeting, version, "")
    sheet = room.do("secretary", make_sheet, [meeting], date(2026, 11, 30))
    room.do("secretary", fee_sheet_paper, sheet)
    assert room.see("secretary", FEE_SHEETS.ids, ListQuery()) == [sheet]
    with room.desk.as_("expert").read() as session:
        assert FEE_SHEETS.count(session, ListQuery()) == 0
        assert payments(session, sheet) == ()
        with pytest.raises(NotFound):
            find_sheet(session, str(sheet))
        papers = session.scalars(select(Document.id).where(Document.record_id == sheet))
        assert not list(papers)
        numbers = select(NumberLine.key).where(NumberLine.record_id == sheet)
        assert "expert_fee" not in session.scalars(numbers).all()


def test_that_nobody_makes_half_a_record_of_a_meeting(room: Room, cases: tuple[int, int]) -> None:
    """A secretary who is recused from one case cannot close, minute or pay without it."""
    secret, other = cases
    meeting = room.meeting(other, secret, experts=("E01", "E02", "E06"))
    room.open(meeting, "E01")
    with room.desk.as_("admin").write() as session:
        row = session.get_one(Expert, room.experts["E04"])
        roster.link_account(session, row.id, row.version, "secretary")
    seen = room.see("secretary", meeting_detail, meeting)
    assert [one.case.id for one in seen.cases] == [other]
    for attempt in (
        lambda: room.do("secretary", close_meeting, meeting, seen.version),
        lambda: room.do("secretary", minutes, meeting),
        lambda: room.do("secretary", undertakings, meeting),
        lambda: room.do("secretary", preview_fees, [meeting]),
        lambda: room.do("secretary", invite, meeting, room.experts["E07"]),
        lambda: room.do("secretary", close_case, seen.cases[0].id, seen.cases[0].version, "好"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            attempt()
        assert refusal.value.code == "committee.not_whole"


def test_that_the_log_of_changes_is_silent_for_a_recused_auditor(
    room: Room, cases: tuple[int, int]
) -> None:
    from core import audit

    secret, other = cases
    with room.desk.as_("admin").write() as session:
        row = session.get_one(Expert, room.experts["E04"])
        roster.link_account(session, row.id, row.version, "auditor")
    with room.desk.as_("auditor").read() as session:
        lines = audit.lines(session, table="application", limit=1000)
        assert {line.row_id for line in lines} == {str(other)}
        text = str([(line.before, line.after) for line in audit.lines(session, limit=5000)])
        assert SECRET not in text
        assert audit.verify_chain(session).intact
    assert secret != other


def test_that_nothing_is_heard_of_a_colleague_who_saves_the_case(
    room: Room, cases: tuple[int, int]
) -> None:
    secret, other = cases
    clerk, expert = room.desk.as_("clerk"), room.desk.as_("expert")
    with watched(expert) as ear:
        for case, kind in ((secret, "letter"), (other, "last")):
            with clerk.write() as session:
                session.get_one(Application, case).phone = kind
                history.record(session, "application", case, kind)
                colleagues.take(session, "application", case, "clerk's window")
            if case == secret:
                with clerk.write() as session:
                    attachments.attach(session, "party", 1, "given", "a.txt", b"a")
                assert ("application", None) not in ear.until("attachment")
        assert ("application", None) in ear.until("application")
    with expert.read() as session:
        assert colleagues.editors(session, "application", secret) == ()
        assert [one.name for one in colleagues.editors(session, "application", other)] == ["经办员"]


def test_that_a_recusal_is_heard_so_that_the_case_leaves_the_screen(
    room: Room, cases: tuple[int, int]
) -> None:
    with watched(room.desk.as_("expert")) as ear:
        holder = room.organisation("皖东某合作社")
        tie = TieContent(kind=TieKind.KIN, party_id=holder, relation="兄弟")
        room.do("secretary", add_tie, room.experts["E04"], tie)
        assert ("application", None) in ear.until("application")


def test_that_land_is_not_certified_twice_behind_a_recusal(
    room: Room, cases: tuple[int, int]
) -> None:
    """The clerk who is a recused expert finds the conflict, but not whose it is."""
    from core.certificates.commands import HolderInput, ParcelInput

    secret, _other = cases
    with room.desk.as_("clerk").read() as session:
        parcel = session.scalars(
            select(ApplicationParcel.parcel_id).where(ApplicationParcel.application_id == secret)
        ).one()
        keys = session.get_one(Parcel, parcel)
        from tests.cases import new_parcel, parcel_input

        same = new_parcel(estate_unit_no=keys.estate_unit_no)
    content = room.desk.content(
        holders=(HolderInput(party_id=room.organisation("皖东另一合作社")),),
        parcels=(parcel_input(new=same),),
    )
    assert isinstance(content.parcels[0], ParcelInput)
    with room.desk.as_("admin").write() as session:
        row = session.get_one(Expert, room.experts["E04"])
        roster.link_account(session, row.id, row.version, "clerk")
    third = room.desk.receive(content, complete=False)
    with room.desk.as_("clerk").read() as session:
        found = findings(session, third, all_steps=True)
    told = [one.text for one in found if one.id == "same_land"] or [one.text for one in found]
    assert any("另一" in one or "another record" in one for one in told)
    assert not any(SECRET in one for one in told)


def other_case(room: Room) -> int:
    """A third case, which is nobody's either."""
    return room.case(holder="皖东另一林场", body="无关测绘队")


def _attack_lists(room: Room, cases: tuple[int, int]) -> None:
    secret, other = cases
    for login, seen in (("clerk", {secret, other}), ("expert", {other})):
        with room.desk.as_(login).read() as session:
            for capability in CAPABILITIES:
                for kind, source in capability.lists.items():
                    ids = list(source.ids(session, ListQuery()))
                    text = str(cells(source, session, ids))
                    if kind == "application":
                        assert set(ids) == seen
                        assert source.count(session, ListQuery()) == len(seen)
                        asked = cells(source, session, [secret, other])
                        assert set(asked) == seen
                    if login == "expert":
                        assert SECRET not in text
                        assert source.count(session, ListQuery()) == len(ids)


def _attack_filters(room: Room, cases: tuple[int, int]) -> None:
    source = next(c for c in CAPABILITIES if c.key == "certificates").lists["application"]
    with room.desk.as_("expert").read() as session:
        for column in source.columns:
            for descending in (False, True):
                query = ListQuery(sort=column.key, descending=descending)
                assert list(source.ids(session, query)) == [cases[1]]
        assert source.count(session, ListQuery(text="老嘉山")) == 0
        assert source.count(session, ListQuery(filters={"state": "open"})) == 1


def _attack_search(room: Room, cases: tuple[int, int]) -> None:
    with room.desk.as_("clerk").read() as session:
        assert [hit.record_id for hit in search.find(session, "秘密林", kinds=["application"])]
        assert _queue_total(session, "certificates.") > 0
    with room.desk.as_("expert").read() as session:
        assert not search.find(session, "秘密林")
        assert not search.find(session, "ljs", kinds=["application"])
        assert [hit.record_id for hit in search.find(session, "公开林")] == [cases[1]]
        due = sum(
            queue.count(session)
            for capability in CAPABILITIES
            for queue in capability.queues
            if queue.open_kind == "application"
        )
        assert due <= 1


def _attack_rows(room: Room, cases: tuple[int, int]) -> None:
    secret, _other = cases
    tables: list[tuple[Any, Any]] = [
        (Application, Application.id),
        (Holder, Holder.application_id),
        (ApplicationParcel, ApplicationParcel.application_id),
        (RequiredPaper, RequiredPaper.application_id),
        (StepTaken, StepTaken.application_id),
    ]
    pairs: list[Any] = [HistoryEvent, Document, Attachment, NumberLine]
    with room.desk.as_("clerk").read() as session:
        for model, column in tables:
            assert session.scalar(select(func.count()).select_from(model).where(column == secret))
    with room.desk.as_("expert").read() as session:
        for model, column in tables:
            chosen = select(func.count()).select_from(model).where(column == secret)
            assert session.scalar(chosen) == 0
            assert session.scalars(select(model).where(column == secret)).all() == []
        for model in pairs:
            chosen = select(model).where(model.record_kind == "application")
            assert secret not in {row.record_id for row in session.scalars(chosen)}
        entries = session.scalars(select(SearchEntry).where(SearchEntry.kind == "application"))
        assert secret not in {row.record_id for row in entries}
        assert session.get(Application, secret) is None
        parcels = session.scalar(select(func.count()).select_from(Parcel))
        sums = session.scalar(select(func.sum(Application.area)))
    with room.desk.as_("clerk").read() as session:
        assert session.scalar(select(func.count()).select_from(Parcel)) == parcels + 1
        assert session.scalar(select(func.sum(Application.area))) != sums


def _attack_ids(room: Room, cases: tuple[int, int]) -> None:
    from core.certificates.summaries import application_summary, find_application

    secret, other = cases
    number = room.desk.summary(secret).receipt_number or str(secret)
    with room.desk.as_("expert").read() as session:
        assert history.timeline(session, "application", secret) == []
        assert checklist(session, secret) == ()
        for ask in (application_detail, findings, application_summary):
            with pytest.raises(NotFound):
                ask(session, secret)  # type: ignore[operator]  # all take a session and an id
        with pytest.raises(NotFound):
            find_application(session, number)
        assert application_detail(session, other)


def _unrecused(room: Room, cases: tuple[int, int]) -> None:
    """An expert without a conflict sees the case."""
    room.link("E01", "auditor")
    with room.desk.as_("auditor").read() as session:
        assert recusal.own_expert(session) == room.experts["E01"]
        ids = session.scalars(select(Application.id).order_by(Application.id)).all()
        assert list(ids) == sorted(cases)


def _queue_total(session: Any, prefix: str) -> int:
    return sum(
        queue.count(session)
        for capability in CAPABILITIES
        for queue in capability.queues
        if queue.key.startswith(prefix)
    )
