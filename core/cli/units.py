"""`--unit NAME` of the fund's commands; an office with one unit needs not say which."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.errors import InputError
from core.i18n import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def add_unit(parser: argparse.ArgumentParser) -> None:
    """Let the receiving and issuing unit be named."""
    parser.add_argument(
        "--unit", default="", metavar="NAME", help=_("the receiving unit, where there are several")
    )


def unit_of(session: Session, args: argparse.Namespace) -> int:
    """The unit that was named, or the only one.

    Raises:
        InputError: field `unit`; unknown, or several to choose from.
    """
    from core.fund.setup import only_unit, unit_id_of

    if not args.unit.strip():
        return only_unit(session)
    found = unit_id_of(session, args.unit)
    if found is None:
        raise InputError.of("unit", "fund.unit_unknown", name=args.unit)
    return found
