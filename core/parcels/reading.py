"""Boundaries out of files: GeoJSON, WKT, and Shapefile (a zip, or .shp with its companions)."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from core.errors import InputError
from core.files import why
from core.i18n import N_, _
from core.messages import register
from core.parcels.geometry import Shape, check_rings, from_geometry, known_systems

register(
    {
        "parcels.file_missing": N_("There is no file “{name}”."),
        "parcels.folder": N_("“{name}” is a folder; choose the boundary file in it."),
        "parcels.file_large": N_("“{name}” is larger than {limit} MB and was not read."),
        "parcels.file_format": N_(
            "“{name}” is not a boundary file; use GeoJSON (.geojson, .json), WKT (.wkt, .txt) or "
            "Shapefile (.shp, or a .zip of it)."
        ),
        "parcels.geojson_wrong": N_("The GeoJSON cannot be read: {reason}."),
        "parcels.wkt_wrong": N_("The WKT cannot be read; it must be POLYGON(( ... ))."),
        "parcels.zip_wrong": N_("“{name}” is damaged or protected by a password."),
        "parcels.zip_contents": N_("The zip must contain exactly one .shp; this one has {count}."),
        "parcels.shp_wrong": N_(
            "The Shapefile cannot be read; export it again with .shx and .dbf."
        ),
        "parcels.text_wrong": N_("“{name}” is not text in UTF-8 or GBK."),
        "parcels.no_features": N_("“{name}” contains no boundary."),
        "parcels.several_features": N_(
            "“{name}” contains {count} boundaries where one is expected; export one parcel."
        ),
    }
)

Format = Literal["geojson", "wkt", "shp"]
SUFFIXES: Mapping[str, Format] = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".wkt": "wkt",
    ".txt": "wkt",
    ".shp": "shp",
    ".zip": "shp",
}
MAX_MEGABYTES = 50
_MAX_BYTES = MAX_MEGABYTES * 1024 * 1024


@dataclass(frozen=True)
class Feature:
    """One boundary of a file with its attributes (names as in the file)."""

    shape: Shape
    attributes: Mapping[str, object] = field(default_factory=dict)


def read_geometry(
    source: Path | bytes | str, kind: Format | None = None, srid: int | None = None
) -> Shape:
    """The one boundary in a file or text.

    Args:
        source: a path, the bytes of a file, or WKT/GeoJSON text.
        kind: needed for bytes; guessed from the file name or the text otherwise.
        srid: EPSG code; where the file says its own, that is used unless this is given.

    Raises:
        InputError: field ``"geometry"``; what is wrong and what to do.
    """
    features = read_features(source, kind, srid)
    if len(features) != 1:
        raise _wrong("several_features", name=_name(source), count=len(features))
    return features[0].shape


def read_features(
    source: Path | bytes | str, kind: Format | None = None, srid: int | None = None
) -> list[Feature]:
    """Every boundary in a file or text, as `read_geometry`."""
    name = _name(source)
    if isinstance(source, Path):
        features = _read_path(source, kind, srid)
    elif isinstance(source, bytes):
        features = _read_bytes(source, kind or _guess(source), srid, name)
    else:
        text_format: Format = kind or ("geojson" if source.lstrip().startswith("{") else "wkt")
        features = _read_bytes(source.encode(), text_format, srid, name)
    if not features:
        raise _wrong("no_features", name=name)
    return features


def _wrong(code: str, **params: object) -> InputError:
    return InputError.of("geometry", f"parcels.{code}", **params)


def _wrong_member(member: str) -> InputError:
    reason = _("“{member}” is missing or wrong").format(member=member)
    return _wrong("geojson_wrong", reason=reason)


def _name(source: Path | bytes | str) -> str:
    return source.name if isinstance(source, Path) else _("text")


def _guess(data: bytes) -> Format:
    if data[:2] == b"PK" or data[:4] == struct.pack(">i", 9994):
        return "shp"
    return "geojson" if data.lstrip()[:1] == b"{" else "wkt"


def _read_path(path: Path, kind: Format | None, srid: int | None) -> list[Feature]:
    chosen = kind or SUFFIXES.get(path.suffix.lower())
    if chosen is None:
        raise _wrong("file_format", name=path.name)
    if path.is_dir():
        raise _wrong("folder", name=path.name)
    if not path.is_file():
        raise _wrong("file_missing", name=path.name)
    parts = _companions(path) if path.suffix.lower() == ".shp" else {}
    if sum(part.stat().st_size for part in parts.values() or [path]) > _MAX_BYTES:
        raise _wrong("file_large", name=path.name, limit=MAX_MEGABYTES)
    if parts:
        return _shapefile({suffix: part.read_bytes() for suffix, part in parts.items()}, srid)
    return _read_bytes(path.read_bytes(), chosen, srid, path.name)


def _companions(path: Path) -> dict[str, Path]:
    wanted = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    return {
        other.suffix.lower(): other
        for other in path.parent.iterdir()
        if other.stem.lower() == path.stem.lower() and other.suffix.lower() in wanted
    }


def _read_bytes(data: bytes, kind: Format, srid: int | None, name: str) -> list[Feature]:
    if len(data) > _MAX_BYTES:
        raise _wrong("file_large", name=name, limit=MAX_MEGABYTES)
    if kind == "shp":
        parts = _unzip(data, name) if data[:2] == b"PK" else {".shp": data}
        return _shapefile(parts, srid)
    text = _text(data, name)
    if kind == "geojson":
        return _geojson(text, srid)
    return [Feature(_wkt(text, srid))]


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong("text_wrong", name=name)


def _wkt(text: str, srid: int | None) -> Shape:
    import numpy as np
    import shapely
    from shapely.errors import ShapelyError

    found = re.fullmatch(r"\s*(?:SRID=(\d+);)?(.*)", text, re.DOTALL | re.IGNORECASE)
    assert found is not None  # the second group takes anything
    own = int(found[1]) if found[1] else None
    try:
        with np.errstate(invalid="ignore"):  # NaN is refused below, with a sentence
            geometry = shapely.from_wkt(found[2].strip())
    except ShapelyError as error:
        if "closed linestring" in str(error):
            raise _wrong("ring_open") from None
        if "Invalid number of points" in str(error):
            raise _wrong("ring_short") from None
        raise _wrong("wkt_wrong") from None
    return from_geometry(geometry, _system(srid, own))


def _system(given: int | None, own: int | None) -> int:
    srid = given or own
    if srid is None:
        raise _wrong("srid_missing", known=known_systems())
    return srid


def _geojson(text: str, srid: int | None) -> list[Feature]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise _wrong("geojson_wrong", reason=why(error)) from None
    except RecursionError:
        raise _wrong_member("coordinates") from None
    if not isinstance(document, dict):
        raise _wrong_member("type")
    # RFC 7946 fixes longitude and latitude; the older "crs" member is what surveyors still write.
    chosen = srid or _geojson_system(document) or 4490
    members = [document]
    if document.get("type") == "FeatureCollection":
        members = document.get("features") or []
    return [_geojson_feature(member, chosen) for member in members]


def _geojson_system(document: Mapping[str, Any]) -> int | None:
    crs = document.get("crs")
    name = str(crs.get("properties", {}).get("name", "")) if isinstance(crs, dict) else ""
    found = re.search(r"EPSG:{1,2}(\d+)$", name)
    return int(found[1]) if found else None


def _geojson_feature(member: Any, srid: int) -> Feature:
    import shapely.geometry

    if not isinstance(member, dict):
        raise _wrong_member("features")
    geometry = member.get("geometry") if member.get("type") == "Feature" else member
    properties = member.get("properties") if member.get("type") == "Feature" else None
    if not isinstance(geometry, dict) or "type" not in geometry:
        raise _wrong_member("geometry")
    shape_type, coordinates = geometry["type"], geometry.get("coordinates") or []
    if shape_type not in {"Polygon", "MultiPolygon"}:
        raise _wrong("not_polygon", kind=shape_type)
    try:
        polygons = [coordinates] if shape_type == "Polygon" else list(coordinates)
        check_rings(ring for polygon in polygons for ring in polygon)
        shape = from_geometry(shapely.geometry.shape(geometry), srid)
    except (TypeError, ValueError, IndexError):
        raise _wrong_member("coordinates") from None
    return Feature(shape, dict(properties or {}))


def _unzip(data: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            stems = [m for m in members if m.filename.lower().endswith(".shp")]
            if len(stems) != 1:
                raise _wrong("zip_contents", count=len(stems))
            stem = stems[0].filename[:-4]
            parts = [m for m in members if m.filename[:-4] == stem]
            if sum(member.file_size for member in parts) > _MAX_BYTES:
                raise _wrong("file_large", name=name, limit=MAX_MEGABYTES)
            return {PurePosixPath(m.filename).suffix.lower(): archive.read(m) for m in parts}
    except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError):
        raise _wrong("zip_wrong", name=name) from None


def _shapefile(parts: Mapping[str, bytes], srid: int | None) -> list[Feature]:
    import shapefile
    import shapely.geometry
    from shapely.errors import ShapelyError

    system = _system(srid, _prj_system(parts.get(".prj")))
    streams: dict[str, Any] = {
        suffix[1:]: io.BytesIO(parts[suffix])
        for suffix in (".shp", ".shx", ".dbf")
        if suffix in parts
    }
    # Rings in the wrong direction are usual and no reason to write to the log.
    shapefile.VERBOSE = False
    try:
        with shapefile.Reader(**streams, encoding=_encoding(parts)) as reader:
            found = [
                (record.shape.__geo_interface__, record.record.as_dict() if ".dbf" in parts else {})
                for record in reader.iterShapeRecords()
            ]
        geometries = [(shapely.geometry.shape(shape), record) for shape, record in found]
    except (shapefile.ShapefileException, ShapelyError, struct.error, ValueError, KeyError,
            IndexError, TypeError, AttributeError):  # fmt: skip
        raise _wrong("shp_wrong") from None
    return [Feature(from_geometry(shape, system), record) for shape, record in geometries]


def _encoding(parts: Mapping[str, bytes]) -> str:
    """The .cpg says it; without one Chinese programs write GBK, unless it is clean UTF-8."""
    label = parts.get(".cpg", b"").decode("ascii", "ignore").strip().lower()
    if label:
        return "utf-8" if "utf" in label or label == "65001" else "gb18030"
    try:
        parts.get(".dbf", b"")[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _prj_system(prj: bytes | None) -> int | None:
    if not prj:
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_wkt(prj.decode("utf-8", "ignore").lstrip("\ufeff"))
    except CRSError:
        return None
    code = crs.to_epsg(min_confidence=20)
    return int(code) if code else None
