"""What stands on the papers of a course: plain facts in Chinese, telephones and accounts masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.documents.service import DocumentSummary, prepare
from core.parties.model import Party
from core.training.model import Course, CourseSession, Participant, TrainingCertificate
from core.training.states import HALF_DAY_CHINESE
from core.values.dates import chinese_date, chinese_period

if TYPE_CHECKING:
    from core.numbering import TakenNumber

Facts = dict[str, object]


def put(
    session: Session,
    kind: str,
    record: tuple[str, int],
    facts: Mapping[str, object],
    number: TakenNumber | None = None,
) -> DocumentSummary:
    """Prepare a paper; facts that are empty are left out. The caller has checked who may."""
    kept = {key: value for key, value in facts.items() if value not in ("", None, [])}
    return prepare(
        session, kind=kind, record_kind=record[0], record_id=record[1], facts=kept, number=number
    )


def masked_phone(phone: str) -> str:
    """A telephone as it may be printed: the middle is hidden."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def days(course: Course) -> str:
    """2021年10月12日至2021年10月14日, or the one day."""
    if course.starts_on == course.ends_on:
        return chinese_date(course.starts_on)
    return chinese_period(course.starts_on, course.ends_on)


def trainer_names(session: Session, sessions: Sequence[CourseSession]) -> dict[int, str]:
    """Names of who teaches, by party id."""
    wanted = {one.trainer_id for one in sessions if one.trainer_id is not None}
    rows = session.execute(select(Party.id, Party.name).where(Party.id.in_(wanted)))
    return {one.id: one.name for one in rows}


def phones(session: Session, people: Sequence[Participant]) -> dict[int, str]:
    """Masked telephones by participant."""
    wanted = [one.party_id for one in people]
    rows = session.execute(select(Party.id, Party.phone).where(Party.id.in_(wanted)))
    known = {one.id: masked_phone(one.phone) for one in rows}
    return {one.id: known.get(one.party_id, "") for one in people}


def certificate_facts(course: Course, row: TrainingCertificate) -> Facts:
    """A completion certificate or a proof of training."""
    return {
        "person_name": row.name,
        "unit": row.unit,
        "first": course.starts_on,
        "last": course.ends_on,
        "organizer": course.organizer,
        "course_name": course.name,
        "hours": str(row.hours),
        "valid_until": row.valid_until,
    }


def half_day_text(one: CourseSession) -> str:
    """2021年10月12日上午."""
    return f"{chinese_date(one.held_on)}{HALF_DAY_CHINESE[one.half_day]}"
