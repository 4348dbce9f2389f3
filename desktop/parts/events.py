"""Names of events in timelines: what happened, in the words of the office."""

from __future__ import annotations

from core.certificates.steps import STEPS
from core.i18n import N_, _

TITLES = {
    "registered": N_("Registered"),
    "edited": N_("Edited"),
    "deactivated": N_("Taken out of use"),
    "reactivated": N_("Put back into use"),
    "merged": N_("Merged into another party"),
    "absorbed": N_("Another party was merged into this one"),
    "not_a_duplicate": N_("Found not to be a duplicate"),
    "number_revealed": N_("Number shown in clear"),
    "qualification_added": N_("Qualification added"),
    "quality_noted": N_("Quality noted"),
    "attached": N_("File attached"),
    "printed": N_("Printed"),
    "issued": N_("Issued"),
}


def event_title(event: str) -> str:
    """The title of an event; an event nobody named yet is shown as it is stored."""
    if event in STEPS:
        return _(STEPS[event].title)
    title = TITLES.get(event)
    return _(title) if title else event
