"""What the tabs of the committee share: one action by key, dialogs that load before they open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from desktop.parts.acting_tab import ActingTab
from desktop.parts.action_dialog import ActionDialog

T = TypeVar("T")
#: Kinds whose change may show in a record of the committee.
WATCHED = frozenset(
    {
        "expert", "expert_specialty", "expert_membership", "expert_tie", "committee_draw",
        "committee_draw_result", "committee_draw_pick", "committee_draw_call",
        "committee_meeting", "committee_meeting_member", "committee_meeting_case",
        "committee_opinion", "committee_fee_sheet", "committee_fee_payment", "committee_recusal",
        "application", "party", "document", "attachment", "account",
    }
)  # fmt: skip


class CommitteeTab(ActingTab):
    """A list of the committee with one record beside it."""

    def ask(self, dialog: ActionDialog, said: str) -> None:
        """Run a dialog and say that it worked."""
        if self.run(dialog):
            self.say("good", said)

    def with_loaded(self, load: Callable[[Session], T], then: Callable[[T], object]) -> None:
        """Read what a dialog needs off the GUI thread, then open it; a double press opens one."""
        self.context.jobs.read(
            load, done=then, failed=self.show_failure, key=f"before-dialog-{id(self)}"
        )
