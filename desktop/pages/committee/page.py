"""专家委员会: one tab per piece of work, each built on its first visit."""

from __future__ import annotations

from typing import ClassVar

from desktop.pages.committee.draws import DrawsTab
from desktop.pages.committee.experts import ExpertsTab
from desktop.pages.committee.fees import FeesTab
from desktop.pages.committee.meetings import MeetingsTab
from desktop.parts.tabs import Tab, TabbedPage, kinds_of

#: The tabs in their order; each is built when it is first shown.
TABS: tuple[type[Tab], ...] = (ExpertsTab, DrawsTab, MeetingsTab, FeesTab)


class CommitteePage(TabbedPage):
    """What the committee and the pool of reviewers work on."""

    key: ClassVar[str] = "committee"
    tab_types: ClassVar[tuple[type[Tab], ...]] = TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(TABS)
