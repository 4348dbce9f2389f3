"""Dated schemes: which stations a case passes, how long each may take, who decides and signs.

The city's scheme of 2021 and the province's of 2025 follow each other; neither text fixes every
figure (domain notes A2), so all of it is a dated office setting with stated defaults: seven
working days per step, thirty for the whole (as 不动产登记暂行条例 Art 20), seven for the notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import settings
from core.certificates.states import ROUTE, ApplicationKind, State
from core.errors import InputError
from core.i18n import N_, listed
from core.messages import register
from core.settings import SettingSpec, declare

register(
    {
        "certificates.no_scheme": N_(
            "There is no scheme “{scheme}” on {day}; choose one of {known}."
        ),
    }
)

SCHEMES = "certificates.schemes"
REQUIRED_PAPERS = "certificates.required_papers"
RULES = "certificates.rules"
REMEDIES = "certificates.remedies"

_STEP_DAYS = 7


@dataclass(frozen=True)
class Scheme:
    """A scheme on a day.

    Attributes:
        key: stored with the application.
        title: Chinese name, as printed.
        valid_from: first day it may be chosen.
        limits: working days by state; states not named have none.
        total_days: working days from acceptance to the end of the treatment.
        notice_days: working days of the public notice.
        reply_days: working days the title registry is asked to answer within.
        skips: stations this scheme does not have.
        registry_check: whether the title registry is asked.
        decides: who decides a station where it is not the county office (上报 / 批复).
        filing_by_seal: the ecology office seals the certificate; else its letter is named.
        declaration: the sentence on the face; empty for the short one.
        method: calculation method and version printed when the report names none.
    """

    key: str
    title: str
    valid_from: date
    limits: Mapping[State, int]
    total_days: int
    notice_days: int
    reply_days: int
    skips: frozenset[State]
    registry_check: bool
    decides: Mapping[State, str]
    filing_by_seal: bool
    declaration: str
    method: str

    def station(self, target: State) -> State:
        """The next station this scheme has, from `target` on."""
        if target not in self.skips or target not in ROUTE:
            return target
        rest = ROUTE[ROUTE.index(target) :]
        return next(state for state in rest if state not in self.skips)


_LIMITED = (
    State.RECEIVED,
    State.ACCEPTED,
    State.PRELIMINARY,
    State.AMOUNT,
    State.TO_PUBLISH,
    State.SECOND_REVIEW,
    State.APPROVAL,
    State.APPROVED,
    State.FILED,
    State.ENTRY_CHECKED,
    State.ENTERED,
    State.MADE,
)

#: Default of the setting `certificates.schemes`.
DEFAULT_SCHEMES: list[dict[str, Any]] = [
    {
        "key": "city2021",
        "title": "市级2021",
        "valid_from": "2021-09-01",
        "limits": {state.value: _STEP_DAYS for state in _LIMITED},
        "total_days": 30,
        "notice_days": 7,
        "reply_days": 7,
        "skips": [],
        "registry_check": True,
        "decides": {State.EXPERT_REVIEW.value: "滁州市林业主管部门"},
        "filing_by_seal": True,
        "declaration": "",
        "method": "蓄积量变化法（2021年市级试行）",
    },
    {
        "key": "province2025",
        "title": "省级2025",
        "valid_from": "2025-04-24",
        "limits": {state.value: _STEP_DAYS for state in _LIMITED},
        "total_days": 30,
        "notice_days": 7,
        "reply_days": 7,
        "skips": [],
        "registry_check": True,
        "decides": {},
        "filing_by_seal": False,
        "declaration": "",
        "method": "蓄积量变化法（安徽省林业碳票项目方法学）",
    },
]

#: Default of the setting `certificates.required_papers`: by kind of application; `when` is empty,
#: or one of agent, collective, mortgaged.
DEFAULT_REQUIRED_PAPERS: dict[str, list[dict[str, str]]] = {
    kind.value: [
        {"key": "application", "title": "林业碳汇登记申请书", "when": ""},
        {"key": "identity", "title": "权利人身份证明", "when": ""},
        {"key": "authority", "title": "授权委托书", "when": "agent"},
    ]
    for kind in ApplicationKind
}
DEFAULT_REQUIRED_PAPERS[ApplicationKind.FIRST.value] += [
    {"key": "forest_right", "title": "林权证或不动产权证书", "when": ""},
    {"key": "report", "title": "第三方监测核算报告", "when": ""},
    {"key": "resolution", "title": "村民（成员）会议或代表会议决议", "when": "collective"},
    {"key": "benefit", "title": "收益分配方案", "when": "collective"},
    {"key": "mortgagee", "title": "抵押权人知情（同意）材料", "when": "mortgaged"},
    {"key": "undertaking", "title": "承诺书", "when": ""},
]
for _kind in (ApplicationKind.TRANSFER, ApplicationKind.SPLIT_MERGE):
    DEFAULT_REQUIRED_PAPERS[_kind.value] += [
        {"key": "certificate", "title": "林业碳汇权证", "when": ""},
        {"key": "contract", "title": "转移（分割、合并）协议", "when": ""},
        {"key": "undertaking", "title": "承诺书", "when": ""},
    ]
for _kind in (ApplicationKind.CHANGE, ApplicationKind.CORRECTION, ApplicationKind.CANCELLATION):
    DEFAULT_REQUIRED_PAPERS[_kind.value] += [
        {"key": "certificate", "title": "林业碳汇权证", "when": ""},
        {"key": "proof", "title": "申请事项的证明材料", "when": ""},
    ]
DEFAULT_REQUIRED_PAPERS[ApplicationKind.REISSUE.value] += [
    {"key": "loss", "title": "遗失（灭失）声明或破损原证", "when": ""},
]
DEFAULT_REQUIRED_PAPERS[ApplicationKind.OBJECTION.value] += [
    {"key": "proof", "title": "证明登记簿有误的材料", "when": ""},
]

#: Default of the setting `certificates.rules`: what is checked against what. An empty county code
#: means the office's own code.
DEFAULT_RULES: dict[str, int | str] = {
    "area_tolerance_permille": 10,
    "county_code": "",
}


declare(
    SettingSpec(SCHEMES, N_("Schemes of registration"), DEFAULT_SCHEMES, "json"),
    SettingSpec(REQUIRED_PAPERS, N_("Papers to hand in"), DEFAULT_REQUIRED_PAPERS, "json"),
    SettingSpec(RULES, N_("Limits of the rules"), DEFAULT_RULES, "json"),
    SettingSpec(REMEDIES, N_("Print legal remedies on refusals"), False, "bool"),
)


def _scheme(row: Mapping[str, Any]) -> Scheme:
    return Scheme(
        key=row["key"],
        title=row["title"],
        valid_from=date.fromisoformat(row["valid_from"]),
        limits={State(state): int(days) for state, days in row["limits"].items()},
        total_days=int(row["total_days"]),
        notice_days=int(row["notice_days"]),
        reply_days=int(row["reply_days"]),
        skips=frozenset(State(state) for state in row["skips"]),
        registry_check=bool(row["registry_check"]),
        decides={State(state): body for state, body in row["decides"].items()},
        filing_by_seal=bool(row["filing_by_seal"]),
        declaration=row["declaration"],
        method=row["method"],
    )


def schemes(session: Session, on: date) -> tuple[Scheme, ...]:
    """The schemes that may be chosen on a day, the newest first."""
    rows = settings.get(session, SCHEMES, on)
    assert isinstance(rows, list)
    known = (_scheme(row) for row in rows)
    usable = (scheme for scheme in known if scheme.valid_from <= on)
    return tuple(sorted(usable, key=lambda scheme: scheme.valid_from, reverse=True))


def scheme(session: Session, key: str, on: date) -> Scheme:
    """A scheme as it stood on a day; an empty key means the newest.

    Raises:
        InputError: field `scheme`, when there is none of that key on that day.
    """
    usable = schemes(session, on)
    for found in usable:
        if key in {"", found.key}:
            return found
    known = listed(found.key for found in usable)
    raise InputError.of("scheme", "certificates.no_scheme", scheme=key, day=on, known=known)


def listed_papers(
    session: Session, kind: ApplicationKind, on: date
) -> tuple[tuple[str, str, str], ...]:
    """Key, title and condition (empty, agent, collective, mortgaged) of every paper of a kind."""
    table = settings.get(session, REQUIRED_PAPERS, on)
    assert isinstance(table, dict)
    return tuple((row["key"], row["title"], row["when"]) for row in table.get(kind.value, []))


def required_papers(
    session: Session, kind: ApplicationKind, on: date, facts: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    """Key and title of every paper that is needed. `facts` ⊂ {agent, collective, mortgaged}."""
    rows = listed_papers(session, kind, on)
    return tuple((key, title) for key, title, when in rows if not when or when in facts)
