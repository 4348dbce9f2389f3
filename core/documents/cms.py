"""The CMS of a PAdES B-B signature (ETSI EN 319 142-1): built exactly, and read back strictly.

Signed attributes are content type, message digest and signingCertificateV2 over every certificate
in the bag. There is no signingTime (the /M entry of the PDF carries the claimed time) and no
unsigned attribute. `build` is deterministic in its inputs, so the verifier rebuilds the CMS from
what it read and compares bytes: nothing in the file is left unprotected.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

RSA = "sha256_rsa"
ECDSA = "sha256_ecdsa"


@dataclass(frozen=True)
class Parsed:
    """What a signature holds: certificates (signer first), attributes to verify, signature."""

    certificates: tuple[bytes, ...]
    digest: bytes
    signed_attributes: bytes
    signature: bytes
    algorithm: str
    canonical: bool


def _asn1() -> Any:
    """asn1crypto's CMS module, always after its time-stamp module.

    `tsp` adds signingCertificateV2 to a table that `cms` inverts at first use: a process that
    verified before it signed did not know the attribute.
    """
    from asn1crypto import tsp  # noqa: F401 - imported for what it adds to the table
    from asn1crypto import cms as module

    return module


def signed_attributes(digest: bytes, certificates: tuple[bytes, ...]) -> Any:
    """The attributes that are signed, as an asn1crypto value; `.dump()` is what to sign."""
    from asn1crypto import tsp, x509

    cms = _asn1()
    names = [
        tsp.ESSCertIDv2({
            "cert_hash": sha256(der).digest(),
            "issuer_serial": {
                "issuer": [x509.GeneralName("directory_name", certificate.issuer)],
                "serial_number": certificate.serial_number,
            },
        })
        for der in certificates
        for certificate in (x509.Certificate.load(der),)
    ]
    return cms.CMSAttributes([
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [digest]}),
        cms.CMSAttribute({
            "type": "signing_certificate_v2",
            "values": [tsp.SigningCertificateV2({"certs": names})],
        }),
    ])


def build(
    digest: bytes, certificates: tuple[bytes, ...], algorithm: str, signature: bytes
) -> bytes:
    """DER of the CMS for a document digest (SHA-256), signer's certificate first."""
    from asn1crypto import algos, x509

    cms = _asn1()
    signer = x509.Certificate.load(certificates[0])
    sha = algos.DigestAlgorithm({"algorithm": "sha256"})
    signature_algorithm = (
        algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"})
        if algorithm == RSA
        else algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    )
    info = cms.SignerInfo({
        "version": "v1",
        "sid": cms.SignerIdentifier({
            "issuer_and_serial_number": {
                "issuer": signer.issuer,
                "serial_number": signer.serial_number,
            }
        }),
        "digest_algorithm": sha,
        "signed_attrs": signed_attributes(digest, certificates),
        "signature_algorithm": signature_algorithm,
        "signature": signature,
    })
    signed = cms.SignedData({
        "version": "v1",
        "digest_algorithms": [sha],
        "encap_content_info": {"content_type": "data"},
        "certificates": [x509.Certificate.load(der) for der in certificates],
        "signer_infos": [info],
    })
    der: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return der


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
    return Parsed(
        certificates,
        digest,
        signed_attributes(digest, certificates).dump(),
        signature,
        algorithm,
        canonical=build(digest, certificates, algorithm, signature) == der,
    )


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
