"""Writing the index and asking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from core.database.veil import hidden
from core.search.grams import grams, normal, question
from core.search.model import PG_TOKENS, SearchEntry

#: How many candidates are looked at; a question with more is answered with the newest of them.
PROBE = 1001

#: All but the grams, which are long and only for the index.
_COLUMNS = "id, kind, record_id, title, subtitle, haystack, sort"


@dataclass(frozen=True)
class Hit:
    """One record the search box found."""

    kind: str
    record_id: int
    title: str
    subtitle: str


@dataclass(frozen=True)
class SearchLine:
    """What the search box is told about a record.

    Attributes:
        title: first line of a hit; found by its words and pinyin initials.
        subtitle: second line, not searched.
        words: further texts it is found by; never a personal number.
        sort: order of hits.
    """

    title: str
    subtitle: str = ""
    words: Sequence[str] = ()
    sort: str = ""


def index(session: Session, kind: str, record_id: int, line: SearchLine) -> None:
    """Put a record into the index, or renew what it knows.

    Args:
        session: a write session.
        kind: table name of the record.
        record_id: its id.
        line: what is shown and what it is found by.
    """
    texts = _texts(line)
    tokens = _tokens(kind, texts)
    entry = _entry(session, kind, record_id)
    if entry is None:
        entry = SearchEntry(kind=kind, record_id=record_id, tokens="")
        session.add(entry)
    old = entry.tokens
    entry.title, entry.subtitle, entry.sort = line.title, line.subtitle, line.sort
    entry.haystack = "\n".join(dict.fromkeys(texts))
    entry.tokens = tokens
    session.flush()
    if old != tokens:
        _unindex(session, entry.id, old)
        _index(session, entry.id, tokens)


def index_new(session: Session, kind: str, lines: Mapping[int, SearchLine]) -> None:
    """Put many records that were just made into the index at once; none of them may be in it.

    Args:
        session: a write session.
        kind: table name of the records.
        lines: what is shown of each and what it is found by, by id.
    """
    rows = []
    for record_id, line in lines.items():
        texts = _texts(line)
        rows.append(
            {
                "kind": kind,
                "record_id": record_id,
                "title": line.title,
                "subtitle": line.subtitle,
                "haystack": "\n".join(dict.fromkeys(texts)),
                "tokens": _tokens(kind, texts),
                "sort": line.sort,
            }
        )
    if not rows:
        return
    connection = session.connection()
    connection.execute(insert(SearchEntry), rows)
    if session.info["dialect"] == "sqlite":
        connection.execute(
            text(
                "INSERT INTO search_fts(rowid, tokens) SELECT id, tokens FROM search_entry"
                " WHERE kind = :kind AND record_id BETWEEN :first AND :last"
            ),
            {"kind": kind, "first": min(lines), "last": max(lines)},
        )


def _texts(line: SearchLine) -> list[str]:
    """What a record is found by, as it is compared."""
    from core.values.pinyin import initials

    # Plain letters and digits are their own initials.
    first = [line.title] if line.title.isascii() else [line.title, initials(line.title)]
    return [shown for shown in map(normal, [*first, *line.words]) if shown]


def _tokens(kind: str, texts: Sequence[str]) -> str:
    return " ".join([*grams(texts), _kind_token(kind)])


def remove(session: Session, kind: str, record_id: int) -> None:
    """Take a record out of the index; nothing happens if it is not in it."""
    entry = _entry(session, kind, record_id)
    if entry is not None:
        _unindex(session, entry.id, entry.tokens)
        session.delete(entry)
        session.flush()


def rebuild(session: Session) -> None:
    """Write the full-text index of SQLite anew from the entries, for a file that has none yet."""
    if session.info["dialect"] == "sqlite":
        for entry_id, tokens in session.execute(select(SearchEntry.id, SearchEntry.tokens)).all():
            _index(session, entry_id, tokens)


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
    wanted = sorted({gram for _word, word_grams in asked for gram in word_grams})
    words = [word for word, _grams in asked]
    unseen = hidden(session)
    found = [
        row
        for row in _candidates(session, wanted, words, kinds)
        if row.record_id not in unseen.get(row.kind, ())
    ]
    found.sort(key=lambda row: (_quality(row, words[0]), row.sort, row.id))
    return [Hit(row.kind, row.record_id, row.title, row.subtitle) for row in found[:limit]]


def _quality(row: Row[Any], word: str) -> int:
    first: str = row.haystack.partition("\n")[0]
    return 0 if first == word else 1 if first.startswith(word) else 2


def _entry(session: Session, kind: str, record_id: int) -> SearchEntry | None:
    return session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.record_id == record_id)
    )


def _kind_token(kind: str) -> str:
    # No gram begins like this: grams have at most two characters.
    return "kind0" + kind.replace("_", "0")


def _candidates(
    session: Session, wanted: Sequence[str], words: Sequence[str], kinds: Sequence[str] | None
) -> Sequence[Row[Any]]:
    """The newest records that have all grams and hold each word as a whole."""
    kind_tokens = [_kind_token(kind) for kind in kinds or ()]
    if session.info["dialect"] == "postgresql":
        return _on_postgres(session, wanted, words, kind_tokens)
    match = " AND ".join(f'"{gram}"' for gram in wanted)
    if kind_tokens:
        match += " AND (" + " OR ".join(f'"{token}"' for token in kind_tokens) + ")"
    whole = "".join(f" AND instr(haystack, :word{n}) > 0" for n in range(len(words)))
    # CROSS JOIN and the order keep SQLite on the full-text index, which ends at the limit.
    query = text(
        f"SELECT {_COLUMNS} FROM search_fts CROSS JOIN search_entry ON id = search_fts.rowid"  # noqa: S608 - constants
        f" WHERE search_fts MATCH :match{whole} ORDER BY search_fts.rowid DESC LIMIT {PROBE}"
    )
    return session.execute(query, {"match": match, **_numbered(words)}).all()


def _on_postgres(
    session: Session, wanted: Sequence[str], words: Sequence[str], kind_tokens: Sequence[str]
) -> Sequence[Row[Any]]:
    """The index answers first (the planner would rather walk the table), then the words decide."""
    values: dict[str, object] = {"wanted": list(wanted)}
    if kind_tokens:
        values["kinds"] = list(kind_tokens)
    arrays = [bindparam(name, type_=ARRAY(Text)) for name in values]
    in_kinds = f" AND {PG_TOKENS} && :kinds" if kind_tokens else ""
    whole = "".join(f" AND strpos(haystack, :word{n}) > 0" for n in range(len(words)))
    query = text(
        f"SELECT {_COLUMNS} FROM (SELECT * FROM search_entry WHERE {PG_TOKENS} @> :wanted{in_kinds}"  # noqa: S608 - constants
        f" OFFSET 0) AS hit WHERE true{whole} ORDER BY id DESC LIMIT {PROBE}"
    ).bindparams(*arrays)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    found = session.execute(query, {**values, **_numbered(words)}).all()
    session.execute(text("SET LOCAL enable_seqscan = on"))
    return found


def _numbered(words: Sequence[str]) -> dict[str, str]:
    return {f"word{number}": word for number, word in enumerate(words)}


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
