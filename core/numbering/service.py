"""Taking numbers, binding them to records, accounting for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from core.capability import SeriesSpec
from core.database import now, require, today, veil
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_, _
from core.messages import register
from core.numbering.model import NumberLine, NumberPattern, NumberSeries, NumberState
from core.numbering.patterns import check_pattern, render
from db.base import Base

register(
    {
        "numbering.unknown_series": N_("There is no series of numbers called “{series}”."),
        "numbering.no_record": N_(
            "The number {text} was taken for a record that does not exist. Nothing was saved."
        ),
        "numbering.bound": N_("The number {text} names another record already."),
        "numbering.reason_required": N_("Say why; the reason is printed in the ledger."),
        "numbering.settled": N_("The number {text} is already accounted for as {state}."),
    }
)


STATE_TITLES = {
    NumberState.USED: N_("Used"),
    NumberState.VOID: N_("Void"),
    NumberState.SPOILED: N_("Spoiled"),
    NumberState.LOST: N_("Lost"),
}


@dataclass(frozen=True)
class TakenNumber:
    """A number just taken: id of its ledger line, its text, running number and year."""

    id: int
    text: str
    sequence: int
    year: int


@dataclass(frozen=True)
class LedgerLine:
    """One number and its fate."""

    id: int
    sequence: int
    text: str
    state: NumberState
    record_kind: str
    record_id: int
    reason: str
    taken_at: datetime


@dataclass(frozen=True)
class SeriesState:
    """A series: its pattern, and per year how many numbers were taken."""

    key: str
    version: int
    pattern: str
    taken: tuple[tuple[int, int], ...]


def seed(session: Session, specs: Iterable[SeriesSpec]) -> None:
    """Give series that this database does not know yet their default pattern."""
    known = set(session.scalars(select(NumberPattern.key)))
    for spec in specs:
        if spec.key not in known:
            session.add(NumberPattern(key=spec.key, pattern=check_pattern(spec.pattern)))
    session.flush()


def take(
    session: Session,
    series_key: str,
    *,
    record_kind: str,
    record_id: int | None,
    year: int | None = None,
) -> TakenNumber:
    """Take the next number of a series; do it last, the counter stays locked until the commit.

    Args:
        session: a write session.
        series_key: key of the series.
        record_kind: table name of the record the number names.
        record_id: its id; None where the record needs the number first: `bind` it before the end.
        year: year of the series; this year unless given.

    Raises:
        RuleViolation: `numbering.unknown_series`.
    """
    pattern = session.get(NumberPattern, series_key)
    if pattern is None:
        raise RuleViolation("numbering.unknown_series", series=series_key)
    # Held, so that a batch reads it once.
    session.info.setdefault("number_patterns", {})[series_key] = pattern
    in_year = year or today(session).year
    short, code = session.info["letters"](session)

    def name(line: NumberLine) -> None:
        line.text = render(
            pattern.pattern, short=short, code=code, year=in_year, sequence=line.sequence
        )
        line.record_kind = record_kind
        line.record_id = record_id

    session.flush()
    line = _next_line(session, (series_key, code, in_year), name)
    session.flush()
    session.info.setdefault("numbers", set()).add(line.id)
    return TakenNumber(line.id, line.text, line.sequence, in_year)


def bind(session: Session, number: TakenNumber, record_id: int) -> None:
    """Name the record of a number that was taken before the record had an id.

    Raises:
        RuleViolation: the number names another record.
    """
    line = session.get_one(NumberLine, number.id)
    if line.record_id not in {None, record_id}:
        raise RuleViolation("numbering.bound", text=line.text)
    line.record_id = record_id
    session.flush()


def settle(session: Session, number_id: int, state: NumberState, reason: str) -> None:
    """Account for a number that is no longer in use: void, spoiled or lost.

    Raises:
        InputError: without a reason.
        NotFound: no such number.
        RuleViolation: it is not in use.
    """
    if not reason.strip():
        raise InputError.of("reason", "numbering.reason_required")
    line = session.get(NumberLine, number_id)
    if line is None:
        raise NotFound("record.not_found")
    if line.state is not NumberState.USED:
        raise RuleViolation("numbering.settled", text=line.text, state=_(STATE_TITLES[line.state]))
    line.state = state
    line.reason = reason.strip()
    session.flush()


def set_pattern(session: Session, key: str, version: int, pattern: str) -> None:
    """Change how numbers of a series look from now on; numbers taken keep their text.

    Raises:
        NotPermitted: without `numbering.edit`.
        InputError: the pattern is wrong.
    """
    from core.database import load_for_edit

    require(session, "numbering.edit")
    row = load_for_edit(session, NumberPattern, key, version)
    row.pattern = check_pattern(pattern)
    session.flush()


def series(session: Session) -> list[SeriesState]:
    """All series with how many numbers they have given in each year."""
    taken: dict[str, list[tuple[int, int]]] = {}
    rows = session.execute(
        select(NumberSeries.key, NumberSeries.year, func.sum(NumberSeries.next - 1))
        .group_by(NumberSeries.key, NumberSeries.year)
        .order_by(NumberSeries.year)
    )
    unseen = _unseen(session)
    for key, in_year, count in rows:
        seen = int(count) - unseen.get((key, in_year), 0)
        taken.setdefault(key, []).append((in_year, seen))
    return [
        SeriesState(row.key, row.version, row.pattern, tuple(taken.get(row.key, ())))
        for row in session.scalars(select(NumberPattern).order_by(NumberPattern.key))
    ]


def _unseen(session: Session) -> dict[tuple[str, int], int]:
    """How many numbers of a series and year name records that the person may not see."""
    if not veil.hidden(session):
        return {}
    chosen = select(NumberLine.key, NumberLine.year, func.count(NumberLine.id)).group_by(
        NumberLine.key, NumberLine.year
    )
    seen = {(key, year): count for key, year, count in session.execute(chosen)}
    with veil.lifted(session):
        return {
            (key, year): count - seen.get((key, year), 0)
            for key, year, count in session.execute(chosen)
        }


def ledger(session: Session, series_key: str, year: int) -> list[LedgerLine]:
    """Every number of a series and year, in order."""
    chosen = (
        select(NumberLine)
        .where(NumberLine.key == series_key, NumberLine.year == year)
        .order_by(NumberLine.sequence)
    )
    return [
        LedgerLine(
            line.id,
            line.sequence,
            line.text,
            line.state,
            line.record_kind,
            line.record_id or 0,
            line.reason,
            line.taken_at,
        )
        for line in session.scalars(chosen)
    ]


def missing(session: Session) -> list[tuple[str, int, int]]:
    """Series, year and running number of every number the ledger does not account for.

    An empty list is the proof that no number was lost; `lintanctl audit check` prints it.
    """
    gaps = []
    for row in session.scalars(select(NumberSeries)):
        present = set(
            session.scalars(select(NumberLine.sequence).where(NumberLine.series_id == row.id))
        )
        gaps += [(row.key, row.year, n) for n in range(1, row.next) if n not in present]
    return gaps


def unnamed(session: Session) -> list[str]:
    """Texts of numbers whose record does not exist; an empty list is the proof of no half record."""
    bad: list[str] = []
    kinds = session.scalars(select(NumberLine.record_kind).distinct()).all()
    for kind in kinds:
        chosen = select(NumberLine.text).where(NumberLine.record_kind == kind)
        table = Base.metadata.tables.get(kind)
        if table is not None:
            chosen = chosen.where(
                NumberLine.record_id.is_(None) | NumberLine.record_id.not_in(select(table.c.id))
            )
        bad += session.scalars(chosen).all()
    return bad


def committing(session: Session) -> None:
    """Refuse to commit a number that names no record; called before every commit.

    Raises:
        RuleViolation: `numbering.no_record`; everything is rolled back, so nothing is lost.
    """
    for number_id in session.info.pop("numbers", ()):
        line = session.get(NumberLine, number_id)
        if line is None:
            continue  # taken inside a savepoint that was rolled back, together with the counter
        table = Base.metadata.tables.get(line.record_kind)
        if line.record_id is None or table is None or "id" not in table.c:
            raise RuleViolation("numbering.no_record", text=line.text)
        found = session.scalar(select(table.c.id).where(table.c.id == line.record_id))
        if found is None:
            raise RuleViolation("numbering.no_record", text=line.text)


def _next_line(
    session: Session, series: tuple[str, str, int], name: Callable[[NumberLine], None]
) -> NumberLine:
    """Count up, write the ledger line and name it; on PostgreSQL the server's function writes it."""
    key, code, year = series
    if session.info["dialect"] == "postgresql":
        number_id = session.scalar(
            text("SELECT lintan_take_number(:key, :code, :year, :at)"),
            {"key": key, "code": code, "year": year, "at": now(session)},
        )
        line = session.get_one(NumberLine, number_id)
        name(line)
        return line
    counted = session.execute(
        update(NumberSeries)
        .where(NumberSeries.key == key, NumberSeries.office_code == code, NumberSeries.year == year)
        .values(next=NumberSeries.next + 1)
        .returning(NumberSeries.id, NumberSeries.next)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is None:
        counted = session.execute(
            insert(NumberSeries)
            .values(key=key, office_code=code, year=year, next=2)
            .returning(NumberSeries.id, NumberSeries.next)
        ).one()
    line = NumberLine(
        series_id=counted.id, key=key, year=year, sequence=counted.next - 1, taken_at=now(session)
    )
    name(line)
    session.add(line)
    return line
