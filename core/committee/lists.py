"""The lists of the committee: sorted, filtered and counted in SQL; hidden records are not in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.clock import CHINA, SystemClock
from core.committee.cases import labels
from core.committee.draw_model import Draw
from core.committee.meeting_model import FeeSheet, Meeting, MeetingCase, MeetingMember
from core.committee.model import Expert, ExpertSpecialty, Membership
from core.committee.pool import times_drawn
from core.committee.rules import age_on, years_before
from core.committee.setup import number
from core.committee.states import (
    BODY_TITLES,
    DRAW_TITLES,
    MEETING_TITLES,
    POST_TITLES,
    STATUS_TITLES,
    Body,
    DrawState,
    ExpertStatus,
    MeetingState,
    Post,
)
from core.database import actor, today
from core.i18n import N_, _
from core.parties.model import Party
from core.search.lists import RecordList, choices, equals, word_of, year_number, year_of
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec


def _years() -> tuple[tuple[str, str], ...]:
    # Which years can be chosen is a convenience of the screen; the filter takes any year.
    newest = SystemClock().now().year
    return tuple((str(year), str(year)) for year in range(newest, newest - 6, -1))


def _meeting_year(_session: Session, value: str) -> ColumnElement[bool]:
    """Meetings of a year in China."""
    year = year_number(value)
    first, following = (datetime(one, 1, 1, tzinfo=CHINA) for one in (year, year + 1))
    return and_(Meeting.starts_at >= first, Meeting.starts_at < following)


# ---------------------------------------------------------------------------- experts
def _found_expert(text: str) -> ColumnElement[bool]:
    employer = aliased(Party)
    people = (
        select(Party.id)
        .outerjoin(employer, employer.id == Party.employer_id)
        .where(
            or_(
                Party.name.contains(text, autoescape=True),
                Party.initials.startswith(text.lower(), autoescape=True),
                employer.name.contains(text, autoescape=True),
            )
        )
    )
    fields = select(ExpertSpecialty.expert_id).where(
        ExpertSpecialty.name.contains(text, autoescape=True)
    )
    return or_(
        Expert.party_id.in_(people),
        Expert.id.in_(fields),
        Expert.code.startswith(text, autoescape=True),
        Expert.title.contains(text, autoescape=True),
    )


def _member_where(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return Expert.id.in_(select(Membership.expert_id).where(*conditions))


def in_term(day: date) -> ColumnElement[bool]:
    """Terms that cover a day."""
    return and_(
        Membership.term_from <= day,
        func.coalesce(Membership.ended_on, Membership.term_to) >= day,
    )


def ending_terms(session: Session) -> ColumnElement[bool]:
    """Terms that end within the days of warning and are not followed by another in the body."""
    day = today(session)
    last = day + timedelta(days=number(session, "term_warn_days"))
    later = aliased(Membership)
    renewed = (
        select(later.id)
        .where(
            later.expert_id == Membership.expert_id,
            later.body == Membership.body,
            later.term_to > Membership.term_to,
        )
        .exists()
    )
    return and_(Membership.ended_on.is_(None), Membership.term_to.between(day, last), ~renewed)


def old_experts(session: Session) -> ColumnElement[bool]:
    """Active experts who have reached the age that is pointed out."""
    born = years_before(today(session), number(session, "age_warn"))
    return and_(Expert.status == ExpertStatus.ACTIVE, Expert.born_on <= born)


def _due(session: Session, value: str) -> ColumnElement[bool]:
    return old_experts(session) if value == "age" else _member_where(ending_terms(session))


def _body(session: Session, value: str) -> ColumnElement[bool]:
    return _member_where(Membership.body == word_of(Body, value), in_term(today(session)))


def _post(session: Session, value: str) -> ColumnElement[bool]:
    return _member_where(Membership.post == word_of(Post, value), in_term(today(session)))


def _specialty(_session: Session, value: str) -> ColumnElement[bool]:
    return Expert.id.in_(select(ExpertSpecialty.expert_id).where(ExpertSpecialty.name == value))


def expert_cells(session: Session, rows: Sequence[Any]) -> Mapping[int, tuple[object, ...]]:
    """The cells of experts by id, of rows with the columns of `EXPERTS.fetch`."""
    ids = [row[0] for row in rows]
    fields: dict[int, list[str]] = {}
    for expert_id, name in session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.name)
        .where(ExpertSpecialty.expert_id.in_(ids))
        .order_by(ExpertSpecialty.position)
    ):
        fields.setdefault(expert_id, []).append(name)
    posts = _posts(session, ids)
    drawn = times_drawn(session, ids)
    day = today(session)
    return {
        row[0]: (
            row[1],
            row[2],
            row[3] or "",
            row[4],
            "、".join(fields.get(row[0], ())),
            posts.get(row[0], ((), None))[0],
            posts.get(row[0], ((), None))[1],
            age_on(row[5], day) if row[5] else None,
            drawn.get(row[0], 0),
            row[6],
            term(row[7], STATUS_TITLES),
        )
        for row in rows
    }


def _posts(session: Session, ids: Sequence[int]) -> dict[int, tuple[tuple[Shown, ...], date]]:
    """Posts of the newest term in each body, and the earliest of their last days."""
    found: dict[int, dict[Body, tuple[Shown, date]]] = {}
    rows = session.execute(
        select(
            Membership.expert_id,
            Membership.body,
            Membership.post,
            func.coalesce(Membership.ended_on, Membership.term_to),
        )
        .where(Membership.expert_id.in_(ids))
        .order_by(Membership.term_from)
    )
    for expert_id, body, post, last in rows:
        found.setdefault(expert_id, {})[body] = (term(post, POST_TITLES), last)
    return {
        expert_id: (
            tuple(dict.fromkeys(shown for shown, _last in bodies.values())),
            min(last for _shown, last in bodies.values()),
        )
        for expert_id, bodies in found.items()
    }


_EMPLOYER = aliased(Party)

EXPERTS = RecordList(
    kind="expert",
    columns=(
        ColumnSpec("code", N_("Number"), 4),
        ColumnSpec("name", N_("Name"), 7),
        ColumnSpec("employer", N_("Employer"), 14, sortable=False),
        ColumnSpec("title", N_("Professional title"), 7),
        ColumnSpec("specialties", N_("Specialties"), 12, sortable=False),
        ColumnSpec("posts", N_("Posts"), 9, sortable=False),
        ColumnSpec("term_to", N_("Term until"), 7, Align.CENTRE, sortable=False),
        ColumnSpec("age", N_("Age"), 3, Align.RIGHT),
        ColumnSpec("drawn", N_("Drawn within a year"), 4, Align.RIGHT, sortable=False),
        ColumnSpec("civil_servant", N_("Civil servant"), 4, sortable=False),
        ColumnSpec("status", N_("State"), 5),
    ),
    key=Expert.id.expression,
    base=select(Expert.id),
    orders={
        "code": Expert.code.expression,
        "name": Party.pinyin.expression,
        "title": Expert.title.expression,
        "age": Expert.born_on.expression,
        "status": Expert.status.expression,
    },
    joins={"name": lambda chosen: chosen.join(Party, Party.id == Expert.party_id)},
    descending=False,
    texts=_found_expert,
    fetch=select(
        Expert.id,
        Expert.code,
        Party.name,
        _EMPLOYER.name,
        Expert.title,
        Expert.born_on,
        Expert.civil_servant,
        Expert.status,
    )
    .join(Party, Party.id == Expert.party_id)
    .outerjoin(_EMPLOYER, _EMPLOYER.id == Party.employer_id),
    shown=expert_cells,
    conditions={
        "status": equals(Expert.status, ExpertStatus),
        "body": _body,
        "post": _post,
        "specialty": _specialty,
        "due": _due,
        "civil_servant": lambda _session, value: Expert.civil_servant.is_(value == "yes"),
    },
    offers=(
        FilterSpec("status", N_("State"), choices(STATUS_TITLES)),
        FilterSpec("body", N_("Body"), choices(BODY_TITLES)),
        FilterSpec("post", N_("Post"), choices(POST_TITLES)),
        FilterSpec("specialty", N_("Specialty"), ()),
        FilterSpec(
            "due", N_("Due"), (("term", N_("Term ends soon")), ("age", N_("Age to point out")))
        ),
        FilterSpec("civil_servant", N_("Civil servant"), (("yes", N_("Yes")), ("no", N_("No")))),
    ),
)


# ---------------------------------------------------------------------------- draws
def _mine(session: Session, value: str) -> ColumnElement[bool]:
    me = actor(session).account_id
    if value == "supervisor":
        return Draw.supervisor_id == me
    return or_(Draw.first_id == me, Draw.second_id == me)


def _draws(session: Session, rows: Sequence[Any]) -> Mapping[int, tuple[object, ...]]:
    from core.access.model import Account

    named = labels(session, {(row[2], row[3]) for row in rows})
    people = dict(
        session.execute(
            select(Account.id, Account.name).where(Account.id.in_([row[7] for row in rows]))
        ).all()
    )
    found = {}
    for row in rows:
        case = named.get((row[2], row[3]))
        needed = sum(one["count"] for one in row[4])
        found[row[0]] = (
            row[1] or Shown(None, _("(not numbered yet)")),
            case.number if case else "",
            case.title if case else "",
            needed,
            row[5],
            row[6],
            people.get(row[7], ""),
            row[8],
            term(row[9], DRAW_TITLES),
        )
    return found


DRAWS = RecordList(
    kind="committee_draw",
    columns=(
        ColumnSpec("number", N_("Draw"), 9),
        ColumnSpec("case", N_("Case"), 9, sortable=False),
        ColumnSpec("project", N_("Project"), 14, sortable=False),
        ColumnSpec("needed", N_("Experts"), 3, Align.RIGHT, sortable=False),
        ColumnSpec("meeting_at", N_("Meeting"), 8, Align.CENTRE),
        ColumnSpec("secret_until", N_("Secret until"), 8, Align.CENTRE),
        ColumnSpec("supervisor", N_("Supervisor"), 5, sortable=False),
        ColumnSpec("round", N_("Round"), 3, Align.RIGHT, sortable=False),
        ColumnSpec("state", N_("State"), 7),
    ),
    key=Draw.id.expression,
    base=select(Draw.id),
    orders={
        "meeting_at": Draw.meeting_at.expression,
        "number": Draw.number.expression,
        "secret_until": Draw.secret_until.expression,
        "state": Draw.state.expression,
    },
    descending=True,
    texts=lambda text: Draw.number.contains(text, autoescape=True),
    fetch=select(
        Draw.id,
        Draw.number,
        Draw.record_kind,
        Draw.record_id,
        Draw.needed,
        Draw.meeting_at,
        Draw.secret_until,
        Draw.supervisor_id,
        Draw.round,
        Draw.state,
    ),
    shown=_draws,
    conditions={"state": equals(Draw.state, DrawState), "mine": _mine},
    offers=(
        FilterSpec("state", N_("State"), choices(DRAW_TITLES)),
        FilterSpec(
            "mine",
            N_("Mine"),
            (("operator", N_("I type")), ("supervisor", N_("I supervise"))),
        ),
    ),
)


# ---------------------------------------------------------------------------- meetings
_CASES = (
    select(func.count(MeetingCase.id))
    .where(MeetingCase.meeting_id == Meeting.id)
    .correlate(Meeting)
    .scalar_subquery()
)
_INVITED = (
    select(func.count(MeetingMember.id))
    .where(MeetingMember.meeting_id == Meeting.id)
    .correlate(Meeting)
    .scalar_subquery()
)

MEETINGS = RecordList(
    kind="committee_meeting",
    columns=(
        ColumnSpec("number", N_("Meeting"), 9),
        ColumnSpec("title", N_("Subject"), 16, sortable=False),
        ColumnSpec("starts_at", N_("Begins"), 8, Align.CENTRE),
        ColumnSpec("place", N_("Place"), 12, sortable=False),
        ColumnSpec("cases", N_("Cases"), 3, Align.RIGHT, sortable=False),
        ColumnSpec("members", N_("Experts"), 3, Align.RIGHT, sortable=False),
        ColumnSpec("state", N_("State"), 6),
    ),
    key=Meeting.id.expression,
    base=select(Meeting.id),
    orders={
        "starts_at": Meeting.starts_at.expression,
        "number": Meeting.number_id.expression,
        "state": Meeting.state.expression,
    },
    descending=True,
    texts=lambda text: or_(
        Meeting.number.contains(text, autoescape=True),
        Meeting.title.contains(text, autoescape=True),
        Meeting.place.contains(text, autoescape=True),
    ),
    fetch=select(
        Meeting.id,
        Meeting.number,
        Meeting.title,
        Meeting.starts_at,
        Meeting.place,
        _CASES,
        _INVITED,
        Meeting.state,
    ),
    shown=lambda _session, rows: {
        row[0]: (*row[1:7], term(row[7], MEETING_TITLES)) for row in rows
    },
    conditions={
        "state": equals(Meeting.state, MeetingState),
        "year": _meeting_year,
    },
    offers=lambda: (
        FilterSpec("state", N_("State"), choices(MEETING_TITLES)),
        FilterSpec("year", N_("Year"), _years()),
    ),
)

FEE_SHEETS = RecordList(
    kind="committee_fee_sheet",
    columns=(
        ColumnSpec("number", N_("Fee sheet"), 9),
        ColumnSpec("title", N_("Subject"), 14, sortable=False),
        ColumnSpec("paid_on", N_("Paid"), 7, Align.CENTRE),
        ColumnSpec("gross", N_("Gross (yuan)"), 8, Align.RIGHT),
        ColumnSpec("tax", N_("Tax withheld (yuan)"), 8, Align.RIGHT),
        ColumnSpec("net", N_("Net (yuan)"), 8, Align.RIGHT),
        ColumnSpec("void_reason", N_("Void"), 12, sortable=False),
    ),
    key=FeeSheet.id.expression,
    base=select(FeeSheet.id),
    orders={
        "paid_on": FeeSheet.paid_on.expression,
        "number": FeeSheet.number_id.expression,
        "gross": FeeSheet.gross.expression,
        "tax": FeeSheet.tax.expression,
        "net": FeeSheet.net.expression,
    },
    descending=True,
    texts=lambda text: or_(
        FeeSheet.number.contains(text, autoescape=True),
        FeeSheet.title.contains(text, autoescape=True),
    ),
    fetch=select(
        FeeSheet.id,
        FeeSheet.number,
        FeeSheet.title,
        FeeSheet.paid_on,
        FeeSheet.gross,
        FeeSheet.tax,
        FeeSheet.net,
        FeeSheet.void_reason,
    ),
    shown=lambda _session, rows: {row[0]: tuple(row[1:]) for row in rows},
    conditions={"year": year_of(FeeSheet.paid_on)},
    offers=lambda: (FilterSpec("year", N_("Year"), _years()),),
)
