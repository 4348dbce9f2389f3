"""A test certificate for an office that has no certification authority yet.

It says 测试 in its subject, and every paper signed with it says so beside the seal space.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.documents.qr import QrKey, public_pem
from core.documents.sign import TEST_MARK, Signer, from_pkcs12

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, CertificateBuilder, Name

_YEARS = {"root": 10, "office": 3}


@dataclass(frozen=True)
class PersonalKey:
    """A person's own signing certificate: whose, and the file; the passphrase is the authority's."""

    name: str
    pkcs12: Path


@dataclass(frozen=True)
class TestAuthority:
    """What was made: files, the root to pin, and the passphrase that opens the key files."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    root: bytes
    root_file: Path
    pkcs12: Path
    qr_public: bytes
    qr_file: Path
    passphrase: str = field(repr=False)
    people: tuple[PersonalKey, ...] = ()

    def signer(self) -> Signer:
        """The signer of the office, opened."""
        return from_pkcs12(self.pkcs12, self.passphrase)

    def signer_of(self, name: str) -> Signer:
        """The signer of a person, opened. Raises StopIteration when no such key was made."""
        mine = next(one for one in self.people if one.name == name)
        return from_pkcs12(mine.pkcs12, self.passphrase)


def _name(common: str, organisation: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _builder(subject: Name, issuer: Name, start: datetime, years: int) -> CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
    )


def _usage(*, signs_certificates: bool) -> object:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _root(office: str, key: EllipticCurvePrivateKey, start: datetime) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    subject = _name(f"{office}{TEST_MARK}根证书", office)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(subject, subject, start, _YEARS["root"])
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)  # type: ignore[arg-type]
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )


def _certificate(
    subject: Name,
    root: Certificate,
    root_key: EllipticCurvePrivateKey,
    key: EllipticCurvePrivateKey,
) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    start = root.not_valid_before_utc
    return (
        _builder(subject, root.subject, start, _YEARS["office"])
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)  # type: ignore[arg-type]
        .add_extension(issuer, critical=False)
        .add_extension(own, critical=False)
        .sign(root_key, hashes.SHA256())
    )


def create_test_office(
    folder: Path,
    office_name: str,
    *,
    passphrase: str = "",
    now: datetime | None = None,
    people: Sequence[str] = (),
) -> TestAuthority:
    """Make a root, the office's signing certificate (P-256) and its QR key in `folder`.

    Files: root.pem and qr.pem (public, to hand out), office.p12 and office.qr.pem (private, under
    the passphrase; a random one when none is given), and person-1.p12, ... for each of `people`,
    who sign before the office does. The codes of everybody's papers are signed with the office's QR
    key. The root's private key is not kept: a new year, a new root.
    """
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import ec

    passphrase = passphrase or secrets.token_urlsafe(18)
    start = (now or SystemClock().now()) - timedelta(days=1)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _root(office_name, root_key, start)
    folder.mkdir(parents=True, exist_ok=True)
    qr = QrKey.new()
    holders = {"office": office_name} | {f"person-{n}": one for n, one in enumerate(people, 1)}
    for file, holder in holders.items():
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(f"{holder}（{TEST_MARK}）", office_name)
        certificate = _certificate(subject, root, root_key, key)
        store = _store(holder, key, certificate, root, passphrase)
        _write_private(folder / f"{file}.p12", store)
        _write_private(folder / f"{file}.qr.pem", qr.to_pem(passphrase))
    root_file, qr_file = folder / "root.pem", folder / "qr.pem"
    qr_file.write_bytes(public_pem(qr.public))
    root_file.write_bytes(root.public_bytes(s.Encoding.PEM))
    return TestAuthority(
        root.public_bytes(s.Encoding.DER),
        root_file,
        folder / "office.p12",
        qr.public,
        qr_file,
        passphrase,
        tuple(PersonalKey(one, folder / f"person-{n}.p12") for n, one in enumerate(people, 1)),
    )


def _store(
    holder: str,
    key: EllipticCurvePrivateKey,
    certificate: Certificate,
    root: Certificate,
    passphrase: str,
) -> bytes:
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.serialization import pkcs12

    return pkcs12.serialize_key_and_certificates(
        holder.encode(),
        key,
        certificate,
        [root],
        s.BestAvailableEncryption(passphrase.encode()),
    )


def _write_private(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
