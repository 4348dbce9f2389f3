"""Parameter sets on real databases: versions that never change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from core import settings
from core.carbon.model import ParameterStatus
from core.carbon.queries import PARAMETER_SETS
from core.carbon.rules import SpeciesParameter, Stratum, compute
from core.carbon.seed import SHIPPED_NAME, seed, shipped_parameters
from core.carbon.service import (
    NewParameterSet,
    add_set,
    assign_group,
    confirm_set,
    current_set,
    groups,
    load_set,
    retire_set,
    sets,
    suggest_group,
    usable_set,
)
from core.carbon.values import plausible_rates, uncertainty_steps
from core.database import Database
from core.errors import AppError, InputError, NotFound, RuleViolation, StaleRecord
from core.values.listing import ListQuery

DAY = date(2026, 11, 25)
OAK = SpeciesParameter(
    "栎类", Decimal("0.600"), Decimal("1.355"), Decimal("0.292"), Decimal("0.500")
)
NEW = NewParameterSet(
    name="GB/T 43648 第1版",
    source="GB/T 43648-2024",
    method="两期蓄积差",
    valid_from=date(2026, 6, 1),
    parameters=(OAK,),
)


def test_that_a_new_office_has_the_shipped_set_digit_for_digit(database: Database) -> None:
    with database.read() as session:
        shipped = current_set(session, DAY)
    assert shipped.name == SHIPPED_NAME
    assert shipped.status is ParameterStatus.UNCONFIRMED
    assert not shipped.confirmed
    assert tuple(shipped.parameters.values()) == shipped_parameters()
    assert str(shipped.parameters["栎类"].carbon_fraction) == "0.500"
    assert shipped.glosses["栎类"] == "oak"


def test_that_seeding_twice_changes_nothing(database: Database) -> None:
    with database.write() as session:
        seed(session)
    with database.read() as session:
        assert len(sets(session)) == 1


def test_that_a_new_version_leaves_the_old_figures_alone(database: Database) -> None:
    stratum = Stratum(label="P", group="栎类", stock_t1=Decimal(100), stock_t2=Decimal(200))
    with database.read() as session:
        old = current_set(session, DAY)
    before = compute([stratum], old.parameters)
    with database.write() as session:
        new = add_set(session, NEW)
    assert new.status is ParameterStatus.UNCONFIRMED
    with database.read() as session:
        assert current_set(session, DAY).id == new.id
        assert current_set(session, date(2026, 5, 31)).id == old.id
        again = compute([stratum], load_set(session, old.id).parameters)
    assert again == before
    assert compute([stratum], new.parameters).tonnes < before.tonnes


def test_that_the_database_keeps_the_numbers_of_a_set(database: Database) -> None:
    for statement in (
        "UPDATE carbon_species_parameter SET bef = '9'",
        "DELETE FROM carbon_species_parameter",
        "UPDATE carbon_parameter_set SET source = 'x'",
    ):
        with pytest.raises(AppError), database.write() as session:
            session.execute(text(statement))


def test_that_confirming_keeps_who_and_against_what(database: Database) -> None:
    with database.write() as session:
        new = add_set(session, NEW)
    with database.write() as session:
        confirmed = confirm_set(session, new.id, new.version, "与标准附录逐项核对")
    assert confirmed.confirmed
    assert confirmed.confirmed_by == database.actor.name
    assert confirmed.status_note == "与标准附录逐项核对"
    with pytest.raises(RuleViolation) as caught, database.write() as session:
        confirm_set(session, new.id, confirmed.version, "again")
    assert caught.value.code == "carbon.set_confirmed"
    with pytest.raises(StaleRecord), database.write() as session:
        retire_set(session, new.id, new.version, "x")


def test_that_a_retired_set_is_no_choice_but_readable(database: Database) -> None:
    with database.write() as session:
        new = add_set(session, NEW)
        retire_set(session, new.id, new.version, "录入有误")
    with database.read() as session:
        assert current_set(session, DAY).name == SHIPPED_NAME
        assert load_set(session, new.id).status_note == "录入有误"
        with pytest.raises(RuleViolation):
            usable_set(session, new.id, DAY)
        with pytest.raises(NotFound) as caught:
            current_set(session, date(2020, 1, 1))
    assert caught.value.code == "carbon.no_set"


def test_that_a_set_cannot_be_used_before_it_holds(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        new = add_set(session, replace(NEW, valid_from=date(2027, 1, 1)))
    with sqlite_database.read() as session:
        assert usable_set(session, new.id, date(2027, 1, 1)).id == new.id
        with pytest.raises(RuleViolation) as caught:
            usable_set(session, new.id, DAY)
    assert caught.value.code == "carbon.set_not_yet"


def test_that_every_wrong_field_of_a_set_is_named(sqlite_database: Database) -> None:
    wrong = SpeciesParameter("栎类", Decimal("6.76"), OAK.bef, OAK.root_shoot, OAK.carbon_fraction)
    bad = NewParameterSet(name=" ", source="", method="", valid_from=DAY, parameters=(OAK, wrong))
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        add_set(session, bad)
    assert [one.field for one in caught.value.fields] == [
        "name",
        "source",
        "parameters[2].group",
        "parameters[2].wood_density",
    ]
    with pytest.raises(InputError) as taken, sqlite_database.write() as session:
        add_set(session, replace(NEW, name=SHIPPED_NAME, parameters=()))
    assert [one.code for one in taken.value.fields] == ["carbon.set_name_taken", "carbon.set_empty"]


def test_that_groups_are_suggested_and_never_invented(database: Database) -> None:
    with database.write() as session:
        assert suggest_group(session, "麻栎") == "栎类"
        assert suggest_group(session, "马尾松") == "马尾松"
        assert suggest_group(session, "银杏") == ""
        assign_group(session, "银杏", "软阔类")
        assign_group(session, "银杏", "硬阔类")
        assert suggest_group(session, " 银杏 ") == "硬阔类"
        assert groups(session)[0] == "栎类"
        assert len(groups(session)) == 18
        with pytest.raises(InputError):
            assign_group(session, "银杏", "没有的组")
        with pytest.raises(InputError):
            assign_group(session, " ", "栎类")


def test_that_deductions_and_bounds_are_dated_settings(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        assert uncertainty_steps(session) == ((10, 0), (20, 6), (30, 11))
        assert plausible_rates(session) == (1, 20)
        settings.put(session, "carbon.uncertainty_steps", [[15, 0], [30, 10]], date(2026, 12, 1))
        assert uncertainty_steps(session, date(2026, 11, 30)) == ((10, 0), (20, 6), (30, 11))
        assert uncertainty_steps(session, date(2026, 12, 1)) == ((15, 0), (30, 10))


@pytest.mark.parametrize(
    "value", [[], [[10]], [[20, 0], [10, 6]], [[10, 6], [20, 0]], "x", [[1, -1]]]
)
def test_that_a_table_of_deductions_must_rise(sqlite_database: Database, value: object) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        settings.put(session, "carbon.uncertainty_steps", value)
    assert caught.value.fields[0].code == "carbon.steps_wrong"


def test_that_the_list_shows_sets_the_newest_first(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        new = add_set(session, NEW)
    with sqlite_database.read() as session:
        ids = PARAMETER_SETS.ids(session, ListQuery())
        assert ids[0] == new.id
        assert PARAMETER_SETS.ids(session, ListQuery(text="GB/T")) == [new.id]
        assert PARAMETER_SETS.count(session, ListQuery(filters={"status": "retired"})) == 0
        rows = PARAMETER_SETS.rows(session, ids)
    assert rows[new.id][0] == NEW.name
    assert rows[ids[1]][4] == 18
