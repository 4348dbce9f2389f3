"""A paper's life in the database: prepared, signed, issued, served again, copied, void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from core.capability import PaperKind
from core.clock import FixedClock
from core.database import Database
from core.documents import keys, qr, service
from core.documents.model import DocumentForm, DocumentState
from core.documents.queries import PAPERS
from core.documents.service import DocumentSummary
from core.documents.sign import Signer
from core.documents.templates import TemplateError, shipped
from core.documents.verify import Verdict, verify, verify_code
from core.errors import AppError, EnvironmentFault, NotFound, NotPermitted, RuleViolation
from core.values.listing import ListQuery
from tests import databases, papers


def prepare(database: Database, kind: str = "acceptance", **facts: object) -> DocumentSummary:
    base = (
        papers.certificate()
        if kind == "certificate"
        else {**papers.LETTER, "number": "明林〔2026〕1号"}
    )
    with database.write() as session:
        return service.prepare(
            session, kind=kind, record_kind="application", record_id=7, facts={**base, **facts}
        )


def issue(database: Database, signer: Signer, kind: str = "acceptance") -> DocumentSummary:
    paper = prepare(database, kind)
    (issued,) = service.issue_pending(database, signer)
    assert issued.fault is None
    return paper


def judged(database: Database, data: bytes, *kinds: PaperKind) -> Verdict:
    with database.read() as session:
        return verify(data, roots=keys.roots(session), session=session, kinds=kinds)


def stored(database: Database, paper: int) -> bytes:
    with database.read() as session:
        return service.bytes_of(session, paper)


def test_that_a_paper_waits_until_it_is_signed(pinned: Database, signer: Signer) -> None:
    paper = prepare(pinned)
    with pinned.read() as session:
        assert [row.id for row in service.pending(session)] == [paper.id]
        assert service.pending_count(session) == 1
        with pytest.raises(RuleViolation, match="not_issued"):
            service.bytes_of(session, paper.id)
    (issued,) = service.issue_pending(pinned, signer)
    assert issued.document_id == paper.id
    with pinned.read() as session:
        assert service.pending_count(session) == 0
        now = service.document(session, paper.id)
    assert now.state is DocumentState.ISSUED
    assert now.sha256 == issued.sha256
    assert now.signer == signer.name


def test_that_an_issued_paper_is_served_byte_for_byte(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    first = stored(pinned, paper.id)
    assert first == stored(pinned, paper.id)
    with pinned.read() as session:
        assert sha256(first).hexdigest() == service.document(session, paper.id).sha256
    assert judged(pinned, first).ok


def test_that_office_facts_and_the_date_are_filled_in(pinned: Database) -> None:
    with pinned.write() as session:
        facts = {k: v for k, v in papers.LETTER.items() if k not in {"office_name", "date"}}
        paper = service.prepare(
            session, kind="acceptance", record_kind="application", record_id=1, facts=facts
        )
        frozen = service.facts_of(session, paper.id)
    assert frozen["office_name"] == papers.OFFICE
    assert frozen["date"] == "2026-11-25"
    assert "office_address" not in frozen


def test_that_a_failed_check_leaves_nothing(pinned: Database) -> None:
    with pytest.raises(RuleViolation, match="missing_glyph"):
        prepare(pinned, applicant="张\U0003134f")
    with pinned.read() as session:
        assert service.pending(session) == []


def test_that_an_expired_certificate_touches_nothing(pinned: Database, signer: Signer) -> None:
    paper = prepare(pinned)
    clock = pinned.clock
    assert isinstance(clock, FixedClock)
    clock.instant = signer.certificate.not_valid_after_utc + timedelta(days=1)
    with pytest.raises(EnvironmentFault, match="expired"):
        service.issue_pending(pinned, signer)
    with pinned.read() as session:
        assert [row.id for row in service.pending(session)] == [paper.id]


def test_that_a_signature_that_fails_loses_no_paper(pinned: Database, signer: Signer) -> None:
    papers_ = [prepare(pinned) for _ in range(3)]

    class Unplugged(Exception):
        pass

    def unplugged(_: bytes) -> bytes:
        raise Unplugged

    with pytest.raises(Unplugged):
        service.issue_pending(pinned, replace(signer, sign_bytes=unplugged))
    with pinned.read() as session:
        assert [row.id for row in service.pending(session)] == [paper.id for paper in papers_]
    assert len(service.issue_pending(pinned, signer)) == 3


def test_that_only_the_asked_papers_are_signed(pinned: Database, signer: Signer) -> None:
    first, second = prepare(pinned), prepare(pinned)
    seen: list[tuple[int, int]] = []
    service.issue_pending(pinned, signer, [second.id], lambda *step: seen.append(step))
    assert seen == [(1, 1)]
    with pinned.read() as session:
        assert [row.id for row in service.pending(session)] == [first.id]


def test_that_a_paper_is_issued_once(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    with pinned.write() as session, pytest.raises(RuleViolation, match="not_waiting"):
        service.finish(session, paper.id, b"other bytes", signer)
    assert judged(pinned, stored(pinned, paper.id)).ok


def test_that_an_issued_paper_cannot_be_changed_by_sql(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    for change in (
        "UPDATE document SET facts = '{}'",
        "UPDATE document SET sha256 = NULL",
        "UPDATE document SET number = 'x'",
        "DELETE FROM document",
        "UPDATE blob SET size = 0",
        "DELETE FROM blob",
    ):
        with pytest.raises(AppError), pinned.write() as session:
            session.execute(sql(change))
    assert judged(pinned, stored(pinned, paper.id)).ok


def test_that_a_later_template_changes_no_issued_paper(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    before = stored(pinned, paper.id)
    source = shipped("acceptance").source.replace("version = 1", "version = 2")
    with pinned.write() as session:
        changed = source.replace("本机构决定予以受理", "本局决定受理")
        service.save_template(session, "acceptance", changed)
    assert stored(pinned, paper.id) == before
    with pinned.write() as session:
        copy = service.make_copy(session, paper.id, "查阅")
        task = service.work(session, copy.id)
        new = service.prepare(
            session, kind="acceptance", record_kind="a", record_id=1, facts=papers.LETTER
        )
        assert "本局决定受理" in service.work(session, new.id).template.source
    assert "本机构决定予以受理" in task.template.source


def test_that_a_wrong_template_is_not_saved(pinned: Database) -> None:
    with pinned.write() as session, pytest.raises(TemplateError):
        service.save_template(session, "acceptance", 'kind = "acceptance"')
    with pinned.write() as session, pytest.raises(RuleViolation, match="kind"):
        service.save_template(session, "acceptance", shipped("receipt_checklist").source)


def test_that_copies_are_numbered_and_say_so(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    with pinned.write() as session:
        copies = [service.make_copy(session, paper.id, "银行查阅") for _ in range(2)]
    assert [copy.copy_number for copy in copies] == [1, 2]
    service.issue_pending(pinned, signer)
    data = stored(pinned, copies[1].id)
    assert "复制件 第2份".encode() in data
    verdict = judged(pinned, data)
    assert verdict.ok
    assert verdict.original_or_copy == "copy"
    with pinned.write() as session, pytest.raises(RuleViolation, match="not_original"):
        service.make_copy(session, copies[0].id, "x")


def test_that_a_void_paper_is_still_there_and_judged_void(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    before = stored(pinned, paper.id)
    with pinned.write() as session, pytest.raises(RuleViolation, match="void_reason"):
        service.void(session, paper.id, "  ")
    with pinned.write() as session:
        printed = service.void(session, paper.id, "打印污损")
    assert printed.form is DocumentForm.VOID_PRINT
    service.issue_pending(pinned, signer)
    assert stored(pinned, paper.id) == before
    verdict = judged(pinned, before)
    assert verdict.intact
    assert verdict.trusted
    assert verdict.status == "void"
    assert verdict.reasons == ("verify.void",)
    assert "作废".encode() in stored(pinned, printed.id)
    with pinned.write() as session, pytest.raises(RuleViolation, match="already_void"):
        service.void(session, paper.id, "again")


def test_that_the_register_recognises_what_it_never_issued(
    pinned: Database, signer: Signer
) -> None:
    foreign = papers.paper("acceptance", papers.LETTER, signer)
    verdict = judged(pinned, foreign)
    assert verdict.intact
    assert verdict.trusted
    assert verdict.register == "unknown"
    assert not verdict.ok


def test_that_a_second_file_with_a_known_number_differs(pinned: Database, signer: Signer) -> None:
    issue(pinned, signer, "certificate")
    raised = papers.certificate() | {"tonnes": 99_999_999}
    verdict = judged(pinned, papers.paper("certificate", raised, signer))
    assert verdict.intact
    assert verdict.register == "differs"
    assert not verdict.ok


def test_that_the_capability_answers_for_its_record(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer, "certificate")
    data = stored(pinned, paper.id)
    says: dict[str, object] = {"tonnes": 519_554}
    word = "valid"

    def facts(_session: Session, _document: int) -> Mapping[str, object]:
        return says

    def status(_session: Session, kind: str, record: int) -> str:
        assert (kind, record) == ("application", 7)
        return word

    kind = PaperKind("certificate", "certificate", "certificate", facts, status)
    verdict = judged(pinned, data, kind)
    assert verdict.ok
    assert verdict.status == "valid"
    code, public = code_of(pinned, signer, paper.id)
    for word, reasons in (
        ("pledged", ()),  # burdens the right and ends nothing
        ("cancelled", ("verify.cancelled",)),
        ("replaced", ("verify.replaced",)),
        ("expired", ("verify.expired",)),
    ):
        with pinned.read() as session:
            found = verify_code(code, keys=public, session=session, kinds=[kind])
        verdict = judged(pinned, data, kind)
        for one in (verdict, found):
            assert (one.status, one.reasons, one.ok) == (word, reasons, not reasons)
    says["tonnes"] = 1
    assert judged(pinned, data, kind).register == "differs"
    with pinned.read() as session:
        found = verify_code(code, keys=public, session=session, kinds=[kind])
    assert found.register == "differs"
    assert "verify.record_differs" in found.reasons


def code_of(database: Database, signer: Signer, paper: int) -> tuple[str, tuple[bytes, ...]]:
    """The text of a paper's code, and the public keys of the office."""
    from core.documents.render import Job, qr_text

    with database.read() as session:
        task = service.work(session, paper)
        text = qr_text(Job(task.template, task.facts, task.created, task.number, qr_key=signer.qr))
        return text, keys.qr_keys(session)


