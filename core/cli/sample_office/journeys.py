"""The way of every sample case: on which day who takes which step, and what they write.

A journey is data: :mod:`build` takes all of them in the order of their days, so numbers run in
the order things happened. Steps and fields are those of :data:`core.certificates.steps.STEPS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.cli.sample_office import people
from core.cli.sample_office.people import Official


@dataclass(frozen=True, kw_only=True)
class Move:
    """One step of one case.

    Attributes:
        day: in China, a working day; `hour` keeps the order within it.
        step: key of the step; ``draft`` takes the case in, ``papers`` the papers of the checklist.
        values: the form of the step. A value of the form ``scan:TITLE`` stands for a scanned
            paper of that title, ``photo:CAPTION`` for a photo.
    """

    case: str
    day: date
    hour: int
    who: Official
    step: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days a case is worked on; those behind its last step are left out."""

    received: date
    accepted: date | None = None
    taken_up: date | None = None
    answered: date | None = None
    examined: date | None = None
    experts: date | None = None
    published: date | None = None
    closed: date | None = None
    second: date | None = None
    approved: date | None = None
    sent: date | None = None
    filed: date | None = None
    entered: date | None = None
    made: date | None = None
    issued: date | None = None
    archived: date | None = None


def _day(month: int, day: int) -> date:
    return date(2026, month, day)


DAYS: Mapping[str, Days] = {
    "A01": Days(
        received=_day(8, 3), accepted=_day(8, 5), taken_up=_day(8, 7), answered=_day(8, 14),
        examined=_day(8, 19), experts=_day(8, 28), published=_day(9, 1), closed=_day(9, 11),
        second=_day(9, 14), approved=_day(9, 16), sent=_day(9, 17), filed=_day(9, 23),
        entered=_day(9, 24), made=_day(9, 28), issued=_day(9, 30),
    ),
    "A02": Days(
        received=_day(10, 12), accepted=_day(10, 14), taken_up=_day(10, 16), answered=_day(10, 23),
        examined=_day(10, 28), experts=_day(11, 17), published=_day(11, 19),
    ),
    "A03": Days(received=_day(11, 16)),
    "A04": Days(
        received=_day(9, 28), accepted=_day(9, 30), taken_up=_day(10, 9), answered=_day(10, 16),
        examined=_day(10, 21),
    ),
    "A05": Days(
        received=_day(8, 24), accepted=_day(8, 26), taken_up=_day(8, 28), answered=_day(9, 4),
        examined=_day(9, 9), experts=_day(10, 30), published=_day(11, 3), closed=_day(11, 13),
        second=_day(11, 17), approved=_day(11, 20),
    ),
    "A06": Days(received=_day(11, 2), accepted=_day(11, 5), taken_up=_day(11, 11),
                answered=_day(11, 19)),
    "A07": Days(
        received=_day(8, 10), accepted=_day(8, 12), taken_up=_day(8, 14), answered=_day(8, 21),
        examined=_day(8, 26), experts=_day(9, 15), published=_day(9, 17), closed=_day(10, 9),
        second=_day(10, 13), approved=_day(10, 15), sent=_day(10, 16), filed=_day(11, 18),
        entered=_day(11, 20),
    ),
    "A08": Days(
        received=_day(8, 6), accepted=_day(8, 10), taken_up=_day(8, 12), answered=_day(8, 19),
        examined=_day(8, 24), experts=_day(8, 28), published=_day(9, 1), closed=_day(9, 11),
        second=_day(9, 15), approved=_day(9, 17), sent=_day(9, 18), filed=_day(9, 24),
        entered=_day(9, 28), made=_day(9, 29), issued=_day(10, 9), archived=_day(10, 14),
    ),
    "A09": Days(received=_day(11, 18), accepted=_day(11, 20)),
    "A10": Days(received=_day(11, 9)),
    "A11": Days(received=_day(11, 17), accepted=_day(11, 19), taken_up=_day(11, 23)),
}  # fmt: skip


def _move(
    case: str,
    at: tuple[date, int],
    who: Official,
    step: str,
    values: Mapping[str, object] | None = None,
) -> Move:
    return Move(case=case, day=at[0], hour=at[1], who=who, step=step, values=values or {})


