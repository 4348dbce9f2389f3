"""Judging whatever a person holds: a signed file, or a picture or scan of a paper with its code.

The one way of the desktop and of the command line. What a file is follows from its bytes, not from
its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from core.documents import qr
from core.documents.verify import MAX_BYTES, CodeVerdict, Verdict, metadata, verify, verify_code
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from PIL.Image import Image
    from sqlalchemy.orm import Session

    from core.capability import PaperKind

#: What a page of a scan is drawn at to find its code, dots per inch.
_DOTS = 200
_MOST_PAGES = 6
_MOST_DOTS = 4000
#: Reasons that only a file of ours has: its signature is judged, whatever is printed on it.
_SIGNED = {
    "verify.changed_after",
    "verify.altered",
    "verify.broken_signature",
    "verify.broken_stamp",
}


@dataclass(frozen=True)
class Trust:
    """What is trusted: root certificates for files, public keys for codes; both as DER."""

    roots: Sequence[bytes] = ()
    codes: Sequence[bytes] = ()


def judge(
    data: bytes,
    name: str,
    trust: Trust,
    *,
    session: Session | None = None,
    kinds: Sequence[PaperKind] = (),
) -> Verdict | CodeVerdict:
    """Judge a file called `name`: a paper by its signature, a picture or scan by its code.

    Raises:
        InputError: field `file`: a picture that cannot be read, or has no code on it.
        RuleViolation: without a register, no root for a file, or no key for a code, is trusted.
    """
    if not data.startswith(b"%PDF") and _is_picture(data, name):
        codes = qr.codes_in(data, Path(name).name)
        if not codes:
            raise InputError.of("file", "verify.no_code", file=Path(name).name)
        return _of_codes(codes, trust, session, kinds)
    verdict = verify(data, roots=trust.roots, session=session, kinds=kinds)
    if not verdict.intact and not _SIGNED & {*verdict.reasons} and not metadata(data):
        codes = _codes_on_pages(data)
        if codes:
            return _of_codes(codes, trust, session, kinds)
    if session is None and not trust.roots:
        raise RuleViolation("verify.no_roots")
    return verdict


def _is_picture(data: bytes, name: str) -> bool:
    from PIL import Image

    if Path(name).suffix.lower() in qr.PICTURES:
        return True
    try:
        with Image.open(BytesIO(data)):
            return True
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def _of_codes(
    codes: Sequence[str], trust: Trust, session: Session | None, kinds: Sequence[PaperKind]
) -> CodeVerdict:
    """The verdict on the code; of the first that is not in order where there are several."""
    if session is None and not trust.codes:
        raise RuleViolation("verify.no_qr_key")
    found = [verify_code(one, keys=trust.codes, session=session, kinds=kinds) for one in codes]
    records = {(one.found.facts.number, one.found.facts.record_hash) for one in found}
    worst = next((one for one in found if not one.ok), found[0])
    if len(records) == 1:
        return worst
    return CodeVerdict(
        worst.found,
        worst.register,
        worst.status,
        worst.entry,
        (*worst.reasons, "verify.several_papers"),
    )


def _codes_on_pages(data: bytes) -> list[str]:
    """The codes on the pages of a scan that was saved as a PDF."""
    return [code for page in _pages(data) for code in qr.codes_on(page)]


def _pages(data: bytes) -> Iterator[Image]:
    """The first pages of a PDF as pictures, grey; none of one that cannot be drawn."""
    import pypdfium2

    if len(data) > MAX_BYTES or not data.startswith(b"%PDF"):
        return
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            longest = max(*page.get_size(), 1)
            scale = min(_DOTS / 72, _MOST_DOTS / longest)
            yield page.render(scale=scale, grayscale=True).to_pil()
    except pypdfium2.PdfiumError:
        return
    finally:
        document.close()


register(
    {
        "verify.no_code": N_(
            "There is no code of a paper on “{file}”, or it cannot be read. Scan it flat, at "
            "150 dots per inch or more."
        ),
        "verify.several_papers": N_("There are codes of several papers on it: verify each alone."),
        "verify.no_roots": N_(
            "Name the certificate to trust (--trust ROOT.pem), or a database and who asks "
            "(--database, --as)."
        ),
        "verify.no_qr_key": N_(
            "Name the public key of the office's codes (--trust qr.pem), or a database and who asks "
            "(--database, --as)."
        ),
    }
)
