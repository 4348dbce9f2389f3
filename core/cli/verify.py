"""`lintanctl verify`: is a paper intact, did the office sign it, does it still hold?

Anybody can ask with the office's root certificate; with a database the register answers too.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core import messages
from core.cli.context import Context
from core.errors import InputError
from core.files import why
from core.i18n import N_, _
from core.values.cells import Shown, as_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.capability import PaperKind
    from core.documents.judging import Trust
    from core.documents.register import Entry
    from core.documents.verify import CodeVerdict, Verdict

messages.register(
    {
        "verify.file": N_("The file “{path}” cannot be read: {reason}"),
        "verify.not_a_root": N_(
            "“{path}” is neither a certificate (PEM or DER) nor the public key of codes (PEM)."
        ),
    }
)


def add(parser: ArgumentParser) -> None:
    """The file to judge and the root to trust."""
    parser.add_argument(
        "file", metavar="FILE", help=_("a signed PDF, or a picture or scan of a paper")
    )
    parser.add_argument(
        "--trust",
        metavar="FILE.pem",
        action="append",
        default=[],
        help=_(
            "what to trust: the root certificate of the office (root.pem), for a picture or scan "
            "the public key of its codes (qr.pem); may be given several times"
        ),
    )
    parser.set_defaults(run=_verify)


def _verify(context: Context, args: Namespace) -> int:
    from core import office
    from core.documents import judging
    from core.documents.verify import Verdict

    path = Path(args.file)
    with _register(context) as session:
        kinds: tuple[PaperKind, ...] = office.paper_kinds() if session is not None else ()
        verdict = judging.judge(
            _bytes(path), path.name, _trust(args.trust, session), session=session, kinds=kinds
        )
    if isinstance(verdict, Verdict):
        context.out.record(as_record(verdict), _titles(verdict))
    else:
        context.out.record(code_record(verdict), _titles(verdict))
    return 0 if verdict.ok else 1


@contextmanager
def _register(context: Context) -> Iterator[Session | None]:
    """A read session when the person named a database, else nothing."""
    if not context.named:
        yield None
        return
    with context.database().read() as session:
        yield session


def _trust(names: list[str], session: Session | None) -> Trust:
    """What the person named, and what the register stands behind."""
    from core.documents import keys
    from core.documents.judging import Trust

    roots: list[bytes] = []
    codes: list[bytes] = []
    for name in names:
        path = Path(name)
        data = _bytes(path)
        (codes if b"-----BEGIN PUBLIC KEY-----" in data else roots).append(_trusted(path, data))
    if session is not None:
        roots += keys.roots(session)
        codes += keys.qr_keys(session)
    return Trust(roots, codes)


def _trusted(path: Path, data: bytes) -> bytes:
    """The DER form of a certificate or of a public key."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from core.documents.qr import public_from_pem

    if b"-----BEGIN PUBLIC KEY-----" in data:
        return public_from_pem(data)
    load = (
        x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
    )
    try:
        return load(data).public_bytes(Encoding.DER)
    except ValueError as problem:
        raise InputError.of("trust", "verify.not_a_root", path=str(path)) from problem


def as_record(verdict: Verdict) -> dict[str, object]:
    """A verdict on a file as the command line shows it (docs: command line, `verify`)."""
    from core.documents.standing import FORMS, shown

    stamp = {"at": verdict.stamped_at, "by": verdict.stamped_by} if verdict.stamped_at else None
    return {
        "judged_by": Shown("signature", _("the signed file")),
        "intact": verdict.intact,
        "covers_whole_file": verdict.covers_whole_file,
        "signer": verdict.signer,
        "trusted": verdict.trusted,
        **({"signatures": _several(verdict)} if verdict.signatures else {}),
        **({"time_stamp": stamp} if stamp else {}),
        "register": _register_record(verdict.register, verdict.number, verdict.entry),
        "status": _status(verdict),
        "original_or_copy": shown(verdict.original_or_copy or "unknown", FORMS),
        "reasons": _reasons(verdict.reasons),
    }


