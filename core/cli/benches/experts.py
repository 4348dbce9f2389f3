"""A list of experts: ids from an index and one page of rows, against loading all objects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.cli.benches.scratch import fill, scratch_office
from core.committee.lists import EXPERTS
from core.committee.model import Expert, ExpertSpecialty, Membership
from core.database import Database
from core.parties.model import Party
from core.values.comparison import Comparison, milliseconds
from core.values.listing import ListQuery

PAGE = 50
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_FIELDS = ("森林经理", "碳计量与方法学", "样地调查", "营林", "林权管理", "遥感与地理信息")
_TITLES = ("教授", "研究员", "高级工程师", "工程师")


def experts(rows: int = 20_000) -> Comparison:
    """Milliseconds from nothing to the first page of the experts by name."""
    with scratch_office() as database:
        enrol_many(database, rows)
        with database.read() as session:
            return Comparison(
                "experts", "ms",
                milliseconds(lambda: _page(session)),
                milliseconds(lambda: all_objects(session)[:PAGE], rounds=1),
            )  # fmt: skip


def _page(session: Session) -> object:
    return EXPERTS.rows(session, EXPERTS.first(session, ListQuery(sort="name"), PAGE))


def all_objects(session: Session) -> list[tuple[str, str]]:
    """Load every expert with party, employer and terms, and sort in Python."""
    session.expunge_all()
    parties = {one.id: one for one in session.scalars(select(Party))}
    terms: dict[int, list[Membership]] = {}
    for term in session.scalars(select(Membership)):
        terms.setdefault(term.expert_id, []).append(term)
    fields: dict[int, list[str]] = {}
    for field in session.scalars(select(ExpertSpecialty)):
        fields.setdefault(field.expert_id, []).append(field.name)
    rows = [
        (parties[one.party_id].pinyin, f"{one.code} {fields[one.id]} {len(terms[one.id])}")
        for one in session.scalars(select(Expert))
    ]
    return sorted(rows)


def enrol_many(database: Database, count: int) -> None:
    """So many experts with a party, an employer, a specialty and a term each."""
    units = [_party(number, "organisation", f"样例单位{number}") for number in range(1, 201)]
    people = [
        _party(1000 + number, "person", f"专家{number * 7919 % count:05d}", 1 + number % 200)
        for number in range(1, count + 1)
    ]
    experts_, fields, terms = [], [], []
    for number in range(1, count + 1):
        mixed = number * 7919 % count
        experts_.append(
            {"id": number, "version": 1, "party_id": 1000 + number, "code": f"E{number:05d}",
             "title": _TITLES[mixed % 4],
             "born_on": date(1955, 1, 1) + timedelta(days=mixed % 15_000), "retired": False,
             "civil_servant": mixed % 9 == 0, "joined_on": date(2026, 1, 1), "status": "active",
             "created_at": _NOW}
        )  # fmt: skip
        fields.append({"expert_id": number, "position": 1, "name": _FIELDS[mixed % 6]})
        terms.append(
            {"version": 1, "expert_id": number, "body": "pool", "post": "reviewer",
             "term_from": date(2026, 1, 1), "term_to": date(2028, 12, 31)}
        )  # fmt: skip
    for model, rows in (
        (Party, [*units, *people]),
        (Expert, experts_),
        (ExpertSpecialty, fields),
        (Membership, terms),
    ):
        fill(database, model.__table__, rows)  # type: ignore[arg-type]


def _party(number: int, kind: str, name: str, employer: int | None = None) -> dict[str, object]:
    return {
        "id": number,
        "version": 1,
        "kind": kind,
        "name": name,
        "pinyin": f"{name}{number}",
        "initials": "zj",
        "employer_id": employer,
        "created_at": _NOW,
    }
