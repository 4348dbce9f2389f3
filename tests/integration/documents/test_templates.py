from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import page
import pytest

from core.documents.editing import sample_facts
from core.documents.layout import Marks
from core.documents.render import render
from core.documents.templates import shipped, shipped_kinds
from tests import papers


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_every_template_prints_few_and_many_rows(kind: str, rows: int) -> None:
    data = render(kind, papers.facts_for(kind, rows), number="明林碳〔2026〕15号")
    report = page.validate_pdf_bytes(data, profile="2b")
    assert report.is_compliant, [failure.message for failure in report.failures]


@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_nothing_stands_outside_the_page(
    kind: str, tmp_path: Path, run: Callable[..., str]
) -> None:
    office = "明光市林业碳汇登记中心与自然资源权益保障服务中心（样例）"
    facts = papers.facts_for(kind, 2) | {"office_name": office}
    marks = Marks(test_certificate=True, signer=f"{office}（测试）", sample=True)
    (tmp_path / "a.pdf").write_bytes(render(kind, facts, watermark=marks))
    all_inside(run("pdftotext", "-bbox", tmp_path / "a.pdf", "-"))


@pytest.mark.parametrize(
    "kind",
    [
        "appointment_letter",
        "donation_certificate",
        "file_index",
        "lecture_fees",
        "notice_proof",
        "receipt_checklist",
        "training_proof",
    ],
)
def test_that_overlong_names_stay_on_the_page_and_apart(
    kind: str, tmp_path: Path, run: Callable[..., str]
) -> None:
    """Long labels beside lines to sign on, long names of who issues."""
    facts = sample_facts(shipped(kind), long=True)
    marks = Marks(test_certificate=True, signer="明光市林业局（测试）")
    (tmp_path / "a.pdf").write_bytes(render(kind, facts, watermark=marks))
    boxes = run("pdftotext", "-bbox", tmp_path / "a.pdf", "-")
    all_inside(boxes)
    for page_ in boxes.split("<page ")[1:]:
        words = [tuple(map(float, found)) for found in _WORD.findall(page_)]
        for n, (left, top, right, bottom) in enumerate(words):
            for other in words[n + 1 :]:
                across = min(right, other[2]) - max(left, other[0])
                down = min(bottom, other[3]) - max(top, other[1])
                height = min(bottom - top, other[3] - other[1])
                assert across < 1 or down < height * 0.6, (kind, (left, top, right, bottom), other)


_WORD = re.compile(r'xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">')


def all_inside(boxes: str) -> None:
    for width, height, page_ in re.findall(
        r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', boxes, re.DOTALL
    ):
        for found in _WORD.findall(page_):
            left, top, right, bottom = map(float, found)
            assert left >= 20
            assert top >= 0
            assert right <= float(width) - 20
            assert bottom <= float(height)


@pytest.mark.parametrize("length", range(40, 1500, 60))
def test_that_a_closing_never_stands_alone(
    length: int, tmp_path: Path, run: Callable[..., str]
) -> None:
    facts = {**papers.LETTER, "acceptance_number": "明林碳受理编号" * (length // 7)}
    (tmp_path / "a.pdf").write_bytes(render("acceptance", facts))
    last = run("pdftotext", "-layout", tmp_path / "a.pdf", "-").split("\f")[-2]
    before, found, _ = last.replace(" ", "").partition("（盖章）")
    assert found
    assert len(before.replace(papers.OFFICE, "").split()) >= 1
