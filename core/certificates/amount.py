"""The carbon amount of a case: its strata, its calculations, and whether one still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.carbon.model import ParameterSet
from core.carbon.rules import SpeciesParameter, Stratum, is_by_hand, rate_per_ha_year
from core.carbon.service import ParameterSetView, load_set
from core.certificates.dossier import ParcelLine
from core.certificates.model import Application, CarbonCalculation
from core.errors import InputError, NotFound
from core.values.numerals import exact_decimal
from core.values.tonnes import Tonnes
from db.types import canonical_json


def volume(text: str) -> Decimal | None:
    """A stock volume in m³ as reported, exact; None where none was reported."""
    return exact_decimal(text, decimals=4) if text else None


def stratum(line: ParcelLine) -> Stratum:
    """A parcel as the calculation sees it."""
    return Stratum(
        label=line.name,
        group=line.group,
        stock_t1=volume(line.row.stock_t1),
        stock_t2=volume(line.row.stock_t2),
        by_hand=line.row.manual_tonnes,
        report_page=line.row.report_page,
    )


def inputs(application: Application, lines: Sequence[ParcelLine]) -> dict[str, Any]:
    """What the amount depends on, as text: a calculation fits as long as this stays the same."""
    return {
        "period": [application.period_from.isoformat(), application.period_to.isoformat()],
        "strata": [
            {
                "parcel": line.parcel.id,
                "label": line.name,
                "group": line.group,
                "area_m2": line.parcel.area.m2,
                "t1": line.row.stock_t1,
                "t2": line.row.stock_t2,
                "by_hand": line.row.manual_tonnes.plain if line.row.manual_tonnes else "",
                "page": line.row.report_page,
            }
            for line in lines
        ],
    }


def inputs_hash(found: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text of the inputs."""
    return sha256(canonical_json(found).encode()).hexdigest()


def fits(
    calculation: CarbonCalculation | None,
    application: Application,
    lines: Sequence[ParcelLine],
) -> bool | None:
    """Whether a calculation is of the parcels as they are now; None if there is none."""
    if calculation is None:
        return None
    return calculation.inputs_hash == inputs_hash(inputs(application, lines))


def rate(
    line: ParcelLine, application: Application, parameters: Mapping[str, SpeciesParameter]
) -> Fraction | None:
    """Tonnes of CO2e per hectare and year of one parcel; None where it cannot be computed yet."""
    period = (application.period_from, application.period_to)
    area = line.parcel.area
    if line.row.manual_tonnes is not None:
        return rate_per_ha_year(line.row.manual_tonnes, area, period)
    found = parameters.get(line.group)
    before, after = volume(line.row.stock_t1), volume(line.row.stock_t2)
    if found is None or before is None or after is None or is_by_hand(line.group):
        return None
    gained = (Fraction(after) - Fraction(before)) * found.factor
    return rate_per_ha_year(Tonnes.rounded_down(gained), area, period)


def percent(text: object) -> Decimal:
    """An uncertainty in percent as typed.

    Raises:
        InputError: field `uncertainty`.
    """
    try:
        return exact_decimal(str(text or "0").removesuffix("%"), decimals=4)
    except InputError as wrong:
        first = wrong.fields[0]
        raise InputError.of("uncertainty", first.code, **first.params) from None


def set_by_name(session: Session, name: str) -> ParameterSetView:
    """A parameter set by its printed version.

    Raises:
        NotFound: there is none of that name.
    """
    found = session.scalar(select(ParameterSet.id).where(ParameterSet.name == name))
    if found is None:
        raise NotFound("record.not_found")
    return load_set(session, found)
