"""A printed sheet, signed, scanned and read back: attendance is marked, the scan is filed."""

from __future__ import annotations

import pytest
from PIL import ImageDraw
from sqlalchemy import select

from core import attachments
from core.errors import InputError, NotPermitted, RuleViolation
from core.training import attendance, participants, reading
from core.training.attendance import NewMark
from core.training.detail import course_detail
from core.training.model import Attendance
from core.training.participants import Trainee
from core.training.queues import QUEUES
from core.training.reading import CONFLICT, UNLISTED, UNREADABLE
from core.training.scanning import find_codes
from core.training.sign_in import print_sheet
from core.training.states import Mark, Source
from tests import training
from tests.training import School


def scan(school: School, signed: set[int], covered: tuple[int, ...] = ()) -> bytes:
    """Print the sheet of the first half-day, sign these rows, and scan it."""
    sheet = training.printed(school, school.sessions[0])
    for page in sheet.pages:
        for code in find_codes(page):
            if code.row in signed:
                training.sign(page, code, sheet.layout, code.row)
            if code.row in covered:
                x, y, half = code.middle.real, code.middle.imag, abs(code.along) / 2
                ImageDraw.Draw(page).rectangle((x - half, y - half, x + half, y + half), fill=200)
    return training.as_pdf([training.scanned(page) for page in sheet.pages])


def marks(school: School) -> dict[int, Attendance]:
    with school.as_("clerk").read() as session:
        rows = session.scalars(
            select(Attendance).where(Attendance.session_id == school.sessions[0])
        )
        return {one.participant_id: one for one in rows}


def note(school: School, person: int, mark: Mark, **more: str) -> None:
    new = NewMark(
        session_id=school.sessions[0],
        participant_id=school.people[person],
        mark=mark,
        **more,  # type: ignore[arg-type]
    )
    school.do("clerk", attendance.note, [new])


def test_that_a_scan_marks_attendance_and_is_filed(school: School) -> None:
    note(school, 1, Mark.LATE, reason="堵车")
    note(school, 2, Mark.LEAVE, reason="公差")
    note(school, 3, Mark.LEAVE, reason="病假")
    # Signed: 1 to 6 but 4, and the first free row; the code of row 8 is covered.
    data = scan(school, {1, 2, 3, 5, 6, 10}, covered=(8,))
    found = school.ask(reading.read, "签到.pdf", data)
    (filed,) = school.do("clerk", reading.file_scan, "签到.pdf", data, found)
    people = school.people
    assert set(filed.present) == {people[0], people[4], people[5]}
    assert set(filed.absent) == {people[6], people[8]}
    assert filed.kept == 6  # late and signed; on leave and not signed; four free rows
    assert {(one.row, one.why) for one in filed.open} == {
        (3, CONFLICT), (8, UNREADABLE), (10, UNLISTED),
    }  # fmt: skip
    now = marks(school)
    assert (now[people[0]].mark, now[people[0]].source) == (Mark.PRESENT, Source.SCAN)
    assert (now[people[1]].mark, now[people[1]].source) == (Mark.LATE, Source.HAND)
    assert people[7] not in now
    (kept,) = school.ask(attachments.attachments, "course", school.course)
    assert school.ask(attachments.read, kept.id)[1] == data
    detail = school.ask(course_detail, school.course)
    assert [one.section for one in detail.files] == [6]
    assert detail.scans[0].verdicts[8] == "unreadable"
    waiting = next(one for one in QUEUES if one.key == "training.scans")
    assert school.ask(waiting.count) == 1
    _settle(school, filed.id)
    assert school.ask(waiting.count) == 0
    with pytest.raises(RuleViolation, match="read_before"):
        school.do("clerk", reading.file_scan, "again.pdf", data, found)


def _settle(school: School, scan_id: int) -> None:
    """A signature against leave is a mark with a reason, the covered row by hand, and a name."""
    with pytest.raises(InputError):
        school.do("clerk", reading.settle_row, scan_id, 1, 3, None, "")
    present = NewMark(session_id=0, participant_id=0, mark=Mark.PRESENT, reason="实到，撤回请假")
    school.do("clerk", reading.settle_row, scan_id, 1, 3, present)
    school.do("clerk", reading.settle_row, scan_id, 2, 8, None, "行码被遮，另查")
    with pytest.raises(RuleViolation, match="nothing_open"):
        school.do("clerk", reading.settle_row, scan_id, 3, 8, None, "再")
    stranger = Trainee(name="旁听生", unit="某村", temporary=True)
    made = school.do("clerk", reading.name_row, scan_id, 3, 10, stranger)
    now = marks(school)
    assert now[made].mark is Mark.PRESENT
    assert now[school.people[2]].mark is Mark.PRESENT


