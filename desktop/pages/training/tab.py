"""What the tabs of the training log share."""

from __future__ import annotations

from desktop.parts.acting_tab import ActingTab, submit_to

__all__ = ["WATCHED", "TrainingTab", "submit_to"]

#: Kinds whose change may show in a record of the training log.
WATCHED = frozenset(
    {
        "course", "course_session", "course_participant", "attendance", "course_assessment",
        "completion_list", "training_certificate", "sign_in_sheet", "sign_in_scan", "course_file",
        "course_evaluation", "course_cost", "trainer", "lecture_fee", "party", "document",
        "attachment",
    }
)  # fmt: skip


class TrainingTab(ActingTab):
    """A list of the training log with one record beside it."""
