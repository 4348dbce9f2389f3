"""The queues of the dashboard: what waits, what is due, what is late."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.capability import Queue
from core.certificates.lists import APPLICATIONS
from core.certificates.states import State
from core.i18n import N_
from core.values.listing import ListQuery


def _queue(key: str, title: str, filters: Mapping[str, str]) -> Queue:
    def count(session: Session) -> int:
        return APPLICATIONS.count(session, ListQuery(filters=filters))

    return Queue(f"certificates.{key}", title, count, "application", filters)


QUEUES: tuple[Queue, ...] = (
    _queue("mine", N_("My next steps"), {"mine": "next"}),
    _queue("soon", N_("Due within 3 days"), {"due": "soon"}),
    _queue("overdue", N_("Overdue"), {"due": "overdue"}),
    _queue(
        "unanswered",
        N_("Received and not answered in time"),
        {"state": State.RECEIVED.value, "due": "overdue"},
    ),
    _queue("corrections", N_("Corrections awaited"), {"state": State.CORRECTION.value}),
    _queue("experts", N_("Cases that wait for experts"), {"state": State.EXPERT_REVIEW.value}),
    _queue("in_notice", N_("On public notice"), {"state": State.NOTICE.value}),
    _queue("to_check", N_("Entries to check"), {"state": State.FILED.value}),
    _queue("to_enter", N_("To be entered"), {"state": State.ENTRY_CHECKED.value}),
    _queue("to_make", N_("Certificates to make"), {"state": State.ENTERED.value}),
    _queue("to_issue", N_("Certificates to hand out"), {"state": State.MADE.value}),
    _queue("to_archive", N_("To be filed away"), {"state": State.ISSUED.value}),
)
