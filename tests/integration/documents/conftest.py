from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from core.database import Database
from core.documents import keys, sign
from core.documents.authority import TestAuthority
from core.documents.sign import Signer
from tests import papers


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return papers.authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def signer(authority: TestAuthority) -> Signer:
    return authority.signer()


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.fixture(scope="session")
def rsa_signer() -> tuple[Signer, bytes]:
    """An RSA-3072 signer under an RSA root of its own, as a certification authority would give."""
    root_key, key = (rsa.generate_private_key(65537, 3072) for _ in range(2))
    names = [
        x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
        for name in ("某省测绘认证根", papers.OFFICE)
    ]

    def certificate(number: int, public: rsa.RSAPublicKey) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[0])
            .public_key(public)
            .serial_number(number + 77)
            .not_valid_before(papers.NOW - timedelta(days=10))
            .not_valid_after(papers.NOW + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=number == 0, path_length=None), critical=True)
            .add_extension(_usage(authority=number == 0), critical=True)
            .sign(root_key, hashes.SHA256())
        )

    root = certificate(0, root_key.public_key())
    return sign.from_key(key, certificate(1, key.public_key())), root.public_bytes(Encoding.DER)


@pytest.fixture(scope="session")
def certificate(signer: Signer) -> bytes:
    return papers.paper("certificate", papers.certificate(), signer)


@pytest.fixture
def run() -> Callable[..., str]:
    """Run a program; its output and errors together. Fails the test when it is not installed."""

    def run(*words: str | Path, status: int | None = 0) -> str:
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, check=False
        )
        assert status is None or done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def pinned(database: Database, authority: TestAuthority) -> Database:
    """An office (on each of both databases) that stands behind the keys of the test authority."""
    with database.write() as session:
        keys.pin_authority(session, authority, papers.OFFICE)
    return database
