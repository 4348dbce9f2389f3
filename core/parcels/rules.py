"""Pure rules of land: what a complete parcel is, and when two are the same land."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.errors import FieldError, InputError
from core.i18n import N_
from core.messages import register
from core.parcels.geometry import Shape
from core.values.area import Area
from core.values.numerals import plain_text

register(
    {
        "parcels.township_code": N_("The township code has 9 digits, like 341182101."),
        "parcels.township_name": N_("Enter the township."),
        "parcels.village_code": N_("The village code has 3 digits, like 231."),
        "parcels.village_name": N_("Enter the village or the division of the forest farm."),
        "parcels.compartment": N_("The compartment (林班) has up to 4 digits."),
        "parcels.sub_compartment": N_("The sub-compartment (小班) has up to 6 letters or digits."),
        "parcels.data_year": N_(
            "A sub-compartment number needs its data year (数据年度), between 1980 and {year}."
        ),
        "parcels.estate_unit_length": N_(
            "A real-estate unit number has 28 characters, this one has {length}: compare it with "
            "the certificate."
        ),
        "parcels.estate_unit_form": N_(
            "A real-estate unit number is 12 digits, 2 letters, 5 digits, 1 letter and 8 digits, "
            "like 341182101901GE00001L00000001."
        ),
        "parcels.area_zero": N_("The area must be above zero."),
        "parcels.species_missing": N_("Enter the dominant species."),
        "parcels.no_key": N_(
            "A parcel needs a boundary, a real-estate unit number, a right certificate number or "
            "a sub-compartment number; otherwise double certification cannot be checked."
        ),
        "parcels.period_order": N_("The monitoring period ends before it starts."),
    }
)

ORIGINS = ("天然", "人工")
FOREST_CLASSES = ("公益林", "商品林")
AGE_GROUPS = ("幼龄林", "中龄林", "近熟林", "成熟林", "过熟林")

_TEXTS = (
    "township",
    "village",
    "place_name",
    "species",
    "species_group",
    "origin",
    "forest_class",
    "forest_category",
    "age_group",
)

#: GB/T 37346: county 6, cadastral district 3, sub-district 3, 2 letters and 5 digits of the lot,
#: 1 letter and 8 digits of what stands on it.
_ESTATE_UNIT = re.compile(r"\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}")


class SameLandBy(StrEnum):
    """What shows that two parcels are the same land."""

    PARCEL = "parcel"
    GEOMETRY = "geometry"
    ESTATE_UNIT = "estate_unit"
    RIGHT_CERT = "right_cert"
    SUB_COMPARTMENT = "sub_compartment"


class Severity(StrEnum):
    """Whether a conflict stops a case or is to be looked at."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class NewParcel:
    """A parcel as typed in or imported; see `core.parcels.model.Parcel` for the fields."""

    township_code: str
    township: str
    village: str
    area: Area
    species: str
    village_code: str = ""
    place_name: str = ""
    compartment: str = ""
    sub_compartment: str = ""
    data_year: int | None = None
    estate_unit_no: str = ""
    right_cert_no: str = ""
    species_group: str = ""
    origin: str = ""
    forest_class: str = ""
    forest_category: str = ""
    age_group: str = ""
    shape: Shape | None = None
    source_srid: int | None = None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """By what two parcels are compared; empty texts compare with nothing."""

    parcel_id: int | None = None
    estate_unit_no: str = ""
    right_cert_no: str = ""
    sub_compartment_key: str = ""
    data_year: int | None = None
    geometry: bytes | None = None
    bounds: tuple[float, float, float, float] | None = None


def normal_code(text: str) -> str:
    """A code without blanks, narrow and in upper case."""
    return re.sub(r"\s", "", plain_text(text)).upper()


def normal_certificate(text: str) -> str:
    """A certificate number as it is compared: no blanks, Chinese brackets, as people vary them."""
    bare = re.sub(r"\s", "", text)
    return bare.translate(str.maketrans("()〔〕[]【】﹙﹚", "（）（）（）（）（）"))


def sub_compartment_key(
    township_code: str, village_code: str, compartment: str, sub_compartment: str
) -> str:
    """县6 + 乡3 + 村3 + 林班4 + 小班, or an empty text where a part is missing."""
    parts = (township_code, village_code, compartment, sub_compartment)
    return "".join(parts) if all(parts) else ""