def test_that_the_code_of_a_void_paper_says_so(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer, "certificate")
    code, public = code_of(pinned, signer, paper.id)
    with pinned.write() as session:
        service.make_copy(session, paper.id, "查阅")
    with pinned.read() as session:
        found = verify_code(code, keys=public, session=session)
    assert found.ok
    assert found.entry is not None
    assert (found.status, found.entry.copies) == ("issued", 1)
    with pinned.write() as session:
        service.void(session, paper.id, "打印污损")
    with pinned.read() as session:
        found = verify_code(code, keys=public, session=session)
    assert (found.register, found.status, found.reasons) == ("matches", "void", ("verify.void",))


def test_that_every_word_of_a_capability_is_in_the_vocabulary() -> None:
    from core.certificates.states import CertificateStatus
    from core.documents.standing import ENDED, WORDS
    from core.fund import answers

    words = {one.value for one in (*CertificateStatus, *DocumentState)} | {
        word
        for table in (answers._RECEIPT_WORDS, answers._DONATION_WORDS, answers._GRANT_WORDS)
        for word in table.values()
    }
    assert words | set(ENDED) <= set(WORDS)
    assert {one.value for one in CertificateStatus} - set(ENDED) == {"valid"}


def test_that_a_code_is_compared_with_the_register(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer, "certificate")
    assert signer.qr is not None
    text, public = code_of(pinned, signer, paper.id)
    with pinned.read() as session:
        assert verify_code(text, keys=public, session=session).ok
        found = qr.decode(text, public)
        for facts, reason in (
            (replace(found.facts, number="明林碳证〔2026〕第000009号"), "verify.not_in_register"),
            (replace(found.facts, record_hash=bytes(16)), "verify.record_differs"),
        ):
            forged = qr.encode(facts, signer.qr)
            assert verify_code(forged, keys=public, session=session).reasons == (reason,)


