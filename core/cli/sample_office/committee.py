"""The committee of the sample office: its experts, their conflicts, draws, meetings and fees.

Two draw (the secretary and the clerk) before the supervisor; experts are called, some cannot come;
the meetings judge the cases, and what they conclude is what the cases record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.cli.sample_office import people, tables
from core.cli.sample_office.chapters import Chapter, Event, Shown
from core.clock import CHINA
from core.committee.opinions import OpinionContent
from core.committee.states import POST_CHINESE, Body, Post, Sex, TieKind, Vote
from core.i18n import N_, _
from core.values.money import Money

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice

Act = Callable[["SampleOffice"], None]


def _day(month: int, day: int) -> date:
    return date(2026, month, day)


#: What the sample data demand of recusals: experts.csv, conflict_hint.
RECUSED = {"E03": ("A01", "A02", "A04", "A05"), "E04": ("A01",), "E08": ("A06",)}
PLACE = "明光市林业会商室（样例）"
_POSTS = {title: post for post, title in POST_CHINESE.items()}
_KINDS = {"明光市林业主管部门（样例）": "机关", "江淮绿测技术有限公司（样例）": "企业"}
_WORDS = ("方法与参数适用，蓄积数据可信。", "边界清楚，计算结果正确。", "未发现重复计算，同意。")
_CONCLUSION = "边界清楚，方法与参数适用，蓄积数据可信，计算结果正确，未发现重复计算，同意通过。"


@dataclass(frozen=True, kw_only=True)
class _Review:
    """A draw and the meeting it is for: A01's meeting judges A08 as well.

    Attributes:
        inputs: what the two operators typed.
        away: how many of the drawn cannot come.
        votes: what the experts conclude, in the order of the draw; the rest pass it.
    """

    key: str
    cases: tuple[str, ...]
    drawn_on: date
    met_on: date
    inputs: tuple[str, str]
    substitutes: int = 2
    away: int = 0
    votes: tuple[Vote, ...] = ()


REVIEWS = (
    _Review(key="A01", cases=("A01", "A08"), drawn_on=_day(8, 26), met_on=_day(8, 28),
            inputs=("老嘉山听松0826", "管店林场九月桂香"), substitutes=1),
    _Review(key="A07", cases=("A07",), drawn_on=_day(9, 11), met_on=_day(9, 15),
            inputs=("苏巷镇柿子红了", "西岗三人同行0911"), away=1),
    _Review(key="A05", cases=("A05",), drawn_on=_day(10, 28), met_on=_day(10, 30),
            inputs=("松坞后山马尾松", "自来桥的自来水"), substitutes=0, away=1,
            votes=(Vote.PASS, Vote.FAIL)),
    _Review(key="A02", cases=("A02",), drawn_on=_day(11, 13), met_on=_day(11, 17),
            inputs=("北石冲一号样地", "火炬松与湿地松1113"), votes=(Vote.PASS, Vote.ABSTAIN)),
)  # fmt: skip
#: Drawn on the eve of the last day, for a meeting to come: its names are secret still.
COMING = _Review(
    key="A04", cases=("A04",), drawn_on=_day(11, 24), met_on=_day(11, 27),
    inputs=("青杠岭老鹰崖望远", "八十六户人家"), substitutes=2,
)  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


# --- what the people do ---------------------------------------------------------------------
def _enrol_all(office: SampleOffice) -> None:
    """The experts of the table as parties, with their terms in the committee and the pool."""
    from core.committee.papers import appointment_letters
    from core.committee.queries import expert_detail

    with office.database(people.SECRETARY).write() as session:
        for row in tables.experts():
            office.ids[row["expert_id"]] = _enrol(office, session, row)
        for row in tables.experts():
            key = row["expert_id"]
            terms = expert_detail(session, office.ids[key]).terms
            appointment_letters(session, [one.id for one in terms])
            office.records += [(key, "expert_membership", one.id) for one in terms]


def _enrol(office: SampleOffice, session: Session, row: dict[str, str]) -> int:
    from core.committee.roster import ExpertContent, TermContent, appoint, enrol

    key = row["expert_id"]
    expert = enrol(
        session,
        _person(office, session, row),
        ExpertContent(
            code=key,
            title=row["title"],
            specialties=(row["specialty"],),
            sex=Sex.MALE if row["sex"] == "男" else Sex.FEMALE,
            born_on=date.fromisoformat(row["birth"]),
            retired=row["retired"] == "是",
            civil_servant=row["civil_servant"] == "是",
            bank="样例银行明光支行",
            bank_account=f"62220000000000{key[1:]}",
            # Whom somebody is recused from is in the ties; a note would tell the expert.
            note="" if "须回避" in row["conflict_hint"] else row["conflict_hint"],
        ),
    )
    first, last = (date.fromisoformat(row[name]) for name in ("term_from", "term_to"))
    for body, post in ((Body.ADVISORY, _POSTS[row["role"]]), (Body.POOL, Post.REVIEWER)):
        term = TermContent(body=body, post=post, term_from=first, term_to=last)
        appoint(session, expert, term)
    return expert


def _person(office: SampleOffice, session: Session, row: dict[str, str]) -> int:
    """The party of an expert, employed where the table says; a known one is completed."""
    from core.parties.queries import summary
    from core.parties.service import EditParty, RegisterPerson, edit_party, register_person
    from core.values.identity import IdKind

    key, employer = row["expert_id"], _organisation(session, row["employer"])
    known = office.parties.get(key)
    if known is None:
        person = RegisterPerson(
            name=row["name"],
            id_kind=IdKind.NONE,
            no_number_reason="样例数据未列证件号码",
            phone=f"120000004{key[1:]}",
            employer_id=employer,
        )
        office.parties[key] = register_person(session, person).id
        return office.parties[key]
    party = summary(session, known)
    edited = EditParty(
        party_id=known, version=party.version, name=party.name,
        no_number_reason=party.no_number_reason, phone=party.phone, employer_id=employer,
    )  # fmt: skip
    return edit_party(session, edited).id


def _organisation(session: Session, name: str) -> int:
    from sqlalchemy import select

    from core.parties.model import OrganisationKind, Party, PartyKind
    from core.parties.service import RegisterOrganisation, register_organisation

    found = session.scalar(
        select(Party.id).where(Party.name == name, Party.kind == PartyKind.ORGANISATION).limit(1)
    )
    if found is not None:
        return found
    kind = OrganisationKind(_KINDS.get(name, "事业单位"))
    command = RegisterOrganisation(
        name=name, organisation_kind=kind, no_number_reason="样例数据未列证件号码"
    )
    return register_organisation(session, command).id


def _tie_and_link(office: SampleOffice) -> None:
    """E08 declares kinship; E03 gets an account, from which recused cases are hidden."""
    from core.committee.model import Expert
    from core.committee.roster import TieContent, add_tie, link_account

    with office.database(people.SECRETARY).write() as session:
        tie = TieContent(
            kind=TieKind.KIN, party_id=office.parties["H06"], relation="法定代表人之姐夫"
        )
        add_tie(session, office.ids["E08"], tie)
    with office.database(people.ADMIN).write() as session:
        row = session.get_one(Expert, office.ids["E03"])
        link_account(session, row.id, row.version, people.EXPERT.login)


def _account(session: Session, login: str) -> int:
    from sqlalchemy import select

    from core.access.model import Account

    return session.scalars(select(Account.id).where(Account.login == login)).one()


def _draw(review: _Review) -> Act:
    def act(office: SampleOffice) -> None:
        from core.committee import draws
        from core.committee.drawing import Need

        with office.database(people.SECRETARY).write() as session:
            first, second, third = (
                _account(session, one.login)
                for one in (people.SECRETARY, people.CLERK, people.SUPERVISOR)
            )
            content = draws.DrawContent(
                case=("application", office.applications[review.key]),
                needed=(Need("", 5),),
                meeting_at=_at(review.met_on, 9),
                place=PLACE,
                first_id=first,
                second_id=second,
                supervisor_id=third,
                substitutes=review.substitutes,
            )
            draw = draws.prepare(session, content)
            office.ids[f"draw {review.key}"] = draw
        _run(office, draw, review.inputs)

    return act


def _run(office: SampleOffice, draw: int, inputs: tuple[str, str]) -> None:
    """Freeze, witness, type, type."""
    from core.committee import draws

    with office.database(people.SECRETARY).write() as session:
        draws.freeze(session, draw, draws.existing_draw(session, draw).version)
    with office.database(people.SUPERVISOR).write() as session:
        draws.witness(session, draw, draws.existing_draw(session, draw).version)
    for official, text in zip((people.SECRETARY, people.CLERK), inputs, strict=True):
        with office.database(official).write() as session:
            draws.enter_input(session, draw, text)


def _call(review: _Review) -> Act:
    """Everybody is called; some cannot come, and where nobody is left it is drawn again."""

    def act(office: SampleOffice) -> None:
        from core.committee import calls, draws
        from core.committee.states import DrawState

        draw = office.ids[f"draw {review.key}"]
        _call_all(office, draw, review.away)
        with office.database(people.SUPERVISOR).write() as session:
            row = draws.existing_draw(session, draw)
            if row.state is DrawState.SETTLED:
                return
            again = calls.redraw(session, draw, row.version, "一名专家外出，候补已用尽")
        office.ids[f"redraw {review.key}"] = again
        _run(office, again, (f"{review.inputs[0]}补", f"{review.inputs[1]}补"))
        _call_all(office, again, 0)

    return act


def _call_all(office: SampleOffice, draw: int, away: int) -> None:
    from core.committee.calls import CallContent, log_call
    from core.committee.queries import draw_detail
    from core.committee.states import PickState

    with office.database(people.SECRETARY).write() as session:
        while True:
            picks = draw_detail(session, draw).picks
            pick = next((one for one in picks if one.state is PickState.TO_CALL), None)
            if pick is None:
                return
            gone = pick.position <= away
            said = CallContent(
                way="电话", reached=True, comes=not gone, reason="外出调研" if gone else ""
            )
            log_call(session, pick.id, said)


def _meet(review: _Review) -> Act:
    """The meeting with its papers to sign, opinions, results and minutes."""

    def act(office: SampleOffice) -> None:
        from core.committee import meetings, papers

        draws = [office.ids[f"draw {review.key}"]]
        if f"redraw {review.key}" in office.ids:
            draws.append(office.ids[f"redraw {review.key}"])
        with office.database(people.SECRETARY).write() as session:
            content = meetings.MeetingContent(
                title="林业碳汇项目专家评审会",
                starts_at=_at(review.met_on, 9),
                place=PLACE,
                host=people.REVIEWER.name,
                draw_ids=tuple(draws),
                cases=tuple(("application", office.applications[key]) for key in review.cases),
            )
            meeting = meetings.plan(session, content)
            office.ids[f"meeting {review.key}"] = meeting
            papers.sign_in_sheet(session, meeting)
            papers.undertakings(session, meeting)
            for draw in draws:
                papers.draw_record_paper(session, draw)
            _hold(session, meeting, review)
            papers.opinion_sheets(session, meeting)
            papers.minutes(session, meeting)
        key = f"M{review.key[1:]}"
        office.records.append((key, "committee_meeting_papers", meeting))
        office.records += [(key, "committee_draw_result", draw) for draw in draws]

    return act


def _hold(session: Session, meeting: int, review: _Review) -> None:
    from core.committee import meetings
    from core.committee.model import Expert
    from core.committee.opinions import close_case, give
    from core.committee.queries import meeting_detail
    from core.committee.states import Presence

    invited = meetings.members(session, meeting)
    for member in invited:
        meetings.sign_in(session, member.id, Presence.PRESENT)
    codes = {one.expert_id: session.get_one(Expert, one.expert_id).code for one in invited}
    leader = min(codes, key=lambda expert_id: codes[expert_id])
    row = meetings.find_meeting(session, str(meeting))
    meetings.open_meeting(session, meeting, row.version, leader)
    for line in meeting_detail(session, meeting).cases:
        for place, member in enumerate(invited):
            vote = review.votes[place] if place < len(review.votes) else Vote.PASS
            give(session, line.id, member.expert_id, _said(vote, place))
        close_case(session, line.id, line.version, _CONCLUSION)
    meetings.close_meeting(session, meeting, row.version, "")


def _said(vote: Vote, place: int) -> OpinionContent:
    points = {"title": 9, "period": 10, "plots": 8, "method": 9, "volume": 9, "result": 10}
    if vote is Vote.FAIL:
        text = "马尾松地块样地数量偏少，建议补测后再议。"
        return OpinionContent(vote=vote, scores=points | {"plots": 4}, text=text, dissent=text)
    text = "" if vote is Vote.ABSTAIN else _WORDS[place % len(_WORDS)]
    return OpinionContent(vote=vote, scores=points, text=text)


def _pay(key: str, reviews: tuple[str, ...], paid_on: date) -> Act:
    def act(office: SampleOffice) -> None:
        from core.committee.fees import make_sheet
        from core.committee.papers import fee_sheet_paper

        with office.database(people.SECRETARY).write() as session:
            ids = [office.ids[f"meeting {one}"] for one in reviews]
            office.ids[key] = make_sheet(session, ids, paid_on)
            fee_sheet_paper(session, office.ids[key])
        office.records.append((key, "committee_fee_sheet", office.ids[key]))

    return act


def _events() -> Sequence[Event]:
    found = [
        Event(day=_day(3, 2), hour=9, key="E01", act=_enrol_all),
        Event(day=_day(3, 2), hour=10, key="E08", act=_tie_and_link),
        Event(day=_day(9, 30), hour=16, key="F01", act=_pay("F01", ("A01", "A07"), _day(9, 30))),
        Event(day=_day(11, 20), hour=16, key="F02", act=_pay("F02", ("A05", "A02"), _day(11, 20))),
    ]
    for review in (*REVIEWS, COMING):
        key = f"M{review.key[1:]}"
        found.append(Event(day=review.drawn_on, hour=15, key=key, act=_draw(review)))
        found.append(Event(day=review.drawn_on, hour=16, key=key, act=_call(review)))
    found += [
        Event(day=review.met_on, hour=11, key=f"M{review.key[1:]}", act=_meet(review))
        for review in REVIEWS
    ]
    return found


# --- what came of it ------------------------------------------------------------------------
def _judge(office: SampleOffice, session: Session) -> Sequence[Shown]:
    return [
        *_recusals(office, session),
        *_people(office, session),
        *_fees(office, session),
        *_draws(office, session),
        *_results(office, session),
        _hidden(office),
    ]


def _recusals(office: SampleOffice, session: Session) -> Iterator[Shown]:
    from core.committee.conflicts import conflicting_cases

    names = {made: key for key, made in office.applications.items()}
    for row in tables.experts():
        key = row["expert_id"]
        cases = conflicting_cases(session, office.ids[key]).get("application", frozenset())
        # A11 is H06's as well; experts.csv names the cases that experts come to judge.
        found = sorted(names[one] for one in cases if names[one] != "A11")
        wanted = sorted(RECUSED.get(key, ()))
        yield Shown(
            key=key, what=_("Recused from"), wanted="、".join(wanted), found="、".join(found)
        )


def _people(office: SampleOffice, session: Session) -> Iterator[Shown]:
    from core.committee.queries import expert_detail

    aged = [key for key in _keys() if expert_detail(session, office.ids[key]).age_warn]
    ending = [
        key
        for key in _keys()
        if any(term.warn for term in expert_detail(session, office.ids[key]).terms)
    ]
    yield Shown(key="E04", what=_("Age pointed out"), wanted="E04", found="、".join(aged))
    yield Shown(key="E08", what=_("Term ends soon"), wanted="E08", found="、".join(ending))


def _keys() -> list[str]:
    return [row["expert_id"] for row in tables.experts()]


def _fees(office: SampleOffice, session: Session) -> Iterator[Shown]:
    """A civil servant gets nothing; everybody else gross less tax, and the sums agree."""
    from core.committee.fees import payments
    from core.committee.meeting_model import FeeSheet

    for key in ("F01", "F02"):
        rows = payments(session, office.ids[key])
        sheet = session.get_one(FeeSheet, office.ids[key])
        unpaid = [row.code for row in rows if row.gross == Money(0)]
        there = [row.code for row in rows if row.code == "E05"]
        yield Shown(key=key, what=_("No fee for"), wanted="、".join(there), found="、".join(unpaid))
        net = sum((row.gross - row.tax for row in rows), Money(0))
        yield Shown(key=key, what=_("Net (yuan)"), wanted=str(net), found=str(sheet.net))


def _draws(office: SampleOffice, session: Session) -> Iterator[Shown]:
    """Each draw is drawn again from its record; the coming one is secret to who judges."""
    from core.committee.draws import check_record, record_of
    from core.committee.queries import draw_detail

    for name, draw in sorted(office.ids.items()):
        if "draw " not in name:
            continue
        detail = draw_detail(session, draw)
        secret = draw == office.ids[f"draw {COMING.key}"]
        found = _("secret") if not detail.named else ""
        if detail.named:
            verdict = check_record(session, record_of(session, draw))
            found = _("drawn again alike") if verdict.intact else "、".join(verdict.faults)
        wanted = _("secret") if secret else _("drawn again alike")
        yield Shown(key=name[-3:], what=detail.number, wanted=wanted, found=found)


def _results(office: SampleOffice, session: Session) -> Iterator[Shown]:
    """What meetings concluded is what cases recorded."""
    from sqlalchemy import select

    from core.certificates.model import ExpertReview
    from core.committee.results import result_of

    for review in REVIEWS:
        for key in review.cases:
            case = office.applications[key]
            result = result_of(session, ("application", case))
            row = session.scalars(
                select(ExpertReview).where(ExpertReview.application_id == case)
            ).one()
            wanted = f"{'、'.join(result.experts)}：{result.result.value}" if result else ""
            yield Shown(
                key=key,
                what=_("Conclusion of the meeting"),
                wanted=wanted,
                found=f"{row.experts}：{row.result}",
            )


def _hidden(office: SampleOffice) -> Shown:
    """What E03 sees of all cases, from the own account."""
    from core.certificates.lists import APPLICATIONS
    from core.values.listing import ListQuery

    names = {made: key for key, made in office.applications.items()}
    with office.database(people.EXPERT).read() as session:
        seen = {names[one] for one in APPLICATIONS.ids(session, ListQuery())}
    wanted = sorted(set(names.values()) - set(RECUSED["E03"]))
    return Shown(
        key="E03",
        what=_("Cases that the recused expert can see"),
        wanted="、".join(wanted),
        found="、".join(sorted(seen)),
    )


def write_records(office: SampleOffice, folder: Path) -> None:
    """Write the record of every draw that is no secret: draw-NUMBER.json."""
    from core.committee.draws import picks_of, record_of
    from core.committee.lists import DRAWS
    from core.committee.queries import draw_detail
    from core.committee.records import record_text
    from core.values.listing import ListQuery

    with office.database(people.AUDITOR).read() as session:
        for draw in DRAWS.ids(session, ListQuery()):
            if not picks_of(session, draw):
                continue
            number = draw_detail(session, draw).number
            sequence = number.rpartition("〕")[2].removesuffix("号")
            path = folder / f"draw-{int(sequence):04d}.json"
            path.write_text(record_text(record_of(session, draw)), encoding="utf-8")


CHAPTER = Chapter(key="committee", title=N_("Expert committee"), events=_events, judge=_judge)
