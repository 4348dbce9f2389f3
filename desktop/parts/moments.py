"""Moments as people in China read them on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.clock import CHINA
from core.history import TimelineEntry
from desktop.parts.events import event_title
from desktop.widgets.timeline import TimelineItem


def moment(instant: datetime | None) -> str:
    """Day and minute in China; empty for none."""
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if instant else ""


def timeline_items(entries: Sequence[TimelineEntry]) -> list[TimelineItem]:
    """A record's events for the timeline, the latest first."""
    return [
        TimelineItem(
            when=moment(entry.at),
            who=entry.actor_name,
            what=event_title(entry.event),
            why=entry.reason,
            tone="accent",
        )
        for entry in reversed(entries)
    ]
