"""What parties are to certificates: a role follows from the cases a party takes part in."""

from __future__ import annotations

from sqlalchemy import Select, select

from core.certificates.model import Application, Holder
from core.i18n import N_
from core.parties.queries import add_role


def _holders() -> Select[int]:
    return select(Holder.party_id).distinct()


def _agents() -> Select[int | None]:
    return select(Application.agent_id).where(Application.agent_id.is_not(None)).distinct()


add_role("right_holder", N_("Right holder"), _holders)
add_role("agent", N_("Agent"), _agents)
