"""Identity numbers: what is right passes, and each wrong one says what is wrong."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import messages
from core.errors import InputError
from core.i18n import use
from core.values import identity
from core.values.identity import IdKind, birth_and_sex, check, damaged, mask, tail

TODAY = date(2026, 11, 25)
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident(area: str, birth: date, order: int) -> str:
    """A valid number, its check character computed from the definition (ISO 7064 mod 11-2)."""
    body = f"{area}{birth:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "0123456789X"[(12 - total % 11) % 11]


def credit(body: str) -> str:
    """A valid code from its first 17 characters (GB 32100: powers of 3, mod 31)."""
    total = sum(USCC.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + USCC[-total % 31]


def sample_numbers() -> list[tuple[IdKind, str]]:
    text = files("resources").joinpath("sample", "right_holders.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    kinds = {"组织": IdKind.CREDIT_CODE, "个人": IdKind.RESIDENT}
    return [(kinds[row["kind"]], row["id_number"]) for row in rows if row["id_number"]]


def code_of(kind: IdKind, number: str) -> str:
    with pytest.raises(InputError) as caught:
        check(kind, number, today=TODAY)
    assert caught.value.fields[0].field == "number"
    assert messages.text(caught.value)
    return caught.value.fields[0].code


@pytest.mark.parametrize("kind, number", sample_numbers())
def test_that_every_number_of_the_sample_passes(kind: IdKind, number: str) -> None:
    assert check(kind, number, today=TODAY) == number


@pytest.mark.parametrize(
    "kind, number",
    [
        (IdKind.RESIDENT, "11010519491231002X"),
        (IdKind.RESIDENT, "11010519491231002x"),
        (IdKind.RESIDENT, " 110105 19491231 002Ｘ "),
        (IdKind.HMT_RESIDENCE, "810000197905030371"),
        (IdKind.CREDIT_CODE, "91330100799655058B"),
        (IdKind.CREDIT_CODE, "91330100-799655058-b"),
        (IdKind.FOREIGN_RESIDENCE, "FRA110112345678"),
        (IdKind.PASSPORT, "E12345678"),
    ],
)
def test_that_usual_ways_of_typing_are_understood(kind: IdKind, number: str) -> None:
    assert check(kind, number, today=TODAY)


@given(
    st.sampled_from(["341127", "342321", "341182", "341199", "110105", "650000", "999999"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)
def test_that_no_area_code_is_refused(area: str, birth: date, order: int) -> None:
    if area[0] == "9":
        number = resident(area, birth, order)
        assert check(IdKind.FOREIGN_RESIDENCE, number, today=TODAY) == number
        return
    number = resident(area, birth, order)
    assert check(IdKind.RESIDENT, number, today=TODAY) == number
    assert birth_and_sex(number) == (birth, "男" if order % 2 else "女")


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 17), st.data())
def test_that_one_wrong_digit_never_passes(
    birth: date, order: int, place: int, data: st.DataObject
) -> None:
    number = resident("341182", birth, order)
    pool = "0123456789X" if place == 17 else "0123456789"
    other = data.draw(st.sampled_from([digit for digit in pool if digit != number[place]]))
    with pytest.raises(InputError):
        check(IdKind.RESIDENT, number[:place] + other + number[place + 1 :], today=TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 15))
def test_that_two_swapped_digits_never_pass(birth: date, order: int, place: int) -> None:
    number = resident("341182", birth, order)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(InputError):
            check(IdKind.RESIDENT, swapped, today=TODAY)


@given(
    st.sampled_from(["11", "12", "51", "53", "91", "92", "93", "N1", "N2", "N3", "A1", "1A", "G1"]),
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text(USCC, min_size=9, max_size=9),
)
def test_that_every_registry_has_valid_codes(head: str, area: str, body: str) -> None:
    code = credit(head + area + body)
    assert check(IdKind.CREDIT_CODE, code) == code
    wrong = USCC[(USCC.index(code[-1]) + 1) % 31]
    assert code_of(IdKind.CREDIT_CODE, code[:-1] + wrong) == "identity.checksum"


@pytest.mark.parametrize(
    "kind, number, code",
    [
        (IdKind.RESIDENT, "", "identity.missing"),
        (IdKind.RESIDENT, "34119919680312004", "identity.length"),
        (IdKind.RESIDENT, "3411991968031204222", "identity.length"),
        (IdKind.RESIDENT, "34119919680312042A", "identity.characters"),
        (IdKind.RESIDENT, "3411991968O3120422", "identity.characters"),
        (IdKind.RESIDENT, "34119919680332042X", "identity.date"),
        (IdKind.RESIDENT, "341199196902290422", "identity.date"),
        (IdKind.RESIDENT, "341199196803120423", "identity.checksum"),
        (IdKind.RESIDENT, "810000197905030371", "identity.prefix_resident"),
        (IdKind.HMT_RESIDENCE, "341199196803120422", "identity.prefix_hmt"),
        (IdKind.FOREIGN_RESIDENCE, "341199196803120422", "identity.prefix_foreign"),
        (IdKind.FOREIGN_RESIDENCE, "FRA11011234567", "identity.length_foreign"),
        (IdKind.PASSPORT, "E123", "identity.passport"),
        (IdKind.PASSPORT, "E12345678/9", "identity.passport"),
        (IdKind.CREDIT_CODE, "1.23412E+17", "identity.damaged"),
        (IdKind.CREDIT_CODE, "123411999900000170", "identity.checksum"),
        (IdKind.CREDIT_CODE, "9134119999990006O1", "identity.characters"),
        (IdKind.CREDIT_CODE, "91A41199MA9900060F", "identity.credit_format"),
        (IdKind.NONE, "123", "identity.none_with_number"),
    ],
)
def test_that_each_wrong_number_says_what_is_wrong(kind: IdKind, number: str, code: str) -> None:
    assert code_of(kind, number) == code


def test_that_a_birth_in_the_future_is_refused() -> None:
    born = TODAY + timedelta(days=1)
    assert code_of(IdKind.RESIDENT, resident("341182", born, 1)) == "identity.future"
    assert check(IdKind.RESIDENT, resident("341182", TODAY, 1), today=TODAY)


def test_that_the_sentence_names_the_length_and_the_cure() -> None:
    use("en")
    try:
        with pytest.raises(InputError) as short:
            check(IdKind.RESIDENT, "34119919680312004")
        with pytest.raises(InputError) as broken:
            check(IdKind.CREDIT_CODE, "1.23412E+17")
    finally:
        use("zh_CN")
    assert short.value.fields[0].params == {"expected": 18, "length": 17}
    assert "1.23412E+17" in str(broken.value.fields[0].params)


@pytest.mark.parametrize(
    "value, verdict",
    [
        ("1.23412E+17", True),
        ("4.4e+17", True),
        (3.41182e17, True),
        (341182196803120422, True),
        ("341182196803120.0", True),
        ("341182196803120422", False),
        ("E12345678", False),
        ("N2341199990000033U", False),
        ("", False),
        (None, False),
        (True, False),
    ],
)
def test_that_damaged_numbers_are_recognised(value: object, verdict: bool) -> None:
    assert damaged(value) is verdict


def test_that_masks_hide_the_birthday() -> None:
    assert mask("341182196803120011") == "341182********0011"
    assert mask("E12345678") == "E1*****78"
    assert mask("1234") == "****"
    assert tail("341182196803120011") == "0011"


@given(st.text("0123456789X", min_size=1, max_size=20))
def test_that_a_mask_keeps_the_length(number: str) -> None:
    assert len(mask(number)) == len(number)
    assert "*" in mask(number)


def test_that_every_kind_has_a_name_on_screen_and_paper() -> None:
    assert set(identity.TITLES) == set(identity.CHINESE_NAMES) == set(IdKind)
