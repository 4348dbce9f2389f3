"""Tables of the draws. What tells the names stands apart, so that it can be hidden as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.committee.states import DrawState, PickState, Seat
from db.base import Base, Versioned
from db.types import CanonicalJson, EnumValue, UtcDateTime, intpk

ROOT = ("committee_draw", "draw_id")


class Draw(Versioned, Base):
    """A draw of experts for a case.

    Attributes:
        number: 抽取编号, taken when the list is frozen; empty before.
        record_kind, record_id: the case.
        needed: list of {"specialty", "count"}; an empty specialty is any. The sum is odd.
        substitutes: how many are drawn in reserve.
        meeting_at: when the experts are needed.
        supervisor_id, first_id, second_id: accounts; three people.
        secret_until: nobody but these three learns the names before; a meeting that opens earlier
            moves it there.
        asked_out: list of {"expert", "reason"}: left out by hand.
        frozen: the candidate list as it was frozen; `list_digest` is its SHA-256.
        witnessed_at: when the supervisor confirmed the frozen list, before anybody typed.
        round: 1, and one more with each redraw 补抽 of `replaces_id`.
    """

    __tablename__ = "committee_draw"
    __table_args__ = (
        Index("ix_committee_draw_case", "record_kind", "record_id"),
        Index("ix_committee_draw_state", "state"),
        Index("ix_committee_draw_meeting_at", "meeting_at"),
        Index("ix_committee_draw_secret_until", "secret_until"),
        Index("ix_committee_draw_number", "number"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "frozen": ["frozen", "list_digest", "number", "record_kind", "record_id"],
                "frozen_when": "state <> 'prepared'",
            }
        },
    )

    id: Mapped[intpk]
    number: Mapped[str] = mapped_column(default="")
    number_id: Mapped[int | None] = mapped_column(ForeignKey("number_ledger.id"), unique=True)
    record_kind: Mapped[str]
    record_id: Mapped[int]
    needed: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    substitutes: Mapped[int]
    meeting_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(default="")
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    secret_until: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_out: Mapped[Any] = mapped_column(CanonicalJson, nullable=False)
    frozen: Mapped[Any | None] = mapped_column(CanonicalJson)
    list_digest: Mapped[str] = mapped_column(default="")
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    witnessed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[DrawState] = mapped_column(EnumValue(DrawState))
    round: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("committee_draw.id"), index=True)
    redraw_reason: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DrawResult(Versioned, Base):
    """The inputs of the two operators and what came of them.

    Attributes:
        first_input, second_input: what each typed; the second one draws.
        record: the whole record, enough to draw again (:mod:`core.committee.drawing`).
    """

    __tablename__ = "committee_draw_result"
    __table_args__ = (
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "secret": ["first_input", "second_input", "seed", "record"],
                "once": ["first_input", "second_input", "seed"],
                "root": ROOT,
            }
        },
    )

    draw_id: Mapped[int] = mapped_column(ForeignKey("committee_draw.id"), primary_key=True)
    first_input: Mapped[str] = mapped_column(default="")
    second_input: Mapped[str] = mapped_column(default="")
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seed: Mapped[str] = mapped_column(default="")
    record: Mapped[Any | None] = mapped_column(CanonicalJson)


class DrawPick(Versioned, Base):
    """A drawn expert, in the order of the draw.

    Attributes:
        position: 1, 2 ... over principals and substitutes.
        specialty: the seat's, empty for any and for a substitute in reserve.
        replaces_id: the pick whose seat a substitute took.
    """

    __tablename__ = "committee_draw_pick"
    __table_args__ = (
        UniqueConstraint("draw_id", "position"),
        Index("ix_committee_draw_pick_expert", "expert_id"),
        {
            "info": {
                "audited": True,
                "no_delete": True,
                "secret": ["expert_id"],
                "root": ROOT,
            }
        },
    )

    id: Mapped[intpk]
    draw_id: Mapped[int] = mapped_column(ForeignKey("committee_draw_result.draw_id"))
    position: Mapped[int]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    seat: Mapped[Seat] = mapped_column(EnumValue(Seat))
    specialty: Mapped[str] = mapped_column(default="")
    state: Mapped[PickState] = mapped_column(EnumValue(PickState))
    reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("committee_draw_pick.id"))


class DrawCall(Base):
    """A line of the call log: when, how, reached or not, comes or not and why."""

    __tablename__ = "committee_draw_call"
    __table_args__ = ({"info": {"audited": True, "append_only": True, "secret": ["reason"]}},)

    id: Mapped[intpk]
    pick_id: Mapped[int] = mapped_column(ForeignKey("committee_draw_pick.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[str]
    reached: Mapped[bool]
    comes: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")
    caller_id: Mapped[int]
    caller: Mapped[str]
