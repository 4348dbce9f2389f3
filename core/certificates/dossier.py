"""Everything about one case, read once: for the rules, the papers and the page. Stays in core."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.certificates.model import (
    Application,
    ApplicationParcel,
    CarbonCalculation,
    ClockStop,
    Consultation,
    Delivery,
    ExpertReview,
    FindingAnswer,
    Holder,
    Notice,
    Objection,
    Override,
    ParameterSignOff,
    RequiredPaper,
    SiteVisit,
    StepTaken,
)
from core.certificates.progress import scheme_of
from core.certificates.register_model import Certificate
from core.certificates.schemes import Scheme
from core.parcels.model import Parcel
from core.parties.queries import PartySummary, resolve, summaries
from db.base import Base

Child = TypeVar("Child", bound=Base)


@dataclass(frozen=True)
class HolderLine:
    """A right holder as a party, resolved through merges, and its share."""

    party: PartySummary
    share: Fraction


@dataclass(frozen=True)
class ParcelLine:
    """A parcel of the case and what was measured on it."""

    row: ApplicationParcel
    parcel: Parcel

    @property
    def name(self) -> str:
        """How papers and findings name it: village, place, compartment and sub-compartment."""
        parcel = self.parcel
        number = "-".join(part for part in (parcel.compartment, parcel.sub_compartment) if part)
        return f"{parcel.village}{parcel.place_name}" + (f"（{number}）" if number else "")

    @property
    def key(self) -> str:
        """A short stable key for findings."""
        return f"p{self.parcel.id}"

    @property
    def group(self) -> str:
        """The parameter group assigned in the case, else the parcel's own."""
        return self.row.group or self.parcel.species_group


@dataclass(frozen=True)
class Dossier:
    """A case with all its parts, in order."""

    application: Application
    scheme: Scheme
    holders: tuple[HolderLine, ...]
    agent: PartySummary | None
    measuring_body: PartySummary | None
    parcels: tuple[ParcelLine, ...]
    papers: tuple[RequiredPaper, ...]
    steps: tuple[StepTaken, ...]
    stops: tuple[ClockStop, ...]
    consultations: tuple[Consultation, ...]
    visits: tuple[SiteVisit, ...]
    calculations: tuple[CarbonCalculation, ...]
    sign_offs: tuple[ParameterSignOff, ...]
    reviews: tuple[ExpertReview, ...]
    notices: tuple[Notice, ...]
    objections: tuple[Objection, ...]
    answers: tuple[FindingAnswer, ...]
    overrides: tuple[Override, ...]
    deliveries: tuple[Delivery, ...]
    certificate: Certificate | None

    @property
    def calculation(self) -> CarbonCalculation | None:
        """The newest calculation."""
        return self.calculations[-1] if self.calculations else None

    @property
    def sign_off(self) -> ParameterSignOff | None:
        """The sign-off of the newest calculation."""
        last = self.calculation
        found = [one for one in self.sign_offs if last and one.calculation_id == last.id]
        return found[-1] if found else None

    @property
    def notice(self) -> Notice | None:
        """The newest notice."""
        return self.notices[-1] if self.notices else None

    @property
    def review(self) -> ExpertReview | None:
        """The newest expert review."""
        return self.reviews[-1] if self.reviews else None

    @property
    def consultation(self) -> Consultation | None:
        """The newest letter to the title registry."""
        return self.consultations[-1] if self.consultations else None

    def taken(self, step: str) -> StepTaken | None:
        """The newest taking of a step."""
        found = [one for one in self.steps if one.step == step]
        return found[-1] if found else None


def _children(session: Session, model: type[Child], application_id: int) -> tuple[Child, ...]:
    rows = session.scalars(
        select(model)
        .where(model.application_id == application_id)  # type: ignore[attr-defined]  # all have it
        .order_by(model.id)  # type: ignore[attr-defined]
    )
    return tuple(rows)


def open_dossier(session: Session, application: Application) -> Dossier:
    """Read a case with all its parts."""
    session.flush()
    case_id = application.id
    return Dossier(
        application=application,
        scheme=scheme_of(session, application),
        holders=holder_lines(session, case_id),
        agent=_party(session, application.agent_id),
        measuring_body=_party(session, application.measuring_body_id),
        parcels=parcel_lines(session, case_id),
        papers=_children(session, RequiredPaper, case_id),
        steps=_children(session, StepTaken, case_id),
        stops=_children(session, ClockStop, case_id),
        consultations=_children(session, Consultation, case_id),
        visits=_children(session, SiteVisit, case_id),
        calculations=_children(session, CarbonCalculation, case_id),
        sign_offs=_children(session, ParameterSignOff, case_id),
        reviews=_children(session, ExpertReview, case_id),
        notices=_children(session, Notice, case_id),
        objections=_children(session, Objection, case_id),
        answers=_children(session, FindingAnswer, case_id),
        overrides=_children(session, Override, case_id),
        deliveries=_children(session, Delivery, case_id),
        certificate=session.scalars(
            select(Certificate).where(Certificate.application_id == case_id)
        ).one_or_none(),
    )


def holder_lines(session: Session, application_id: int) -> tuple[HolderLine, ...]:
    """The holders of a case in order."""
    rows = session.scalars(
        select(Holder).where(Holder.application_id == application_id).order_by(Holder.position)
    ).all()
    today = {row.party_id: resolve(session, row.party_id) for row in rows}
    known = summaries(session, today.values())
    return tuple(
        HolderLine(known[today[row.party_id]], Fraction(row.numerator, row.denominator))
        for row in rows
    )


def parcel_lines(session: Session, application_id: int) -> tuple[ParcelLine, ...]:
    """The parcels of a case in order."""
    rows = session.execute(
        select(ApplicationParcel, Parcel)
        .join(Parcel, Parcel.id == ApplicationParcel.parcel_id)
        .where(ApplicationParcel.application_id == application_id)
        .order_by(ApplicationParcel.position)
    )
    return tuple(ParcelLine(row, parcel) for row, parcel in rows)


def _party(session: Session, party_id: int | None) -> PartySummary | None:
    if party_id is None:
        return None
    resolved = resolve(session, party_id)
    return summaries(session, [resolved]).get(resolved)
