"""A scan of signed sheets marks attendance and is filed; what it leaves open a person settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import attachments, history
from core.database import actor, load_for_edit, now, require
from core.documents.service import work
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training import scanning
from core.training.attendance import NewMark, note
from core.training.courses import COURSE, needed, open_course
from core.training.model import Attendance, CourseSession, Participant
from core.training.papers import half_day_text
from core.training.participants import Trainee, enrol_trainee
from core.training.record_model import CourseFile, SignInRow, SignInScan, SignInSheet
from core.training.scanning import Reading, RowRead
from core.training.sign_in import Layout, layout_of
from core.training.states import Mark, Result, RowVerdict, Source

register(
    {
        "training.no_codes": N_(
            "No row code of a sign-in sheet was found in “{name}”. Scan the whole sheet with "
            "150 dpi or more."
        ),
        "training.foreign_sheet": N_("“{name}” is a sign-in sheet of another office or database."),
        "training.read_before": N_("This very scan was read before."),
        "training.nothing_open": N_("Row {row} of this scan is settled already."),
        "training.row_unknown": N_("The sheet has no row {row}."),
        "training.row_taken": N_("Row {row} belongs to somebody on the roster."),
    }
)

SCAN = "sign_in_scan"
SIGN_IN_SECTION = 6
#: Why a person must look at a row.
DOUBTFUL, UNREADABLE, UNLISTED, CONFLICT, JUDGED = (
    "doubtful", "unreadable", "unlisted", "conflict", "judged",
)  # fmt: skip
REASON_TITLES = {
    DOUBTFUL: N_("Some ink, but hardly a signature"),
    UNREADABLE: N_("The code of the row was not found"),
    UNLISTED: N_("Somebody signed who is not on the roster"),
    CONFLICT: N_("Signed, but noted as absent or on leave"),
    JUDGED: N_("The person was judged by an approved list"),
}
#: What the scan of a signature agrees with.
_THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.EARLY, Mark.MADE_UP})
RESCANNED = "重新扫描签到表"


@dataclass(frozen=True)
class OpenRow:
    """A row somebody must look at: why, and who stands on it (None on a free row)."""

    row: int
    why: str
    participant_id: int | None


@dataclass(frozen=True)
class Filed:
    """What came of one sheet of a scan.

    Attributes:
        id: of the filed scan.
        session_id: the half-day.
        present, absent: participants newly marked.
        kept: rows whose mark was there already.
        open: rows to look at.
    """

    id: int
    session_id: int
    present: tuple[int, ...]
    absent: tuple[int, ...]
    kept: int
    open: tuple[OpenRow, ...]


def layout(session: Session, token: str) -> Layout | None:
    """Where things stand on the rows of a sheet, by the template it was printed with."""
    sheet = session.scalar(select(SignInSheet).where(SignInSheet.token == token))
    if sheet is None:
        return None
    return layout_of(work(session, sheet.document_id).template)


def read(session: Session, name: str, data: bytes) -> Reading:
    """Read a scan; nothing is written.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: field `file`; not a picture, no code, or sheets of another office only.
    """
    require(session, "training.attend")
    found = scanning.read_file(name, data, lambda token: layout(session, token))
    if not found.sheets:
        raise InputError.of("file", "training.no_codes", name=name)
    if not any(found.sheets.values()):
        raise InputError.of("file", "training.foreign_sheet", name=name)
    return found


def file_scan(
    session: Session, name: str, data: bytes, reading: Reading | None = None
) -> list[Filed]:
    """Mark attendance as a scan says, and keep the scan with its course.

    Who signed is present, who did not is absent, where nothing was noted by hand. Rows that are
    doubtful, unreadable, signed by somebody unlisted, or that contradict a mark stay open.

    Args:
        session: a write session.
        name: of the file.
        data: its bytes.
        reading: what `read` said of the same bytes; read now when left out.

    Returns:
        one for each sheet, in the order of their rows' first page.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: as `read`.
        RuleViolation: this file was read before, or the course is filed or called off.
    """
    require(session, "training.attend")
    found = reading or read(session, name, data)
    sheets = {token: rows for token, rows in found.sheets.items() if rows}
    attached: dict[int, int] = {}
    filed = []
    for token, rows in sheets.items():
        sheet = session.scalars(select(SignInSheet).where(SignInSheet.token == token)).one()
        held = session.get_one(CourseSession, sheet.session_id)
        open_course(session, held.course_id)
        if held.course_id not in attached:
            attached[held.course_id] = _attach(session, held, name, data)
        filed.append(_file_sheet(session, (sheet, held), rows, attached[held.course_id]))
    return filed


def _attach(session: Session, held: CourseSession, name: str, data: bytes) -> int:
    from hashlib import sha256

    digest = sha256(data).hexdigest()
    if any(
        one.sha256 == digest and one.role == "sign_in"
        for one in attachments.attachments(session, COURSE, held.course_id)
    ):
        raise RuleViolation("training.read_before")
    made = attachments.attach(session, COURSE, held.course_id, "sign_in", name, data)
    session.add(
        CourseFile(
            course_id=held.course_id,
            session_id=held.id,
            attachment_id=made.id,
            section=SIGN_IN_SECTION,
            caption=f"{half_day_text(held)}签到表扫描件",
        )
    )
    session.flush()
    return made.id


def _file_sheet(
    session: Session,
    where: tuple[SignInSheet, CourseSession],
    read_rows: Any,
    attachment_id: int,
) -> Filed:
    sheet, held = where
    rows = rows_of(session, sheet.id)
    judged_rows = [_judge(session, held, one, read_rows.get(one.row)) for one in rows]
    marks = [one for one in judged_rows if isinstance(one, NewMark)]
    open_ = tuple(one for one in judged_rows if isinstance(one, OpenRow))
    note(session, marks, Source.SCAN)
    scan = SignInScan(
        sheet_id=sheet.id,
        attachment_id=attachment_id,
        read_at=now(session),
        read_by=actor(session).account_id,
        verdicts={str(one.row): _verdict(read_rows.get(one.row)).value for one in rows},
        to_look_at=[[one.row, one.why] for one in open_],
        open=bool(open_),
    )
    _close_earlier(session, sheet, scan.verdicts)
    session.add(scan)
    session.flush()
    data = {"scan": scan.id, "marked": len(marks), "open": len(open_)}
    history.record(session, COURSE, held.course_id, "scan_read", data=data)
    present = tuple(one.participant_id for one in marks if one.mark is Mark.PRESENT)
    absent = tuple(one.participant_id for one in marks if one.mark is Mark.ABSENT)
    kept = sum(one is None for one in judged_rows)
    return Filed(scan.id, held.id, present, absent, kept, open_)


def _close_earlier(session: Session, sheet: SignInSheet, verdicts: dict[str, str]) -> None:
    """What an earlier scan of the sheet could not tell, this one may have told."""
    told = {RowVerdict.SIGNED.value, RowVerdict.BLANK.value}
    earlier = session.scalars(
        select(SignInScan).where(SignInScan.sheet_id == sheet.id, SignInScan.open)
    )
    for scan in earlier:
        scan.to_look_at = [
            [row, why]
            for row, why in scan.to_look_at
            if why not in {DOUBTFUL, UNREADABLE} or verdicts.get(str(row)) not in told
        ]
        scan.open = bool(scan.to_look_at)


def _verdict(found: RowRead | None) -> RowVerdict:
    return found.verdict if found else RowVerdict.UNREADABLE


def _judge(
    session: Session, held: CourseSession, row: SignInRow, found: RowRead | None
) -> NewMark | OpenRow | None:
    """What a row means: a new mark, something to look at, or nothing new."""
    verdict, who = _verdict(found), row.participant_id
    if who is None:
        return OpenRow(row.row, UNLISTED, None) if verdict in _INKED else None
    person = session.get_one(Participant, who)
    if person.withdrawn_reason:
        return OpenRow(row.row, CONFLICT, who) if verdict in _INKED else None
    before = session.scalar(
        select(Attendance).where(Attendance.session_id == held.id, Attendance.participant_id == who)
    )
    mark = _NEW.get(verdict)
    if mark is None:
        return OpenRow(row.row, verdict.value, who)
    if before is not None:
        return _beside(row, before, mark)
    if person.result is Result.COMPLETED:
        return OpenRow(row.row, JUDGED, who)
    return NewMark(session_id=held.id, participant_id=who, mark=mark)


_INKED = frozenset({RowVerdict.SIGNED, RowVerdict.DOUBTFUL})
_NEW = {RowVerdict.SIGNED: Mark.PRESENT, RowVerdict.BLANK: Mark.ABSENT}


def _beside(row: SignInRow, before: Attendance, mark: Mark) -> NewMark | OpenRow | None:
    """A row beside the mark that is there: what a person noted is never overwritten."""
    if mark is Mark.ABSENT or before.mark in _THERE:
        return None
    if before.source is Source.SCAN and before.mark is Mark.ABSENT:
        return NewMark(
            session_id=before.session_id,
            participant_id=before.participant_id,
            mark=mark,
            reason=RESCANNED,
        )
    return OpenRow(row.row, CONFLICT, row.participant_id)


def rows_of(session: Session, sheet_id: int) -> Sequence[SignInRow]:
    """The rows of a sheet in order."""
    query = select(SignInRow).where(SignInRow.sheet_id == sheet_id).order_by(SignInRow.row)
    return session.scalars(query).all()


def open_rows(session: Session, scan_id: int) -> list[OpenRow]:
    """The rows of a scan that somebody must still look at."""
    scan = session.get(SignInScan, scan_id)
    if scan is None:
        raise NotFound("record.not_found")
    people = {one.row: one.participant_id for one in rows_of(session, scan.sheet_id)}
    return [OpenRow(row, why, people.get(row)) for row, why in scan.to_look_at]


def settle_row(
    session: Session, scan_id: int, version: int, row: int, mark: NewMark | None, reason: str = ""
) -> None:
    """Settle a row that was left open: with a mark, or with nothing (the ink is no signature).

    Args:
        session: a write session.
        scan_id: the scan.
        version: as the person saw it.
        row: the row.
        mark: what to note; its ids are taken from the sheet.
        reason: why nothing is noted.

    Raises:
        NotPermitted: without `training.attend`.
        InputError: neither a mark nor a reason.
        RuleViolation: settled already.
    """
    require(session, "training.attend")
    scan, held, who = _open_row(session, scan_id, version, row)
    if mark is not None:
        if who is None:
            raise RuleViolation("training.row_unknown", row=row)
        note(
            session,
            [
                NewMark(
                    session_id=held.id,
                    participant_id=who,
                    mark=mark.mark,
                    minutes=mark.minutes,
                    reason=mark.reason,
                )
            ],
            Source.SCAN,
        )
    else:
        reason = needed(reason)
    _settled(session, scan, held, row, reason)


def name_row(session: Session, scan_id: int, version: int, row: int, trainee: Trainee) -> int:
    """Say who signed on a free row: the person joins the roster, temporary unless known.

    Returns:
        id of the participant.

    Raises:
        NotPermitted: without `training.attend`, `training.manage` or `parties.edit`.
        InputError: no name, or on the roster already.
        RuleViolation: the row is settled, or belongs to somebody.
    """
    require(session, "training.attend")
    scan, held, who = _open_row(session, scan_id, version, row)
    if who is not None:
        raise RuleViolation("training.row_taken", row=row)
    participant = enrol_trainee(session, held.course_id, trainee)
    note(
        session,
        [NewMark(session_id=held.id, participant_id=participant, mark=Mark.PRESENT)],
        Source.SCAN,
    )
    _settled(session, scan, held, row, "")
    return participant


def _open_row(
    session: Session, scan_id: int, version: int, row: int
) -> tuple[SignInScan, CourseSession, int | None]:
    scan = load_for_edit(session, SignInScan, scan_id, version)
    if row not in {one for one, _why in scan.to_look_at}:
        raise RuleViolation("training.nothing_open", row=row)
    sheet = session.get_one(SignInSheet, scan.sheet_id)
    held = session.get_one(CourseSession, sheet.session_id)
    people = {one.row: one.participant_id for one in rows_of(session, sheet.id)}
    return scan, held, people[row]


def _settled(
    session: Session, scan: SignInScan, held: CourseSession, row: int, reason: str
) -> None:
    scan.to_look_at = [[one, why] for one, why in scan.to_look_at if one != row]
    scan.open = bool(scan.to_look_at)
    data = {"scan": scan.id, "row": row}
    history.record(session, COURSE, held.course_id, "row_settled", reason=reason, data=data)
    session.flush()
