"""Settings, calendar, history, files, request ids and the search box, on both databases."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core import access, attachments, history, requests, search, settings
from core.attachments import clean_filename
from core.database import Database
from core.errors import InputError, NotFound, NotPermitted, RuleViolation
from core.settings import SettingSpec
from db.engine import create_engine_for
from tests import databases


# ------------------------------------------------------------------------------- settings
def test_that_a_value_holds_from_its_day_on(database: Database) -> None:
    with database.write() as session:
        settings.put(session, "office.name", "明光市自然资源和规划局", date(2026, 7, 1))
    with database.read() as session:
        assert settings.office(session, date(2026, 6, 30)).name == "明光市林业局"
        assert settings.office(session, date(2026, 7, 1)).name == "明光市自然资源和规划局"
        assert settings.get(session, "office.name") == "明光市自然资源和规划局"
        assert [line.value for line in settings.timeline(session, "office.name")] == [
            "明光市林业局",
            "明光市自然资源和规划局",
        ]


def test_that_the_same_day_again_replaces_a_value(database: Database) -> None:
    for value in ("1", "2"):
        with database.write() as session:
            settings.put(session, "office.phone", value)
    with database.read() as session:
        assert settings.get(session, "office.phone") == "2"
        assert len(settings.timeline(session, "office.phone")) == 2


def test_that_an_unset_value_is_its_default(database: Database) -> None:
    with database.read() as session:
        assert settings.office(session).court == ""
        assert settings.office(session).sample is False


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("no.such", "x", "settings.unknown"),
        ("office.name", 7, "settings.not_text"),
        ("office.sample", "yes", "settings.not_bool"),
    ],
)
def test_that_a_wrong_value_is_refused(
    sqlite_database: Database, key: str, value: object, code: str
) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        settings.put(session, key, value)
    assert caught.value.fields[0].code == code


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("int", " 7 ", 7),
        ("date", "2026年11月22日", date(2026, 11, 22)),
        ("date", "", None),
        ("text", "a  b", "a b"),
        ("long", " a\nb ", "a\nb"),
        ("json", {"a": [1]}, {"a": [1]}),
    ],
)
def test_that_a_value_comes_back_as_its_kind(
    sqlite_database: Database, kind: str, value: object, stored: object
) -> None:
    key = f"test.{kind}"
    settings.declare(SettingSpec(key, "Test", None, kind))  # type: ignore[arg-type]
    with sqlite_database.write() as session:
        settings.put(session, key, value)
    with sqlite_database.read() as session:
        assert settings.get(session, key) == stored


def test_that_a_number_keeps_its_bounds(sqlite_database: Database) -> None:
    settings.declare(SettingSpec("test.bounded", "Test", 7, "int", least=1, most=60))
    for wrong, code in ((0, "range"), (61, "range"), ("x", "not_int"), ("1.5", "not_int")):
        with pytest.raises(InputError) as caught, sqlite_database.write() as session:
            settings.put(session, "test.bounded", wrong)
        assert caught.value.fields[0].code == f"settings.{code}"


def test_that_only_who_may_changes_a_value(database: Database) -> None:
    with (
        databases.open_as(database, "clerk") as clerk,
        pytest.raises(NotPermitted),
        clerk.write() as session,
    ):
        settings.put(session, "office.phone", "1")


def test_that_the_office_calendar_stands_above_the_published_one(database: Database) -> None:
    day = date(2026, 11, 25)
    with database.write() as session:
        settings.set_calendar_day(session, day, is_workday=False, note="停电")
    with database.read() as session:
        assert not settings.calendar(session).is_workday(day)
        assert [entry.note for entry in settings.calendar_days(session, 2026)] == ["停电"]
    with database.write() as session:
        settings.remove_calendar_day(session, day)
    with database.read() as session:
        assert settings.calendar(session).is_workday(day)


# -------------------------------------------------------------------------------- history
def test_that_a_timeline_tells_who_did_what_and_why(database: Database) -> None:
    with database.write() as session:
        history.record(session, "account", 1, "opened")
        history.record(session, "account", 1, "closed", reason="退休", data={"by": 2})
        history.record(session, "account", 2, "opened")
    with database.read() as session:
        events = history.timeline(session, "account", 1)
    assert [(e.event, e.reason, e.data) for e in events] == [
        ("opened", "", {}),
        ("closed", "退休", {"by": 2}),
    ]
    assert {e.actor_name for e in events} == {"全能员"}
    assert events[0].at == databases.NOW


# ---------------------------------------------------------------------------------- files
def test_that_a_file_comes_back_byte_for_byte(database: Database) -> None:
    data = bytes(range(256)) * 100
    with database.write() as session:
        first = attachments.attach(session, "account", 1, "report", "报告.pdf", data)
        second = attachments.attach(session, "account", 1, "report", "副本.pdf", data)
    assert first.sha256 == second.sha256
    assert (first.media_type, first.size) == ("application/pdf", len(data))
    with database.read() as session:
        assert attachments.read(session, first.id)[1] == data
        found = attachments.attachments(session, "account", 1)
        assert session.scalar(text("SELECT count(*) FROM blob")) == 1
    assert [one.filename for one in found] == ["报告.pdf", "副本.pdf"]


def test_that_a_file_taken_away_stays_with_its_reason(database: Database) -> None:
    with database.write() as session:
        made = attachments.attach(session, "account", 1, "report", "a.pdf", b"x")
    with pytest.raises(InputError), database.write() as session:
        attachments.take_away(session, made.id, " ")
    with database.write() as session:
        attachments.take_away(session, made.id, "传错了")
    with pytest.raises(RuleViolation), database.write() as session:
        attachments.take_away(session, made.id, "传错了")
    with database.read() as session:
        assert attachments.attachments(session, "account", 1) == []
        kept = attachments.attachments(session, "account", 1, removed=True)
    assert [(one.removed, one.removed_reason) for one in kept] == [(True, "传错了")]


def test_that_empty_and_huge_files_are_refused(sqlite_database: Database) -> None:
    for data, code in ((b"", "empty"), (bytes(attachments.LARGEST + 1), "too_large")):
        with pytest.raises(InputError) as caught, sqlite_database.write() as session:
            attachments.attach(session, "account", 1, "report", "a.pdf", data)
        assert caught.value.fields[0].code == f"attachments.{code}"
    with pytest.raises(NotFound), sqlite_database.read() as session:
        attachments.read(session, 4711)


def test_that_damaged_bytes_are_not_handed_out(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        made = attachments.attach(session, "account", 1, "report", "a.pdf", b"good")
    engine = create_engine_for(databases.url_of(sqlite_database))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER lintan_blob_no_update"))
        connection.execute(text("UPDATE blob SET bytes = x'00'"))
    engine.dispose()
    with pytest.raises(RuleViolation) as caught, sqlite_database.read() as session:
        attachments.read(session, made.id)
    assert caught.value.code == "attachments.damaged"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\报告.pdf", "报告.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ('<b>"x".png', "_b__x_.png"),
        ("...", "file"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_that_a_file_name_is_only_a_name(given_name: str, kept: str) -> None:
    assert clean_filename(given_name) == kept


@given(st.text(max_size=300))
def test_that_no_file_name_leaves_its_folder(name: str) -> None:
    kept = clean_filename(name)
    assert 0 < len(kept) <= 200
    assert kept not in {".", ".."}
    assert not set(kept) & set('/\\\0<>:"|?*\n')


# ------------------------------------------------------------------------------- requests
def test_that_a_repeated_request_gives_the_first_result(database: Database) -> None:
    key = uuid4()
    made: list[int] = []

    def act() -> int:
        made.append(1)
        return 41 + len(made)

    results = []
    for _ in range(3):
        with database.write() as session:
            results.append(requests.once(session, key, "account", act))
    assert (results, made) == ([42, 42, 42], [1])
    with database.write() as session:
        assert requests.once(session, uuid4(), "account", act) == 43
        assert requests.once(session, None, "account", act) == 44


def test_that_a_failed_request_may_be_repeated(database: Database) -> None:
    key = uuid4()
    with pytest.raises(ZeroDivisionError), database.write() as session:
        requests.once(session, key, "account", lambda: 1 // 0)
    with database.write() as session:
        assert requests.once(session, key, "account", lambda: 7) == 7


def test_that_a_request_is_for_one_thing(database: Database) -> None:
    key = uuid4()
    with database.write() as session:
        requests.once(session, key, "account", lambda: 1)
    with pytest.raises(RuleViolation) as caught, database.write() as session:
        requests.once(session, key, "party", lambda: 1)
    assert caught.value.code == "requests.other_kind"


@pytest.mark.postgres
def test_that_twins_at_the_same_time_give_one_result(postgres_database: Database) -> None:
    """The second waits for the first, then takes its result: both clients see one record."""
    import threading

    key = uuid4()
    entered, go_on = threading.Event(), threading.Event()
    results: list[int] = []

    def slow() -> int:
        entered.set()
        assert go_on.wait(30)
        return 42

    def first() -> None:
        with postgres_database.write() as session:
            results.append(requests.once(session, key, "account", slow))

    def second() -> None:
        with postgres_database.write() as session:
            results.append(requests.once(session, key, "account", lambda: 99))

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    assert entered.wait(30)
    two.start()
    go_on.set()
    one.join(30)
    two.join(30)
    assert results == [42, 42]


# --------------------------------------------------------------------------------- search
PEOPLE = ["汪小明", "汪大明", "单田芳", "周𬱖", "明光市石坝镇栎坪村股份经济合作社", "Müller GmbH"]


@pytest.fixture
def indexed(database: Database) -> Database:
    with database.write() as session:
        for number, name in enumerate(PEOPLE, start=1):
            line = search.SearchLine(name, "地址", [f"N{number:04}X"], name)
            search.index(session, "party", number, line)
        line = search.SearchLine("明林碳证〔2026〕第000017号", "汪小明", ["汪小明"])
        search.index(session, "certificate", 1, line)
    return database


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("汪", ["汪大明", "汪小明"]),
        ("小明", ["汪小明"]),
        ("汪小明", ["汪小明"]),
        ("汪明", []),
        ("明汪", []),
        ("石坝镇栎坪村", ["明光市石坝镇栎坪村股份经济合作社"]),
        ("wxm", ["汪小明"]),
        ("WXM", ["汪小明"]),
        ("stf", ["单田芳"]),
        ("𬱖", ["周𬱖"]),
        ("müller", ["Müller GmbH"]),
        ("n0003x", ["单田芳"]),
        ("汪 大", ["汪大明"]),
        ("%", []),
        ('" OR "', []),
        ("", []),
    ],
)
def test_that_parts_of_names_and_initials_are_found(
    indexed: Database, asked: str, found: list[str]
) -> None:
    with indexed.read() as session:
        hits = search.find(session, asked, kinds=["party"])
    assert [hit.title for hit in hits] == found


def test_that_all_kinds_are_found_unless_one_is_asked_for(indexed: Database) -> None:
    with indexed.read() as session:
        assert {hit.kind for hit in search.find(session, "汪小明")} == {"party", "certificate"}
        assert [hit.kind for hit in search.find(session, "000017")] == ["certificate"]
        assert search.find(session, "汪小明", kinds=[]) == []
        assert len(search.find(session, "明", limit=2)) == 2


def test_that_an_old_record_is_found_behind_thousands_with_the_same_grams(
    database: Database,
) -> None:
    """Its grams are everywhere; only the whole word tells it apart."""
    with database.write() as session:
        search.index(session, "party", 1, search.SearchLine("甲乙丙"))
        for number in range(2, search.PROBE + 20):
            search.index(session, "party", number, search.SearchLine("乙丙甲乙"))
    with database.read() as session:
        assert [hit.record_id for hit in search.find(session, "甲乙丙")] == [1]


def test_that_the_whole_title_comes_first(indexed: Database) -> None:
    with indexed.read() as session:
        assert search.find(session, "汪小明")[0].title == "汪小明"


def test_that_a_renamed_record_is_found_by_its_new_name_only(indexed: Database) -> None:
    with indexed.write() as session:
        search.index(session, "party", 1, search.SearchLine("王小明", "地址"))
    with indexed.read() as session:
        assert search.find(session, "汪小", kinds=["party"]) == []
        assert [hit.record_id for hit in search.find(session, "王小")] == [1]


def test_that_a_removed_record_is_not_found(indexed: Database) -> None:
    with indexed.write() as session:
        search.remove(session, "party", 1)
        search.remove(session, "party", 4711)
    with indexed.read() as session:
        assert search.find(session, "汪小明", kinds=["party"]) == []


def test_that_the_index_knows_nothing_of_an_action_taken_back(indexed: Database) -> None:
    with pytest.raises(ZeroDivisionError), indexed.write() as session:
        search.index(session, "party", 99, search.SearchLine("赵六"))
        raise ZeroDivisionError
    with indexed.read() as session:
        assert search.find(session, "赵六") == []


def test_that_accounts_are_listed_whatever_their_order(database: Database) -> None:
    with database.read() as session:
        logins = [account.login for account in access.list_accounts(session)]
    assert logins == sorted(logins)
