"""Fields read from files of e-receipts as platforms make them, and files that want to do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cli.sample_office import scans
from core.errors import InputError
from core.fund import pieces
from core.fund.ereceipt import MOST_BYTES, Fields, fields_of, read_file
from core.values.money import Money

WHOLE = Fields(
    bill_code="34050126",
    number="0000817610",
    check_code="bngFFX",
    issued_on=date(2026, 3, 13),
    amount=Money.parse("100000.00"),
    payer="滁州皖东栖岭热电有限公司",
)
LINES = (
    ("票据代码", "34050126"),
    ("票据号码", "0000817610"),
    ("交款人统一社会信用代码", "91341199MA9901012P"),
    ("校验码", "bngFFX"),
    ("交款人", "滁州皖东栖岭热电有限公司"),
    ("开票日期", "2026年03月13日"),
    ("金额合计（大写）", "人民币壹拾万元整"),
    ("金额合计（小写）", "￥100,000.00"),
)
#: x, y (mm), height, width, text
Placed = tuple[float, float, float, float, str]


def ofd(
    values: Sequence[Placed],
    labels: Sequence[Placed] = (),
    head: str = "",
    names: tuple[str, str] = ("Doc_0/Pages/Page_0/Content.xml", "Doc_0/Tpls/Tpl_0/Content.xml"),
) -> bytes:
    """An OFD document with values on its page and labels on its template."""

    def page(texts: Sequence[Placed]) -> str:
        objects = "".join(
            f'<ofd:TextObject ID="{n}" Boundary="{x} {y} {w} {h}" Font="3" Size="{h}">'
            f'<ofd:TextCode X="0" Y="{h * 0.8}">{text}</ofd:TextCode></ofd:TextObject>'
            for n, (x, y, h, w, text) in enumerate(texts)
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>{head}'
            '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016">'
            f'<ofd:Content><ofd:Layer ID="1">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
        )

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>')
        archive.writestr(names[0], page(values))
        if labels:
            archive.writestr(names[1], page(labels))
    return out.getvalue()


def placed(texts: Sequence[str], x: float, step: float = 8.0) -> list[Placed]:
    return [(x, 20 + step * n, 4.0, 4.0 * len(text), text) for n, text in enumerate(texts)]


LABELS = [f"{label}：" for label, _value in LINES]
VALUES = [value for _label, value in LINES]


def test_that_a_pdf_is_read_wherever_its_values_stand() -> None:
    assert read_file(scans.form("公益事业捐赠票据（电子）", LINES), "票据.pdf") == WHOLE


def test_that_two_columns_of_one_line_are_kept_apart() -> None:
    """As on the genuine form: code left, number right; payer left, check code right."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    from core.documents import fonts

    font = fonts.load("song")
    pdfmetrics.registerFont(font)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 300))
    canvas.setFont(font.fontName, 9)
    values = ((70, 250, "34050126"), (420, 250, "0000817610"), (70, 220, WHOLE.payer))
    values += ((420, 220, "bngFFX"), (420, 190, "2026-03-13"), (70, 190, "91341199MA9901012P"))
    values += ((70, 80, "人民币壹拾万元整"), (400, 80, "100,000.00"))
    labels = ((20, 250, "票据代码："), (365, 250, "票据号码："), (20, 220, "交款人："))
    labels += ((380, 220, "校验码："), (365, 190, "开票日期："), (20, 80, "合计（大写）"))
    labels += ((340, 80, "（小写）"), (20, 190, "交款人统一社会信用代码："[:5]))
    # Values first, labels behind them: the order in the file says nothing.
    for x, y, text in (*values, *labels):
        canvas.drawString(x, y, text)
    canvas.save()
    assert read_file(out.getvalue(), "票据.pdf") == WHOLE


def test_that_an_ofd_is_read_with_its_template() -> None:
    data = ofd(placed(VALUES, 70), placed(LABELS, 10))
    assert read_file(data, "票据.ofd") == WHOLE


def test_that_an_ofd_without_a_template_is_read() -> None:
    whole = [f"{label}：{value}" for label, value in LINES]
    assert read_file(ofd(placed(whole, 10)), "票据.ofd") == WHOLE


