"""Double certification on real databases, with the parcels of the sample office."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import text

from core import settings
from core.database import Database
from core.errors import AppError, InputError, NotFound, RuleViolation, StaleRecord
from core.parcels.conflicts import conflicts, internal_overlaps, keys_of
from core.parcels.queries import PARCELS, claims_on, parcels, parcels_of
from core.parcels.reading import read_geometry
from core.parcels.rules import NewParcel, SameLandBy, Severity
from core.parcels.service import (
    add_parcel,
    claim,
    edit_parcel,
    hand_over,
    rebuild_boxes,
    release,
)
from core.values.area import Area
from core.values.listing import ListQuery, cells

PERIOD = (date(2021, 1, 1), date(2025, 12, 31))
LATER = (date(2026, 1, 1), date(2030, 12, 31))


def rows(name: str) -> list[dict[str, str]]:
    source = files("resources").joinpath("sample", name).read_text(encoding="utf-8")
    return list(csv.DictReader(source.splitlines()))


def new_parcel(row: Mapping[str, str], *, drawn: bool = True) -> NewParcel:
    wkt = {each["parcel_id"]: each["wkt"] for each in rows("parcel_polygons.csv")}
    shape = (
        read_geometry(wkt[row["parcel_id"]], srid=4527)
        if drawn and row["parcel_id"] in wkt
        else None
    )
    return NewParcel(
        township_code=row["township_code"],
        township=row["township"],
        village_code=row["village_code"],
        village=row["village"],
        place_name=row["place_name"],
        compartment=row["compartment"],
        sub_compartment=row["sub_compartment"],
        data_year=int(row["subcomp_data_year"]),
        estate_unit_no=row["estate_unit_no"],
        right_cert_no=row["right_cert_no"],
        area=Area.from_ha(row["area_ha"]),
        species=row["species"],
        species_group=row["group"],
        origin=row["origin"],
        forest_class=row["forest_class"],
        forest_category=row["forest_category"],
        age_group=row["age_group"],
        shape=shape,
        source_srid=4527 if shape else None,
    )


def sample(parcel: str, *, drawn: bool = True) -> NewParcel:
    row = next(row for row in rows("parcels.csv") if row["parcel_id"] == parcel)
    return new_parcel(row, drawn=drawn)


def add(database: Database, new: NewParcel) -> int:
    with database.write() as session:
        return add_parcel(session, new)


def held(database: Database, new: NewParcel, owner: int = 6, period: Any = PERIOD) -> int:
    with database.write() as session:
        parcel_id = add_parcel(session, new)
        claim(session, parcel_id, "application", owner, *period)
        return parcel_id


def found(database: Database, parcel: Any, period: Any = PERIOD, **kw: Any) -> list[Any]:
    with database.read() as session:
        return conflicts(session, parcel, period, **kw)


def test_that_x01_is_refused_by_its_boundary_with_the_overlap_in_mu(database: Database) -> None:
    p12 = held(database, sample("P12"))
    (conflict,) = found(database, keys_of(sample("X01")))
    assert (conflict.parcel_id, conflict.by, conflict.severity) == (
        p12,
        SameLandBy.GEOMETRY,
        Severity.BLOCK,
    )
    assert conflict.overlap.mu == Decimal("177.61")
    assert (conflict.owner_kind, conflict.owner_id, conflict.period) == ("application", 6, PERIOD)
    assert "177.61" in conflict.text("A06")
    stored = add(database, sample("X01"))
    assert found(database, stored) == [conflict]


def test_that_a_common_edge_is_no_conflict(database: Database) -> None:
    held(database, sample("P14"))
    edge = next(row for row in rows("parcel_polygons.csv") if row["parcel_id"] == "X02")
    beside = replace(
        sample("P14"),
        shape=read_geometry(edge["wkt"], srid=4527),
        estate_unit_no="",
        right_cert_no="",
        sub_compartment="",
        data_year=None,
    )
    assert found(database, keys_of(beside)) == []


def test_that_the_whole_sample_has_one_conflict(database: Database) -> None:
    for row in rows("parcels.csv"):
        held(database, new_parcel(row), owner=int(row["application_id"][1:]))
    with database.read() as session:
        ids = sorted(PARCELS.ids(session, ListQuery()))
        all_found = {
            conflict.parcel_id: (one, conflict.by)
            for one in ids
            for conflict in conflicts(
                session, one, PERIOD, ignore_owner=("application", owner_of(session, one))
            )
        }
    assert len(ids) == 16
    assert all_found == {ids[11]: (ids[15], "geometry"), ids[15]: (ids[11], "geometry")}


def owner_of(session: Any, parcel_id: int) -> int:
    (line,) = claims_on(session, parcel_id)
    return line.owner_id


@pytest.mark.parametrize(
    "changes, by, severity",
    [
        ({"right_cert_no": "", "sub_compartment": ""}, "estate_unit", "block"),
        ({"estate_unit_no": "", "sub_compartment": ""}, "right_cert", "block"),
        ({"estate_unit_no": "", "right_cert_no": ""}, "sub_compartment", "block"),
        ({"estate_unit_no": "", "right_cert_no": "", "data_year": 2020}, "sub_compartment", "warn"),
    ],
)
def test_that_keys_decide_where_a_boundary_is_missing(
    database: Database, changes: dict[str, Any], by: str, severity: str
) -> None:
    held(database, sample("P12", drawn=False))
    candidate = replace(sample("P12"), **changes)
    (conflict,) = found(database, keys_of(candidate))
    assert (conflict.by, conflict.severity, conflict.overlap) == (by, severity, None)
    assert "女山湖镇滩头村圩堤外滩" in conflict.text()


def test_that_a_certificate_number_is_the_same_however_its_brackets_are_typed(
    database: Database,
) -> None:
    held(database, replace(sample("P12", drawn=False), estate_unit_no="", sub_compartment=""))
    typed = replace(
        sample("P12", drawn=False),
        estate_unit_no="",
        sub_compartment="",
        data_year=None,
        right_cert_no="皖(2019) 明光市不动产权第9900012号",
    )
    (conflict,) = found(database, add(database, typed))
    assert conflict.by is SameLandBy.RIGHT_CERT


def test_that_boundaries_clear_what_a_shared_number_would_block(database: Database) -> None:
    held(database, sample("P12"))
    away = replace(sample("P14"), right_cert_no=sample("P12").right_cert_no)
    assert found(database, keys_of(away)) == []
    same_unit = replace(away, estate_unit_no=sample("P12").estate_unit_no)
    (conflict,) = found(database, keys_of(same_unit))
    assert (conflict.by, conflict.severity) == (SameLandBy.ESTATE_UNIT, Severity.WARN)


def test_that_only_overlapping_periods_conflict(database: Database) -> None:
    p12 = held(database, sample("P12"))
    assert found(database, p12, LATER) == []
    assert len(found(database, p12, (date(2025, 12, 31), date(2027, 1, 1)))) == 1
    assert len(found(database, p12, (date(2020, 1, 1), date(2021, 1, 1)))) == 1
    assert found(database, p12, (date(2016, 1, 1), date(2020, 12, 31))) == []


def test_that_the_asking_record_does_not_conflict_with_itself(database: Database) -> None:
    p12 = held(database, sample("P12"), owner=6)
    assert found(database, p12, ignore_owner=("application", 6)) == []
    assert len(found(database, p12, ignore_owner=("certificate", 6))) == 1
    assert len(found(database, p12, ignore_owner=("application", 7))) == 1


def test_that_a_released_claim_frees_the_land_and_stays_readable(database: Database) -> None:
    p12 = held(database, sample("P12"))
    with database.write() as session:
        assert release(session, "application", 6, reason="撤回") == 1
        assert release(session, "application", 6, reason="撤回") == 0
    assert found(database, p12) == []
    with database.read() as session:
        (line,) = claims_on(session, p12)
        assert (line.live, line.released_reason) == (False, "撤回")


def test_that_handing_over_holds_the_land_without_a_gap(database: Database) -> None:
    p12 = held(database, sample("P12"))
    with database.write() as session:
        assert hand_over(session, ("application", 6), ("certificate", 1), reason="登簿") == 1
    (conflict,) = found(database, p12)
    assert (conflict.owner_kind, conflict.owner_id) == ("certificate", 1)
    with database.read() as session:
        assert parcels_of(session, ("certificate", 1)) == [p12]
        assert parcels_of(session, ("application", 6)) == []


def test_that_claiming_again_replaces_the_period_of_the_same_owner(database: Database) -> None:
    p12 = held(database, sample("P12"))
    with database.write() as session:
        claim(session, p12, "application", 6, *PERIOD)
        claim(session, p12, "application", 6, *LATER)
    assert found(database, p12) == []
    assert len(found(database, p12, LATER)) == 1
    with database.read() as session:
        assert [line.live for line in claims_on(session, p12)] == [False, True]


def test_that_claims_need_a_parcel_and_a_period(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as session:
        claim(session, 999, "application", 6, *PERIOD)
    p12 = add(database, sample("P12"))
    with pytest.raises(InputError), database.write() as session:
        claim(session, p12, "application", 6, PERIOD[1], PERIOD[0])


def test_that_the_tolerance_is_an_office_setting(database: Database) -> None:
    held(database, sample("P12"))
    with database.write() as session:
        settings.put(session, "parcels.overlap_tolerance_m2", 10_000)
    x01 = sample("X01")
    assert x01.shape is not None
    assert len(found(database, keys_of(x01))) == 1
    shifted = replace(x01, estate_unit_no="", right_cert_no="", sub_compartment="", data_year=None)
    with database.read() as session:
        from core.parcels.conflicts import overlap_tolerance

        assert overlap_tolerance(session) == 10_000
    assert len(found(database, keys_of(shifted))) == 1


def test_that_parcels_of_one_application_may_not_overlap_each_other(database: Database) -> None:
    ids = [add(database, sample(name)) for name in ("P12", "X01", "P14")]
    same_cert = replace(sample("P01"), right_cert_no=sample("P14").right_cert_no)
    ids.append(add(database, same_cert))
    with database.read() as session:
        (pair,) = internal_overlaps(session, ids)
    assert {pair.first_id, pair.second_id} == set(ids[:2])
    assert pair.overlap is not None
    assert pair.overlap.mu == Decimal("177.61")


def test_that_a_claimed_parcel_keeps_its_identity(database: Database) -> None:
    p12 = held(database, sample("P12"))
    with database.write() as session:
        version = edit_parcel(session, p12, 1, replace(sample("P12"), place_name="圩堤外滩东"))
    with pytest.raises(RuleViolation) as caught, database.write() as session:
        edit_parcel(session, p12, version, replace(sample("P12"), area=Area.from_ha("1")))
    assert caught.value.code == "parcels.claimed"
    with pytest.raises(RuleViolation), database.write() as session:
        edit_parcel(session, p12, version, sample("P12", drawn=False))
    with pytest.raises(StaleRecord), database.write() as session:
        edit_parcel(session, p12, 1, sample("P12"))
    with database.read() as session:
        (summary,) = parcels(session, [p12, 999])
    assert summary.place == "女山湖镇滩头村圩堤外滩东"
    assert summary.shape == sample("P12").shape


def test_that_moving_a_free_parcel_moves_its_box(database: Database) -> None:
    p12 = add(database, sample("P12"))
    with database.write() as session:
        edit_parcel(session, p12, 1, replace(sample("P12"), shape=sample("P14").shape))
        claim(session, p12, "application", 6, *PERIOD)
    elsewhere = replace(
        sample("X01"), estate_unit_no="", right_cert_no="", sub_compartment="", data_year=None
    )
    assert found(database, keys_of(elsewhere)) == []
    at_p14 = replace(elsewhere, shape=sample("P14").shape)
    assert len(found(database, keys_of(at_p14))) == 1


def test_that_the_boxes_can_be_rebuilt(sqlite_database: Database) -> None:
    p12 = held(sqlite_database, sample("P12"))
    held(sqlite_database, sample("P09"), owner=4)
    x01 = keys_of(
        replace(
            sample("X01"), estate_unit_no="", right_cert_no="", sub_compartment="", data_year=None
        )
    )
    with sqlite_database.write() as session:
        session.execute(text("DELETE FROM parcel_box"))
    assert found(sqlite_database, x01) == []
    with sqlite_database.write() as session:
        assert rebuild_boxes(session) == 1
    assert [conflict.parcel_id for conflict in found(sqlite_database, x01)] == [p12]


@pytest.mark.parametrize(
    "changes, wrong",
    [
        ({"township_code": "34118"}, {("township_code", "parcels.township_code")}),
        ({"estate_unit_no": "3411821"}, {("estate_unit_no", "parcels.estate_unit_length")}),
        (
            {"estate_unit_no": "341182101901GE0000100000000L"},
            {("estate_unit_no", "parcels.estate_unit_form")},
        ),
        ({"data_year": None}, {("data_year", "parcels.data_year")}),
        ({"data_year": 2999}, {("data_year", "parcels.data_year")}),
        (
            {"area": Area(0), "species": " ", "village": ""},
            {
                ("area", "parcels.area_zero"),
                ("species", "parcels.species_missing"),
                ("village", "parcels.village_name"),
            },
        ),
        (
            {
                "shape": None,
                "estate_unit_no": "",
                "right_cert_no": "",
                "sub_compartment": "",
                "data_year": None,
            },
            {("estate_unit_no", "parcels.no_key")},
        ),
    ],
)
def test_that_every_wrong_field_of_a_parcel_is_named(
    sqlite_database: Database, changes: dict[str, Any], wrong: set[tuple[str, str]]
) -> None:
    with pytest.raises(InputError) as caught, sqlite_database.write() as session:
        add_parcel(session, replace(sample("P12"), **changes))
    assert {(one.field, one.code) for one in caught.value.fields} == wrong


def test_that_codes_are_stored_in_their_normal_form(sqlite_database: Database) -> None:
    typed = replace(
        sample("P12"),
        compartment="2",
        sub_compartment="5",
        estate_unit_no=" 341182108234je00012l00000001 ",
    )
    one = add(sqlite_database, typed)
    with sqlite_database.read() as session:
        (summary,) = parcels(session, [one])
    assert summary.sub_compartment_key == "341182108234000200005"
    assert summary.estate_unit_no == "341182108234JE00012L00000001"


def test_that_the_list_filters_and_finds(sqlite_database: Database) -> None:
    p12 = held(sqlite_database, sample("P12"))
    p14 = add(sqlite_database, sample("P14"))
    with sqlite_database.read() as session:
        assert PARCELS.ids(session, ListQuery()) == [p14, p12]
        assert PARCELS.ids(session, ListQuery(filters={"state": "claimed"})) == [p12]
        assert PARCELS.ids(session, ListQuery(filters={"state": "free"})) == [p14]
        assert PARCELS.ids(session, ListQuery(text="女山湖镇滩头")) == [p12]
        assert PARCELS.ids(session, ListQuery(text="50%")) == []
        assert PARCELS.count(session, ListQuery()) == 2
        rows = cells(PARCELS, session, [p12, 999])
    assert rows[p12][6:] == ("369.90", "24.6600", "√")
    assert len(rows[p12]) == len(PARCELS.columns)


def test_that_the_database_itself_keeps_claims(database: Database) -> None:
    held(database, sample("P12"))
    for statement in ("UPDATE parcel_claim SET owner_id = 7", "DELETE FROM parcel_claim"):
        with pytest.raises(AppError), database.write() as session:
            session.execute(text(statement))