def journey(case: str) -> list[Move]:
    """All moves of a case, in order."""
    days = DAYS[case]
    moves = [
        _move(case, (days.received, 9), people.CLERK, "draft"),
        _move(case, (days.received, 10), people.CLERK, "papers"),
        _move(case, (days.received, 11), people.CLERK, "receive"),
    ]
    for part in (_intake, _review, _examination, _publication, _decision, _register, _ending):
        moves += part(case, days)
    return moves


def _intake(case: str, days: Days) -> list[Move]:
    if days.accepted is None:
        return []
    return [
        _move(case, (days.accepted, 10), people.CLERK, "accept"),
        _move(
            case,
            (days.accepted, 15),
            people.CLERK,
            "record_delivery",
            {
                "document": "paper:acceptance",
                "way": "direct",
                "place": "登记窗口",
                "receiver": "holder:",
                "relation": "relation:",
                "delivered_on": days.accepted,
            },
        ),
    ]


def _review(case: str, days: Days) -> list[Move]:
    if days.taken_up is None:
        return []
    moves = [
        _move(case, (days.taken_up, 9), people.REVIEWER, "begin_review"),
        _move(case, (days.taken_up, 10), people.REVIEWER, "registry_letter", {"reply_days": 7}),
    ]
    if days.answered is not None:
        answer = {
            "answer_number": f"样例自资函〔2026〕{int(case[1:])}号",
            "answered_on": days.answered,
            "answer": "clear",
            "text": "所询林地林木已登记，登记面积、期限与申请一致，无抵押、查封、异议。",
            "file": "scan:林权登记情况复函",
        }
        moves.append(_move(case, (days.answered, 9), people.REVIEWER, "registry_answer", answer))
    return moves


def _examination(case: str, days: Days) -> list[Move]:
    if days.examined is None or days.answered is None:
        return []
    visit = {
        "from_day": days.answered,
        "to_day": days.answered,
        "people": f"{people.REVIEWER.name}、{people.CLERK.name}",
        "conclusion": "现场四至、树种、林相与申请材料一致，监测期内未见采伐、火灾痕迹。",
        "file": "photo:现场核查",
    }
    opinion = "权属清楚，边界与图形一致，材料齐全，建议转核算审查。"
    amount = {"parameter_set": "parameters:"}
    return [
        _move(case, (days.answered, 14), people.REVIEWER, "site_visit", visit),
        _move(case, (days.answered, 16), people.REVIEWER, "pass_preliminary", {"opinion": opinion}),
        _move(case, (days.examined, 9), people.REVIEWER, "compute_amount", amount),
        _move(
            case,
            (days.examined, 10),
            people.APPROVER,
            "sign_off_parameters",
            {"reason": "参数集尚待省级确认；按现行样例参数核算，确认后如有变动另行更正。"},
        ),
        _move(
            case,
            (days.examined, 11),
            people.REVIEWER,
            "examine_amount",
            {"opinion": "两期蓄积与报告附表一致，核算结果与申报一致，予以确认。"},
        ),
    ]


def _publication(case: str, days: Days) -> list[Move]:
    if days.experts is None or days.published is None:
        return []
    # Everything else of the form is what the committee's meeting concluded.
    meeting = {"file": "scan:专家组评审意见（签字件）"}
    notice = {"places": "明光市林业信息栏（样例）、项目所在村务公开栏", "days": 7}
    moves = [
        _move(case, (days.experts, 16), people.REVIEWER, "record_expert_review", meeting),
        _move(case, (days.published, 9), people.CLERK, "publish_notice", notice),
    ]
    if case == "A07":
        moves += _objection()
    if days.closed is not None:
        moves.append(
            _move(
                case,
                (days.closed, 9),
                people.CLERK,
                "close_notice",
                {"witness": people.REVIEWER.name, "file": "photo:公示张贴现场"},
            )
        )
    return moves


