"""The roster of a course: people of the register, people met for the first time, who is who.

A trainee whose number nobody asked for is a party without a number; one who walked in is temporary
until somebody says who it is. Namesakes are pointed out, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.database import load_for_edit, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.duplicates import suggest_duplicates
from core.parties.model import Party, PartyKind, PersonalNumber
from core.parties.queries import PartySummary, resolve
from core.parties.rules import Likeness, clean_name
from core.parties.service import RegisterPerson, merge, register_person
from core.training.courses import COURSE, needed, next_position, open_course
from core.training.model import Attendance, CompletionLine, Participant
from core.values.identity import IdKind, normalise

register(
    {
        "training.not_a_person": N_("Only people of the register can take part."),
        "training.enrolled": N_("{name} is on the roster already."),
        "training.in_a_list": N_("{name} is in a completion list; the entry stays."),
        "training.not_temporary": N_("{name} is not a temporary entry."),
        "training.withdrawn": N_("{name} left the course."),
    }
)

PARTICIPANT = "course_participant"
#: Why a trainee has no number in the register.
NO_NUMBER = "培训学员，未登记证件号码"
TEMPORARY = "临时学员，身份待核"
#: A name that only sounds the same is chance.
_TELLING = frozenset(
    {Likeness.SAME_NUMBER, Likeness.SAME_NAME, Likeness.SAME_PHONE, Likeness.REPRESENTATIVE}
)


@dataclass(frozen=True, kw_only=True)
class Trainee:
    """A person to put on a roster who need not be in the register yet."""

    name: str
    unit: str = ""
    post: str = ""
    phone: str = ""
    number: str = ""
    note: str = ""
    temporary: bool = False


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A party that may be the participant 疑似同一人, with the reasons."""

    participant_id: int
    party_id: int
    name: str
    other: PartySummary
    reasons: tuple[Likeness, ...]


def enrol(
    session: Session, course_id: int, party_id: int, *, unit: str = "", post: str = ""
) -> int:
    """Put a person of the register on the roster.

    Args:
        session: a write session.
        course_id: the course.
        party_id: the person; one that was merged stands for its new identity.
        unit: as it is to stand on papers; the employer's name if empty.
        post: 职务（职称）.

    Returns:
        id of the participant.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: not a person, or on the roster already.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    entry = Participant(unit=unit, post=post)
    return _enrol(session, course_id, party_id, entry)


def _enrol(session: Session, course_id: int, party_id: int, entry: Participant) -> int:
    open_course(session, course_id)
    party = session.get(Party, resolve(session, party_id))
    if party is None or party.kind is not PartyKind.PERSON:
        raise InputError.of("party_id", "training.not_a_person")
    known = party_ids(session, party.id)
    twice = select(Participant.id).where(
        Participant.course_id == course_id, Participant.party_id.in_(known)
    )
    if session.scalar(twice.limit(1)) is not None:
        raise InputError.of("name", "training.enrolled", name=party.name)
    entry.course_id, entry.party_id = course_id, party.id
    entry.position = next_position(session, course_id)
    entry.unit = " ".join((entry.unit or _employer(session, party)).split())
    entry.post = " ".join(entry.post.split())
    session.add(entry)
    session.flush()
    history.record(session, COURSE, course_id, "enrolled", data={"participant": entry.id})
    return entry.id


def _employer(session: Session, party: Party) -> str:
    employer = session.get(Party, party.employer_id) if party.employer_id else None
    return employer.name if employer else ""


def enrol_trainee(session: Session, course_id: int, trainee: Trainee) -> int:
    """Put somebody on the roster, entering the person into the register where needed.

    The same number, or the same name with the same telephone, is the same person. A namesake is
    not: the hints point it out (`hints`).

    Returns:
        id of the participant.

    Raises:
        NotPermitted: without `training.manage` or `parties.edit`.
        InputError: name or number are wrong, or on the roster already.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    party_id = _known(session, trainee)
    if party_id is None:
        number = normalise(trainee.number)
        person = RegisterPerson(
            name=trainee.name,
            id_kind=IdKind.RESIDENT if number else IdKind.NONE,
            number=number,
            no_number_reason="" if number else TEMPORARY if trainee.temporary else NO_NUMBER,
            phone=trainee.phone.strip(),
            employer_id=_unit_party(session, trainee.unit),
        )
        party_id = register_person(session, person).id
    entry = Participant(
        unit=trainee.unit,
        post=trainee.post,
        temporary=trainee.temporary,
        note=trainee.note.strip(),
    )
    return _enrol(session, course_id, party_id, entry)


def _known(session: Session, trainee: Trainee) -> int | None:
    number, name = normalise(trainee.number), clean_name(trainee.name)
    if number:
        found = session.scalar(
            select(PersonalNumber.party_id).where(PersonalNumber.value == number)
        )
        return resolve(session, found) if found is not None else None
    if not (name and trainee.phone.strip()):
        return None
    return session.scalar(
        select(Party.id)
        .where(
            Party.kind == PartyKind.PERSON,
            Party.name == name,
            Party.phone == trainee.phone.strip(),
            Party.merged_into_id.is_(None),
            Party.active.is_(True),
        )
        .limit(1)
    )


