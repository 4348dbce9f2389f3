"""The life of a paper: prepared, signed, issued, served again byte for byte, copied, declared void.

Issuing has three steps (architecture: "Issuing a paper has three steps"): `prepare` in the caller's
transaction, rendering and signing outside any, `finish` in a short one of its own. A paper whose
signing failed waits in a visible queue and keeps its number; `issue_pending` resumes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import attachments, settings
from core.database import Database, actor, now, require, today
from core.documents import facts as facts_
from core.documents import signatories, watch
from core.documents.layout import Marks
from core.documents.model import (
    Document,
    DocumentForm,
    DocumentPrint,
    DocumentState,
    PaperTemplate,
)
from core.documents.press import Work as Work  # noqa: PLC0414 - offered here with its steps
from core.documents.press import press as press  # noqa: PLC0414
from core.documents.press import press_stamped, unsuited
from core.documents.sign import Signer
from core.documents.signatories import APPROVER_SIGNS, SETTING, WAITING, may_sign, next_role
from core.documents.stamping import Stamper, await_stamp, stamper
from core.documents.templates import Template, parse, shipped
from core.errors import FieldError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from core.documents.pool import PressPool
    from core.numbering import TakenNumber

CHUNK = 100
_TO_SIGN = DocumentState.TO_SIGN


@dataclass(frozen=True)
class DocumentSummary:
    """A paper as lists and pages show it."""

    id: int
    kind: str
    title: str
    number: str
    record_kind: str
    record_id: int
    state: DocumentState
    form: DocumentForm
    copy_number: int
    sample: bool
    signer: str
    created_at: datetime
    issued_at: datetime | None
    voided_at: datetime | None
    void_reason: str
    sha256: str | None
    original_id: int | None
    awaits: str


@dataclass(frozen=True)
class IssuedPaper:
    """What `issue_pending` did with one paper: its bytes' hash, or why it still waits.

    `signed` says whether this run signed it, `awaits` who signs next where it is not complete.
    """

    document_id: int
    kind: str
    number: str
    sha256: str = ""
    awaits: str = ""
    signed: bool = False
    fault: Exception | None = None


def _summary(row: Document) -> DocumentSummary:
    return DocumentSummary(**{f.name: getattr(row, f.name) for f in fields(DocumentSummary)})


def _get(session: Session, document_id: int, *, lock: bool = False) -> Document:
    row = session.get(Document, document_id, with_for_update=lock or None)
    if row is None:
        raise NotFound("documents.not_found", id=document_id)
    return row


# --- templates -----------------------------------------------------------------------------


def current_template(session: Session, kind: str) -> Template:
    """The template in use: the office's newest of this kind, else the program's."""
    row = session.scalars(
        select(PaperTemplate)
        .where(PaperTemplate.kind == kind, PaperTemplate.by_office)
        .order_by(PaperTemplate.id.desc())
        .limit(1)
    ).first()
    return parse(row.source, f"{kind}.toml") if row else shipped(kind)


def save_template(session: Session, kind: str, source: str) -> Template:
    """Make a text the office's template of a kind, for papers prepared from now on.

    Raises TemplateError when it cannot be used, NotPermitted without `papers.templates`.
    """
    require(session, "papers.templates")
    template = parse(source, f"{kind}.toml")
    if template.kind != kind:
        raise RuleViolation("template.kind", file=f"{kind}.toml", value=template.kind)
    session.add(_template_row(session, template, by_office=True))
    session.flush()
    return template


def _template_row(session: Session, template: Template, *, by_office: bool) -> PaperTemplate:
    return PaperTemplate(
        kind=template.kind,
        revision=template.version,
        sha256=sha256(template.source.encode()).hexdigest(),
        source=template.source,
        by_office=by_office,
        saved_at=now(session),
        saved_by=actor(session).account_id,
    )


def _kept(session: Session, template: Template) -> PaperTemplate:
    # Held once it is in the database, so that a batch looks it up once.
    held: dict[str, PaperTemplate] = session.info.setdefault("paper_templates", {})
    digest = sha256(template.source.encode()).hexdigest()
    if digest in held:
        return held[digest]
    row = session.scalars(
        select(PaperTemplate).where(PaperTemplate.sha256 == digest).limit(1)
    ).first()
    if row is None:
        row = _template_row(session, template, by_office=False)
        session.add(row)
        session.flush()
    else:
        held[digest] = row
    return row


# --- step 1 ---------------------------------------------------------------------------------


def office_facts(session: Session) -> dict[str, str]:
    """What every paper may print without being told: office settings and date of the day."""
    office = asdict(settings.office(session))
    found = {
        "office_name": office["name"],
        "office_short": office["short"],
        "office_phone": office["phone"],
        "office_address": office["address"],
    }
    found |= {key: office[key] for key in facts_.COMMON if key in office}
    found["date"] = today(session).isoformat()
    return {key: str(value) for key, value in found.items() if value}


def prepare(
    session: Session,
    *,
    kind: str,
    record_kind: str,
    record_id: int,
    facts: Mapping[str, object],
    number: TakenNumber | None = None,
) -> DocumentSummary:
    """Freeze a paper's data in the caller's transaction; it then waits for its signature.

    Office facts and today's date are added where `facts` has none. A paper without a number series
    may carry its number in `facts["number"]`. Raises RuleViolation when a fact is missing or a
    character has no glyph, TemplateError when there is no such paper.
    """
    template = current_template(session, kind)
    frozen = {**office_facts(session), **facts}
    if any(one.when == APPROVER_SIGNS for one in template.signatures):
        frozen.setdefault(APPROVER_SIGNS, bool(settings.get(session, SETTING)))
    text = number.text if number else str(frozen.get("number", ""))
    if text:
        frozen["number"] = text
    facts_.check(template, frozen)
    row = Document(
        kind=kind,
        template_id=_kept(session, template).id,
        title=template.title,
        number=text,
        number_id=number.id if number else None,
        record_kind=record_kind,
        record_id=record_id,
        facts=facts_.canonical(frozen),
        facts_sha256=facts_.fingerprint(frozen),
        state=DocumentState.TO_SIGN,
        awaits=",".join(one.role for one in template.signatories(frozen)) or "bureau",
        form=DocumentForm.ORIGINAL,
        sample=settings.office(session).sample,
        created_at=now(session),
        created_by=actor(session).account_id,
    )
    session.add(row)
    session.flush()
    return _summary(row)


def doubts(session: Session, document_id: int) -> list[FieldError]:
    """What a paper prints, but perhaps not as its owner writes it: told before it is signed."""
    return facts_.doubts(json.loads(_get(session, document_id).facts))


# --- steps 2 and 3 --------------------------------------------------------------------------


def pending(session: Session) -> list[DocumentSummary]:
    """The queue of papers that wait for a signature, oldest first."""
    rows = session.scalars(
        select(Document).where(Document.state.in_(WAITING)).order_by(Document.id)
    )
    return [_summary(row) for row in rows]


def pending_count(session: Session) -> int:
    """How many papers wait for a signature."""
    query = select(func.count()).where(Document.state.in_(WAITING))
    return session.scalar(query) or 0


def turns(session: Session, signer: Signer) -> list[int]:
    """The waiting papers whose next signature this person may give with this certificate."""
    rows = [row for row in pending(session) if may_sign(session, row.awaits, signer)]
    several = {row.id for row in rows if row.awaits != "bureau" or row.state is not _TO_SIGN}
    return [
        row.id
        for row in rows
        if row.id not in several or unsuited(work(session, row.id), signer) is None
    ]


def work(session: Session, document_id: int) -> Work:
    """All that rendering a prepared or issued document needs."""
    row = _get(session, document_id)
    source = session.get_one(PaperTemplate, row.template_id).source
    void = row.form is DocumentForm.VOID_PRINT
    copy = row.copy_number if row.form is DocumentForm.COPY else 0
    signed = signatories.shown_again(session, row.original_id) if row.original_id else ()
    template, facts = parse(source, f"{row.kind}.toml"), json.loads(row.facts)
    original = row.form is DocumentForm.ORIGINAL
    several = template.signatories(facts) if original else ()
    return Work(
        row.id,
        row.kind,
        row.number,
        template,
        facts,
        row.created_at,
        Marks(sample=row.sample, copy=copy, void=void, signed=signed),
        several,
        signatories.begun(session, row.id) if several else None,
    )


def preview(session: Session, document_id: int) -> bytes:
    """The look of a prepared document, unsigned or as far as it is signed; marks nothing."""
    from core.documents.render import Job, draw

    task = work(session, document_id)
    if task.begun is not None:
        return task.begun.data
    return draw(
        Job(
            task.template,
            task.facts,
            task.created,
            task.number,
            task.marks,
            signatories=task.signatories,
        )
    )


def finish(
    session: Session,
    document_id: int,
    signed: bytes,
    signer: Signer | None = None,
    place: int = 0,
) -> DocumentSummary:
    """Step 3: keep the bytes, once; the paper is issued when nobody is left to sign.

    `place` is which of several signatures this is, from 0. Raises
    RuleViolation("documents.not_waiting") when somebody else signed meanwhile, NotPermitted.
    """
    row = _get(session, document_id, lock=True)
    require(session, signatories.PERMISSIONS.get(next_role(row.awaits), "papers.sign"))
    if row.state not in WAITING or place != signatories.place_of(session, row.id):
        raise RuleViolation("documents.not_waiting", number=row.number or row.title)
    several = place > 0 or "," in row.awaits
    row.awaits = signatories.add(session, row, signed, signer) if several and signer else ""
    if row.awaits:
        row.state = DocumentState.PARTLY_SIGNED
    else:
        row.sha256 = attachments.put_blob(session, signed)
        row.signer = signer.name if signer else ""
        row.issued_at = now(session)
        row.state = DocumentState.ISSUED
    session.flush()
    return _summary(row)


def issue_pending(
    database: Database,
    signer: Signer,
    ids: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    pool: PressPool | None = None,
    server: Stamper | None = None,
) -> list[IssuedPaper]:
    """Steps 2 and 3 for the waiting papers (or those of `ids`), in chunks; resumable.

    `server` carries over from one call to the next that the time stamp server is away.
    A `pool` over the same key signs big batches in several processes; where the office has a time
    stamp server it is left alone, because there the server is what takes the time.

    Of papers that several sign the person's own turns are taken; of those asked for in `ids` it is
    told who else has to sign.

    A paper that cannot be rendered is reported and keeps waiting; a signer that cannot sign stops
    the run with its EnvironmentFault before anything is touched.
    """
    signer.require_valid(database.clock.now())
    with database.read() as session:
        rows = [row for row in pending(session) if ids is None or row.id in set(ids)]
        mine = {row.id for row in rows if may_sign(session, row.awaits, signer)}
        server = server or stamper(session)
        noted = not rows or watch.is_noted(session, signer)
    if not noted:
        with database.write() as session:
            watch.note(session, signer)
    waiting = [row.id for row in rows if row.id in mine]
    others = [row for row in rows if row.id not in mine and ids is not None]
    results = [
        IssuedPaper(row.id, row.kind, row.number, awaits=next_role(row.awaits)) for row in others
    ]
    for at in range(0, len(waiting), CHUNK):
        with database.read() as session:
            tasks = [work(session, document_id) for document_id in waiting[at : at + CHUNK]]
        if ids is None:
            tasks = [task for task in tasks if unsuited(task, signer) is None]
        now_ = database.clock.now()
        if pool is not None and not server.url:
            pressed = [_pressed(one) for one in pool.press(tasks, now_)]
        else:
            pressed = [_try_press(task, signer, now_, server) for task in tasks]
        results += _finish_chunk(database, signer, tasks, pressed)
        if progress:
            progress(min(at + CHUNK, len(waiting)), len(waiting))
    return results


def _finish_chunk(
    database: Database, signer: Signer, tasks: Sequence[Work], pressed: Sequence[_Pressed]
) -> list[IssuedPaper]:
    with database.write() as session:
        return [
            _try_finish(session, task, signer, one)
            for task, one in zip(tasks, pressed, strict=True)
        ]


@dataclass(frozen=True)
class _Pressed:
    """A signed file, or why there is none; `stamped` says that no stamp is to come."""

    data: bytes = b""
    stamped: bool = True
    fault: RuleViolation | None = None


def _pressed(one: bytes | RuleViolation) -> _Pressed:
    return _Pressed(one) if isinstance(one, bytes) else _Pressed(fault=one)


def _try_press(task: Work, signer: Signer, at: datetime, server: Stamper) -> _Pressed:
    try:
        return _Pressed(*press_stamped(task, signer, at, server))
    except RuleViolation as fault:
        return _Pressed(fault=fault)


def _try_finish(session: Session, task: Work, signer: Signer, one: _Pressed) -> IssuedPaper:
    if one.fault is not None:
        return IssuedPaper(task.document_id, task.kind, task.number, fault=one.fault)
    try:
        summary = finish(session, task.document_id, one.data, signer, task.place)
    except RuleViolation as taken:
        return IssuedPaper(task.document_id, task.kind, task.number, fault=taken)
    if not one.stamped and summary.sha256:
        await_stamp(session, task.document_id)
    return IssuedPaper(
        task.document_id,
        task.kind,
        task.number,
        summary.sha256 or "",
        next_role(summary.awaits),
        signed=True,
    )


# --- afterwards ------------------------------------------------------------------------------


def document(session: Session, document_id: int) -> DocumentSummary:
    """One paper. Raises NotFound."""
    return _summary(_get(session, document_id))


def bytes_of(session: Session, document_id: int) -> bytes:
    """The issued file, byte for byte as it was signed.

    Raises RuleViolation("documents.not_issued") while the paper waits for its signature.
    """
    row = _get(session, document_id)
    if row.sha256 is None:
        raise RuleViolation("documents.not_issued", number=row.number or row.title)
    data = attachments.get_blob(session, row.sha256)
    if sha256(data).hexdigest() != row.sha256:
        raise RuleViolation("documents.damaged", number=row.number or row.title)
    return data


def page_count(session: Session, document_id: int) -> int:
    """Pages of a paper: of the issued file, or of its unsigned look while it waits."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    issued = _get(session, document_id).sha256 is not None
    data = bytes_of(session, document_id) if issued else preview(session, document_id)
    return int(PdfFileReader(BytesIO(data)).root["/Pages"]["/Count"])


