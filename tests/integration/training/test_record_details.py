"""A list, a mark, a trainer and a scan as their pages show them, on both databases."""

from __future__ import annotations

from datetime import date

from core.training import attendance, costs, courses
from core.training.attendance import NewMark
from core.training.completion import approve_list, prepare_list
from core.training.costs import TrainerContent
from core.training.courses import SessionContent
from core.training.model import CompletionList, CourseSession
from core.training.reading import UNLISTED, file_scan
from core.training.record_details import (
    attendance_detail,
    list_detail,
    scan_detail,
    trainer_choices,
    trainer_detail,
)
from core.training.report_lists import figures, ledger
from core.training.scanning import find_codes
from core.training.states import ListState, Mark, RowVerdict
from core.values.cells import as_text
from core.values.listing import ListQuery
from tests import training
from tests.training import School


def test_that_a_list_names_who_prepared_and_who_decided_it(school: School) -> None:
    school.mark_all()
    made = school.do("clerk", prepare_list, school.course, school.course_version())
    waiting = school.ask(list_detail, made)
    assert (waiting.state, waiting.prepared_by_id > 0) == (ListState.PREPARED, True)
    assert waiting.decided_at is None
    school.do("checker", approve_list, made, school.version(CompletionList, made))
    found = school.ask(list_detail, made)
    assert found.decided_by != found.prepared_by
    # Nobody took the test: nobody completes, and each line says why.
    assert [one.name for one in found.lines] == list(training.NAMES)
    assert {one.completed for one in found.lines} == {False}
    assert {each.code for one in found.lines for each in one.reasons} == {"training.not_assessed"}
    assert [one.event for one in found.timeline] == ["list_prepared", "list_approved"]


def test_that_a_late_signature_waits_until_the_second_person(school: School) -> None:
    new = NewMark(
        session_id=school.sessions[0],
        participant_id=school.people[0],
        mark=Mark.MADE_UP,
        reason="到场未签",
    )
    (made,) = school.do("clerk", attendance.note, [new])
    found = school.ask(attendance_detail, made)
    assert (found.waits, found.name, found.reason) == (True, training.NAMES[0], "到场未签")
    school.do("checker", attendance.confirm_make_up, made, found.version)
    again = school.ask(attendance_detail, made)
    assert not again.waits
    assert again.confirmed_by != again.marked_by
    assert [one.event for one in again.timeline] == ["make_up_confirmed"]


def test_that_a_trainer_shows_the_half_days_taught_and_a_masked_account(school: School) -> None:
    party = school.ask(attendance_party, school)
    content = TrainerContent(title="讲师", unit="皖东学院", account_number="6222000000000017")
    made = school.do("clerk", costs.save_trainer, party, content)
    what = SessionContent(
        held_on=training.DAYS[0],
        half_day=training.HALF_DAYS[0][1],
        topic="开班",
        minutes=180,
        trainer_id=party,
    )
    version = school.version(CourseSession, school.sessions[0])
    school.do("clerk", courses.edit_session, school.sessions[0], version, what)
    found = school.ask(trainer_detail, made)
    assert [(one.topic, str(one.hours)) for one in found.taught] == [("开班", "4")]
    assert "*" in found.account_mask
    assert found.content.account_number is None
    assert school.ask(trainer_choices) == ((str(party), f"{found.name}　皖东学院"),)


def attendance_party(session: object, school: School) -> int:
    """The party of the first participant."""
    from core.training.model import Participant

    found: int = session.get_one(Participant, school.people[0]).party_id  # type: ignore[attr-defined]
    return found


def test_that_a_scan_shows_every_row_with_its_mark(school: School) -> None:
    sheet = training.printed(school, school.sessions[0])
    for page in sheet.pages:
        for code in find_codes(page):
            if code.row in {1, 2, 10}:
                training.sign(page, code, sheet.layout, code.row)
    data = training.as_pdf([training.scanned(page) for page in sheet.pages])
    (filed,) = school.do("clerk", file_scan, "签到.pdf", data)
    found = school.ask(scan_detail, filed.id)
    assert len(found.rows) == sheet.rows
    assert (found.rows[0].verdict, found.rows[0].mark) == (RowVerdict.SIGNED, Mark.PRESENT)
    assert (found.rows[2].name, found.rows[2].mark) == (training.NAMES[2], Mark.ABSENT)
    assert [(one.row, one.why, one.participant_id) for one in found.open] == [(10, UNLISTED, None)]
    assert found.file is not None
    assert found.file.filename == "签到.pdf"
    assert [one.event for one in found.timeline] == ["scan_read"]


def test_that_reports_are_lists_in_any_order(school: School) -> None:
    school.mark_all()
    by_unit = figures(date(2026, 1, 1), date(2026, 12, 31), "unit")
    query = ListQuery(sort="hours", descending=True)
    ids = school.ask(by_unit.ids, query)
    assert len(ids) == len({one[0] for one in training.NAMES})
    hours = [row[3].units for row in (by_unit.computed()[one - 1] for one in ids)]
    assert hours == sorted(hours, reverse=True)
    assert sum(hours) == 9 * 20 * 100
    book = ledger(2026)
    assert len(school.ask(book.ids, ListQuery())) == 1
    row = book.computed()[0]
    assert [as_text(cell) for cell in row[5:9]] == ["20", "9", "9", "100%"]
    assert school.ask(ledger(2025).ids, ListQuery()) == []
