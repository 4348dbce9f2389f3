"""Tables of dated office values and of the office's own calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import CanonicalJson, intpk

EDIT = "settings.edit"


class Setting(Base):
    """A value of the office from a day on, until a later row of the same key."""

    __tablename__ = "setting"
    __table_args__ = (
        UniqueConstraint("key", "valid_from"),
        {"info": {"audited": True, "guard": EDIT, "frozen": ["key", "valid_from"]}},
    )

    id: Mapped[intpk]
    key: Mapped[str]
    valid_from: Mapped[date]
    value: Mapped[Any | None] = mapped_column(CanonicalJson)


class CalendarDay(Base):
    """A day on which the office differs from the published holidays."""

    __tablename__ = "calendar_day"
    __table_args__ = ({"info": {"audited": True, "guard": EDIT}},)

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
