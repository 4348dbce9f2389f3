"""What the committee brings to the office."""

from __future__ import annotations

from core.capability import (
    ADMINISTRATOR,
    CASHIER,
    CLERK,
    EXPERT,
    FUND_MANAGER,
    SECRETARY,
    SUPERVISOR,
    Capability,
    PaperKind,
    Permission,
    SeriesSpec,
)
from core.committee import draw_model, meeting_model, model
from core.committee.lists import DRAWS, EXPERTS, FEE_SHEETS, MEETINGS
from core.committee.papers import letter_facts, letter_status, record_facts, sheet_status
from core.committee.queues import QUEUES
from core.committee.recusal import hides
from core.committee.roster_list import ROSTER
from core.committee.sheets import EXPERTS_IMPORTER
from core.i18n import N_

_PERMISSIONS = (
    Permission("committee.manage", N_("Experts, their terms and what ties them"), (SECRETARY,)),
    Permission("committee.import", N_("Import experts, and undo an import"), (SECRETARY,)),
    Permission("committee.link", N_("Link accounts with experts"), (ADMINISTRATOR,)),
    Permission("committee.draw", N_("Draw experts and call them"), (SECRETARY, CLERK)),
    Permission("committee.supervise", N_("Supervise draws"), (SUPERVISOR,)),
    Permission("committee.meet", N_("Hold meetings and close cases"), (SECRETARY,)),
    Permission("committee.opine", N_("Give one's own opinion of a case"), (EXPERT,)),
    Permission("committee.fee", N_("Make fee sheets"), (SECRETARY, FUND_MANAGER)),
    Permission(
        "committee.reveal",
        N_("See bank accounts of experts in clear (each look is logged)"),
        (CASHIER,),
    ),
)

_SERIES = (
    SeriesSpec("appointment", N_("Letters of appointment"), "{short}碳聘〔{year}〕{seq}号"),
    SeriesSpec("draw", N_("Draws of experts"), "{short}碳抽〔{year}〕{seq}号"),
    SeriesSpec("committee_meeting", N_("Meetings of experts"), "{short}碳会〔{year}〕{seq}号"),
    SeriesSpec("expert_fee", N_("Fee sheets of experts"), "{short}碳酬〔{year}〕{seq}号"),
)

_PAPERS = {
    "term_end_letter": N_("Letter at the end of a term"),
    "expert_undertaking": N_("Undertaking of an expert"),
    "opinion_sheet": N_("Opinion sheet of an expert"),
    "committee_minutes": N_("Minutes of a meeting"),
    "committee_sign_in": N_("Sign-in sheet of a meeting"),
}

CAPABILITY = Capability(
    key="committee",
    title=N_("Expert committee"),
    icon="committee",
    models=(
        model.Expert,
        model.ExpertSpecialty,
        model.Membership,
        model.ExpertTie,
        model.Recusal,
        draw_model.Draw,
        draw_model.DrawResult,
        draw_model.DrawPick,
        draw_model.DrawCall,
        meeting_model.Meeting,
        meeting_model.MeetingMember,
        meeting_model.MeetingCase,
        meeting_model.Opinion,
        meeting_model.FeeSheet,
        meeting_model.FeePayment,
        meeting_model.FeeLine,
    ),
    permissions=_PERMISSIONS,
    series=_SERIES,
    papers=(
        PaperKind(
            "appointment_letter",
            N_("Letter of appointment"),
            "appointment_letter",
            facts=letter_facts,
            status=letter_status,
        ),
        PaperKind("draw_record", N_("Record of a draw"), "draw_record", facts=record_facts),
        PaperKind(
            "expert_fee_sheet",
            N_("Fee sheet of experts"),
            "expert_fee_sheet",
            status=sheet_status,
        ),
        *(PaperKind(kind, title, kind) for kind, title in _PAPERS.items()),
    ),
    imports=(EXPERTS_IMPORTER,),
    queues=QUEUES,
    search_kinds={"expert": N_("Experts")},
    lists={
        "expert": EXPERTS,
        "expert_roster": ROSTER,
        "committee_draw": DRAWS,
        "committee_meeting": MEETINGS,
        "committee_fee_sheet": FEE_SHEETS,
    },
    cli="core.cli.committee",
    hides=hides,
)
