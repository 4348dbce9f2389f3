"""What `db check` and `audit check` say about what they found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.cli.context import Context
from core.i18n import N_, _

if TYPE_CHECKING:
    from core.audit import Agreement

#: What people read for a fault; the values of :class:`core.audit.Fault`.
_FAULTS: Mapping[str, str] = {
    "changed": N_("does not say what the log last said"),
    "missing": N_("is gone, and the log does not say why"),
    "unlogged": N_("is there, and the log does not say since when"),
    "seal": N_("is not what its hash was made of"),
}


def tell_check(context: Context, found: Mapping[str, object], rows: Agreement) -> None:
    """Answer with the findings and with every row that disagrees: its place, never its values."""
    wrong = [
        {
            "table": each.table,
            "row": each.row,
            "columns": list(each.columns),
            "fault": each.fault.value,
        }
        for each in rows.found
    ]
    counted = {
        **found,
        "rows": rows.rows,
        "wrong_rows": rows.count,
        "partly_logged": list(rows.partly),
        "not_compared": list(rows.untold),
    }
    if context.out.as_json:
        context.out.document({**counted, "disagreements": wrong})
        return
    from core.audit.names import record_name

    shown = {
        **counted,
        "partly_logged": [record_name(name) for name in rows.partly],
        "not_compared": [
            "·".join(record_name(part) for part in name.split(".")) for name in rows.untold
        ],
    }
    context.out.record(shown, _titles())
    if wrong:
        context.out.table(
            {
                "table": _("Table"),
                "row": _("Row"),
                "columns": _("Column"),
                "fault": _("What is wrong"),
            },
            [
                {
                    "table": record_name(each.table),
                    "row": each.row,
                    "columns": [record_name(name) for name in each.columns],
                    "fault": _(_FAULTS[each.fault.value]),
                }
                for each in rows.found
            ],
        )


def _titles() -> Mapping[str, str]:
    return {
        "good": _("All is well"),
        "storage": _("Damage of the storage"),
        "guards": _("Guards that are missing or changed"),
        "lines": _("Lines of the log"),
        "first_bad": _("First wrong line"),
        "head": _("Head of the chain"),
        "missing_numbers": _("Missing numbers"),
        "unnamed_numbers": _("Numbers without a record"),
        "damaged_files": _("Damaged files"),
        "rows": _("Rows compared with the log"),
        "wrong_rows": _("Rows that disagree"),
        "partly_logged": _("Tables of which the log does not repeat all values"),
        "not_compared": _("Columns that are in no log and cannot be compared"),
    }