def _unit_party(session: Session, unit: str) -> int | None:
    """The unit as an organisation of the register, when exactly that name is there."""
    name = clean_name(unit)
    if not name:
        return None
    query = select(Party.id).where(
        Party.kind == PartyKind.ORGANISATION,
        Party.name == name,
        Party.merged_into_id.is_(None),
    )
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def edit_participant(
    session: Session, participant_id: int, version: int, *, unit: str, post: str, note: str = ""
) -> None:
    """Correct unit, post and note of a participant.

    Raises:
        NotPermitted: without `training.manage`.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    row = load_for_edit(session, Participant, participant_id, version)
    open_course(session, row.course_id)
    row.unit, row.post = " ".join(unit.split()), " ".join(post.split())
    row.note = note.strip()
    history.record(session, PARTICIPANT, row.id, "edited")
    session.flush()


def withdraw(session: Session, participant_id: int, version: int, reason: str) -> None:
    """Take a person off the roster; the entry and what was noted stay.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no reason.
        RuleViolation: a completion list names the person.
    """
    require(session, "training.manage")
    row = load_for_edit(session, Participant, participant_id, version)
    open_course(session, row.course_id)
    named = select(CompletionLine.id).where(CompletionLine.participant_id == row.id)
    if session.scalar(named.limit(1)) is not None:
        raise RuleViolation("training.in_a_list", name=name_of(session, row))
    row.withdrawn_reason = needed(reason)
    data = {"participant": row.id}
    history.record(
        session, COURSE, row.course_id, "withdrawn", reason=row.withdrawn_reason, data=data
    )
    session.flush()


def hints(session: Session, course_id: int) -> list[Hint]:
    """Who on the roster may be somebody else in the register, but for verdicts already given.

    Args:
        session: a read session.
        course_id: the course.
    """
    rows = session.execute(
        select(Participant, Party)
        .join(Party, Party.id == Participant.party_id)
        .where(Participant.course_id == course_id, Party.merged_into_id.is_(None))
        .order_by(Participant.position)
    )
    return [
        Hint(
            participant_id=participant.id,
            party_id=party.id,
            name=party.name,
            other=one.party,
            reasons=one.reasons,
        )
        for participant, party in rows
        for one in suggest_duplicates(session, party.name, phone=party.phone, ignore=party.id)
        if telling(one.reasons)
    ]


def telling(reasons: Iterable[Likeness]) -> bool:
    """Whether reasons say more than that two names sound the same."""
    return not _TELLING.isdisjoint(reasons)


def identify(
    session: Session, participant_id: int, version: int, party_id: int, reason: str
) -> None:
    """Say which person of the register a temporary participant is: the two become one party.

    Raises:
        NotPermitted: without `training.manage` or `parties.merge`.
        InputError: no reason, or that person is on the same roster.
        RuleViolation: the participant is not temporary.
    """
    require(session, "training.manage")
    row = load_for_edit(session, Participant, participant_id, version)
    if not row.temporary:
        raise RuleViolation("training.not_temporary", name=name_of(session, row))
    target = resolve(session, party_id)
    same = select(Participant.id).where(
        Participant.course_id == row.course_id,
        Participant.party_id.in_(party_ids(session, target)),
    )
    if session.scalar(same.limit(1)) not in {None, row.id}:
        raise InputError.of("party_id", "training.enrolled", name=name_of(session, row))
    before = session.get_one(Party, row.party_id)
    merge(session, target, before.id, before.version, reason)
    row.temporary = False
    history.record(session, PARTICIPANT, row.id, "identified", data={"party": target})
    session.flush()


def confirm_person(session: Session, participant_id: int, version: int) -> None:
    """Say that a temporary participant is a person of their own, now known.

    Raises:
        NotPermitted: without `training.manage`.
        RuleViolation: the participant is not temporary.
    """
    require(session, "training.manage")
    row = load_for_edit(session, Participant, participant_id, version)
    if not row.temporary:
        raise RuleViolation("training.not_temporary", name=name_of(session, row))
    row.temporary = False
    history.record(session, PARTICIPANT, row.id, "identified")
    session.flush()


def name_of(session: Session, row: Participant) -> str:
    """The person's name today."""
    return session.get_one(Party, resolve(session, row.party_id)).name


def names(session: Session, rows: list[Participant]) -> dict[int, str]:
    """Names of participants by their id; a merged person has the name of today."""
    wanted = [one.party_id for one in rows]
    parties = {
        party.id: party for party in session.scalars(select(Party).where(Party.id.in_(wanted)))
    }
    return {
        one.id: parties[one.party_id].name
        if parties[one.party_id].merged_into_id is None
        else name_of(session, one)
        for one in rows
    }


def party_ids(session: Session, party_id: int) -> list[int]:
    """A person under every id it ever had: those that were merged into it, and its own."""
    found, waiting = [party_id], [party_id]
    while waiting:
        merged = session.scalars(select(Party.id).where(Party.merged_into_id.in_(waiting))).all()
        waiting = [one for one in merged if one not in found]
        found += waiting
    return found


def find_participant(session: Session, course_id: int, name: str) -> Participant:
    """A participant of a course by name or id.

    Raises:
        InputError: nobody, or several, of that name.
    """
    rows = [
        one
        for one in session.scalars(select(Participant).where(Participant.course_id == course_id))
        if name.strip() in {str(one.id), name_of(session, one)}
    ]
    if not rows:
        raise NotFound("record.not_found")
    if len(rows) > 1:
        raise InputError(FieldError("name", "training.namesakes", {"name": name.strip()}))
    return rows[0]


register({"training.namesakes": N_("Several people are called {name}; name the id.")})


def remove_unused(session: Session, participant_id: int) -> None:
    """Take back a participant that an import made while nothing was noted of it.

    Raises:
        RuleViolation: attendance was noted, or the entry was changed.
    """
    row = session.get(Participant, participant_id)
    if row is None:
        return
    noted = session.scalar(
        select(Attendance.id).where(Attendance.participant_id == participant_id).limit(1)
    )
    if noted is not None or row.version > 1:
        raise RuleViolation("sheets.changed_since", title=name_of(session, row))
    from core.sheets.batch import delete_unused

    delete_unused(session, row, name_of(session, row))
