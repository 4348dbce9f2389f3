"""What pages, command line and papers are told of the committee: frozen summaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.attachments import AttachmentSummary
from core.committee.cases import CaseLabel
from core.committee.drawing import Need
from core.committee.states import (
    Body,
    CaseResult,
    DrawState,
    ExpertStatus,
    MeetingState,
    PickState,
    Post,
    Presence,
    Seat,
    Sex,
    TieKind,
    Vote,
)
from core.documents.service import DocumentSummary
from core.history import TimelineEntry
from core.parties.queries import PartySummary


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """A term in a body; `warn` when it ends within the days of warning and is not renewed."""

    id: int
    version: int
    body: Body
    post: Post
    term_from: date
    term_to: date
    ended_on: date | None
    end_reason: str
    letter_number: str
    warn: bool


@dataclass(frozen=True, kw_only=True)
class TieLine:
    """A tie; `to` names the party, or the case if it may be seen."""

    id: int
    version: int
    kind: TieKind
    to: str
    party_id: int | None
    case: CaseLabel | None
    relation: str
    since: date | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class ExpertDetail:
    """The page of an expert. `bank_account` is masked; `age_warn` at the age of the setting."""

    id: int
    version: int
    party: PartySummary
    employer: str
    code: str
    title: str
    specialties: tuple[str, ...]
    sex: Sex | None
    born_on: date | None
    age: int | None
    age_warn: bool
    education: str
    retired: bool
    civil_servant: bool
    nominated_by: str
    bank: str
    bank_account: str
    status: ExpertStatus
    status_reason: str
    note: str
    login: str
    drawn: int
    terms: tuple[TermLine, ...]
    ties: tuple[TieLine, ...]
    attachments: tuple[AttachmentSummary, ...]
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """A line of the call log."""

    at: datetime
    way: str
    reached: bool
    comes: bool | None
    reason: str
    caller: str


@dataclass(frozen=True, kw_only=True)
class PickLine:
    """A drawn expert with the calls; `replaces` is the name whose seat a substitute took."""

    id: int
    position: int
    expert_id: int
    code: str
    name: str
    phone: str
    seat: Seat
    specialty: str
    state: PickState
    reason: str
    replaces: str
    calls: tuple[CallLine, ...]


@dataclass(frozen=True, kw_only=True)
class DrawDetail:
    """The page of a draw.

    Attributes:
        frozen: the frozen list (candidates, excluded ...), once there is one.
        named: whether the acting person may see the names; if not, `picks` is empty.
        typed: which of the two operators have typed.
        may_type, may_witness: what the acting person is asked to do now.
        open: seats nobody has agreed to take, for who may see the names.
    """

    id: int
    version: int
    number: str
    case: CaseLabel
    state: DrawState
    needed: tuple[Need, ...]
    substitutes: int
    meeting_at: datetime
    place: str
    secret_until: datetime
    first: str
    second: str
    supervisor: str
    first_id: int
    second_id: int
    supervisor_id: int
    asked_out: tuple[tuple[int, str], ...]
    frozen: Mapping[str, object] | None
    list_digest: str
    frozen_at: datetime | None
    witnessed_at: datetime | None
    typed: tuple[bool, bool]
    may_type: bool
    may_witness: bool
    drawn_at: datetime | None
    named: bool
    seed: str
    picks: tuple[PickLine, ...]
    open: tuple[Need, ...]
    round: int
    replaces_id: int | None
    redraw_reason: str
    cancel_reason: str
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """An invited expert."""

    id: int
    expert_id: int
    code: str
    name: str
    employer: str
    title: str
    presence: Presence
    signed_at: datetime | None
    reason: str
    draw_id: int | None


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case on the agenda; `opinions` of `judging` are in; `least` is the quorum."""

    id: int
    version: int
    case: CaseLabel
    position: int
    judging: int
    invited: int
    recused: int
    least: int
    opinions: int
    result: CaseResult | None
    votes_for: int
    votes_against: int
    abstentions: int
    opinion: str
    changes: str
    dissent: str


@dataclass(frozen=True, kw_only=True)
class MeetingDetail:
    """The page of a meeting. Hidden cases and secret names are not in it, nor counted."""

    id: int
    version: int
    number: str
    title: str
    starts_at: datetime
    place: str
    half_days: int
    host: str
    state: MeetingState
    leader_id: int | None
    leader: str
    notes: str
    cancel_reason: str
    members: tuple[MemberLine, ...]
    cases: tuple[CaseLine, ...]
    papers: tuple[DocumentSummary, ...]
    timeline: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True)
class OpinionLine:
    """What an expert said; `given_at` is None while nothing was said."""

    expert_id: int
    name: str
    vote: Vote | None
    scores: Mapping[str, int]
    remarks: Mapping[str, str]
    text: str
    changes: str
    dissent: str
    given_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case of a meeting with its opinions.

    An expert who may not record those of others sees them only after the own one is given.

    Attributes:
        own: the acting expert's id, if they judge this case.
        recused: names of members who are recused, for the secretary; empty for experts.
    """

    line: CaseLine
    meeting_id: int
    own: int | None
    opinions: tuple[OpinionLine, ...]
    others_hidden: bool
    recused: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MyCase:
    """A case that waits for the acting expert's opinion."""

    meeting_case_id: int
    meeting: str
    starts_at: datetime
    place: str
    case: CaseLabel
    given: bool


@dataclass(frozen=True)
class DrawPeople:
    """Accounts that may type in a draw, and those that may supervise one: id and name."""

    operators: tuple[tuple[int, str], ...]
    supervisors: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class ExpertLine:
    """An expert as other records name one."""

    id: int
    code: str
    name: str
    employer: str
    title: str
    phone: str
