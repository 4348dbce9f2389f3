"""Time stamps from a real server: B-T and B-LTA, the queue where it is away, what is refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from core import settings
from core.database import Database
from core.documents import archive, keys, service, signatories, stamping, timestamp
from core.documents.authority import TestAuthority
from core.documents.press import press_stamped
from core.documents.service import DocumentSummary
from core.documents.sign import Signer
from core.documents.stamping import Stamper
from core.documents.verify import Verdict, verify
from core.errors import EnvironmentFault
from tests import papers
from tests.timeserver import TimeServer, time_server

Run = Callable[..., str]


@pytest.fixture(scope="module")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("timeserver")


@pytest.fixture
def server(server_folder: Path) -> Iterator[TimeServer]:
    with time_server(server_folder) as running:
        yield running


def use(database: Database, url: str, *, archived: bool = False) -> None:
    with database.write() as session:
        settings.put(session, stamping.SERVER, url)
        settings.put(session, stamping.ARCHIVE, archived)


def prepare(database: Database) -> DocumentSummary:
    with database.write() as session:
        return service.prepare(
            session, kind="acceptance", record_kind="application", record_id=7, facts=papers.LETTER
        )


def issue(database: Database, signer: Signer) -> tuple[int, bytes]:
    paper = prepare(database)
    (issued,) = service.issue_pending(database, signer)
    assert issued.fault is None
    with database.read() as session:
        return paper.id, service.bytes_of(session, paper.id)


def judged(database: Database, data: bytes) -> Verdict:
    with database.read() as session:
        return verify(data, roots=keys.roots(session), session=session)


def made(signer: Signer, stamper: Stamper) -> bytes:
    work = service.Work(
        1, "acceptance", "", papers.shipped("acceptance"), papers.LETTER, papers.NOW, papers.Marks()
    )
    data, stamped = press_stamped(work, signer, papers.NOW, stamper)
    assert stamped
    return data


def test_that_a_paper_carries_the_servers_stamp(
    pinned: Database, signer: Signer, authority: TestAuthority, server: TimeServer,
    run: Run, tmp_path: Path,
) -> None:  # fmt: skip
    use(pinned, server.url)
    _, data = issue(pinned, signer)
    verdict = judged(pinned, data)
    assert verdict.ok
    assert verdict.stamped_by == "Time server"
    assert verdict.stamped_at is not None
    assert len(server.asked) == 1
    with pinned.read() as session:
        assert stamping.waiting_count(session) == 0
    path = tmp_path / "stamped.pdf"
    path.write_bytes(data)
    assert "Signature is Valid" in run("pdfsig", "-nocert", path, status=None)
    run("qpdf", "--check", path)
    status = _pyhanko(data, authority, server)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid


def _pyhanko(data: bytes, authority: TestAuthority, server: TimeServer) -> object:
    """pyHanko's own verdict, trusting our root and the server's."""
    import io

    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    time_root = x509.Certificate.load(pem.unarmor(server.root.read_bytes())[2])
    roots = [x509.Certificate.load(authority.root), time_root]
    context = ValidationContext(trust_roots=roots, moment=papers.NOW, revocation_mode="soft-fail")
    stamps = ValidationContext(trust_roots=[time_root], revocation_mode="soft-fail")
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    return validate_pdf_signature(signature, context, stamps)


def test_that_an_archived_paper_is_accepted_and_nothing_else_behind_it(
    pinned: Database, signer: Signer, authority: TestAuthority, server: TimeServer,
    run: Run, tmp_path: Path,
) -> None:  # fmt: skip
    use(pinned, server.url, archived=True)
    _, data = issue(pinned, signer)
    assert judged(pinned, data).ok
    assert data.count(b"%%EOF") > 1
    path = tmp_path / "archived.pdf"
    path.write_bytes(data)
    run("qpdf", "--check", path)
    told = run("pdfsig", "-nocert", path, status=None)
    assert "Signature is Valid" in told
    assert "Signature #2" in told  # the stamp, which Debian's pdfsig cannot judge
    assert _pyhanko(data, authority, server).bottom_line  # type: ignore[attr-defined]
    roots = [authority.root]
    last = data.rindex(b"%%EOF", 0, len(data) - 8) + 6
    assert not verify(data[:last], roots=roots).ok  # a store without the stamp over it
    assert not verify(data + b"\n", roots=roots).ok
    assert not verify(data + data[last:], roots=roots).ok
    twice = archive.extend(data, server.url, signer.certificates)
    assert verify(twice, roots=roots).ok  # a later archive stamp renews an earlier one


def test_that_an_edited_page_stamped_by_a_server_is_refused(
    signer: Signer, authority: TestAuthority, server: TimeServer
) -> None:
    import io

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    data = made(signer, Stamper(server.url))
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f"))
    page["/Contents"] = stream
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    stamped = archive.extend(out.getvalue(), server.url, signer.certificates)
    assert stamped.startswith(data)
    verdict = verify(stamped, roots=[authority.root])
    assert not verdict.ok
    assert not verdict.intact
    assert verdict.reasons[0] == "verify.changed_after"


def test_that_the_stamp_of_another_signature_is_refused(
    signer: Signer, authority: TestAuthority, server: TimeServer
) -> None:
    foreign = timestamp.request(server.url, sha256(b"something else").digest())

    class Foreign(Stamper):
        def _token(self, digest: bytes) -> bytes:
            return foreign

    verdict = verify(made(signer, Foreign(server.url)), roots=[authority.root])
    assert not verdict.intact
    assert verdict.reasons == ("verify.broken_stamp",)


def test_that_no_changed_byte_of_a_stamped_paper_passes(
    signer: Signer, authority: TestAuthority, server: TimeServer, long_run: bool
) -> None:
    chance = random.Random(7)
    for stamper in (Stamper(server.url), Stamper(server.url, archive=True)):
        data = made(signer, stamper)
        assert verify(data, roots=[authority.root]).ok
        for _ in range(1000 if long_run else 60):
            at = chance.randrange(len(data))
            changed = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
            assert not verify(changed, roots=[authority.root]).ok, at
            cut = data[: chance.randrange(1, len(data) // 2)]
            assert not verify(cut, roots=[authority.root]).ok


def test_that_a_server_that_is_away_loses_nothing(
    database: Database, signer: Signer, authority: TestAuthority, server_folder: Path
) -> None:
    with database.write() as session:
        keys.pin_authority(session, authority, papers.OFFICE)
    with time_server(server_folder) as server:
        gone = server.url
    use(database, gone)
    prepare(database)
    document_id, data = _issue_two(database, signer)
    assert judged(database, data).ok
    with database.read() as session:
        assert stamping.waiting_count(session) == 2
        assert stamping.stamp_of(session, document_id) is None
    with pytest.raises(EnvironmentFault) as away:
        stamping.retry(database)
    assert away.value.code == "timestamp.away"
    with time_server(server_folder) as server:
        use(database, server.url)
        assert stamping.retry(database) == 2
        assert stamping.retry(database) == 0
    with database.read() as session:
        assert stamping.waiting_count(session) == 0
        stamped = stamping.stamp_of(session, document_id)
        assert stamped is not None
        assert timestamp.read(stamped.token).digest == sha256(data).digest()
        assert service.bytes_of(session, document_id) == data
    with pytest.raises(Exception, match=r"frozen|lintan"), database.write() as session:
        session.execute(sql("UPDATE document_stamp SET token = NULL"))


def _issue_two(database: Database, signer: Signer) -> tuple[int, bytes]:
    """Issue what waits and one more, in one run."""
    paper = prepare(database)
    issued = service.issue_pending(database, signer)
    assert [one.fault for one in issued] == [None, None]
    with database.read() as session:
        return paper.id, service.bytes_of(session, paper.id)


def test_that_no_byte_of_a_token_can_be_changed(server_folder: Path, long_run: bool) -> None:
    with time_server(server_folder) as server:
        token = timestamp.request(server.url, bytes(32))
    assert timestamp.read(token).by == "Time server"
    for at in range(0, len(token), 1 if long_run else 7):
        changed = token[:at] + bytes([token[at] ^ (1 << at % 8)]) + token[at + 1 :]
        with pytest.raises((ValueError, TypeError, KeyError, IndexError, OverflowError)):
            timestamp.read(changed)
    for address in ("ftp://127.0.0.1/", "nothing", "http://127.0.0.1:9/"):
        with pytest.raises(EnvironmentFault):
            timestamp.request(address, bytes(32))


def several(
    database: Database, authority: TestAuthority, away: Callable[[], object] | None = None
) -> bytes:
    """An approval form that two sign, with something happening between them."""
    facts = papers.facts_for("approval_form")
    del facts["approver_signs"]
    with database.write() as session:
        settings.put(session, signatories.SETTING, value=True)
        paper = service.prepare(
            session, kind="approval_form", record_kind="a", record_id=1, facts=facts
        )
    service.issue_pending(database, authority.signer_of(papers.APPROVER))
    if away is not None:
        away()
    (issued,) = service.issue_pending(database, authority.signer())
    assert issued.sha256
    with database.read() as session:
        return service.bytes_of(session, paper.id)


def test_that_each_of_two_signatures_is_stamped_and_the_last_archived(
    pinned: Database, authority: TestAuthority, server: TimeServer, tmp_path: Path, run: Run
) -> None:
    use(pinned, server.url, archived=True)
    data = several(pinned, authority)
    verdict = judged(pinned, data)
    assert verdict.ok
    assert len(verdict.signatures) == 2
    assert verdict.stamped_by == "Time server"
    assert len(server.asked) == 3  # one for each signature, one for the archive
    (tmp_path / "a.pdf").write_bytes(data)
    assert (
        run("pdfsig", "-nocert", tmp_path / "a.pdf", status=None).count("Signature is Valid") >= 2
    )
    assert not judged(pinned, data + b"junk").ok
    end = data.index(b"/DocTimeStamp")
    assert not judged(pinned, data[:end] + b"/DocTimeStamq" + data[end + 13 :]).ok


def test_that_a_server_that_goes_away_between_two_signatures_loses_nothing(
    pinned: Database, authority: TestAuthority, server: TimeServer
) -> None:
    use(pinned, server.url)
    data = several(pinned, authority, lambda: use(pinned, "http://127.0.0.1:9/"))
    verdict = judged(pinned, data)
    assert verdict.ok
    assert verdict.stamped_at is None
    with pinned.read() as session:
        assert stamping.waiting_count(session) == 1
