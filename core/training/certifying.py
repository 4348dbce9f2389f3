"""Completion certificates: in batch from an approved list, numbered without gaps; revoked, expired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import history, numbering, search
from core.database import actor, load_for_edit, require, today
from core.documents.service import DocumentSummary
from core.errors import NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.numbering.model import NumberState
from core.parties.queries import resolve
from core.requests import once
from core.training.completion import last_line
from core.training.courses import COURSE, find_course, needed
from core.training.hours import Hours
from core.training.model import Course, Participant, TrainingCertificate
from core.training.papers import certificate_facts, put
from core.training.participants import name_of
from core.training.states import CertificateState, CourseState, PaperAtEnd, Result

register(
    {
        "training.no_certificate": N_("{number} ends without a certificate."),
        "training.nobody_to_certify": N_("Nobody in {number} waits for a certificate."),
        "training.not_completed": N_("{name} did not complete the course by an approved list."),
        "training.has_certificate": N_("{name} has the certificate {number} already."),
        "training.revoked_already": N_("{number} was revoked already."),
    }
)

CERTIFICATE = "training_certificate"
#: Series and paper of each kind.
KINDS = {
    PaperAtEnd.CERTIFICATE: ("training_certificate", "completion_certificate"),
    PaperAtEnd.PROOF: ("training_proof", "training_proof"),
}


@dataclass(frozen=True)
class Issued:
    """A certificate that was made: its id, number, and the paper that waits for its signature."""

    id: int
    number: str
    name: str
    paper: DocumentSummary


def waiting(session: Session, course_id: int) -> list[Participant]:
    """Who completed a course by an approved list and has no valid certificate, by the roster."""
    return list(
        session.scalars(
            _waiting().where(Participant.course_id == course_id).order_by(Participant.position)
        )
    )


def _waiting() -> Select[Participant]:
    has = select(TrainingCertificate.participant_id)
    return (
        select(Participant)
        .join(Course, Course.id == Participant.course_id)
        .where(
            Participant.result == Result.COMPLETED,
            Course.paper != PaperAtEnd.NONE,
            Course.state != CourseState.CANCELLED,
            Participant.id.not_in(has),
        )
    )


def waiting_count(session: Session) -> int:
    """How many people wait for a certificate, over all courses."""
    query = select(func.count()).select_from(
        _waiting().with_only_columns(Participant.id).subquery()
    )
    return session.scalar(query) or 0


def issue(
    session: Session,
    course_id: int,
    participants: Sequence[int] = (),
    request: UUID | None = None,
) -> list[Issued]:
    """Make certificates for those who completed, in the order of the roster.

    Args:
        session: a write session.
        course_id: the course; it may be filed already.
        participants: only these; all who wait when empty. Somebody whose certificate was revoked
            must be named.
        request: id of the command, so that a repeat after a lost connection makes nothing twice.

    Returns:
        what was made; nothing when this very request was done before.

    Raises:
        NotPermitted: without `training.issue`.
        RuleViolation: nobody waits, not completed, has one already.
    """
    require(session, "training.issue")
    made: list[Issued] = []

    def make() -> int:
        course = find_course(session, str(course_id))
        if course.paper is PaperAtEnd.NONE:
            raise RuleViolation("training.no_certificate", number=course.number)
        people = _chosen(session, course, participants)
        made.extend(_issue_one(session, course, one) for one in people)
        data = {"count": len(made)}
        history.record(session, COURSE, course.id, "certificates_issued", data=data)
        return len(made)

    once(session, request, "training_certificates", make)
    return made


def _chosen(session: Session, course: Course, wanted: Sequence[int]) -> list[Participant]:
    if not wanted:
        people = waiting(session, course.id)
        if not people:
            raise RuleViolation("training.nobody_to_certify", number=course.number)
        return people
    query = select(Participant).where(
        Participant.id.in_(wanted), Participant.course_id == course.id
    )
    people = list(session.scalars(query.order_by(Participant.position)))
    if len(people) < len(set(wanted)):
        raise NotFound("record.not_found")
    for one in people:
        _require_due(session, one)
    return people


def _require_due(session: Session, person: Participant) -> None:
    name = name_of(session, person)
    if person.result is not Result.COMPLETED:
        raise RuleViolation("training.not_completed", name=name)
    valid = session.scalar(
        select(TrainingCertificate.number).where(
            TrainingCertificate.participant_id == person.id,
            TrainingCertificate.state == CertificateState.VALID,
        )
    )
    if valid is not None:
        raise RuleViolation("training.has_certificate", name=name, number=valid)


def _issue_one(session: Session, course: Course, person: Participant) -> Issued:
    series, kind = KINDS[course.paper]
    line = last_line(session, person.id)
    on = today(session)
    number = numbering.take(session, series, record_kind=CERTIFICATE, record_id=None)
    row = TrainingCertificate(
        number=number.text,
        number_id=number.id,
        course_id=course.id,
        participant_id=person.id,
        party_id=resolve(session, person.party_id),
        kind=course.paper,
        name=name_of(session, person),
        unit=person.unit,
        hours=line.hours if line else Hours(0),
        issued_on=on,
        valid_until=last_day(on, course.valid_months) if course.valid_months else None,
        state=CertificateState.VALID,
    )
    session.add(row)
    session.flush()
    numbering.bind(session, number, row.id)
    paper = put(session, kind, (CERTIFICATE, row.id), certificate_facts(course, row), number)
    history.record(session, CERTIFICATE, row.id, "issued")
    write_index(session, row, course)
    return Issued(row.id, row.number, row.name, paper)


def last_day(day: date, months: int) -> date:
    """The day so many months later, less one day; the end of a shorter month."""
    from calendar import monthrange
    from datetime import timedelta

    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) - timedelta(days=1)


def write_index(session: Session, row: TrainingCertificate, course: Course) -> None:
    """Put a certificate into the search index."""
    line = search.SearchLine(row.number, f"{row.name} {course.name}", [row.name], row.number)
    search.index(session, CERTIFICATE, row.id, line)


def revoke(session: Session, certificate_id: int, version: int, reason: str) -> None:
    """Revoke a certificate: the number stays in the ledger as void, the paper says so when checked.

    Raises:
        NotPermitted: without `training.revoke`.
        InputError: no reason.
        RuleViolation: revoked already.
    """
    require(session, "training.revoke")
    row = load_for_edit(session, TrainingCertificate, certificate_id, version)
    if row.state is CertificateState.REVOKED:
        raise RuleViolation("training.revoked_already", number=row.number)
    row.revoked_reason = needed(reason)
    row.state, row.revoked_on = CertificateState.REVOKED, today(session)
    row.revoked_by = actor(session).account_id
    numbering.settle(session, row.number_id, NumberState.VOID, row.revoked_reason)
    history.record(session, CERTIFICATE, row.id, "revoked", reason=row.revoked_reason)
    session.flush()


def find_certificate(session: Session, number: str) -> TrainingCertificate:
    """A certificate by its number or id.

    Raises:
        NotFound: there is none.
    """
    text = number.strip()
    row = session.scalar(select(TrainingCertificate).where(TrainingCertificate.number == text))
    if row is None and text.isdecimal():
        row = session.get(TrainingCertificate, int(text))
    if row is None:
        raise NotFound("record.not_found")
    return row


def register_facts(session: Session, document_id: int) -> dict[str, object]:
    """What the register says of a signed certificate, for the verifier."""
    from core.documents.model import Document

    document = session.get_one(Document, document_id)
    row = session.get_one(TrainingCertificate, document.record_id)
    return {"number": row.number, "person_name": row.name, "hours": str(row.hours)}


def register_status(session: Session, _kind: str, record_id: int) -> str:
    """What the register says of a certificate today: valid, expired or revoked."""
    row = session.get(TrainingCertificate, record_id)
    if row is None:
        return "unknown"
    if row.state is CertificateState.REVOKED:
        return "revoked"
    expired = row.valid_until is not None and row.valid_until < today(session)
    return "expired" if expired else "valid"
