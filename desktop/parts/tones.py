"""The tone of a word that names a state, for the pills of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from core.i18n import _

K = TypeVar("K", bound=str)


def tone_of(titles: Mapping[K, str], tones: Mapping[K, str]) -> Callable[[str], str]:
    """A function from a shown word to its tone; ``neutral`` for a word that is no title.

    Args:
        titles: the title of each state, untranslated.
        tones: the tone of each state.
    """

    def tone(text: str) -> str:
        found = (one for one, title in titles.items() if _(title) == text)
        return next((tones[one] for one in found), "neutral")

    return tone
