"""Our own verdict: what must pass, and everything that must not."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from core.documents import cms, qr, sign
from core.documents.authority import TestAuthority, create_test_office
from core.documents.sign import Signer
from core.documents.verify import metadata, verify, verify_code
from core.messages import registered
from tests import papers


def test_that_a_good_paper_is_good(certificate: bytes, authority: TestAuthority) -> None:
    verdict = verify(certificate, roots=[authority.root])
    assert verdict.ok
    assert verdict.intact
    assert verdict.covers_whole_file
    assert verdict.trusted
    assert verdict.signer == f"{papers.OFFICE}（测试）"
    assert verdict.test_certificate
    assert verdict.signed_at == papers.NOW
    assert verdict.number == papers.NUMBER
    assert verdict.register == "not_asked"


def test_that_an_rsa_paper_is_good(rsa_signer: tuple[Signer, bytes]) -> None:
    data = papers.paper("acceptance", papers.LETTER, rsa_signer[0])
    assert verify(data, roots=[rsa_signer[1]]).ok


def appended_page(data: bytes) -> bytes:
    """An incremental update by another program, which readers accept."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.writer import PageObject

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    writer.insert_page(
        PageObject(
            contents=stream,
            media_box=generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 99, 99)]),
        )
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def rewritten(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def flipped(data: bytes) -> bytes:
    return data[:9000] + bytes([data[9000] ^ 1]) + data[9001:]


def upper(data: bytes) -> bytes:
    opening, closing = sign.byte_range_gap(data)
    return data[:opening] + data[opening:closing].upper() + data[closing:]


def padded(data: bytes) -> bytes:
    _, closing = sign.byte_range_gap(data)
    return data[: closing - 3] + b"7f" + data[closing - 1 :]


TAMPERED = {
    "flipped byte": flipped,
    "appended page": appended_page,
    "junk after the end": lambda data: data + b"junk",
    "a second end": lambda data: data + b"\n%%EOF\n",
    "junk before the start": lambda data: b"\n" + data,
    "cut off": lambda data: data[:-7],
    "rewritten": rewritten,
    "upper-case signature": upper,
    "junk behind the signature": padded,
    "time moved": lambda data: data.replace(b"/M (D:2026", b"/M (D:2025"),
    "range widened": lambda data: data.replace(b"/ByteRange [0 ", b"/ByteRange [9 ", 1),
    "empty": lambda _: b"",
    "a picture": lambda _: b"\x89PNG\r\n\x1a\n" + b"0" * 900,
}


@pytest.mark.parametrize("way", sorted(TAMPERED))
def test_that_a_changed_paper_is_refused(
    way: str, certificate: bytes, authority: TestAuthority
) -> None:
    verdict = verify(TAMPERED[way](certificate), roots=[authority.root])
    assert not verdict.ok
    assert not verdict.intact
    assert verdict.reasons
    assert set(verdict.reasons) <= registered().keys()


def test_that_a_forged_certificate_of_the_same_name_is_refused(
    authority: TestAuthority, tmp_path: Path
) -> None:
    forger = create_test_office(tmp_path, papers.OFFICE, now=papers.NOW).signer()
    verdict = verify(
        papers.paper("certificate", papers.certificate(), forger), roots=[authority.root]
    )
    assert verdict.signer == authority.signer().name
    assert verdict.intact
    assert not verdict.trusted
    assert not verdict.ok
    assert verdict.reasons == ("verify.unknown_signer",)


def test_that_a_certificate_issued_by_the_office_certificate_is_refused(
    signer: Signer, authority: TestAuthority
) -> None:
    """The office's own certificate is no authority: its key must not make further signers."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12

    office_key, office, _ = pkcs12.load_key_and_certificates(
        authority.pkcs12.read_bytes(), authority.passphrase.encode()
    )
    assert isinstance(office_key, ec.EllipticCurvePrivateKey)
    assert office is not None
    key = ec.generate_private_key(ec.SECP256R1())
    child = (
        x509.CertificateBuilder()
        .subject_name(office.subject)
        .issuer_name(office.subject)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(papers.NOW - timedelta(days=1))
        .not_valid_after(papers.NOW + timedelta(days=9))
        .sign(office_key, hashes.SHA256())
    )
    forger = sign.from_key(key, child, ())
    certificates = (forger.certificates[0], signer.certificates[0])
    size = len(cms.build(bytes(32), certificates, cms.ECDSA, bytes(72)))
    chained = sign.Signer(child, certificates, cms.ECDSA, size, forger.sign_bytes)
    verdict = verify(papers.paper("acceptance", papers.LETTER, chained), roots=[authority.root])
    assert verdict.intact
    assert not verdict.trusted


def test_that_a_signature_moved_to_another_paper_is_refused(
    certificate: bytes, signer: Signer, authority: TestAuthority
) -> None:
    other = papers.paper(
        "certificate", papers.certificate(4, holder="明光市别家林业合作社二"), signer
    )
    opening, closing = sign.byte_range_gap(certificate)
    to_opening, to_closing = sign.byte_range_gap(other)
    assert closing - opening == to_closing - to_opening
    moved = other[:to_opening] + certificate[opening:closing] + other[to_closing:]
    verdict = verify(moved, roots=[authority.root])
    assert not verdict.intact
    assert verdict.reasons == ("verify.altered",)


def test_that_a_paper_signed_after_the_certificate_ended_is_refused(
    signer: Signer, authority: TestAuthority
) -> None:
    from dataclasses import replace

    from core.documents import render
    from core.documents.templates import shipped

    slot = replace(signer.slot("签发", papers.NOW), signed_at=papers.NOW.replace(year=2036))
    job = render.Job(shipped("acceptance"), papers.LETTER, papers.NOW)
    verdict = verify(sign.sign(render.draw(job, slot), signer), roots=[authority.root])
    assert verdict.intact
    assert verdict.reasons == ("verify.certificate_ended",)


def test_that_a_preview_is_no_paper(authority: TestAuthority) -> None:
    verdict = verify(papers.paper("acceptance", papers.LETTER, None), roots=[authority.root])
    assert verdict.reasons == ("verify.unsigned",)


def test_that_it_works_in_a_process_that_never_signed(
    certificate: bytes, authority: TestAuthority, tmp_path: Path
) -> None:
    (tmp_path / "c.pdf").write_bytes(certificate)
    (tmp_path / "root.der").write_bytes(authority.root)
    code = (
        "import sys, json; from pathlib import Path; from core.documents.verify import verify\n"
        "v = verify(Path(sys.argv[1]).read_bytes(), roots=[Path(sys.argv[2]).read_bytes()])\n"
        "print(json.dumps([v.ok, v.intact, v.trusted, v.signer]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "c.pdf", tmp_path / "root.der"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert json.loads(done.stdout) == [True, True, True, f"{papers.OFFICE}（测试）"]


def test_that_a_code_copied_onto_another_paper_is_refused(
    certificate: bytes, signer: Signer, authority: TestAuthority
) -> None:
    assert signer.qr is not None
    own = metadata(certificate)
    facts = qr.QrFacts(
        papers.NUMBER,
        "certificate",
        "x",
        "",
        "1",
        date(2026, 11, 25),
        bytes.fromhex(own["recordHash"])[:16],
    )
    keys = [authority.qr_public]
    assert verify_code(qr.encode(facts, signer.qr), keys=keys, paper=own).ok
    other = metadata(papers.paper("certificate", papers.certificate(5), signer))
    reasons = verify_code(qr.encode(facts, signer.qr), keys=keys, paper=other).reasons
    assert reasons == ("verify.code_of_another_paper",)
    reasons = verify_code(qr.encode(facts, qr.QrKey.new()), keys=keys, paper=own).reasons
    assert reasons == ("verify.unknown_key",)


def mutate(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """One of the ways a file gets damaged or doctored; `other` is a paper as good as this one."""
    way = chance.randrange(9)
    at, to = sorted(chance.randrange(len(data)) for _ in range(2))
    if way == 0:
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    if way == 1:
        return data[:at] + data[to:]
    if way == 2:
        return data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:]
    if way == 3:
        return data[:at] + data[at:to][::-1] + data[to:]
    if way == 4:
        head = data.index(b"/ByteRange") + chance.randrange(2400)
        return data[:head] + bytes([chance.randrange(256)]) + data[head + 1 :]
    if way == 5:
        return data + chance.randbytes(chance.randrange(1, 60))
    if way == 6:
        return data[:at]
    return spliced(data, chance, other)


def spliced(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """An object of another paper in the place of one of this, or behind it as an update."""
    theirs = chance.choice(_OBJECT.findall(other))
    ours = chance.choice([*_OBJECT.finditer(data)])
    if chance.randrange(2):
        return data[: ours.start()] + theirs + data[ours.end() :]
    tail = data[data.rindex(b"trailer") :]
    return data + theirs + b"\nxref\n0 0\n" + tail


_OBJECT = re.compile(rb"\d+ 0 obj\n.*?\nendobj", re.DOTALL)


def test_that_no_damaged_file_crashes_the_verifier_or_passes(
    signer: Signer, authority: TestAuthority, *, long_run: bool
) -> None:
    paper = papers.paper("acceptance", papers.LETTER, signer)
    other = papers.paper("acceptance", {**papers.LETTER, "clerk": "李芳"}, signer)
    chance = random.Random(20261125)
    for _ in range(10_000 if long_run else 1_000):
        changed = mutate(paper, chance, other)
        if changed not in {paper, other}:
            assert not verify(changed, roots=[authority.root]).intact


def test_that_a_certificate_of_no_known_version_is_refused(
    certificate: bytes, authority: TestAuthority
) -> None:
    """One changed byte, for which the library has an error of its own."""
    version, unknown = b"a003020102", b"a003020112"
    assert version in certificate
    verdict = verify(certificate.replace(version, unknown, 1), roots=[authority.root])
    assert verdict.reasons == ("verify.broken_signature",)


def test_that_an_issuer_with_a_doubled_extension_is_refused(
    signer: Signer, authority: TestAuthority
) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = signer.certificates[0]
    issuer = x509.load_der_x509_certificate(der)
    doubled = issuer.extensions[0]
    other = issuer.extensions[1]
    broken = der.replace(_oid(other.oid.dotted_string), _oid(doubled.oid.dotted_string))
    assert broken != der
    x509.load_der_x509_certificate(broken).public_bytes(Encoding.DER)
    certificates = (der, broken)
    size = len(cms.build(bytes(32), certificates, cms.ECDSA, bytes(72)))
    chained = sign.Signer(issuer, certificates, cms.ECDSA, size, signer.sign_bytes)
    verdict = verify(papers.paper("acceptance", papers.LETTER, chained), roots=[authority.root])
    assert verdict.intact
    assert verdict.reasons == ("verify.unknown_signer",)


def _oid(dotted: str) -> bytes:
    from asn1crypto.core import ObjectIdentifier

    return bytes(ObjectIdentifier(dotted).dump())
