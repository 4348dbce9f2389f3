"""What stands in the way of a step besides findings: said before it is offered, and again when taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from core import settings
from core.certificates.dossier import Dossier
from core.certificates.progress import APPLICATION
from core.certificates.step import Step
from core.database import actor, today
from core.documents.model import Document, DocumentForm, DocumentState
from core.documents.service import papers_of
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "certificates.same_person": N_(
            "{name} has already had another of these duties in this case. Somebody else must do "
            "it, or the small-office exception must be allowed."
        ),
        "certificates.notice_running": N_(
            "The notice runs until {day}; it can be closed after that day."
        ),
        "certificates.no_registry_body": N_(
            "The office settings name no title registry; set it before writing to it."
        ),
        "certificates.no_ecology_body": N_(
            "The office settings name no body to file with; set it before writing to it."
        ),
        "certificates.unsigned": N_(
            "The certificate is not signed yet; it waits in the queue of papers."
        ),
        "certificates.letter_unsigned": N_(
            "The letter is not signed yet, so nobody can have answered it; it waits in the queue "
            "of papers."
        ),
        "certificates.sign_off_self": N_(
            "The person who computed the amount cannot sign off its parameters."
        ),
    }
)

#: Duties that must lie in other hands than those before them: step -> earlier steps.
APART: Mapping[str, tuple[str, ...]] = {
    "pass_second_review": ("pass_preliminary",),
    "approve": ("pass_preliminary", "pass_second_review"),
    "enter": ("check_entry",),
}


def obstacle(session: Session, dossier: Dossier, step: Step) -> RuleViolation | None:
    """Why this person cannot take the step today, or None."""
    if dossier.application.supplement_open and not step.beside_supplement:
        return RuleViolation("certificates.supplement_open")
    if _had_other_duty(session, dossier, step.key):
        return RuleViolation("certificates.same_person", name=actor(session).name)
    check = _CHECKS.get(step.key)
    return check(session, dossier) if check else None


def _had_other_duty(session: Session, dossier: Dossier, step: str) -> bool:
    """Whether the person had a duty that must be apart from this one, with no exception allowed."""
    if dossier.overrides:
        return False
    earlier = (dossier.taken(duty) for duty in APART.get(step, ()))
    me = actor(session).account_id
    return any(taken is not None and taken.account_id == me for taken in earlier)


def _notice_runs(session: Session, dossier: Dossier) -> RuleViolation | None:
    notice = dossier.notice
    if notice is None or today(session) > notice.last_day:
        return None
    return RuleViolation("certificates.notice_running", day=notice.last_day)


def _no_registry(session: Session, _dossier: Dossier) -> RuleViolation | None:
    body = settings.office(session).registry_body
    return None if body else RuleViolation("certificates.no_registry_body")


def _no_ecology(session: Session, _dossier: Dossier) -> RuleViolation | None:
    body = settings.office(session).ecology_body
    return None if body else RuleViolation("certificates.no_ecology_body")


def _own_amount(session: Session, dossier: Dossier) -> RuleViolation | None:
    calculation = dossier.calculation
    if calculation is None or dossier.overrides:
        return None
    own = calculation.made_by_id == actor(session).account_id
    return RuleViolation("certificates.sign_off_self") if own else None


def _unsigned(session: Session, dossier: Dossier) -> RuleViolation | None:
    certificate = dossier.certificate
    if certificate is None or certificate.document_id is None:
        return None
    document = session.get(Document, certificate.document_id)
    if document is not None and document.state is DocumentState.ISSUED:
        return None
    return RuleViolation("certificates.unsigned")


_UNSIGNED = frozenset({DocumentState.TO_SIGN, DocumentState.PARTLY_SIGNED})


def _unanswerable(letter: str) -> Callable[[Session, Dossier], RuleViolation | None]:
    """An answer needs a letter that can have left the house: the newest of its kind is signed."""

    def check(session: Session, dossier: Dossier) -> RuleViolation | None:
        sent = [
            paper
            for paper in papers_of(session, APPLICATION, dossier.application.id)
            if paper.kind == letter and paper.form is DocumentForm.ORIGINAL
        ]
        newest = max(sent, key=lambda paper: paper.id, default=None)
        if newest is None or newest.state not in _UNSIGNED:
            return None
        return RuleViolation("certificates.letter_unsigned")

    return check


_CHECKS: Mapping[str, Callable[[Session, Dossier], RuleViolation | None]] = {
    "close_notice": _notice_runs,
    "registry_letter": _no_registry,
    "registry_answer": _unanswerable("registry_letter"),
    "send_filing": _no_ecology,
    "record_filing": _unanswerable("filing_letter"),
    "sign_off_parameters": _own_amount,
    "issue": _unsigned,
}
