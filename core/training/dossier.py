"""Files of a course: photos with caption and time, slides, notices, sorted as 一期一档 is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history
from core.attachments import AttachmentSummary
from core.database import load_for_edit, require
from core.errors import FieldError, InputError, NotFound
from core.i18n import N_
from core.messages import register
from core.training.courses import COURSE, needed, open_course
from core.training.model import CourseSession
from core.training.record_model import CourseFile
from core.training.states import SECTIONS

register(
    {
        "training.section": N_("Choose a part of the course file from 1 to {most}."),
        "training.caption_missing": N_("Say what the photo shows."),
        "training.taken_missing": N_("Say when the photo was taken."),
        "training.not_of_course": N_("That session belongs to another course."),
    }
)

FILE = "course_file"
PHOTOS = 8


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file to keep. `section` is its place in 一期一档, 1 to 13 (`states.SECTIONS`)."""

    section: int
    name: str
    data: bytes
    caption: str = ""
    taken_at: datetime | None = None
    session_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file of a course as pages and the export show it."""

    id: int
    version: int
    section: int
    caption: str
    taken_at: datetime | None
    session_id: int | None
    file: AttachmentSummary

    @property
    def section_title(self) -> str:
        """The part of the course file, in Chinese as on its index."""
        return SECTIONS[self.section - 1]


def add_file(session: Session, course_id: int, new: NewFile) -> int:
    """Keep a file of a course.

    Returns:
        its id.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no such part; a photo without caption or time; an empty or too large file.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    open_course(session, course_id)
    _check(session, course_id, new.section, new.session_id, (new.caption, new.taken_at))
    kept = attachments.attach(
        session, COURSE, course_id, f"section_{new.section}", new.name, new.data
    )
    row = CourseFile(
        course_id=course_id,
        session_id=new.session_id,
        attachment_id=kept.id,
        section=new.section,
        caption=" ".join(new.caption.split()),
        taken_at=new.taken_at,
    )
    session.add(row)
    session.flush()
    data = {"file": kept.filename, "section": new.section}
    history.record(session, COURSE, course_id, "file_added", data=data)
    return row.id


def _check(
    session: Session,
    course_id: int,
    section: int,
    session_id: int | None,
    about: tuple[str, datetime | None],
) -> None:
    caption, taken_at = about
    errors = []
    if not 1 <= section <= len(SECTIONS):
        errors.append(FieldError("section", "training.section", {"most": len(SECTIONS)}))
    if section == PHOTOS and not caption.strip():
        errors.append(FieldError("caption", "training.caption_missing"))
    if section == PHOTOS and taken_at is None:
        errors.append(FieldError("taken_at", "training.taken_missing"))
    if session_id is not None:
        held = session.get(CourseSession, session_id)
        if held is None or held.course_id != course_id:
            errors.append(FieldError("session_id", "training.not_of_course"))
    if errors:
        raise InputError(*errors)


def edit_file(
    session: Session,
    file_id: int,
    version: int,
    *,
    section: int,
    caption: str,
    taken_at: datetime | None,
) -> None:
    """Change where a file stands and what is said of it.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: as `add_file`.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    row = load_for_edit(session, CourseFile, file_id, version)
    open_course(session, row.course_id)
    _check(session, row.course_id, section, row.session_id, (caption, taken_at))
    row.section, row.caption, row.taken_at = section, " ".join(caption.split()), taken_at
    history.record(session, COURSE, row.course_id, "file_edited", data={"file": row.id})
    session.flush()


def take_away(session: Session, file_id: int, version: int, reason: str) -> None:
    """Mark a file that was added by mistake; it stays in the database.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no reason.
        RuleViolation: the course is filed or called off.
    """
    require(session, "training.manage")
    row = load_for_edit(session, CourseFile, file_id, version)
    open_course(session, row.course_id)
    attachments.take_away(session, row.attachment_id, needed(reason))
    history.record(
        session, COURSE, row.course_id, "file_removed", reason=reason.strip(), data={"file": row.id}
    )
    session.flush()


def files(session: Session, course_id: int) -> list[KeptFile]:
    """The files of a course that count, by part and in the order they came."""
    known = {one.id: one for one in attachments.attachments(session, COURSE, course_id)}
    rows = session.scalars(
        select(CourseFile)
        .where(CourseFile.course_id == course_id)
        .order_by(CourseFile.section, CourseFile.id)
    )
    return [
        KeptFile(
            id=row.id,
            version=row.version,
            section=row.section,
            caption=row.caption,
            taken_at=row.taken_at,
            session_id=row.session_id,
            file=known[row.attachment_id],
        )
        for row in rows
        if row.attachment_id in known
    ]


def file_bytes(session: Session, file_id: int) -> tuple[AttachmentSummary, bytes]:
    """A file with its bytes.

    Raises:
        NotFound: there is none.
    """
    row = session.get(CourseFile, file_id)
    if row is None:
        raise NotFound("record.not_found")
    return attachments.read(session, row.attachment_id)
