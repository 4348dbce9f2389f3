"""A part of a transaction that can be undone together with what the hooks noted about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """Undo the block when it raises; the exception goes on.

    Audit lines and change sets wait in ``session.info`` for the commit; a savepoint of the
    database alone would leave lines about rows that were never written.
    """
    session.flush()
    noted = {key: copy(value) for key, value in session.info.items() if _collects(value)}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        for key in [key for key, value in session.info.items() if _collects(value)]:
            session.info[key] = noted.get(key, type(session.info[key])())
        raise


def _collects(value: object) -> bool:
    return isinstance(value, (list, set, dict))
