"""Tables of print runs: papers printed in a chosen order, and how far the printer came."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import EnumValue, intpk


class ItemState(StrEnum):
    """Where a paper of a run is: waiting, handed to the printer, or seen lying in its tray."""

    WAITING = "waiting"
    SENT = "sent"
    OUT = "out"


class PrintRun(Base):
    """One batch on one printer and tray; `overlay` prints data only, on pre-printed sheets."""

    __tablename__ = "print_run"
    __table_args__ = ({"info": {"no_delete": True, "audited": True}},)

    id: Mapped[intpk]
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    printer: Mapped[str] = mapped_column(String(200))
    tray: Mapped[str] = mapped_column(String(120), default="")
    overlay: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class PrintItem(Base):
    """One paper of a run, in the order it is printed."""

    __tablename__ = "print_item"
    __table_args__ = (
        Index("uq_print_item_run_position", "run_id", "position", unique=True),
        {"info": {"no_delete": True, "root": ("print_run", "run_id")}},
    )

    id: Mapped[intpk]
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"))
    position: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    state: Mapped[ItemState] = mapped_column(EnumValue(ItemState))
