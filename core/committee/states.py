"""Words of the committee: bodies, roles, states; values are stored, titles shown."""

from __future__ import annotations

from enum import StrEnum

from core.i18n import N_


class Sex(StrEnum):
    """As in the register of experts; empty where it is not known."""

    MALE = "male"
    FEMALE = "female"


class ExpertStatus(StrEnum):
    """Whether an expert may be chosen. Nobody is deleted: what they judged stays."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Body(StrEnum):
    """The two bodies of domain.md: one expert may be in both."""

    ADVISORY = "advisory"
    POOL = "pool"


class Post(StrEnum):
    """Post in a body; `REVIEWER` is that of the pool."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    ADVISER = "adviser"
    SECRETARY_GENERAL = "secretary_general"
    REVIEWER = "reviewer"


class TieKind(StrEnum):
    """What ties an expert to a party or to a case: grounds of recusal 回避."""

    EMPLOYED = "employed"
    PAID = "paid"
    KIN = "kin"
    TOOK_PART = "took_part"
    DECLARED = "declared"


class Ground(StrEnum):
    """Why an expert is left out of a draw or recused from a case."""

    EMPLOYED = "employed"
    PAID = "paid"
    KIN = "kin"
    TOOK_PART = "took_part"
    DECLARED = "declared"
    SELF = "self"
    TERM = "term"
    STATUS = "status"
    LIMIT = "limit"
    ASKED = "asked"

    @property
    def is_conflict(self) -> bool:
        """Whether it is a conflict of interest: then the case is hidden from the expert."""
        return self in CONFLICTS


CONFLICTS = frozenset(
    {
        Ground.EMPLOYED,
        Ground.PAID,
        Ground.KIN,
        Ground.TOOK_PART,
        Ground.DECLARED,
        Ground.SELF,
    }
)


class DrawState(StrEnum):
    """Where a draw is.

    `prepared` (may be changed), `frozen` (the list is fixed, inputs are awaited), `drawn` (names
    are called), `settled` (every seat is taken), `replaced` (drawn again, with a reason),
    `cancelled` (before it was drawn).
    """

    PREPARED = "prepared"
    FROZEN = "frozen"
    DRAWN = "drawn"
    SETTLED = "settled"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class Seat(StrEnum):
    """What a drawn expert was drawn as."""

    PRINCIPAL = "principal"
    SUBSTITUTE = "substitute"


class PickState(StrEnum):
    """What became of a drawn expert: `waiting` is a substitute nobody needed so far."""

    WAITING = "waiting"
    TO_CALL = "to_call"
    COMING = "coming"
    DECLINED = "declined"
    UNREACHED = "unreached"


class MeetingState(StrEnum):
    """Where a meeting is: announced, held (opinions come in), closed (minutes stand)."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Presence(StrEnum):
    """Whether an invited expert came."""

    INVITED = "invited"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class Vote(StrEnum):
    """What an expert concludes about a case; an abstention counts as attending."""

    PASS = "pass"
    PASS_AFTER_CHANGES = "pass_after_changes"
    FAIL = "fail"
    ABSTAIN = "abstain"


class CaseResult(StrEnum):
    """What the meeting concludes; the words are those of the application's review step."""

    PASS = "pass"
    PASS_AFTER_CHANGES = "pass_after_changes"
    FAIL = "fail"


