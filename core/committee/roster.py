"""The roster: experts, their terms in the two bodies, and what ties them to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import attachments, history
from core.access.model import Account
from core.committee import index
from core.committee.cases import case_kind
from core.committee.model import Expert, ExpertSpecialty, ExpertTie, Membership
from core.committee.recusal import record_recusals
from core.committee.rules import Conflict, years_before
from core.committee.setup import number
from core.committee.states import Body, ExpertStatus, Ground, Post, Sex, TieKind
from core.database import actor, load_for_edit, now, require, today
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PartyKind
from core.parties.queries import add_role, resolve
from core.values.identity import mask

register(
    {
        "committee.party_missing": N_("Choose a person of the register of parties."),
        "committee.expert_known": N_("This person is an expert already ({code})."),
        "committee.code_missing": N_("Give the expert a number, like E01."),
        "committee.code_taken": N_("There is an expert {code} already."),
        "committee.title_missing": N_("Enter the professional title."),
        "committee.specialty_missing": N_("Enter at least one specialty."),
        "committee.birth_date": N_("An expert is born in the past, not before 1900."),
        "committee.account_letters": N_("An account number has digits only."),
        "committee.term_order": N_("The term ends before it begins."),
        "committee.term_overlap": N_("The expert has a term in this body until {until}."),
        "committee.post_of_body": N_("This post does not belong to this body."),
        "committee.chair_taken": N_("There is a chair already: {name}."),
        "committee.membership_over": N_("This term is over already."),
        "committee.end_day": N_("The end lies outside the term."),
        "committee.tie_missing": N_("Name a party or a case."),
        "committee.tie_self": N_("The tie is to the expert's own person."),
        "committee.tie_ended": N_("This tie has ended already."),
        "committee.reason": N_("Give a reason; it is kept and printed."),
        "committee.account_taken": N_("This account is linked with another expert."),
        "committee.account_unknown": N_("There is no account “{login}”."),
        "committee.photo": N_("A photo is a JPEG or PNG file."),
        "committee.expert_unknown": N_("There is no expert “{code}”."),
    }
)

EXPERT = "expert"
PHOTO = "photo"
_ADVISORY_POSTS = frozenset(Post) - {Post.REVIEWER}

add_role("expert", N_("Expert"), lambda: select(Expert.party_id))


@dataclass(frozen=True, kw_only=True)
class ExpertContent:
    """An expert as entered; the first specialty is the main one.

    `bank_account=None` keeps the number as it is, so that a form with the mask never sends it.
    """

    code: str
    title: str
    specialties: tuple[str, ...]
    sex: Sex | None = None
    born_on: date | None = None
    education: str = ""
    retired: bool = False
    civil_servant: bool = False
    nominated_by: str = ""
    bank: str = ""
    bank_account: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TermContent:
    """A term in a body; without a last day it has the years of the office's setting."""

    body: Body
    post: Post
    term_from: date
    term_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class TieContent:
    """What ties an expert: to a party, or to one case (kind and id)."""

    kind: TieKind
    party_id: int | None = None
    case: tuple[str, int] | None = None
    relation: str = ""
    since: date | None = None
    until: date | None = field(default=None)


def enrol(session: Session, party_id: int, content: ExpertContent) -> int:
    """Make a person of the register an expert.

    Returns:
        id of the expert.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: every wrong field at once.
    """
    require(session, "committee.manage")
    party = session.get(Party, resolve(session, party_id))
    if party is None or party.kind is not PartyKind.PERSON:
        raise InputError.of("party", "committee.party_missing")
    known = session.scalar(select(Expert).where(Expert.party_id == party.id))
    if known is not None:
        raise InputError.of("party", "committee.expert_known", code=known.code)
    _check(session, content)
    expert = Expert(
        party_id=party.id,
        joined_on=today(session),
        status=ExpertStatus.ACTIVE,
        created_at=now(session),
    )
    _fill(expert, content)
    session.add(expert)
    session.flush()
    _set_specialties(session, expert.id, content.specialties)
    history.record(session, EXPERT, expert.id, "enrolled")
    index.write(session, expert)
    return expert.id


