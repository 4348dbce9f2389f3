"""Identity numbers: what can be checked is checked, and each error says what to do.

Sources: GB 11643-1999 (公民身份号码: 17 digits, a real date, check character mod 11-2),
GB 32100-2015 (统一社会信用代码: mod 31). Area codes are never a reason to refuse: districts are
renamed and merged (Mingguang was 嘉山县 341127 until 1994).
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Literal

from core.clock import SystemClock, china_date
from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.values.numerals import plain_text

register(
    {
        "identity.missing": N_("Enter the number."),
        "identity.length": N_(
            "The number must have {expected} characters, this one has {length}: "
            "compare it with the document."
        ),
        "identity.length_foreign": N_(
            "A permanent residence number has 18 digits starting with 9, or 3 letters and "
            "12 digits; this one has {length} characters: compare it with the card."
        ),
        "identity.characters": N_(
            "The number contains “{character}”, which cannot be part of it: type it again."
        ),
        "identity.date": N_(
            "Digits 7 to 14 ({digits}) must be the date of birth, and there is no such day: "
            "compare them with the document."
        ),
        "identity.future": N_(
            "The date of birth in the number ({digits}) is in the future: compare it with "
            "the document."
        ),
        "identity.checksum": N_(
            "The last character does not fit the others: at least one digit is mistyped or two "
            "are swapped. Compare the number with the document."
        ),
        "identity.prefix_hmt": N_(
            "A residence permit of Hong Kong, Macao or Taiwan starts with 81, 82 or 83. If the "
            "person has a resident identity card, choose that kind."
        ),
        "identity.prefix_foreign": N_(
            "A permanent residence number of 18 digits starts with 9. If the person has another "
            "document, choose its kind."
        ),
        "identity.prefix_resident": N_(
            "Numbers starting with {prefix} are on another document ({kind}): choose that kind."
        ),
        "identity.passport": N_(
            "A passport number has 5 to 17 letters and digits, without other characters."
        ),
        "identity.credit_format": N_(
            "Characters 3 to 8 of a unified social credit code are digits: compare the code with "
            "the certificate."
        ),
        "identity.damaged": N_(
            "“{value}” is a long number that a spreadsheet has damaged; its last digits are "
            "lost. Set the cell to text and type the number again from the document."
        ),
        "identity.none_with_number": N_("There is a number, so choose which kind it is."),
    }
)


class IdKind(StrEnum):
    """What kind of number identifies a party."""

    RESIDENT = "resident"
    HMT_RESIDENCE = "hmt_residence"
    FOREIGN_RESIDENCE = "foreign_residence"
    PASSPORT = "passport"
    CREDIT_CODE = "credit_code"
    NONE = "none"


#: Names of the kinds for the screen; `CHINESE_NAMES` are those printed on papers and in Excel.
TITLES = {
    IdKind.RESIDENT: N_("Resident identity card"),
    IdKind.HMT_RESIDENCE: N_("Residence permit (Hong Kong, Macao, Taiwan)"),
    IdKind.FOREIGN_RESIDENCE: N_("Permanent residence card of a foreigner"),
    IdKind.PASSPORT: N_("Passport"),
    IdKind.CREDIT_CODE: N_("Unified social credit code"),
    IdKind.NONE: N_("No number"),
}
CHINESE_NAMES = {
    IdKind.RESIDENT: "居民身份证",
    IdKind.HMT_RESIDENCE: "港澳台居民居住证",
    IdKind.FOREIGN_RESIDENCE: "外国人永久居留身份证",
    IdKind.PASSPORT: "护照",
    IdKind.CREDIT_CODE: "统一社会信用代码",
    IdKind.NONE: "无",
}

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CREDIT_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_SEPARATORS = re.compile(r"[\s\-‐-―−－·]")
_DAMAGED = re.compile(r"[+-]?\d(\.\d+)?[eE][+-]?\d+|\d{10,}\.0*")


def normalise(text: str) -> str:
    """The number without blanks and hyphens, full-width forms made narrow, in upper case."""
    return _SEPARATORS.sub("", plain_text(text)).upper()


def damaged(value: object) -> bool:
    """Whether a long number came out of a spreadsheet as a number: 1.23412E+17, a float, an int.

    A number of 16 digits or more in a numeric cell has already lost its last digits, and a leading
    zero is lost in any; numbers must be text. Only text in plain digits counts as whole.
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, (int, float)):
        return True
    return isinstance(value, str) and _DAMAGED.fullmatch(plain_text(value)) is not None


