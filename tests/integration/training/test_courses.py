"""Courses, rosters, attendance, completion and certificates, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from core import history, numbering, search, settings
from core.documents.verify import verify
from core.errors import InputError, NotPermitted, RuleViolation, StaleRecord
from core.numbering.model import NumberState
from core.office import paper_kinds
from core.training import assessing, attendance, certifying, completion, courses, participants
from core.training.assessing import NewScore
from core.training.attendance import NewMark
from core.training.certifying import register_status
from core.training.detail import certificate_detail, course_detail, participant_detail
from core.training.lists import ATTENDANCE, CERTIFICATES, COURSES, PARTICIPANTS
from core.training.model import (
    Attendance,
    CompletionList,
    Course,
    CourseSession,
    Participant,
    TrainingCertificate,
)
from core.training.participants import Trainee
from core.training.queues import QUEUES
from core.training.states import CertificateState, CourseState, HalfDay, Mark, PaperAtEnd, Result
from core.values.listing import ListQuery
from tests import training
from tests.papers import authority
from tests.training import DAYS, School

LAST = date(2026, 10, 14)


def mark(school: School, person: int, held: int, what: Mark, **more: object) -> None:
    new = NewMark(
        session_id=school.sessions[held],
        participant_id=school.people[person],
        mark=what,
        **more,  # type: ignore[arg-type]
    )
    school.do("clerk", attendance.note, [new])


def score(school: School, person: int, points: str | None) -> None:
    value = None if points is None else Decimal(points)
    new = NewScore(participant_id=school.people[person], score=value, taken_on=LAST)
    school.do("clerk", assessing.enter_score, new)


def row_of(school: School, person: int, held: int) -> Attendance:
    with school.as_("clerk").read() as session:
        return session.scalars(
            select(Attendance).where(
                Attendance.session_id == school.sessions[held],
                Attendance.participant_id == school.people[person],
            )
        ).one()


def complete(school: School) -> int:
    """Everybody present, everybody passed, the list approved."""
    school.mark_all()
    for person in range(len(school.people)):
        score(school, person, "80")
    made: int = school.do("clerk", completion.prepare_list, school.course, school.course_version())
    school.do("checker", completion.approve_list, made, 1)
    return made


def test_that_a_course_takes_its_number_and_credits_its_half_days(school: School) -> None:
    detail = school.ask(course_detail, school.course)
    assert detail.number == "明林训〔2026〕1号"
    assert [str(one.hours) for one in detail.sessions] == ["4"] * 5
    assert [one.position for one in detail.sessions] == [1, 2, 3, 4, 5]
    assert len(detail.people) == len(training.NAMES)
    assert detail.timeline[0].event == "planned"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "training.name_missing"),
        ({"ends_on": date(2026, 10, 1)}, "ends_on", "training.days_crossed"),
        ({"required": 0}, "required", "training.required_missing"),
        ({"required": 101}, "required", "training.percent_range"),
        ({"paper": PaperAtEnd.PROOF}, "paper", "training.proof_assessed"),
    ],
)
def test_that_a_wrong_course_is_refused(
    local_school: School, changes: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        local_school.do("clerk", courses.plan, training.content(**changes))
    assert (field, code) in {(one.field, one.code) for one in refused.value.fields}
    # A failed validation burns no number.
    made = local_school.do("clerk", courses.plan, training.content())
    assert local_school.ask(course_detail, made).number == "明林训〔2026〕2号"


def test_that_a_course_keeps_the_hour_of_its_first_day(local_school: School) -> None:
    school = local_school
    school.do("admin", settings.put, "training.minutes_per_hour", 50, date(2026, 11, 1))
    later = training.content(starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 2))
    made = school.do("clerk", courses.plan, later)
    what = courses.SessionContent(
        held_on=date(2026, 11, 2), half_day=HalfDay.MORNING, topic="课", minutes=180
    )
    school.do("clerk", courses.add_session, made, 1, what)
    assert str(school.ask(course_detail, made).sessions[0].hours) == "3.5"
    assert str(school.ask(course_detail, school.course).sessions[0].hours) == "4"


def test_that_words_of_a_licence_are_told_when_a_course_is_saved(local_school: School) -> None:
    content = training.content(name="全国林业职业资格培训班")
    assert courses.cautions(content) == ("全国", "职业资格")
    made = local_school.do("clerk", courses.plan, content)
    assert local_school.ask(course_detail, made).words == ("全国", "职业资格")
    assert courses.cautions(replace(content, paper=PaperAtEnd.NONE)) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "training.half_day_taken"),
        ({"held_on": date(2026, 10, 15)}, "training.outside_days"),
        ({"minutes": 0}, "training.minutes_range"),
        ({"topic": " "}, "training.topic_missing"),
        ({"trainer_id": 99_999}, "training.trainer_unknown"),
    ],
)
def test_that_a_wrong_session_is_refused(
    local_school: School, changes: dict[str, object], code: str
) -> None:
    values: dict[str, object] = {
        "held_on": DAYS[0], "half_day": HalfDay.MORNING, "topic": "课", "minutes": 90, **changes,
    }  # fmt: skip
    content = courses.SessionContent(**values)  # type: ignore[arg-type]
    with pytest.raises(InputError) as refused:
        local_school.do(
            "clerk",
            courses.add_session,
            local_school.course,
            local_school.course_version(),
            content,
        )
    assert code in {one.code for one in refused.value.fields}


def test_that_a_stale_form_of_a_course_overwrites_nothing(local_school: School) -> None:
    school = local_school
    version = school.course_version()
    school.do("clerk", courses.edit, school.course, version, training.content(place="礼堂"))
    with pytest.raises(StaleRecord):
        school.do("clerk", courses.edit, school.course, version, training.content(place="别处"))
    evening = courses.SessionContent(
        held_on=DAYS[0], half_day=HalfDay.EVENING, topic="讨论", minutes=60
    )
    with pytest.raises(StaleRecord):
        school.do("clerk", courses.add_session, school.course, version, evening)


def test_that_only_whose_duty_it_is_may(local_school: School) -> None:
    with pytest.raises(NotPermitted):
        local_school.do("auditor", courses.plan, training.content())
    with pytest.raises(NotPermitted):
        mark_as(local_school, "checker")
    with pytest.raises(NotPermitted):
        local_school.do("clerk", certifying.issue, local_school.course)
    with pytest.raises(NotPermitted):
        local_school.do("clerk", completion.approve_list, 1, 1)


def mark_as(school: School, login: str) -> None:
    new = NewMark(session_id=school.sessions[0], participant_id=school.people[0], mark=Mark.PRESENT)
    school.do(login, attendance.note, [new])


def test_that_leave_and_late_signatures_need_a_reason(local_school: School) -> None:
    school = local_school
    for what in (Mark.LEAVE, Mark.MADE_UP):
        with pytest.raises(InputError) as refused:
            mark(school, 0, 0, what)
        assert refused.value.fields[0].code == "training.mark_reason"
    with pytest.raises(InputError):
        mark(school, 0, 0, Mark.PRESENT, minutes=5)
    mark(school, 0, 0, Mark.LATE, minutes=10)
    assert row_of(school, 0, 0).minutes == 10


def test_that_a_mark_is_changed_only_with_a_reason_that_stays(local_school: School) -> None:
    school = local_school
    mark(school, 0, 0, Mark.PRESENT)
    with pytest.raises(InputError) as refused:
        mark(school, 0, 0, Mark.ABSENT)
    assert refused.value.fields[0].code == "training.reason_changed"
    mark(school, 0, 0, Mark.ABSENT, reason="代签")
    events = school.ask(history.timeline, "course", school.course)
    changed = next(one for one in events if one.event == "mark_changed")
    assert (changed.reason, changed.data["before"], changed.data["after"]) == (
        "代签", "present", "absent",
    )  # fmt: skip
    assert school.ask(participant_detail, school.people[0]).timeline[-1].event == "mark_changed"


def test_that_a_late_signature_takes_a_second_person(school: School) -> None:
    mark(school, 0, 0, Mark.MADE_UP, reason="带班人证明")
    row = row_of(school, 0, 0)
    waiting = next(one for one in QUEUES if one.key == "training.make_ups")
    assert school.ask(waiting.count) == 1
    with pytest.raises(NotPermitted):
        school.do("clerk", attendance.confirm_make_up, row.id, row.version)
    with school.as_("all").write() as session:
        alone = NewMark(
            session_id=school.sessions[1], participant_id=school.people[0], mark=Mark.MADE_UP,
            reason="证明",
        )  # fmt: skip
        (own,) = attendance.note(session, [alone])
    with pytest.raises(RuleViolation, match="make_up_alone"):
        school.do("all", attendance.confirm_make_up, own, 1)
    school.do("checker", attendance.confirm_make_up, row.id, row.version)
    school.do("checker", attendance.refuse_make_up, own, 1, "查无此事")
    assert row_of(school, 0, 0).confirmed_by is not None
    assert row_of(school, 0, 1).mark is Mark.ABSENT
    assert school.ask(waiting.count) == 0


def test_that_who_prepares_a_list_does_not_approve_it(local_school: School) -> None:
    school = local_school
    school.mark_all()
    for person in range(len(school.people)):
        score(school, person, "80")
    made = school.do("all", completion.prepare_list, school.course, school.course_version())
    with pytest.raises(RuleViolation, match="list_alone"):
        school.do("all", completion.approve_list, made, 1)
    with pytest.raises(InputError):
        school.do("checker", completion.return_list, made, 1, " ")
    school.do("checker", completion.return_list, made, 1, "名单不全")
    with pytest.raises(RuleViolation, match="list_decided"):
        school.do("checker", completion.approve_list, made, 2)


def test_that_a_list_is_refused_when_something_changed_after_it(local_school: School) -> None:
    school = local_school
    school.mark_all()
    for person in range(len(school.people)):
        score(school, person, "80")
    made = school.do("clerk", completion.prepare_list, school.course, school.course_version())
    mark(school, 0, 0, Mark.ABSENT, reason="核对签名")
    with pytest.raises(RuleViolation) as refused:
        school.do("checker", completion.approve_list, made, 1)
    assert (refused.value.code, refused.value.params["names"]) == ("training.list_changed", "马昉")


def test_that_an_unfinished_roster_is_not_judged(local_school: School) -> None:
    school = local_school
    mark(school, 0, 0, Mark.PRESENT)
    with pytest.raises(RuleViolation, match="list_unsettled"):
        school.do("clerk", completion.prepare_list, school.course, school.course_version())


def test_that_whoever_failed_completes_by_a_later_list(school: School) -> None:
    school.mark_all()
    for person in range(len(school.people)):
        score(school, person, "55" if person == 1 else "80")
    with pytest.raises(RuleViolation, match="passed_already"):
        score(school, 2, "90")
    first = school.do("clerk", completion.prepare_list, school.course, school.course_version())
    school.do("checker", completion.approve_list, first, 1)
    with school.as_("clerk").read() as session:
        results = [session.get_one(Participant, one).result for one in school.people]
    assert results.count(Result.COMPLETED) == len(school.people) - 1
    with pytest.raises(RuleViolation, match=r"training\.judged"):
        mark(school, 0, 0, Mark.ABSENT, reason="改")
    score(school, 1, "70")
    second = school.do("clerk", completion.prepare_list, school.course, school.course_version())
    lines = school.ask(completion.lines_of, second)
    assert [(one.participant_id, one.completed) for one in lines] == [(school.people[1], True)]
    school.do("checker", completion.approve_list, second, 1)
    with pytest.raises(RuleViolation, match="nobody_to_judge"):
        school.do("clerk", completion.prepare_list, school.course, school.course_version())


def test_that_judged_rules_stay(local_school: School) -> None:
    school = local_school
    complete(school)
    with pytest.raises(RuleViolation, match="rule_locked"):
        school.do(
            "clerk", courses.edit, school.course, school.course_version(),
            training.content(required=50),
        )  # fmt: skip
    held = school.sessions[0]
    with pytest.raises(RuleViolation, match="rule_locked"):
        school.do(
            "clerk", courses.cancel_session, held, school.version(CourseSession, held), "改期"
        )
    school.do(
        "clerk",
        courses.edit,
        school.course,
        school.course_version(),
        training.content(place="礼堂"),
    )


def test_that_certificates_are_numbered_without_gaps_and_once(school: School) -> None:
    complete(school)
    due = next(one for one in QUEUES if one.key == "training.certificates")
    assert school.ask(due.count) == len(school.people)
    request = uuid4()
    made = school.do("issuer", certifying.issue, school.course, (), request)
    assert [one.number for one in made] == [
        f"明林训证〔2026〕第{n:05}号" for n in range(1, len(school.people) + 1)
    ]
    assert [one.name for one in made] == list(training.NAMES)
    assert school.do("issuer", certifying.issue, school.course, (), request) == []
    assert school.ask(due.count) == 0
    with pytest.raises(RuleViolation, match="nobody_to_certify"):
        school.do("issuer", certifying.issue, school.course)
    with pytest.raises(RuleViolation, match="has_certificate"):
        school.do("issuer", certifying.issue, school.course, [school.people[0]])
    assert school.ask(numbering.missing) == []


def test_that_a_revoked_certificate_says_so_when_checked(
    school: School, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from core.documents.keys import pin_authority
    from core.documents.service import bytes_of, issue_pending
    from tests.papers import OFFICE

    office = authority(tmp_path_factory.mktemp("trust"))
    complete(school)
    (made,) = school.do("issuer", certifying.issue, school.course, [school.people[3]])
    school.do("admin", pin_authority, office, OFFICE)
    (paper,) = issue_pending(school.as_("issuer"), office.signer(), [made.paper.id])
    assert paper.fault is None
    with school.as_("auditor").read() as session:
        data = bytes_of(session, made.paper.id)
        good = verify(data, roots=[office.root], session=session, kinds=paper_kinds())
        assert (good.ok, good.register, good.status) == (True, "matches", "valid")
    with pytest.raises(InputError):
        school.do("approver", certifying.revoke, made.id, 1, "")
    school.do("approver", certifying.revoke, made.id, 1, "代签查实")
    with school.as_("auditor").read() as session:
        again = verify(data, roots=[office.root], session=session, kinds=paper_kinds())
        assert (again.status, again.reasons) == ("revoked", ("verify.revoked",))
        row = session.get_one(TrainingCertificate, made.id)
        line = next(
            one
            for one in numbering.ledger(session, "training_certificate", 2026)
            if one.id == row.number_id
        )
        assert (line.state, line.reason) == (NumberState.VOID, "代签查实")
    with pytest.raises(RuleViolation, match="revoked_already"):
        school.do("approver", certifying.revoke, made.id, 2, "再")
    (new,) = school.do("issuer", certifying.issue, school.course, [school.people[3]])
    assert new.number == "明林训证〔2026〕第00002号"
    detail = school.ask(certificate_detail, made.id)
    assert (detail.state, detail.timeline[-1].event) == (CertificateState.REVOKED, "revoked")


def test_that_a_certificate_expires(local_school: School) -> None:
    school = local_school
    school.do(
        "clerk", courses.edit, school.course, school.course_version(),
        training.content(valid_months=1),
    )  # fmt: skip
    complete(school)
    (made,) = school.do("issuer", certifying.issue, school.course, [school.people[0]])
    with school.as_("clerk").read() as session:
        row = session.get_one(TrainingCertificate, made.id)
        assert row.valid_until == date(2026, 12, 24)
        assert CERTIFICATES.count(session, ListQuery(filters={"due": "soon"})) == 1
        session.info["clock"] = _later()
        assert register_status(session, "training_certificate", made.id) == "expired"
        assert CERTIFICATES.count(session, ListQuery(filters={"due": "expired"})) == 1


def _later() -> object:
    from datetime import UTC, datetime

    from core.clock import FixedClock

    return FixedClock(datetime(2027, 1, 1, tzinfo=UTC))


def test_that_a_filed_course_is_closed_to_everything(local_school: School) -> None:
    school = local_school
    complete(school)
    school.do("clerk", courses.close, school.course, school.course_version())
    with pytest.raises(RuleViolation, match="course_closed"):
        school.do("clerk", participants.enrol_trainee, school.course, Trainee(name="新人"))
    with pytest.raises(RuleViolation, match="course_closed"):
        mark(school, 0, 0, Mark.ABSENT, reason="改")
    # The certificates of a filed course are still made.
    assert school.do("issuer", certifying.issue, school.course)
    school.do("checker", courses.reopen, school.course, school.course_version(), "补材料")
    assert school.ask(course_detail, school.course).state is CourseState.OPEN


def test_that_a_course_with_attendance_is_not_called_off(local_school: School) -> None:
    school = local_school
    mark(school, 0, 0, Mark.PRESENT)
    with pytest.raises(RuleViolation, match="was_attended"):
        school.do("clerk", courses.cancel, school.course, school.course_version(), "人少")
    empty = school.do("clerk", courses.plan, training.content())
    school.do("clerk", courses.cancel, empty, school.version(Course, empty), "人少")
    assert school.ask(course_detail, empty).cancelled_reason == "人少"


def test_that_a_list_shows_and_finds_what_is_asked_for(school: School) -> None:
    school.mark_all()
    mark(school, 1, 1, Mark.LEAVE, reason="公差")
    with school.as_("clerk").read() as session:
        total = len(school.people) * 5
        assert ATTENDANCE.count(session, ListQuery()) == total
        leave = ListQuery(filters={"mark": "leave", "course": str(school.course)})
        (only,) = ATTENDANCE.ids(session, leave)
        row = ATTENDANCE.rows(session, [only])[only]
        assert (row[0], row[2], row[8]) == (DAYS[0], "杨㛃", "公差")
        assert len(ATTENDANCE.ids(session, ListQuery(text="杨㛃"))) == 5
        first = ATTENDANCE.first(session, ListQuery(sort="held_on"), 3)
        assert list(first) == list(ATTENDANCE.ids(session, ListQuery(sort="held_on"))[:3])
        assert len(PARTICIPANTS.ids(session, ListQuery(text="mf"))) == 1
        assert len(COURSES.ids(session, ListQuery(text="lythyw"))) == 1
        (hit,) = search.find(session, "业务培训", kinds=("course",))
        assert (hit.record_id, hit.title) == (school.course, "林业碳汇业务培训班")
        by_name = PARTICIPANTS.ids(session, ListQuery(sort="name"))
        assert sorted(by_name) == sorted(school.people)
        assert len(COURSES.ids(session, ListQuery(filters={"phase": "over"}))) == 1
        with pytest.raises(InputError):
            COURSES.ids(session, ListQuery(filters={"phase": "nonsense"}))


def test_that_a_certificate_in_the_database_cannot_be_rewritten(school: School) -> None:
    complete(school)
    (made,) = school.do("issuer", certifying.issue, school.course, [school.people[0]])
    with pytest.raises(RuleViolation), school.as_("all").write() as session:
        session.get_one(TrainingCertificate, made.id).name = "别人"
    listed = school.ask(lambda session: completion.lists_of(session, school.course))
    with pytest.raises(RuleViolation), school.as_("all").write() as session:
        from core.training.states import ListState

        session.get_one(CompletionList, listed[0].id).state = ListState.RETURNED