def test_that_a_second_scan_only_adds_who_signed_meanwhile(local_school: School) -> None:
    school = local_school
    first = scan(school, {1})
    school.do("clerk", reading.file_scan, "1.pdf", first)
    assert marks(school)[school.people[1]].mark is Mark.ABSENT
    second = scan(school, {2})
    (filed,) = school.do("clerk", reading.file_scan, "2.pdf", second)
    now = marks(school)
    assert filed.present == (school.people[1],)
    assert now[school.people[0]].mark is Mark.PRESENT
    assert now[school.people[1]].mark is Mark.PRESENT


def test_that_a_better_scan_settles_what_the_first_could_not_tell(local_school: School) -> None:
    school = local_school
    sheet = training.printed(school, school.sessions[0])
    clean = [page.copy() for page in sheet.pages]
    for page in sheet.pages:
        for code in find_codes(page):
            if code.row == 2:
                x, y, half = code.middle.real, code.middle.imag, abs(code.along) / 2
                ImageDraw.Draw(page).rectangle((x - half, y - half, x + half, y + half), fill=200)
    for name, pages in (("1.pdf", sheet.pages), ("2.pdf", clean)):
        data = training.as_pdf([training.scanned(page) for page in pages])
        school.do("clerk", reading.file_scan, name, data)
        waiting = [one.open for one in school.ask(course_detail, school.course).scans]
        assert [len(one) for one in waiting] == ([1] if name == "1.pdf" else [0, 0])
    assert marks(school)[school.people[1]].mark is Mark.ABSENT


def test_that_a_person_who_left_is_asked_about(local_school: School) -> None:
    school = local_school
    data = scan(school, {1, 2})
    school.do("clerk", participants.withdraw, school.people[0], 1, "调离")
    (filed,) = school.do("clerk", reading.file_scan, "1.pdf", data)
    assert {(one.row, one.why) for one in filed.open} == {(1, CONFLICT)}


def test_that_a_sheet_prints_no_numbers_of_people(local_school: School) -> None:
    from core.documents.service import facts_of

    school = local_school
    number = Trainee(name="王喆", unit="站", phone="13900001234", number="341199198802150119")
    school.do("clerk", participants.enrol_trainee, school.course, number)
    with school.as_("clerk").write() as session:
        made = print_sheet(session, school.sessions[0])
        said = str(facts_of(session, made.paper.id))
    assert made.rows == len(school.people) + 1 + 5
    assert "139****1234" in said
    assert "341199198802150119" not in said
    assert "13900001234" not in said


def test_that_a_template_without_codes_is_refused(local_school: School) -> None:
    from core.documents.service import save_template
    from core.documents.templates import shipped

    school = local_school
    plain = shipped("sign_in_sheet").source.replace(", code = true", "")
    school.do("admin", save_template, "sign_in_sheet", plain)
    with pytest.raises(RuleViolation, match="sheet_template"):
        school.do("clerk", print_sheet, school.sessions[0])


def test_that_an_old_sheet_is_read_by_the_template_it_was_printed_with(
    local_school: School,
) -> None:
    from core.documents.service import save_template
    from core.documents.templates import shipped

    school = local_school
    data = scan(school, {1, 3})
    wider = shipped("sign_in_sheet").source.replace('title = "备注", width = 1.5', 'title = "备注", width = 4')  # fmt: skip
    school.do("admin", save_template, "sign_in_sheet", wider)
    (filed,) = school.do("clerk", reading.file_scan, "1.pdf", data)
    assert set(filed.present) == {school.people[0], school.people[2]}


def test_that_only_scans_of_this_office_are_taken(local_school: School) -> None:
    from PIL import Image

    school = local_school
    blank = training.as_pdf([Image.new("L", (800, 1000), 255)])
    with pytest.raises(InputError) as refused:
        school.ask(reading.read, "x.pdf", blank)
    assert refused.value.fields[0].code == "training.no_codes"
    with pytest.raises(NotPermitted):
        school.ask(reading.read, "x.pdf", blank, login="auditor")
