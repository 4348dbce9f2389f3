"""Cutting texts into grams, the same way for the index and for the question."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def normal(text: str) -> str:
    """The form in which texts are compared: width and case do not matter, nor do blanks and marks.

    Only letters, ideographs and digits are left, so no gram can be an operator of a query.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def grams(words: Iterable[str]) -> list[str]:
    """All single characters and pairs of the words, each once, sorted."""
    found: set[str] = set()
    for word in words:
        shown = normal(word)
        found.update(shown)
        found.update(_pairs(shown))
    return sorted(found)


def question(text: str) -> list[tuple[str, list[str]]]:
    """The words of a question, each with the grams that must be there: pairs, or one character."""
    words = [normal(word) for word in text.split()]
    return [(word, sorted(set(_pairs(word))) or [word]) for word in words if word]


def _pairs(word: str) -> list[str]:
    return [word[n : n + 2] for n in range(len(word) - 1)]
