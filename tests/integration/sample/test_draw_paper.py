"""The signed record of a draw is enough to draw again: nobody has to type its code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.committee.records import parse_record
from core.errors import InputError
from tests.sample import Built


def _records(built: Built) -> list[Path]:
    return sorted((built.folder / "papers").glob("*-draw_record.pdf"))


def test_that_a_draw_is_replayed_from_its_signed_paper(
    built: Built, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = _records(built)
    assert papers
    for paper in papers:
        assert main(["--json", "draw", "replay", str(paper)]) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["intact"] is True
        assert said["result"]


def test_that_a_paper_without_a_code_is_named_so(built: Built) -> None:
    letter = next((built.folder / "papers").glob("*-appointment_letter.pdf"))
    for data, code in (
        (letter.read_bytes(), "committee.record_pdf"),
        (_records(built)[0].read_bytes()[:200], "committee.record_text"),
    ):
        with pytest.raises(InputError) as refusal:
            parse_record(data)
        assert refusal.value.fields[0].code == code
