"""Pinyin for searching and sorting Chinese names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

#: Characters that are read differently as a surname; dictionaries give the common reading.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "任": "ren", "查": "zha", "盖": "ge",
    "区": "ou", "朴": "piao", "繁": "po", "员": "yun", "召": "shao", "秘": "bi", "折": "she",
    "种": "chong", "缪": "miao", "乐": "yue", "覃": "qin", "翟": "zhai", "牟": "mu", "隗": "wei",
    "祭": "zhai", "佴": "nai", "洗": "xian", "阚": "kan", "省": "xing", "句": "gou", "适": "kuo",
}  # fmt: skip
COMPOUND_SURNAMES = {
    "单于": "chan yu", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun",
    "澹台": "tan tai", "鲜于": "xian yu", "令狐": "ling hu", "宰父": "zai fu",
    "夏侯": "xia hou", "皇甫": "huang fu", "呼延": "hu yan", "亓官": "qi guan",
}  # fmt: skip

#: Sorts after every pinyin letter: characters no dictionary knows come last.
_UNKNOWN = "~"
_PERSON_NAME_LENGTH = 4


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str:
    """The common reading of one ideograph without tone, or an empty text."""
    from pypinyin import Style, lazy_pinyin

    if character.isascii():
        return character.lower() if character.isalnum() else ""
    reading = lazy_pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return reading[0] if reading else ""


def _phrase(text: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    def one_by_one(unknown: str) -> Any:
        return list(unknown)

    return lazy_pinyin(text, style=Style.NORMAL, errors=one_by_one, v_to_u=False)


def syllables(text: str) -> list[str]:
    """One syllable per character; what has none stands for itself behind a ``~``.

    Texts of up to four ideographs are taken for the name of a person, whose first character is read
    as a surname; longer ones for a phrase (重庆 is chong qing).
    """
    bare = [character for character in text if not character.isspace() and character not in "·•．"]
    if len(bare) > _PERSON_NAME_LENGTH:
        return [_known(syllable) for syllable in _phrase("".join(bare))]
    compound = COMPOUND_SURNAMES.get("".join(bare[:2]))
    if compound and len(bare) > 2:
        return compound.split() + [_known(_syllable(c) or c) for c in bare[2:]]
    first = [SURNAMES.get(bare[0]) or _known(_syllable(bare[0]) or bare[0])] if bare else []
    return first + [_known(_syllable(character) or character) for character in bare[1:]]


def _known(syllable: str) -> str:
    return syllable.lower() if syllable.isascii() else _UNKNOWN + syllable


def initials(text: str) -> str:
    """First letters in lower case: 单田芳 is ``stf``; ASCII letters and digits stay."""
    return "".join(
        syllable[0] for syllable in syllables(text) if syllable[:1].isalnum() and syllable.isascii()
    )


def sort_key(text: str) -> str:
    """A text that sorts names by pinyin, syllable by syllable; unknown characters come last."""
    return " ".join(syllables(text))
