"""What certificates bring to the office."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from core.capability import (
    APPROVER,
    CHECKER,
    CLERK,
    ISSUER,
    REGISTRAR,
    REVIEWER,
    SECOND_REVIEWER,
    Capability,
    PaperKind,
    Permission,
    SeriesSpec,
)
from core.certificates import figures as _figures  # noqa: F401 - declares its settings
from core.certificates import judged as _judged  # noqa: F401 - declares applications as cases
from core.certificates import model, register_model
from core.certificates import roles as _roles  # noqa: F401 - declares the roles of parties
from core.certificates.lists import APPLICATIONS, CERTIFICATES, ENTRIES
from core.certificates.queues import QUEUES
from core.certificates.register import paper_facts, paper_status
from core.certificates.sheets import APPLICATIONS_IMPORTER
from core.i18n import N_
from core.parties.queries import add_role

add_role("right_holder", N_("Right holder"), lambda: select(model.Holder.party_id).distinct())
add_role(
    "agent",
    N_("Agent"),
    lambda: (
        select(model.Application.agent_id).where(model.Application.agent_id.is_not(None)).distinct()
    ),
)

_REVIEWERS = (REVIEWER, SECOND_REVIEWER)
_DECIDERS = (REVIEWER, SECOND_REVIEWER, APPROVER)

_PERMISSIONS = (
    Permission("certificates.receive", N_("Receive applications and papers"), (CLERK,)),
    Permission("certificates.edit", N_("Edit applications"), (CLERK, REVIEWER)),
    Permission("certificates.accept", N_("Accept, correct, refuse to accept"), (CLERK,)),
    Permission("certificates.review", N_("Preliminary review"), (REVIEWER,)),
    Permission("certificates.amount", N_("Compute and confirm amounts"), (REVIEWER,)),
    Permission("certificates.sign_off", N_("Sign off unconfirmed parameters"), (APPROVER,)),
    Permission("certificates.expert", N_("Record expert reviews"), (CLERK, *_REVIEWERS)),
    Permission("certificates.notice", N_("Public notices and objections"), (CLERK,)),
    Permission("certificates.second_review", N_("Second review"), (SECOND_REVIEWER,)),
    Permission("certificates.approve", N_("Approve registration"), (APPROVER,)),
    Permission("certificates.file", N_("File with the ecology office"), (CLERK, REVIEWER)),
    Permission("certificates.check_entry", N_("Check entries of the register"), (CHECKER,)),
    Permission("certificates.register", N_("Enter in the register"), (REGISTRAR,)),
    Permission("certificates.make", N_("Make certificates"), (ISSUER,)),
    Permission("certificates.issue", N_("Hand out certificates"), (ISSUER,)),
    Permission("certificates.archive", N_("File cases away"), (CLERK, ISSUER)),
    Permission(
        "certificates.send_back",
        N_("Send cases back inside the office"),
        (*_DECIDERS, REGISTRAR, CHECKER),
    ),
    Permission("certificates.supplement", N_("Ask for further papers"), (CLERK, *_REVIEWERS)),
    Permission("certificates.answer", N_("Give reasons for findings"), _DECIDERS),
    Permission("certificates.override", N_("Allow two duties in one hand"), (APPROVER,)),
    Permission("certificates.refuse", N_("Refuse registration"), _DECIDERS),
    Permission(
        "certificates.deliver",
        N_("Record deliveries"),
        (CLERK, *_DECIDERS, REGISTRAR, ISSUER),
    ),
    Permission(
        "certificates.query",
        N_("Certify the content of the register"),
        (CLERK, REGISTRAR),
    ),
)

_SERIES = (
    SeriesSpec("receipt", N_("Receipts of applications"), "{short}碳收〔{year}〕{seq}号"),
    SeriesSpec("acceptance", N_("Acceptances"), "{short}碳受〔{year}〕{seq}号"),
    SeriesSpec("letter", N_("Letters"), "{short}碳函〔{year}〕{seq}号"),
    SeriesSpec("expert_opinion", N_("Expert opinions"), "{short}碳评〔{year}〕{seq}号"),
    SeriesSpec("notice", N_("Public notices"), "{short}碳公〔{year}〕{seq}号"),
    SeriesSpec("approval", N_("Approvals"), "{short}碳审〔{year}〕{seq}号"),
    SeriesSpec("certificate", N_("Certificates"), "{short}碳证〔{year}〕第{seq:06}号"),
    SeriesSpec("query", N_("Results of register queries"), "{short}碳查〔{year}〕{seq}号"),
)

_PAPERS: Mapping[str, str] = {
    "receipt_checklist": N_("Receipt checklist"),
    "acceptance": N_("Notice of acceptance"),
    "correction_notice": N_("One-time correction notice"),
    "supplement_notice": N_("Supplement notice"),
    "not_accepted": N_("Notice of non-acceptance"),
    "registry_letter": N_("Letter to the title registry"),
    "expert_opinion": N_("Opinion of the experts"),
    "public_notice": N_("Public notice"),
    "notice_proof": N_("Certificate of the notice"),
    "objection_answer": N_("Answer to an objection"),
    "approval_form": N_("Approval form"),
    "filing_letter": N_("Filing letter"),
    "entry_check": N_("Entry check sheet"),
    "collection_notice": N_("Notice to collect"),
    "issue_ledger": N_("Issue ledger"),
    "delivery_record": N_("Delivery record"),
    "file_index": N_("File index"),
    "refusal": N_("Notice of refusal"),
    "withdrawal": N_("Notice of withdrawal"),
    "undertaking": N_("Undertaking"),
    "register_result": N_("Result of a register query"),
}


CAPABILITY = Capability(
    key="certificates",
    title=N_("Certificates"),
    icon="certificate",
    models=(
        model.Application,
        model.Holder,
        model.ApplicationParcel,
        model.RequiredPaper,
        model.StepTaken,
        model.ClockStop,
        model.Consultation,
        model.SiteVisit,
        model.CarbonCalculation,
        model.ParameterSignOff,
        model.ExpertReview,
        model.Notice,
        model.Objection,
        model.FindingAnswer,
        model.Override,
        model.Delivery,
        register_model.Certificate,
        register_model.RegisterEntry,
    ),
    permissions=_PERMISSIONS,
    series=_SERIES,
    papers=(
        PaperKind("certificate", N_("Certificate"), "certificate", paper_facts, paper_status),
        *(PaperKind(kind, title, kind) for kind, title in _PAPERS.items()),
    ),
    imports=(APPLICATIONS_IMPORTER,),
    queues=QUEUES,
    search_kinds={"application": N_("Applications"), "certificate": N_("Certificates")},
    lists={"application": APPLICATIONS, "certificate": CERTIFICATES, "register_entry": ENTRIES},
    cli="core.cli.application",
)
