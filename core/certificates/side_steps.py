"""Steps beside the road: sending back, supplements, reasons, refusal, withdrawal, delivery."""

from __future__ import annotations

from core.certificates.states import DEAD, REGISTERED, UNDER_REVIEW, State
from core.certificates.step import FILE, ITEMS, NOTE, OPEN, REASON, Step
from core.i18n import N_
from core.values.forms import FormField

SIDE_STEPS = (
    Step(
        "send_back",
        N_("Send back"),
        UNDER_REVIEW - {State.ACCEPTED},
        None,
        "certificates.send_back",
        (FormField("to", N_("Back to"), "choice", required=True), REASON),
        description=N_("Sends the case back inside the office; the applicant is not told."),
    ),
    Step(
        "request_supplement",
        N_("Ask for further papers"),
        UNDER_REVIEW - {State.FILED, State.ENTRY_CHECKED},
        None,
        "certificates.supplement",
        (ITEMS, FormField("deadline", N_("Deadline"), "date", required=True)),
        ("supplement_notice",),
        N_("Makes the supplement notice; the clock stands still until they are here."),
    ),
    Step(
        "supplement_received",
        N_("Further papers received"),
        UNDER_REVIEW,
        None,
        "certificates.supplement",
        (NOTE,),
        description=N_("The papers asked for are complete; the clock runs on."),
        beside_supplement=True,
    ),
    Step(
        "answer_finding",
        N_("Give the reason for a finding"),
        UNDER_REVIEW,
        None,
        "certificates.answer",
        (FormField("finding", N_("Finding"), "choice", required=True), REASON),
        description=N_("Keeps the reason with your name; it is printed on the approval form."),
        beside_supplement=True,
    ),
    Step(
        "allow_same_person",
        N_("Allow two duties in one hand"),
        OPEN,
        None,
        "certificates.override",
        (REASON,),
        description=N_("Small-office exception: it is logged, printed and reported."),
        beside_supplement=True,
    ),
    Step(
        "refuse",
        N_("Refuse registration"),
        UNDER_REVIEW,
        State.REFUSED,
        "certificates.refuse",
        (
            FormField(
                "ground",
                N_("Ground"),
                "choice",
                required=True,
                choices=(
                    ("title", N_("Title disputed or not proved")),
                    ("double", N_("Same land and period already registered or applied for")),
                    ("experts", N_("Failed the expert review")),
                    ("objection", N_("An objection was upheld")),
                    ("no_supplement", N_("Further papers not handed in in time")),
                    ("other", N_("Another reason")),
                ),
            ),
            REASON,
        ),
        ("refusal",),
        N_("Makes the refusal letter with reasons, ends the case and releases the land."),
        beside_supplement=True,
    ),
    Step(
        "withdraw",
        N_("Withdraw at the applicant's request"),
        OPEN,
        State.WITHDRAWN,
        "certificates.accept",
        (REASON, FILE),
        ("withdrawal",),
        N_("Ends the case at the applicant's request and releases the land."),
        beside_supplement=True,
    ),
    Step(
        "record_delivery",
        N_("Record a delivery"),
        OPEN | REGISTERED | DEAD,
        None,
        "certificates.deliver",
        (
            FormField("document", N_("Paper"), "choice", required=True),
            FormField(
                "way",
                N_("How"),
                "choice",
                required=True,
                choices=(
                    ("direct", N_("By hand")),
                    ("post", N_("By post")),
                    ("electronic", N_("Electronically")),
                ),
            ),
            FormField("place", N_("Where")),
            FormField("receiver", N_("Received by"), required=True),
            FormField("relation", N_("Relation to the addressee")),
            FormField("delivered_on", N_("Date"), "date"),
            FormField("refused", N_("Reason of a refusal to take it")),
            FormField("witness", N_("Witness")),
        ),
        ("delivery_record",),
        N_("Records how, to whom and when a paper was delivered."),
        beside_supplement=True,
    ),
)
