"""Papers that several sign in turn: approver, then office."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import page
import pytest

from core import settings
from core.clock import FixedClock
from core.database import Database
from core.documents import keys, press, revisions, service, sign, signatories
from core.documents.appearance import is_picture
from core.documents.authority import TestAuthority, create_test_office
from core.documents.layout import Marks
from core.documents.model import DocumentState
from core.documents.press import Begun, Work
from core.documents.queries import PAPERS
from core.documents.service import DocumentSummary, IssuedPaper
from core.documents.sign import Signer
from core.documents.templates import TemplateError, parse, shipped
from core.documents.verify import Verdict, verify
from core.errors import EnvironmentFault, NotPermitted, RuleViolation
from core.values.listing import ListQuery
from tests import databases, papers

Run = Callable[..., str]
FACTS = papers.facts_for("approval_form") | {"approver_signs": True}


@pytest.fixture(scope="session")
def approver(authority: TestAuthority) -> Signer:
    return authority.signer_of(papers.APPROVER)


def task() -> Work:
    template = shipped("approval_form")
    several = template.signatories(FACTS)
    return Work(
        1, "approval_form", "明林碳审〔2026〕3号", template, FACTS, papers.NOW, Marks(), several
    )


def begun(data: bytes, *signers: Signer) -> Work:
    marks = tuple(signer.fingerprint for signer in signers)
    return replace(task(), begun=Begun(data, len(data), marks))


@pytest.fixture(scope="session")
def half(approver: Signer) -> bytes:
    return press.press(task(), approver, papers.NOW)


@pytest.fixture(scope="session")
def whole(half: bytes, approver: Signer, signer: Signer) -> bytes:
    return press.press(begun(half, approver), signer, papers.NOW + timedelta(hours=2))


# --- the file ----------------------------------------------------------------------------------


def test_that_both_signatures_are_told_in_their_order(
    whole: bytes, authority: TestAuthority
) -> None:
    verdict = verify(whole, roots=[authority.root])
    assert verdict.ok
    assert verdict.covers_whole_file
    assert verdict.signer == authority.signer().name
    assert [(one.title, one.signer) for one in verdict.signatures] == [
        ("审定人（签名）", f"{papers.APPROVER}（测试）"),
        ("登记机构（签章）", f"{papers.OFFICE}（测试）"),
    ]
    assert verdict.signatures[0].signed_at == papers.NOW
    assert verdict.signed_at == papers.NOW + timedelta(hours=2)


def test_that_a_paper_with_a_signature_missing_is_not_finished(
    half: bytes, authority: TestAuthority
) -> None:
    verdict = verify(half, roots=[authority.root])
    assert verdict.intact
    assert verdict.trusted
    assert verdict.reasons == ("verify.unfinished",)
    assert not verdict.ok


def test_that_a_later_signature_only_appends(half: bytes, whole: bytes) -> None:
    assert whole.startswith(half)
    assert whole.count(b"%%EOF") == 2


def test_that_pyhanko_permits_the_second_signature_and_trusts_both(
    whole: bytes, authority: TestAuthority
) -> None:
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    first, second = PdfFileReader(io.BytesIO(whole)).embedded_signatures
    assert first.docmdp_level is not None
    assert first.docmdp_level.value == 2
    for embedded in (first, second):
        context = ValidationContext(
            trust_roots=[asn1.Certificate.load(authority.root)],
            moment=papers.NOW,
            allow_fetching=False,
        )
        status = validate_pdf_signature(embedded, context, skip_diff=False)
        assert status.intact
        assert status.valid
        assert status.trusted
        assert status.docmdp_ok
        assert status.bottom_line
        assert status.modification_level in {
            ModificationLevel.NONE,
            ModificationLevel.FORM_FILLING,
        }
    assert second.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_that_the_other_judges_agree(
    whole: bytes, authority: TestAuthority, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "whole.pdf"
    path.write_bytes(whole)
    store = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", store, "--empty-password")
    added = ("-n", "root", "-t", "CT,C,C", "-i", authority.root_file)
    run("certutil", "-A", "-d", store, *added)
    said = run("pdfsig", "-nssdir", store, path)
    assert said.count("Signature is Valid") == 2
    assert said.count("Certificate is Trusted") == 2
    assert said.count("Total document signed") == 1  # the last one covers everything
    by_mupdf = run("mutool", "sign", "-v", path)
    assert "The signature is valid but there have been edits since signing" in by_mupdf
    assert "The document is unchanged since signing" in by_mupdf
    run("qpdf", "--check", path)


def test_that_it_stays_an_archive_file(half: bytes, whole: bytes) -> None:
    """PDF/A-2b after each signature; the checker asks one signature to cover a whole file, which of
    several only the last one can (ISO 19005-2, 6.4.3, means each one's own revision)."""
    report = page.validate_pdf_bytes(half, profile="2b")
    assert report.is_compliant, [failure.message for failure in report.failures]
    told = [failure.message for failure in page.validate_pdf_bytes(whole, profile="2b").failures]
    assert told == [
        "a signature /ByteRange does not cover the complete PDF except for its signature contents"
    ]


def test_that_openssl_finds_two_cades_signatures(
    whole: bytes, half: bytes, authority: TestAuthority, tmp_path: Path, run: Run
) -> None:
    for data in (half, whole):
        opening, closing = sign.byte_range_gap(data)
        der = bytes.fromhex(data[opening + 1 : closing - 1].decode())
        (tmp_path / "s.der").write_bytes(der[: 4 + int.from_bytes(der[2:4], "big")])
        (tmp_path / "content").write_bytes(data[:opening] + data[closing:])
        said = run(
            "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any",
            "-in", tmp_path / "s.der", "-CAfile", authority.root_file,
            "-content", tmp_path / "content", "-out", tmp_path / "out",
        )  # fmt: skip
        assert "CAdES Verification successful" in said


# --- what is refused ---------------------------------------------------------------------------


def refused(data: bytes, authority: TestAuthority) -> tuple[str, ...]:
    verdict = verify(data, roots=[authority.root])
    assert not verdict.ok
    return verdict.reasons


def appended(data: bytes, objects: dict[int, bytes]) -> bytes:
    """An update by hand, as readers accept it."""
    tail = re.search(rb"/Root (\d+) 0 R\n/Size (\d+)\n>>\nstartxref\n(\d+)", data[-300:])
    assert tail is not None
    places = {}
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(data)
    data += b"xref\n"
    for number, place in places.items():
        data += b"%d 1\n%010d 00000 n \n" % (number, place)
    size = max(int(tail[2]), max(objects) + 1)
    return data + (
        b"trailer\n<<\n/Prev %d\n/Root %d 0 R\n/Size %d\n>>\nstartxref\n%d\n%%%%EOF\n"
        % (int(tail[3]), int(tail[1]), size, table)
    )


def test_that_a_strangers_second_signature_is_refused(
    half: bytes, approver: Signer, authority: TestAuthority, tmp_path: Path
) -> None:
    forger = create_test_office(tmp_path, papers.OFFICE, now=papers.NOW).signer()
    data = press.press(begun(half, approver), forger, papers.NOW)
    assert refused(data, authority) == ("verify.unknown_signer",)


def test_that_a_strangers_first_signature_is_refused(
    signer: Signer, authority: TestAuthority, tmp_path: Path
) -> None:
    other = create_test_office(tmp_path, papers.OFFICE, now=papers.NOW, people=["赵审定"])
    stranger = other.signer_of("赵审定")
    first = press.press(task(), stranger, papers.NOW)
    data = press.press(begun(first, stranger), signer, papers.NOW)
    assert refused(data, authority) == ("verify.unknown_signer",)


def test_that_one_certificate_cannot_sign_twice(
    half: bytes, approver: Signer, authority: TestAuthority
) -> None:
    with pytest.raises(RuleViolation, match="signed_twice"):
        press.press(begun(half, approver), approver, papers.NOW)
    assert refused(_second(half, approver), authority) == ("verify.signed_twice",)


def _second(data: bytes, signer: Signer) -> bytes:
    """The second signature without the checks of the program."""
    slot = signer.slot("签发", papers.NOW)
    return sign.sign(revisions.extend(data, len(data), 2, slot), signer)


def test_that_a_third_signature_is_refused(
    whole: bytes, signer: Signer, authority: TestAuthority
) -> None:
    """A third field in an update that readers accept, signed by the office's own key."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.signers import SimpleSigner

    load: Callable[..., SimpleSigner | None] = SimpleSigner.load_pkcs12
    third = load(str(authority.pkcs12), passphrase=authority.passphrase.encode())
    assert third is not None
    writer = IncrementalPdfFileWriter(io.BytesIO(whole))
    fields.append_signature_field(writer, fields.SigFieldSpec("Signature3"))
    meta = signers.PdfSignatureMetadata(field_name="Signature3", md_algorithm="sha256")
    made = signers.PdfSigner(meta, third).sign_pdf(writer)
    assert refused(made.getvalue(), authority) == ("verify.changed_after",)


def test_that_another_look_between_the_signatures_is_refused(
    half: bytes, signer: Signer, authority: TestAuthority
) -> None:
    """Somebody shows another name in the first field before the office signs."""
    looks = re.search(rb"/T \(Signature1\).*?/AP << /N (\d+) 0 R >>", half)
    assert looks is not None
    other = revisions.form(zlib_of(b"0 0 50 20 re f"), (175.75, 53.86))
    changed = appended(half, {int(looks[1]): other})
    assert refused(changed, authority) == ("verify.changed_after",)
    with pytest.raises(ValueError, match="not a file of ours"):
        _second_after(changed, len(half), signer)


def _second_after(data: bytes, first: int, signer: Signer) -> bytes:
    return sign.sign(revisions.extend(data, first, 2, signer.slot("签发", papers.NOW)), signer)


def zlib_of(data: bytes) -> bytes:
    import zlib

    return zlib.compress(data)


def test_that_a_picture_with_text_or_an_image_is_none_of_ours() -> None:
    assert is_picture(zlib_of(b"0.100 0.200 0.300 rg\n1.00 2.00 m 3.00 4.00 l h\nf"))
    for code in (
        b"BT /F1 9 Tf (x) Tj ET",
        b"/Im1 Do",
        b"q 1 0 0 1 0 0 cm",
        b"BI ID EI",
        b"1 2 m junk",
    ):
        assert not is_picture(zlib_of(code))
    assert not is_picture(b"not deflated")
    assert not is_picture(zlib_of(b"f") + b"behind")


def test_that_what_a_later_revision_says_is_compared_byte_for_byte(
    half: bytes, whole: bytes, authority: TestAuthority
) -> None:
    added = whole[len(half) :]
    for old, new in (
        (b"/F 132", b"/F 134"),
        (b"/Rect [", b"/Rect [0"),
        (b"/Resources << >>", b"/Resources <</>>"),
        (b"/Filter /Adobe.PPKLite", b"/Filter /Adobe.PPKMS  "),
        (b"trailer\n", b"trailer "),
        (b"/V ", b"/Q "),
        (b" 00000 n \n", b" 00001 n \n"),
    ):
        assert old in added
        changed = half + added.replace(old, new, 1)
        assert not verify(changed, roots=[authority.root]).ok


def test_that_no_damaged_file_passes(
    half: bytes, whole: bytes, authority: TestAuthority, *, long_run: bool
) -> None:
    chance = random.Random(7)
    for _ in range(3000 if long_run else 150):
        at = chance.randrange(len(half) - 500, len(whole))
        way = chance.randrange(4)
        to = min(len(whole), at + chance.randrange(1, 300))
        changed = {
            0: whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :],
            1: whole[:at] + whole[to:],
            2: whole[:at] + chance.randbytes(9) + whole[at:],
            3: whole + whole[at:to],
        }[way]
        if changed not in {whole, half}:
            assert not verify(changed, roots=[authority.root]).ok


# --- the life in the database ------------------------------------------------------------------


@pytest.fixture
def office(pinned: Database) -> Database:
    """An office whose approver signs approval forms."""
    with pinned.write() as session:
        settings.put(session, signatories.SETTING, value=True)
    return pinned


def prepared(database: Database, number: int = 1) -> DocumentSummary:
    facts = {key: value for key, value in FACTS.items() if key != "approver_signs"}
    with database.write() as session:
        return service.prepare(
            session,
            kind="approval_form",
            record_kind="application",
            record_id=number,
            facts={**facts, "number": f"明林碳审〔2026〕{number}号"},
        )


def stored(database: Database, paper: int) -> bytes:
    with database.read() as session:
        return service.bytes_of(session, paper)


def judged(database: Database, data: bytes) -> Verdict:
    with database.read() as session:
        return verify(data, roots=keys.roots(session), session=session)


def signed(database: Database, signer: Signer, login: str, *ids: int) -> list[IssuedPaper]:
    with databases.open_as(database, login) as person:
        return service.issue_pending(person, signer, ids or None)


def test_that_each_signs_in_turn_until_it_is_issued(
    office: Database, approver: Signer, signer: Signer
) -> None:
    paper = prepared(office)
    assert paper.awaits == "approver,bureau"
    assert signed(office, signer, "issuer") == []  # not the office's turn yet
    (told,) = signed(office, signer, "issuer", paper.id)
    assert (told.awaits, told.sha256, told.fault) == ("approver", "", None)
    (first,) = signed(office, approver, "approver")
    assert (first.awaits, first.sha256) == ("bureau", "")
    with office.read() as session:
        row = service.document(session, paper.id)
        assert row.state is DocumentState.PARTLY_SIGNED
        assert row.awaits == "bureau"
        assert signatories.waiting_for(session) == {"bureau": 1}
        assert service.pending_count(session) == 1
        assert service.preview(session, paper.id).startswith(b"%PDF-1.7")
        with pytest.raises(RuleViolation, match="not_issued"):
            service.bytes_of(session, paper.id)
    clock = office.clock
    assert isinstance(clock, FixedClock)
    clock.instant += timedelta(days=1)
    (second,) = signed(office, signer, "issuer")
    assert (second.awaits, second.fault) == ("", None)
    data = stored(office, paper.id)
    assert data == stored(office, paper.id)
    verdict = judged(office, data)
    assert verdict.ok
    assert len(verdict.signatures) == 2
    with office.read() as session:
        row = service.document(session, paper.id)
        assert row.state is DocumentState.ISSUED
        assert row.awaits == ""
        assert [one.role for one in signatories.signatures_of(session, paper.id)] == [
            "approver",
            "bureau",
        ]


def test_that_the_approvers_place_takes_the_approvers_certificate(
    office: Database, approver: Signer, signer: Signer
) -> None:
    paper = prepared(office)
    (told,) = signed(office, signer, "approver", paper.id)
    assert isinstance(told.fault, RuleViolation)
    assert told.fault.code == "documents.personal"
    assert signed(office, signer, "approver") == []
    signed(office, approver, "approver")
    (again,) = signed(office, approver, "approver", paper.id)
    assert isinstance(again.fault, RuleViolation)
    assert again.fault.code == "documents.signed_twice"


def test_that_a_personal_certificate_does_not_sign_for_the_office(
    office: Database, authority: TestAuthority, tmp_path: Path
) -> None:
    """It carries the name of who signs on; another's certificate is as good as the office's."""
    with databases.open_as(office, "approver") as person:
        name = person.actor.name
    mine = create_test_office(tmp_path, papers.OFFICE, now=papers.NOW, people=[name])
    with office.write() as session:
        facts = {**papers.LETTER, "number": "明林〔2026〕1号"}
        paper = service.prepare(
            session, kind="acceptance", record_kind="a", record_id=1, facts=facts
        )
    assert signed(office, mine.signer_of(name), "approver") == []
    (told,) = signed(office, mine.signer_of(name), "approver", paper.id)
    assert (told.awaits, told.signed) == ("bureau", False)
    (told,) = signed(office, authority.signer(), "approver", paper.id)
    assert told.signed


def test_that_only_who_approves_signs_as_approver(
    office: Database, approver: Signer, authority: TestAuthority
) -> None:
    paper = prepared(office)
    (told,) = signed(office, approver, "clerk", paper.id)
    assert (told.awaits, told.fault) == ("approver", None)
    half = press.press(task(), approver, papers.NOW)
    with (
        databases.open_as(office, "clerk") as person,
        pytest.raises(NotPermitted),
        person.write() as session,
    ):
        service.finish(session, paper.id, half, approver)


def test_that_two_who_sign_at_once_do_not_both(office: Database, approver: Signer) -> None:
    paper = prepared(office)
    with office.read() as session:
        work = service.work(session, paper.id)
    data = press.press(work, approver, papers.NOW)
    with office.write() as session:
        service.finish(session, paper.id, data, approver, work.place)
    with office.write() as session, pytest.raises(RuleViolation, match="not_waiting"):
        service.finish(session, paper.id, data, approver, work.place)


def test_that_an_ended_certificate_stops_before_anything(
    office: Database, approver: Signer
) -> None:
    paper = prepared(office)
    clock = office.clock
    assert isinstance(clock, FixedClock)
    clock.instant = approver.certificate.not_valid_after_utc + timedelta(days=1)
    with pytest.raises(EnvironmentFault, match="expired"):
        service.issue_pending(office, approver)
    with office.read() as session:
        assert service.document(session, paper.id).state is DocumentState.TO_SIGN


def test_that_copies_show_who_signed_and_need_one_signature(
    office: Database, approver: Signer, signer: Signer
) -> None:
    paper = prepared(office)
    signed(office, approver, "approver")
    signed(office, signer, "issuer")
    with office.write() as session:
        copy = service.make_copy(session, paper.id, "查阅")
        assert copy.awaits == "bureau"
        assert [mark.role for mark in service.work(session, copy.id).marks.signed] == [
            "approver",
            "bureau",
        ]
    (issued,) = signed(office, signer, "issuer")
    assert issued.sha256
    verdict = judged(office, stored(office, copy.id))
    assert verdict.ok
    assert verdict.original_or_copy == "copy"
    assert verdict.signatures == ()


def test_that_without_the_setting_one_signature_is_enough(pinned: Database, signer: Signer) -> None:
    paper = prepared(pinned)
    assert paper.awaits == "bureau"
    (issued,) = service.issue_pending(pinned, signer)
    assert issued.sha256
    verdict = judged(pinned, stored(pinned, paper.id))
    assert verdict.ok
    assert verdict.signatures == ()


def test_that_the_list_tells_who_signs_next(office: Database, approver: Signer) -> None:
    first, second = prepared(office, 1), prepared(office, 2)
    signed(office, approver, "approver", first.id)
    with office.read() as session:
        for role, paper in (("bureau", first), ("approver", second)):
            query = ListQuery(filters={"signs_next": role})
            assert list(PAPERS.ids(session, query)) == [paper.id]
        query = ListQuery(filters={"state": "partly_signed"})
        assert list(PAPERS.ids(session, query)) == [first.id]


def test_that_a_later_template_does_not_change_what_is_being_signed(
    office: Database, approver: Signer, signer: Signer
) -> None:
    paper = prepared(office)
    signed(office, approver, "approver")
    with office.write() as session:
        source = shipped("approval_form").source.replace("version = 2", "version = 3")
        service.save_template(session, "approval_form", source.replace("查重", "重复核查"))
        settings.put(session, signatories.SETTING, value=False)
    (second,) = signed(office, signer, "issuer")
    assert second.sha256
    assert judged(office, stored(office, paper.id)).ok


PROGRAM = """
import sys
from core.documents import service, sign
from pathlib import Path
from tests import databases
service.CHUNK = 2
database = databases.open_all(sys.argv[1])
signers = [sign.from_pkcs12(Path(path), sys.argv[2]) for path in sys.argv[3:]]
print("ready", flush=True)
for signer in signers:
    service.issue_pending(database, signer, None, lambda done, total: print(done, flush=True))
"""


def test_that_killing_the_program_between_signatures_loses_nothing(
    sqlite_database: Database, authority: TestAuthority, approver: Signer, signer: Signer
) -> None:
    with sqlite_database.write() as session:
        settings.put(session, signatories.SETTING, value=True)
    made = [prepared(sqlite_database, number) for number in range(8)]
    files = [str(authority.people[0].pkcs12), str(authority.pkcs12)]
    words = [databases.url_of(sqlite_database), authority.passphrase, *files]
    for lines in (2, 6):  # among the approver's signatures, then among the office's
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
        process.communicate()
    for who in (approver, signer):
        service.issue_pending(sqlite_database, who)
    with sqlite_database.read() as session:
        assert service.pending_count(session) == 0
        for paper in made:
            verdict = verify(
                service.bytes_of(session, paper.id), roots=[authority.root], session=session
            )
            assert len(verdict.signatures) == 2
            assert verdict.intact
            assert verdict.register == "matches"


# --- templates ---------------------------------------------------------------------------------


def test_that_a_signature_needs_its_place_and_its_order() -> None:
    source = shipped("approval_form").source
    for changed in (
        source.replace('type = "signatories"\nheight = 17', 'type = "space"'),
        source.replace('role = "approver"', 'role = "bureau"'),
        source.replace('role = "approver"', 'role = "mayor"'),
    ):
        assert changed != source
        with pytest.raises(TemplateError):
            parse(changed, "approval_form.toml")
