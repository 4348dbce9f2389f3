"""Where a case stands, in order, and which states are live, open for edits, or final."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.i18n import N_


class State(StrEnum):
    """Where an application stands. The value is stored; the title is in `STATE_TITLES`."""

    DRAFT = "draft"
    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    PRELIMINARY = "preliminary"
    AMOUNT = "amount"
    EXPERT_REVIEW = "expert_review"
    TO_PUBLISH = "to_publish"
    NOTICE = "notice"
    SECOND_REVIEW = "second_review"
    APPROVAL = "approval"
    APPROVED = "approved"
    FILED = "filed"
    ENTRY_CHECKED = "entry_checked"
    ENTERED = "entered"
    MADE = "made"
    ISSUED = "issued"
    ARCHIVED = "archived"
    NOT_ACCEPTED = "not_accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATE_TITLES: Mapping[State, str] = {
    State.DRAFT: N_("Draft"),
    State.RECEIVED: N_("Received"),
    State.CORRECTION: N_("In correction"),
    State.ACCEPTED: N_("Accepted"),
    State.PRELIMINARY: N_("Preliminary review"),
    State.AMOUNT: N_("Amount examination"),
    State.EXPERT_REVIEW: N_("Expert review"),
    State.TO_PUBLISH: N_("To be published"),
    State.NOTICE: N_("Public notice"),
    State.SECOND_REVIEW: N_("Second review"),
    State.APPROVAL: N_("Awaiting approval"),
    State.APPROVED: N_("Approved"),
    State.FILED: N_("Filed with the ecology office"),
    State.ENTRY_CHECKED: N_("Checked, to be entered"),
    State.ENTERED: N_("Entered, certificate to be made"),
    State.MADE: N_("Certificate made"),
    State.ISSUED: N_("Certificate issued"),
    State.ARCHIVED: N_("Filed away"),
    State.NOT_ACCEPTED: N_("Not accepted"),
    State.REFUSED: N_("Registration refused"),
    State.WITHDRAWN: N_("Withdrawn"),
}

#: The road of a case from the counter to the shelf; a scheme may leave stations out.
ROUTE: tuple[State, ...] = (
    State.RECEIVED,
    State.ACCEPTED,
    State.PRELIMINARY,
    State.AMOUNT,
    State.EXPERT_REVIEW,
    State.TO_PUBLISH,
    State.NOTICE,
    State.SECOND_REVIEW,
    State.APPROVAL,
    State.APPROVED,
    State.FILED,
    State.ENTRY_CHECKED,
    State.ENTERED,
    State.MADE,
    State.ISSUED,
    State.ARCHIVED,
)

#: Ended without a certificate: the claims on land are released.
DEAD = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.WITHDRAWN})
#: After the entry the register speaks; the application itself no longer changes.
REGISTERED = frozenset({State.ENTERED, State.MADE, State.ISSUED, State.ARCHIVED})
#: From acceptance to the last moment before the entry.
UNDER_REVIEW = frozenset(
    {
        State.ACCEPTED,
        State.PRELIMINARY,
        State.AMOUNT,
        State.EXPERT_REVIEW,
        State.TO_PUBLISH,
        State.NOTICE,
        State.SECOND_REVIEW,
        State.APPROVAL,
        State.APPROVED,
        State.FILED,
        State.ENTRY_CHECKED,
    }
)
#: The content may be edited: what the experts and the public see must not change under them.
EDITABLE = frozenset(
    {
        State.DRAFT,
        State.RECEIVED,
        State.CORRECTION,
        State.ACCEPTED,
        State.PRELIMINARY,
        State.AMOUNT,
    }
)
#: Received and not ended: takes part in double-certification checks.
LIVE = UNDER_REVIEW | {State.RECEIVED, State.CORRECTION}
#: The clock runs against the office.
CLOCKED = (UNDER_REVIEW | {State.RECEIVED, State.ENTERED, State.MADE}) - {
    State.EXPERT_REVIEW,
    State.NOTICE,
}


class ApplicationKind(StrEnum):
    """What is asked for. The first registration is worked from end to end."""

    FIRST = "first"
    TRANSFER = "transfer"
    CHANGE = "change"
    SPLIT_MERGE = "split_merge"
    REISSUE = "reissue"
    CANCELLATION = "cancellation"
    CORRECTION = "correction"
    OBJECTION = "objection"


#: Kinds whose road is built: a later entry would need the certificate it changes.
SUPPORTED = frozenset({ApplicationKind.FIRST})

KIND_TITLES: Mapping[ApplicationKind, str] = {
    ApplicationKind.FIRST: N_("First registration"),
    ApplicationKind.TRANSFER: N_("Transfer"),
    ApplicationKind.CHANGE: N_("Change"),
    ApplicationKind.SPLIT_MERGE: N_("Split or merge"),
    ApplicationKind.REISSUE: N_("Reissue"),
    ApplicationKind.CANCELLATION: N_("Cancellation"),
    ApplicationKind.CORRECTION: N_("Correction"),
    ApplicationKind.OBJECTION: N_("Objection"),
}


class Ownership(StrEnum):
    """共有情况: how the holders hold."""

    SOLE = "sole"
    SHARES = "shares"
    JOINT = "joint"


OWNERSHIP_TITLES: Mapping[Ownership, str] = {
    Ownership.SOLE: N_("Sole ownership"),
    Ownership.SHARES: N_("Ownership by shares"),
    Ownership.JOINT: N_("Joint ownership"),
}


class StopKind(StrEnum):
    """Why a clock stands still."""

    EXPERT_REVIEW = "expert_review"
    NOTICE = "notice"
    FIELD_WORK = "field_work"
    SUPPLEMENT = "supplement"
    CONSULTATION = "consultation"


STOP_TITLES: Mapping[StopKind, str] = {
    StopKind.EXPERT_REVIEW: N_("Expert review"),
    StopKind.NOTICE: N_("Public notice"),
    StopKind.FIELD_WORK: N_("Field work"),
    StopKind.SUPPLEMENT: N_("Supplement of papers"),
    StopKind.CONSULTATION: N_("Consultation of other offices"),
}


#: What makes a measurement worthless when it happens within the monitoring period.
DISTURBANCES: Mapping[str, str] = {
    "harvest": N_("Harvest"),
    "fire": N_("Fire"),
    "pest": N_("Pest or disease"),
    "land_take": N_("Land taken for other use"),
}


class CertificateStatus(StrEnum):
    """What a certificate is worth today; follows from the entries of the register."""

    VALID = "valid"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    REPLACED = "replaced"


STATUS_TITLES: Mapping[CertificateStatus, str] = {
    CertificateStatus.VALID: N_("Valid"),
    CertificateStatus.CANCELLED: N_("Cancelled"),
    CertificateStatus.REVOKED: N_("Revoked"),
    CertificateStatus.REPLACED: N_("Replaced"),
}


class EntryKind(StrEnum):
    """What an entry of the register does."""

    FIRST = "first"
    CORRECTION = "correction"


ENTRY_TITLES: Mapping[EntryKind, str] = {
    EntryKind.FIRST: N_("First registration"),
    EntryKind.CORRECTION: N_("Correction"),
}
