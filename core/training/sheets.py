"""Participants from an Excel workbook, with their attendance and scores where those are known.

All or nothing; namesakes of people in the register are pointed out as warnings.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InputError, NotFound
from core.i18n import N_, _
from core.messages import register
from core.parties.duplicates import suggest_duplicates
from core.parties.rules import LIKENESS_TITLES, clean_name
from core.sheets.batch import Importer, delete_unused
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.training.assessing import NewScore, enter_score, parse_score
from core.training.attendance import NewMark, note
from core.training.courses import find_course, held_sessions
from core.training.model import Attendance, Course, Participant
from core.training.participants import (
    PARTICIPANT,
    Trainee,
    enrol_trainee,
    names,
    remove_unused,
    telling,
)
from core.training.states import HALF_DAY_CHINESE, MARK_CHINESE, MARK_SHORT, Mark, Source

register(
    {
        "training.course_unknown": N_("There is no course “{value}”."),
        "training.person_unknown": N_("“{value}” is not on the roster of this course."),
        "training.person_several": N_(
            "Several people on the roster are called “{value}”; write the unit, too."
        ),
        "training.session_unknown": N_("The course has no session on {day}, {half_day}."),
        "training.may_be": N_(
            "“{name}” may be “{other}” in the register of parties ({reasons}); please look."
        ),
    }
)

ROSTER, MARKS, SCORES = "学员", "考勤", "成绩"
_COURSE = SheetColumn(
    key="course", header="档案号", required=True, example="明林训〔2026〕1号", aliases=("培训班",)
)
_NAME = SheetColumn(key="name", header="姓名", required=True, example="马昉")
_UNIT = SheetColumn(key="unit", header="单位", example="石坝镇林业站")

PARTICIPANTS_IMPORT = ImportKind(
    key="participants",
    title=N_("Participants of courses"),
    note=(
        "每行一名学员；档案号为培训班的编号，也可填写班名（不重名时）。不需要证件号码；填写时请设为文本格式。",
        "“考勤”“成绩”两表可不填：考勤按日期和时段逐行填写，补签导入后由另一人复核。",
    ),
    sheets=(
        SheetSpec(
            name=ROSTER,
            columns=(
                _COURSE,
                _NAME,
                _UNIT,
                SheetColumn(key="post", header="职务（职称）", aliases=("职务", "职称")),
                SheetColumn(key="phone", header="联系电话", kind="phone", aliases=("电话", "手机")),
                SheetColumn(key="number", header="证件号码", kind="code", help="可不填"),
                SheetColumn(key="temporary", header="临时学员", kind="bool"),
                SheetColumn(key="note", header="备注"),
            ),
        ),
        SheetSpec(
            name=MARKS,
            optional=True,
            columns=(
                _COURSE,
                _NAME,
                _UNIT,
                SheetColumn(
                    key="day", header="日期", kind="date", required=True, example="2026-10-12"
                ),
                SheetColumn(
                    key="half_day",
                    header="时段",
                    kind="choice",
                    required=True,
                    choices=tuple((one.value, text) for one, text in HALF_DAY_CHINESE.items()),
                    example="上午",
                ),
                SheetColumn(
                    key="mark",
                    header="考勤",
                    kind="choice",
                    required=True,
                    choices=tuple((one.value, text) for one, text in MARK_CHINESE.items()),
                    also=tuple((one.value, text) for one, text in MARK_SHORT.items()),
                    example="出勤",
                ),
                SheetColumn(key="minutes", header="迟到早退分钟", kind="int"),
                SheetColumn(key="reason", header="原因", help="请假、补签必填"),
            ),
        ),
        SheetSpec(
            name=SCORES,
            optional=True,
            columns=(
                _COURSE,
                _NAME,
                _UNIT,
                SheetColumn(
                    key="day", header="考核日期", kind="date", required=True, example="2026-10-14"
                ),
                SheetColumn(key="score", header="成绩", help="缺考留空", example="88"),
                SheetColumn(key="note", header="备注"),
            ),
        ),
    ),
)


def import_participants(importing: Import) -> None:
    """Enrol every row that is right; then attendance and scores by name within the course."""
    courses: dict[str, Course] = {}
    session = importing.session
    for row in importing.rows(ROSTER):
        with importing.row(row):
            _enrol(importing, row, _course(session, row, courses))
    sheets = importing.book.sheets
    if MARKS in sheets:
        for row in importing.rows(MARKS):
            with importing.row(row):
                _mark(importing, row, _course(session, row, courses))
    if SCORES in sheets:
        for row in importing.rows(SCORES):
            with importing.row(row):
                _score(session, row, _course(session, row, courses))


def _cell(row: Row, key: str) -> str:
    value = row.values.get(key)
    return str(value).strip() if value is not None else ""


def _course(session: Session, row: Row, known: dict[str, Course]) -> Course:
    text = _cell(row, "course")
    if text not in known:
        try:
            known[text] = find_course(session, text)
        except NotFound:
            rows = session.scalars(select(Course).where(Course.name == text).limit(2)).all()
            if len(rows) != 1:
                raise InputError.of("course", "training.course_unknown", value=text) from None
            known[text] = rows[0]
    return known[text]


def _enrol(importing: Import, row: Row, course: Course) -> None:
    trainee = Trainee(
        name=_cell(row, "name"),
        unit=_cell(row, "unit"),
        post=_cell(row, "post"),
        phone=_cell(row, "phone"),
        number=_cell(row, "number"),
        note=_cell(row, "note"),
        temporary=bool(row.values.get("temporary")),
    )
    made = enrol_trainee(importing.session, course.id, trainee)
    importing.created.append((PARTICIPANT, made))
    party = importing.session.get_one(Participant, made).party_id
    for one in suggest_duplicates(
        importing.session, trainee.name, phone=trainee.phone, ignore=party
    ):
        if telling(one.reasons):
            facts = {
                "name": trainee.name,
                "other": one.party.name,
                "reasons": "、".join(_(LIKENESS_TITLES[reason]) for reason in one.reasons),
            }
            importing.warn(row, InputError.of("name", "training.may_be", **facts))


def _person(session: Session, row: Row, course: Course) -> int:
    name, unit = clean_name(_cell(row, "name")), _cell(row, "unit")
    people = list(session.scalars(select(Participant).where(Participant.course_id == course.id)))
    called: Mapping[int, str] = names(session, people)
    found = [one.id for one in people if called[one.id] == name and (not unit or one.unit == unit)]
    if not found:
        raise InputError.of("name", "training.person_unknown", value=name)
    if len(found) > 1:
        raise InputError.of("name", "training.person_several", value=name)
    return found[0]


def _mark(importing: Import, row: Row, course: Course) -> None:
    session = importing.session
    person = _person(session, row, course)
    day, half = row.values["day"], _cell(row, "half_day")
    held = next(
        (
            one
            for one in held_sessions(session, course.id)
            if one.held_on == day and one.half_day.value == half
        ),
        None,
    )
    if held is None:
        shown = next(text for one, text in HALF_DAY_CHINESE.items() if one.value == half)
        raise InputError.of(
            "day", "training.session_unknown", day=_cell(row, "day"), half_day=shown
        )
    mark = NewMark(
        session_id=held.id,
        participant_id=person,
        mark=Mark(_cell(row, "mark")),
        minutes=int(_cell(row, "minutes") or 0),
        reason=_cell(row, "reason"),
    )
    try:
        (made,) = note(session, [mark], Source.SHEET)
    except InputError as error:
        wrong = error.fields[0]
        raise InputError.of("reason", wrong.code, **wrong.params) from None
    importing.created.append(("attendance", made))


def _score(session: Session, row: Row, course: Course) -> None:
    text = _cell(row, "score")
    try:
        score = parse_score(text)
    except InputError as error:
        wrong = error.fields[0]
        raise InputError.of("score", wrong.code, **wrong.params) from None
    enter_score(
        session,
        NewScore(
            participant_id=_person(session, row, course),
            score=score,
            taken_on=row.values["day"],  # type: ignore[arg-type]  # a date column
            note=_cell(row, "note"),
        ),
    )


def remove_mark(session: Session, attendance_id: int) -> None:
    """Take an imported mark back, unless it was changed or confirmed since.

    Raises:
        RuleViolation: it was changed.
    """
    from core.errors import RuleViolation

    row = session.get(Attendance, attendance_id)
    if row is None:
        return
    if row.version > 1 or row.source is not Source.SHEET:
        raise RuleViolation("sheets.changed_since", title=row.held_on.isoformat())
    delete_unused(session, row, row.held_on.isoformat())


PARTICIPANTS_IMPORTER = Importer(
    kind=PARTICIPANTS_IMPORT,
    apply=import_participants,
    remove={PARTICIPANT: remove_unused, "attendance": remove_mark},
    permission="training.import",
)
