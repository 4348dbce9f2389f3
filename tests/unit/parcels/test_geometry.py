"""Reading boundaries and comparing them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import shapefile
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from core import messages
from core.errors import InputError
from core.parcels.geometry import SYSTEMS, Shape, from_geometry, from_wkb, overlap, transform
from core.parcels.reading import read_features, read_geometry


def polygons() -> dict[str, dict[str, str]]:
    text = files("resources").joinpath("sample", "parcel_polygons.csv").read_text(encoding="utf-8")
    return {row["parcel_id"]: row for row in csv.DictReader(text.splitlines())}


def shape_of(parcel: str) -> Shape:
    row = polygons()[parcel]
    return read_geometry(row["wkt"], srid=int(row["srid"]))


@pytest.mark.parametrize("parcel", polygons())
def test_that_areas_of_the_sample_are_theirs(parcel: str) -> None:
    assert str(shape_of(parcel).area.ha) == polygons()[parcel]["planar_area_ha"]


def test_that_the_two_overlapping_parcels_share_177_61_mu() -> None:
    shared = overlap(shape_of("P12").wkb, shape_of("X01").wkb, 1)
    assert shared is not None
    assert shared.mu == Decimal("177.61")
    assert shared.ha == Decimal("11.8408")
    assert overlap(shape_of("X01").wkb, shape_of("P12").wkb, 1) == shared


def test_that_a_common_edge_is_no_overlap() -> None:
    assert overlap(shape_of("P14").wkb, shape_of("X02").wkb, 0) is None


@pytest.mark.parametrize("srid", sorted(SYSTEMS))
def test_that_every_system_gives_the_same_land(srid: int) -> None:
    original = shape_of("P01")
    moved = transform(shapely.from_wkb(original.wkb), 4527, srid)
    back = from_geometry(moved, srid)
    assert abs(back.area.m2 - original.area.m2) <= 1
    assert max(abs(a - b) for a, b in zip(back.bounds, original.bounds, strict=True)) < 0.001


def test_that_easting_and_longitude_come_first_in_every_system() -> None:
    east, north = (
        39_580_650.0,
        3_650_200.0,
    )  # the flats of 女山湖镇, west of 118°E and south of 33°N
    point = shapely.Point(east, north)
    degrees = transform(point, 4527, 4490)
    assert 117.8 < degrees.x < 117.95
    assert 32.9 < degrees.y < 33.0
    plain = transform(point, 4527, 4548)  # the same projection without the zone number
    assert abs(plain.x - (east - 39_000_000)) < 0.001
    assert abs(plain.y - north) < 0.001
    next_zone = transform(point, 4527, 4528)
    assert 40_200_000 < next_zone.x < 40_400_000


def square(x: float, y: float, size: float) -> bytes:
    return from_geometry(shapely.box(x, y, x + size, y + size), 4527).wkb


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 200), st.integers(1, 200))
def test_that_overlap_is_symmetric_and_right_for_squares(dx: int, dy: int, a: int, b: int) -> None:
    one = square(39_580_000, 3_650_000, a)
    other = square(39_580_000 + dx, 3_650_000 + dy, b)
    expected = max(0, min(a, dx + b) - dx) * max(0, min(a, dy + b) - dy)
    for first, second in ((one, other), (other, one)):
        found = overlap(first, second, 1)
        assert (found.m2 if found else 0) == (expected if expected > 1 else 0)


def test_that_a_sliver_below_the_tolerance_is_touching() -> None:
    one = square(39_580_000, 3_650_000, 100)
    other = square(39_580_099.995, 3_650_000, 100)
    assert overlap(one, other, 1) is None
    assert overlap(one, other, 0.1) is not None


def test_that_equal_and_contained_land_overlaps() -> None:
    outer = square(39_580_000, 3_650_000, 100)
    inner = square(39_580_010, 3_650_010, 10)
    same, inside = overlap(outer, outer, 1), overlap(outer, inner, 1)
    assert same is not None
    assert same.m2 == 10_000
    assert inside is not None
    assert inside.m2 == 100


@pytest.mark.parametrize(
    "text, srid, code",
    [
        ("POLYGON((0 0,1 1,0 1))", 4527, "parcels.ring_open"),
        ("POLYGON((118 32,118 32))", 4490, "parcels.ring_short"),
        ("POINT(118 32)", 4490, "parcels.not_polygon"),
        ("LINESTRING(118 32,118.1 32)", 4490, "parcels.not_polygon"),
        ("POLYGON EMPTY", 4490, "parcels.empty_shape"),
        ("hello", 4490, "parcels.wkt_wrong"),
        ("", 4490, "parcels.wkt_wrong"),
        ("POLYGON((118 32,118.01 32,118 32.01,118 32))", None, "parcels.srid_missing"),
        ("POLYGON((118 32,118.01 32,118 32.01,118 32))", 4326, "parcels.srid_unknown"),
        ("POLYGON((32 118,32.1 118,32 118.1,32 118))", 4490, "parcels.axes_swapped"),
        ("POLYGON((601668 3606433,601499 3606649,601144 3606706,601668 3606433))", 4527, "parcels.outside"),
        ("POLYGON((118 32,118.01 32,118 32.01,118 32))", 4527, "parcels.outside"),
        ("POLYGON((1 1,2 1,1 2,1 1))", 4490, "parcels.outside_all"),
        ("POLYGON((118 32,118.01 32,118 32.01,118.01 32.01,118 32))", 4490, "parcels.ring_invalid"),
        ("POLYGON((118 32,118.000001 32,118 32.000001,118 32))", 4490, "parcels.too_small"),
        ("POLYGON((118 32,NaN 32,118 32.01,118 32))", 4490, "parcels.coordinate"),
        ('{"type":"Polygon","coordinates":[[[118,32],[118.1,32],[118,32.1]]]}', None, "parcels.ring_open"),
        ('{"type":"Polygon","coordinates":[[["a",32],[118.1,32],[118,32.1],["a",32]]]}', None, "parcels.coordinate"),
        ('{"type":"Polygon","coordinates":[[]]}', None, "parcels.empty_shape"),
        ('{"type":"Polygon","coordinates":5}', None, "parcels.geojson_wrong"),
        ('{"type":"Polygon","coordinates":[[[118,32],[118,32],[118,32],[118,32]]]}', None, "parcels.ring_short"),
        ('{"type":"Point","coordinates":[118,32]}', None, "parcels.not_polygon"),
        ('{"type":"Feature","geometry":null}', None, "parcels.geojson_wrong"),
        ('{"type":"FeatureCollection","features":[]}', None, "parcels.no_features"),
        ('{"type":"FeatureCollection","features":[7]}', None, "parcels.geojson_wrong"),
        ('{"type":', None, "parcels.geojson_wrong"),
        ("{" * 100_000, None, "parcels.geojson_wrong"),
    ],
)  # fmt: skip
def test_that_each_bad_boundary_says_what_is_wrong(text: str, srid: int | None, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_geometry(text, srid=srid)
    assert [wrong.code for wrong in caught.value.fields] == [code]
    assert caught.value.fields[0].field == "geometry"
    assert messages.text(caught.value)


def test_that_wkt_may_carry_its_system() -> None:
    row = polygons()["P12"]
    assert read_geometry(f"SRID=4527;{row['wkt']}") == shape_of("P12")


def geojson(parcel: str, srid: int = 4490, **properties: Any) -> dict[str, Any]:
    moved = transform(shapely.from_wkb(shape_of(parcel).wkb), 4527, srid)
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(moved)),
    }


def test_that_geojson_is_longitude_and_latitude_unless_it_says_otherwise(tmp_path: Path) -> None:
    plain = tmp_path / "地块.geojson"
    plain.write_text(json.dumps(geojson("P04")), encoding="utf-8")
    assert abs(read_geometry(plain).area.m2 - shape_of("P04").area.m2) <= 1
    named = geojson("P04", 4527) | {
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4527"}}
    }
    collection = {"type": "FeatureCollection", "features": [named], "crs": named["crs"]}
    assert read_geometry(json.dumps(collection)).area == shape_of("P04").area


def test_that_attributes_come_with_the_boundaries() -> None:
    document = {
        "type": "FeatureCollection",
        "features": [geojson("P01", 小班="00012"), geojson("P02", 小班="00015")],
    }
    features = read_features(json.dumps(document, ensure_ascii=False))
    assert [feature.attributes["小班"] for feature in features] == ["00012", "00015"]
    with pytest.raises(InputError) as caught:
        read_geometry(json.dumps(document))
    assert caught.value.fields[0].code == "parcels.several_features"


def write_shapefile(folder: Path, stem: str, *, encoding: str, prj: bool = True) -> Path:
    path = folder / stem
    with shapefile.Writer(str(path), encoding=encoding) as writer:
        writer.field("小班", "C", 20)
        writer.field("MIAN_JI", "N", 12, 2)
        for parcel in ("P01", "P12"):
            points = shapely.from_wkb(shape_of(parcel).wkb).exterior.coords
            writer.poly([[list(point) for point in points]])
            writer.record(f"{parcel}号小班", 24.66)
    if prj:
        crs = CRS.from_epsg(4527).to_wkt("WKT1_ESRI")
        path.with_suffix(".prj").write_text(crs, encoding="utf-8")
    return path.with_suffix(".shp")


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_that_shapefiles_read_in_chinese_encodings(tmp_path: Path, encoding: str) -> None:
    features = read_features(write_shapefile(tmp_path, "xiaoban", encoding=encoding))
    assert [feature.attributes["小班"] for feature in features] == ["P01号小班", "P12号小班"]
    assert [feature.shape.area for feature in features] == [
        shape_of("P01").area,
        shape_of("P12").area,
    ]


def zipped(folder: Path, names: dict[str, Path]) -> Path:
    archive = folder / "地块.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for name, path in names.items():
            target.write(path, name)
    return archive


def test_that_a_zip_of_a_shapefile_reads_from_any_folder_in_it(tmp_path: Path) -> None:
    shp = write_shapefile(tmp_path, "xiaoban", encoding="gbk")
    parts = {f"图形/xiaoban{p.suffix}": p for p in tmp_path.iterdir() if p.stem == "xiaoban"}
    archive = zipped(tmp_path, parts)
    assert len(read_features(archive)) == 2
    assert len(read_features(archive.read_bytes())) == 2
    empty = zipped(tmp_path, {"readme.txt": shp})
    with pytest.raises(InputError) as caught:
        read_features(empty)
    assert caught.value.fields[0].code == "parcels.zip_contents"


def test_that_a_shapefile_without_prj_asks_for_the_system(tmp_path: Path) -> None:
    shp = write_shapefile(tmp_path, "xiaoban", encoding="gbk", prj=False)
    with pytest.raises(InputError) as caught:
        read_features(shp)
    assert caught.value.fields[0].code == "parcels.srid_missing"
    assert len(read_features(shp, srid=4527)) == 2


@pytest.mark.parametrize(
    "suffix, data, code",
    [
        (".shp", b"\0\0\x27\x0a" + b"\0" * 20, "parcels.shp_wrong"),
        (".zip", b"PK\x03\x04 damaged", "parcels.zip_wrong"),
        (".dwg", b"AC1018", "parcels.file_format"),
        (".wkt", b"\xff\xfe\xff\xff\xff", "parcels.text_wrong"),
    ],
)
def test_that_damaged_and_foreign_files_get_their_sentence(
    tmp_path: Path, suffix: str, data: bytes, code: str
) -> None:
    path = tmp_path / f"文件{suffix}"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_features(path, srid=4527)
    assert caught.value.fields[0].code == code
    assert messages.text(caught.value)


def test_that_missing_and_huge_files_get_their_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError) as missing:
        read_features(tmp_path / "none.shp")
    assert missing.value.fields[0].code == "parcels.file_missing"
    (tmp_path / "folder.shp").mkdir()
    with pytest.raises(InputError) as folder:
        read_features(tmp_path / "folder.shp")
    assert folder.value.fields[0].code == "parcels.folder"
    huge = tmp_path / "huge.geojson"
    with huge.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    with pytest.raises(InputError) as large:
        read_features(huge)
    assert large.value.fields[0].code == "parcels.file_large"


def test_that_a_zip_that_unpacks_too_far_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * (60 * 1024 * 1024))
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(InputError) as caught:
        read_features(buffer.getvalue())
    assert caught.value.fields[0].code == "parcels.file_large"


def test_that_holes_and_parts_are_kept() -> None:
    outer, hole = (
        shapely.box(39.58e6, 3.65e6, 39.5801e6, 3.6501e6),
        shapely.box(39.58002e6, 3.65002e6, 39.58005e6, 3.65005e6),
    )
    away = shapely.box(39.59e6, 3.65e6, 39.59001e6, 3.65001e6)
    shape = from_geometry(shapely.MultiPolygon([outer.difference(hole), away]), 4527)
    assert shape.area.m2 == 10_000 - 900 + 100
    assert len(shape.rings) == 3
    assert from_wkb(shape.wkb) == shape
    assert shape.wkt.startswith("MULTIPOLYGON")


def test_that_heights_are_dropped() -> None:
    assert read_geometry(
        "POLYGON Z((118 32 5,118.01 32 5,118 32.01 6,118 32 5))", srid=4490
    ).wkt.startswith("POLYGON (")


def test_that_too_many_points_are_refused() -> None:
    circle = shapely.segmentize(shapely.box(39.58e6, 3.65e6, 39.581e6, 3.651e6), 0.03)
    with pytest.raises(InputError) as caught:
        from_geometry(circle, 4527)
    assert caught.value.fields[0].code == "parcels.too_many_points"
