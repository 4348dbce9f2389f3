"""Reading what people type for numbers, and writing integers in capital numerals.

Capitals follow 支付结算办法 附一 (正确填写票据和结算凭证的基本规定), second rule.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "values.number_missing": N_("Enter a number."),
        "values.number_format": N_("“{value}” is not a number; write it like 1,409.50."),
        "values.number_decimals": N_("“{value}” has more than {decimals} digits after the point."),
        "values.number_negative": N_("“{value}” is below zero, which is not possible here."),
        "values.number_large": N_("“{value}” is too large; check the number of digits."),
    }
)

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?|[+-]?\.\d+")
#: Far below 2**63 in the smallest unit of every value, far above any county's figure.
_LIMIT = Decimal(10) ** 15


def plain_text(text: str) -> str:
    """Text as typed, with full-width forms made narrow and blanks removed from the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def exact_decimal(text: str, *, decimals: int, negative: bool = False) -> Decimal:
    """Read a number without losing a digit.

    Args:
        text: as typed; thousands commas, full-width digits and outer blanks are understood.
        decimals: how many digits after the point the quantity can hold; zeros beyond are fine.
        negative: whether a number below zero makes sense.

    Raises:
        InputError: field ``"number"`` with a ``values.number_*`` code.
    """
    shown = plain_text(text)
    if not shown:
        raise InputError.of("number", "values.number_missing")
    if _NUMBER.fullmatch(shown) is None:
        raise InputError.of("number", "values.number_format", value=shown)
    number = Decimal(shown.replace(",", ""))
    if abs(number) >= _LIMIT:
        raise InputError.of("number", "values.number_large", value=shown)
    if number != round(number, decimals):
        raise InputError.of("number", "values.number_decimals", value=shown, decimals=decimals)
    if number < 0 and not negative:
        raise InputError.of("number", "values.number_negative", value=shown)
    return number


def capitals(number: int) -> str:
    """A non-negative integer in capital numerals: 16409 is 壹万陆仟肆佰零玖, 0 is 零.

    One 零 stands for any run of zeros inside; none is written where 万 or 亿 closes a block and
    the next digit follows at once (107,000 is 壹拾万柒仟), which the rule allows.
    """
    if number < 0:
        msg = "capitals are written for numbers from zero up"
        raise ValueError(msg)
    return _block(number) or DIGITS[0]


def _block(number: int) -> str:
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾")):
        if number >= size:
            high, low = divmod(number, size)
            gap = DIGITS[0] if 0 < low < size // 10 else ""
            return f"{_block(high)}{unit}{gap}{_block(low)}"
    return DIGITS[number] if number else ""
