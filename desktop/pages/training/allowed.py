"""Why a button of the training log cannot be pressed: pure sentences over a record and the person.

The rules themselves are enforced by `core.training`; these say the same before anything is typed.
"""

from __future__ import annotations

from datetime import date

from core.database import Actor
from core.i18n import _
from core.training.detail import CertificateDetail, CourseDetail, PersonLine
from core.training.record_details import AttendanceDetail, ListDetail
from core.training.states import (
    CertificateState,
    CourseState,
    ListState,
    PaperAtEnd,
    Result,
)
from desktop.parts import rights

lacks = rights.lacks


def is_open(detail: CourseDetail) -> str:
    """Why nothing of a course can be changed."""
    if detail.state is CourseState.CLOSED:
        return _("The course is filed; open it again first.")
    if detail.state is CourseState.CANCELLED:
        return _("The course was called off.")
    return ""


def to_change(detail: CourseDetail, actor: Actor, *wanted: str) -> str:
    """Why a person cannot change a part of a course."""
    return is_open(detail) or lacks(actor, *wanted)


def approved(detail: CourseDetail) -> bool:
    """Whether a completion list of the course was approved."""
    return any(one.state is ListState.APPROVED for one in detail.lists)


def to_plan_sessions(detail: CourseDetail, actor: Actor) -> str:
    """Why its sessions cannot be changed."""
    found = to_change(detail, actor, "training.manage")
    if not found and approved(detail):
        return _("A completion list was approved; its sessions stay as they are.")
    return found


def held(detail: CourseDetail) -> int:
    """How many sessions count."""
    return sum(not one.cancelled_reason for one in detail.sessions)


def staying(detail: CourseDetail) -> list[PersonLine]:
    """Everybody who did not leave the course."""
    return [one for one in detail.people if not one.withdrawn_reason]


def to_note(detail: CourseDetail, actor: Actor) -> str:
    """Why no attendance can be noted."""
    found = to_change(detail, actor, "training.attend")
    if not found and not held(detail):
        return _("Enter the sessions first.")
    if not found and not staying(detail):
        return _("Nobody is on the roster yet.")
    return found


def to_score(detail: CourseDetail, actor: Actor) -> str:
    """Why no score can be entered."""
    found = to_change(detail, actor, "training.attend")
    if not found and not detail.content.assessed:
        return _("The course has no assessment.")
    if not found and not staying(detail):
        return _("Nobody is on the roster yet.")
    return found


def to_print_sheet(detail: CourseDetail, actor: Actor) -> str:
    """Why no sign-in sheet can be printed."""
    return to_note(detail, actor)


def to_prepare(detail: CourseDetail, actor: Actor) -> str:
    """Why no completion list can be prepared."""
    found = to_change(detail, actor, "training.manage")
    if not found and any(one.state is ListState.PREPARED for one in detail.lists):
        return _("A completion list waits for its review already.")
    if not found and not held(detail):
        return _("Enter the sessions first.")
    if not found and not any(one.result is not Result.COMPLETED for one in staying(detail)):
        return _("There is nobody left to judge.")
    return found


def due(detail: CourseDetail) -> list[PersonLine]:
    """Who completed the course and never had a certificate."""
    return [one for one in certifiable(detail) if not one.revoked]


def certifiable(detail: CourseDetail) -> list[PersonLine]:
    """Who completed the course and has no valid certificate; somebody's may have been revoked."""
    return [
        one
        for one in staying(detail)
        if one.result is Result.COMPLETED and one.certificate_id is None
    ]


def to_issue(detail: CourseDetail, actor: Actor) -> str:
    """Why no certificates can be issued."""
    if detail.state is CourseState.CANCELLED:
        return _("The course was called off.")
    if detail.content.paper is PaperAtEnd.NONE:
        return _("The course ends without a certificate.")
    if not certifiable(detail):
        return _("Nobody waits for a certificate.")
    return lacks(actor, "training.issue")


def to_file(detail: CourseDetail, actor: Actor, day: date) -> str:
    """Why a course cannot be filed as 一期一档."""
    found = to_change(detail, actor, "training.manage")
    if not found and day < detail.content.ends_on:
        return _("It is not over before {day}.").format(day=detail.content.ends_on.isoformat())
    if not found and any(one.state is ListState.PREPARED for one in detail.lists):
        return _("A completion list waits for its review.")
    return found


def to_reopen(detail: CourseDetail, actor: Actor) -> str:
    """Why a course cannot be opened again."""
    if detail.state is not CourseState.CLOSED:
        return _("It is not filed.")
    return lacks(actor, "training.review")


def to_call_off(detail: CourseDetail, actor: Actor) -> str:
    """Why a course cannot be called off."""
    found = to_change(detail, actor, "training.manage")
    if not found and any(one.marks for one in detail.people):
        return _("People were noted as there.")
    return found


def to_decide(detail: ListDetail, actor: Actor) -> str:
    """Why this person cannot approve a completion list."""
    found = to_return(detail, actor)
    if not found and detail.prepared_by_id == actor.account_id:
        return _("Whoever prepared the list cannot approve it.")
    return found


def to_return(detail: ListDetail, actor: Actor) -> str:
    """Why this person cannot return a completion list."""
    if detail.state is not ListState.PREPARED:
        return _("This list was decided already.")
    return lacks(actor, "training.review")


def to_confirm(detail: AttendanceDetail, actor: Actor) -> str:
    """Why this person cannot confirm or refuse a late signature."""
    if not detail.waits:
        return _("No late signature waits here.")
    found = lacks(actor, "training.review")
    if not found and detail.marked_by_id == actor.account_id:
        return _("Whoever noted the late signature cannot confirm it.")
    return found


def to_revoke(detail: CertificateDetail, actor: Actor) -> str:
    """Why a certificate cannot be revoked."""
    if detail.state is CertificateState.REVOKED:
        return _("It was revoked already.")
    return lacks(actor, "training.revoke")
