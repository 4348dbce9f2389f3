"""`lintanctl verify` and `lintanctl papers`, as a person at a bank would type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.database import Database
from core.documents import keys, qr, render, service
from core.documents.authority import TestAuthority
from core.documents.layout import Marks
from core.documents.sign import Signer
from core.documents.templates import shipped
from tests import databases, papers

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
        "judged_by": "signature",
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
    assert said.pop("code") == {
        "number": papers.NUMBER,
        "kind": "certificate",
        "holder": "明光市白米山农民林业专业合作社",
        "id_tail": "5213",
        "amount": "5,195.54",
        "date": "2026-11-25",
        "key": authority_key(authority),
    }
    assert said.pop("compare")
    assert said == {
        "judged_by": "code",
        "intact": None,
        "covers_whole_file": None,
        "signer": None,
        "trusted": True,
        "register": None,
        "status": "unknown",
        "original_or_copy": None,
        "reasons": [],
    }
    assert tell("verify", photo)[1]["error"] == "verify.no_qr_key"
    status, said = tell("verify", photo, "--trust", authority.root_file)
    assert (status, said["error"]) == (1, "verify.no_qr_key")


def authority_key(authority: TestAuthority) -> str:
    return qr.key_id(authority.qr_public).hex()


def test_that_a_scan_is_read_whatever_it_was_saved_as(
    tell: Tell, paper: Path, authority: TestAuthority, tmp_path: Path, run: Callable[..., str]
) -> None:
    from PIL import Image

    run("pdftoppm", "-r", "150", "-f", "1", "-singlefile", "-png", paper, tmp_path / "photo")
    with Image.open(tmp_path / "photo.png") as photo:
        grey = photo.convert("L").rotate(2, expand=True, fillcolor=230)
    grey.save(tmp_path / "scan.png")

    def pages() -> tuple[Image.Image, Image.Image]:  # saving leaves its settings on a picture
        return Image.new("L", grey.size, 255), Image.open(tmp_path / "scan.png")

    pages()[1].save(tmp_path / "scan.pdf", resolution=150)
    pages()[1].save(tmp_path / "scan.without-a-known-ending", "JPEG")
    first, second = pages()
    first.save(tmp_path / "pages.tif", save_all=True, append_images=[second])
    first, second = pages()
    first.save(tmp_path / "pages.PDF", save_all=True, append_images=[second], resolution=150)
    trusted = ("--trust", authority.root_file, "--trust", authority.qr_file)
    for name in ("scan.pdf", "scan.without-a-known-ending", "pages.tif", "pages.PDF"):
        status, said = tell("verify", tmp_path / name, *trusted)
        assert (status, said["judged_by"], said["intact"]) == (0, "code", None), name
    assert tell("verify", paper, *trusted)[1]["judged_by"] == "signature"


def test_that_a_file_of_ours_is_never_judged_by_its_code(
    tell: Tell, authority: TestAuthority, tmp_path: Path
) -> None:
    """Its signature cut out, the code on the page would still be good."""
    unsigned = tmp_path / "unsigned.pdf"
    signer = authority.signer()
    template, facts = shipped("certificate"), papers.certificate()
    job = render.Job(template, facts, papers.NOW, papers.NUMBER, Marks(), signer.qr)
    unsigned.write_bytes(render.draw(job))
    trusted = ("--trust", authority.root_file, "--trust", authority.qr_file)
    status, said = tell("verify", unsigned, *trusted)
    assert (status, said["judged_by"], said["intact"]) == (1, "signature", False)


def test_that_several_papers_in_one_scan_are_told_apart(
    tell: Tell, authority: TestAuthority, tmp_path: Path
) -> None:
    from PIL import Image

    key = authority.signer().qr
    assert key is not None
    pages = []
    for number in ("一号", "二号"):
        facts = qr.QrFacts(number, "certificate", "甲", "", "1.00", date(2026, 1, 1), bytes(16))
        rows = qr.squares(qr.encode(facts, key))
        code = Image.new("L", (len(rows), len(rows)))
        code.putdata([0 if one == "1" else 255 for row in rows for one in row])
        page = Image.new("L", (900, 900), 255)
        page.paste(code.resize((len(rows) * 6,) * 2, Image.Resampling.NEAREST), (100, 100))
        pages.append(page)
    pages[0].save(tmp_path / "two.pdf", save_all=True, append_images=pages[1:])
    status, said = tell("verify", tmp_path / "two.pdf", "--trust", authority.qr_file)
    assert status == 1
    (reason,) = said["reasons"]  # type: ignore[misc, attr-defined]
    assert reason["code"] == "verify.several_papers"


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


@pytest.fixture
def office(
    tell: Tell,
    sqlite_database: Database,
    authority: TestAuthority,
    signer: Signer,
    tmp_path: Path,
) -> Callable[..., tuple[int, Any]]:
    """Lintanctl on an office with two signed letters of one number and a certificate."""
    with sqlite_database.write() as session:
        keys.pin_authority(session, authority, papers.OFFICE)
    for kind, facts in (
        ("acceptance", {**papers.LETTER, "number": "明林〔2026〕1号"}),
        ("acceptance", {**papers.LETTER, "number": "明林〔2026〕1号", "contact": "赵明"}),
        ("certificate", papers.certificate()),
    ):
        with sqlite_database.write() as session:
            service.prepare(session, kind=kind, record_kind="application", record_id=7, facts=facts)
    service.issue_pending(sqlite_database, signer)
    secret = tmp_path / "password"
    secret.write_text(databases.PASSWORD, encoding="utf-8")
    url = str(sqlite_database.url)
    return partial(tell, "--database", url, "--as", databases.ALL, "--password-file", secret)


def test_that_papers_are_named_as_they_are_printed(
    office: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    status, every = office("papers", "list", "--all", "--sort", "number")
    assert status == 0
    known = {row["id"]: row["number"] for row in every}
    assert sorted(known.values()) == sorted([papers.NUMBER, "明林〔2026〕1号", "明林〔2026〕1号"])
    status, said = office("papers", "save", papers.NUMBER, "--out", tmp_path / "a.pdf")
    assert status == 0
    assert office("papers", "copy", f" {papers.NUMBER}", "--purpose", "查阅")[1]["copy"] == 1
    status, said = office("papers", "void", "明林〔2026〕1号", "--reason", "打印污损")
    assert (status, said["error"]) == (1, "documents.several_of_number")
    first, second = (key for key, number in known.items() if number != papers.NUMBER)
    assert f"{first} 受理通知书" in said["message"]
    assert office("papers", "void", second, "--reason", "打印污损")[0] == 0
    for wrong in ("明林〔2026〕9号", "0", "99999999999999999999", "-", ""):
        status, said = office("papers", "copy", "--purpose", "x", "--", wrong)
        assert (status, said["error"]) == (1, "documents.no_such_number"), wrong
    assert office("papers", "copy", "LT1:x", "--purpose", "x")[1]["error"] == "input"


def test_that_a_paper_is_named_by_the_text_of_its_code(
    office: Callable[..., tuple[int, Any]], tmp_path: Path, run: Callable[..., str]
) -> None:
    office("papers", "save", papers.NUMBER, "--out", tmp_path / "a.pdf")
    run(
        "pdftoppm",
        "-r",
        "150",
        "-f",
        "1",
        "-singlefile",
        "-png",
        tmp_path / "a.pdf",
        tmp_path / "a",
    )
    (code,) = qr.codes_in((tmp_path / "a.png").read_bytes(), "a.png")
    assert office("papers", "copy", code, "--purpose", "查阅")[1]["number"] == papers.NUMBER


def test_that_the_template_in_use_is_not_saved_again(
    office: Callable[..., tuple[int, Any]], tmp_path: Path
) -> None:
    text = tmp_path / "t.toml"
    assert office("papers", "template", "acceptance", "--out", text)[0] == 0
    status, said = office("papers", "use-template", "acceptance", text)
    assert (status, said["saved"], said["version"]) == (0, False, 1)
    text.write_text(text.read_text("utf-8").replace("受理通知书", "受理告知书"), encoding="utf-8")
    status, said = office("papers", "use-template", "acceptance", text)
    assert (status, said["saved"], said["version"]) == (0, True, 2)
    status, said = office("papers", "use-template", "acceptance", text)  # it still says 1
    assert (status, said["saved"], said["version"]) == (0, False, 2)


def test_that_a_name_in_a_special_form_is_pointed_out(
    office: Callable[..., tuple[int, Any]], sqlite_database: Database, tmp_path: Path
) -> None:
    facts = {**papers.LETTER, "applicant": "葛\U000e0100城", "number": "明林〔2026〕7号"}
    with sqlite_database.write() as session:
        service.prepare(
            session, kind="acceptance", record_kind="application", record_id=8, facts=facts
        )
    caution = {"code": "documents.variation", "text": "葛城", "codepoint": "U+E0100"}
    (row,) = office("papers", "list")[1]
    assert row["cautions"] == [caution]
    (tmp_path / "f.json").write_text(json.dumps(facts), encoding="utf-8")
    words = ("papers", "preview", "acceptance", "--facts", tmp_path / "f.json", "--out")
    status, said = office(*words, tmp_path / "f.pdf")
    assert (status, said["cautions"]) == (0, [caution])
