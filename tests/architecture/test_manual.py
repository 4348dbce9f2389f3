"""The manual calls buttons what the screen calls them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

TOP = Path(__file__).parents[2]
PAGES = ("committee.md", "training.md")
#: A button that opens something ends with …; the manual quotes it or prints it bold.
_BUTTON = re.compile(r"(?:“([^”“]{2,20}…)”|\*\*([^*]{2,20}…)(?:（[^）]*）)?\*\*)")


@pytest.fixture(scope="module", name="words")
def _words() -> set[str]:
    path = TOP / "resources/translations/zh_CN/LC_MESSAGES/lintan.po"
    with path.open("rb") as file:
        return {str(message.string).strip() for message in read_po(file)}


@pytest.mark.parametrize("page", PAGES)
def test_that_the_manual_has_the_words_of_the_buttons(page: str, words: set[str]) -> None:
    text = (TOP / "docs/manual" / page).read_text(encoding="utf-8")
    named = {one or other for one, other in _BUTTON.findall(text)}
    assert len(named) > 5
    # Alt+letter marks stand behind the word in the catalogue.
    known = {re.sub(r"\(&.\)", "", word) for word in words}
    assert not sorted(named - known)


def test_that_every_page_of_the_manual_is_in_its_contents() -> None:
    folder = TOP / "docs/manual"
    contents = (folder / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert not sorted(name for name in pages if f"({name})" not in contents)
