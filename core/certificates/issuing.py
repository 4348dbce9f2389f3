"""缮证, 发证, 归档: the certificate made, signed for, and filed away."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.certificates import face, papers
from core.certificates.model import Delivery
from core.certificates.progress import APPLICATION, Outcome
from core.certificates.register_model import Certificate
from core.certificates.registering import CERTIFICATE, current_entry
from core.certificates.taking import Taking
from core.database import require
from core.documents import stock
from core.documents.model import DocumentForm
from core.documents.service import log_print, page_count, papers_of, prepare
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.numbering import NumberState, TakenNumber
from core.numbering.model import NumberLine
from core.values.dates import chinese_date

register(
    {
        "certificates.sheet_used": N_("The sheet {serial} is already used for {number}."),
        "certificates.id_tail": N_("Write the last four characters of the identity number."),
        "certificates.copies": N_("Copies are at least one."),
        "certificates.number_void": N_("The number {number} is no longer in use."),
    }
)


def make_certificate(taking: Taking) -> Outcome:
    """缮证: the face is frozen from the register; signing follows outside this transaction."""
    session, dossier = taking.session, taking.dossier()
    certificate = dossier.certificate
    assert certificate is not None  # entered
    serial = taking.text("sheet_serial")
    if serial:
        _require_fresh_sheet(taking, serial)
    stock.use(session, stock.CERTIFICATE, serial, (CERTIFICATE, certificate.id))
    entry = current_entry(session, certificate.id)
    facts = {
        name: value
        for name, value in {**entry.facts, "sheet_serial": serial}.items()
        if value is not None and value != ""
    }
    document = prepare(
        session,
        kind="certificate",
        record_kind=CERTIFICATE,
        record_id=certificate.id,
        facts=facts,
        number=_number(taking, certificate),
    )
    certificate.document_id = document.id
    certificate.sheet_serial = serial
    certificate.made_on = taking.today
    if serial:
        log_print(session, document.id, "sheet", serial)
    number = taking.take("letter")
    notice = papers.collection_notice(dossier, certificate.number)
    letter = papers.put(session, dossier, "collection_notice", notice, number)
    return Outcome(documents=(document.id, letter), data={"sheet_serial": serial})


def _require_fresh_sheet(taking: Taking, serial: str) -> None:
    used = taking.session.scalar(
        select(Certificate.number).where(Certificate.sheet_serial == serial)
    )
    if used is not None:
        raise InputError.of("sheet_serial", "certificates.sheet_used", serial=serial, number=used)


def _number(taking: Taking, certificate: Certificate) -> TakenNumber:
    line = taking.session.get_one(NumberLine, certificate.number_id)
    if line.state is not NumberState.USED:
        raise RuleViolation("certificates.number_void", number=line.text)
    return TakenNumber(line.id, line.text, line.sequence, line.year)


def issue(taking: Taking) -> Outcome:
    """发证: who signed for it; the delivery record follows from it."""
    session, dossier = taking.session, taking.dossier()
    certificate = dossier.certificate
    assert certificate is not None  # made
    tail = taking.text("id_tail")
    if tail and len(tail) != 4:
        raise InputError.of("id_tail", "certificates.id_tail")
    if taking.number("copies", 1) < 1:
        raise InputError.of("copies", "certificates.copies")
    collector, relation = taking.text("collector"), taking.text("relation")
    certificate.issued_on = taking.today
    certificate.collected_by = f"{collector}（{relation}）"
    assert certificate.document_id is not None  # made
    session.add(
        Delivery(
            application_id=taking.application.id,
            document_id=certificate.document_id,
            title=f"林业碳汇权证 {certificate.number}",
            way="direct",
            place="",
            receiver=collector,
            relation=relation,
            delivered_on=taking.today,
            deliverer=taking.name,
        )
    )
    digest = taking.keep_file()
    values = {**taking.values, "collected_on": chinese_date(taking.today)}
    row = face.issue_ledger_row(dossier, values, taking.name)
    ledger = papers.put(session, dossier, "issue_ledger", {"items": [row]})
    return Outcome(
        documents=(ledger,),
        data={"collector": collector, "relation": relation, "sha256": digest},
    )


def archive(taking: Taking) -> Outcome:
    """归档: the file index, and where the file stands."""
    session, dossier = taking.session, taking.dossier()
    certificate = dossier.certificate
    assert certificate is not None  # issued
    place, checker, note = taking.text("place"), taking.text("checker"), taking.text("note")
    certificate.archive_place = place
    made = [
        (one, page_count(session, one.id))
        for one in (
            *papers_of(session, APPLICATION, taking.application.id),
            *papers_of(session, CERTIFICATE, certificate.id),
        )
        if one.form is DocumentForm.ORIGINAL
    ]
    index = face.file_index(dossier, made, (taking.name, checker, place, note))
    document = papers.put(session, dossier, "file_index", index)
    return Outcome(documents=(document,), reason=note, data={"place": place, "checker": checker})


def change_sheet(session: Session, certificate_id: int, serial: str, reason: str) -> None:
    """Print a certificate on another sheet: the spoiled one is written off, the new one bound.

    The signed file stays as it is; which sheet carries it is what the stock and the timeline say.

    Raises:
        InputError: no reason, or a serial the stock does not give.
        NotFound: no such certificate.
        NotPermitted: without `certificates.make`.
    """
    require(session, "certificates.make")
    certificate = session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None:
        raise NotFound("record.not_found")
    if certificate.document_id is None:
        raise RuleViolation("certificates.unsigned")
    old = certificate.sheet_serial
    if old and stock.kept(session, stock.CERTIFICATE):
        stock.spoil(session, stock.CERTIFICATE, stock.Sheets.parse(old), reason)
    elif not reason.strip():
        raise InputError.of("reason", "stock.reason")
    stock.use(session, stock.CERTIFICATE, serial, (CERTIFICATE, certificate_id))
    log_print(session, certificate.document_id, "sheet", serial.strip())
    # The print first: the database takes another sheet only with its print in the log.
    certificate.sheet_serial = serial.strip()
    history.record(
        session,
        APPLICATION,
        certificate.application_id,
        "change_sheet",
        reason=reason.strip(),
        data={"from": old, "to": serial.strip()},
    )