def code_record(verdict: CodeVerdict) -> dict[str, object]:
    """A verdict on a picture or scan: what its code carries, to compare with the paper."""
    facts = verdict.found.facts
    return {
        "judged_by": Shown("code", _("the code on the picture")),
        "intact": Shown(None, _("A picture cannot show whether the paper was altered.")),
        "covers_whole_file": Shown(None, ""),
        "signer": Shown(None, ""),
        "trusted": verdict.found.trusted,
        "code": _titled(
            {
                "number": facts.number,
                "kind": facts.kind,
                "holder": facts.holder,
                "id_tail": facts.id_tail,
                "amount": facts.amount,
                "date": facts.day,
                "key": verdict.found.kid.hex(),
            }
        ),
        "register": _register_record(verdict.register, facts.number, verdict.entry),
        "status": _status(verdict),
        "original_or_copy": Shown(
            None, _("A picture cannot show whether the paper is the original or a copy.")
        ),
        "compare": _("Compare holder, figures, number and date with the paper in your hand."),
        "reasons": _reasons(verdict.reasons),
    }


def _register_record(answer: str, number: str, entry: Entry | None) -> Shown:
    """What the register answers; for people a sentence where it does not know, or was not asked."""
    if answer == "not_asked":
        return Shown(None, _("not asked; name the database and who asks (--database, --as)"))
    if answer == "unknown":
        return Shown(None, _("does not know this file"))
    record = {"number": number, "record": Shown(answer, _(_RECORD[answer]))}
    if entry is None:
        return _titled(record)
    return _titled(
        {**record, "paper": entry.title, "issued_at": entry.issued_at, "copies": entry.copies}
    )


def _titled(values: Mapping[str, object]) -> Shown:
    """Values for programs; for people a line for each that says something."""
    lines = [f"{_(_FACTS[key])}: {as_text(one)}" for key, one in values.items() if as_text(one)]
    return Shown(dict(values), "\n".join(lines))


_RECORD = {"matches": N_("agrees"), "differs": N_("differs")}
_FACTS = {
    "number": N_("Number"),
    "kind": N_("Kind of paper"),
    "holder": N_("Holder"),
    "id_tail": N_("End of the number of the document"),
    "amount": N_("Tonnes or amount"),
    "date": N_("Date"),
    "key": N_("Signing key"),
    "record": N_("Record"),
    "paper": N_("Paper"),
    "issued_at": N_("Issued"),
    "copies": N_("Copies made"),
}


def _status(verdict: Verdict | CodeVerdict) -> Shown:
    from core.documents.standing import shown

    return shown(verdict.status or "unknown")


def _reasons(codes: tuple[str, ...]) -> list[Shown]:
    return [
        Shown({"code": code, "message": messages.sentence(code, {})}, messages.sentence(code, {}))
        for code in codes
    ]


def _several(verdict: Verdict) -> list[Shown]:
    return [Shown(one, f"{one.title} {one.signer}") for one in verdict.signatures]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError.of("file", "verify.file", path=str(path), reason=why(problem)) from problem


def _titles(verdict: Verdict | CodeVerdict) -> dict[str, str]:
    from core.documents.verify import CodeVerdict

    return {
        "judged_by": _("Looked at"),
        "intact": _("Intact"),
        "covers_whole_file": _("Signature covers the whole file"),
        "signer": _("Signed by"),
        "trusted": (
            _("Code is trusted") if isinstance(verdict, CodeVerdict) else _("Signer is trusted")
        ),
        "signatures": _("Signed in turn by"),
        "time_stamp": _("Time stamp"),
        "code": _("What the code says"),
        "register": _("Register"),
        "status": _("Status today"),
        "original_or_copy": _("Original or copy"),
        "compare": _("Please compare"),
        "reasons": _("Reasons"),
    }