def edit(session: Session, expert_id: int, version: int, content: ExpertContent) -> None:
    """Save the form of an expert again.

    Raises:
        NotPermitted: without `committee.manage`.
        StaleRecord: somebody saved it since `version`.
        InputError: every wrong field at once.
    """
    require(session, "committee.manage")
    expert = load_for_edit(session, Expert, expert_id, version)
    _check(session, content, expert.id)
    _fill(expert, content)
    session.flush()
    _set_specialties(session, expert.id, content.specialties)
    history.record(session, EXPERT, expert.id, "edited")
    index.write(session, expert)


def set_status(
    session: Session, expert_id: int, version: int, status: ExpertStatus, reason: str
) -> None:
    """Suspend an expert, let go of one, or take one back; with a reason, nobody is deleted.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: without a reason.
    """
    require(session, "committee.manage")
    expert = load_for_edit(session, Expert, expert_id, version)
    expert.status, expert.status_reason = status, _reason(reason)
    session.flush()
    history.record(session, EXPERT, expert.id, status.value, reason=expert.status_reason)


def set_photo(session: Session, expert_id: int, filename: str, data: bytes) -> None:
    """Keep a photo of the expert; an earlier one no longer counts.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: field ``file``; no picture.
        NotFound: no such expert.
    """
    require(session, "committee.manage")
    _existing(session, expert_id)
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise InputError.of("file", "committee.photo")
    for old in attachments.attachments(session, EXPERT, expert_id):
        if old.role == PHOTO:
            attachments.take_away(session, old.id, "换用新照片")
    attachments.attach(session, EXPERT, expert_id, PHOTO, filename, data)
    history.record(session, EXPERT, expert_id, "photo_kept")


def photo(session: Session, expert_id: int) -> bytes | None:
    """The bytes of the present photo, if there is one."""
    kept = [a for a in attachments.attachments(session, EXPERT, expert_id) if a.role == PHOTO]
    return attachments.read(session, kept[-1].id)[1] if kept else None


def link_account(session: Session, expert_id: int, version: int, login: str) -> None:
    """Say which account an expert signs in with (empty: none); recusal hides by this link.

    Raises:
        NotPermitted: without `committee.link`.
        InputError: field ``login``.
    """
    require(session, "committee.link")
    expert = load_for_edit(session, Expert, expert_id, version)
    account_id = None
    if login.strip():
        account_id = session.scalar(select(Account.id).where(Account.login == login.strip()))
        if account_id is None:
            raise InputError.of("login", "committee.account_unknown", login=login.strip())
        other = session.scalar(
            select(Expert.id).where(Expert.account_id == account_id, Expert.id != expert.id)
        )
        if other is not None:
            raise InputError.of("login", "committee.account_taken")
    expert.account_id = account_id
    session.flush()
    history.record(session, EXPERT, expert.id, "account_linked", data={"login": login.strip()})


def reveal_account(session: Session, expert_id: int, reason: str) -> str:
    """The bank account in clear; the look is logged.

    Raises:
        NotPermitted: without `committee.reveal`.
        InputError: without a reason.
    """
    require(session, "committee.reveal")
    expert = _existing(session, expert_id)
    history.record(session, EXPERT, expert_id, "account_revealed", reason=_reason(reason))
    return expert.bank_account


# ---------------------------------------------------------------------------- terms
def appoint(session: Session, expert_id: int, content: TermContent) -> int:
    """Give an expert a term in a body, or renew it after the last one.

    Returns:
        id of the membership.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: fields `term_from`, `term_to`, `post`.
    """
    require(session, "committee.manage")
    _existing(session, expert_id)
    last = content.term_to or term_end(content.term_from, number(session, "term_years"))
    check_term(content, last)
    _check_overlap(session, expert_id, content, last)
    row = term_row(session, expert_id, content, last)
    session.flush()
    return row.id


def check_term(content: TermContent, last: date) -> None:
    """Check a term by itself.

    Raises:
        InputError: fields `term_to`, `post`.
    """
    if last < content.term_from:
        raise InputError.of("term_to", "committee.term_order")
    if (content.post is Post.REVIEWER) is not (content.body is Body.POOL):
        raise InputError.of("post", "committee.post_of_body")


