"""The search box: one index over all capabilities, found by parts of Chinese words and by pinyin.

Texts are cut into single characters and pairs ("grams"); the index finds the records that have all
grams of the question, and a question of three and more characters is then looked for as a whole.
"""

from __future__ import annotations

from core.search.grams import grams, normal, question
from core.search.service import (
    PROBE,
    Hit,
    SearchLine,
    find,
    index,
    index_new,
    rebuild,
    remove,
)

__all__ = [
    "PROBE",
    "Hit",
    "SearchLine",
    "find",
    "grams",
    "index",
    "index_new",
    "normal",
    "question",
    "rebuild",
    "remove",
]
