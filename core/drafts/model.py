"""The table of unfinished forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import CanonicalJson, UtcDateTime, intpk


class Draft(Base):
    """What a person typed into a form and did not save; thrown away when the form is saved.

    Attributes:
        form: name of the form, with the record's id where one is edited.
        data: what was typed, plain JSON; never an identity number.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("account_id", "form"), {"info": {"quiet": True}})

    id: Mapped[intpk]
    account_id: Mapped[int]
    form: Mapped[str]
    data: Mapped[Any] = mapped_column(CanonicalJson)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