def term_row(session: Session, expert_id: int, content: TermContent, last: date) -> Membership:
    """A checked term as a row of the session, with its event."""
    row = Membership(
        expert_id=expert_id,
        body=content.body,
        post=content.post,
        term_from=content.term_from,
        term_to=last,
    )
    session.add(row)
    history.record(
        session, EXPERT, expert_id, "appointed",
        data={"body": content.body.value, "post": content.post.value, "until": last.isoformat()},
    )  # fmt: skip
    return row


def end_term(
    session: Session, membership_id: int, version: int, ended_on: date, reason: str
) -> None:
    """End a term before its last day.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: no reason, or a day outside the term.
        RuleViolation: it ended before.
    """
    require(session, "committee.manage")
    row = load_for_edit(session, Membership, membership_id, version)
    if row.ended_on is not None:
        raise RuleViolation("committee.membership_over")
    if not row.term_from <= ended_on <= row.term_to:
        raise InputError.of("ended_on", "committee.end_day")
    row.ended_on, row.end_reason = ended_on, _reason(reason)
    session.flush()
    history.record(session, EXPERT, row.expert_id, "term_ended", reason=row.end_reason)


def term_end(first: date, years: int) -> date:
    """The last day of a term of so many years: the day before its anniversary."""
    return years_before(first, -years) - timedelta(days=1)


def _check_overlap(session: Session, expert_id: int, content: TermContent, last: date) -> None:
    """No two terms of an expert in a body at a time, and one chair at a time.

    Only those rows are read, so that a term costs the same whatever the size of the pool.
    """
    rival = Membership.expert_id == expert_id
    if content.post is Post.CHAIR:
        rival = or_(rival, Membership.post == Post.CHAIR)
    row = session.scalars(
        select(Membership)
        .where(
            rival,
            Membership.body == content.body,
            Membership.term_from <= last,
            func.coalesce(Membership.ended_on, Membership.term_to) >= content.term_from,
        )
        .order_by(Membership.expert_id != expert_id, Membership.id)
        .limit(1)
    ).first()
    if row is None:
        return
    if row.expert_id == expert_id:
        until = (row.ended_on or row.term_to).isoformat()
        raise InputError.of("term_from", "committee.term_overlap", until=until)
    other = session.get_one(Expert, row.expert_id)
    name = session.get_one(Party, other.party_id).name
    raise InputError.of("post", "committee.chair_taken", name=name)


# ---------------------------------------------------------------------------- ties
def add_tie(session: Session, expert_id: int, content: TieContent) -> int:
    """Note what ties an expert to a party or a case; a tie to a case is a recusal at once.

    Raises:
        NotPermitted: without `committee.manage` (an expert may declare for their own person).
        InputError: neither party nor case, days crossed, the own person.
    """
    expert = _existing(session, expert_id)
    own = expert.account_id == actor(session).account_id and content.kind is TieKind.DECLARED
    if not own:
        require(session, "committee.manage")
    _check_tie(session, expert, content)
    row = ExpertTie(
        expert_id=expert_id,
        kind=content.kind,
        party_id=content.party_id,
        case_kind=content.case[0] if content.case else "",
        case_id=content.case[1] if content.case else None,
        relation=content.relation.strip(),
        since=content.since,
        until=content.until,
        recorded_by=actor(session).name,
        recorded_at=now(session),
    )
    session.add(row)
    session.flush()
    if content.case is not None:
        said = content.relation.strip() or "自行申请回避"
        found = {expert_id: (Conflict(Ground(content.kind.value), said),)}
        record_recusals(session, content.case, found)
    history.record(session, EXPERT, expert_id, "tie_noted", data={"kind": content.kind.value})
    return row.id


def end_tie(session: Session, tie_id: int, version: int, until: date) -> None:
    """Note the last day of a tie; it still counts for the years of the office's setting.

    Raises:
        NotPermitted: without `committee.manage`.
        RuleViolation: it has ended already.
        InputError: days crossed.
    """
    require(session, "committee.manage")
    row = load_for_edit(session, ExpertTie, tie_id, version)
    if row.until is not None:
        raise RuleViolation("committee.tie_ended")
    if row.since is not None and until < row.since:
        raise InputError.of("until", "committee.term_order")
    row.until = until
    session.flush()
    history.record(session, EXPERT, row.expert_id, "tie_ended", data={"kind": row.kind.value})


