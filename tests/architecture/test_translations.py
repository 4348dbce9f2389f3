"""The Chinese catalogue is complete; and the judge of catalogues finds what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from installer import translations


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_that_the_catalogue_is_complete(language: str) -> None:
    texts = translations.source_texts()
    assert list(translations.findings(texts, translations.read(language))) == []
    assert len(texts) > 0


def test_that_no_f_string_is_marked() -> None:
    assert list(translations.f_strings_marked()) == []


def test_that_an_f_string_is_found(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    source = """
a = _("good {x}")
b = _(f"bad {a}")
c = N_("a" + d)
d = f"{_(name)} {_('bad')}"
"""
    (tmp_path / "core" / "page.py").write_text(source.lstrip())
    assert list(translations.f_strings_marked(tmp_path)) == [
        "core/page.py:2 marks an f-string",
        "core/page.py:3 marks an f-string",
        "core/page.py:4 marks a text inside an f-string",
    ]


def _catalogue(*pairs: tuple[str, str]) -> Catalog:
    catalogue = Catalog(locale="zh_CN")
    for text, translated in pairs:
        catalogue.add(text, translated, locations=[("core/x.py", 0)])
    return catalogue


@pytest.mark.parametrize(
    ("translated", "complaint"),
    [
        ([], "not translated"),
        ([("{count} left", "")], "not translated"),
        ([("{count} left", "还剩 {number}")], "placeholders differ"),
        ([("{count} left", "还剩 {count}"), ("Gone", "没了")], "no longer in the source"),
    ],
)
def test_that_a_wrong_catalogue_is_found(translated: list[tuple[str, str]], complaint: str) -> None:
    found = list(translations.findings(_catalogue(("{count} left", "")), _catalogue(*translated)))
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_that_a_right_catalogue_passes() -> None:
    texts = _catalogue(("{count:,} left", ""))
    assert (
        list(translations.findings(texts, _catalogue(("{count:,} left", "还剩 {count:,}")))) == []
    )