def test_that_permissions_hold_below_the_screen(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    with databases.open_as(pinned, "auditor") as reader:
        _refused(reader, paper)


def _refused(reader: Database, paper: DocumentSummary) -> None:
    for act in (
        lambda session: service.make_copy(session, paper.id, "x"),
        lambda session: service.void(session, paper.id, "x"),
        lambda session: service.finish(session, paper.id, b"x"),
        lambda session: service.save_template(session, "acceptance", "x"),
        lambda session: keys.pin_qr_key(session, b"x", "x"),
    ):
        with pytest.raises(NotPermitted), reader.write() as session:
            act(session)


def test_that_papers_of_a_record_are_listed(pinned: Database, signer: Signer) -> None:
    paper = issue(pinned, signer)
    with pinned.write() as session:
        copy = service.make_copy(session, paper.id, "查阅")
        service.log_print(session, paper.id, "窗口打印", "A0000001")
    with pinned.read() as session:
        assert [row.id for row in service.papers_of(session, "application", 7)] == [
            paper.id,
            copy.id,
        ]
        assert service.papers_of(session, "application", 8) == []
        query = ListQuery(text="〔2026〕1号", filters={"state": "to_sign"})
        assert list(PAPERS.ids(session, query)) == [copy.id]
        assert PAPERS.count(session, ListQuery()) == 2
        (cells,) = PAPERS.rows(session, [copy.id]).values()
        assert len(cells) == len(PAPERS.columns)
        assert list(PAPERS.ids(session, ListQuery(text="%"))) == []


def test_that_an_unknown_paper_is_not_found(pinned: Database) -> None:
    with pinned.read() as session, pytest.raises(NotFound):
        service.document(session, 999)


def test_that_a_preview_marks_nothing(pinned: Database) -> None:
    paper = prepare(pinned)
    with pinned.read() as session:
        assert service.preview(session, paper.id).startswith(b"%PDF-1.7")
        assert service.document(session, paper.id).state is DocumentState.TO_SIGN


def test_that_sample_papers_say_so(pinned: Database, signer: Signer) -> None:
    from core import settings

    with pinned.write() as session:
        settings.put(session, "office.sample", value=True)
    paper = issue(pinned, signer)
    assert "培训样张".encode() in stored(pinned, paper.id)
