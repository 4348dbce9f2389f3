"""The signed code on a paper: COSE_Sign1 (ES256) over a few facts, base45, prefix `LT1:`.

It can be checked without a network by anybody who has the office's public QR key. The hash in it
is that of the frozen record, not of the PDF. RFC 9052 (COSE), RFC 9285 (base45).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import EnvironmentFault, InputError
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from PIL.Image import Image
    from typing_extensions import Buffer

PREFIX = "LT1:"
#: Endings of files that are read as pictures.
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
_MOST_FRAMES = 6
_ES256 = -7
_ALG, _KID = 1, 4
_SIGN1_TAG = 18
_COORDINATE = 32


@dataclass(frozen=True)
class QrFacts:
    """What the code says. `amount` is the printed figure; `record_hash` 16 bytes."""

    number: str
    kind: str
    holder: str
    id_tail: str
    amount: str
    day: date
    record_hash: bytes


@dataclass(frozen=True)
class QrKey:
    """The office's P-256 key for codes; `kid` is the first 4 bytes of its public key's hash."""

    private: EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def new(cls) -> QrKey:
        """A fresh key."""
        from cryptography.hazmat.primitives.asymmetric import ec

        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, path: Path, passphrase: str) -> QrKey:
        """The key in an encrypted PEM file. Raises EnvironmentFault("sign.passphrase")."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(path.read_bytes(), passphrase.encode())
        except ValueError as fault:
            raise EnvironmentFault("sign.passphrase", file=path.name) from fault
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise EnvironmentFault("sign.key_kind")
        return cls(key)

    def to_pem(self, passphrase: str) -> bytes:
        """The private key, encrypted with the passphrase."""
        from cryptography.hazmat.primitives import serialization as s

        return self.private.private_bytes(
            s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(passphrase.encode())
        )

    @property
    def public(self) -> bytes:
        """The public key as SubjectPublicKeyInfo in DER: what is registered and exported."""
        from cryptography.hazmat.primitives import serialization as s

        return self.private.public_key().public_bytes(
            s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def kid(self) -> bytes:
        """Names the key inside a code."""
        return key_id(self.public)


def key_id(public: bytes) -> bytes:
    """The `kid` of a public key in DER."""
    return sha256(public).digest()[:4]


def public_pem(public: bytes) -> bytes:
    """A public key (DER) as PEM, to hand out."""
    from cryptography.hazmat.primitives import serialization as s

    return _public(public).public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)


def public_from_pem(data: bytes) -> bytes:
    """A public P-256 key that was handed out, as DER. Raises InputError("key", "qr.not_a_key")."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = s.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise InputError.of("key", "qr.not_a_key") from fault
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise InputError.of("key", "qr.not_a_key")
    return key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)


#: Two bytes for an ideograph where UTF-8 takes three; it has every character of Unicode.
_LETTERS = "gb18030"
_BEGINNING = date(1970, 1, 1).toordinal()


def _payload(facts: QrFacts) -> list[Any]:
    """The facts in their order, as short as they can be: the code is photographed off paper."""
    texts = (facts.number, facts.kind, facts.holder, facts.id_tail, facts.amount)
    return [
        *(text.encode(_LETTERS) for text in texts),
        facts.day.toordinal() - _BEGINNING,
        facts.record_hash,
    ]


def encode(facts: QrFacts, key: QrKey) -> str:
    """The text of the code."""
    import base45
    import cbor2
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    protected = cbor2.dumps({_ALG: _ES256, _KID: key.kid})
    payload = cbor2.dumps(_payload(facts))
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = utils.decode_dss_signature(key.private.sign(to_sign, ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")
    message = cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature])
    encoded: bytes = base45.b45encode(cbor2.dumps(message))
    return PREFIX + encoded.decode("ascii")


def _facts(body: list[Any]) -> QrFacts:
    """The payload as facts; TypeError or ValueError for another one than we write."""
    *texts, day, digest = body
    if len(texts) != 5 or not isinstance(day, int) or not isinstance(digest, bytes):
        raise TypeError
    if not all(isinstance(text, bytes) for text in texts):
        raise TypeError
    number, kind, holder, tail, amount = (text.decode(_LETTERS) for text in texts)
    return QrFacts(number, kind, holder, tail, amount, date.fromordinal(day + _BEGINNING), digest)


@dataclass(frozen=True)
class Decoded:
    """A code that was read: its facts, and whether a known key signed it."""

    facts: QrFacts
    kid: bytes
    trusted: bool


def decode(text: str, keys: tuple[bytes, ...]) -> Decoded:
    """Read a code and check it against the office's public keys (DER).

    Raises InputError("code", "qr.foreign") when it is not one of ours at all.
    """
    import base45
    import cbor2

    if not text.startswith(PREFIX):
        raise InputError.of("code", "qr.foreign")
    try:
        raw = base45.b45decode(text.removeprefix(PREFIX))
        protected, _, payload, signature = cbor2.loads(raw).value
        if raw != cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature])):
            raise InputError.of("code", "qr.foreign")  # no second way to write the same code
        header, body = cbor2.loads(protected), cbor2.loads(payload)
        facts = _facts(body)
        kid, algorithm = bytes(memoryview(header[_KID])), header[_ALG]
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        cbor2.CBORDecodeError,
    ) as fault:  # the libraries' ways of saying that bytes make no sense
        raise InputError.of("code", "qr.foreign") from fault
    known = next((key for key in keys if key_id(key) == kid), None)
    trusted = (
        known is not None
        and algorithm == _ES256
        and _verifies(known, cbor2.dumps(["Signature1", protected, b"", payload]), signature)
    )
    return Decoded(facts, kid, trusted)


def _verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if len(signature) != 2 * _COORDINATE:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
    try:
        _public(public).verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _public(der: bytes) -> EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        msg = "a QR key is a P-256 key"
        raise TypeError(msg)
    return key


def squares(text: str) -> list[str]:
    """The code as rows of "1" (dark) and "0", error correction M, without a quiet zone."""
    import zxingcpp

    image = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(
        scale=1, add_quiet_zones=False
    )
    height, width = image.shape[:2]
    # 0 is dark and 255 light; its stubs do not say that the image is a buffer
    flat = bytes(cast("Buffer", image)).replace(b"\xff", b"0").replace(b"\x00", b"1").decode()
    return [flat[row * width : (row + 1) * width] for row in range(height)]


def codes_in(data: bytes, name: str) -> list[str]:
    """Every code text of ours in a picture: a scan, or a photo of a paper.

    Raises InputError("file", "qr.not_a_picture") when it cannot be read as a picture.
    """
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as image:
            return codes_on(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise InputError.of("file", "qr.not_a_picture", file=name) from fault


def codes_on(image: Image) -> list[str]:
    """Every code text of ours on a picture, of several frames (TIFF) the first ones.

    Raises OSError or ValueError for a damaged picture.
    """
    import zxingcpp

    found = []
    for frame in range(min(getattr(image, "n_frames", 1), _MOST_FRAMES)):
        image.seek(frame)
        found += zxingcpp.read_barcodes(image.convert("L"))
    return [code.text for code in found if code.text.startswith(PREFIX)]


register(
    {
        "qr.foreign": N_(
            "This is not the code of a paper made by this program, or it was misread."
        ),
        "qr.not_a_picture": N_("{file} cannot be read as a picture."),
        "qr.not_a_key": N_("This is not the public key of an office's codes (PEM)."),
    }
)