def facts_of(session: Session, document_id: int) -> dict[str, Any]:
    """The frozen facts of a paper."""
    found: dict[str, Any] = json.loads(_get(session, document_id).facts)
    return found


def papers_of(session: Session, record_kind: str, record_id: int) -> list[DocumentSummary]:
    """Every paper of a record, oldest first, copies and void prints included."""
    rows = session.scalars(
        select(Document)
        .where(Document.record_kind == record_kind, Document.record_id == record_id)
        .order_by(Document.id)
    )
    return [_summary(row) for row in rows]


def make_copy(session: Session, document_id: int, purpose: str) -> DocumentSummary:
    """Prepare copy number n of an issued paper: 复制件, from the same data and template.

    Raises NotPermitted without `papers.copy`, RuleViolation when the paper is not issued.
    """
    require(session, "papers.copy")
    original = _original(session, document_id)
    number = 1 + (
        session.scalar(
            select(func.max(Document.copy_number)).where(
                Document.original_id == original.id, Document.form == DocumentForm.COPY
            )
        )
        or 0
    )
    return _print_of(session, original, DocumentForm.COPY, (number, purpose))


def void(session: Session, document_id: int, reason: str) -> DocumentSummary:
    """Declare an issued paper void; a void print of it is prepared and returned.

    The issued bytes stay as they are. Raises NotPermitted without `papers.void`.
    """
    require(session, "papers.void")
    if not reason.strip():
        raise RuleViolation("documents.void_reason")
    original = _original(session, document_id)
    if original.state is DocumentState.VOID:
        raise RuleViolation("documents.already_void", number=original.number or original.title)
    original.state = DocumentState.VOID
    original.voided_at = now(session)
    original.void_reason = reason.strip()
    return _print_of(session, original, DocumentForm.VOID_PRINT, (0, reason.strip()))


