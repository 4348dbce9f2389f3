"""Time stamps in the life of a paper: at its signature, or later where the server was away.

A server that does not answer never loses a paper: it is stored as B-B, its file never changes, and
the stamp over the file's SHA-256 is fetched later and kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import settings
from core.database import Database, now, require
from core.documents import timestamp
from core.documents.fields import Slot
from core.documents.model import Document
from core.documents.sign import Signer, sign
from core.documents.stamp_model import DocumentStamp
from core.errors import EnvironmentFault, RuleViolation
from core.i18n import N_
from core.settings import SettingSpec, declare

SERVER = "papers.time_server"
ARCHIVE = "papers.time_archive"

declare(
    SettingSpec(
        SERVER,
        N_("Time stamp server"),
        "",
        help=N_("Address of a server for RFC 3161 time stamps; empty: papers carry none."),
    ),
    SettingSpec(
        ARCHIVE,
        N_("Archive time stamp on papers"),
        False,
        "bool",
        help=N_("Adds what is needed to check a paper in decades (B-LTA); takes seconds each."),
    ),
)


@dataclass
class Stamper:
    """Asks the office's server during one run of signing; once it is away it is left alone.

    Attributes:
        url: the server; empty where the office has none.
        archive: whether papers become B-LTA.
        fault: why stamps are missing.
    """

    url: str = ""
    archive: bool = False
    fault: EnvironmentFault | None = field(default=None)

    def room(self, slot: Slot) -> Slot:
        """The slot with room for a stamp, where one will be asked for."""
        return replace(slot, size=slot.size + timestamp.ROOM) if self._asks else slot

    def sign(self, rendered: bytes, signer: Signer, *, last: bool = True) -> tuple[bytes, bool]:
        """Sign, with a stamp where it can be had; False when one is wanted and missing.

        A paper is archived after the `last` of its signatures.
        """
        if not self.url:
            return sign(rendered, signer), True
        tokens: list[bytes] = []

        def stamp(digest: bytes) -> bytes:
            tokens.append(self._token(digest))
            return tokens[0]

        data = sign(rendered, signer, stamp)
        if not tokens[0]:
            return data, False
        archived = self.archive and last
        return self._archived(data, signer, tokens[0]) if archived else (data, True)

    @property
    def _asks(self) -> bool:
        return bool(self.url) and self.fault is None

    def _token(self, digest: bytes) -> bytes:
        if not self._asks:
            return b""
        try:
            return timestamp.request(self.url, digest)
        except EnvironmentFault as fault:
            self.fault = fault
            return b""

    def _archived(self, data: bytes, signer: Signer, token: bytes) -> tuple[bytes, bool]:
        from core.documents.archive import extend

        chain = (*signer.certificates, *timestamp.read(token).certificates)
        try:
            return extend(data, self.url, chain), True
        except EnvironmentFault as fault:
            self.fault = fault
            return data, True


def stamper(session: Session) -> Stamper:
    """The office's server as the settings of today name it."""
    url = str(settings.get(session, SERVER) or "").strip()
    return Stamper(url, bool(settings.get(session, ARCHIVE)))


def await_stamp(session: Session, document_id: int) -> None:
    """Put an issued paper into the queue of those whose stamp is still to come."""
    paper = session.get_one(Document, document_id)
    assert paper.sha256 is not None
    session.add(DocumentStamp(document_id=paper.id, sha256=paper.sha256, since=now(session)))
    session.flush()


def waiting_count(session: Session) -> int:
    """How many stored papers wait for their stamp."""
    query = select(func.count()).where(DocumentStamp.token.is_(None))
    return session.scalar(query) or 0


@dataclass(frozen=True)
class Stamped:
    """A stamp beside a stored file: when and by whom, and its token in DER."""

    at: datetime
    by: str
    token: bytes


def stamp_of(session: Session, document_id: int) -> Stamped | None:
    """The stamp that was fetched later for a paper. None while there is none.

    Raises RuleViolation("documents.damaged") when it is not over the stored file.
    """
    row = session.scalar(select(DocumentStamp).where(DocumentStamp.document_id == document_id))
    if row is None or row.token is None:
        return None
    paper = session.get_one(Document, document_id)
    found = timestamp.read(row.token)
    if found.digest.hex() != paper.sha256:
        raise RuleViolation("documents.damaged", number=paper.number or paper.title)
    return Stamped(found.at, found.by, row.token)


def retry(database: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Fetch the stamps that stored papers wait for; returns how many came, oldest first.

    Raises:
        EnvironmentFault: the server is away; what came before is kept, the rest waits on.
        NotPermitted: without `papers.sign`.
    """
    with database.read() as session:
        require(session, "papers.sign")
        server = stamper(session)
        rows = session.execute(
            select(DocumentStamp.id, DocumentStamp.sha256)
            .where(DocumentStamp.token.is_(None))
            .order_by(DocumentStamp.id)
        ).all()
    if not server.url:
        return 0
    for done, (stamp_id, digest) in enumerate(rows):
        _retry_one(database, server.url, stamp_id, digest)
        if progress:
            progress(done + 1, len(rows))
    return len(rows)


def _retry_one(database: Database, url: str, stamp_id: int, digest: str) -> None:
    fault: EnvironmentFault | None = None
    token = b""
    try:
        token = timestamp.request(url, bytes.fromhex(digest))
    except EnvironmentFault as away:
        fault = away
    with database.write() as session:
        row = session.get_one(DocumentStamp, stamp_id, with_for_update=True)
        row.tries += 1
        if token and row.token is None:
            found = timestamp.read(token)
            row.token, row.stamped_at, row.stamped_by = token, found.at, found.by
    if fault is not None:
        raise fault