SEX_TITLES = {Sex.MALE: N_("Male"), Sex.FEMALE: N_("Female")}
STATUS_TITLES = {
    ExpertStatus.ACTIVE: N_("Active"),
    ExpertStatus.SUSPENDED: N_("Suspended"),
    ExpertStatus.LEFT: N_("Left"),
}
BODY_TITLES = {
    Body.ADVISORY: N_("Advisory committee"),
    Body.POOL: N_("Reviewer pool"),
}
POST_TITLES = {
    Post.CHAIR: N_("Chair"),
    Post.VICE_CHAIR: N_("Vice chair"),
    Post.MEMBER: N_("Member"),
    Post.ADVISER: N_("Adviser"),
    Post.SECRETARY_GENERAL: N_("Secretary general"),
    Post.REVIEWER: N_("Reviewer"),
}
TIE_TITLES = {
    TieKind.EMPLOYED: N_("Employed"),
    TieKind.PAID: N_("Paid by them"),
    TieKind.KIN: N_("Kin"),
    TieKind.TOOK_PART: N_("Took part"),
    TieKind.DECLARED: N_("Declared by the expert"),
}
GROUND_TITLES = {
    Ground.EMPLOYED: N_("Employed by a party of the case"),
    Ground.PAID: N_("Paid by a party of the case"),
    Ground.KIN: N_("Kin of a party of the case"),
    Ground.TOOK_PART: N_("Took part in the case"),
    Ground.DECLARED: N_("Declared by the expert"),
    Ground.SELF: N_("A party of the case"),
    Ground.TERM: N_("No term on that day"),
    Ground.STATUS: N_("Not active"),
    Ground.LIMIT: N_("Drawn often enough this year"),
    Ground.ASKED: N_("Left out with a reason"),
}
DRAW_TITLES = {
    DrawState.PREPARED: N_("In preparation"),
    DrawState.FROZEN: N_("List frozen"),
    DrawState.DRAWN: N_("Drawn, to be called"),
    DrawState.SETTLED: N_("All seats taken"),
    DrawState.REPLACED: N_("Drawn again"),
    DrawState.CANCELLED: N_("Called off"),
}
SEAT_TITLES = {Seat.PRINCIPAL: N_("Principal"), Seat.SUBSTITUTE: N_("Substitute")}
PICK_TITLES = {
    PickState.WAITING: N_("In reserve"),
    PickState.TO_CALL: N_("To be called"),
    PickState.COMING: N_("Comes"),
    PickState.DECLINED: N_("Cannot come"),
    PickState.UNREACHED: N_("Not reached"),
}
MEETING_TITLES = {
    MeetingState.PLANNED: N_("Planned"),
    MeetingState.OPEN: N_("In session"),
    MeetingState.CLOSED: N_("Has ended"),
    MeetingState.CANCELLED: N_("Called off"),
}
PRESENCE_TITLES = {
    Presence.INVITED: N_("Invited"),
    Presence.PRESENT: N_("At the meeting"),
    Presence.EXCUSED: N_("Excused"),
    Presence.ABSENT: N_("Not present"),
}
VOTE_TITLES = {
    Vote.PASS: N_("Pass"),
    Vote.PASS_AFTER_CHANGES: N_("Pass after changes"),
    Vote.FAIL: N_("Fail"),
    Vote.ABSTAIN: N_("Abstain"),
}
#: The same words for papers and workbooks, which are always Chinese.
SEX_CHINESE = {Sex.MALE: "男", Sex.FEMALE: "女"}
BODY_CHINESE = {Body.ADVISORY: "咨询委员会", Body.POOL: "评审专家库"}
POST_CHINESE = {
    Post.CHAIR: "主任委员",
    Post.VICE_CHAIR: "副主任委员",
    Post.MEMBER: "委员",
    Post.ADVISER: "顾问",
    Post.SECRETARY_GENERAL: "秘书长",
    Post.REVIEWER: "评审专家",
}
TIE_CHINESE = {
    TieKind.EMPLOYED: "任职",
    TieKind.PAID: "受聘",
    TieKind.KIN: "亲属",
    TieKind.TOOK_PART: "曾参与",
    TieKind.DECLARED: "自行申请",
}
GROUND_CHINESE = {
    Ground.EMPLOYED: "任职",
    Ground.PAID: "受聘",
    Ground.KIN: "亲属",
    Ground.TOOK_PART: "曾参与",
    Ground.DECLARED: "自行申请",
    Ground.SELF: "本人为当事人",
    Ground.TERM: "不在聘期",
    Ground.STATUS: "未在册",
    Ground.LIMIT: "近一年抽中次数已达上限",
    Ground.ASKED: "另有原因",
}
SEAT_CHINESE = {Seat.PRINCIPAL: "正选", Seat.SUBSTITUTE: "候补"}
VOTE_CHINESE = {
    Vote.PASS: "通过",
    Vote.PASS_AFTER_CHANGES: "修改后通过",
    Vote.FAIL: "不通过",
    Vote.ABSTAIN: "弃权",
}
RESULT_CHINESE = {
    CaseResult.PASS: "通过",
    CaseResult.PASS_AFTER_CHANGES: "修改后通过",
    CaseResult.FAIL: "不通过",
}
