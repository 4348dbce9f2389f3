"""Our verdict on a paper: is the document intact, did we sign it, does it still hold today?

Stricter than PDF readers, which still print "valid" after pages were appended: the signature must
cover the whole file (but for time stamps and what checks them, see `archive`), its CMS must be byte
for byte what our builder makes of its contents, the signer must be issued by a pinned root (compared
by bytes, never by name), and the register must know the file, its record and its status.

Where several sign in turn, all this holds for each of them, and what a later one appended must be
byte for byte the revision that our writer makes of it (see `revisions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from core.documents import cms
from core.documents.qr import Decoded, decode
from core.i18n import N_
from core.messages import register as register_messages

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sqlalchemy.orm import Session

    from core.capability import PaperKind
    from core.documents.register import Entry

MAX_BYTES = 64 * 1024 * 1024
_HEADER = b"%PDF-1.7\n"
_END = b"%%EOF\n"
_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9}) *\]")
_GAP = re.compile(rb"<((?:[0-9a-f]{2})+)>")
_DATE = re.compile(rb"\n/M \(D:(\d{14})\+08'00'\)")
_CLAIM = re.compile(rb"<lintan:(\w+)>([^<]*)</lintan:\1>")
Register = Literal["matches", "differs", "unknown", "not_asked"]


@dataclass(frozen=True)
class SignedBy:
    """One of several signatures: as what, by whom, when it says it was made."""

    title: str
    signer: str
    signed_at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """The three answers side by side, and what they rest on.

    `reasons` are message codes: what is wrong, in the order found. `signer` is the last who signed;
    `signatures` names all where there are several.
    `status` is the register's word on the record today ("" when it was not asked).
    """

    intact: bool = False
    covers_whole_file: bool = False
    signer: str = ""
    trusted: bool = False
    test_certificate: bool = False
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    register: Register = "not_asked"
    status: str = ""
    original_or_copy: str = ""
    number: str = ""
    entry: Entry | None = None
    reasons: tuple[str, ...] = ()
    sha256: str = ""
    signatures: tuple[SignedBy, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all that was asked was answered well."""
        return (
            self.intact
            and self.trusted
            and self.register in {"matches", "not_asked"}
            and (not self.reasons)
        )


@dataclass(frozen=True)
class CodeVerdict:
    """What the code on a picture answers; of the paper around it nothing is known.

    Whether the paper was altered, and whether it is the original or a copy, no picture can tell:
    the facts in the code have to be compared with the paper in the hand.
    `reasons`, `register`, `status` and `entry` are as in `Verdict`.
    """

    found: Decoded
    register: Register = "not_asked"
    status: str = ""
    entry: Entry | None = None
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the code is the office's, and its record known and in force."""
        return self.found.trusted and not self.reasons


@dataclass
class Findings:
    """What is being found out; turned into a verdict at the end."""

    answers: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def fail(self, reason: str) -> None:
        """Note a reason once."""
        if reason not in self.reasons:
            self.reasons.append(reason)

    def verdict(self) -> Verdict:
        """What was found, closed."""
        return Verdict(**self.answers, reasons=tuple(self.reasons))


@dataclass(frozen=True)
class _Signed:
    """A signature dictionary as the file has it; `length` is what it covers of the file."""

    opening: int
    closing: int
    length: int
    contents: bytes
    signed_at: datetime | None
    title: str = ""


def verify(
    data: bytes,
    *,
    roots: Iterable[bytes],
    session: Session | None = None,
    kinds: Iterable[PaperKind] = (),
) -> Verdict:
    """Judge a file. `roots` are DER certificates; with a session the register is asked too.

    `kinds` are the capabilities' paper kinds, which know the present facts and status of a record.
    Never raises for anything inside `data`.
    """
    findings = Findings({"sha256": sha256(data).hexdigest()})
    signed = _read(data, findings)
    claims = metadata(data[: signed[0].length]) if signed else {}
    if signed:
        findings.answers["number"] = claims.get("number", "")
        _judge_all(data, signed, tuple(roots), findings)
    if session is not None:
        from core.documents import register

        register.judge(session, data, claims, findings, tuple(kinds))
    return findings.verdict()


