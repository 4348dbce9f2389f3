"""The rows of `resources/sample/*.csv`: fictitious holders, parcels, applications, polygons."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import resources

from core.values.area import Area
from core.values.tonnes import Tonnes


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    source = resources.files("resources").joinpath("sample", f"{table}.csv")
    return tuple(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"))))


@dataclass(frozen=True, kw_only=True)
class SampleHolder:
    """A right holder: `kind` is 组织 or 个人, `ownership` 单独所有, 按份共有 or 共同共有."""

    key: str
    kind: str
    name: str
    type: str
    number: str
    representative_post: str
    representative_name: str
    phone: str
    ownership: str

    @property
    def is_person(self) -> bool:
        """Whether the holder is a natural person."""
        return self.kind == "个人"


@dataclass(frozen=True, kw_only=True)
class SampleParcel:
    """A parcel with its two stock volumes (m³, as text with two places) and its polygon (WKT)."""

    key: str
    application: str
    cells: dict[str, str]
    area: Area
    tonnes: Tonnes
    wkt: str
    srid: int | None


@dataclass(frozen=True, kw_only=True)
class SampleApplication:
    """An application and the figures it must arrive at; A10 has none, it is not accepted."""

    key: str
    holder: str
    project: str
    state: str
    received_on: date
    tonnes: Tonnes | None
    tonnes_capital: str


@dataclass(frozen=True, kw_only=True)
class SampleRule:
    """A counter-example and what the program must say to it."""

    key: str
    what: str
    expected: str


def holders() -> dict[str, SampleHolder]:
    """Right holders by key (H01 ...)."""
    found = {}
    for row in _rows("right_holders"):
        post, _, person = row["representative"].partition("：")
        found[row["holder_id"]] = SampleHolder(
            key=row["holder_id"],
            kind=row["kind"],
            name=row["name"],
            type=row["org_kind_or_id_type"],
            number=row["id_number"],
            representative_post=post if person else "",
            representative_name=person,
            phone=row["phone"],
            ownership=row["ownership"],
        )
    return found


def shares() -> dict[str, dict[str, Fraction]]:
    """Shares by application and holder; an application with one holder is not listed."""
    found: dict[str, dict[str, Fraction]] = {}
    for row in _rows("holder_shares"):
        share = Fraction(int(row["share_numerator"]), int(row["share_denominator"]))
        found.setdefault(row["application_id"], {})[row["holder_id"]] = share
    return found


def parcels() -> list[SampleParcel]:
    """Parcels of all applications, X01 included."""
    polygons = {row["parcel_id"]: row for row in _rows("parcel_polygons")}
    found = []
    for row in _rows("parcels"):
        polygon = polygons.get(row["parcel_id"])
        found.append(
            SampleParcel(
                key=row["parcel_id"],
                application=row["application_id"],
                cells=row,
                area=Area.from_ha(row["area_ha"]),
                tonnes=Tonnes.parse(row["tco2e"]),
                wkt=polygon["wkt"] if polygon else "",
                srid=int(polygon["srid"]) if polygon else None,
            )
        )
    return found


def polygon(key: str) -> tuple[str, int]:
    """WKT and SRID of a polygon by parcel key, X02 included."""
    for row in _rows("parcel_polygons"):
        if row["parcel_id"] == key:
            return row["wkt"], int(row["srid"])
    raise KeyError(key)


def applications() -> dict[str, SampleApplication]:
    """Applications by key (A01 ...), in the order of the table."""
    return {
        row["application_id"]: SampleApplication(
            key=row["application_id"],
            holder=row["holder_id"],
            project=row["project_name"],
            state=row["demo_state"],
            received_on=date.fromisoformat(row["received_on"]),
            tonnes=Tonnes.parse(row["tonnes"]) if row["tonnes"] else None,
            tonnes_capital=row["tonnes_capital"],
        )
        for row in _rows("applications")
    }


def rules() -> list[SampleRule]:
    """The counter-examples R01 to R10."""
    return [
        SampleRule(key=row["case"], what=row["what"], expected=row["expected"])
        for row in _rows("rule_cases")
    ]


def experts() -> list[dict[str, str]]:
    """The experts of the sample committee, as rows."""
    return list(_rows("experts"))


def issuing_units() -> list[dict[str, str]]:
    """Receiving and issuing units of the fund, as rows."""
    return list(_rows("issuing_units"))


def donors() -> list[dict[str, str]]:
    """Donors D01 to D06, as rows."""
    return list(_rows("donors"))


def donations() -> dict[str, dict[str, str]]:
    """Donations N01 to N08 by key, as rows."""
    return {row["donation_id"]: row for row in _rows("donations")}


def bank_statement() -> list[dict[str, str]]:
    """The fragment of a bank statement, each line with what it must be matched to."""
    return list(_rows("bank_statement"))
