"""The settings of a machine: order of precedence, damaged files, names of databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import config
from core.config import MachineConfig
from core.errors import EnvironmentFault
from core.messages import text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "设置 folder" / "lintan.toml"


def test_that_a_missing_file_means_the_defaults(file: Path) -> None:
    assert config.load(file) == MachineConfig()


def test_that_what_was_saved_is_read_again(file: Path) -> None:
    settings = MachineConfig(database=r"C:\林业\a.db", language="en", login='o"brien', scale=150)
    config.save(settings, file)
    assert config.load(file) == settings
    assert [each.name for each in file.parent.iterdir()] == ["lintan.toml"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_that_any_text_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, login: str
) -> None:
    file = tmp_path_factory.mktemp("config") / "lintan.toml"
    config.save(MachineConfig(login=login), file)
    assert config.load(file).login == login


def test_that_the_environment_wins_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.save(MachineConfig(language="zh_CN", database="a.db"), file)
    monkeypatch.setenv("LINTAN_LANG", "en")
    settings = config.load(file)
    assert (settings.language, settings.database) == ("en", "a.db")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("language = ", "config.unreadable"),
        ("colour = 'green'", "config.unknown"),
        ("save = 'x'", "config.unknown"),
        ("scale = 'big'", "config.type"),
        ("scale = true", "config.type"),
        ("language = 'fr'", "config.language"),
    ],
)
def test_that_a_wrong_file_is_named_with_its_entry(file: Path, content: str, code: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(EnvironmentFault) as refusal:
        config.load(file)
    assert refusal.value.code == code
    assert str(file) in text(refusal.value)


def test_that_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(EnvironmentFault) as refusal:
        config.save(MachineConfig(), blocked / "lintan.toml")
    assert refusal.value.code == "config.unwritable"


@pytest.mark.parametrize(
    ("given_name", "url"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////x/y.db", "sqlite:////x/y.db"),
        ("/数据 1/林.db", "sqlite:////数据 1/林.db"),
    ],
)
def test_that_a_database_is_named_by_url_or_file(given_name: str, url: str) -> None:
    assert config.database_url(given_name) == url


def test_that_without_a_name_it_is_the_one_of_the_machine() -> None:
    url = config.database_url()
    assert config.file_of(url) == config.data_folder() / "lintan.db"
    assert config.file_of("postgresql+psycopg://u@h/d") is None


@pytest.mark.parametrize("url", ["mysql://x@localhost/y", "postgresql+pg8000://x@h/y", "http://h"])
def test_that_a_database_of_another_make_is_refused_in_words(url: str) -> None:
    with pytest.raises(EnvironmentFault) as refused:
        config.database_url(url)
    assert refused.value.code == "config.database_kind"
    assert url.split("://", maxsplit=1)[0] in text(refused.value)