def _read(data: bytes, findings: Findings) -> list[_Signed]:
    """Find the signatures of a file of ours, in order.

    Plain byte comparison and no PDF parser: only our program signs with the office's key, so a
    file that is wholly covered and rightly signed is byte for byte what it wrote.
    """
    if len(data) > MAX_BYTES or not data.startswith(_HEADER):
        findings.fail("verify.not_a_paper")
        return []
    if b"/ByteRange" not in data:
        findings.fail("verify.unsigned")
        return []
    first = _signature(data, 0, len(data))
    if first is None or not _is_one_revision(data[: first.length], first.length):
        findings.fail("verify.changed_after")
        return []
    found, awaited = _later(data, first)
    if not _is_ours_behind(data, found[-1].length):
        findings.fail("verify.changed_after")
        return []
    if awaited:
        findings.fail("verify.unfinished")
    findings.answers["covers_whole_file"] = True
    return found


def _signature(data: bytes, start: int, end: int) -> _Signed | None:
    """The first signature dictionary between two places, when its range covers what it should."""
    found = _RANGE.search(data, start, end)
    if found is None:
        return None
    opening, closing, rest = (int(n) for n in found.groups())
    if not start <= opening < closing <= len(data):
        return None
    gap = _GAP.fullmatch(data, opening, closing)
    if gap is None:
        return None
    contents = bytes.fromhex(gap[1].decode())
    return _Signed(opening, closing, closing + rest, contents, _instant(data, closing))


def _later(data: bytes, first: _Signed) -> tuple[list[_Signed], bool]:
    """The signatures that others added to the first one, and whether some are still to come."""
    from core.documents import revisions

    fields = revisions.prepared(data[: first.length])
    if not fields:
        return [first], False
    found = [replace(first, title=revisions.first_title(data[: first.length]))]
    for one in fields:
        start = found[-1].length
        end = revisions.accepted(data, start, one)
        signed = _signature(data, start, end) if end else None
        if signed is None or signed.length != end:
            break
        found.append(replace(signed, title=one.field.title))
    return found, len(found) <= len(fields)


def _is_one_revision(base: bytes, length: int) -> bool:
    """Whether what the signature covers is one whole file with one signature."""
    return (
        len(base) == length
        and base.endswith(_END)
        and base.count(b"startxref") == 1
        and len(_RANGE.findall(base)) == 1
    )


def _is_ours_behind(data: bytes, length: int) -> bool:
    """Whether nothing follows what was signed, or only what archives it (B-LTA)."""
    if len(data) == length:
        return True
    from core.documents.archive import only_archived

    return only_archived(data, length)


def _instant(data: bytes, closing: int) -> datetime | None:
    """The claimed time of signing: the /M entry, which stands right behind the signature."""
    found = _DATE.match(data, closing)
    if found is None:
        return None
    try:
        local = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return local - timedelta(hours=8)


def metadata(data: bytes) -> dict[str, str]:
    """Number, record hash, template and mark a file claims; empty for a file that is not ours."""
    return {
        key.decode(): unescape(value.decode("utf-8", "replace"))
        for key, value in _CLAIM.findall(data)
    }


