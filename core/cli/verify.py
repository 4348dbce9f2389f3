"""`lintanctl verify`: is a paper intact, did the office sign it, does it still hold?

Anybody can ask with the office's root certificate; with a database the register answers too.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core import messages
from core.cli.context import Context
from core.documents.qr import PICTURES
from core.errors import InputError, RuleViolation
from core.files import why
from core.i18n import N_, _
from core.values.cells import Shown

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.capability import PaperKind
    from core.documents.verify import Verdict

messages.register(
    {
        "verify.file": N_("The file “{path}” cannot be read: {reason}"),
        "verify.no_roots": N_(
            "Name the certificate to trust (--trust ROOT.pem), or a database and who asks "
            "(--database, --as)."
        ),
        "verify.no_qr_key": N_(
            "Name the public key of the office's codes (--trust qr.pem), or a database and who asks "
            "(--database, --as)."
        ),
        "verify.not_a_root": N_("“{path}” is not a certificate (PEM or DER)."),
        "verify.no_code": N_("There is no code on the picture “{path}”, or it cannot be read."),
    }
)


def add(parser: ArgumentParser) -> None:
    """The file to judge and the root to trust."""
    parser.add_argument("file", metavar="FILE", help=_("a signed PDF, or a picture of its code"))
    parser.add_argument(
        "--trust",
        metavar="ROOT.pem",
        action="append",
        default=[],
        help=_("the root certificate of the office; for a picture the public key of its codes"),
    )
    parser.set_defaults(run=_verify)


def _verify(context: Context, args: Namespace) -> int:
    path = Path(args.file)
    with _register(context) as session:
        if path.suffix.lower() in PICTURES:
            return _verify_picture(context, path, args.trust, session)
        return _verify_pdf(context, path, args.trust, session)


@contextmanager
def _register(context: Context) -> Iterator[Session | None]:
    """A read session when the person named a database, else nothing."""
    if not context.named:
        yield None
        return
    with context.database().read() as session:
        yield session


def _verify_pdf(context: Context, path: Path, trust: list[str], session: Session | None) -> int:
    from core import office
    from core.documents import keys
    from core.documents.verify import verify

    roots = [_root(Path(name)) for name in trust]
    kinds: tuple[PaperKind, ...] = ()
    if session is not None:
        roots += keys.roots(session)
        kinds = office.paper_kinds()
    if not roots:
        raise RuleViolation("verify.no_roots")
    verdict = verify(_bytes(path), roots=roots, session=session, kinds=kinds)
    titles = _titles()
    if verdict.signatures:
        titles["signatures"] = _("Signed in turn by")
    if verdict.stamped_at is not None:
        titles["time_stamp"] = _("Time stamp")
    context.out.record(as_record(verdict), titles)
    return 0 if verdict.ok else 1


def as_record(verdict: Verdict) -> dict[str, object]:
    """A verdict as the command line shows it (docs: command line, `verify`)."""
    asked = verdict.register != "not_asked"
    stamp = {"at": verdict.stamped_at, "by": verdict.stamped_by} if verdict.stamped_at else None
    return {
        "intact": verdict.intact,
        "covers_whole_file": verdict.covers_whole_file,
        "signer": verdict.signer,
        "trusted": verdict.trusted,
        **({"signatures": _several(verdict)} if verdict.signatures else {}),
        **({"time_stamp": stamp} if stamp else {}),
        "register": _register_said(verdict),
        "status": _spoken(verdict.status if asked else ""),
        "original_or_copy": _spoken(verdict.original_or_copy),
        "reasons": _reasons(verdict.reasons),
    }


def _register_said(verdict: Verdict) -> Shown:
    """Number and record for programs; a sentence for people."""
    sentences = {
        "matches": N_("agrees (number {number})"),
        "differs": N_("says otherwise (number {number})"),
        "unknown": N_("does not know this file"),
        "not_asked": N_("not asked; name the database and who asks (--database, --as)"),
    }
    known = verdict.register in {"matches", "differs"}
    facts = {"number": verdict.number, "record": verdict.register} if known else None
    sentence = _(sentences[verdict.register])
    if known and not verdict.number:
        sentence = _("agrees") if verdict.register == "matches" else _("says otherwise")
    return Shown(facts, sentence.format(number=verdict.number))


def _spoken(key: str) -> Shown:
    """A word of the verdict; nothing known is said in words, too."""
    from core.documents.words import word

    return Shown(key, word(key)) if key else Shown("unknown", _("not known"))


def _reasons(codes: Sequence[str]) -> list[Shown]:
    """Code and sentence for programs, the sentence for people."""
    found = [(code, messages.sentence(code, {})) for code in codes]
    return [Shown({"code": code, "message": sentence}, sentence) for code, sentence in found]


def _code_number(number: str) -> Shown:
    return Shown({"number": number}, _("number {number}").format(number=number))


def _several(verdict: Verdict) -> list[Shown]:
    return [Shown(one, f"{one.title} {one.signer}") for one in verdict.signatures]


def _verify_picture(context: Context, path: Path, trust: list[str], session: Session | None) -> int:
    from core.documents import keys
    from core.documents.qr import public_from_pem, read_image
    from core.documents.verify import verify_code

    trusted = tuple(public_from_pem(_bytes(Path(name))) for name in trust)
    if session is not None:
        trusted += keys.qr_keys(session)
    if not trusted:
        raise RuleViolation("verify.no_qr_key")
    _bytes(path)
    codes = read_image(path)
    if not codes:
        raise InputError.of("file", "verify.no_code", path=str(path))
    found, reasons = verify_code(codes[0], keys=trusted, session=session)
    context.out.record(
        {
            "intact": found.trusted,
            "covers_whole_file": None,
            "signer": None,
            "trusted": found.trusted,
            "register": _code_number(found.facts.number) if session is not None else None,
            "status": _spoken("" if reasons or session is None else "ok"),
            "original_or_copy": None,
            "reasons": _reasons(reasons),
        },
        _titles(),
    )
    return 1 if reasons else 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError.of("file", "verify.file", path=str(path), reason=why(problem)) from problem


def _root(path: Path) -> bytes:
    """The DER form of a certificate file."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _bytes(path)
    load = (
        x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
    )
    try:
        return load(data).public_bytes(Encoding.DER)
    except ValueError as problem:
        raise InputError.of("trust", "verify.not_a_root", path=str(path)) from problem


def _titles() -> dict[str, str]:
    return {
        "intact": _("Intact"),
        "covers_whole_file": _("Signature covers the whole file"),
        "signer": _("Signed by"),
        "trusted": _("Signer is trusted"),
        "register": _("Register"),
        "status": _("Status"),
        "original_or_copy": _("Original or copy"),
        "reasons": _("Reasons"),
    }
