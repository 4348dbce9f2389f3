"""The table behind the search box; on SQLite with a full-text index beside it."""

from __future__ import annotations

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import intpk

#: SQLite 3.40's trigram tokenizer finds nothing for one or two ideographs, silently; so the grams
#: are made here, and the index keeps only their presence.
_SQLITE_CREATE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5"
    "(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"
)
#: The same text in the index and in the query, or PostgreSQL does not use the index.
PG_TOKENS = "string_to_array(tokens, ' ')"

SEARCH_DDL = {
    "sqlite": {"create": (_SQLITE_CREATE,), "drop": ("DROP TABLE search_fts",)},
    "postgresql": {
        "create": (
            f"CREATE INDEX ix_search_entry_tokens ON search_entry USING gin (({PG_TOKENS}))",
        ),
        "drop": ("DROP INDEX ix_search_entry_tokens",),
    },
}


class SearchEntry(Base):
    """What the search box knows about one record.

    Attributes:
        title, subtitle: the two lines of a hit.
        haystack: all words, one a line, lower case: what a hit must contain.
        tokens: the grams of them, separated by blanks.
        sort: hits of the same quality stand in this order.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("kind", "record_id"),
        {"info": {"quiet": True, "ddl": SEARCH_DDL}},
    )

    id: Mapped[intpk]
    kind: Mapped[str]
    record_id: Mapped[int]
    title: Mapped[str]
    subtitle: Mapped[str]
    haystack: Mapped[str] = mapped_column(Text)
    tokens: Mapped[str] = mapped_column(Text)
    sort: Mapped[str]
