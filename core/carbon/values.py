"""Dated office values of the calculation."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from core import settings
from core.carbon.rules import DEFAULT_RATE_HIGH, DEFAULT_RATE_LOW, DEFAULT_UNCERTAINTY_STEPS
from core.errors import InputError
from core.i18n import N_
from core.messages import register

register(
    {
        "carbon.steps_wrong": N_(
            "Write the steps as pairs of uncertainty and deduction in whole percent, rising, "
            "like [[10, 0], [20, 6], [30, 11]]."
        )
    }
)

STEPS = "carbon.uncertainty_steps"
RATE_LOW = "carbon.rate_low"
RATE_HIGH = "carbon.rate_high"


def _check_steps(value: Any) -> None:
    pairs = isinstance(value, list) and all(
        isinstance(step, list)
        and len(step) == 2
        and all(isinstance(number, int) and 0 <= number <= 100 for number in step)
        for step in value
    )
    rising = pairs and all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(value))
    if not value or not rising:
        raise InputError.of(STEPS, "carbon.steps_wrong")


settings.declare(
    settings.SettingSpec(
        STEPS,
        N_("Deduction for uncertainty (up to %, deduct %)"),
        [list(step) for step in DEFAULT_UNCERTAINTY_STEPS],
        "json",
        N_("Above the last step more sample plots are needed."),
        check=_check_steps,
    ),
    settings.SettingSpec(
        RATE_LOW,
        N_("Least plausible amount (t per hectare and year)"),
        DEFAULT_RATE_LOW,
        "int",
        least=0,
        most=100,
    ),
    settings.SettingSpec(
        RATE_HIGH,
        N_("Greatest plausible amount (t per hectare and year)"),
        DEFAULT_RATE_HIGH,
        "int",
        least=1,
        most=100,
    ),
)


def uncertainty_steps(session: Session, on: date | None = None) -> tuple[tuple[int, int], ...]:
    """Uncertainty up to (percent) and rate deducted (percent) on a day."""
    return tuple((limit, rate) for limit, rate in settings.get(session, STEPS, on))


def plausible_rates(session: Session, on: date | None = None) -> tuple[int, int]:
    """Least and greatest plausible t CO2e per hectare and year on a day."""
    return settings.get(session, RATE_LOW, on), settings.get(session, RATE_HIGH, on)
