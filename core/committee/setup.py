"""Office values of the committee, each with a stated default and its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import settings
from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.settings import SettingSpec, declare
from core.values.money import Money

register(
    {
        "committee.criteria_shape": N_(
            "Write criteria as a list of objects with key, title and full mark (above zero)."
        ),
    }
)

#: texts.md 20: what an opinion sheet asks about; each out of ten.
CRITERIA = (
    ("title", "权属与边界"),
    ("period", "监测期"),
    ("plots", "样地与抽样"),
    ("method", "方法与参数"),
    ("volume", "蓄积数据"),
    ("result", "计算结果"),
    ("uncertainty", "不确定性与扣减"),
    ("double", "重复计算风险"),
)


def _check_criteria(value: Any) -> None:
    good = isinstance(value, list) and value
    if not good or not all(
        isinstance(one, Mapping)
        and isinstance(one.get("key"), str)
        and isinstance(one.get("title"), str)
        and type(one.get("full")) is int
        and one["full"] > 0
        for one in value
    ):
        raise InputError.of("committee.criteria", "committee.criteria_shape")


declare(
    SettingSpec("committee.name", N_("Name of the committee"), "林业碳汇专家咨询委员会"),
    SettingSpec("committee.pool_name", N_("Name of the reviewer pool"), "林业碳汇评审专家库"),
    SettingSpec("committee.term_years", N_("Years of a term"), 3, "int", least=1, most=10),
    SettingSpec(
        "committee.term_warn_days", N_("Days of warning before a term ends"), 30, "int",
        least=1, most=365,
    ),
    SettingSpec(
        "committee.age_warn", N_("Age from which the age of an expert is pointed out"), 68, "int",
        least=40, most=100,
    ),
    SettingSpec(
        "committee.lookback_years", N_("Years for which an ended tie still counts"), 3, "int",
        least=0, most=20,
    ),
    SettingSpec(
        "committee.least_experts", N_("Fewest experts of a draw (odd)"), 3, "int", least=1, most=15
    ),
    SettingSpec(
        "committee.draw_limit",
        N_("Leave out of a draw who was drawn so often within a year (0: nobody)"), 0, "int",
        least=0, most=100,
    ),
    SettingSpec(
        "committee.quorum_percent", N_("Share of the invited that must attend (%)"), 67, "int",
        least=1, most=100,
    ),
    SettingSpec(
        "committee.quorum_least", N_("Fewest experts that must judge a case"), 3, "int",
        least=1, most=15,
    ),
    SettingSpec("committee.majority_above", N_("Majority: so many …"), 2, "int", least=1, most=10),
    SettingSpec(
        "committee.majority_under", N_("Majority: … of so many of the attending"), 3, "int",
        least=1, most=10,
    ),
    SettingSpec(
        "committee.criteria", N_("Criteria of an opinion sheet, with full marks"),
        [{"key": key, "title": title, "full": 10} for key, title in CRITERIA],
        "json", check=_check_criteria,
    ),
    # 财科教〔2017〕128号 第六条: 1500–2400 元/人天 for senior titles, 900–1500 for others; half a
    # day is paid with 60 % (第九条). The lower bounds; the office sets its own.
    SettingSpec(
        "committee.fee_senior", N_("Fee of a senior title per day (分)"), 150_000, "int", least=0
    ),
    SettingSpec("committee.fee_other", N_("Fee of others per day (分)"), 90_000, "int", least=0),
    SettingSpec(
        "committee.fee_half_percent", N_("Share of it for half a day (%)"), 60, "int",
        least=1, most=100,
    ),
    SettingSpec(
        "committee.senior_titles", N_("Senior titles, joined by 、"),
        "教授、研究员、高级工程师、正高级工程师、副教授、副研究员、高级经济师、高级会计师、一级律师、二级律师",
        "long",
    ),
)  # fmt: skip


def number(session: Session, name: str, on: date | None = None) -> int:
    """A whole-number value of the committee on a day (today unless given)."""
    return int(settings.get(session, f"committee.{name}", on))


def criteria(session: Session, on: date | None = None) -> tuple[tuple[str, str, int], ...]:
    """Key, title and full mark of each criterion."""
    return tuple(
        (one["key"], one["title"], one["full"])
        for one in settings.get(session, "committee.criteria", on)
    )


def majority(session: Session, on: date | None = None) -> tuple[int, int]:
    """The fraction of the attending that carries a case; never above one."""
    above = number(session, "majority_above", on)
    return above, max(number(session, "majority_under", on), above)


def rates(session: Session, title: str, on: date | None = None) -> tuple[Money, Money]:
    """Fee of a day and of half a day for somebody with a title."""
    known = str(settings.get(session, "committee.senior_titles", on)).split("、")
    senior = any(one and one == title.strip() for one in known)
    day = number(session, "fee_senior" if senior else "fee_other", on)
    half = (day * number(session, "fee_half_percent", on) + 50) // 100
    return Money(day), Money(half)
