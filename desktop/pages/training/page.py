"""培训台账: one tab per piece of work, each built on its first visit."""

from __future__ import annotations

from typing import ClassVar

from desktop.pages.training.certificates import CertificatesTab
from desktop.pages.training.completion import CompletionTab
from desktop.pages.training.courses import CoursesTab
from desktop.pages.training.people import AttendanceTab, ParticipantsTab
from desktop.pages.training.reports import ReportsTab
from desktop.pages.training.scans import ScansTab
from desktop.pages.training.trainers import TrainersTab
from desktop.parts.tabs import Tab, TabbedPage, kinds_of

#: The tabs in their order; each is built when it is first shown.
TABS: tuple[type[Tab], ...] = (
    CoursesTab,
    ParticipantsTab,
    AttendanceTab,
    ScansTab,
    CompletionTab,
    CertificatesTab,
    TrainersTab,
    ReportsTab,
)


class TrainingPage(TabbedPage):
    """What the office's training works on."""

    key: ClassVar[str] = "training"
    tab_types: ClassVar[tuple[type[Tab], ...]] = TABS
    kinds: ClassVar[tuple[str, ...]] = kinds_of(TABS)
