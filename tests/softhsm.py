"""SoftHSM2, a PKCS#11 token in software, for tests that sign with a key they cannot read."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests import papers

PIN = "2468"
_LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
)
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())


def installed() -> bool:
    """Whether this machine has it."""
    return shutil.which("softhsm2-util") is not None


def library() -> Path:
    """Its PKCS#11 library."""
    return next(path for path in _LIBRARIES if path.exists())


@contextmanager
def token_store(folder: Path) -> Iterator[Path]:
    """A token store of our own; the library reads its settings once per process."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n",
        encoding="utf-8",
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    yield folder
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, common)])


def _certificate(name: str, issuer: str, key: object, *, ca: bool) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(papers.NOW - timedelta(days=9))
        .not_valid_after(papers.NOW + timedelta(days=900))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(ROOT_KEY, hashes.SHA256())
    )


def make_key(kind: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """A private key: `rsa` or `p256`."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def plug_in(label: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Put a key and its certificate on a new token of this label; returns the root (DER)."""
    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util import ec as ec_util
    from pkcs11.util import rsa as rsa_util
    from pkcs11.util.x509 import decode_x509_certificate

    pkcs11.lib(str(library())).reinitialize()
    before = {one.serial for one in pkcs11.lib(str(library())).get_tokens(token_label=label)}
    words = ("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "9999")
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
    pkcs11.lib(str(library())).reinitialize()
    form = s.PrivateFormat.TraditionalOpenSSL
    der = key.private_bytes(s.Encoding.DER, form, s.NoEncryption())
    decode = (
        rsa_util.decode_rsa_private_key
        if isinstance(key, rsa.RSAPrivateKey)
        else ec_util.decode_ec_private_key
    )
    mine = _certificate(papers.OFFICE, "卡根", key.public_key(), ca=False)
    own = mine.public_bytes(s.Encoding.DER)
    every = pkcs11.lib(str(library())).get_tokens(token_label=label)
    token = next(one for one in every if one.serial not in before)
    with token.open(user_pin=PIN, rw=True) as session:
        extra = {Attribute.TOKEN: True, Attribute.ID: b"\x01", Attribute.LABEL: "office"}
        session.create_object({**decode(der), **extra, Attribute.SIGN: True})
        session.create_object({**decode_x509_certificate(own), **extra})
        assert list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
    root = _certificate("卡根", "卡根", ROOT_KEY.public_key(), ca=True)
    return root.public_bytes(s.Encoding.DER)
