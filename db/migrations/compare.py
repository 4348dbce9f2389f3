"""What comparing a database with the models leaves out, and how types are written down."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import TypeDecorator

#: Objects that no mapping describes: virtual tables with their shadows, indexes of one database.
_OTHERS = ("search_fts", "parcel_box", "ix_search_entry_tokens", "ix_parcel_box")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic compares an object of the database."""
    return not (kind in {"table", "index"} and name is not None and name.startswith(_OTHERS))


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as the plain ones they are stored as: migrations import no models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain: Any = item.impl if not isinstance(item.impl, type) else item.impl()
        return f"sa.{plain!r}"
    return False
