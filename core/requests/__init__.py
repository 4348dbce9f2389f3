"""Commands that would hurt when repeated carry a request id; a repeat gives the first result.

A client that loses the server after COMMIT was sent does not know whether it happened: it sends
the same command with the same id again.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.database import now
from core.errors import RuleViolation
from core.i18n import N_
from core.messages import register
from core.requests.model import Request

register({"requests.other_kind": N_("This request was already used for something else ({kind}).")})


def once(session: Session, request_id: UUID | None, kind: str, action: Callable[[], int]) -> int:
    """Do something once per request id, in the caller's transaction.

    Args:
        session: a write session.
        request_id: the id the client made; None means no protection is asked for.
        kind: what is done; the same id for another kind is refused.
        action: does it and returns the id of what it made.

    Returns:
        the id made now, or by the first call with this request id.

    Raises:
        RuleViolation: `requests.other_kind`.
    """
    if request_id is None:
        return action()
    key = str(request_id)
    done = _result(session, key, kind)
    if done is not None:
        return done
    row = Request(uuid=key, kind=kind, at=now(session))
    try:
        # On PostgreSQL this waits for a twin that is under way, and fails when it has committed.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        done = _result(session, key, kind)
        if done is None:
            raise
        return done
    row.result = action()
    session.flush()
    return row.result


def _result(session: Session, key: str, kind: str) -> int | None:
    found = session.execute(select(Request.kind, Request.result).where(Request.uuid == key)).first()
    if found is None:
        return None
    if found.kind != kind:
        raise RuleViolation("requests.other_kind", kind=found.kind)
    result: int | None = found.result
    return result
