"""The scenes of the committee's page, on the sample office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from core.committee.lists import DRAWS, EXPERTS
from core.values.listing import ListQuery
from desktop.pages.committee.draws import DrawsTab
from desktop.pages.committee.experts import ExpertsTab
from desktop.pages.committee.fees import FeesTab
from desktop.pages.committee.meetings import MeetingsTab
from desktop.pages.committee.page import CommitteePage
from desktop.parts.tabs import RecordTab
from desktop.pictures import Scene, Stage, place

F = TypeVar("F", bound=RecordTab)


def front(stage: Stage, kind: type[F], row: int = 0) -> F:
    """A tab with one of its records."""
    tab = place(stage, CommitteePage).show_tab(kind.key)
    assert isinstance(tab, kind)
    stage.settle()
    tab.table.view.selectRow(row)
    stage.settle()
    return tab


def tab(kind: type[RecordTab], row: int = 0) -> Scene:
    """A tab as it opens."""

    def scene(stage: Stage) -> None:
        front(stage, kind, row)
        stage.shoot()

    return scene


def experts_selected(stage: Stage) -> None:
    """An expert with ties."""
    database = stage.desktop.jobs.database()
    with database.read() as session:
        last = EXPERTS.ids(session, ListQuery(sort="code"))[-1]
    tab = front(stage, ExpertsTab)
    tab.open_record("expert", last)
    stage.settle()
    stage.shoot()


def dialog(kind: type[F], act: Callable[[F], object]) -> Scene:
    """A dialog of a tab."""

    def scene(stage: Stage) -> None:
        page = front(stage, kind)
        with stage.looking():
            act(page)
            stage.settle()

    return scene


def call(stage: Stage) -> None:
    """A call to somebody who was drawn."""
    database = stage.desktop.jobs.database()
    with database.read() as session:
        # The oldest: its names are no secret any more.
        first = DRAWS.ids(session, ListQuery(sort="meeting_at"))[0]
    tab = front(stage, DrawsTab)
    tab.open_record("committee_draw", first)
    stage.settle()
    tab.pane.picks.choose(tab.pane.picks.ids()[0])
    with stage.looking():
        tab.take("call")
        stage.settle()


SCENES: Mapping[str, Scene] = {
    "committee-experts": tab(ExpertsTab),
    "committee-expert": experts_selected,
    "committee-expert-edit": dialog(ExpertsTab, ExpertsTab.edit_record),
    "committee-expert-new": dialog(ExpertsTab, ExpertsTab.new_record),
    "committee-term": dialog(ExpertsTab, lambda one: one.take("term")),
    "committee-tie": dialog(ExpertsTab, lambda one: one.take("tie")),
    "committee-draws": tab(DrawsTab),
    "committee-draw-new": dialog(DrawsTab, DrawsTab.new_record),
    "committee-call": call,
    "committee-meetings": tab(MeetingsTab),
    "committee-meeting-new": dialog(MeetingsTab, MeetingsTab.new_record),
    "committee-opinions": dialog(MeetingsTab, lambda one: one.take("judge")),
    "committee-fees": tab(FeesTab),
    "committee-fee-new": dialog(FeesTab, FeesTab.new_record),
}
