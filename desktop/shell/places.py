"""The places of the navigation rail: what stands there, and how its page is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.support.page import Page


@dataclass(frozen=True)
class Place:
    """One entry of the rail.

    Attributes:
        key: name in settings, help pages and shortcuts.
        title: marked with `N_`.
        icon: name in resources/icons.
        load: imports the page's class; called on the first visit.
    """

    key: str
    title: str
    icon: str
    load: Callable[[], type[Page]]
