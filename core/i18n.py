"""Gettext for both front ends: English in the source, Chinese by default.

`_` translates now, into the language of the screen. `N_` only marks a text for the catalogue,
for tables built at import time; whoever shows it calls `_` on it.
Printed papers use `chinese`, whatever the language of the screen.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DOMAIN = "lintan"
DEFAULT_LANGUAGE = "zh_CN"
LANGUAGES = ("zh_CN", "en")

_language = DEFAULT_LANGUAGE


def _catalogue_folder() -> Path:
    import resources

    return Path(resources.__file__).parent / "translations"


@cache
def _translations(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, _catalogue_folder(), [language], fallback=True)


def use(language: str) -> None:
    """Set the language of the screen for this process: one of `LANGUAGES`."""
    global _language  # noqa: PLW0603 - the one process-wide choice: what language the person reads
    if language not in LANGUAGES:
        msg = f"no catalogue for {language}"
        raise ValueError(msg)
    _language = language


def language() -> str:
    """The language of the screen."""
    return _language


def _(text: str) -> str:
    """The text in the language of the screen."""
    return _translations(_language).gettext(text) if text else ""


def counted(count: int, one: str, many: str) -> str:
    """The text for a count, of two marked with `N_`; English is the only language with two."""
    return _(one if count == 1 else many)


def listed(names: Iterable[str]) -> str:
    """Names one after the other, separated as the language of the screen does."""
    return (", " if _language == "en" else "、").join(names)


def chinese(text: str) -> str:
    """The text in Chinese, for printed papers."""
    return _translations("zh_CN").gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark a text for the catalogue without translating it."""
    return text
