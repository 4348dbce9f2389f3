"""Our way of making a signed certificate against the stock way, in one run on one machine.

Stock: reportlab's canvas with its fonts registered once, the border and the code drawn for each
certificate, then pyHanko's SimpleSigner with the key loaded once. Both ways draw the same certificate:
border and ground, the same texts in the same fonts, a code of the same text, a sketch of 200
vertices, and sign with the same RSA-2048 key as PAdES B-B.
"""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from core.clock import SystemClock
from core.documents import bench_stream, fonts, ornament, qr, render, sign
from core.documents.layout import Marks
from core.documents.pdf import MM
from core.documents.sign import Signer
from core.documents.templates import Page, PlacedForm, PlacedText, Sketch, Template, shipped
from core.values.comparison import Comparison

_NAME = "性能测试"
_SAMPLES = 3
_TIMES = 30


def papers(rows: int = 1000) -> Comparison:
    """Milliseconds for one signed certificate, ours and stock, the best of three rounds.

    Then a letter of one page, a new process until its first signed paper (milliseconds by the clock
    and of processor), and `rows` certificates streamed to disk in one process and in two.
    """
    now = SystemClock().now()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "bench.p12"
        _identity(store, now)
        signer = replace(sign.from_pkcs12(store, _NAME), qr=qr.QrKey.new())
        stock = _Stock(store, signer)
        facts = _facts()
        template = _face()

        def ours() -> bytes:
            job = render.Job(template, facts, now, str(facts["number"]), Marks(), signer.qr)
            return sign.sign(render.draw(job, signer.slot("签发", now)), signer)

        def naive() -> bytes:
            return stock.make(template, facts, now)

        def letter() -> bytes:
            job = render.Job(shipped("acceptance"), _LETTER, now, "", Marks(), signer.qr)
            return sign.sign(render.draw(job, signer.slot("签发", now)), signer)

        ours_ms, naive_ms = _best(ours, _TIMES), _best(naive, _TIMES // 5)

        def run(processes: int) -> bench_stream.Stream:
            return bench_stream.stream((store, _NAME), (template, facts, now), rows, processes)

        found = bench_stream.figures(run)
        found = {"letter_ms": round(_best(letter, _TIMES), 1), **_cold_start(store), **found}
        words = ", ".join(f"{key} {value:g}" for key, value in found.items())
        return Comparison("papers", "ms", ours_ms, naive_ms, words)


_LETTER: dict[str, Any] = {
    "office_name": "明光市林业局",
    "office_phone": "0550-0000000",
    "date": "2026-11-25",
    "applicant": "明光市某某农民林业专业合作社",
    "received_date": "2026-11-22",
    "application_kind": "首次登记",
    "acceptance_number": "明林碳受〔2026〕1号",
    "limit_days": 7,
    "due_date": "2026-12-03",
    "clerk": "王芳",
}
_FIRST_PAPER = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from core.documents import render, sign
from core.documents.templates import shipped
signer = sign.from_pkcs12(Path(sys.argv[1]), sys.argv[2])
now = datetime.now(UTC)
job = render.Job(shipped("acceptance"), json.loads(sys.argv[3]), now)
assert sign.sign(render.draw(job, signer.slot("签发", now)), signer).startswith(b"%PDF")
"""


def _cold_start(store: Path) -> dict[str, float]:
    """A new process until its first signed paper, the best of three: by the clock, of processor."""
    command = [sys.executable, "-c", _FIRST_PAPER, str(store), _NAME, json.dumps(_LETTER)]
    by_clock, of_processor = [], []
    for _ in range(_SAMPLES):
        before, start = os.times(), perf_counter()
        subprocess.run(command, check=True)
        by_clock.append((perf_counter() - start) * 1000)
        after = os.times()
        used = after.children_user + after.children_system
        of_processor.append((used - before.children_user - before.children_system) * 1000)
    return {
        "cold_start_ms": round(min(by_clock)),
        "cold_start_cpu_ms": round(min(of_processor)),
    }


def _best(make: Callable[[], bytes], times: int) -> float:
    make()  # fonts are parsed and pictures deflated once per process, in both ways
    rounds = []
    for _ in range(_SAMPLES):
        start = perf_counter()
        for _ in range(times):
            make()
        rounds.append((perf_counter() - start) / times * 1000)
    return min(rounds)


def _identity(path: Path, now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, _NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            None, key, certificate, None, s.BestAvailableEncryption(_NAME.encode())
        )
    )


def _facts() -> dict[str, Any]:
    ring = [
        [
            round(4000 + (900 + 120 * math.sin(9 * turn)) * math.cos(turn)),
            round(4000 + (900 + 120 * math.sin(9 * turn)) * math.sin(turn)),
        ]
        for turn in (2 * math.pi * step / 200 for step in range(200))
    ]
    return {
        "number": "明林碳证〔2026〕第000001号",
        "office_name": "明光市林业局",
        "ecology_body": "滁州市明光市生态环境分局",
        "date": "2026-11-25",
        "holder_names": "明光市某某农民林业专业合作社、张𬱖",
        "holder_short": "明光市某某农民林业专业合作社等2人",
        "id_tail": "0000",
        "id_text": "统一社会信用代码 9334**********0000",
        "ownership": "按份共有",
        "location": "明光市某镇某村",
        "right_certificates": "皖（2019）明光市不动产权第0000001号",
        "estate_units": "341199101901GE00001L00000001",
        "area": 862_000,
        "forest_class": "公益林、水土保持林",
        "origin": "天然",
        "species": "麻栎、枫香",
        "term": "至2057年12月31日",
        "period": "2021年1月1日至2025年12月31日",
        "tonnes": 519_554,
        "method": "蓄积量法（2025版）",
        "measuring_body": "某林业调查规划院",
        "approval_number": "明林碳审〔2026〕1号",
        "filing_number": "滁明环碳备〔2026〕1号",
        "filing_by_seal": True,
        "parcels": [{"label": "1", "rings": [ring]}],
        "formula": [],
        "parameter_set": "—",
    }


def _face() -> Template:
    """The first page of the certificate, with the sketch on it: one sheet, as measured before."""
    template = shipped("certificate")
    face = replace(template.pages[0], flow=(Sketch(rows="parcels", height=20.0),))
    return replace(template, pages=(face,))


class _Stock:
    """The same certificate by the books: reportlab.pdfgen and pyHanko, nothing of ours tuned."""

    def __init__(self, store: Path, signer: Signer) -> None:
        from pyhanko.sign import signers
        from reportlab.pdfbase import pdfmetrics, ttfonts

        for role, file in fonts.FILES.items():
            font = ttfonts.TTFont(f"stock-{role}", str(fonts.folder() / file))
            pdfmetrics.registerFont(font)
        load: Callable[..., Any] = signers.SimpleSigner.load_pkcs12
        found = load(str(store), passphrase=_NAME.encode())
        if found is None:
            msg = "pyHanko could not read the key it was given"
            raise RuntimeError(msg)
        self._signer = found
        self._qr = signer.qr

    def make(self, template: Template, facts: dict[str, Any], now: datetime) -> bytes:
        """One certificate."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(self._draw(template, facts, now)))
        meta = signers.PdfSignatureMetadata(
            field_name="Signature1",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        signers.PdfSigner(meta, self._signer).sign_pdf(writer, output=out)
        return out.getvalue()

    def _draw(self, template: Template, facts: dict[str, Any], now: datetime) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        page = template.pages[0]
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(297 * MM, 210 * MM), pageCompression=1)
        _stock_border(canvas)
        _stock_texts(canvas, page, facts)
        job = render.Job(template, facts, now, str(facts["number"]), Marks(), self._qr)
        _stock_code(canvas, render.qr_text(job))
        path = canvas.beginPath()
        head, *rest = facts["parcels"][0]["rings"][0]
        path.moveTo(head[0] / 40, head[1] / 40)
        for x, y in rest:
            path.lineTo(x / 40, y / 40)
        path.close()
        canvas.drawPath(path)
        canvas.save()
        return out.getvalue()


def _stock_border(canvas: Any) -> None:
    """The border drawn curve by curve, as a program without our forms would."""
    parts = ornament.drawings(297 * MM, 210 * MM, 20260722)
    for a, b, c, d, e, f, name in ornament.placements(297 * MM, 210 * MM):
        canvas.saveState()
        canvas.transform(a, b, c, d, e, f)
        for curve in parts[name]:
            canvas.setLineWidth(curve.width)
            canvas.setStrokeColorRGB(*curve.ink)
            path = canvas.beginPath()
            path.moveTo(*curve.points[0])
            for point in curve.points[1:]:
                path.lineTo(*point)
            canvas.drawPath(path)
        canvas.restoreState()


def _stock_texts(canvas: Any, page: Page, facts: dict[str, Any]) -> None:
    from core.documents.facts import fill, holds

    for element in page.fixed:
        if not holds(element.when, facts):
            continue
        x, y = element.at[0] * MM, (210 - element.at[1]) * MM
        if isinstance(element, PlacedText):
            _stock_text(
                canvas,
                element.font or "song",
                element.size or 10.5,
                (x, y),
                fill(element.text, facts),
            )
        elif isinstance(element, PlacedForm):
            for row in element.rows:
                y -= element.row_height * MM
                for n, words in enumerate(row):
                    left = x + n * 30 * MM
                    canvas.rect(left, y, 30 * MM, element.row_height * MM)
                    role = element.label_font if n % 2 == 0 else element.font or "song"
                    for line in fill(words, facts).split("\n"):
                        _stock_text(canvas, role, element.size, (left + 3, y + 6), line)


def _stock_text(canvas: Any, role: str, size: float, at: tuple[float, float], words: str) -> None:
    x, y = at
    for font, run in fonts.runs(role, words.replace("\n", " ")):
        canvas.setFont(f"stock-{font}", size)
        canvas.drawString(x, y, run)
        x += canvas.stringWidth(run, f"stock-{font}", size)


def _stock_code(canvas: Any, words: str) -> None:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    drawing = Drawing(29 * MM, 29 * MM)
    drawing.add(QrCodeWidget(words, barLevel="M", barWidth=29 * MM, barHeight=29 * MM))
    renderPDF.draw(drawing, canvas, 29 * MM, 28 * MM)
