"""The reports of the training log as lists, to be sorted, shown and exported."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from core.i18n import N_
from core.search.report_list import ReportList, Row
from core.training import reports
from core.training.rules import percent_text
from core.training.states import COURSE_TITLES
from core.values.cells import term
from core.values.listing import Align, ColumnSpec


def ledger(year: int) -> ReportList:
    """The ledger 培训台账 of a year: one row a course."""
    return ReportList(
        "course",
        (
            ColumnSpec("position", N_("No."), 4, Align.RIGHT),
            ColumnSpec("name", N_("Course"), 18),
            ColumnSpec("organizer", N_("Organizer"), 10),
            ColumnSpec("first", N_("First day"), 7, Align.CENTRE),
            ColumnSpec("last", N_("Last day"), 7, Align.CENTRE),
            ColumnSpec("hours", N_("Credit hours"), 5, Align.RIGHT),
            ColumnSpec("expected", N_("Expected"), 5, Align.RIGHT),
            ColumnSpec("came", N_("Came"), 5, Align.RIGHT),
            ColumnSpec("attendance", N_("Attendance rate"), 6, Align.RIGHT),
            ColumnSpec("completed", N_("People who completed"), 5, Align.RIGHT),
            ColumnSpec("certificates", N_("Completion certificates"), 5, Align.RIGHT),
            ColumnSpec("spent", N_("Spent (yuan)"), 8, Align.RIGHT),
            ColumnSpec("satisfaction", N_("Satisfaction"), 6, Align.RIGHT),
            ColumnSpec("place", N_("Place"), 10),
            ColumnSpec("trainers", N_("Trainers"), 14),
            ColumnSpec("number", N_("File number"), 9),
            ColumnSpec("state", N_("State"), 6),
        ),
        lambda session: _ledger(session, year),
    )


def _ledger(session: Session, year: int) -> list[Row]:
    return [
        (
            one.position,
            one.name,
            one.organizer,
            one.first,
            one.last,
            one.hours,
            one.expected,
            one.came,
            percent_text(one.attendance),
            one.completed,
            one.certificates,
            one.spent,
            percent_text(one.satisfaction) if one.satisfaction is not None else "",
            one.place,
            "、".join(one.trainers),
            one.number,
            term(one.state, COURSE_TITLES),
        )
        for one in reports.ledger(session, year)
    ]


def figures(first: date, last: date, by: reports.By) -> ReportList:
    """Courses that began in these days by `unit`, `year` or `topic`."""
    titles = {"unit": N_("Unit"), "year": N_("Year"), "topic": N_("Topic")}
    return ReportList(
        "course",
        (
            ColumnSpec("key", titles[by], 18),
            ColumnSpec("courses", N_("Courses"), 6, Align.RIGHT),
            ColumnSpec("people", N_("People"), 6, Align.RIGHT),
            ColumnSpec("hours", N_("Credit hours"), 6, Align.RIGHT),
            ColumnSpec("completed", N_("People who completed"), 6, Align.RIGHT),
            ColumnSpec("certificates", N_("Completion certificates"), 6, Align.RIGHT),
        ),
        lambda session: [
            (one.key, one.courses, one.people, one.hours, one.completed, one.certificates)
            for one in reports.statistics(session, first, last, by)
        ],
    )
