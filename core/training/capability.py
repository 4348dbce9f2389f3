"""What the training log brings to the office."""

from __future__ import annotations

from core.capability import (
    APPROVER,
    AUDITOR,
    CHECKER,
    CLERK,
    FUND_MANAGER,
    ISSUER,
    Capability,
    PaperKind,
    Permission,
    SeriesSpec,
)
from core.documents.editing import add_caution
from core.i18n import N_
from core.training import model, record_model
from core.training.certifying import register_facts, register_status
from core.training.lists import (
    ATTENDANCE,
    CERTIFICATES,
    COMPLETION_LISTS,
    COURSES,
    PARTICIPANTS,
    SCANS,
    TRAINERS,
)
from core.training.queues import QUEUES
from core.training.rules import certificate_cautions
from core.training.sheets import PARTICIPANTS_IMPORTER

_PAPERS = {
    "sign_in_sheet": N_("Sign-in sheet"),
    "course_schedule": N_("Schedule of a course"),
    "course_roster": N_("Roster of a course"),
    "course_trainers": N_("Trainers of a course"),
    "course_scores": N_("Scores of a course"),
    "completion_roster": N_("Completion list"),
    "training_ledger": N_("Ledger of training"),
    "evaluation_form": N_("Evaluation form"),
    "evaluation_summary": N_("Results of the evaluation"),
    "lecture_fees": N_("Lecture fee sheet"),
    "course_costs": N_("Cost of a course"),
    "course_index": N_("Index of a course file"),
    "transcript": N_("Transcript of credit hours"),
}

for _kind in ("completion_certificate", "training_proof"):
    add_caution(_kind, certificate_cautions)

CAPABILITY = Capability(
    key="training",
    title=N_("Training"),
    icon="training",
    models=(
        model.Course,
        model.CourseSession,
        model.Participant,
        model.Attendance,
        model.Assessment,
        model.CompletionList,
        model.CompletionLine,
        model.TrainingCertificate,
        record_model.SignInSheet,
        record_model.SignInRow,
        record_model.SignInScan,
        record_model.CourseFile,
        record_model.EvaluationTurnout,
        record_model.Evaluation,
        record_model.CourseCost,
        record_model.Trainer,
        record_model.LectureFee,
    ),
    permissions=(
        Permission("training.manage", N_("Courses, sessions, rosters and their files"), (CLERK,)),
        Permission("training.attend", N_("Note attendance and scores, read scans"), (CLERK,)),
        Permission("training.import", N_("Import participants, and undo an import"), (CLERK,)),
        Permission(
            "training.review", N_("Confirm late signatures, approve completion lists"), (CHECKER,)
        ),
        Permission("training.issue", N_("Issue completion certificates"), (ISSUER,)),
        Permission("training.revoke", N_("Revoke completion certificates"), (APPROVER,)),
        Permission("training.fee", N_("Cost of courses and lecture fees"), (CLERK, FUND_MANAGER)),
        Permission(
            "training.reveal",
            N_("See bank accounts of trainers in clear (each look is logged)"),
            (FUND_MANAGER,),
        ),
        Permission(
            "training.report",
            N_("Ledger, statistics, transcripts and files of courses"),
            (CLERK, CHECKER, APPROVER, AUDITOR),
        ),
    ),
    series=(
        SeriesSpec("training_course", N_("Courses"), "{short}训〔{year}〕{seq}号"),
        SeriesSpec(
            "training_certificate",
            N_("Completion certificates"),
            "{short}训证〔{year}〕第{seq:05}号",
        ),
        SeriesSpec("training_proof", N_("Proofs of training"), "{short}训明〔{year}〕第{seq:05}号"),
    ),
    papers=(
        PaperKind(
            "completion_certificate",
            N_("Completion certificate"),
            "completion_certificate",
            register_facts,
            register_status,
        ),
        PaperKind(
            "training_proof",
            N_("Proof of training"),
            "training_proof",
            register_facts,
            register_status,
        ),
        *(PaperKind(kind, title, kind) for kind, title in _PAPERS.items()),
    ),
    imports=(PARTICIPANTS_IMPORTER,),
    queues=QUEUES,
    cli="core.cli.training",
    search_kinds={"course": N_("Courses"), "training_certificate": N_("Completion certificates")},
    lists={
        "course": COURSES,
        "course_participant": PARTICIPANTS,
        "attendance": ATTENDANCE,
        "training_certificate": CERTIFICATES,
        "completion_list": COMPLETION_LISTS,
        "sign_in_scan": SCANS,
        "trainer": TRAINERS,
    },
)
