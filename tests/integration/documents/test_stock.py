"""The stock of numbered sheets: every serial accounted for, whatever is done in what order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import Database
from core.documents import stock
from core.documents.stock import CERTIFICATE, Sheets
from core.documents.stock_model import SheetAction, SheetRange, SheetState
from core.documents.stock_queries import SHEET_MOVES, SHEETS
from core.errors import AppError, InputError, NotPermitted, RuleViolation
from core.values.listing import ListQuery, cells
from tests import databases


def sheets(first: int, last: int) -> Sheets:
    return Sheets.parse(f"YZ{first:06}", f"YZ{last:06}")


def code_of(fault: AppError) -> str:
    return fault.fields[0].code if isinstance(fault, InputError) else fault.code


def test_that_a_sheet_goes_from_delivery_to_destruction(database: Database) -> None:
    with database.write() as session:
        stock.receive(session, CERTIFICATE, sheets(1, 100))
        stock.hand_out(session, CERTIFICATE, sheets(1, 50), "王芳")
        stock.give_back(session, CERTIFICATE, sheets(41, 50))
        stock.use(session, CERTIFICATE, "YZ000001", ("certificate", 7))
        stock.spoil(session, CERTIFICATE, sheets(1, 2), "卡纸")
        stock.surrender(session, CERTIFICATE, sheets(91, 100), "旧版式")
        stock.destroy(session, CERTIFICATE, sheets(2, 2), "李强", "污损")
    with database.read() as session:
        counts = stock.balance(session, CERTIFICATE).counts
        assert {state.value: count for state, count in counts.items()} == {
            "in_stock": 50, "handed_out": 38, "used": 0, "spoiled": 1, "surrendered": 10,
            "destroyed": 1,
        }  # fmt: skip
        assert stock.balance(session, CERTIFICATE).received == 100
        assert stock.faults(session, CERTIFICATE) == []
        assert stock.sheets_of(session, "certificate", 7) == [("YZ000001", SheetState.SPOILED)]
        assert stock.next_sheet(session, CERTIFICATE, "王芳") == "YZ000003"
        assert stock.next_sheet(session, CERTIFICATE) == "YZ000041"
        assert SHEETS.count(session, ListQuery(text="YZ000045")) == 1
        assert SHEET_MOVES.count(session, ListQuery(filters={"action": "receive"})) == 1
        (row,) = SHEETS.ids(session, ListQuery(filters={"state": "destroyed"}))
        assert cells(SHEETS, session, [row])[row][1:4] == ("YZ000002", "YZ000002", "1")
        ids = SHEET_MOVES.ids(session, ListQuery())
        newest = cells(SHEET_MOVES, session, ids)[ids[0]]
        assert newest[4] == "YZ000002"
        assert newest[7] == "李强"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("YZ", "", "stock.serial"),
        ("YZ000", "", "stock.serial"),
        ("YZ" + "1" * 19, "", "stock.serial"),
        ("YZ000001", "AB000002", "stock.other_kind"),
        ("YZ000001", "YZ0000002", "stock.other_kind"),
        ("YZ000009", "YZ000001", "stock.order"),
    ],
)
def test_that_serials_that_make_no_range_are_refused(first: str, last: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        Sheets.parse(first, last)
    assert caught.value.fields[0].code == code


def test_that_a_refusal_names_the_first_sheet_and_changes_nothing(database: Database) -> None:
    with database.write() as session:
        stock.receive(session, CERTIFICATE, sheets(1, 20))
        stock.use(session, CERTIFICATE, "YZ000007", ("certificate", 1))
    tries = (
        ("stock.is_used", "YZ000007", lambda s: stock.hand_out(s, CERTIFICATE, sheets(5, 9), "a")),
        (
            "stock.unreceived",
            "YZ000021",
            lambda s: stock.spoil(s, CERTIFICATE, sheets(20, 22), "b"),
        ),
        ("stock.received", "YZ000020", lambda s: stock.receive(s, CERTIFICATE, sheets(20, 30))),
        ("stock.is_used", "YZ000007", lambda s: stock.use(s, CERTIFICATE, "YZ000007", ("x", 2))),
    )
    for code, serial, action in tries:
        with pytest.raises(AppError) as caught, database.write() as session:
            action(session)
        assert code_of(caught.value) == code
        fault = caught.value
        params = fault.fields[0].params if isinstance(fault, InputError) else fault.params
        assert params["serial"] == serial
    with database.read() as session:
        assert stock.balance(session, CERTIFICATE).counts[SheetState.IN_STOCK] == 19
        assert stock.faults(session, CERTIFICATE) == []


def test_that_only_a_kept_stock_asks_for_a_serial(database: Database) -> None:
    with database.write() as session:
        stock.use(session, CERTIFICATE, "", ("certificate", 1))
        stock.use(session, CERTIFICATE, "whatever", ("certificate", 1))
        stock.receive(session, CERTIFICATE, sheets(5, 6))
    with pytest.raises(InputError) as caught, database.write() as session:
        stock.use(session, CERTIFICATE, "", ("certificate", 1))
    assert caught.value.fields[0].code == "stock.which"
    assert caught.value.fields[0].params == {"serial": "YZ000005"}


def test_that_nobody_witnesses_his_own_destruction(database: Database) -> None:
    with database.write() as session:
        stock.receive(session, CERTIFICATE, sheets(1, 1))
    with pytest.raises(InputError) as caught, database.write() as session:
        stock.destroy(session, CERTIFICATE, sheets(1, 1), database.actor.name, "x")
    assert caught.value.fields[0].code == "stock.own_witness"


def test_that_the_stock_is_kept_by_those_who_may(database: Database) -> None:
    with (
        databases.open_as(database, "clerk") as clerk,
        pytest.raises(NotPermitted),
        clerk.write() as session,
    ):
        stock.receive(session, CERTIFICATE, sheets(1, 1))


def test_that_turnover_adds_up_between_two_days(database: Database) -> None:
    start = database.clock.now()
    with database.write() as session:
        stock.receive(session, CERTIFICATE, sheets(1, 10))
        stock.spoil(session, CERTIFICATE, sheets(1, 3), "x")
    with database.read() as session:
        found = stock.turnover(session, CERTIFICATE, start, start + timedelta(days=1))
        later = stock.turnover(
            session, CERTIFICATE, start + timedelta(days=1), start + timedelta(days=2)
        )
    assert (found.opening, found.closing) == (0, 7)
    assert found.moved[SheetAction.RECEIVE] == 10
    assert found.moved[SheetAction.SPOIL] == 3
    assert (later.opening, later.closing) == (7, 7)


def test_that_a_range_changed_by_hand_is_found(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        stock.receive(session, CERTIFICATE, sheets(1, 10))
        stock.hand_out(session, CERTIFICATE, sheets(4, 5), "王芳")
    with sqlite_database.write() as session:
        session.query(SheetRange).filter(SheetRange.first == 4).one().last = 4
    with sqlite_database.read() as session:
        assert stock.faults(session, CERTIFICATE) == ["YZ000001—YZ000010"]


# --- any operations in any order ---------------------------------------------------------------

_ACTIONS = st.sampled_from(list(SheetAction))
_SPANS = st.tuples(st.integers(1, 24), st.integers(0, 9))
_RECORDS = st.integers(1, 3)


def _do(session: object, action: SheetAction, span: Sheets, record: int) -> None:
    s: object = session
    match action:
        case SheetAction.RECEIVE:
            stock.receive(s, CERTIFICATE, span)  # type: ignore[arg-type]
        case SheetAction.HAND_OUT:
            stock.hand_out(s, CERTIFICATE, span, f"人{record}")  # type: ignore[arg-type]
        case SheetAction.GIVE_BACK:
            stock.give_back(s, CERTIFICATE, span)  # type: ignore[arg-type]
        case SheetAction.USE:
            stock.use(s, CERTIFICATE, span.first, ("certificate", record))  # type: ignore[arg-type]
        case SheetAction.SPOIL:
            stock.spoil(s, CERTIFICATE, span, "污损")  # type: ignore[arg-type]
        case SheetAction.SURRENDER:
            stock.surrender(s, CERTIFICATE, span, "改版")  # type: ignore[arg-type]
        case SheetAction.DESTROY:
            stock.destroy(s, CERTIFICATE, span, "监销人", "到期")  # type: ignore[arg-type]


#: The state machine told a second time, sheet by sheet, so that the ranges have a judge.
_STEPS = {
    SheetAction.HAND_OUT: ({"in_stock"}, "handed_out"),
    SheetAction.GIVE_BACK: ({"handed_out"}, "in_stock"),
    SheetAction.USE: ({"in_stock", "handed_out"}, "used"),
    SheetAction.SPOIL: ({"in_stock", "handed_out", "used"}, "spoiled"),
    SheetAction.SURRENDER: ({"in_stock", "spoiled"}, "surrendered"),
    SheetAction.DESTROY: ({"in_stock", "spoiled"}, "destroyed"),
}


def _judge(states: dict[int, str], action: SheetAction, numbers: range) -> bool:
    """Move single sheets; False (and nothing moved) when one of them cannot."""
    if action is SheetAction.RECEIVE:
        if any(n in states for n in numbers):
            return False
        states.update(dict.fromkeys(numbers, "in_stock"))
        return True
    allowed, target = _STEPS[action]
    if any(states.get(n) not in allowed for n in numbers):
        return False
    states.update(dict.fromkeys(numbers, target))
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_ACTIONS, _SPANS, _RECORDS), max_size=25), st.integers(0, 10**9))
def test_that_every_serial_is_explained_after_any_operations(
    database: Database, steps: list[tuple[SheetAction, tuple[int, int], int]], salt: int
) -> None:
    prefix = f"P{salt}X"
    states: dict[int, str] = {}
    with database.write() as session:
        for action, (start, more), record in steps:
            numbers = range(start, start + (0 if action is SheetAction.USE else more) + 1)
            span = Sheets.parse(f"{prefix}{start:06}", f"{prefix}{numbers[-1]:06}")
            if not stock.kept(session, CERTIFICATE) and action is SheetAction.USE:
                continue
            expected = _judge(states, action, numbers)
            try:
                _do(session, action, span, record)
            except (RuleViolation, InputError):
                done = False
            else:
                done = True
            assert done is expected
        rows = session.query(SheetRange).filter(SheetRange.prefix == prefix).all()
        told = {n: row.state.value for row in rows for n in range(row.first, row.last + 1)}
        assert told == states
        assert sum(row.last - row.first + 1 for row in rows) == len(states)  # no sheet twice
        assert stock.faults(session, CERTIFICATE) == []
        assert Counter(states.values())["used"] == Counter(told.values())["used"]
        session.rollback()
