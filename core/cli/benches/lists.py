"""A list of certificates: ids from an index and one page of rows, against loading all objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.certificates.lists import CERTIFICATES
from core.certificates.model import Application
from core.certificates.register_model import Certificate
from core.cli.benches.scratch import fill, scratch_office
from core.database import Database
from core.numbering.model import NumberLine, NumberSeries
from core.values.area import Area
from core.values.comparison import Comparison, milliseconds
from core.values.listing import ListQuery
from core.values.tonnes import Tonnes

PAGE = 50
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TOWNS = ("女山湖镇", "涧溪镇", "自来桥镇", "石坝镇", "三界镇", "管店镇")


def first_page(rows: int = 100_000) -> Comparison:
    """Milliseconds from nothing to the first page of the newest certificates."""
    with scratch_office() as database:
        _register(database, rows)
        with database.read() as session:
            return Comparison(
                "list", "ms",
                milliseconds(lambda: _page(session, ListQuery())),
                milliseconds(lambda: _all_objects(session, "entered_on")[:PAGE], rounds=1),
            )  # fmt: skip


def full_sort(rows: int = 100_000) -> Comparison:
    """Milliseconds for the ids of all certificates in the order of another column."""
    with scratch_office() as database:
        _register(database, rows)
        with database.read() as session:
            return Comparison(
                "sort", "ms",
                milliseconds(lambda: CERTIFICATES.ids(session, ListQuery(sort="tonnes"))),
                milliseconds(lambda: _all_objects(session, "tonnes"), rounds=1),
            )  # fmt: skip


def _page(session: Session, query: ListQuery) -> object:
    return CERTIFICATES.rows(session, CERTIFICATES.first(session, query, PAGE))


def _all_objects(session: Session, key: str) -> list[Certificate]:
    """Load every object and sort in Python, as a proxy model would."""
    session.expunge_all()
    return sorted(session.scalars(select(Certificate)), key=lambda one: str(getattr(one, key)))


def _register(database: Database, count: int) -> None:
    """So many certificates, each with its case and its number."""
    fill(
        database,
        NumberSeries.__table__,  # type: ignore[arg-type]
        [
            {
                "id": 9000,
                "key": "certificate",
                "office_code": "341199",
                "year": 2020,
                "next": count + 1,
            }
        ],
    )
    lines, cases, certificates = [], [], []
    for number, shared in enumerate(_facts(count), start=1):
        text = f"测碳证〔2020〕第{number:06d}号"
        lines.append(
            {"id": 900_000 + number, "series_id": 9000, "key": "certificate", "year": 2020,
             "sequence": number, "text": text, "state": "used", "record_kind": "certificate",
             "record_id": number, "taken_at": _NOW}
        )  # fmt: skip
        cases.append(
            {"id": number, "version": 1, "kind": "first", "scheme": "bench", "state": "archived",
             "project_sort": shared["project_name"], "ownership": "sole", "clerk_id": 1,
             "received_on": shared["entered_on"], "state_since": shared["entered_on"],
             "created_at": _NOW, "supplement_open": False, **_only(Application, shared)}
        )  # fmt: skip
        certificates.append(
            {"id": number, "number_id": 900_000 + number, "number": text, "application_id": number,
             "status": "valid", "range_start": 1, "range_end": shared["tonnes"].units,
             **_only(Certificate, shared)}
        )  # fmt: skip
    for model, rows in ((NumberLine, lines), (Application, cases), (Certificate, certificates)):
        fill(database, model.__table__, rows)  # type: ignore[arg-type]


def _only(model: type, facts: dict[str, Any]) -> dict[str, Any]:
    columns = model.__table__.c  # type: ignore[attr-defined]
    return {key: value for key, value in facts.items() if key in columns}


def _facts(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        mixed = number * 7919 % count
        yield {
            "holders_text": f"权利人{mixed:06d}",
            "holders_sort": f"quan li ren {mixed:06d}",
            "project_name": f"碳汇项目{mixed % 5000}",
            "township": _TOWNS[mixed % len(_TOWNS)],
            "area": Area(10_000 + mixed * 13),
            "tonnes": Tonnes(1_000 + mixed * 17),
            "period_from": date(2015, 1, 1),
            "period_to": date(2019, 12, 31),
            "valid_until": date(2045, 12, 31),
            "entered_on": date(2020, 1, 1) + timedelta(days=mixed % 360),
        }
