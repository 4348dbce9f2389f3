"""Signing a paper: the office's identity, and PAdES B-B put into the slot of a rendered file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from core.clock import china_date
from core.documents import cms
from core.documents.fields import Slot
from core.documents.keyfile import key_bytes
from core.documents.qr import QrKey
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.x509 import Certificate

#: Days before the end of the certificate at which the office is warned.
WARN_DAYS = (60, 30, 7)
TEST_MARK = "测试"


@dataclass(frozen=True)
class Signer:
    """Who signs: certificate, the chain that is put into the file, and a signing function.

    `sign_bytes` returns the signature over the bytes (SHA-256 inside), DER for ECDSA. A key on a
    card or a server fits behind the same function. `qr` signs the codes on the papers.
    """

    certificate: Certificate
    certificates: tuple[bytes, ...]
    algorithm: str
    slot_size: int
    sign_bytes: Callable[[bytes], bytes] = field(repr=False)
    qr: QrKey | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The common name in the certificate."""
        return common_name(self.certificate)

    @property
    def is_test(self) -> bool:
        """Whether the certificate is the office's own test certificate, named so."""
        return TEST_MARK in self.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return sha256(self.certificates[0]).hexdigest()

    def days_left(self, now: datetime) -> int:
        """Whole days until the certificate ends; negative when it has."""
        return (self.certificate.not_valid_after_utc - now).days

    def warning(self, now: datetime) -> int | None:
        """The days left, when so few that the office should be told (see `WARN_DAYS`)."""
        left = self.days_left(now)
        return left if left <= WARN_DAYS[0] else None

    def require_valid(self, now: datetime) -> None:
        """Raise EnvironmentFault when the certificate has ended or has not begun."""
        start, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if now > end:
            raise EnvironmentFault("sign.expired", name=self.name, until=str(china_date(end)))
        if now < start:
            raise EnvironmentFault("sign.not_yet", name=self.name, since=str(china_date(start)))

    def slot(self, reason: str, signed_at: datetime) -> Slot:
        """The room to leave in a file that this signer will sign."""
        self.require_valid(signed_at)
        return Slot(self.slot_size, self.name, reason, signed_at, self.is_test)


def common_name(certificate: Certificate) -> str:
    """The subject's common name, or the whole subject where it has none."""
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def from_pkcs12(path: Path, passphrase: str) -> Signer:
    """The signer in a PKCS#12 file; the QR key is read from `<name>.qr.pem` beside it.

    Raises EnvironmentFault: sign.no_file, sign.passphrase, sign.no_key, sign.key_kind, and those of
    `keyfile.key_bytes` for files of another kind.
    """
    from cryptography.hazmat.primitives.serialization import pkcs12

    data = key_bytes(path)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase.encode())
    except ValueError as fault:
        raise EnvironmentFault("sign.passphrase", file=path.name) from fault
    if key is None or certificate is None:
        raise EnvironmentFault("sign.no_key", file=path.name)
    qr_path = path.with_suffix(".qr.pem")
    qr = QrKey.from_pem(qr_path, passphrase) if qr_path.exists() else None
    return from_key(key, certificate, tuple(others), qr)  # type: ignore[arg-type]


def with_codes(signer: Signer, path: Path, passphrase: str) -> Signer:
    """The signer with the office's key for codes from a file: a token holds none.

    Raises EnvironmentFault: sign.no_file, sign.passphrase, sign.key_kind.
    """
    try:
        return replace(signer, qr=QrKey.from_pem(path, passphrase))
    except OSError as fault:
        raise EnvironmentFault("sign.no_file", file=path.name) from fault


def from_key(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    certificate: Certificate,
    others: tuple[Certificate, ...] = (),
    qr: QrKey | None = None,
) -> Signer:
    """A signer around a parsed key; RSA-2048 and more, or P-256.

    Raises EnvironmentFault("sign.key_kind") for other keys: readers do not accept them.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    algorithm, sign_bytes, longest = _signing(key)
    intermediate = [c for c in others if c.issuer != c.subject]
    certificates = tuple(c.public_bytes(Encoding.DER) for c in [certificate, *intermediate])
    size = len(cms.build(bytes(32), certificates, algorithm, bytes(longest)))
    return Signer(certificate, certificates, algorithm, size, sign_bytes, qr)


def _signing(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
) -> tuple[str, Callable[[bytes], bytes], int]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        rsa_key = key
        return (
            cms.RSA,
            lambda data: rsa_key.sign(data, padding.PKCS1v15(), hashes.SHA256()),
            key.key_size // 8,
        )
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        ec_key = key
        return cms.ECDSA, lambda data: ec_key.sign(data, ec.ECDSA(hashes.SHA256())), 72
    raise EnvironmentFault("sign.key_kind")


def sign(rendered: bytes, signer: Signer, stamp: Callable[[bytes], bytes] | None = None) -> bytes:
    """Fill the signature slot of a file that was rendered with `signer.slot(...)`.

    `stamp` gives a time-stamp token (DER) for the SHA-256 of the signature, or nothing; a token
    that does not fit into the slot is left out.
    """
    opening, closing = byte_range_gap(rendered)
    digest = sha256(rendered[:opening] + rendered[closing:]).digest()
    attributes = cms.to_sign(digest, signer.certificates, signer.algorithm)
    signature = signer.sign_bytes(attributes)
    token = stamp(sha256(signature).digest()) if stamp else b""
    der = cms.build(digest, signer.certificates, signer.algorithm, signature, token)
    room = closing - opening - 2
    if len(der) * 2 > room:
        der = cms.build(digest, signer.certificates, signer.algorithm, signature)
    return rendered[: opening + 1] + der.hex().encode().ljust(room, b"0") + rendered[closing - 1 :]


def byte_range_gap(data: bytes) -> tuple[int, int]:
    """Where the last signature's hexadecimal string begins (its `<`) and ends (after its `>`).

    Raises ValueError when the file has no slot.
    """
    at = data.rindex(b"/ByteRange [") + len(b"/ByteRange [")
    numbers = data[at : data.index(b"]", at)].split()
    start, length, after, rest = (int(n) for n in numbers)
    if start or length >= after or after + rest != len(data):
        msg = "byte range does not cover the file"
        raise ValueError(msg)
    return length, after


def renew_by(signer: Signer) -> datetime:
    """When the office should have a new certificate: the first warning day."""
    return signer.certificate.not_valid_after_utc - timedelta(days=WARN_DAYS[0])


register(
    {
        "sign.no_file": N_("The signing certificate file {file} cannot be read. Check the path."),
        "sign.passphrase": N_(
            "The passphrase does not open {file}. Nothing was signed; the papers wait in the queue."
        ),
        "sign.no_key": N_("{file} holds no private key with its certificate; it cannot sign."),
        "sign.key_kind": N_(
            "This kind of key is not accepted by PDF readers. Use RSA with 2048 bits or more, or P-256."
        ),
        "sign.expired": N_(
            "The signing certificate {name} ended on {until}. Nothing was signed; "
            "the papers wait in the queue until a valid certificate is chosen."
        ),
        "sign.not_yet": N_(
            "The signing certificate {name} is valid only from {since}. Check this computer's date."
        ),
    }
)
