"""The queues of the dashboard: what of the training log waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.capability import Queue
from core.i18n import N_
from core.search.lists import RecordList
from core.training.lists import (
    ATTENDANCE,
    CERTIFICATES,
    COMPLETION_LISTS,
    COURSES,
    PARTICIPANTS,
    SCANS,
)
from core.training.states import ListState
from core.values.listing import ListQuery


def _queue(key: str, title: str, source: RecordList, filters: Mapping[str, str]) -> Queue:
    def count(session: Session) -> int:
        return source.count(session, ListQuery(filters=filters))

    return Queue(f"training.{key}", title, count, source.kind, filters)


QUEUES: tuple[Queue, ...] = (
    _queue("over", N_("Courses that are over and not filed"), COURSES, {"phase": "over"}),
    _queue("scans", N_("Sign-in sheets with rows to look at"), SCANS, {"open": "yes"}),
    _queue("make_ups", N_("Late signatures to confirm"), ATTENDANCE, {"to_confirm": "yes"}),
    _queue(
        "lists",
        N_("Completion lists to review"),
        COMPLETION_LISTS,
        {"state": ListState.PREPARED.value},
    ),
    _queue(
        "certificates",
        N_("Completion certificates to issue"),
        PARTICIPANTS,
        {"certificate_due": "yes"},
    ),
    _queue(
        "temporary", N_("Temporary participants to identify"), PARTICIPANTS, {"temporary": "yes"}
    ),
    _queue(
        "expiring", N_("Certificates that expire within 30 days"), CERTIFICATES, {"due": "soon"}
    ),
)
