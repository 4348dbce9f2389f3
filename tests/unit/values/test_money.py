"""Money: reading, writing, and capitals against an independent reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.values.money import Money

#: 支付结算办法 附一, and the sample donations.
EXAMPLES = {
    "1409.50": "人民币壹仟肆佰零玖元伍角",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "1680.32": "人民币壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "人民币壹拾万柒仟元零伍角叁分",
    "100000": "人民币壹拾万元整",
    "3600": "人民币叁仟陆佰元整",
    "200000": "人民币贰拾万元整",
    "10": "人民币壹拾元整",
    "0": "人民币零元整",
    "0.05": "人民币伍分",
    "0.50": "人民币伍角",
    "100200300.07": "人民币壹亿零贰拾万零叁佰元零柒分",
    "1000000000000": "人民币壹万亿元整",
}

_DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(text: str) -> int:
    """分 of an amount in capitals; written from the reading side, without the writer's rules."""
    assert text.startswith("人民币")
    rest = text.removeprefix("人民币").removeprefix("负").removesuffix("整")
    whole, yuan, small = rest.partition("元")
    if not yuan:
        whole, small = "", rest
    value = _read_integer(whole) * 100
    for unit, worth in (("角", 10), ("分", 1)):
        at = small.find(unit)
        if at > 0:
            value += _DIGITS[small[at - 1]] * worth
    return -value if "负" in text else value


def _read_integer(text: str) -> int:
    for unit, worth in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            high, _unit, low = text.rpartition(unit)
            return _read_integer(high) * worth + _read_integer(low)
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += digit * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


@pytest.mark.parametrize("typed, capitals", EXAMPLES.items())
def test_that_capitals_are_those_of_the_payment_rules(typed: str, capitals: str) -> None:
    assert Money.parse(typed).capitals() == capitals


@given(st.integers(-(10**16), 10**16))
def test_that_an_independent_reader_gets_the_amount_back(fen: int) -> None:
    assert read_capitals(Money(fen).capitals()) == fen


@given(st.integers(0, 10**16))
def test_that_capitals_never_double_or_end_in_a_zero(fen: int) -> None:
    text = Money(fen).capitals()
    assert "零零" not in text
    assert not text.endswith("零")
    assert text.endswith("整") == (fen % 100 == 0)
    assert "零万" not in text
    assert "零亿" not in text


@given(st.integers(0, 10**14))
def test_that_every_written_form_reads_back(fen: int) -> None:
    money = Money(fen)
    for text in (str(money), money.plain, f"￥{money}", f"{money.plain}元", f" {money} "):
        assert Money.parse(text) == money


@pytest.mark.parametrize(
    "typed, code",
    [
        ("", "values.number_missing"),
        ("12,34", "values.number_format"),
        ("1.2.3", "values.number_format"),
        ("12a", "values.number_format"),
        ("1e5", "values.number_format"),
        ("1.234", "values.number_decimals"),
        ("-5", "values.number_negative"),
        ("9" * 16, "values.number_large"),
    ],
)
def test_that_a_wrong_amount_names_what_is_wrong(typed: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        Money.parse(typed)
    assert caught.value.fields[0].code == code


def test_that_full_width_digits_are_understood() -> None:
    assert Money.parse("￥１，４０９．５０") == Money(140950)


def test_that_a_reversal_is_negative() -> None:
    assert Money.parse("-12.30", negative=True) == Money(-1230)
    assert Money(-1230).capitals() == "人民币负壹拾贰元叁角"
    assert str(Money(-123456)) == "-1,234.56"
    assert Money(5) + Money(7) - Money(2) == -Money(-10)