def _objection() -> list[Move]:
    received = {
        "objector": "柿园村村民（样例）",
        "contact": "12000000301",
        "received_on": _day(9, 22),
        "matter": "认为西岗地块东侧界线越过机耕路。",
        "evidence": "现场照片一张",
        "file": "photo:西岗东侧机耕路",
    }
    answer = {
        "objection": "objection:",
        "finding": "经现场核查并对照宗地图，地块东界止于机耕路西侧，未越过机耕路。",
        "upheld": False,
        "answer": "宗地图、现场界桩与公示图形一致，地块未越过机耕路。",
    }
    return [
        _move("A07", (_day(9, 22), 10), people.CLERK, "receive_objection", received),
        _move("A07", (_day(9, 28), 10), people.CLERK, "answer_objection", answer),
    ]


def _decision(case: str, days: Days) -> list[Move]:
    if days.second is None or days.approved is None:
        return []
    moves = [
        _move(
            case,
            (days.second, 10),
            people.SECOND,
            "pass_second_review",
            {"opinion": "程序完整，公示无未决异议，同意提请审定。"},
        ),
        _move(
            case,
            (days.approved, 10),
            people.APPROVER,
            "approve",
            {"opinion": "同意登记，报送备案。"},
        ),
    ]
    if days.sent is not None and days.filed is not None:
        filing = {
            "filed": True,
            "filing_number": f"样例环备〔2026〕{int(case[1:])}号",
            "filed_on": days.filed,
            "text": "未发现在其他减排机制重复登记，予以备案。",
            "file": "scan:备案意见书",
        }
        moves += [
            _move(case, (days.sent, 10), people.CLERK, "send_filing"),
            _move(case, (days.filed, 10), people.CLERK, "record_filing", filing),
        ]
    return moves


def _register(case: str, days: Days) -> list[Move]:
    if days.entered is None:
        return []
    day = days.entered
    checked = {
        "tonnes": "tonnes:",
        "parcels": "parcels:",
        "holders_agree": True,
        "period_agrees": True,
        "area_agrees": True,
    }
    return [
        _move(case, (day, 9), people.CHECKER, "check_entry", checked),
        _move(case, (day, 10), people.REGISTRAR, "enter"),
        *_issue(case, days),
    ]


def _issue(case: str, days: Days) -> list[Move]:
    if days.made is None or days.issued is None:
        return []
    sheet = {"sheet_serial": f"YZ2026{int(case[1:]):06d}"}
    collected = {
        "collector": "holder:",
        "id_tail": "tail:",
        "relation": "relation:",
        "copies": 1,
        "file": "scan:领证签收单",
    }
    moves = [
        _move(case, (days.made, 9), people.ISSUER, "make_certificate", sheet),
        _move(case, (days.issued, 15), people.ISSUER, "issue", collected),
    ]
    if days.archived is not None:
        shelf = {"place": f"样例档案柜 3-2 / 2026-{case}", "checker": people.CHECKER.name}
        moves.append(_move(case, (days.archived, 15), people.ISSUER, "archive", shelf))
    return moves


def _ending(case: str, _days: Days) -> list[Move]:
    """What three cases come to beside the road."""
    if case == "A03":
        values: dict[str, object] = {"items": _LACKING, "deadline": _day(12, 16)}
        return [_move(case, (_day(11, 18), 15), people.CLERK, "request_correction", values)]
    if case == "A10":
        values = {
            "ground": "jurisdiction",
            "proper_body": "滁州市南谯区林业主管部门",
            "reason": "所涉林地坐落南谯区，不属本登记机构登记范围。",
        }
        return [_move(case, (_day(11, 11), 10), people.CLERK, "not_accept", values)]
    if case == "A11":
        values = {
            "ground": "double",
            "reason": (
                "所申请地块 X01 与在办申请 A06 的地块 P12 图形重叠 177.61 亩，监测期交叉，"
                "同一林地林木在同一监测期的碳减排量不得重复申请。"
            ),
        }
        return [_move(case, (_day(11, 24), 10), people.REVIEWER, "refuse", values)]
    return []


#: What A03 is told to bring, all at once.
_LACKING = [
    {
        "title": "村民（成员）会议或代表会议决议",
        "problem": "未提交",
        "demand": "提交关于申请林业碳汇登记的成员代表会议决议原件",
        "basis": "受理材料清单",
    },
    {
        "title": "收益分配方案",
        "problem": "未提交",
        "demand": "提交经成员代表会议通过的收益分配方案",
        "basis": "受理材料清单",
    },
]
