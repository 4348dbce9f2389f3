"""Small helpers a clerk and a script both like; none of them needs a database."""

from __future__ import annotations

import csv
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.context import Context
from core.clock import china_date
from core.errors import FieldError, InputError
from core.files import why
from core.i18n import N_, _
from core.messages import register, text
from core.values.numerals import exact_decimal

if TYPE_CHECKING:
    from core.carbon.rules import Deductions, SpeciesParameter, Stratum
    from core.values.identity import IdKind

register(
    {
        "tell.file": N_("The file “{path}” cannot be read: {reason}"),
        "tell.columns": N_("The file needs the columns {wanted}; it has {found}."),
        "tell.row": N_("row {row}, column {column}: “{value}” is not a number."),
        "tell.days": N_("Write the number of working days as +5 or -5, not “{value}”."),
    }
)

#: Columns of the file of `tell carbon`, each with what it may also be called.
CARBON_COLUMNS = {
    "label": "小班",
    "group": "树种组",
    "stock_t1": "期初蓄积",
    "stock_t2": "期末蓄积",
}


def add(parser: ArgumentParser) -> None:
    """The helpers and their arguments."""
    verbs = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    amount = verbs.add_parser("amount", help=_("an amount of money in capitals"))
    amount.add_argument("yuan", metavar=_("AMOUNT"))
    amount.set_defaults(run=_amount)
    tonnes = verbs.add_parser("tonnes", help=_("a quantity of carbon in capitals"))
    tonnes.add_argument("tonnes", metavar=_("TONNES"))
    tonnes.set_defaults(run=_tonnes)
    for name, help_text, run in (
        ("id", _("whether an identity number can be right, and why not"), _identity),
        ("credit-code", _("whether a unified social credit code can be right"), _credit_code),
    ):
        number = verbs.add_parser(name, help=help_text)
        number.add_argument("number", metavar=_("NUMBER"))
        number.set_defaults(run=run)
    pinyin = verbs.add_parser("pinyin", help=_("initials and sort key of a name"))
    pinyin.add_argument("text", metavar=_("TEXT"))
    pinyin.set_defaults(run=_pinyin)
    workday = verbs.add_parser("workday", help=_("the day some working days after a date"))
    workday.add_argument("day", metavar=_("DATE"))
    workday.add_argument("days", metavar="+N")
    workday.set_defaults(run=_workday)
    carbon = verbs.add_parser("carbon", help=_("the carbon amount of the parcels of a CSV file"))
    carbon.add_argument("file", metavar="FILE.csv")
    for name, help_text in (
        ("--baseline", _("tonnes of the baseline")),
        ("--leakage", _("tonnes of leakage")),
        ("--other", _("tonnes of other deductions")),
        ("--uncertainty", _("uncertainty of the survey in percent")),
    ):
        carbon.add_argument(name, default="0", metavar="N", help=help_text)
    carbon.set_defaults(run=_carbon)


def _amount(context: Context, args: Namespace) -> None:
    from core.values.money import Money

    money = Money.parse(args.yuan)
    context.out.record(
        {"amount": money.plain, "fen": money.fen, "capitals": money.capitals()},
        {"amount": _("Amount"), "fen": _("in 分"), "capitals": _("In capitals")},
    )


def _tonnes(context: Context, args: Namespace) -> None:
    from core.values.tonnes import Tonnes

    tonnes = Tonnes.parse(args.tonnes)
    context.out.record(
        {"tonnes": tonnes.plain, "capitals": tonnes.capitals()},
        {"tonnes": _("Tonnes"), "capitals": _("In capitals")},
    )


def _identity(context: Context, args: Namespace) -> int:
    from core.values.identity import IdKind

    kinds = (IdKind.RESIDENT, IdKind.HMT_RESIDENCE, IdKind.FOREIGN_RESIDENCE)
    return _judge(context, args.number, kinds)


def _credit_code(context: Context, args: Namespace) -> int:
    from core.values.identity import IdKind

    return _judge(context, args.number, (IdKind.CREDIT_CODE,))


def _judge(context: Context, number: str, kinds: Sequence[IdKind]) -> int:
    """Whether a number can be one of the kinds; when not, why not the first of them."""
    from core.values import identity

    refusals = []
    for kind in kinds:
        try:
            good = identity.check(kind, number, today=china_date(context.clock.now()))
        except InputError as refusal:
            refusals.append(refusal)
            continue
        answer: dict[str, object] = {"valid": True, "kind": kind.value, "number": good}
        if kind.value != "credit_code" and (born := identity.birth_and_sex(good)):
            answer |= {"born": born[0], "sex": born[1]}
        context.out.record(answer, _number_titles())
        return 0
    refused = {"valid": False, "kind": kinds[0].value, "number": number}
    refused |= {"code": refusals[0].fields[0].code, "reason": text(refusals[0])}
    context.out.record(refused, _number_titles())
    return 1


