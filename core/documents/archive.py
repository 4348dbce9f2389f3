"""B-LTA: certificates, revocation lists and a document time stamp appended to a signed paper.

pyHanko appends them, only before the paper is stored; and pyHanko's analysis of revisions says in
verification whether anything else was appended.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from typing import Any

from core.documents import cms, timestamp

_MOST = 8 << 20


def extend(data: bytes, url: str, certificates: Iterable[bytes]) -> bytes:
    """Append what is needed to check a signed and stamped paper when its servers are long gone.

    `certificates` (DER) are the signer's chain and the stamp's. Raises EnvironmentFault(timestamp.*).
    """
    from asn1crypto import crl, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    chain = list(dict.fromkeys(certificates))
    out = io.BytesIO(data)
    DocumentSecurityStore.add_dss(
        out,
        sig_contents=None,
        certs=[x509.Certificate.load(der) for der in chain],
        crls=[crl.CertificateList.load(der) for der in _revocations(chain)],
    )
    writer = IncrementalPdfFileWriter(out)
    number = data.count(b"/DocTimeStamp") + 1  # a later stamp renews an earlier one
    stamper = PdfTimeStamper(_stamper(url), field_name=f"Timestamp{number}")
    stamped: Any = stamper.timestamp_pdf(
        writer, "sha256", bytes_reserved=2 * timestamp.ROOM, validation_paths=[]
    )
    return bytes(stamped.getvalue())


def _stamper(url: str) -> Any:
    """Our own asking, in the shape pyHanko wants."""
    from asn1crypto.cms import ContentInfo
    from pyhanko.sign.timestamps import TimeStamper

    class Ours(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            return ContentInfo.load(timestamp.request(url, message_digest))

    made: Any = Ours
    return made()


def _revocations(chain: Iterable[bytes]) -> list[bytes]:
    """The revocation lists the certificates point to; one that cannot be had is left out."""
    from cryptography import x509

    found = []
    for der in chain:
        certificate = x509.load_der_x509_certificate(der)
        try:
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
        except x509.ExtensionNotFound:
            continue
        urls = [name.value for point in points.value for name in point.full_name or ()]
        for url in urls:
            data = _fetch(str(url))
            if data:
                found.append(data)
                break
    return list(dict.fromkeys(found))


def _fetch(url: str) -> bytes:
    from http.client import HTTPException
    from urllib.request import urlopen

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if not url.startswith(("http://", "https://")):
        return b""
    try:
        with urlopen(url, timeout=timestamp.PATIENCE) as answer:  # noqa: S310
            data = answer.read(_MOST)
        return x509.load_der_x509_crl(data).public_bytes(Encoding.DER)
    except (OSError, HTTPException, ValueError):
        return b""


def only_archived(data: bytes, signed: int) -> bool:
    """Whether all that follows the first `signed` bytes is stores of certificates and time stamps.

    The last of these must cover the whole file, and each must hold.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import UnacceptableSignerError
    from pyhanko.sign.validation.errors import SignatureValidationError

    # What it finds in a hostile file is our verdict, and no line in the log.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    try:
        return _only_archived(data, signed)
    except (
        PdfError,
        SignatureValidationError,
        UnacceptableSignerError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        AttributeError,
        RecursionError,
        NotImplementedError,
        AssertionError,
    ):  # what the libraries say of bytes that make no sense
        return False


def _only_archived(data: bytes, signed: int) -> bool:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    reader = PdfFileReader(io.BytesIO(data))
    stamps = reader.embedded_timestamp_signatures
    # Where several signed, the last one; what its revision and earlier ones hold is judged by bytes.
    signature = max(reader.embedded_regular_signatures, key=_reach)
    if not stamps or _reach(signature) != signed:
        return False
    for one in (signature, *stamps):
        if not _untouched(one):
            return False
    for stamp in stamps:
        # Outside what it covers there is one way to write a stamp: pyHanko's, in capitals.
        _start, opening, closing, _rest = (int(number) for number in stamp.byte_range)
        written = bytes(stamp.pkcs7_content).hex().upper().encode()
        if data[opening:closing] != b"<" + written + b">":
            return False
        if (
            timestamp.read(cms.unpadded(bytes(stamp.pkcs7_content))).digest
            != stamp.compute_digest()
        ):
            return False
    return bool(stamps[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE)


def _reach(one: Any) -> int:
    """How much of the file a signature covers."""
    numbers = [int(number) for number in one.byte_range]
    return numbers[2] + numbers[3]


def _untouched(one: Any) -> bool:
    """Whether a signature covers its revision and later ones only archive."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    one.compute_integrity_info()
    told = one.summarise_integrity_info()
    covered = told["coverage"] >= SignatureCoverageLevel.ENTIRE_REVISION
    level = told["diff_result"].modification_level
    return bool(covered and told["docmdp_ok"] and level <= ModificationLevel.LTA_UPDATES)
