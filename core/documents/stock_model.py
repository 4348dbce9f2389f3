"""Tables of the numbered sheets: the stock as it is, and every movement that made it so."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.types import EnumValue, intpk


class SheetState(StrEnum):
    """Where a sheet is: 在库, 已领用, 已使用, 已作废, 已上缴, 已销毁."""

    IN_STOCK = "in_stock"
    HANDED_OUT = "handed_out"
    USED = "used"
    SPOILED = "spoiled"
    SURRENDERED = "surrendered"
    DESTROYED = "destroyed"


class SheetAction(StrEnum):
    """What happened to sheets: 入库, 领用, 退库, 使用, 作废, 上缴, 销毁."""

    RECEIVE = "receive"
    HAND_OUT = "hand_out"
    GIVE_BACK = "give_back"
    USE = "use"
    SPOIL = "spoil"
    SURRENDER = "surrender"
    DESTROY = "destroy"


class SheetStock(Base):
    """A stock that is kept, for instance of certificates. Its row is locked by every movement."""

    __tablename__ = "sheet_stock"
    __table_args__ = ({"info": {"no_delete": True, "audited": True}},)

    id: Mapped[intpk]
    key: Mapped[str] = mapped_column(String(40), unique=True)


class SheetRange(Base):
    """Sheets of one fate that follow each other: what a replay of the movements comes to.

    A serial is `prefix` and the number with `digits` digits; `holder` who has them or had them
    last, `record_kind` and `record_id` what a used sheet is bound to.
    """

    __tablename__ = "sheet_range"
    __table_args__ = (
        Index("uq_sheet_range_first", "stock_id", "prefix", "digits", "first", unique=True),
        # The movements are in the audit log; this is what they come to (`stock.faults`).
        {"info": {"audited": False}},
    )

    id: Mapped[intpk]
    stock_id: Mapped[int] = mapped_column(ForeignKey("sheet_stock.id"))
    prefix: Mapped[str] = mapped_column(String(40))
    digits: Mapped[int]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[SheetState] = mapped_column(EnumValue(SheetState), index=True)
    holder: Mapped[str] = mapped_column(String(200), default="")
    record_kind: Mapped[str] = mapped_column(String(60), default="")
    record_id: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")


class SheetMove(Base):
    """One movement of a range of sheets; never changed, never removed."""

    __tablename__ = "sheet_move"
    __table_args__ = (
        Index("ix_sheet_move_stock_at", "stock_id", "at"),
        {"info": {"append_only": True, "audited": True}},
    )

    id: Mapped[intpk]
    stock_id: Mapped[int] = mapped_column(ForeignKey("sheet_stock.id"))
    action: Mapped[SheetAction] = mapped_column(EnumValue(SheetAction))
    prefix: Mapped[str] = mapped_column(String(40))
    digits: Mapped[int]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    holder: Mapped[str] = mapped_column(String(200), default="")
    witness: Mapped[str] = mapped_column(String(200), default="")
    record_kind: Mapped[str] = mapped_column(String(60), default="")
    record_id: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
