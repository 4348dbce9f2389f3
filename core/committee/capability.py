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
    Permission,
    SeriesSpec,
)
from core.committee import draw_model, meeting_model, model
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

CAPABILITY = Capability(
    key="committee",
    title=N_("Expert committee"),
    icon="user",
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
    cli="core.cli.committee",
)