def _nonsense() -> tuple[type[Exception], ...]:
    """The libraries' ways of saying that bytes make no sense."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        AttributeError,
        RecursionError,
        NotImplementedError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )


def _judge_all(
    data: bytes, signed: list[_Signed], roots: tuple[bytes, ...], findings: Findings
) -> None:
    """Each signature; what all of them say is said, and otherwise what is wrong with the first."""
    told, by = [], []
    for one in signed:
        answers = Findings({}, findings.reasons)
        _judge_signature(data, one, roots, answers)
        told.append(answers.answers)
        by.append(SignedBy(one.title, str(answers.answers.get("signer", "")), one.signed_at))
    certificates = [one["certificate"] for one in told if "certificate" in one]
    if len(set(certificates)) < len(certificates):
        findings.fail("verify.signed_twice")
    last = {key: value for key, value in told[-1].items() if key != "certificate"}
    findings.answers |= last
    findings.answers["signed_at"] = signed[-1].signed_at
    for answer in ("intact", "trusted"):
        findings.answers[answer] = all(one.get(answer) for one in told)
    findings.answers["test_certificate"] = any(one.get("test_certificate") for one in told)
    if len(signed) > 1:
        findings.answers["signatures"] = tuple(by)


def _judge_signature(
    data: bytes, signed: _Signed, roots: tuple[bytes, ...], findings: Findings
) -> None:
    der = cms.unpadded(signed.contents)
    try:
        parsed = cms.parse(der)
        certificates = [_certificate(c) for c in parsed.certificates]
        holds = bool(certificates) and cms.signature_holds(parsed, certificates[0])
    except _nonsense():
        findings.fail("verify.broken_signature")
        return
    if not parsed.canonical or not holds:
        findings.fail("verify.broken_signature")
        return
    digest = sha256(data[: signed.opening] + data[signed.closing : signed.length]).digest()
    if digest != parsed.digest:
        findings.fail("verify.altered")
        return
    if parsed.timestamp and not _judge_stamp(parsed, findings):
        return
    findings.answers["intact"] = True
    findings.answers["certificate"] = parsed.certificates[0]
    _judge_identity(certificates, signed.signed_at, roots, findings)


def _judge_stamp(parsed: cms.Parsed, findings: Findings) -> bool:
    """Whether the time stamp is one, over this signature; then when and by whom."""
    from core.documents import timestamp

    try:
        token = timestamp.read(parsed.timestamp)
        holds = token.digest == sha256(parsed.signature).digest()
    except _nonsense():
        holds = False
    if not holds:
        findings.fail("verify.broken_stamp")
        return False
    findings.answers["stamped_at"] = token.at
    findings.answers["stamped_by"] = token.by
    return True


def _certificate(der: bytes) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der)


def _judge_identity(
    certificates: list[Certificate],
    signed_at: datetime | None,
    roots: tuple[bytes, ...],
    findings: Findings,
) -> None:
    from core.documents.sign import TEST_MARK, common_name

    trusted = [_certificate(root) for root in roots]
    try:
        name = common_name(certificates[0])
        known = _chains(certificates, trusted)
    except _nonsense():  # what the certificate says is read only now
        findings.fail("verify.unknown_signer")
        return
    findings.answers["signer"] = name
    findings.answers["test_certificate"] = TEST_MARK in name
    if not known:
        findings.fail("verify.unknown_signer")
        return
    certificate = certificates[0]
    if signed_at is None or not (
        certificate.not_valid_before_utc <= signed_at <= certificate.not_valid_after_utc
    ):
        findings.fail("verify.certificate_ended")
        return
    findings.answers["trusted"] = True


def _chains(certificates: list[Certificate], roots: list[Certificate]) -> bool:
    """Whether each certificate is issued by the next one and the last one by a pinned root."""
    path = [*certificates]
    for issued, issuer in pairwise(path):
        if not (_is_authority(issuer) and _issued_by(issued, issuer)):
            return False
    return any(path[-1] == root or _issued_by(path[-1], root) for root in roots)


def _is_authority(certificate: Certificate) -> bool:
    from cryptography import x509

    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    return constraints.ca


def _issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return _is_authority(issuer)


def verify_code(
    text: str,
    *,
    keys: Iterable[bytes],
    session: Session | None = None,
    kinds: Iterable[PaperKind] = (),
    paper: Mapping[str, str] | None = None,
) -> CodeVerdict:
    """Judge a scanned code: who signed it, and whether it belongs to `paper` and the register.

    `paper` is the metadata (`number`, `recordHash`) of the file it was found on.
    Raises InputError("qr.foreign") when it is not a code of ours.
    """
    found = decode(text, tuple(keys))
    findings = Findings()
    if not found.trusted:
        findings.fail("verify.unknown_key")
    if paper is not None and (
        paper.get("number") != found.facts.number
        or not str(paper.get("recordHash", "")).startswith(found.facts.record_hash.hex())
    ):
        findings.fail("verify.code_of_another_paper")
    if session is not None:
        from core.documents import register

        register.judge_code(session, found, findings, tuple(kinds))
    return CodeVerdict(found, **findings.answers, reasons=tuple(findings.reasons))


register_messages(
    {
        "verify.not_a_paper": N_("This is not a paper made by this program."),
        "verify.unsigned": N_("The file carries no signature: a preview, or a print of data only."),
        "verify.changed_after": N_("The file was changed after it was signed."),
        "verify.unfinished": N_("Not everybody who has to sign the paper has signed it."),
        "verify.signed_twice": N_("Two signatures of the file are by the same certificate."),
        "verify.altered": N_("The content of the file is not what was signed."),
        "verify.broken_signature": N_("The signature in the file is damaged or was tampered with."),
        "verify.broken_stamp": N_("The time stamp in the file is damaged or of another signature."),
        "verify.unknown_signer": N_(
            "The signing certificate is not one of the office, whatever name it carries."
        ),
        "verify.certificate_ended": N_("The certificate was not valid when the file was signed."),
        "verify.unknown_key": N_("The code is not signed with a key of the office."),
        "verify.code_of_another_paper": N_("The code belongs to another paper."),
        "verify.not_in_register": N_("The register does not know this file."),
        "verify.record_differs": N_("The register's record is not what this paper says."),
    }
)
