"""Step 2 of issuing: a prepared paper rendered and signed, without the database.

A paper that several sign is rendered at its first signature; every later one appends its revision
to the file as it was, and never touches what others signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.documents.layout import Marks
from core.documents.sign import Signer
from core.documents.stamping import Stamper
from core.documents.templates import Signatory, Template
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register


@dataclass(frozen=True)
class Begun:
    """How far the signing of a paper came: the file, the first revision's length, who signed.

    `certificates` are SHA-256 fingerprints in the order of signing.
    """

    data: bytes
    first: int
    certificates: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """A prepared paper, ready to be rendered without the database.

    `signatories` are those who sign in turn (none where one signature is enough); `begun` is what
    the earlier ones signed.
    """

    document_id: int
    kind: str
    number: str
    template: Template
    facts: Mapping[str, Any]
    created: datetime
    marks: Marks
    signatories: tuple[Signatory, ...] = ()
    begun: Begun | None = None

    @property
    def place(self) -> int:
        """Which signature is next, from 0."""
        return len(self.begun.certificates) if self.begun else 0

    @property
    def last(self) -> bool:
        """Whether the next signature is the last one."""
        return self.place + 1 >= len(self.signatories)

    @property
    def role(self) -> str:
        """Who signs next."""
        return self.signatories[self.place].role if self.signatories else "bureau"


def press(work: Work, signer: Signer, at: datetime) -> bytes:
    """Render and sign, without a time stamp. No database, no other side effect.

    Raises EnvironmentFault (sign.expired, ...) and RuleViolation (documents.missing_glyph,
    documents.signer, ...).
    """
    return press_stamped(work, signer, at, Stamper())[0]


def press_stamped(work: Work, signer: Signer, at: datetime, stamper: Stamper) -> tuple[bytes, bool]:
    """As `press`, with what the time stamp server gives; False when a stamp is still to come."""
    fault = unsuited(work, signer)
    if fault is not None:
        raise fault
    slot = stamper.room(signer.slot(f"签发{work.template.title}", at))
    if work.begun is not None:
        from core.documents.revisions import extend

        rendered = extend(work.begun.data, work.begun.first, work.place + 1, slot)
    else:
        from core.documents.render import draw

        rendered = draw(_job(work, signer), slot)
    return stamper.sign(rendered, signer, last=work.last)


def _job(work: Work, signer: Signer) -> Any:
    """What is drawn. Where several sign, each field shows its signer and no line names one."""
    from core.documents.render import Job

    marks = work.marks
    if not work.signatories:
        marks = replace(marks, test_certificate=signer.is_test, signer=signer.name)
    return Job(
        work.template,
        work.facts,
        work.created,
        work.number,
        marks,
        signer.qr,
        work.signatories,
    )


def unsuited(work: Work, signer: Signer) -> RuleViolation | None:
    """Why this certificate may not give the next of several signatures; None when it may.

    Nobody signs twice, and what a person approves is not signed with the office's certificate.
    """
    if not work.signatories:
        return None
    name = work.number or work.template.title
    if work.begun is not None and signer.fingerprint in work.begun.certificates:
        return RuleViolation("documents.signed_twice", number=name, name=signer.name)
    office = str(work.facts.get("office_name", ""))
    if work.role != "bureau" and office and office in signer.name:
        return RuleViolation("documents.personal", number=name, name=signer.name)
    return None


register(
    {
        "documents.signed_twice": N_(
            "{name} has signed {number} already. Another certificate has to sign next."
        ),
        "documents.personal": N_(
            "{number} waits for the approver's own signature; {name} is the office's certificate."
        ),
    }
)
