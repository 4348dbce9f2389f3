"""Office values of the training log, each with the day it holds from and a stated default."""

from __future__ import annotations

from typing import Any

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.settings import SettingSpec, declare

register(
    {
        "training.questions": N_("Write the questions as a list of short texts."),
        "training.rates": N_("Write the fees as a list of title and yuan per credit hour."),
    }
)

#: What a form asks, each answered from 1 to 5.
QUESTIONS = ["课程内容", "授课水平", "教材资料", "组织安排", "总体评价"]
#: Title → 元 a credit hour, and the most a half-day is paid in hours (财行〔2016〕540号 as commonly
#: quoted; to be confirmed by the office).
RATES = {"院士、全国知名专家": 1500, "正高级": 1000, "副高级及以下": 500}


def _questions(value: Any) -> None:
    good = isinstance(value, list) and value and all(isinstance(q, str) and q for q in value)
    if not good:
        raise InputError.of("training.questions", "training.questions")


def _rates(value: Any) -> None:
    good = isinstance(value, dict) and all(
        isinstance(rate, int) and not isinstance(rate, bool) and rate >= 0
        for rate in value.values()
    )
    if not good:
        raise InputError.of("training.lecture_rates", "training.rates")


declare(
    SettingSpec(
        "training.minutes_per_hour",
        N_("Minutes of a credit hour"),
        45,
        "int",
        N_("45 or 50; a course keeps the value of its first day."),
        least=45,
        most=60,
    ),
    SettingSpec(
        "training.half_day_cap",
        N_("Most credit hours of a half-day"),
        4,
        "int",
        least=1,
        most=8,
    ),
    SettingSpec(
        "training.hour_step",
        N_("Smallest part of a credit hour, in hundredths"),
        50,
        "int",
        N_("Less than this is dropped: 50 credits half hours, 100 whole ones."),
        least=1,
        most=100,
    ),
    SettingSpec(
        "training.missed_limit",
        N_("Minutes of a half-day that may be missed"),
        0,
        "int",
        N_("Whoever misses more is not counted as there; 0 is no limit."),
        least=0,
        most=240,
    ),
    SettingSpec("training.pass_mark", N_("Points to pass a test"), 60, "int", least=0, most=1000),
    SettingSpec(
        "training.free_rows",
        N_("Free rows of a sign-in sheet"),
        5,
        "int",
        N_("For people who come without being on the roster."),
        least=0,
        most=50,
    ),
    SettingSpec(
        "training.questions", N_("Questions of the evaluation"), QUESTIONS, "json", check=_questions
    ),
    SettingSpec(
        "training.lecture_rates",
        N_("Lecture fees by title, yuan a credit hour"),
        RATES,
        "json",
        N_("A proposal only; the fee of each trainer is entered."),
        check=_rates,
    ),
)
