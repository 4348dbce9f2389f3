"""Colleagues at work: what others commit (`watch`), and who is editing which record (`leases`).

Nothing here decides anything. That two people do not overwrite each other is the work of the
version check (`core.database.load_for_edit`); this room only lets them know of each other.
"""

from __future__ import annotations

from core.colleagues.leases import BEAT_SECONDS, Editor, editors, release, take
from core.colleagues.watch import Heard, Watch

__all__ = ["BEAT_SECONDS", "Editor", "Heard", "Watch", "editors", "release", "take"]