def test_that_a_picture_gives_no_fields_and_no_error() -> None:
    assert read_file(scans.scan("公益事业捐赠票据", ["票据代码：34050126"]), "扫描.pdf") == Fields()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("票据代码：340501260", {}),
        ("票据代码：34050126\n票据代码：34050199", {}),
        ("票据号码：817610", {}),
        ("校验码：bngF", {}),
        ("检验码：BNGffx", {"check_code": "BNGffx"}),
        ("开票日期：2026年02月30日", {}),
        ("开票日期：2026 年 2 月 3 日", {"issued_on": date(2026, 2, 3)}),
        ("（小写）-¥1,409.50", {}),
        ("（小写）¥-1,409.50", {"amount": Money.parse("-1409.50", negative=True)}),
        ("（小写）￥1,409.505", {}),
        ("交款人：黄𠅤   校验码：bngFFX", {"payer": "黄𠅤", "check_code": "bngFFX"}),
        ("交款人：黄𠅤 校验码：bngFFX", {"payer": "黄𠅤", "check_code": "bngFFX"}),
        ("交款人统一社会信用代码：91341199MA9901012P", {}),
    ],
)
def test_that_only_whole_fields_are_taken(text: str, expected: dict[str, object]) -> None:
    assert fields_of(text) == Fields(**expected)  # type: ignore[arg-type]


DAMAGED = {
    "cut.pdf": scans.form("票据", LINES)[:400],
    "locked.pdf": b"%PDF-1.7\n1 0 obj<</Encrypt 2 0 R>>",
    "empty.ofd": b"PK\x05\x06" + bytes(18),
    "cut.ofd": ofd(placed(VALUES, 70))[:-60],
    "other.zip": ofd(placed(VALUES, 70), names=("word/document.xml", "x")),
    "doctype.ofd": ofd(placed(VALUES, 70), head='<!DOCTYPE a [<!ENTITY b "c">]>'),
    "outside.ofd": ofd(placed(VALUES, 70), head='<!DOCTYPE a SYSTEM "file:///etc/passwd">'),
    "numbers.ofd": ofd([("a", 20, 4.0, 8.0, "票据代码")]),  # type: ignore[list-item]
    "text.pdf": b"not a file at all",
    "nothing.pdf": b"",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_that_a_damaged_file_is_one_clear_sentence(name: str) -> None:
    with pytest.raises(InputError) as raised:
        read_file(DAMAGED[name], name)
    (field,) = raised.value.fields
    assert field.field == "file"
    assert field.params["name"] == name


def test_that_a_utf16_page_cannot_hide_its_entities() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("OFD.xml", "<OFD/>")
        archive.writestr("Doc_0/Pages/Page_0/Content.xml", xml.encode("utf-16"))
    with pytest.raises(InputError):
        read_file(out.getvalue(), "票据.ofd")


def test_that_what_swells_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", "<OFD/>")
        swollen = b"<a>" + b" " * pieces.MOST_UNPACKED + b"</a>"
        archive.writestr("Doc_0/Pages/Page_0/Content.xml", swollen)
    assert len(bomb.getvalue()) < 100_000
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(pieces.MOST_PARTS + 1):
            archive.writestr(f"Doc_0/Pages/Page_{number}/Content.xml", "<a/>")
        archive.writestr("OFD.xml", "<OFD/>")
    for data in (bomb.getvalue(), many.getvalue(), b"%PDF-" + bytes(MOST_BYTES)):
        with pytest.raises(InputError):
            read_file(data, "票据.ofd")


@settings(max_examples=60)
@given(st.data())
def test_that_no_change_of_a_file_escapes_the_sentence(data: st.DataObject) -> None:
    """Any bytes: fields of some kind or one InputError, nothing else."""
    base = data.draw(st.sampled_from(FILES))
    at = data.draw(st.integers(0, len(base) - 1))
    new = data.draw(st.binary(min_size=1, max_size=8))
    fields = []
    try:
        read_file(base[:at] + new + base[at + len(new) :], "票据")
    except InputError as refusal:
        fields = [one.field for one in refusal.fields]
    assert fields in ([], ["file"])


FILES = (ofd(placed(VALUES, 70), placed(LABELS, 10)), scans.form("票据", LINES[:3]))
