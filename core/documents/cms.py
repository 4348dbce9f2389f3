"""The CMS of a PAdES B-B signature (ETSI EN 319 142-1): built exactly, and read back strictly.

Signed attributes are content type, message digest and signingCertificateV2 over every certificate
in the bag. There is no signingTime (the /M entry of the PDF carries the claimed time); the only
unsigned attribute there may be is the time stamp of a B-T signature. `build` is deterministic in its inputs, so the verifier rebuilds the CMS from
what it read and compares bytes: nothing in the file is left unprotected.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

RSA = "sha256_rsa"
ECDSA = "sha256_ecdsa"


@dataclass(frozen=True)
class Parsed:
    """What a signature holds: certificates (signer first), attributes to verify, signature.

    `timestamp` is the RFC 3161 token over the signature, empty for B-B.
    """

    certificates: tuple[bytes, ...]
    digest: bytes
    signed_attributes: bytes
    signature: bytes
    algorithm: str
    canonical: bool
    timestamp: bytes = b""


def _asn1() -> Any:
    """asn1crypto's CMS module, always after its time-stamp module.

    `tsp` adds signingCertificateV2 to a table that `cms` inverts at first use: a process that
    verified before it signed did not know the attribute.
    """
    from asn1crypto import cms as module
    from asn1crypto import tsp  # noqa: F401 - imported for what it adds to the table

    return module


def signed_attributes(digest: bytes, certificates: tuple[bytes, ...]) -> Any:
    """The attributes that are signed, as an asn1crypto value; `.dump()` is what to sign."""
    from asn1crypto import tsp, x509

    cms = _asn1()
    names = [
        tsp.ESSCertIDv2(
            {
                "cert_hash": sha256(der).digest(),
                "issuer_serial": {
                    "issuer": [x509.GeneralName("directory_name", certificate.issuer)],
                    "serial_number": certificate.serial_number,
                },
            }
        )
        for der in certificates
        for certificate in (x509.Certificate.load(der),)
    ]
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [tsp.SigningCertificateV2({"certs": names})],
                }
            ),
        ]
    )


@dataclass(frozen=True)
class _Frame:
    """The parts of a CMS that are the same for every document of one signer, in DER."""

    attributes_head: bytes
    attributes_tail: bytes
    signer_head: bytes
    signature_algorithm: bytes
    signed_head: bytes
    content_type: bytes


@lru_cache(maxsize=64)
def _frame(certificates: tuple[bytes, ...], algorithm: str) -> _Frame:
    """Made once per signer: asn1crypto takes 5 ms for a CMS, most of what a small paper costs."""
    from asn1crypto import algos, x509

    cms = _asn1()
    signer = x509.Certificate.load(certificates[0])
    sha = algos.DigestAlgorithm({"algorithm": "sha256"})
    mark = sha256(b"place of the digest").digest()
    head, tail = signed_attributes(mark, certificates).dump().split(mark)
    name = "rsassa_pkcs1v15" if algorithm == RSA else algorithm
    sid = cms.IssuerAndSerialNumber(
        {"issuer": signer.issuer, "serial_number": signer.serial_number}
    )
    bag = b"".join(sorted(certificates))
    return _Frame(
        attributes_head=head,
        attributes_tail=tail,
        signer_head=_VERSION_1 + sid.dump() + sha.dump(),
        signature_algorithm=algos.SignedDigestAlgorithm({"algorithm": name}).dump(),
        signed_head=_VERSION_1
        + _tlv(0x31, sha.dump())
        + cms.EncapsulatedContentInfo({"content_type": "data"}).dump()
        + _tlv(0xA0, bag),
        content_type=cms.ContentType("signed_data").dump(),
    )


_VERSION_1 = b"\x02\x01\x01"


def _tlv(tag: int, content: bytes) -> bytes:
    """A DER element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def to_sign(digest: bytes, certificates: tuple[bytes, ...], algorithm: str) -> bytes:
    """The bytes a signature is made over: the signed attributes in DER."""
    frame = _frame(certificates, algorithm)
    return frame.attributes_head + digest + frame.attributes_tail


#: id-aa-timeStampToken, 1.2.840.113549.1.9.16.2.14 (RFC 3161, appendix A).
_TIME_STAMP = bytes.fromhex("060b2a864886f70d010910020e")


def build(
    digest: bytes,
    certificates: tuple[bytes, ...],
    algorithm: str,
    signature: bytes,
    timestamp: bytes = b"",
) -> bytes:
    """DER of the CMS for a document digest (SHA-256), signer's certificate first.

    With a time-stamp token over the signature the result is B-T.
    """
    frame = _frame(certificates, algorithm)
    attributes = to_sign(digest, certificates, algorithm)
    info = _tlv(
        0x30,
        frame.signer_head
        + b"\xa0"  # signed attributes are an implicit [0] here, a SET where they are signed
        + attributes[1:]
        + frame.signature_algorithm
        + _tlv(0x04, signature)
        + (_tlv(0xA1, _tlv(0x30, _TIME_STAMP + _tlv(0x31, timestamp))) if timestamp else b""),
    )
    signed = _tlv(0x30, frame.signed_head + _tlv(0x31, info))
    return _tlv(0x30, frame.content_type + _tlv(0xA0, signed))


def unpadded(contents: bytes) -> bytes:
    """The DER without the zeros that fill its slot; what is not zero there stays and breaks it."""
    if len(contents) < 4 or contents[:2] != b"\x30\x82":
        return contents
    length = 4 + int.from_bytes(contents[2:4], "big")
    return contents[:length] if not any(contents[length:]) else contents


def parse(der: bytes) -> Parsed:
    """Read a CMS of our own shape.

    Raises ValueError, TypeError or KeyError (asn1crypto's ways of saying so) when it is not one.
    """
    signed = _asn1().ContentInfo.load(der, strict=True)["content"]
    (info,) = signed["signer_infos"]
    attributes = {attribute["type"].native: attribute for attribute in info["signed_attrs"]}
    (digest,) = attributes["message_digest"]["values"].native
    bag = [choice.chosen for choice in signed["certificates"]]
    serial = info["sid"].chosen["serial_number"].native
    signer = [c for c in bag if c.serial_number == serial]
    certificates = tuple(c.dump() for c in [*signer, *(c for c in bag if c not in signer)])
    name = info["signature_algorithm"]["algorithm"].native
    algorithm = {"rsassa_pkcs1v15": RSA, "sha256_ecdsa": ECDSA}[name]
    signature = info["signature"].native
    timestamp = _timestamp(info["unsigned_attrs"])
    return Parsed(
        certificates,
        digest,
        to_sign(digest, certificates, algorithm),
        signature,
        algorithm,
        canonical=build(digest, certificates, algorithm, signature, timestamp) == der,
        timestamp=timestamp,
    )


def _timestamp(unsigned: Any) -> bytes:
    """The one token among the unsigned attributes; nothing where there are none."""
    if not unsigned:
        return b""
    (attribute,) = unsigned
    (token,) = attribute["values"]
    found: bytes = token.dump()
    return found


def signature_holds(parsed: Parsed, certificate: Certificate) -> bool:
    """Whether the certificate's key made the signature over the signed attributes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and parsed.algorithm == RSA:
            key.verify(
                parsed.signature, parsed.signed_attributes, padding.PKCS1v15(), hashes.SHA256()
            )
        elif isinstance(key, ec.EllipticCurvePublicKey) and parsed.algorithm == ECDSA:
            key.verify(parsed.signature, parsed.signed_attributes, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
