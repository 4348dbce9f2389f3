"""The three lists of the certificates page: sorted, filtered and counted in SQL.

Every sortable column has an index; ids come first, rows are fetched by id for the part that is
shown. Measured by `bench` with 100,000 certificates.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session

from core.certificates.model import Application, Override
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import (
    ENTRY_TITLES,
    KIND_TITLES,
    LIVE,
    REGISTERED,
    STATE_TITLES,
    STATUS_TITLES,
    State,
)
from core.certificates.steps import STEPS
from core.clock import SystemClock
from core.database import actor, today
from core.i18n import N_
from core.search.lists import RecordList, equals, year_of
from core.values.cells import Shown, term
from core.values.listing import Align, ColumnSpec, FilterSpec

_FIRST_YEAR = 2021


def _years() -> tuple[tuple[str, str], ...]:
    # Which years can be chosen is a convenience of the screen; the filter takes any year.
    newest = SystemClock().now().year
    return tuple((str(year), str(year)) for year in range(newest, _FIRST_YEAR - 1, -1))


def _townships() -> tuple[tuple[str, str], ...]:
    import csv
    from importlib.resources import files

    table = files("resources").joinpath("tables", "mingguang_townships.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple((row["name"], row["name"]) for row in rows)


#: Groups of states that a filter may name besides a single state.
STATE_GROUPS = {
    "open": (N_("In progress"), LIVE | {State.DRAFT}),
    "done": (N_("Registered"), REGISTERED),
    "ended": (
        N_("Ended without registration"),
        frozenset({State.NOT_ACCEPTED, State.REFUSED, State.WITHDRAWN}),
    ),
}


def _state(_session: Session, value: str) -> ColumnElement[bool]:
    if value in STATE_GROUPS:
        return Application.state.in_(STATE_GROUPS[value][1])
    return equals(Application.state, State)(_session, value)


def waiting_states(session: Session) -> frozenset[State]:
    """States whose next step is the acting person's to take."""
    who = actor(session)
    return frozenset(
        state
        for step in STEPS.values()
        if step.main and who.may(step.permission)
        for state in step.sources
    )


def _mine(session: Session, value: str) -> ColumnElement[bool]:
    if value == "received":
        return Application.clerk_id == actor(session).account_id
    return Application.state.in_(waiting_states(session))


def _due(session: Session, value: str) -> ColumnElement[bool]:
    from core import settings

    day = today(session)
    if value == "overdue":
        return Application.step_due < day
    soon = settings.calendar(session).add(day, 3)
    return Application.step_due.between(day, soon)


def _application_filters() -> tuple[FilterSpec, ...]:
    groups = tuple((key, title) for key, (title, _states) in STATE_GROUPS.items())
    states = tuple((state.value, title) for state, title in STATE_TITLES.items())
    return (
        FilterSpec("state", N_("State"), (*groups, *states)),
        FilterSpec("year", N_("Year"), _years()),
        FilterSpec("township", N_("Township"), _townships()),
        FilterSpec(
            "mine",
            N_("Mine"),
            (("next", N_("Next step is mine")), ("received", N_("Received by me"))),
        ),
        FilterSpec(
            "due", N_("Due"), (("overdue", N_("Overdue")), ("soon", N_("Due within 3 days")))
        ),
        FilterSpec("exception", N_("Exceptions"), (("one_hand", N_("Two duties in one hand")),)),
        FilterSpec(
            "kind",
            N_("Kind"),
            tuple((kind.value, title) for kind, title in KIND_TITLES.items()),
        ),
    )


_NUMBER = case(
    (Application.acceptance_number != "", Application.acceptance_number),
    else_=Application.receipt_number,
)
#: Road order rather than the alphabet of the stored values.
_STATE_ORDER = case(
    {state.value: place for place, state in enumerate(State)}, value=Application.state
)


APPLICATIONS = RecordList(
    kind="application",
    columns=(
        ColumnSpec("number", N_("Number"), 11),
        ColumnSpec("state", N_("State"), 7),
        ColumnSpec("project", N_("Project"), 14),
        ColumnSpec("holders", N_("Right holders"), 12),
        ColumnSpec("step_due", N_("Step due"), 6, Align.CENTRE),
        ColumnSpec("tonnes", N_("Tonnes"), 6, Align.RIGHT),
        ColumnSpec("area", N_("Area (mu)"), 6, Align.RIGHT),
        ColumnSpec("township", N_("Township"), 5),
        ColumnSpec("received_on", N_("Day of receipt"), 8, Align.CENTRE),
    ),
    key=Application.id.expression,
    orders={
        "number": Application.receipt_order.expression,
        "project": Application.project_sort.expression,
        "holders": Application.holders_sort.expression,
        "township": Application.township.expression,
        "area": Application.area.expression,
        "tonnes": Application.tonnes.expression,
        "state": _STATE_ORDER,
        "step_due": Application.step_due.expression,
        "received_on": Application.received_on.expression,
    },
    standard="received_on",
    texts=(
        Application.receipt_number.expression,
        Application.acceptance_number.expression,
        Application.project_name.expression,
        Application.holders_text.expression,
        Application.township.expression,
    ),
    fetch=select(
        Application.id,
        _NUMBER,
        Application.project_name,
        Application.holders_text,
        Application.township,
        Application.area,
        Application.tonnes,
        Application.state,
        Application.step_due,
        Application.received_on,
    ),
    cells=lambda row: (
        row[1],
        term(row[7], STATE_TITLES),
        row[2],
        row[3],
        row[8],
        row[6] or None,
        row[5],
        row[4],
        None if row[7] is State.DRAFT else row[9],  # a draft's is the day it was entered
    ),
    conditions={
        "state": _state,
        "year": year_of(Application.received_on),
        "township": equals(Application.township),
        "mine": _mine,
        "due": _due,
        "exception": lambda _session, _value: Application.id.in_(select(Override.application_id)),
        "kind": equals(Application.kind),
    },
    offers=_application_filters,
    base=select(Application.id),
    searched=("application", Application.id.expression),
)


