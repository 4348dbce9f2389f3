"""Writing the index and asking it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from core.search.grams import grams, normal, question
from core.search.model import PG_TOKENS, SearchEntry

#: How many candidates are looked at; a question with more is answered with the newest of them.
PROBE = 1001


@dataclass(frozen=True)
class Hit:
    """One record the search box found."""

    kind: str
    record_id: int
    title: str
    subtitle: str


def index(  # noqa: PLR0913 - one line of the index, all of it needed
    session: Session,
    kind: str,
    record_id: int,
    title: str,
    subtitle: str,
    words: Iterable[str],
    sort: str,
) -> None:
    """Put a record into the index, or renew what it knows.

    Args:
        session: a write session.
        kind: table name of the record.
        record_id: its id.
        title: first line of a hit; found by its words and pinyin initials.
        subtitle: second line, not searched.
        words: further texts it is found by; never a personal number.
        sort: order of hits.
    """
    from core.values.pinyin import initials

    texts = [shown for shown in map(normal, [title, initials(title), *words]) if shown]
    tokens = " ".join([*grams(texts), _kind_token(kind)])
    entry = _entry(session, kind, record_id)
    if entry is None:
        entry = SearchEntry(kind=kind, record_id=record_id, tokens="")
        session.add(entry)
    old = entry.tokens
    entry.title, entry.subtitle, entry.sort = title, subtitle, sort
    entry.haystack = "\n".join(dict.fromkeys(texts))
    entry.tokens = tokens
    session.flush()
    if old != tokens:
        _unindex(session, entry.id, old)
        _index(session, entry.id, tokens)


def remove(session: Session, kind: str, record_id: int) -> None:
    """Take a record out of the index; nothing happens if it is not in it."""
    entry = _entry(session, kind, record_id)
    if entry is not None:
        _unindex(session, entry.id, entry.tokens)
        session.delete(entry)
        session.flush()


def find(
    session: Session, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20
) -> list[Hit]:
    """The records that have every word of the question.

    Args:
        session: a read session.
        text: words separated by blanks; parts of names and numbers, pinyin initials.
        kinds: only these kinds of records; None for all.
        limit: at most so many; the best first (whole title, beginning of it, anything else).
    """
    asked = question(text)
    if not asked or (kinds is not None and not kinds):
        return []
    wanted = [gram for _word, word_grams in asked for gram in word_grams]
    ids = _candidates(session, sorted(set(wanted)), kinds)
    rows = session.scalars(select(SearchEntry).where(SearchEntry.id.in_(ids)))
    words = [word for word, _grams in asked]
    found = [row for row in rows if all(word in row.haystack for word in words)]
    found.sort(key=lambda row: (_quality(row, words[0]), row.sort, row.id))
    return [Hit(row.kind, row.record_id, row.title, row.subtitle) for row in found[:limit]]


def _quality(row: SearchEntry, word: str) -> int:
    first = row.haystack.partition("\n")[0]
    return 0 if first == word else 1 if first.startswith(word) else 2


def _entry(session: Session, kind: str, record_id: int) -> SearchEntry | None:
    return session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.record_id == record_id)
    )


def _kind_token(kind: str) -> str:
    # No gram begins like this: grams have at most two characters.
    return "kind0" + kind.replace("_", "0")


def _candidates(
    session: Session, wanted: Sequence[str], kinds: Sequence[str] | None
) -> Sequence[int]:
    kind_tokens = [_kind_token(kind) for kind in kinds or ()]
    if session.info["dialect"] == "postgresql":
        return _postgres_candidates(session, wanted, kind_tokens)
    match = " AND ".join(f'"{gram}"' for gram in wanted)
    if kind_tokens:
        match += " AND (" + " OR ".join(f'"{token}"' for token in kind_tokens) + ")"
    return session.scalars(
        text(
            "SELECT rowid FROM search_fts WHERE search_fts MATCH :match"
            " ORDER BY rowid DESC LIMIT :probe"
        ),
        {"match": match, "probe": PROBE},
    ).all()


def _postgres_candidates(
    session: Session, wanted: Sequence[str], kind_tokens: Sequence[str]
) -> Sequence[int]:
    """Two steps: the index answers first (the planner would rather walk the table), then we sort."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    kinds = f" AND {PG_TOKENS} && :kinds" if kind_tokens else ""
    probe = text(
        f"SELECT id FROM (SELECT id FROM search_entry WHERE {PG_TOKENS} @> :wanted{kinds}"  # noqa: S608 - constants
        " OFFSET 0) AS hit ORDER BY id DESC LIMIT :probe"
    ).bindparams(bindparam("wanted", type_=ARRAY(Text)))
    values: dict[str, object] = {"wanted": list(wanted), "probe": PROBE}
    if kind_tokens:
        probe = probe.bindparams(bindparam("kinds", type_=ARRAY(Text)))
        values["kinds"] = list(kind_tokens)
    found = session.scalars(probe, values).all()
    session.execute(text("SET LOCAL enable_seqscan = on"))
    return found


def _index(session: Session, entry_id: int, tokens: str) -> None:
    if session.info["dialect"] == "sqlite":
        session.execute(
            text("INSERT INTO search_fts(rowid, tokens) VALUES (:id, :tokens)"),
            {"id": entry_id, "tokens": tokens},
        )


def _unindex(session: Session, entry_id: int, tokens: str) -> None:
    if tokens and session.info["dialect"] == "sqlite":
        # A contentless index does not know what it holds: the old tokens must be told.
        session.execute(
            text(
                "INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', :id, :tokens)"
            ),
            {"id": entry_id, "tokens": tokens},
        )
