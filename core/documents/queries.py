"""The list of papers, for the queue, the page and Excel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.clock import CHINA
from core.documents.batch_model import PrintItem, PrintRun
from core.documents.model import Document, DocumentForm, DocumentState
from core.documents.signatories import TITLES, WAITING, next_role
from core.documents.stamp_model import DocumentStamp
from core.errors import NotFound, RuleViolation
from core.i18n import N_, _, listed
from core.messages import register
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

STATES = {
    DocumentState.TO_SIGN: N_("waiting for signature"),
    DocumentState.PARTLY_SIGNED: N_("partly signed"),
    DocumentState.ISSUED: N_("issued"),
    DocumentState.VOID: N_("void"),
}
FORMS = {
    DocumentForm.ORIGINAL: N_("original"),
    DocumentForm.COPY: N_("copy {number}"),
    DocumentForm.VOID_PRINT: N_("void print"),
}


class _Papers:
    """Papers of all kinds; a `RecordSource`."""

    kind = "document"
    columns = (
        ColumnSpec("number", N_("Number"), 16),
        ColumnSpec("title", N_("Paper"), 12),
        ColumnSpec("form", N_("Original or copy"), 8, sortable=False),
        ColumnSpec("state", N_("State"), 8, Align.CENTRE),
        ColumnSpec("created_at", N_("Prepared"), 10),
        ColumnSpec("issued_at", N_("Issued"), 10),
        ColumnSpec("signer", N_("Signed by"), 14),
        ColumnSpec("awaits", N_("Signs next"), 8),
    )
    filters = (
        FilterSpec("state", N_("State"), tuple((s.value, t) for s, t in STATES.items())),
        FilterSpec("signs_next", N_("Signs next"), tuple(TITLES.items())),
        FilterSpec(
            "awaits",
            N_("Awaits"),
            (
                ("signature", N_("A signature")),
                ("stamp", N_("Its time stamp")),
                ("print", N_("Its print")),
            ),
        ),
    )

    def _where(self, query: ListQuery) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if query.text:
            like = (
                "%" + query.text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
            )
            conditions.append(
                or_(Document.number.like(like, escape="\\"), Document.title.like(like, escape="\\"))
            )
        if state := query.filters.get("state"):
            conditions.append(Document.state == DocumentState(state))
        if query.filters.get("awaits") == "signature":
            conditions.append(Document.state.in_(WAITING))
        if role := query.filters.get("signs_next"):
            conditions.append(or_(Document.awaits == role, Document.awaits.like(f"{role},%")))
        if query.filters.get("awaits") == "stamp":
            waiting = select(DocumentStamp.document_id).where(DocumentStamp.token.is_(None))
            conditions.append(Document.id.in_(waiting))
        elif query.filters.get("awaits") == "print":
            printing = (
                select(PrintItem.document_id)
                .join(PrintRun, PrintRun.id == PrintItem.run_id)
                .where(PrintRun.ended_at.is_(None))
            )
            conditions.append(Document.id.in_(printing))
        return conditions

    def ids(self, session: Session, query: ListQuery) -> Sequence[int]:
        """All ids in the asked order; newest first when none is asked."""
        keys = {column.key for column in self.columns if column.sortable}
        column: Any = getattr(Document, query.sort) if query.sort in keys else Document.id
        descending = query.descending if query.sort in keys else True
        order = column.desc() if descending else column.asc()
        statement = select(Document.id).where(*self._where(query)).order_by(order, Document.id)
        return session.scalars(statement).all()

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values of the asked papers."""
        found = session.scalars(select(Document).where(Document.id.in_(ids)))
        return {row.id: _cells(row) for row in found}

    def count(self, session: Session, query: ListQuery) -> int:
        """How many papers the query has."""
        return session.scalar(select(func.count(Document.id)).where(*self._where(query))) or 0


def _cells(row: Document) -> tuple[object, ...]:
    form = Shown(row.form, _(FORMS[row.form]).format(number=row.copy_number))
    state = term(row.state, STATES)
    days = (_china_day(row.created_at), _china_day(row.issued_at))
    awaited = next_role(row.awaits)
    turn = term(awaited, TITLES) if awaited else None
    return row.number, row.title, form, state, *days, row.signer, turn


def _china_day(at: datetime | None) -> Shown | None:
    """An instant, told to people as its day in China."""
    return Shown(at, at.astimezone(CHINA).date().isoformat()) if at else None


PAPERS = _Papers()
_ID = re.compile(r"[1-9][0-9]{0,8}")


def find(session: Session, words: str) -> int:
    """The original a person means: by its id, the number printed on it, or the text of its code.

    Raises:
        NotFound: there is no such paper.
        RuleViolation: several papers carry the number; their ids are named.
    """
    words = words.strip()
    if _ID.fullmatch(words) and session.get(Document, int(words)) is not None:
        return int(words)
    number, digest = _named(words)
    rows = session.scalars(
        select(Document)
        .where(Document.number == number, Document.form == DocumentForm.ORIGINAL)
        .order_by(Document.id)
    )
    found = [row for row in rows if number and row.facts_sha256.startswith(digest)]
    if not found:
        raise NotFound("documents.no_such_number", number=words[:60])
    if len(found) > 1:
        several = listed(f"{row.id} {row.title}" for row in found)
        raise RuleViolation("documents.several_of_number", number=number, papers=several)
    return found[0].id


def _named(words: str) -> tuple[str, str]:
    """Number and beginning of the record's hash that a person wrote, or a scanner read."""
    from core.documents import qr

    if not words.startswith(qr.PREFIX):
        return words, ""
    facts = qr.decode(words, ()).facts
    return facts.number, facts.record_hash.hex()


register(
    {
        "documents.no_such_number": N_(
            "There is no paper “{number}”: give its number as printed, or its id "
            "(`lintanctl papers list --all`)."
        ),
        "documents.several_of_number": N_(
            "Several papers carry {number}; give the id of one: {papers}."
        ),
    }
)
