"""`lintanctl verify` and `lintanctl papers`, as a person at a bank would type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.cli import main
from core.documents.authority import TestAuthority
from core.documents.layout import Marks
from core.documents.sign import Signer
from tests import papers

Words = str | Path


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, object]]]:
    """Run lintanctl with --json; its status and its document."""

    def tell(*words: Words) -> tuple[int, dict[str, object]]:
        status = main(["--json", *map(str, words)])
        out, err = capsys.readouterr()
        return status, json.loads(out or err)

    return tell


@pytest.fixture
def paper(certificate: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate)
    return path


Tell = Callable[..., tuple[int, dict[str, object]]]


def test_that_a_good_paper_needs_only_the_root(
    tell: Tell, paper: Path, authority: TestAuthority
) -> None:
    status, said = tell("verify", paper, "--trust", authority.root_file)
    assert status == 0
    assert said == {
        "intact": True,
        "covers_whole_file": True,
        "signer": f"{papers.OFFICE}（测试）",
        "trusted": True,
        "register": None,
        "status": "unknown",
        "original_or_copy": "unknown",
        "reasons": [],
    }


def test_that_a_changed_paper_is_refused_in_words(
    tell: Tell, paper: Path, authority: TestAuthority
) -> None:
    paper.write_bytes(paper.read_bytes() + b"x")
    status, said = tell("verify", paper, "--trust", authority.root_file)
    assert status == 1
    assert said["intact"] is False
    (reason,) = said["reasons"]  # type: ignore[misc, attr-defined]
    assert reason["code"] == "verify.changed_after"


def test_that_somebody_has_to_be_trusted(tell: Tell, paper: Path) -> None:
    status, said = tell("verify", paper)
    assert (status, said["error"]) == (1, "verify.no_roots")


def test_that_a_photographed_code_needs_only_the_public_key(
    tell: Tell, paper: Path, authority: TestAuthority, tmp_path: Path, run: Callable[..., str]
) -> None:
    run("pdftoppm", "-r", "150", "-f", "1", "-singlefile", "-png", paper, tmp_path / "photo")
    photo = tmp_path / "photo.png"
    status, said = tell("verify", photo, "--trust", authority.qr_file)
    assert status == 0
    assert said["trusted"] is True
    assert tell("verify", photo)[1]["error"] == "verify.no_qr_key"
    status, said = tell("verify", photo, "--trust", authority.root_file)
    assert status == 1
    assert said["fields"]


def test_that_a_picture_without_code_is_refused(
    tell: Tell, authority: TestAuthority, tmp_path: Path
) -> None:
    from PIL import Image

    Image.new("L", (90, 90), 255).save(tmp_path / "blank.png")
    status, said = tell("verify", tmp_path / "blank.png", "--trust", authority.qr_file)
    assert (status, said["error"]) == (1, "input")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    status, said = tell("verify", tmp_path / "broken.png", "--trust", authority.qr_file)
    assert (status, said["error"]) == (1, "input")


def test_that_a_paper_is_previewed_from_facts(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps(papers.LETTER), encoding="utf-8")
    out = tmp_path / "out.pdf"
    status, _ = tell("papers", "preview", "acceptance", "--facts", tmp_path / "facts.json",
                     "--out", out)  # fmt: skip
    assert status == 0
    assert out.read_bytes().startswith(b"%PDF-1.7")
    (tmp_path / "facts.json").write_text("[]", encoding="utf-8")
    status, said = tell("papers", "preview", "acceptance", "--facts", tmp_path / "facts.json",
                        "--out", out)  # fmt: skip
    assert (status, said["error"]) == (1, "input")


def test_that_a_test_certificate_is_named_on_the_paper(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    marks = Marks(test_certificate=True, signer=signer.name)
    (tmp_path / "t.pdf").write_bytes(papers.paper("acceptance", papers.LETTER, signer, marks))
    plain = run("pdftotext", tmp_path / "t.pdf", "-")
    assert "测试证书" in plain
    assert signer.name in plain
