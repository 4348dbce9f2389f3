from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import page
import pytest

from core.documents.render import render
from core.documents.templates import shipped_kinds
from tests import papers


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_every_template_prints_few_and_many_rows(kind: str, rows: int) -> None:
    data = render(kind, papers.facts_for(kind, rows), number="明林碳〔2026〕15号")
    report = page.validate_pdf_bytes(data, profile="2b")
    assert report.is_compliant, [failure.message for failure in report.failures]


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