def _certificate_filters() -> tuple[FilterSpec, ...]:
    return (
        FilterSpec(
            "status",
            N_("Status"),
            tuple((status.value, title) for status, title in STATUS_TITLES.items()),
        ),
        FilterSpec("year", N_("Year"), _years()),
        FilterSpec("township", N_("Township"), _townships()),
        FilterSpec(
            "issued",
            N_("Hand-over"),
            (
                ("to_make", N_("To be made")),
                ("to_issue", N_("To be issued")),
                ("done", N_("Issued")),
            ),
        ),
    )


def _issued(_session: Session, value: str) -> ColumnElement[bool]:
    if value == "to_make":
        return Certificate.made_on.is_(None)
    if value == "to_issue":
        return and_(Certificate.made_on.is_not(None), Certificate.issued_on.is_(None))
    return Certificate.issued_on.is_not(None)


CERTIFICATES = RecordList(
    kind="certificate",
    columns=(
        ColumnSpec("number", N_("Certificate number"), 13),
        ColumnSpec("status", N_("Status"), 4),
        ColumnSpec("holders", N_("Right holders"), 14),
        ColumnSpec("project", N_("Project"), 14),
        ColumnSpec("tonnes", N_("Tonnes"), 6, Align.RIGHT),
        ColumnSpec("area", N_("Area (mu)"), 6, Align.RIGHT),
        ColumnSpec("township", N_("Township"), 5),
        ColumnSpec("period", N_("Monitoring period"), 12, Align.CENTRE),
        ColumnSpec("entered_on", N_("Entered"), 6, Align.CENTRE),
        ColumnSpec("valid_until", N_("Valid until"), 6, Align.CENTRE),
        ColumnSpec("issued_on", N_("Issued on"), 6, Align.CENTRE, sortable=False),
    ),
    key=Certificate.id.expression,
    orders={
        "number": Certificate.number.expression,
        "holders": Certificate.holders_sort.expression,
        "project": Certificate.project_name.expression,
        "township": Certificate.township.expression,
        "area": Certificate.area.expression,
        "tonnes": Certificate.tonnes.expression,
        "period": Certificate.period_to.expression,
        "entered_on": Certificate.entered_on.expression,
        "valid_until": Certificate.valid_until.expression,
        "status": Certificate.status.expression,
    },
    standard="entered_on",
    texts=(
        Certificate.number.expression,
        Certificate.holders_text.expression,
        Certificate.project_name.expression,
        Certificate.township.expression,
        Certificate.sheet_serial.expression,
    ),
    fetch=select(
        Certificate.id,
        Certificate.number,
        Certificate.holders_text,
        Certificate.project_name,
        Certificate.township,
        Certificate.area,
        Certificate.tonnes,
        Certificate.period_from,
        Certificate.period_to,
        Certificate.entered_on,
        Certificate.valid_until,
        Certificate.status,
        Certificate.issued_on,
    ),
    cells=lambda row: (
        row[1],
        term(row[11], STATUS_TITLES),
        row[2],
        row[3],
        row[6],
        row[5],
        row[4],
        Shown({"from": row[7], "to": row[8]}, f"{row[7]}—{row[8]}"),
        row[9],
        row[10],
        row[12],
    ),
    conditions={
        "status": equals(Certificate.status),
        "year": year_of(Certificate.entered_on),
        "township": equals(Certificate.township),
        "issued": _issued,
    },
    offers=_certificate_filters,
    base=select(Certificate.id),
    searched=("certificate", Certificate.id.expression),
)

_JOINED = RegisterEntry.certificate_id == Certificate.id

ENTRIES = RecordList(
    kind="register_entry",
    columns=(
        ColumnSpec("number", N_("Certificate number"), 13),
        ColumnSpec("sequence", N_("Entry"), 4, Align.RIGHT, sortable=False),
        ColumnSpec("kind", N_("Kind of entry"), 8, sortable=False),
        ColumnSpec("holders", N_("Right holders"), 14),
        ColumnSpec("tonnes", N_("Tonnes"), 9, Align.RIGHT),
        ColumnSpec("effective_on", N_("Entered"), 8, Align.CENTRE),
        ColumnSpec("entered_by", N_("Entered by"), 6, sortable=False),
        ColumnSpec("checked_by", N_("Entry checked by"), 6, sortable=False),
    ),
    key=RegisterEntry.id.expression,
    orders={
        "number": Certificate.number.expression,
        "holders": Certificate.holders_sort.expression,
        "tonnes": Certificate.tonnes.expression,
        "effective_on": RegisterEntry.effective_on.expression,
    },
    standard="effective_on",
    texts=(Certificate.number.expression, Certificate.holders_text.expression),
    fetch=select(
        RegisterEntry.id,
        Certificate.number,
        RegisterEntry.sequence,
        RegisterEntry.kind,
        Certificate.holders_text,
        Certificate.tonnes,
        RegisterEntry.effective_on,
        RegisterEntry.entered_by,
        RegisterEntry.checked_by,
    ).join(Certificate, _JOINED),
    cells=lambda row: (
        row[1],
        row[2],
        term(row[3], ENTRY_TITLES),
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
    ),
    conditions={"year": year_of(RegisterEntry.effective_on)},
    offers=lambda: (FilterSpec("year", N_("Year"), _years()),),
    base=select(RegisterEntry.id).join(Certificate, _JOINED),
    searched=("certificate", Certificate.id.expression),
)
