"""Telling a signing key file from other files before anybody is asked for its passphrase."""

from __future__ import annotations

from pathlib import Path

from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

register(
    {
        "sign.certificate_only": N_(
            "“{file}” holds a certificate, not a signing key. "
            "Choose the key file with the name ending .p12 or .pfx."
        ),
        "sign.not_pkcs12": N_(
            "“{file}” is not a signing key file. "
            "Choose the key file with the name ending .p12 or .pfx."
        ),
    }
)

#: What a PKCS#12 file begins with inside its sequence: version 3 (RFC 7292, section 4).
_VERSION = b"\x02\x01\x03"
_SEQUENCE = 0x30
_LONG = 0x80


def key_bytes(path: Path) -> bytes:
    """The bytes of a PKCS#12 file.

    Raises:
        EnvironmentFault: `sign.no_file`, or it is another kind of file: `sign.certificate_only`,
            `sign.not_pkcs12`.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise EnvironmentFault("sign.no_file", file=path.name) from fault
    if not _is_pkcs12(data):
        code = "sign.certificate_only" if _is_certificate(data) else "sign.not_pkcs12"
        raise EnvironmentFault(code, file=path.name)
    return data


def _is_pkcs12(data: bytes) -> bool:
    if len(data) < 8 or data[0] != _SEQUENCE:
        return False
    more = data[1] - _LONG if data[1] >= _LONG else 0  # bytes of a long length; 0 is indefinite
    return data.startswith(_VERSION, 2 + more)


def _is_certificate(data: bytes) -> bool:
    from cryptography import x509

    pem = data.lstrip().startswith(b"-----BEGIN")
    try:
        (x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate)(data)
    except ValueError:
        return False
    return True
