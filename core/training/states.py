"""Words of the training log; values are stored, titles shown, the Chinese stands on papers."""

from __future__ import annotations

from enum import StrEnum

from core.i18n import N_


class CourseState(StrEnum):
    """Where a course is: open (planned, under way or over), filed as 一期一档, or cancelled."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class HalfDay(StrEnum):
    """The part of a day a session takes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Category(StrEnum):
    """What the hours count for 公需／专业／其他."""

    GENERAL = "general"
    PROFESSIONAL = "professional"
    OTHER = "other"


class Requirement(StrEnum):
    """What attendance a course asks for, over all its sessions."""

    NONE = "none"
    HOURS = "hours"
    PERCENT = "percent"


class PaperAtEnd(StrEnum):
    """What who completes a course is given: nothing, 结业证书, or 培训证明 (no assessment)."""

    NONE = "none"
    CERTIFICATE = "certificate"
    PROOF = "proof"


class Mark(StrEnum):
    """Attendance of one person at one session: 出 迟 早 假 缺 补."""

    PRESENT = "present"
    LATE = "late"
    EARLY = "early"
    LEAVE = "leave"
    ABSENT = "absent"
    MADE_UP = "made_up"


class Source(StrEnum):
    """How an attendance mark came in."""

    HAND = "hand"
    SCAN = "scan"
    SHEET = "sheet"


class Result(StrEnum):
    """How a course ended for a participant; `open` until an approved list says."""

    OPEN = "open"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class ListState(StrEnum):
    """Where a completion list is: prepared by one person, approved or returned by another."""

    PREPARED = "prepared"
    APPROVED = "approved"
    RETURNED = "returned"


class CertificateState(StrEnum):
    """Whether a completion certificate counts; expiry follows from its last day."""

    VALID = "valid"
    REVOKED = "revoked"


class CostKind(StrEnum):
    """Planned or spent."""

    BUDGET = "budget"
    ACTUAL = "actual"


class RowVerdict(StrEnum):
    """What a scan says of one row of a sign-in sheet.

    `doubtful` has some ink but too little for a signature; `unreadable` is a row whose code was
    not found on any page.
    """

    SIGNED = "signed"
    BLANK = "blank"
    DOUBTFUL = "doubtful"
    UNREADABLE = "unreadable"


COURSE_TITLES = {
    CourseState.OPEN: N_("Not filed"),
    CourseState.CLOSED: N_("Course filed"),
    CourseState.CANCELLED: N_("Called off"),
}
HALF_DAY_TITLES = {
    HalfDay.MORNING: N_("Morning"),
    HalfDay.AFTERNOON: N_("Afternoon"),
    HalfDay.EVENING: N_("Evening"),
}
CATEGORY_TITLES = {
    Category.GENERAL: N_("General subjects"),
    Category.PROFESSIONAL: N_("Professional subjects"),
    Category.OTHER: N_("Other subjects"),
}
REQUIREMENT_TITLES = {
    Requirement.NONE: N_("None"),
    Requirement.HOURS: N_("Credit hours"),
    Requirement.PERCENT: N_("Percent of all sessions"),
}
PAPER_TITLES = {
    PaperAtEnd.NONE: N_("No paper"),
    PaperAtEnd.CERTIFICATE: N_("Completion certificate"),
    PaperAtEnd.PROOF: N_("Proof of training"),
}
MARK_TITLES = {
    Mark.PRESENT: N_("Present"),
    Mark.LATE: N_("Late"),
    Mark.EARLY: N_("Left early"),
    Mark.LEAVE: N_("On leave"),
    Mark.ABSENT: N_("Absent"),
    Mark.MADE_UP: N_("Signed later"),
}
SOURCE_TITLES = {
    Source.HAND: N_("Noted by hand"),
    Source.SCAN: N_("From a scan"),
    Source.SHEET: N_("From a workbook"),
}
RESULT_TITLES = {
    Result.OPEN: N_("Not decided"),
    Result.COMPLETED: N_("Completed"),
    Result.NOT_COMPLETED: N_("Not completed"),
}
LIST_TITLES = {
    ListState.PREPARED: N_("To be reviewed"),
    ListState.APPROVED: N_("Approved"),
    ListState.RETURNED: N_("Returned"),
}
CERTIFICATE_TITLES = {
    CertificateState.VALID: N_("Valid"),
    CertificateState.REVOKED: N_("Revoked"),
}
COST_TITLES = {CostKind.BUDGET: N_("Budget"), CostKind.ACTUAL: N_("Spent")}
VERDICT_TITLES = {
    RowVerdict.SIGNED: N_("Signed"),
    RowVerdict.BLANK: N_("Not signed"),
    RowVerdict.DOUBTFUL: N_("Doubtful"),
    RowVerdict.UNREADABLE: N_("Not readable"),
}

HALF_DAY_CHINESE = {
    HalfDay.MORNING: "上午",
    HalfDay.AFTERNOON: "下午",
    HalfDay.EVENING: "晚上",
}
CATEGORY_CHINESE = {
    Category.GENERAL: "公需",
    Category.PROFESSIONAL: "专业",
    Category.OTHER: "其他",
}
MARK_CHINESE = {
    Mark.PRESENT: "出勤",
    Mark.LATE: "迟到",
    Mark.EARLY: "早退",
    Mark.LEAVE: "请假",
    Mark.ABSENT: "缺勤",
    Mark.MADE_UP: "补签",
}
#: The one-letter codes of attendance sheets.
MARK_SHORT = {
    Mark.PRESENT: "出",
    Mark.LATE: "迟",
    Mark.EARLY: "早",
    Mark.LEAVE: "假",
    Mark.ABSENT: "缺",
    Mark.MADE_UP: "补",
}
RESULT_CHINESE = {
    Result.OPEN: "未定",
    Result.COMPLETED: "结业",
    Result.NOT_COMPLETED: "不予结业",
}
COST_CHINESE = {CostKind.BUDGET: "预算", CostKind.ACTUAL: "实支"}
#: The thirteen parts of 一期一档, in the order of its index.
SECTIONS = (
    "年度计划或审批件",
    "培训通知",
    "课程表",
    "师资情况",
    "学员名册",
    "签到表",
    "课件教材",
    "照片",
    "考核试卷及成绩",
    "满意度汇总",
    "结业名册与证书编号",
    "经费明细、讲课费签收单",
    "总结",
)
