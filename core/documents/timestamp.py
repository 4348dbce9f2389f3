"""Time stamps (RFC 3161): asking a server for a token, and reading one strictly."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

#: Bytes left free in a paper for a token with its certificates.
ROOM = 8192
#: Seconds a server has for its answer.
PATIENCE = 10.0
_MOST = 1 << 20


@dataclass(frozen=True)
class Token:
    """A token that holds: what it stamps (SHA-256), when, by whom."""

    digest: bytes
    at: datetime
    by: str
    certificates: tuple[bytes, ...]


def request(url: str, digest: bytes) -> bytes:
    """Have a SHA-256 stamped; returns the token in DER, checked.

    Raises:
        EnvironmentFault: `timestamp.away` when nobody answers, `timestamp.refused` when the answer
            is no token for what was asked.
    """
    from asn1crypto import tsp

    nonce = secrets.randbits(63)
    asked = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": digest,
            },
            "cert_req": True,
            "nonce": nonce,
        }
    )
    answer = _post(url, asked.dump())
    try:
        found = tsp.TimeStampResp.load(answer, strict=True)
        status = found["status"]["status"].native
        token = _tidied(found["time_stamp_token"].dump())
        stamped = read(token)
        fresh = _info(token)["nonce"].native == nonce
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as fault:
        raise EnvironmentFault("timestamp.refused", server=url) from fault
    if status not in {"granted", "granted_with_mods"} or stamped.digest != digest or not fresh:
        raise EnvironmentFault("timestamp.refused", server=url)
    return token


def _post(url: str, body: bytes) -> bytes:
    from http.client import HTTPException
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise EnvironmentFault("timestamp.away", server=url)
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        with urlopen(Request(url, body, headers), timeout=PATIENCE) as answer:  # noqa: S310
            data: bytes = answer.read(_MOST)
    except (OSError, HTTPException, ValueError) as fault:
        raise EnvironmentFault("timestamp.away", server=url) from fault
    return data


def _info(token: bytes) -> Any:
    from asn1crypto import cms, tsp

    content = cms.ContentInfo.load(token, strict=True)["content"]
    return tsp.TSTInfo.load(bytes(content["encap_content_info"]["content"]), strict=True)


def read(token: bytes) -> Token:
    """Read a token and check its own signature, by the certificate it brings along.

    Whether that certificate is trusted is another question. Raises ValueError, TypeError, KeyError,
    IndexError or OverflowError (asn1crypto's ways of saying so) when the token does not hold.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion

    try:
        return _read(token)
    except (InvalidVersion, UnsupportedAlgorithm) as fault:
        msg = "the time stamp's certificates make no sense"
        raise ValueError(msg) from fault


def _read(token: bytes) -> Token:
    from asn1crypto import cms
    from cryptography.x509 import load_der_x509_certificate
    from cryptography.x509.oid import ExtendedKeyUsageOID

    from core.documents.sign import common_name

    content = cms.ContentInfo.load(token, strict=True)["content"]
    (info,) = content["signer_infos"]
    bag = [choice.chosen for choice in content["certificates"]]
    serial = info["sid"].chosen["serial_number"].native
    (own,) = [one for one in bag if one.serial_number == serial]
    certificate = load_der_x509_certificate(own.dump())
    chain = _chain(own.dump(), [one.dump() for one in bag])
    _require(len(chain) == len(bag) and _is_bare(content, info, own))
    # The count of unused bits, which cryptography overlooks.
    _require(all(one["signature_value"].contents[0] == 0 for one in bag))
    _require(ExtendedKeyUsageOID.TIME_STAMPING in _usages(certificate))
    _check_signature(content, info, certificate)
    stamped = _info(token)
    imprint = stamped["message_imprint"]
    _require(imprint["hash_algorithm"]["algorithm"].native == "sha256")
    return Token(
        imprint["hashed_message"].native,
        stamped["gen_time"].native,
        common_name(certificate),
        chain,
    )


def _tidied(token: bytes) -> bytes:
    """The token with no certificate but those whose every byte is vouched for."""
    from asn1crypto import cms

    whole = cms.ContentInfo.load(token, strict=True)
    content = whole["content"]
    serial = content["signer_infos"][0]["sid"].chosen["serial_number"].native
    bag = [choice.chosen for choice in content["certificates"]]
    (own,) = [one for one in bag if one.serial_number == serial]
    chain = _chain(own.dump(), [one.dump() for one in bag])
    content["certificates"] = [
        cms.CertificateChoices({"certificate": one}) for one in bag if one.dump() in chain
    ]
    tidied: bytes = whole.dump(force=True)
    return tidied


def _chain(own: bytes, bag: list[bytes]) -> tuple[bytes, ...]:
    """The signer's certificate and those above it up to a self-signed one.

    A certificate whose own signature nobody can check is left out: its bytes could be anything.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.x509 import load_der_x509_certificate

    chain, found = [own], True
    while found:
        lower = load_der_x509_certificate(chain[-1])
        found = False
        for der in bag:
            upper = load_der_x509_certificate(der)
            try:
                lower.verify_directly_issued_by(upper)
            except (ValueError, TypeError, InvalidSignature):
                continue
            if der not in chain:
                chain.append(der)
                found = True
                break
    top = load_der_x509_certificate(chain[-1])
    try:
        top.verify_directly_issued_by(top)
    except (ValueError, TypeError, InvalidSignature):
        return tuple(chain[:-1] or chain)
    return tuple(chain)


def _is_bare(content: Any, info: Any, own: Any) -> bool:
    """Whether the parts of a token that its signature does not cover say nothing of their own.

    The signature names the signer's certificate by its hash (RFC 3161, 2.4.2; RFC 5816).
    """
    from hashlib import new

    attributes = {one["type"].native: one["values"] for one in info["signed_attrs"]}
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        kind = named["hash_algorithm"]["algorithm"].native
    else:
        named, kind = attributes["signing_certificate"][0]["certs"][0], "sha1"
    return bool(
        content["encap_content_info"]["content_type"].native == "tst_info"
        and named["cert_hash"].native == new(kind, own.dump()).digest()
        and not info["unsigned_attrs"]
        and not content["crls"]
        and content["version"].native == "v3"
        and info["version"].native == "v1"
        and info["signature_algorithm"]["parameters"].dump() in {b"", b"\x05\x00"}
        and info["sid"].chosen["issuer"].dump() == own.issuer.dump()
        and [one.dump() for one in content["digest_algorithms"]]
        == [info["digest_algorithm"].dump()]
    )


def _require(holds: bool) -> None:
    if not holds:
        msg = "the time stamp does not hold"
        raise ValueError(msg)


def _usages(certificate: Certificate) -> tuple[object, ...]:
    from cryptography import x509

    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()


def _check_signature(content: Any, info: Any, certificate: Certificate) -> None:
    """The token's signature over its attributes, and their digest over its content."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    kinds: dict[str, hashes.HashAlgorithm] = {
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }
    algorithm = kinds[info["digest_algorithm"]["algorithm"].native]
    attributes = {one["type"].native: one["values"] for one in info["signed_attrs"]}
    body = hashes.Hash(algorithm)
    body.update(bytes(content["encap_content_info"]["content"]))
    _require(attributes["content_type"].native == ["tst_info"])
    _require(attributes["message_digest"].native == [body.finalize()])
    signed, signature = info["signed_attrs"].untag().dump(), info["signature"].native
    _require(info["signature_algorithm"].signature_algo in {"rsassa_pkcs1v15", "ecdsa"})
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        else:
            _require(isinstance(key, ec.EllipticCurvePublicKey))
            assert isinstance(key, ec.EllipticCurvePublicKey)
            key.verify(signature, signed, ec.ECDSA(algorithm))
    except InvalidSignature as fault:
        msg = "the time stamp's signature is wrong"
        raise ValueError(msg) from fault


register(
    {
        "timestamp.away": N_(
            "The time stamp server {server} does not answer. Papers are signed without its stamp "
            "and stamped later."
        ),
        "timestamp.refused": N_("The time stamp server {server} gave no valid stamp."),
    }
)
