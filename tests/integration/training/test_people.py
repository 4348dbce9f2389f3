"""Who is who: import, namesakes, temporary persons, merges, transcripts over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.parties.model import OrganisationKind, Party
from core.parties.rules import Likeness
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    not_a_duplicate,
    register_organisation,
    register_person,
)
from core.sheets.batch import run_import, undo_import
from core.training import attendance, courses, participants
from core.training.attendance import NewMark
from core.training.detail import course_detail
from core.training.model import Participant
from core.training.participants import Trainee, hints
from core.training.reports import transcript
from core.training.sheets import PARTICIPANTS_IMPORTER
from core.training.states import Category, Mark
from core.values.identity import IdKind
from tests import training
from tests.training import School

ROSTER = ["档案号", "姓名", "单位", "职务（职称）", "联系电话", "证件号码", "临时学员"]
MARKS = ["档案号", "姓名", "日期", "时段", "考勤", "原因"]
SCORES = ["档案号", "姓名", "考核日期", "成绩"]
NUMBER = "明林训〔2026〕1号"


def book(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    made = Workbook(write_only=True)
    heads = {"学员": ROSTER, "考勤": MARKS, "成绩": SCORES}
    for name, head in heads.items():
        if name in sheets or name == "学员":
            sheet = made.create_sheet(name)
            sheet.append(head)
            for row in sheets.get(name, ()):
                sheet.append(list(row))
    made.save(path)
    return path


def load(school: School, path: Path) -> tuple[object, int | None]:
    with school.as_("clerk").write() as session:
        return run_import(session, PARTICIPANTS_IMPORTER, path)


def test_that_a_roster_with_marks_and_scores_is_imported_and_undone(
    school: School, tmp_path: Path
) -> None:
    path = book(
        tmp_path / "a.xlsx",
        学员=[
            [NUMBER, "林昊", "乡林业站", "站长", "13900000001", None, None],
            [NUMBER, "王喆", "乡林业站", None, "13900000002", "341199198802150119", "是"],
        ],
        考勤=[
            [NUMBER, "林昊", "2026-10-12", "上午", "出", None],
            [NUMBER, "林昊", "2026-10-12", "下午", "请假", "公差"],
        ],
    )
    report, batch = load(school, path)
    assert report.errors == ()  # type: ignore[attr-defined]
    detail = school.ask(course_detail, school.course)
    people = {one.name: one for one in detail.people}
    assert (people["林昊"].post, people["王喆"].temporary) == ("站长", True)
    assert {one.mark for one in people["林昊"].marks.values()} == {Mark.PRESENT, Mark.LEAVE}
    school.do("clerk", undo_import, (PARTICIPANTS_IMPORTER,), batch, "导错班")
    assert "林昊" not in {one.name for one in school.ask(course_detail, school.course).people}


def test_that_every_wrong_row_is_told_and_nothing_kept(
    local_school: School, tmp_path: Path
) -> None:
    school = local_school
    path = book(
        tmp_path / "a.xlsx",
        学员=[
            ["没有的班", "甲", "站", None, None, None, None],
            [NUMBER, "马昉", "马镇林业站", "站长", "12000000300", None, None],
            [NUMBER, "乙", "站", None, None, "341199198802150118", None],
        ],
        考勤=[
            [NUMBER, "杨㛃", "2026-10-20", "上午", "出", None],
            [NUMBER, "无此人", "2026-10-12", "上午", "出", None],
            [NUMBER, "杨㛃", "2026-10-12", "上午", "假", None],
        ],
        成绩=[[NUMBER, "杨㛃", "2026-10-14", "八十"]],
    )
    report, batch = load(school, path)
    assert batch is None
    codes = {(one.sheet, one.row, one.code) for one in report.errors}  # type: ignore[attr-defined]
    assert {code for _sheet, _row, code in codes} >= {
        "training.course_unknown", "training.enrolled", "training.session_unknown",
        "training.person_unknown", "training.mark_reason", "values.number_format",
    }  # fmt: skip
    assert len(school.ask(course_detail, school.course).people) == len(training.NAMES)


def test_that_namesakes_are_pointed_out_until_somebody_decides(
    school: School, tmp_path: Path
) -> None:
    with school.as_("clerk").write() as session:
        holder = register_person(
            session,
            RegisterPerson(name="陈㛃", id_kind=IdKind.RESIDENT, number="341199196803120422"),
        ).id
        register_organisation(
            session,
            RegisterOrganisation(
                name="明光市栎源岭生态林业有限公司",
                organisation_kind=OrganisationKind.COMPANY,
                credit_code="91341199MA9900060F",
                representative_name="沈昉",
            ),
        )
    path = book(
        tmp_path / "a.xlsx",
        学员=[
            [NUMBER, "陈㛃", "松坞林业专业合作社", None, "12000000212", None, None],
            [NUMBER, "沈昉", "定远县林业主管部门", None, "12000000210", None, None],
        ],
    )
    report, _batch = load(school, path)
    warned = {one.value for one in report.warnings}  # type: ignore[attr-defined]
    assert warned == {"陈㛃", "沈昉"}
    found = {one.name: one for one in school.ask(hints, school.course)}
    assert found["陈㛃"].reasons == (Likeness.SAME_NAME,)
    assert found["沈昉"].reasons == (Likeness.REPRESENTATIVE,)
    school.do("clerk", not_a_duplicate, found["陈㛃"].party_id, holder, "年龄不符")
    assert [one.name for one in school.ask(hints, school.course)] == ["沈昉"]


def test_that_the_same_name_and_telephone_is_the_same_person(local_school: School) -> None:
    school = local_school
    other = school.do("clerk", courses.plan, training.content())
    trainee = Trainee(name="马昉", unit="新单位", phone="12000000300")
    made = school.do("clerk", participants.enrol_trainee, other, trainee)
    with school.as_("clerk").read() as session:
        first = session.get_one(Participant, school.people[0]).party_id
        assert session.get_one(Participant, made).party_id == first
    stranger = Trainee(name="马昉", unit="新单位", phone="13999999999")
    with pytest.raises(InputError) as refused:
        school.do("clerk", participants.enrol_trainee, other, trainee)
    assert refused.value.fields[0].code == "training.enrolled"
    assert school.do("clerk", participants.enrol_trainee, other, stranger)


def test_that_a_temporary_person_is_merged_and_hours_follow(school: School) -> None:
    with school.as_("clerk").write() as session:
        known = register_person(
            session,
            RegisterPerson(name="许昌", id_kind=IdKind.RESIDENT, number="341199198802150119"),
        ).id
    walk_in = Trainee(name="许昌", unit="某村", temporary=True)
    person = school.do("clerk", participants.enrol_trainee, school.course, walk_in)
    there = [
        NewMark(session_id=held, participant_id=person, mark=Mark.PRESENT)
        for held in school.sessions[:3]
    ]
    school.do("clerk", attendance.note, there)
    version = school.version(Participant, person)
    with pytest.raises(NotPermitted):
        school.do("clerk", participants.identify, person, version, known, "核对身份证")
    with school.as_("all").write() as session:
        participants.identify(session, person, version, known, "核对身份证")
    with school.as_("clerk").read() as session:
        row = session.get_one(Participant, person)
        assert not row.temporary
        assert session.get_one(Party, row.party_id).merged_into_id == known
        found = transcript(session, row.party_id, 2026, 2026)
        assert (found.party_id, str(found.hours)) == (known, "12")
        assert found.by_category() == {Category.PROFESSIONAL: found.hours}
    with pytest.raises(InputError) as refused:
        school.do("clerk", participants.enrol, school.course, known)
    assert refused.value.fields[0].code == "training.enrolled"


def test_that_a_transcript_covers_the_years_asked_for(local_school: School) -> None:
    school = local_school
    school.mark_all()
    with school.as_("clerk").read() as session:
        party = session.get_one(Participant, school.people[0]).party_id
        found = transcript(session, party, 2020, 2030)
        assert [(one.year, str(one.hours)) for one in found.lines] == [(2026, "20")]
        assert transcript(session, party, 2020, 2025).lines == ()
        with pytest.raises(NotFound):
            transcript(session, 99_999, 2020, 2030)


def test_that_who_left_is_not_judged_and_keeps_the_entry(local_school: School) -> None:
    school = local_school
    school.mark_all()
    version = school.version(Participant, school.people[0])
    with pytest.raises(InputError):
        school.do("clerk", participants.withdraw, school.people[0], version, "")
    school.do("clerk", participants.withdraw, school.people[0], version, "借调")
    person = school.ask(course_detail, school.course).people[0]
    assert (person.withdrawn_reason, person.standing, len(person.marks)) == ("借调", None, 5)
    with pytest.raises(RuleViolation, match="other_course"):
        new = NewMark(
            session_id=school.sessions[0], participant_id=school.people[0], mark=Mark.LATE,
            reason="改",
        )  # fmt: skip
        school.do("clerk", attendance.note, [new])


def test_that_an_organisation_takes_no_part(local_school: School) -> None:
    school = local_school
    with school.as_("clerk").write() as session:
        body = register_organisation(
            session,
            RegisterOrganisation(
                name="某队", organisation_kind=OrganisationKind.OTHER, no_number_reason="未登记"
            ),
        ).id
    with pytest.raises(InputError) as refused:
        school.do("clerk", participants.enrol, school.course, body)
    assert refused.value.fields[0].code == "training.not_a_person"


def test_that_the_sample_roster_comes_out_as_written(school: School) -> None:
    """samples.md 13, on both databases: hours and verdict of K01 to K12."""
    from core.training import assessing, completion
    from core.training.assessing import NewScore
    from core.training.states import MARK_SHORT, RESULT_CHINESE

    rows = training.table("participants")
    course = school.do("clerk", courses.plan, training.content())
    sessions = {}
    for name, (day, half) in zip(
        ("S02", "S03", "S04", "S05", "S06"), training.HALF_DAYS, strict=True
    ):
        what = courses.SessionContent(held_on=day, half_day=half, topic=name, minutes=180)
        version = school.ask(course_detail, course).version
        sessions[name] = school.do("clerk", courses.add_session, course, version, what)
    letters = {text: mark for mark, text in MARK_SHORT.items()}
    people = {}
    for row in rows:
        trainee = Trainee(name=row["name"], unit=row["unit"], phone=row["phone"])
        people[row["person_id"]] = school.do("clerk", participants.enrol_trainee, course, trainee)
    marks = [
        NewMark(
            session_id=held,
            participant_id=people[row["person_id"]],
            mark=letters[row[name]],
            reason="补签原因" if row[name] in "假补" else "",
        )
        for row in rows
        for name, held in sessions.items()
    ]
    made = school.do("clerk", attendance.note, marks)
    for one, new in zip(made, marks, strict=True):
        if new.mark is Mark.MADE_UP:
            school.do("checker", attendance.confirm_make_up, one, 1)
    for row in rows:
        score = Decimal(row["score"]) if row["score"] else None
        new_score = NewScore(
            participant_id=people[row["person_id"]], score=score, taken_on=date(2026, 10, 14)
        )
        school.do("clerk", assessing.enter_score, new_score)
    version = school.ask(course_detail, course).version
    list_id = school.do("clerk", completion.prepare_list, course, version)
    school.do("checker", completion.approve_list, list_id, 1)
    found = {
        one.id: (str(one.standing.hours) if one.standing else "", RESULT_CHINESE[one.result])
        for one in school.ask(course_detail, course).people
    }
    assert {key: found[made] for key, made in people.items()} == {
        row["person_id"]: (row["hours"], row["result"]) for row in rows
    }