def check(kind: IdKind, text: str, *, today: date | None = None) -> str:
    """The number in its normal form.

    Args:
        kind: what kind of number it is.
        text: as typed; blanks, hyphens, full-width digits and small letters are understood.
        today: the day a date of birth may not be after; today in China by default.

    Raises:
        InputError: field ``"number"`` with an ``identity.*`` code.
    """
    if damaged(text):
        raise _wrong("damaged", value=plain_text(text))
    number = normalise(text)
    if kind is IdKind.NONE:
        if number:
            raise _wrong("none_with_number")
        return ""
    if not number:
        raise _wrong("missing")
    today = today or china_date(SystemClock().now())
    if kind is IdKind.CREDIT_CODE:
        _check_credit_code(number)
    elif kind is IdKind.PASSPORT:
        if re.fullmatch(r"[0-9A-Z]{5,17}", number) is None:
            raise _wrong("passport")
    elif kind is IdKind.FOREIGN_RESIDENCE:
        _check_foreign(number, today)
    else:
        _check_resident(kind, number, today)
    return number


def _wrong(code: str, **params: object) -> InputError:
    return InputError.of("number", f"identity.{code}", **params)


def _check_foreign(number: str, today: date) -> None:
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return  # the card issued until 2023: no public checksum
    if len(number) != 18:
        raise _wrong("length_foreign", length=len(number))
    if number[0] != "9":
        raise _wrong("prefix_foreign")
    _check_18(number, today)


def _check_resident(kind: IdKind, number: str, today: date) -> None:
    if len(number) != 18:
        raise _wrong("length", expected=18, length=len(number))
    hmt = number[:2] in {"81", "82", "83"}
    if kind is IdKind.HMT_RESIDENCE and not hmt:
        raise _wrong("prefix_hmt")
    if kind is IdKind.RESIDENT and (hmt or number[0] == "9"):
        other = IdKind.HMT_RESIDENCE if hmt else IdKind.FOREIGN_RESIDENCE
        raise _wrong("prefix_resident", prefix=number[: 2 if hmt else 1], kind=CHINESE_NAMES[other])
    _check_18(number, today)


def _check_18(number: str, today: date) -> None:
    """Digits, date and check character of GB 11643."""
    for at, character in enumerate(number):
        if not (character.isascii() and character.isdigit()) and (at, character) != (17, "X"):
            raise _wrong("characters", character=character)
    digits = number[6:14]
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _wrong("date", digits=digits) from None
    if birth > today:
        raise _wrong("future", digits=digits)
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECKS[total % 11] != number[17]:
        raise _wrong("checksum")


def _check_credit_code(number: str) -> None:
    """GB 32100: length, alphabet and the check character; registries such as N2 (村) included.

    `stdnum.cn.uscc.validate` refuses codes whose second character is a letter and those of
    rural collectives (N1, N2, N3), so its arithmetic is used and its format test is not.
    """
    from stdnum.cn import uscc

    if len(number) != 18:
        raise _wrong("length", expected=18, length=len(number))
    for character in number:
        if character not in _CREDIT_ALPHABET:
            raise _wrong("characters", character=character)
    if not number[2:8].isdigit():
        raise _wrong("credit_format")
    if uscc.calc_check_digit(number[:17]) != number[17]:
        raise _wrong("checksum")


def birth_and_sex(number: str) -> tuple[date, Literal["男", "女"]] | None:
    """Date of birth and sex in a checked number of 18 digits; None for other numbers."""
    if re.fullmatch(r"\d{17}[\dX]", number) is None:
        return None
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return birth, "男" if int(number[16]) % 2 else "女"


def mask(number: str) -> str:
    """What screens, papers and exports show: 341182********0011; short numbers keep less.

    Numbers of 18 characters keep the first six and the last four, others two and two.
    """
    keep = (6, 4) if len(number) == 18 else (2, 2)
    if len(number) <= sum(keep):
        return "*" * len(number)
    hidden = len(number) - sum(keep)
    return f"{number[: keep[0]]}{'*' * hidden}{number[-keep[1] :]}"


def tail(number: str) -> str:
    """The last four characters, to suggest duplicates."""
    return number[-4:]
