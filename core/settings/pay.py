"""Office values for tax withheld from pay for services, dated like all others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.settings.service import get
from core.settings.specs import SettingSpec, declare
from core.values.withholding import TaxRule, TaxStep

register(
    {
        "pay.tax_shape": N_(
            "Write the steps as a list of upto (分, the last one null), percent and quick (分), "
            "from the lowest to the highest."
        ),
    }
)

_STEPS = (
    {"upto": 2_000_000, "percent": 20, "quick": 0},
    {"upto": 5_000_000, "percent": 30, "quick": 200_000},
    {"upto": None, "percent": 40, "quick": 700_000},
)


def _check_steps(value: Any) -> None:
    good = isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value)
    if not good or not all(
        type(one.get("percent")) is int
        and type(one.get("quick")) is int
        and (one.get("upto") is None or type(one["upto"]) is int)
        for one in value
    ):
        raise InputError.of("pay.tax_steps", "pay.tax_shape")
    ends = [one.get("upto") for one in value]
    if ends[-1] is not None or None in ends[:-1] or sorted(ends[:-1]) != ends[:-1]:
        raise InputError.of("pay.tax_steps", "pay.tax_shape")


declare(
    SettingSpec(
        "pay.tax_free", N_("Deducted from small pay before tax (分)"), 80_000, "int", least=0
    ),
    SettingSpec("pay.tax_free_upto", N_("Pay that counts as small (分)"), 400_000, "int", least=0),
    SettingSpec(
        "pay.tax_free_percent",
        N_("Deducted from higher pay before tax (%)"),
        20,
        "int",
        least=0,
        most=100,
    ),
    SettingSpec(
        "pay.tax_steps",
        N_("Steps of the withholding table"),
        [dict(one) for one in _STEPS],
        "json",
        check=_check_steps,
    ),
)


def tax_rule(session: Session, on: date | None = None) -> TaxRule:
    """How tax is withheld from pay for services on a day (today unless given)."""
    return TaxRule(
        free=int(get(session, "pay.tax_free", on)),
        free_upto=int(get(session, "pay.tax_free_upto", on)),
        free_percent=int(get(session, "pay.tax_free_percent", on)),
        steps=tuple(
            TaxStep(one.get("upto"), one["percent"], one["quick"])
            for one in get(session, "pay.tax_steps", on)
        ),
    )