def _check_tie(session: Session, expert: Expert, content: TieContent) -> None:
    if (content.party_id is None) is (content.case is None):
        raise InputError.of("party", "committee.tie_missing")
    if content.since and content.until and content.until < content.since:
        raise InputError.of("until", "committee.term_order")
    if content.case is not None and not case_kind(content.case[0]).labels(
        session, [content.case[1]]
    ):
        raise NotFound("record.not_found")
    if content.party_id is None:
        return
    if session.get(Party, content.party_id) is None:
        raise InputError.of("party", "committee.tie_missing")
    if resolve(session, content.party_id) == resolve(session, expert.party_id):
        raise InputError.of("party", "committee.tie_self")


# ---------------------------------------------------------------------------- inside
def find_expert(session: Session, text: str) -> Expert:
    """The expert of a number, or of an id.

    Raises:
        InputError: field `expert`; there is none.
    """
    wanted = text.strip()
    found = session.scalar(select(Expert).where(Expert.code == wanted))
    if found is None and wanted.isdigit():
        found = session.get(Expert, int(wanted))
    if found is None:
        raise InputError.of("expert", "committee.expert_unknown", code=wanted)
    return found


def check_content(content: ExpertContent, day: date) -> list[FieldError]:
    """What is wrong with an expert as entered, without asking the database."""
    errors = []
    if not content.code.strip():
        errors.append(FieldError("code", "committee.code_missing"))
    if not content.title.strip():
        errors.append(FieldError("title", "committee.title_missing"))
    if not any(one.strip() for one in content.specialties):
        errors.append(FieldError("specialties", "committee.specialty_missing"))
    if content.born_on is not None and not date(1900, 1, 1) <= content.born_on < day:
        errors.append(FieldError("born_on", "committee.birth_date"))
    account = "".join((content.bank_account or "").split())
    if account and not (account.isascii() and account.isdigit()):
        errors.append(FieldError("bank_account", "committee.account_letters"))
    return errors


def fill(expert: Expert, content: ExpertContent) -> None:
    """Write the content of the form into a row."""
    _fill(expert, content)


def specialty_rows(expert_id: int, names: Sequence[str]) -> list[ExpertSpecialty]:
    """The specialties of an expert as rows, each once, in their order."""
    kept = dict.fromkeys(one.strip() for one in names if one.strip())
    return [
        ExpertSpecialty(expert_id=expert_id, position=place, name=name)
        for place, name in enumerate(kept, start=1)
    ]


def _check(session: Session, content: ExpertContent, expert_id: int | None = None) -> None:
    errors = check_content(content, today(session))
    taken = session.scalar(select(Expert.id).where(Expert.code == content.code.strip()))
    if taken is not None and taken != expert_id:
        errors.append(FieldError("code", "committee.code_taken", {"code": content.code.strip()}))
    if errors:
        raise InputError(*errors)


def _fill(expert: Expert, content: ExpertContent) -> None:
    for name in ("code", "title", "education", "nominated_by", "bank", "note"):
        setattr(expert, name, getattr(content, name).strip())
    for name in ("sex", "born_on", "retired", "civil_servant"):
        setattr(expert, name, getattr(content, name))
    if content.bank_account is not None:
        expert.bank_account = "".join(content.bank_account.split())
        expert.bank_mask = mask(expert.bank_account) if expert.bank_account else ""


def _set_specialties(session: Session, expert_id: int, names: Sequence[str]) -> None:
    rows = session.scalars(
        select(ExpertSpecialty).where(ExpertSpecialty.expert_id == expert_id)
    ).all()
    wanted = specialty_rows(expert_id, names)
    if [row.name for row in sorted(rows, key=lambda row: row.position)] == [
        row.name for row in wanted
    ]:
        return
    for row in rows:
        session.delete(row)
    session.flush()
    session.add_all(wanted)
    session.flush()


def _existing(session: Session, expert_id: int) -> Expert:
    expert = session.get(Expert, expert_id)
    if expert is None:
        raise NotFound("record.not_found")
    return expert


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError.of("reason", "committee.reason")
    return text.strip()
