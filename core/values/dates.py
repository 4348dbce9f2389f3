"""Dates as papers write them and as people type them."""

from __future__ import annotations

import re
from datetime import date

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.values.numerals import plain_text

register(
    {
        "values.date_format": N_("“{value}” is not a date; write it like 2026-11-22."),
        "values.date_missing": N_("Enter a date."),
    }
)

_FORMS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)


def chinese_date(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_period(first: date, last: date) -> str:
    """2021年1月1日至2025年12月31日."""
    return f"{chinese_date(first)}至{chinese_date(last)}"


def parse_date(text: str) -> date:
    """Read 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日 or 20261122.

    Raises:
        InputError: field ``"date"``; nothing there, or no such day.
    """
    shown = plain_text(text)
    if not shown:
        raise InputError.of("date", "values.date_missing")
    for form in _FORMS:
        found = form.fullmatch(shown)
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                break
    raise InputError.of("date", "values.date_format", value=shown)


def periods_overlap(first: tuple[date, date], second: tuple[date, date]) -> bool:
    """Whether two periods, ends included, share a day."""
    return first[0] <= second[1] and second[0] <= first[1]
