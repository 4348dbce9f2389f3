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
    "arrived": N_("Arrived"),
    "reviewed": N_("Reviewed"),
    "corrected": N_("Corrected"),
    "refunded": N_("Refunded"),
    "rebooked": N_("Moved to another donor"),
    "rebooked_from": N_("Moved here from another donor"),
    "receipted": N_("Receipt issued"),
    "part_freed": N_("Taken out of its receipt in part"),
    "part_reversed": N_("Reversed in part"),
    "part_refunded": N_("Paid back in part"),
    "freed": N_("Its receipt stopped counting"),
    "import_undone": N_("Import undone"),
    "void_requested": N_("Asked to be declared void"),
    "reverse_requested": N_("Asked to be reversed"),
    "change_refused": N_("The request was refused"),
    "void": N_("Declared void"),
    "reversed": N_("Reversed"),
    "promised": N_("Promised"),
    "pledge_cancelled": N_("The rest was cancelled"),
    "donor_recorded": N_("Recorded as a donor"),
    "account_revealed": N_("Account shown in clear"),
    "matched": N_("Matched with a line of a statement"),
    "unmatched": N_("The match was taken back"),
    "not_a_gift": N_("Found to be no donation"),
    "reopened": N_("Opened again"),
    "book_received": N_("The book came in"),
    "handed_out": N_("Handed out"),
    "written_off": N_("Written off"),
    "rest_returned": N_("The rest was given back"),
    "settled": N_("Settled"),
    "qualified": N_("Qualification added"),
    "requested": N_("Asked for"),
    "paid": N_("Agreed and paid"),
    "refused": N_("Refused"),
}


def event_title(event: str) -> str:
    """The title of an event; an event nobody named yet is shown as it is stored."""
    if event in STEPS:
        return _(STEPS[event].title)
    title = TITLES.get(event)
    return _(title) if title else event
