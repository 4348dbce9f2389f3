"""The section of numbered sheets: what is in stock, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.documents import stock
from core.documents.stock import Sheets
from core.documents.stock_queries import SHEET_MOVES, SHEETS
from core.i18n import N_, _, listed
from core.values.cells import as_data, as_text
from core.values.forms import FormField
from core.values.listing import ListQuery, cells

MOST_MOVES = 500
HEADERS = tuple(column.header for column in SHEETS.columns)
_STOCK = FormField(
    "stock", N_("Stock"), "choice", required=True, choices=tuple(stock.STOCKS.items()),
    default=stock.CERTIFICATE,
)  # fmt: skip
_RANGE = (
    FormField("first", N_("First serial"), required=True),
    FormField("last", N_("Last serial"), help=N_("Leave empty for one sheet.")),
)
_REASON = FormField("reason", N_("Reason"), "long", required=True)

Given = Mapping[str, Any]
Write = Callable[[Session, Given], object]


def ranges(session: Session) -> list[tuple[str, tuple[str, ...], Given]]:
    """Key, cells, and the range as form values of every range of sheets."""
    ids = SHEETS.ids(session, ListQuery())
    places = [column.key for column in SHEETS.columns]
    found: list[tuple[str, tuple[str, ...], Given]] = []
    rows = SHEETS.rows(session, ids)
    for each in ids:
        values = dict(zip(places, rows[each], strict=True))
        chosen = {key: as_data(values[key]) for key in ("stock", "first", "last")}
        found.append((str(each), tuple(as_text(value) for value in rows[each]), chosen))
    return found


def note(session: Session) -> str:
    """Balances of the stocks that are kept, and whether every serial is explained."""
    parts = []
    for key, title in stock.STOCKS.items():
        if not stock.kept(session, key):
            continue
        found = stock.balance(session, key)
        states = "，".join(
            f"{_(stock.STATES[state])} {count:,}" for state, count in found.counts.items() if count
        )
        wrong = stock.faults(session, key)
        sound = _("every serial is explained")
        if wrong:
            sound = _("not explained: {serials}").format(serials=listed(wrong))
        parts.append(f"{_(title)}：{states}；{sound}")
    return "　".join(parts) or _("No stock is kept: serials are typed and not checked.")


def moves(session: Session) -> list[tuple[str, ...]]:
    """The latest movements as cells."""
    ids = SHEET_MOVES.ids(session, ListQuery())[:MOST_MOVES]
    texts = cells(SHEET_MOVES, session, ids)
    return [texts[each] for each in ids]


def move_headers() -> list[str]:
    """Headers of the movements."""
    return [_(column.header) for column in SHEET_MOVES.columns]


def _sheets(given: Given) -> Sheets:
    return Sheets.parse(given["first"], given.get("last") or "")


def _receive(session: Session, given: Given) -> None:
    stock.receive(session, given["stock"], _sheets(given), given.get("reason") or "")


def _hand_out(session: Session, given: Given) -> None:
    stock.hand_out(session, given["stock"], _sheets(given), given["holder"])


def _give_back(session: Session, given: Given) -> None:
    stock.give_back(session, given["stock"], _sheets(given), given.get("reason") or "")


def _spoil(session: Session, given: Given) -> None:
    stock.spoil(session, given["stock"], _sheets(given), given["reason"])


def _surrender(session: Session, given: Given) -> None:
    stock.surrender(session, given["stock"], _sheets(given), given["reason"])


def _destroy(session: Session, given: Given) -> None:
    stock.destroy(session, given["stock"], _sheets(given), given["witness"], given["reason"])


_REMARK = FormField("reason", N_("Remark"))
#: Title, sentence, fields and use case of each movement.
MOVES: Mapping[str, tuple[str, str, tuple[FormField, ...], Write]] = {
    "receive": (
        N_("Receive sheets"),
        N_("A delivery of numbered sheets enters the stock. From then on it is kept."),
        (_STOCK, *_RANGE, _REMARK),
        _receive,
    ),
    "hand_out": (
        N_("Hand out sheets"),
        N_("Unused sheets go to a person, whose name is kept."),
        (_STOCK, *_RANGE, FormField("holder", N_("Handed to"), required=True)),
        _hand_out,
    ),
    "give_back": (
        N_("Take sheets back"),
        N_("Unused sheets come back from a person."),
        (_STOCK, *_RANGE, _REMARK),
        _give_back,
    ),
    "spoil": (
        N_("Write sheets off"),
        N_("The sheets count as spoiled; this cannot be taken back."),
        (_STOCK, *_RANGE, _REASON),
        _spoil,
    ),
    "surrender": (
        N_("Surrender sheets"),
        N_("The sheets go back to where they were printed; this cannot be taken back."),
        (_STOCK, *_RANGE, _REASON),
        _surrender,
    ),
    "destroy": (
        N_("Destroy sheets"),
        N_("Records that the sheets were destroyed before a witness; it cannot be taken back."),
        (_STOCK, *_RANGE, FormField("witness", N_("Witness"), required=True), _REASON),
        _destroy,
    ),
}