def check_parcel(new: NewParcel, *, this_year: int) -> NewParcel:
    """The parcel with normal codes.

    Raises:
        InputError: every wrong field at once; fields are those of `NewParcel`.
    """
    codes = {
        "township_code": normal_code(new.township_code),
        "village_code": normal_code(new.village_code),
        "compartment": _padded(new.compartment, 4),
        "sub_compartment": _padded(new.sub_compartment, 5),
        "estate_unit_no": normal_code(new.estate_unit_no),
        "right_cert_no": normal_certificate(new.right_cert_no),
    }
    errors = _wrong_codes(codes) + _wrong_facts(new, codes, this_year)
    if errors:
        raise InputError(*errors)
    texts = {name: _plain(getattr(new, name)) for name in _TEXTS}
    changes: dict[str, Any] = {**codes, **texts}
    return replace(new, **changes)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _padded(text: str, width: int) -> str:
    code = normal_code(text)
    return code.zfill(width) if code.isdigit() else code


def _wrong_codes(codes: Mapping[str, str]) -> list[FieldError]:
    shapes = {
        "township_code": (r"\d{9}", "parcels.township_code"),
        "village_code": (r"(\d{3})?", "parcels.village_code"),
        "compartment": (r"(\d{4})?", "parcels.compartment"),
        "sub_compartment": (r"[0-9A-Z\-]{0,6}", "parcels.sub_compartment"),
    }
    errors = [
        FieldError(name, code)
        for name, (shape, code) in shapes.items()
        if re.fullmatch(shape, codes[name]) is None
    ]
    unit = codes["estate_unit_no"]
    if unit and len(unit) != 28:
        facts = {"length": len(unit)}
        errors.append(FieldError("estate_unit_no", "parcels.estate_unit_length", facts))
    elif unit and _ESTATE_UNIT.fullmatch(unit) is None:
        errors.append(FieldError("estate_unit_no", "parcels.estate_unit_form"))
    return errors


def _wrong_facts(new: NewParcel, codes: Mapping[str, str], this_year: int) -> list[FieldError]:
    errors = []
    for name, code in (
        ("township", "parcels.township_name"),
        ("village", "parcels.village_name"),
        ("species", "parcels.species_missing"),
    ):
        if not str(getattr(new, name)).strip():
            errors.append(FieldError(name, code))
    if new.area.m2 <= 0:
        errors.append(FieldError("area", "parcels.area_zero"))
    year = new.data_year
    needs_year = bool(codes["sub_compartment"]) and year is None
    if needs_year or (year is not None and not 1980 <= year <= this_year):
        errors.append(FieldError("data_year", "parcels.data_year", {"year": this_year}))
    keys = (codes["sub_compartment"], codes["estate_unit_no"], codes["right_cert_no"])
    if new.shape is None and not any(keys):
        errors.append(FieldError("estate_unit_no", "parcels.no_key"))
    return errors


@dataclass(frozen=True)
class SameLand:
    """Why two parcels are, or may be, the same land.

    Attributes:
        by: which comparison says so.
        severity: block, or warn where the comparison proves nothing.
        overlap: the shared area, known only from boundaries.
    """

    by: SameLandBy
    severity: Severity
    overlap: Area | None = None


def same_land(one: Keys, other: Keys, overlap: Area | None) -> SameLand | None:
    """Judge two parcels.

    By geometry where both have one; else by estate unit number, right certificate number, or the
    sub-compartment key of the same data year. The key of another year is a warning to compare
    maps: numbers are given anew, so it is neither proof nor clearance.

    Args:
        one: the first parcel.
        other: the second.
        overlap: what their boundaries share, None where they share nothing or one has none.
    """
    if one.parcel_id is not None and one.parcel_id == other.parcel_id:
        return SameLand(SameLandBy.PARCEL, Severity.BLOCK, overlap)
    same_unit = bool(one.estate_unit_no) and one.estate_unit_no == other.estate_unit_no
    if one.geometry is not None and other.geometry is not None:
        if overlap is not None:
            return SameLand(SameLandBy.GEOMETRY, Severity.BLOCK, overlap)
        return SameLand(SameLandBy.ESTATE_UNIT, Severity.WARN) if same_unit else None
    if same_unit:
        return SameLand(SameLandBy.ESTATE_UNIT, Severity.BLOCK)
    if one.right_cert_no and one.right_cert_no == other.right_cert_no:
        return SameLand(SameLandBy.RIGHT_CERT, Severity.BLOCK)
    if one.sub_compartment_key and one.sub_compartment_key == other.sub_compartment_key:
        same_year = one.data_year == other.data_year
        severity = Severity.BLOCK if same_year else Severity.WARN
        return SameLand(SameLandBy.SUB_COMPARTMENT, severity)
    return None


def area_difference(stated: Area, computed: Area) -> Fraction:
    """How far the stated area is from the computed one, as a share of the stated."""
    return Fraction(abs(stated.m2 - computed.m2), stated.m2)


def check_period(first: date, last: date) -> None:
    """Refuse a period that ends before it starts.

    Raises:
        InputError: field ``"period_to"``.
    """
    if last < first:
        raise InputError.of("period_to", "parcels.period_order")
