from __future__ import annotations

import pytest

from core.documents.templates import TemplateError, parse, shipped, shipped_kinds
from core.messages import text

HEAD = 'kind = "x"\ntitle = "x"\nversion = 1\n[facts]\nname = "名称"\n'


def fault(source: str) -> str:
    with pytest.raises(TemplateError) as caught:
        parse(source, "x.toml")
    return text(caught.value)


@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_every_shipped_template_can_be_read(kind: str) -> None:
    template = shipped(kind)
    assert template.kind == kind
    assert template.pages
    assert template.source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("kind = ", ["x.toml", "Invalid value"]),
        ('kind = "x"\ntitle = "x"', ["x.toml", "version"]),
        (HEAD + '[[flow]]\ntype = "texte"', ["pages[1].flow[1].type", "'texte'", "page_break"]),
        (HEAD + '[[flow]]\ntype = "text"\nalign = "middle"', ["pages[1].flow[1].align", "middle"]),
        (HEAD + '[[flow]]\ntype = "text"\nsizes = 3', ["pages[1].flow[1].sizes", "size"]),
        (HEAD + '[[flow]]\ntype = "text"\nsize = "big"', ["pages[1].flow[1].size", "float"]),
        (HEAD + '[[flow]]\ntype = "text"\ntext = "{nam}"', ["nam", "{nam}"]),
        (HEAD + '[[flow]]\ntype = "text"\ntext = "a"\nwhen = "!nam"', ["nam"]),
        (HEAD + '[page]\nmargins = 3\n[[flow]]\ntype = "text"', ["pages[1].margins", "list"]),
        (HEAD + '[[pages]]\n[[pages.fixed]]\ntype = "qr"\nat = [1]', ["fixed[1].at", "2"]),
        (HEAD + "flow = 3", ["flow"]),
        (HEAD + '[[flow]]\ntype = "text"\ntext = "{name|capital}"', ["capital", "{name|capital}"]),
        (HEAD + '[[flow]]\ntype = "text"\ntext = "{?name}x"', ["{?name}x"]),
        (HEAD + '[[flow]]\ntype = "text"\ntext = "{Name}"', ["{Name}"]),
    ],
)
def test_that_a_wrong_template_is_refused_by_file_and_key(source: str, expected: list[str]) -> None:
    message = fault(source)
    for part in expected:
        assert part in message


def test_that_a_kind_without_template_is_refused() -> None:
    with pytest.raises(TemplateError) as caught:
        shipped("nothing_of_the_kind")
    assert "nothing_of_the_kind.toml" in text(caught.value)
