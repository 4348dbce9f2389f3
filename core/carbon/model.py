"""Tables of parameter sets: versioned, with source and status, never changed once used."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.values.columns import DecimalText
from db.base import Base, Versioned
from db.types import EnumValue, UtcDateTime, intpk


class ParameterStatus(StrEnum):
    """Whether somebody responsible has confirmed a set against its source."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    RETIRED = "retired"


class ParameterSet(Versioned, Base):
    """One version of the species parameters. Its numbers never change; a correction is a new one.

    Attributes:
        name: version as printed in the annex, unique.
        source: where the numbers come from.
        method: the methodology the set belongs to.
        valid_from: first day it may be used.
        confirmed_by: who confirmed it against the source, and when, with what note.
    """

    __tablename__ = "carbon_parameter_set"
    __table_args__ = (
        UniqueConstraint("name"),
        {"info": {"audited": True, "frozen": ["name", "source", "method", "valid_from"]}},
    )

    id: Mapped[intpk]
    name: Mapped[str]
    source: Mapped[str]
    method: Mapped[str]
    status: Mapped[ParameterStatus] = mapped_column(EnumValue(ParameterStatus))
    valid_from: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status_note: Mapped[str] = mapped_column(default="")


class SpeciesParameterRow(Base):
    """The parameters of one species group in one set, digit for digit as in the source."""

    __tablename__ = "carbon_species_parameter"
    __table_args__ = (
        UniqueConstraint("set_id", "group_name"),
        {"info": {"audited": True, "append_only": True}},
    )

    id: Mapped[intpk]
    set_id: Mapped[int] = mapped_column(ForeignKey("carbon_parameter_set.id"))
    group_name: Mapped[str]
    gloss: Mapped[str] = mapped_column(default="")
    wood_density: Mapped[Decimal] = mapped_column(DecimalText)
    bef: Mapped[Decimal] = mapped_column(DecimalText)
    root_shoot: Mapped[Decimal] = mapped_column(DecimalText)
    carbon_fraction: Mapped[Decimal] = mapped_column(DecimalText)


class SpeciesGroup(Base):
    """Which group is suggested for a species; a person confirms it for each parcel."""

    __tablename__ = "carbon_species_group"
    __table_args__ = (UniqueConstraint("species"), {"info": {"audited": True}})

    id: Mapped[intpk]
    species: Mapped[str]
    group_name: Mapped[str]