def _number_titles() -> Mapping[str, str]:
    return {
        "valid": _("Can be right"),
        "kind": _("Kind"),
        "number": _("Number"),
        "code": _("Code"),
        "reason": _("Reason"),
        "born": _("Born"),
        "sex": _("Sex"),
    }


def _pinyin(context: Context, args: Namespace) -> None:
    from core.values import pinyin

    context.out.record(
        {"initials": pinyin.initials(args.text), "sort": pinyin.sort_key(args.text)},
        {"initials": _("Initials"), "sort": _("Sort key")},
    )


def _workday(context: Context, args: Namespace) -> None:
    from core.values.dates import parse_date
    from core.values.workdays import WorkCalendar

    day, days = parse_date(args.day), _signed(args.days)
    calendar = WorkCalendar()
    answer = calendar.add(day, days)
    known = all(calendar.known(year) for year in range(day.year, answer.year + 1))
    context.out.record(
        {"from": day, "days": days, "day": answer, "holidays_known": known},
        {
            "from": _("From"),
            "days": _("Working days"),
            "day": _("Last day"),
            "holidays_known": _("Public holidays published"),
        },
    )


def _signed(days: str) -> int:
    if not days.lstrip("+").isascii() or not days.lstrip("+").isdigit():
        raise InputError.of("days", "tell.days", value=days)
    return int(days)


def _carbon(context: Context, args: Namespace) -> None:
    from core.carbon.rules import compute

    amount = compute(_strata(Path(args.file)), _parameters(), _deductions(args))
    if context.out.as_json:
        context.out.document(
            {
                "tonnes": amount.tonnes.plain,
                "gross": str(amount.gross),
                "exact": str(amount.exact),
                "uncertainty_rate": amount.uncertainty_rate,
                "strata": [
                    {"label": line.label, "group": line.group, "tonnes": line.tonnes.plain}
                    for line in amount.strata
                ],
                "formula": amount.formula,
            }
        )
    else:
        context.out.line(amount.formula)


def _strata(path: Path) -> list[Stratum]:
    """The parcels of a CSV file, UTF-8 or GB 18030 (what Excel on a Chinese Windows writes)."""
    from core.carbon.rules import Stratum

    rows = list(csv.DictReader(_decoded(path).splitlines()))
    names = _columns(list(rows[0]) if rows else [])
    errors: list[FieldError] = []
    strata = []
    for position, row in enumerate(rows, start=2):
        volumes = []
        for key in ("stock_t1", "stock_t2"):
            value = row[names[key]] or ""
            try:
                volumes.append(exact_decimal(value, decimals=4))
            except InputError:
                facts = {"row": position, "column": names[key], "value": value}
                errors.append(FieldError(f"row {position}", "tell.row", facts))
        label, group = row[names["label"]] or "", row[names["group"]] or ""
        if len(volumes) == 2:
            first, second = volumes
            strata.append(
                Stratum(label=label, group=group.strip(), stock_t1=first, stock_t2=second)
            )
    if errors:
        raise InputError(*errors)
    return strata


def _columns(found: list[str]) -> dict[str, str]:
    names = {
        key: name
        for key, other in CARBON_COLUMNS.items()
        for name in found
        if name.strip() in {key, other}
    }
    if len(names) < len(CARBON_COLUMNS):
        wanted = ", ".join(f"{key} ({other})" for key, other in CARBON_COLUMNS.items())
        raise InputError.of("file", "tell.columns", wanted=wanted, found=", ".join(found) or "-")
    return names


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise InputError.of("file", "tell.file", path=str(path), reason=why(problem)) from problem
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    reason = _("it is neither UTF-8 nor GB 18030 text")
    raise InputError.of("file", "tell.file", path=str(path), reason=reason)


def _deductions(args: Namespace) -> Deductions:
    from core.carbon.rules import Deductions

    return Deductions(
        baseline=exact_decimal(args.baseline, decimals=2),
        leakage=exact_decimal(args.leakage, decimals=2),
        other=exact_decimal(args.other, decimals=2),
        uncertainty_percent=exact_decimal(args.uncertainty, decimals=2),
    )


def _parameters() -> Mapping[str, SpeciesParameter]:
    """The parameter set that the program ships with."""
    from core.carbon.seed import shipped_parameters

    return {each.group: each for each in shipped_parameters()}
