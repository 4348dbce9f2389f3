from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import page
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.documents import qr
from core.documents.authority import TestAuthority
from core.documents.layout import Marks
from core.documents.render import render
from core.documents.sign import Signer
from core.errors import RuleViolation
from tests import papers

CASES = {
    "plain": papers.certificate(),
    "twelve owners, sixty parcels": papers.certificate(60, 12),
    "forty characters": papers.certificate(2, holder="明光市" + "㛃𬱖䶮碳汇林业" * 5 + "合作社"),
    "one parcel": papers.certificate(1),
}


def text_of(data: bytes, folder: Path, run: Callable[..., str]) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return run("pdftotext", "-layout", path, "-")


@pytest.mark.parametrize("name", sorted(CASES))
def test_that_every_certificate_is_an_archive_file(name: str, signer: Signer) -> None:
    report = page.validate_pdf_bytes(papers.paper("certificate", CASES[name], signer), profile="2b")
    assert report.is_compliant, [failure.message for failure in report.failures]


@pytest.mark.parametrize("kind", ["acceptance"])
@pytest.mark.parametrize(
    "marks", [Marks(), Marks(sample=True, void=True), Marks(copy=3), Marks(test_certificate=True)]
)
def test_that_letters_with_marks_are_archive_files(
    kind: str, marks: Marks, signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    data = papers.paper(kind, papers.LETTER, signer, marks)
    assert page.is_pdf_compliant_bytes(data, profile="2b")
    (tmp_path / "a.pdf").write_bytes(data)
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", tmp_path / "a.pdf")
    plain = text_of(data, tmp_path, run).replace(" ", "").replace("\n", "")
    if marks.test_certificate:
        assert "测试证书" in plain


def test_that_rare_names_are_copied_and_searched_as_written(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    data = papers.paper("acceptance", {**papers.LETTER, "applicant": papers.RARE + "𠀁"}, signer)
    assert papers.RARE + "𠀁" in text_of(data, tmp_path, run)


def test_that_a_paper_says_its_number_and_page(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    plain = text_of(papers.paper("certificate", CASES["plain"], signer), tmp_path, run)
    total = plain.count("\f")
    for number in range(2, total + 1):
        assert f"第{number}页共{total}页" in plain.replace(" ", "")
    assert plain.count(papers.NUMBER) >= 3


def test_that_table_headers_are_repeated(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    data = papers.paper("certificate", CASES["twelve owners, sixty parcels"], signer)
    plain = text_of(data, tmp_path, run)
    pages = [sheet for sheet in plain.split("\f") if "明林证字" in sheet and "涧溪镇" in sheet][1:]
    assert len(pages) > 2
    assert all("坐落" in sheet for sheet in pages)
    assert all(f"{n:07}号" in plain for n in range(60))


def test_that_a_value_too_long_for_the_face_is_in_the_annex(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    names = "、".join(f"明光市第{n}农民林业专业合作社" for n in range(1, 31))
    facts = papers.certificate(2, holder=names) | {"holder_short": "明光市第1合作社等30家"}
    data = papers.paper("certificate", facts, signer)
    plain = text_of(data, tmp_path, run).replace(" ", "").replace("\n", "")
    face, *annex = text_of(data, tmp_path, run).split("\f")
    assert "见附页" in face
    assert "明光市第30农民林业专业合作社" not in face.replace(" ", "")
    assert "权利人（续正面）" in plain
    assert "明光市第30农民林业专业合作社" in "".join(annex).replace(" ", "").replace("\n", "")


def test_that_the_amount_is_whole_on_the_fullest_face(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    long = "、".join(f"皖（2019）明光市不动产权第{n:07}号" for n in range(40))
    facts = papers.certificate(2, holder=long) | {"holder_short": "甲等"}
    for name in ("location", "right_certificates", "estate_units", "species", "term", "remarks"):
        facts[name] = long
    face = text_of(papers.paper("certificate", facts, signer), tmp_path, run).split("\f")[0]
    assert "5,195.54 吨" in face
    assert "伍仟壹佰玖拾伍点伍肆吨二氧化碳当量" in face
    assert face.count("等（见附页）") >= 5
    (tmp_path / "f.pdf").write_bytes(papers.paper("certificate", facts, signer))
    boxes = run("pdftotext", "-bbox", "-f", "1", "-l", "1", tmp_path / "f.pdf", "-")
    lowest = max(float(found) for found in re.findall(r'yMax="([\d.]+)">', boxes))
    assert lowest < 595.28 - 19 * 72 / 25.4


def test_that_a_parcel_without_outline_is_named(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    facts = papers.certificate(4)
    facts["parcels"][2]["rings"] = []
    plain = text_of(papers.paper("certificate", facts, signer), tmp_path, run)
    assert "地块3无图形" in plain.replace(" ", "")


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (Marks(sample=True), "培训样张"),
        (Marks(copy=2), "复制件 第2份，仅供查阅，不作持证凭据"),
        (Marks(void=True), "作废"),
    ],
)
def test_that_marks_are_in_the_file_and_its_metadata(
    marks: Marks, words: str, signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    marked = papers.paper("acceptance", papers.LETTER, signer, marks)
    plain = papers.paper("acceptance", papers.LETTER, signer)
    assert words.encode() in marked
    assert words.encode() not in plain
    assert _pale(marked, tmp_path, run) > 1.8 * _pale(plain, tmp_path, run)


def _pale(data: bytes, folder: Path, run: Callable[..., str]) -> int:
    """Pixels in the shades of our watermarks."""
    (folder / "w.pdf").write_bytes(data)
    run("pdftoppm", "-r", "72", "-gray", "-singlefile", "-png", folder / "w.pdf", folder / "w")
    with Image.open(folder / "w.png") as image:
        return sum(image.histogram()[198:242])


def test_that_the_code_on_the_paper_can_be_scanned(
    authority: TestAuthority, certificate: bytes, tmp_path: Path, run: Callable[..., str]
) -> None:
    (tmp_path / "c.pdf").write_bytes(certificate)
    run(
        "pdftoppm",
        "-r",
        "150",
        "-gray",
        "-f",
        "1",
        "-singlefile",
        "-png",
        tmp_path / "c.pdf",
        tmp_path / "c",
    )
    (text,) = qr.codes_in((tmp_path / "c.png").read_bytes(), "c.png")
    found = qr.decode(text, (authority.qr_public,))
    assert found.trusted
    assert found.facts.number == papers.NUMBER
    assert found.facts.amount == "5,195.54"


def test_that_the_same_input_gives_the_same_bytes() -> None:
    facts = papers.certificate()
    assert render("certificate", facts) == render("certificate", facts)


def test_that_threads_do_not_mix_their_glyphs() -> None:
    """In a process of its own, so that the fonts are loaded while others ask for them."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from core.documents.render import render\n"
        "from tests import papers\n"
        "cases = [papers.certificate(n % 5 + 1, n % 3) for n in range(24)]\n"
        "with ThreadPoolExecutor(6) as pool:\n"
        "    made = list(pool.map(lambda facts: render('certificate', facts), cases))\n"
        "assert made == [render('certificate', facts) for facts in cases]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_that_a_missing_glyph_stops_the_paper() -> None:
    with pytest.raises(RuleViolation) as caught:
        render("acceptance", {**papers.LETTER, "applicant": "张\U0003134f"})
    assert caught.value.code == "documents.missing_glyph"


@settings(max_examples=25)
@given(
    name=st.text(alphabet=papers.RARE + "林业合作社ABC·（）<b>&{}\\()'\"", min_size=1, max_size=60),
    parcels=st.integers(1, 9),
)
def test_that_any_holder_gives_an_archive_file(name: str, parcels: int) -> None:
    data = render("certificate", papers.certificate(parcels, holder=name + "氏"))
    assert page.is_pdf_compliant_bytes(data, profile="2b")


def test_that_no_coordinate_is_printed(
    signer: Signer, tmp_path: Path, run: Callable[..., str]
) -> None:
    facts = papers.certificate(1)
    facts["parcels"][0]["rings"] = [[[5123456, 36543210], [5125456, 36543210], [5124456, 36546210]]]
    plain = text_of(papers.paper("certificate", facts, signer), tmp_path, run)
    assert "5123456" not in plain
    assert "36543210" not in plain


def test_that_what_is_enclosed_is_listed_below_the_first_number(
    tmp_path: Path, run: Callable[..., str]
) -> None:
    facts = papers.facts_for("filing_letter", 3) | {"attachments": ["甲件", "乙件", "丙件"]}
    (tmp_path / "a.pdf").write_bytes(render("filing_letter", facts))
    boxes = run("pdftotext", "-bbox", tmp_path / "a.pdf", "-")
    lefts = {
        word: float(left)
        for left, word in re.findall(r'xMin="([\d.]+)"[^>]*>(附：|2．|3．)', boxes)
    }
    # GB/T 9704, 7.3.4: two characters (附：) of 15.75 pt stand before the first number.
    first = lefts["附："] + 31.5
    assert lefts["2．"] == pytest.approx(first, abs=0.5)
    assert lefts["3．"] == pytest.approx(first, abs=0.5)


def _pixels(data: bytes, tone: tuple[float, float, float]) -> int:
    """How many dots of a page are of this tone."""
    import pypdfium2

    wanted = tuple(round(255 * part) for part in tone)
    with pypdfium2.PdfDocument(data) as document:
        picture = document[0].render(scale=2).to_pil().convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    near = [
        n for n, dot in counted if all(abs(a - b) <= 1 for a, b in zip(dot, wanted, strict=True))
    ]
    return sum(near)


@pytest.mark.parametrize("kind", ["certificate", "acceptance"])
def test_that_the_mark_of_a_copy_stays_legible_beside_that_of_a_sample(kind: str) -> None:
    from core.documents.layout import _COPY, _PALE

    facts = papers.certificate() if kind == "certificate" else papers.LETTER
    copy, sample, both = (
        papers.paper(kind, facts, None, marks)
        for marks in (Marks(copy=1), Marks(sample=True), Marks(copy=1, sample=True))
    )
    assert _pixels(copy, _COPY) > 8_000
    # Side by side, neither covers any of the other: what is lost is lost to the text before them.
    assert _pixels(both, _COPY) > 0.9 * _pixels(copy, _COPY)
    assert _pixels(both, _PALE) > 0.9 * _pixels(sample, _PALE)
