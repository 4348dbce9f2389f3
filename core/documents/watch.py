"""The watch over the signing certificates: the office is told 60, 30 and 7 days before the end.

The register knows every certificate that signed for the office, so that everybody is warned, not
only who holds the key. A certificate with an ended one's name that lasts longer takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import china_date
from core.database import now, require
from core.documents.sign import WARN_DAYS, Signer
from core.documents.signature_model import SigningCertificate
from core.errors import NotFound
from core.i18n import N_


class Stage(IntEnum):
    """How near the end is, in days; `ENDED` signs no more."""

    FINE = 999
    SOON = 60
    SOONER = 30
    NOW = 7
    ENDED = 0


STAGES = {
    Stage.FINE: N_("valid"),
    Stage.SOON: N_("ends within 60 days: order a new one"),
    Stage.SOONER: N_("ends within 30 days: order a new one now"),
    Stage.NOW: N_("ends within 7 days: papers will wait unsigned"),
    Stage.ENDED: N_("has ended: it signs no more"),
}
assert {stage.value for stage in (Stage.SOON, Stage.SOONER, Stage.NOW)} == set(WARN_DAYS)


@dataclass(frozen=True)
class WatchedCertificate:
    """A certificate papers were signed with; `days_left` is negative when it has ended."""

    id: int
    name: str
    is_test: bool
    valid_until: date
    days_left: int
    stage: Stage
    retired: bool
    fingerprint: str


def stage(until: datetime, at: datetime) -> Stage:
    """Which warning is due at an instant for a certificate that is valid until another."""
    if at > until:
        return Stage.ENDED
    left = (until - at).days
    return next((one for one in (Stage.NOW, Stage.SOONER, Stage.SOON) if left <= one), Stage.FINE)


def note(session: Session, signer: Signer) -> None:
    """Watch a certificate from its first signature on; does nothing when it is watched."""
    if is_noted(session, signer):
        return
    session.add(
        SigningCertificate(
            sha256=signer.fingerprint,
            name=signer.name,
            is_test=signer.is_test,
            valid_until=signer.certificate.not_valid_after_utc,
            first_used_at=now(session),
        )
    )
    session.flush()


def is_noted(session: Session, signer: Signer) -> bool:
    """Whether the register knows this certificate."""
    query = select(SigningCertificate.id).where(SigningCertificate.sha256 == signer.fingerprint)
    return session.scalar(query) is not None


def certificates(session: Session) -> list[WatchedCertificate]:
    """Every certificate that signed for the office, the one that ends first on top."""
    at = now(session)
    rows = session.scalars(
        select(SigningCertificate).order_by(SigningCertificate.valid_until, SigningCertificate.id)
    )
    return [
        WatchedCertificate(
            row.id,
            row.name,
            row.is_test,
            china_date(row.valid_until),
            (row.valid_until - at).days,
            stage(row.valid_until, at),
            row.retired_at is not None,
            row.sha256,
        )
        for row in rows
    ]


def ending(session: Session) -> list[WatchedCertificate]:
    """The certificates to renew: in use, near their end or past it, and not yet replaced."""
    known = [one for one in certificates(session) if not one.retired]
    last = {one.name: one.id for one in known}  # in the order of their end
    return [one for one in known if one.stage is not Stage.FINE and last[one.name] == one.id]


def retire(session: Session, certificate_id: int) -> None:
    """Stop watching a certificate that is not used any more.

    Raises NotFound, NotPermitted without `papers.keys`.
    """
    require(session, "papers.keys")
    row = session.get(SigningCertificate, certificate_id)
    if row is None:
        raise NotFound("record.not_found")
    if row.retired_at is None:
        row.retired_at = now(session)
        session.flush()
