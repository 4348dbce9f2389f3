"""Applications as cases of the expert committee: their names, their parties, what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from core.certificates.model import Application, ApplicationParcel, Holder
from core.certificates.progress import APPLICATION
from core.certificates.states import State
from core.certificates.summaries import find_application
from core.committee.cases import CaseKind, CaseLabel, add_case_kind
from core.i18n import N_
from core.parties.model import Party


def parties() -> Select[tuple[int, int, str]]:
    """Holders, agents and measuring bodies of all applications, with what they are in Chinese."""
    rows = union_all(
        select(Holder.application_id, Holder.party_id, literal("权利人")),
        select(Application.id, Application.agent_id, literal("代理人")).where(
            Application.agent_id.is_not(None)
        ),
        select(Application.id, Application.measuring_body_id, literal("监测核算机构")).where(
            Application.measuring_body_id.is_not(None)
        ),
    ).subquery()
    return select(rows.c[0], rows.c[1], rows.c[2])


def labels(session: Session, ids: Sequence[int]) -> Mapping[int, CaseLabel]:
    """How applications are named to the committee."""
    rows = session.execute(
        select(Application, Party.name)
        .outerjoin(Party, Party.id == Application.measuring_body_id)
        .where(Application.id.in_(list(ids)))
    )
    return {
        case.id: CaseLabel(
            kind=APPLICATION,
            id=case.id,
            number=case.acceptance_number or case.receipt_number,
            title=case.project_name,
            applicant=case.holders_text,
            measuring_body=body or "",
            waiting=case.state is State.EXPERT_REVIEW,
        )
        for case, body in rows
    }


def waiting(session: Session) -> Sequence[int]:
    """Applications that wait for the experts, the oldest first."""
    return session.scalars(
        select(Application.id)
        .where(Application.state == State.EXPERT_REVIEW)
        .order_by(Application.received_on, Application.id)
    ).all()


def belongings(session: Session, ids: Collection[int]) -> Mapping[str, Collection[int]]:
    """Parcels that are in these applications only: the list of land must not tell of them either."""
    hidden = list(ids)
    elsewhere = select(ApplicationParcel.parcel_id).where(
        ApplicationParcel.application_id.not_in(hidden)
    )
    found = session.scalars(
        select(ApplicationParcel.parcel_id).where(
            ApplicationParcel.application_id.in_(hidden),
            ApplicationParcel.parcel_id.not_in(elsewhere),
        )
    ).all()
    return {"parcel": found}


add_case_kind(
    CaseKind(
        kind=APPLICATION,
        title=N_("Application"),
        parties=parties,
        labels=labels,
        find=find_application,
        waiting=waiting,
        belongings=belongings,
    )
)
