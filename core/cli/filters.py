"""The arguments every list shares: `--filter KEY=VALUE`, `--text`, `--sort`."""

from __future__ import annotations

import argparse

from core.cli.context import Context
from core.errors import FieldError, InputError
from core.i18n import N_, _, listed
from core.messages import register
from core.values.listing import ListQuery, RecordSource

register(
    {
        "cli.filter_form": N_("Write a filter as KEY=VALUE, not “{value}”."),
        "cli.filter_unknown": N_("There is no filter “{key}”; there are: {known}."),
        "cli.filter_value": N_("“{value}” is not a value of the filter {key}; there are: {known}."),
        "cli.sort_unknown": N_("The list cannot be sorted by “{key}”; it can by: {known}."),
    }
)


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a list to a command."""
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=_("only records with this value; may be repeated"),
    )
    parser.add_argument("--text", default="", help=_("only records that contain this text"))
    parser.add_argument("--sort", default="", metavar=_("COLUMN"), help=_("order by this column"))
    parser.add_argument("--descending", action="store_true", help=_("the last one first"))


def query_of(args: argparse.Namespace, source: RecordSource) -> ListQuery:
    """The query those arguments mean for a list.

    Raises:
        InputError: naming each filter or column the list does not have.
    """
    errors: list[FieldError] = []
    filters: dict[str, str] = {}
    for text in args.filter:
        key, equals, value = text.partition("=")
        if not equals:
            errors.append(FieldError("filter", "cli.filter_form", {"value": text}))
            continue
        wrong = _wrong_filter(source, key, value)
        if wrong:
            errors.append(wrong)
        filters[key] = value
    sortable = [column.key for column in source.columns if column.sortable]
    if args.sort and args.sort not in sortable:
        known = listed(sortable)
        errors.append(FieldError("sort", "cli.sort_unknown", {"key": args.sort, "known": known}))
    if errors:
        raise InputError(*errors)
    return ListQuery(
        text=args.text, filters=filters, sort=args.sort, descending=bool(args.descending)
    )


def _wrong_filter(source: RecordSource, key: str, value: str) -> FieldError | None:
    spec = next((one for one in source.filters if one.key == key), None)
    if spec is None:
        known = listed(one.key for one in source.filters)
        return FieldError("filter", "cli.filter_unknown", {"key": key, "known": known})
    stored = [choice for choice, _title in spec.choices]
    if stored and value not in stored:
        facts = {"key": key, "value": value, "known": listed(stored)}
        return FieldError("filter", "cli.filter_value", facts)
    return None


def list_records(context: Context, args: argparse.Namespace, source: RecordSource) -> None:
    """Answer a `list` command: ids and values in column order."""
    query = query_of(args, source)
    with context.database().read() as session:
        ids = list(source.ids(session, query))
        rows = source.rows(session, ids)
    keys = [column.key for column in source.columns]
    context.out.table(
        {"id": "id"} | {column.key: _(column.header) for column in source.columns},
        [{"id": each, **dict(zip(keys, rows[each], strict=True))} for each in ids],
    )