def _original(session: Session, document_id: int) -> Document:
    row = _get(session, document_id, lock=True)
    if row.state in WAITING:
        raise RuleViolation("documents.not_issued", number=row.number or row.title)
    if row.form is not DocumentForm.ORIGINAL:
        raise RuleViolation("documents.not_original", number=row.number or row.title)
    return row


def _print_of(
    session: Session, original: Document, form: DocumentForm, detail: tuple[int, str]
) -> DocumentSummary:
    same = (
        "kind",
        "template_id",
        "title",
        "number",
        "record_kind",
        "record_id",
        "facts",
        "facts_sha256",
        "sample",
    )
    row = Document(
        **{name: getattr(original, name) for name in same},
        state=DocumentState.TO_SIGN,
        awaits="bureau",
        form=form,
        original_id=original.id,
        copy_number=detail[0],
        purpose=detail[1],
        created_at=now(session),
        created_by=actor(session).account_id,
    )
    session.add(row)
    session.flush()
    return _summary(row)


def log_print(
    session: Session,
    document_id: int,
    purpose: str,
    sheet_serial: str = "",
    where: tuple[str, str] = ("", ""),
) -> None:
    """Note that a paper was printed or exported: on which numbered sheet, `where` printer and tray."""
    session.add(
        DocumentPrint(
            document_id=_get(session, document_id).id,
            at=now(session),
            by=actor(session).account_id,
            purpose=purpose,
            sheet_serial=sheet_serial,
            printer=where[0],
            tray=where[1],
        )
    )
    session.flush()


register(
    {
        "documents.not_found": N_("There is no paper {id}."),
        "documents.not_issued": N_("{number} is not signed yet; it waits in the queue of papers."),
        "documents.not_waiting": N_("{number} has been issued already; nothing was changed."),
        "documents.not_original": N_("{number} is itself a copy or a void print."),
        "documents.already_void": N_("{number} is void already."),
        "documents.void_reason": N_("Give the reason; it is kept with the paper."),
        "documents.damaged": N_(
            "The stored file of {number} is damaged. Restore it from a backup; nothing was shown."
        ),
    }
)
