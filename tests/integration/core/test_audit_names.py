"""What the log calls tables and columns."""

from __future__ import annotations

from core import i18n, office
from core.audit.names import record_name
from db.base import Base


def test_that_every_audited_table_has_a_chinese_name() -> None:
    assert office.CAPABILITIES
    unnamed = [
        table.name
        for table in Base.metadata.tables.values()
        if table.info.get("audited") and record_name(table.name).isascii()
    ]
    assert unnamed == []


def test_that_columns_of_the_register_have_chinese_names() -> None:
    tables = ("application", "certificate", "register_entry", "party", "parcel", "account")
    unnamed = {
        column.name
        for name in tables
        for column in Base.metadata.tables[name].columns
        if record_name(column.name).isascii()
    }
    assert unnamed == set()


def test_that_an_english_screen_shows_the_stored_words() -> None:
    i18n.use("en")
    try:
        assert record_name("application_paper") == "application paper"
    finally:
        i18n.use(i18n.DEFAULT_LANGUAGE)
    assert record_name("made_up") == "made up"
