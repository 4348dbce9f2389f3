"""The list of attendance: a page of the newest, against loading all objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.cli.benches.scratch import fill, scratch_office
from core.database import Database
from core.parties.model import Party
from core.training.hours import Hours
from core.training.lists import ATTENDANCE
from core.training.model import Attendance, Course, CourseSession, Participant
from core.values.comparison import Comparison, milliseconds
from core.values.listing import ListQuery

PAGE = 50
PEOPLE, SESSIONS = 50, 8
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def attendance(rows: int = 200_000) -> Comparison:
    """Milliseconds from nothing to a page of attendance: newest, of a course, by mark, counted.

    `ours` is the slowest of them; the naive way loads every object and sorts in Python.
    """
    with scratch_office() as database:
        courses = note_many(database, rows)
        with database.read() as session:
            asked = {
                "newest": ListQuery(),
                "by day": ListQuery(sort="held_on"),
                "absent": ListQuery(filters={"mark": "absent"}),
                "one course": ListQuery(filters={"course": str(courses // 2 + 1)}),
            }
            times = {
                name: milliseconds(lambda query=query: _page(session, query))  # type: ignore[misc]  # bound now
                for name, query in asked.items()
            }
            times["count"] = milliseconds(lambda: ATTENDANCE.count(session, ListQuery()))
            naive = milliseconds(lambda: all_objects(session)[:PAGE], rounds=1)
        details = ", ".join(f"{name} {took:.1f} ms" for name, took in times.items())
        return Comparison("training", "ms", max(times.values()), naive, details)


def _page(session: Session, query: ListQuery) -> object:
    return ATTENDANCE.rows(session, ATTENDANCE.first(session, query, PAGE))


def all_objects(session: Session) -> list[Attendance]:
    """Load every mark as an object and sort in Python, as a proxy model would."""
    session.expunge_all()
    return sorted(session.scalars(select(Attendance)), key=lambda one: (one.held_on, one.id))


def note_many(database: Database, count: int) -> int:
    """So many marks: courses of eight half-days with fifty people each. Returns the courses."""
    courses = -(-count // (PEOPLE * SESSIONS))
    people = [_party(number) for number in range(1, PEOPLE * 20 + 1)]
    fill(database, Party.__table__, people)  # type: ignore[arg-type]
    days = [date(2010, 1, 4) + timedelta(days=7 * number % 5800) for number in range(courses)]
    fill(database, Course.__table__, [_course(n, day) for n, day in enumerate(days, 1)])  # type: ignore[arg-type]
    sessions = [_session(n, day) for n, day in enumerate(_half_days(days), 1)]
    fill(database, CourseSession.__table__, sessions)  # type: ignore[arg-type]
    roster = [
        {
            "id": course * PEOPLE + place + 1, "course_id": course + 1,
            "party_id": (course * 37 + place) % len(people) + 1, "position": place + 1,
            "unit": f"单位{place % 30}", "post": "", "temporary": False, "withdrawn_reason": "",
            "result": "open", "note": "", "version": 1,
        }
        for course in range(courses)
        for place in range(PEOPLE)
    ]  # fmt: skip
    fill(database, Participant.__table__, roster)  # type: ignore[arg-type]
    fill(database, Attendance.__table__, list(_marks(count, days)))  # type: ignore[arg-type]
    return courses


def _half_days(days: list[date]) -> Iterator[date]:
    for day in days:
        yield from (day + timedelta(days=place // 2) for place in range(SESSIONS))


def _marks(count: int, days: list[date]) -> Iterator[dict[str, Any]]:
    for number in range(count):
        held, place = divmod(number, PEOPLE)
        course, half = divmod(held, SESSIONS)
        mixed = number * 7919 % 100
        yield {
            "id": number + 1, "session_id": held + 1,
            "participant_id": course * PEOPLE + place + 1,
            "held_on": days[course] + timedelta(days=half // 2),
            "mark": "absent" if mixed < 4 else "leave" if mixed < 9 else "present",
            "minutes": 0, "reason": "", "source": "scan", "marked_by": 1, "marked_at": _NOW,
            "version": 1,
        }  # fmt: skip


def _party(number: int) -> dict[str, Any]:
    return {
        "id": number, "kind": "person", "name": f"学员{number:04}", "pinyin": f"xue yuan {number:04}",
        "initials": "xy", "credit_code": "", "no_number_reason": "测试", "representative_post": "",
        "representative_name": "", "contact": "", "phone": "", "address": "", "note": "",
        "active": True, "created_at": _NOW, "version": 1,
    }  # fmt: skip


def _course(number: int, day: date) -> dict[str, Any]:
    return {
        "id": number, "number": f"测训〔{day.year}〕{number}号", "name": f"培训班{number}",
        "organizer": "性能测试局", "kind": "", "topic": "林业碳汇", "category": "professional",
        "starts_on": day, "ends_on": day + timedelta(days=3), "place": "", "planned": 0,
        "minutes_per_hour": 45, "hour_step": Hours(50), "half_day_cap": Hours(400), "missed_limit": 0,
        "requirement": "percent", "required": 80, "assessed": False, "pass_mark": 600,
        "paper": "certificate", "valid_months": 0, "plan": "", "summary": "", "state": "open",
        "cancelled_reason": "", "created_at": _NOW, "version": 1,
    }  # fmt: skip


def _session(number: int, day: date) -> dict[str, Any]:
    return {
        "id": number, "course_id": (number - 1) // SESSIONS + 1, "held_on": day,
        "half_day": "afternoon" if number % 2 == 0 else "morning", "topic": f"课题{number}",
        "place": "", "minutes": 180, "hours": Hours(400), "cancelled_reason": "", "version": 1,
    }  # fmt: skip
