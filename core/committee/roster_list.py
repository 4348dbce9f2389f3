"""The roster 专家名册 as a workbook: all that is known of an expert, personal numbers masked.

The list on the screen shows what one looks for; the secretary's workbook has the rest as well. It is
found, filtered and ordered like the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from core.committee.lists import EXPERTS, expert_cells
from core.committee.model import Expert
from core.committee.states import SEX_TITLES
from core.i18n import N_
from core.parties.model import Party, PersonalNumber
from core.values.cells import term
from core.values.listing import Align, ColumnSpec

_FURTHER = (
    ColumnSpec("sex", N_("Sex"), 3),
    ColumnSpec("born_on", N_("Born on"), 7, Align.CENTRE),
    ColumnSpec("identity", N_("Identity number"), 12),
    ColumnSpec("phone", N_("Telephone"), 8),
    ColumnSpec("education", N_("Education"), 6),
    ColumnSpec("retired", N_("Has retired from work"), 4),
    ColumnSpec("nominated_by", N_("Nominated by"), 12),
    ColumnSpec("bank", N_("Bank"), 12),
    ColumnSpec("bank_account", N_("Account number"), 12),
    ColumnSpec("status_reason", N_("Reason of the state"), 12),
    ColumnSpec("note", N_("Note"), 16),
)


def _rows(session: Session, rows: Sequence[Any]) -> Mapping[int, tuple[object, ...]]:
    known = expert_cells(session, [row[:8] for row in rows])
    return {
        row[0]: (*known[row[0]], term(row[8], SEX_TITLES) if row[8] else "", *row[9:])
        for row in rows
    }


ROSTER = replace(
    EXPERTS,
    columns=(*EXPERTS.columns, *_FURTHER),
    fetch=EXPERTS.fetch.add_columns(
        Expert.sex,
        Expert.born_on,
        PersonalNumber.mask,
        Party.phone,
        Expert.education,
        Expert.retired,
        Expert.nominated_by,
        Expert.bank,
        Expert.bank_mask,
        Expert.status_reason,
        Expert.note,
    ).outerjoin(PersonalNumber, PersonalNumber.party_id == Expert.party_id),
    shown=_rows,
)
