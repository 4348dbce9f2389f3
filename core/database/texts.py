"""The last door of every text: none with an invisible character is stored.

Forms and sheets ask first, with the name of the field or the cell; this is for what comes in
another way (a list of objects, the name of an attached file, a file of a measuring body).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import String, inspect
from sqlalchemy.orm import Mapper, Session, UOWTransaction

from core.values.text import require_visible


def require_all_visible(
    session: Session, _context: UOWTransaction, _instances: Sequence[object] | None
) -> None:
    """Before a flush: look through the texts of new rows and the changed ones of others.

    Raises:
        InputError: `text.hidden`; the field is the column.
    """
    for row in (*session.new, *session.dirty):
        state = inspect(row)
        asked = state.committed_state if state.persistent else state.dict
        for name in _texts(state.mapper):
            text = state.dict.get(name) if name in asked else None
            if isinstance(text, str):
                require_visible(name, text)


@cache
def _texts(mapper: Mapper[Any]) -> tuple[str, ...]:
    """The mapped columns of plain text (not codes, not JSON)."""
    return tuple(
        column.key for column in mapper.column_attrs if isinstance(column.columns[0].type, String)
    )
