"""What a new database starts with: the first parameter set and the suggested species groups."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.carbon.model import ParameterSet, ParameterStatus, SpeciesGroup, SpeciesParameterRow
from core.carbon.rules import SpeciesParameter
from core.database import now

SHIPPED_NAME = "AR-CM 常用值 第1版"
SHIPPED_SOURCE = (
    "《碳汇造林项目方法学》AR-CM-001-V01、《森林经营碳汇项目方法学》AR-CM-003-V01 附录通行引用值，"
    "未与原文逐项核对"
)
SHIPPED_METHOD = "森林碳汇增量法（两期蓄积差）"
SHIPPED_FROM = date(2021, 1, 1)


def _table(name: str) -> list[dict[str, str]]:
    text = files("resources").joinpath("tables", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def shipped_parameters() -> tuple[SpeciesParameter, ...]:
    """The parameters that the program ships with: commonly quoted, not confirmed."""
    return tuple(
        SpeciesParameter(
            row["group"],
            Decimal(row["wood_density_t_per_m3"]),
            Decimal(row["bef"]),
            Decimal(row["root_shoot_ratio"]),
            Decimal(row["carbon_fraction"]),
        )
        for row in _table("species_parameters.csv")
    )


def shipped_groups() -> dict[str, str]:
    """Species → suggested group; a person still assigns the group of each parcel."""
    return {row["species"]: row["group"] for row in _table("species_groups.csv")}


def seed(session: Session) -> None:
    """Write what is missing of the shipped set and suggestions; a second call changes nothing."""
    exists = select(ParameterSet.id).where(ParameterSet.name == SHIPPED_NAME)
    if session.scalar(exists) is None:
        first = ParameterSet(
            name=SHIPPED_NAME,
            source=SHIPPED_SOURCE,
            method=SHIPPED_METHOD,
            status=ParameterStatus.UNCONFIRMED,
            valid_from=SHIPPED_FROM,
            created_at=now(session),
        )
        session.add(first)
        session.flush()
        glosses = {row["group"]: row["gloss"] for row in _table("species_parameters.csv")}
        session.add_all(
            SpeciesParameterRow(
                set_id=first.id,
                group_name=one.group,
                gloss=glosses[one.group],
                wood_density=one.wood_density,
                bef=one.bef,
                root_shoot=one.root_shoot,
                carbon_fraction=one.carbon_fraction,
            )
            for one in shipped_parameters()
        )
    known = set(session.scalars(select(SpeciesGroup.species)))
    session.add_all(
        SpeciesGroup(species=species, group_name=group)
        for species, group in shipped_groups().items()
        if species not in known
    )
    session.flush()
