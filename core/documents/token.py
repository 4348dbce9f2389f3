"""A signing key on a PKCS#11 token (USB key): the key never leaves it.

Any token whose maker gives a PKCS#11 library; in the tests SoftHSM2. Only the hash of the signed
attributes goes in, only the signature comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.documents import cms
from core.documents.sign import Signer
from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

#: DigestInfo of SHA-256 (RFC 8017, 9.2 note 1): what a token pads itself in plain CKM_RSA_PKCS.
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass(frozen=True)
class TokenKey:
    """Where a key is: the maker's library, the token's label (the first one if empty), the key's.

    `serial` chooses among tokens of one label. `certificates` are further certificates of the chain (DER) that the token does not hold.
    """

    library: Path
    token: str = ""
    key: str = ""
    certificates: tuple[bytes, ...] = ()
    serial: str = ""


@dataclass(frozen=True)
class TokenSeen:
    """A token in one of the slots of a library, as a person chooses it."""

    slot: int
    label: str
    serial: str
    maker: str


#: Libraries of common tokens, offered where they are on this machine.
KNOWN_LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/softhsm/libsofthsm2.so",
    "C:/Windows/System32/opensc-pkcs11.dll",
    "C:/Windows/System32/eTPKCS11.dll",
    "C:/SoftHSM2/lib/softhsm2-x64.dll",
)


def libraries() -> list[Path]:
    """The known PKCS#11 libraries that are on this machine."""
    found = [Path(name) for name in KNOWN_LIBRARIES if Path(name).is_file()]
    return list({path.resolve(): path for path in found}.values())


def tokens(library: Path) -> list[TokenSeen]:
    """The tokens ready to sign in the slots of a library, by slot.

    Raises EnvironmentFault("token.library") when it cannot be loaded.
    """
    return [
        TokenSeen(
            one.slot.slot_id, one.label, one.serial.decode("ascii", "replace"), one.manufacturer_id
        )
        for one in _usable(library, "")
    ]


def from_token(where: TokenKey, pin: str) -> Signer:
    """The signer whose key is on a token; the session stays open while the signer lives.

    Raises:
        EnvironmentFault: `token.library`, `token.missing` (no token, or none of this label),
            `token.pin`, `token.no_key`, `sign.key_kind`.
    """
    from cryptography.x509 import load_der_x509_certificate

    session = _session(where, pin)
    key, der = _key_and_certificate(session, where)
    certificate = load_der_x509_certificate(der)
    algorithm, longest = _kind(certificate)
    chain = (der, *where.certificates)

    def sign_bytes(data: bytes) -> bytes:
        return _signature(key, algorithm, data)

    size = len(cms.build(bytes(32), chain, algorithm, bytes(longest)))
    return Signer(certificate, chain, algorithm, size, sign_bytes)


def _session(where: TokenKey, pin: str) -> Any:
    from pkcs11 import exceptions as faults

    usable = [
        one
        for one in _usable(where.library, where.token)
        if not where.serial or one.serial.decode("ascii", "replace") == where.serial
    ]
    if not usable:
        raise EnvironmentFault("token.missing", token=where.token or "—")
    try:
        return usable[0].open(user_pin=pin)
    except (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange) as fault:
        raise EnvironmentFault("token.pin", token=usable[0].label) from fault
    except faults.UserAlreadyLoggedIn:
        # A token is unlocked for the whole program (PKCS#11, 5.6.7): an earlier session still is.
        return usable[0].open()
    except faults.PinLocked as fault:
        raise EnvironmentFault("token.locked", token=usable[0].label) from fault
    except faults.PKCS11Error as fault:
        raise EnvironmentFault("token.missing", token=usable[0].label) from fault


def _usable(library: Path, label: str) -> list[Any]:
    import pkcs11
    from pkcs11 import exceptions as faults

    try:
        loaded = pkcs11.lib(str(library))
        found = list(loaded.get_tokens(token_label=label or None))
    except (faults.PKCS11Error, RuntimeError, OSError) as fault:
        raise EnvironmentFault("token.library", file=library.name) from fault
    return [one for one in found if pkcs11.TokenFlag.TOKEN_INITIALIZED in one.flags]


def _key_and_certificate(session: Any, where: TokenKey) -> tuple[Any, bytes]:
    """The private key and its certificate, matched by their id on the token."""
    from pkcs11 import Attribute, ObjectClass

    asked: dict[Any, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if where.key:
        asked[Attribute.LABEL] = where.key
    for key in list(session.get_objects(asked)):  # a token looks for one thing at a time
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: key[Attribute.ID]}
        for certificate in list(session.get_objects(wanted)):
            return key, bytes(certificate[Attribute.VALUE])
    raise EnvironmentFault("token.no_key", key=where.key or "—")


def _kind(certificate: Certificate) -> tuple[str, int]:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey) and public.key_size >= 2048:
        return cms.RSA, public.key_size // 8
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return cms.ECDSA, 72
    raise EnvironmentFault("sign.key_kind")


def _signature(key: Any, algorithm: str, data: bytes) -> bytes:
    """Sign by the mechanisms that every token has: plain RSA PKCS#1 and plain ECDSA."""
    from pkcs11 import Mechanism
    from pkcs11.exceptions import PKCS11Error
    from pkcs11.util.ec import encode_ecdsa_signature

    digest = sha256(data).digest()
    try:
        if algorithm == cms.RSA:
            return bytes(key.sign(_SHA256_INFO + digest, mechanism=Mechanism.RSA_PKCS))
        raw = key.sign(digest, mechanism=Mechanism.ECDSA)
    except PKCS11Error as fault:
        raise EnvironmentFault("token.failed") from fault
    return bytes(encode_ecdsa_signature(bytes(raw)))


register(
    {
        "token.library": N_("The token's library {file} cannot be loaded. Install its driver."),
        "token.missing": N_("The signing token {token} is not plugged in."),
        "token.pin": N_(
            "The PIN does not open the token {token}. Nothing was signed; a token locks itself "
            "after a few wrong PINs."
        ),
        "token.locked": N_("The token {token} is locked; its administrator has to unlock it."),
        "token.no_key": N_("The token holds no key {key} with its certificate."),
        "token.failed": N_(
            "The token did not sign. Plug it in again; the papers wait in the queue."
        ),
    }
)
