"""Template + frozen facts → PDF bytes. Pure: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from core.clock import china_date
from core.documents import blocks, fonts, placed, qr
from core.documents import facts as facts_
from core.documents.fields import Slot
from core.documents.layout import CODE, COLOURS, LETTER, Marks, Sheet, style
from core.documents.pdf import MM, Metadata, PdfFile, Surface
from core.documents.templates import Page, Signatory, Template, shipped

_FOOT = 9.0


@dataclass(frozen=True)
class Job:
    """Everything a paper is made from.

    `number` is the printed number, `record_hash` the SHA-256 of the canonical facts, `created`
    the instant the paper was prepared; `qr_key` signs the code (no key, no code). `signatories`
    are those who sign in turn; empty where one signature is enough.
    """

    template: Template
    facts: Mapping[str, Any]
    created: datetime
    number: str = ""
    marks: Marks = field(default_factory=Marks)
    qr_key: qr.QrKey | None = None
    signatories: tuple[Signatory, ...] = ()

    @cached_property
    def record_hash(self) -> str:
        """SHA-256 of the canonical facts."""
        return facts_.fingerprint(self.facts)


def _first(template: str, facts: Mapping[str, Any]) -> str:
    return facts_.fill(template, facts) if template else ""


def qr_text(job: Job) -> str:
    """The text of the paper's code, or nothing when there is no key."""
    if job.qr_key is None:
        return ""
    template = job.template
    day = job.facts.get("date")
    return qr.encode(
        qr.QrFacts(
            job.number,
            template.kind,
            _shortened(_first(template.qr_holder, job.facts)),
            _first(template.qr_tail, job.facts),
            _first(template.qr_amount, job.facts),
            date.fromisoformat(str(day)) if day else china_date(job.created),
            bytes.fromhex(job.record_hash)[:16],
        ),
        job.qr_key,
    )


def _shortened(holder: str) -> str:
    """At most 20 characters: a long code becomes too fine to read from a photocopy."""
    most = 20
    return holder if len(holder) <= most else holder[: most - 1] + "…"


def draw(job: Job, slot: Slot | None = None) -> bytes:
    """Lay out and write the paper; with a slot, ready to be signed.

    Raises RuleViolation when a fact is missing or a character has no glyph.
    """
    template = job.template
    facts = {**job.facts, **({"number": job.number} if job.number else {})}
    pdf = PdfFile(_about(job), slot)
    sheet = Sheet(
        pdf,
        facts,
        job.marks,
        qr_text(job),
        style(template.body, LETTER),
        job.signatories,
        template.signatures,
    )
    for page in template.pages:
        if facts_.holds(page.when, facts):
            _run(sheet, page)
    _footers(sheet, job)
    return pdf.save()


def _about(job: Job) -> Metadata:
    return Metadata(
        title=f"{job.template.title} {job.number}".strip(),
        number=job.number,
        record_hash=job.record_hash,
        template=f"{job.template.kind}/{job.template.version}",
        author=str(job.facts.get("office_name", "")),
        created=job.created,
        mark="；".join(job.marks.lines()),
    )


def _run(sheet: Sheet, page: Page) -> None:
    sheet.page = page
    sheet.new_page()
    for element in page.fixed:
        placed.draw(sheet, element)
    blocks.draw(sheet, page.flow)


def _footers(sheet: Sheet, job: Job) -> None:
    """Number and page on every page; the code on the last page of letters and forms."""
    total = len(sheet.footed)
    for n, (surface, page) in enumerate(sheet.footed):
        if page.footer:
            _footer(surface, page, job.number, f"第 {n + 1} 页 共 {total} 页")
    surface, page = sheet.footed[-1]
    if page.qr and sheet.qr_text:
        left, below = page.margins[3] * MM, max(page.margins[2] * MM - CODE - 2 * MM, 5 * MM)
        placed.draw_code(surface, sheet.qr_text, (left, below, CODE))


def _footer(surface: Surface, page: Page, number: str, position: str) -> None:
    surface.colour(COLOURS["grey"])
    y = max(page.margins[2] - 25, 8) * MM
    right = surface.width - page.margins[1] * MM
    words = f"{number}　{position}" if number else position
    width = fonts.width("song", words, _FOOT)
    surface.text((right - width, y), "song", _FOOT, words)


def render(
    template: Template | str,
    facts: Mapping[str, Any],
    *,
    watermark: Marks | None = None,
    created: datetime | None = None,
    number: str = "",
) -> bytes:
    """An unsigned preview without side effects, of a template or the shipped one of a kind.

    Raises RuleViolation when a fact is missing or a character has no glyph.
    """
    chosen = shipped(template) if isinstance(template, str) else template
    facts_.check(chosen, facts)
    return draw(
        Job(
            chosen,
            facts,
            created or datetime(2000, 1, 1, tzinfo=UTC),
            number,
            watermark or Marks(),
            signatories=chosen.signatories(facts),
        )
    )
