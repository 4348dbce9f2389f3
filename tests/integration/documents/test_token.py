"""Signing with a key on a PKCS#11 token: SoftHSM2, a real one in software."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from core.documents.sign import Signer
from core.documents.token import TokenKey, from_token
from core.documents.verify import verify
from core.errors import EnvironmentFault
from tests import papers

Run = Callable[..., str]
PIN = "2468"
_LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
)
pytestmark = pytest.mark.skipif(
    shutil.which("softhsm2-util") is None, reason="needs SoftHSM2 (Debian package softhsm2)"
)
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def library() -> Path:
    return next(path for path in _LIBRARIES if path.exists())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token store of our own; the library reads its settings once per process."""
    folder = tmp_path_factory.mktemp("softhsm")
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


def _plug_in(store: Path, library: Path, run: Run, label: str, key: object) -> bytes:
    """Put a key and its certificate on a new token; returns the root certificate."""
    import pkcs11
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.util import ec as ec_util
    from pkcs11.util import rsa as rsa_util
    from pkcs11.util.x509 import decode_x509_certificate

    pkcs11.lib(str(library)).reinitialize()
    run(
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        "9999",
    )
    pkcs11.lib(str(library)).reinitialize()
    der = key.private_bytes(s.Encoding.DER, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())  # type: ignore[attr-defined]
    decode = (
        rsa_util.decode_rsa_private_key
        if isinstance(key, rsa.RSAPrivateKey)
        else ec_util.decode_ec_private_key
    )
    mine = _certificate(papers.OFFICE, "卡根", key.public_key(), ca=False)  # type: ignore[attr-defined]
    own = mine.public_bytes(s.Encoding.DER)
    token = pkcs11.lib(str(library)).get_token(token_label=label)
    with token.open(user_pin=PIN, rw=True) as session:
        extra = {Attribute.TOKEN: True, Attribute.ID: b"\x01", Attribute.LABEL: "office"}
        session.create_object({**decode(der), **extra, Attribute.SIGN: True})
        session.create_object({**decode_x509_certificate(own), **extra})
        assert list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
    return _certificate("卡根", "卡根", ROOT_KEY.public_key(), ca=True).public_bytes(s.Encoding.DER)


def _make(kind: str) -> object:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_that_a_token_signs_a_paper_that_every_judge_accepts(
    kind: str, store: Path, library: Path, run: Run, tmp_path: Path
) -> None:
    root = _plug_in(store, library, run, f"office-{kind}", _make(kind))
    signer: Signer = from_token(TokenKey(library, f"office-{kind}", "office"), PIN)
    data = papers.paper("acceptance", papers.LETTER, signer)
    verdict = verify(data, roots=[root])
    assert verdict.ok
    assert verdict.signer == papers.OFFICE
    assert not verdict.test_certificate
    path = tmp_path / "token.pdf"
    path.write_bytes(data)
    assert "Signature is Valid" in run("pdfsig", "-nocert", path, status=None)


def test_that_what_is_wrong_with_a_token_is_told(store: Path, library: Path, run: Run) -> None:
    _plug_in(store, library, run, "office-wrong", _make("p256"))
    tries = (
        (TokenKey(library, "office-wrong", "office"), "1111", "token.pin"),
        (TokenKey(library, "another"), PIN, "token.missing"),
        (TokenKey(library, "office-wrong", "no such key"), PIN, "token.no_key"),
        (TokenKey(store / "driver.so"), PIN, "token.library"),
    )
    for where, pin, code in tries:
        with pytest.raises(EnvironmentFault) as caught:
            from_token(where, pin)
        assert caught.value.code == code
