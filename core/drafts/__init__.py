"""Unfinished forms, kept while they are typed: a crash or a closed window loses nothing.

A draft belongs to the person who typed it. It is no record: no number, no claim, no history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import actor, now
from core.drafts.model import Draft


@dataclass(frozen=True)
class KeptDraft:
    """What was typed, and when it was last kept."""

    data: Mapping[str, Any]
    at: datetime


def keep(session: Session, form: str, data: Mapping[str, Any]) -> None:
    """Keep what the person typed so far, in place of what was kept before."""
    row = _row(session, form)
    if row is None:
        row = Draft(account_id=actor(session).account_id, form=form)
        session.add(row)
    row.data = dict(data)
    row.at = now(session)
    session.flush()


def find(session: Session, form: str) -> KeptDraft | None:
    """What the person typed into a form and did not save."""
    row = _row(session, form)
    return KeptDraft(row.data, row.at) if row is not None else None


def drop(session: Session, form: str) -> None:
    """Forget a draft: the form was saved, or the person does not want it."""
    row = _row(session, form)
    if row is not None:
        session.delete(row)
        session.flush()


def _row(session: Session, form: str) -> Draft | None:
    return session.scalar(
        select(Draft).where(Draft.account_id == actor(session).account_id, Draft.form == form)
    )
