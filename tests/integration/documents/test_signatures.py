"""Our signatures before judges that know nothing of us: poppler, OpenSSL, MuPDF, pyHanko."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from core.documents import sign
from core.documents.authority import TestAuthority, create_test_office
from core.documents.sign import Signer
from core.errors import EnvironmentFault
from core.messages import text
from tests import papers

Run = Callable[..., str]
Identity = tuple[Signer, bytes]


@pytest.fixture(params=["p256", "rsa"])
def identity(
    request: pytest.FixtureRequest,
    signer: Signer,
    authority: TestAuthority,
    rsa_signer: Identity,
) -> Identity:
    return (signer, authority.root) if request.param == "p256" else rsa_signer


@pytest.fixture
def signed(identity: Identity, tmp_path: Path) -> Path:
    path = tmp_path / "signed.pdf"
    path.write_bytes(papers.paper("certificate", papers.certificate(), identity[0]))
    return path


def pem(root: bytes, folder: Path) -> Path:
    path = folder / "root.pem"
    path.write_bytes(x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM))
    return path


def flipped(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    broken = path.with_name("flipped.pdf")
    broken.write_bytes(data)
    return broken


def test_that_poppler_trusts_it_and_refuses_a_changed_byte(
    signed: Path, identity: Identity, tmp_path: Path, run: Run
) -> None:
    store = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", store, "--empty-password")
    run(
        "certutil",
        "-A",
        "-d",
        store,
        "-n",
        "root",
        "-t",
        "CT,C,C",
        "-i",
        pem(identity[1], tmp_path),
    )
    said = run("pdfsig", "-nssdir", store, signed)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Signature is Valid" not in run("pdfsig", "-nssdir", store, flipped(signed), status=None)


def detached(data: bytes, folder: Path) -> tuple[Path, Path]:
    opening, closing = sign.byte_range_gap(data)
    der = bytes.fromhex(data[opening + 1 : closing - 1].decode())
    (folder / "signature.der").write_bytes(der[: 4 + int.from_bytes(der[2:4], "big")])
    (folder / "content").write_bytes(data[:opening] + data[closing:])
    return folder / "signature.der", folder / "content"


def test_that_openssl_finds_a_cades_signature(
    signed: Path, identity: Identity, tmp_path: Path, run: Run
) -> None:
    signature, content = detached(signed.read_bytes(), tmp_path)
    words = (
        "openssl",
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-in",
        signature,
        "-CAfile",
        pem(identity[1], tmp_path),
        "-purpose",
        "any",
        "-content",
    )
    assert "CAdES Verification successful" in run(*words, content, "-out", tmp_path / "out")
    content.write_bytes(content.read_bytes().replace(b"%PDF", b"%PDQ"))
    assert "Verification failure" in run(*words, content, "-out", tmp_path / "out", status=None)


def test_that_mupdf_finds_the_document_unchanged(signed: Path, run: Run) -> None:
    assert "The document is unchanged since signing" in run("mutool", "sign", "-v", signed)
    assert "unchanged since signing" not in run(
        "mutool", "sign", "-v", flipped(signed), status=None
    )


def test_that_pyhanko_finds_a_trusted_whole_certification(signed: Path, identity: Identity) -> None:
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    (embedded,) = PdfFileReader(io.BytesIO(signed.read_bytes())).embedded_signatures
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(identity[1])], moment=papers.NOW, allow_fetching=False
    )
    status = validate_pdf_signature(embedded, context, skip_diff=False)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.docmdp_level is not None
    assert embedded.docmdp_level.value == 1


def test_that_there_is_no_signing_time_attribute(signed: Path, tmp_path: Path, run: Run) -> None:
    signature, _ = detached(signed.read_bytes(), tmp_path)
    printed = run(
        "openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", signature
    )
    assert "signingTime" not in printed
    assert "signingCertificateV2" in printed
    assert re.search(rb"/M \(D:20261125093000\+08'00'\)", signed.read_bytes())


def test_that_a_wrong_passphrase_has_its_own_sentence(authority: TestAuthority) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        sign.from_pkcs12(authority.pkcs12, "wrong")
    assert caught.value.code == "sign.passphrase"
    assert "office.p12" in text(caught.value)


def test_that_an_expired_certificate_refuses_to_sign(signer: Signer) -> None:
    late = signer.certificate.not_valid_after_utc + timedelta(seconds=1)
    with pytest.raises(EnvironmentFault) as caught:
        signer.slot("签发", late)
    assert caught.value.code == "sign.expired"
    assert papers.OFFICE in str(caught.value.params["name"])


def test_that_a_certificate_of_the_future_refuses_to_sign(signer: Signer) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        signer.slot("签发", signer.certificate.not_valid_before_utc - timedelta(days=1))
    assert caught.value.code == "sign.not_yet"


@pytest.mark.parametrize(("days", "warned"), [(61, None), (60, 60), (7, 7), (0, 0)])
def test_that_the_office_is_warned_before_the_end(
    signer: Signer, days: int, warned: int | None
) -> None:
    assert signer.warning(signer.certificate.not_valid_after_utc - timedelta(days=days)) == warned


def test_that_a_missing_or_foreign_file_has_its_own_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="no_file"):
        sign.from_pkcs12(tmp_path / "none.p12", "x")
    (tmp_path / "a.p12").write_bytes(b"not a key file")
    with pytest.raises(EnvironmentFault, match="not_pkcs12"):
        sign.from_pkcs12(tmp_path / "a.p12", "x")


@pytest.mark.parametrize(
    "key", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())]
)
def test_that_keys_readers_do_not_know_are_refused(key: object, signer: Signer) -> None:
    with pytest.raises(EnvironmentFault, match="key_kind"):
        sign.from_key(key, signer.certificate)  # type: ignore[arg-type]


def test_that_a_test_certificate_says_so(signer: Signer, rsa_signer: Identity) -> None:
    assert signer.is_test
    assert "测试" in signer.name
    assert not rsa_signer[0].is_test


def test_that_the_secret_files_are_for_the_owner_only(tmp_path: Path) -> None:
    made = create_test_office(tmp_path / "keys", "某局", now=papers.NOW)
    assert made.pkcs12.stat().st_mode & 0o077 == 0
    assert made.passphrase not in repr(made)
    assert sign.from_pkcs12(made.pkcs12, made.passphrase).qr is not None
