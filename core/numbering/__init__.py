"""Numbers without gaps and repeats.

A number is taken in the same transaction as the record it names, as late as possible: either both
are there or neither. The counter row is the lock; a transaction that takes a number and names no
record with it does not commit. Numbers are never deleted: the ledger accounts for each one.
"""

from __future__ import annotations

from core.numbering.model import NumberState
from core.numbering.patterns import check_pattern, render
from core.numbering.service import (
    LedgerLine,
    SeriesState,
    TakenNumber,
    bind,
    committing,
    ledger,
    missing,
    seed,
    series,
    set_pattern,
    settle,
    take,
    unnamed,
)

__all__ = [
    "LedgerLine",
    "NumberState",
    "SeriesState",
    "TakenNumber",
    "bind",
    "check_pattern",
    "committing",
    "ledger",
    "missing",
    "render",
    "seed",
    "series",
    "set_pattern",
    "settle",
    "take",
    "unnamed",
]
