"""Sign-in sheets: one per half-day, each row with a code, and where things stand on a printed row.

The code of a row is the token of its sheet and the number of the row, 13 characters: the smallest
QR code there is, 21 squares wide, so that a scan of 150 dpi still has nearly three dots a square.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history, settings
from core.database import actor, now, require
from core.documents.pdf import MM
from core.documents.service import DocumentSummary, work
from core.documents.templates import Page, Table, Template
from core.errors import NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.courses import COURSE, enrolled, held_sessions, open_course
from core.training.model import Course, CourseSession
from core.training.papers import Facts, phones, put, trainer_names
from core.training.participants import names
from core.training.record_model import SignInRow, SignInSheet
from core.training.states import HALF_DAY_CHINESE

register(
    {
        "training.nobody_enrolled": N_("Nobody is on the roster of {number}."),
        "training.too_many_rows": N_("A sign-in sheet has at most {most} rows."),
        "training.sheet_template": N_(
            "The template of the sign-in sheet needs a table with the columns “code” and "
            "“signature”; without them a scan cannot be read."
        ),
    }
)

PREFIX = "LS"
_TOKEN = 8
_ROW = 3
MOST = 10**_ROW - 1
KIND = "sign_in_sheet"


@dataclass(frozen=True)
class Printed:
    """A sheet that was prepared: its id, token, rows, and the paper that waits for signature."""

    id: int
    token: str
    rows: int
    paper: DocumentSummary


@dataclass(frozen=True)
class Layout:
    """Where things stand on a row, in millimetres.

    Attributes:
        side: of the code.
        offset: from the middle of the code to that of the signature; negative to the left.
        width: of the signature's cell.
        height: of the row at least.
    """

    side: float
    offset: float
    width: float
    height: float


def code_of(token: str, row: int) -> str:
    """The text of a row's code."""
    return f"{PREFIX}{token}{row:0{_ROW}}"


def parse_code(text: str) -> tuple[str, int] | None:
    """Token and row of a code; None for a code that is none of ours."""
    token, row = text[len(PREFIX) : -_ROW], text[-_ROW:]
    ours = text.startswith(PREFIX) and len(token) == _TOKEN and row.isascii() and row.isdigit()
    return (token, int(row)) if ours else None


def print_sheet(session: Session, session_id: int) -> Printed:
    """Prepare the sign-in sheet of a half-day: the roster and some free rows, no numbers of people.

    A sheet may be printed again when the roster changed; scans of the older one still read.

    Raises:
        NotPermitted: without `training.attend`.
        RuleViolation: nobody is enrolled, too many rows, the template has no codes, or the course
            is filed or called off.
    """
    require(session, "training.attend")
    held = session.get(CourseSession, session_id)
    if held is None:
        raise NotFound("record.not_found")
    course = open_course(session, held.course_id)
    people = enrolled(session, course.id)
    if not people:
        raise RuleViolation("training.nobody_enrolled", number=course.number)
    free = int(settings.get(session, "training.free_rows", held.held_on))
    if len(people) + free > MOST:
        raise RuleViolation("training.too_many_rows", most=MOST)
    token = _token(session, held)
    rows = [one.id for one in people] + [None] * free
    paper = put(session, KIND, ("course", course.id), _facts(session, course, held, token, free))
    layout_of(work(session, paper.id).template)
    sheet = SignInSheet(
        session_id=session_id,
        token=token,
        document_id=paper.id,
        printed_at=now(session),
        printed_by=actor(session).account_id,
    )
    session.add(sheet)
    session.flush()
    session.add_all(
        SignInRow(sheet_id=sheet.id, row=place, participant_id=one)
        for place, one in enumerate(rows, start=1)
    )
    day = held.held_on.isoformat()
    history.record(session, COURSE, course.id, "sheet_printed", data={"day": day, "token": token})
    session.flush()
    return Printed(sheet.id, token, len(rows), paper)


def _token(session: Session, held: CourseSession) -> str:
    """Eight letters that no other sheet, here or in another office, begins with."""
    count = session.scalar(select(func.count()).where(SignInSheet.session_id == held.id))
    office = settings.office(session)
    words = f"{office.code}|{office.name}|{held.id}|{count}|{now(session).isoformat()}"
    return base64.b32encode(sha256(words.encode()).digest())[:_TOKEN].decode()


def _facts(session: Session, course: Course, held: CourseSession, token: str, free: int) -> Facts:
    people = enrolled(session, course.id)
    called, telephones = names(session, people), phones(session, people)
    sessions = held_sessions(session, course.id)
    rows = [
        {
            "name": called[one.id],
            "unit": one.unit,
            "post": one.post,
            "phone": telephones[one.id],
            "signature": "",
            "remark": "",
            "code": code_of(token, place),
        }
        for place, one in enumerate(people, start=1)
    ]
    rows += [{"code": code_of(token, len(people) + n)} for n in range(1, free + 1)]
    return {
        "course_name": course.name,
        "day": held.held_on,
        "half_day": HALF_DAY_CHINESE[held.half_day],
        "topic": held.topic,
        "trainer": trainer_names(session, [held]).get(held.trainer_id or 0, ""),
        "place": held.place or course.place,
        "position": str(1 + [one.id for one in sessions].index(held.id)),
        "total": str(len(sessions)),
        "expected": str(len(people)),
        "items": rows,
    }


def layout_of(template: Template) -> Layout:
    """Where the code and the signature stand on a row of this template.

    Raises:
        RuleViolation: `training.sheet_template`.
    """
    from core.documents.blocks import code_side, spans

    page, table = _table(template)
    places = spans(page, table)
    (code_left, code_width), (left, width) = places["code"], places["signature"]
    return Layout(
        side=code_side(table, code_width) / MM,
        offset=(left + width / 2 - code_left - code_width / 2) / MM,
        width=width / MM,
        height=table.row_height,
    )


def _table(template: Template) -> tuple[Page, Table]:
    for page in template.pages:
        for block in page.flow:
            if isinstance(block, Table):
                keys = {column.key: column for column in block.columns}
                if "signature" in keys and "code" in keys and keys["code"].code:
                    return page, block
    raise RuleViolation("training.sheet_template")
