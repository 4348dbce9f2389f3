from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date

import base45
import cwt
import pytest
import zxingcpp
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from core.documents import qr
from core.errors import InputError
from tests.papers import NUMBER

FACTS = qr.QrFacts(
    NUMBER, "certificate", "张𬱖等3人", "1234", "5,195.54", date(2026, 11, 25), bytes(16)
)
KEY = qr.QrKey.new()


def test_that_a_code_comes_back_as_it_was() -> None:
    found = qr.decode(qr.encode(FACTS, KEY), (KEY.public,))
    assert found.facts == FACTS
    assert found.kid == KEY.kid
    assert found.trusted


def test_that_an_independent_library_accepts_the_signature() -> None:
    message = base45.b45decode(qr.encode(FACTS, KEY).removeprefix(qr.PREFIX))
    pem = KEY.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    payload = cwt.COSE.new().decode(message, cwt.COSEKey.from_pem(pem, kid=KEY.kid))
    assert NUMBER.encode("gb18030") in payload


def test_that_the_code_of_a_certificate_stays_coarse_enough_for_a_photocopy() -> None:
    """Version 9 (53 modules on 29 mm, 0.55 mm each) for a person, 10 (0.51 mm) for the longest name."""
    assert len(qr.squares(qr.encode(FACTS, KEY))) <= 53
    longest = replace(FACTS, holder="明" * 20, amount="1,234,567.89")
    assert len(qr.squares(qr.encode(longest, KEY))) <= 57


@given(st.text(max_size=20).filter(lambda text: text.isprintable()))
def test_that_every_character_comes_back(holder: str) -> None:
    found = qr.decode(qr.encode(replace(FACTS, holder=holder), KEY), (KEY.public,))
    assert found.facts.holder == holder
    assert found.trusted


def test_that_an_independent_library_refuses_another_key() -> None:
    message = base45.b45decode(qr.encode(FACTS, KEY).removeprefix(qr.PREFIX))
    pem = (
        qr.QrKey.new()
        .private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(message, cwt.COSEKey.from_pem(pem, kid=KEY.kid))


def test_that_a_code_of_another_office_is_not_trusted() -> None:
    other = qr.QrKey.new()
    assert not qr.decode(qr.encode(FACTS, other), (KEY.public,)).trusted
    assert not qr.decode(qr.encode(FACTS, KEY), ()).trusted


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_that_a_changed_code_is_never_trusted(place: int, change: int) -> None:
    message = bytearray(base45.b45decode(qr.encode(FACTS, KEY).removeprefix(qr.PREFIX)))
    message[place % len(message)] ^= change
    changed = qr.PREFIX + base45.b45encode(bytes(message)).decode()
    assert not trusted(changed)


def trusted(text: str) -> bool:
    with contextlib.suppress(InputError):
        return qr.decode(text, (KEY.public,)).trusted
    return False


@given(st.text(max_size=60))
def test_that_any_other_text_is_refused_in_words(words: str) -> None:
    with pytest.raises(InputError) as caught:
        qr.decode(words, (KEY.public,))
    assert caught.value.fields[0].code == "qr.foreign"
    with pytest.raises(InputError):
        qr.decode(qr.PREFIX + words, (KEY.public,))


def picture(text: str, scale: int) -> Image.Image:
    rows = qr.squares(text)
    size = len(rows) + 8
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(rows):
        for x, square in enumerate(row):
            if square == "1":
                image.putpixel((x + 4, y + 4), 0)
    return image.resize((size * scale, size * scale), Image.Resampling.NEAREST)


def test_that_the_printed_squares_can_be_read() -> None:
    text = qr.encode(FACTS, KEY)
    (code,) = zxingcpp.read_barcodes(picture(text, 3))
    assert code.text == text


def test_that_a_poor_photocopy_can_be_read() -> None:
    text = qr.encode(replace(FACTS, holder="明光市白米山农民林业专业合作社"), KEY)
    copied = picture(text, 4).rotate(3, fillcolor=255, expand=True)
    copied = copied.filter(ImageFilter.GaussianBlur(1.4)).point(lambda v: 255 if v > 150 else v)
    (code,) = zxingcpp.read_barcodes(copied)
    assert code.text == text


def test_that_a_private_key_needs_its_passphrase(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from core.errors import EnvironmentFault

    path = tmp_path / "office.qr.pem"
    path.write_bytes(KEY.to_pem("右"))
    assert qr.QrKey.from_pem(path, "右").kid == KEY.kid
    with pytest.raises(EnvironmentFault) as caught:
        qr.QrKey.from_pem(path, "左")
    assert caught.value.code == "sign.passphrase"
