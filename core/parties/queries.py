"""Reading the party register: frozen summaries, masked by default."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.errors import NotFound
from core.i18n import N_, _
from core.parties.model import (
    NotADuplicate,
    Party,
    PartyKind,
    PersonalNumber,
    Qualification,
    QualityNote,
)
from core.values.cells import Shown, term
from core.values.identity import IdKind
from core.values.listing import Align, ColumnSpec, FilterSpec, ListQuery

KIND_TITLES = {PartyKind.PERSON: N_("Person"), PartyKind.ORGANISATION: N_("Organisation")}


@dataclass(frozen=True, kw_only=True)
class PartySummary:
    """A party as lists and papers show it. `number` is masked for a person, whole for a code."""

    id: int
    version: int
    kind: PartyKind
    name: str
    id_kind: IdKind
    number: str
    no_number_reason: str
    organisation_kind: str
    representative: str
    phone: str
    address: str
    active: bool
    merged_into_id: int | None


@dataclass(frozen=True, kw_only=True)
class QualificationLine:
    """A qualification of a measuring body; `valid` on the day asked for."""

    kind: str
    number: str
    issuer: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class PartyDetail:
    """Everything about one party that its page shows."""

    party: PartySummary
    contact: str
    note: str
    representative_post: str
    representative_name: str
    representative_id: int | None
    employer: PartySummary | None
    roles: tuple[Shown, ...]
    qualifications: tuple[QualificationLine, ...]
    quality: tuple[tuple[date, str, str], ...]
    not_duplicates: tuple[tuple[int, str, str], ...]
    absorbed: tuple[PartySummary, ...]


#: Which parties hold a role. Higher capabilities add theirs: `add_role(title, query)`, where the
#: query selects party ids; a role is derived from what a party does, never typed in.
RoleQuery = Callable[[], Select[int] | Select[int | None]]
_ROLES: dict[str, tuple[str, RoleQuery]] = {}


def add_role(key: str, title: str, query: RoleQuery) -> None:
    """Declare a role: its key, its title (marked with `N_`) and who holds it."""
    _ROLES[key] = (title, query)


add_role("measuring_body", N_("Measuring body"), lambda: select(Qualification.party_id).distinct())
add_role(
    "employer",
    N_("Employer"),
    lambda: select(Party.employer_id).where(Party.employer_id.is_not(None)).distinct(),
)


def role_titles() -> dict[str, str]:
    """Every declared role with its English title."""
    return {key: title for key, (title, _query) in _ROLES.items()}


def roles(session: Session, party_ids: Sequence[int]) -> dict[int, tuple[Shown, ...]]:
    """The roles each party holds: keys, with titles in the language of the screen."""
    held: dict[int, list[Shown]] = {party_id: [] for party_id in party_ids}
    for key, (title, query) in sorted(_ROLES.items()):
        holders = query().subquery()
        found = session.scalars(select(holders.c[0]).where(holders.c[0].in_(list(party_ids))))
        for party_id in set(found):
            held[party_id].append(Shown(key, _(title)))
    return {party_id: tuple(found) for party_id, found in held.items()}


def resolve(session: Session, party_id: int) -> int:
    """The party an id stands for today: follows `merged_into` to its end."""
    return resolve_each(session, [party_id])[party_id]


def resolve_each(session: Session, party_ids: Collection[int]) -> dict[int, int]:
    """The parties many ids stand for today; one question per step of the longest chain of merges."""
    merged: dict[int, int] = {}
    asked = set(party_ids)
    while asked:
        rows = session.execute(
            select(Party.id, Party.merged_into_id).where(
                Party.id.in_(asked), Party.merged_into_id.is_not(None)
            )
        )
        found = {row.id: row.merged_into_id for row in rows}
        merged |= found
        asked = set(found.values()) - set(merged)
    return {one: _followed(merged, one) for one in party_ids}


def _followed(merged: Mapping[int, int], party_id: int) -> int:
    seen = {party_id}
    while (target := merged.get(party_id)) is not None and target not in seen:
        seen.add(target)
        party_id = target
    return party_id


def _summary(party: Party, number: PersonalNumber | None) -> PartySummary:
    kind, text = IdKind.NONE, ""
    if number is not None:
        kind, text = number.kind, number.mask
    elif party.credit_code:
        kind, text = IdKind.CREDIT_CODE, party.credit_code
    return PartySummary(
        id=party.id,
        version=party.version,
        kind=party.kind,
        name=party.name,
        id_kind=kind,
        number=text,
        no_number_reason=party.no_number_reason,
        organisation_kind=party.organisation_kind.value if party.organisation_kind else "",
        representative="：".join(
            part for part in (party.representative_post, party.representative_name) if part
        ),
        phone=party.phone,
        address=party.address,
        active=party.active,
        merged_into_id=party.merged_into_id,
    )


def summaries(session: Session, party_ids: Iterable[int]) -> dict[int, PartySummary]:
    """Summaries by id; unknown ids are left out."""
    rows = session.execute(
        select(Party, PersonalNumber)
        .outerjoin(PersonalNumber, PersonalNumber.party_id == Party.id)
        .where(Party.id.in_(list(party_ids)))
    )
    return {party.id: _summary(party, number) for party, number in rows}


def summary(session: Session, party_id: int) -> PartySummary:
    """One party as it was entered (not resolved).

    Raises:
        NotFound: no such party.
    """
    found = summaries(session, [party_id]).get(party_id)
    if found is None:
        raise NotFound("record.not_found")
    return found


def party_detail(session: Session, party_id: int) -> PartyDetail:
    """The page of one party.

    Raises:
        NotFound: no such party.
    """
    head = summary(session, party_id)
    party = session.get_one(Party, party_id)
    return PartyDetail(
        party=head,
        contact=party.contact,
        note=party.note,
        representative_post=party.representative_post,
        representative_name=party.representative_name,
        representative_id=party.representative_id,
        employer=summary(session, party.employer_id) if party.employer_id else None,
        roles=roles(session, [party_id])[party_id],
        qualifications=_qualifications(session, party_id),
        quality=_quality(session, party_id),
        not_duplicates=_verdicts(session, party_id),
        absorbed=_absorbed(session, party_id),
    )


def _qualifications(session: Session, party_id: int) -> tuple[QualificationLine, ...]:
    query = select(Qualification).where(Qualification.party_id == party_id)
    return tuple(
        QualificationLine(
            kind=row.kind,
            number=row.number,
            issuer=row.issuer,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in session.scalars(query.order_by(Qualification.id))
    )


def _quality(session: Session, party_id: int) -> tuple[tuple[date, str, str], ...]:
    query = select(QualityNote).where(QualityNote.party_id == party_id).order_by(QualityNote.id)
    return tuple((row.noted_on, row.text, row.noted_by) for row in session.scalars(query))


def _verdicts(session: Session, party_id: int) -> tuple[tuple[int, str, str], ...]:
    query = select(NotADuplicate).where(
        or_(NotADuplicate.first_id == party_id, NotADuplicate.second_id == party_id)
    )
    return tuple(
        (row.second_id if row.first_id == party_id else row.first_id, row.reason, row.decided_by)
        for row in session.scalars(query)
    )


def _absorbed(session: Session, party_id: int) -> tuple[PartySummary, ...]:
    ids = session.scalars(select(Party.id).where(Party.merged_into_id == party_id)).all()
    return tuple(summaries(session, ids).values())


def find_by_number(session: Session, number: str) -> int | None:
    """The living party with exactly this identity number or credit code, resolved."""
    if not number:
        return None
    found = session.scalar(
        select(PersonalNumber.party_id).where(PersonalNumber.value == number)
    ) or session.scalar(select(Party.id).where(Party.credit_code == number))
    return resolve(session, found) if found is not None else None


class _Parties:
    """The list of parties (see :class:`core.values.listing.RecordSource`)."""

    kind = "party"
    columns = (
        ColumnSpec("name", N_("Name"), 24, Align.LEFT, sortable=True),
        ColumnSpec("kind", N_("Kind"), 8, Align.LEFT, sortable=True),
        ColumnSpec("organisation_kind", N_("Organisation kind"), 12, Align.LEFT, sortable=True),
        ColumnSpec("number", N_("Number"), 20, Align.LEFT, sortable=False),
        ColumnSpec("representative", N_("Representative"), 12, Align.LEFT, sortable=False),
        ColumnSpec("phone", N_("Telephone"), 13, Align.LEFT, sortable=False),
        ColumnSpec("roles", N_("Roles"), 16, Align.LEFT, sortable=False),
        ColumnSpec("state", N_("State"), 8, Align.LEFT, sortable=False),
    )

    @property
    def filters(self) -> tuple[FilterSpec, ...]:
        """Kind, role and state."""
        kinds = tuple((kind.value, title) for kind, title in KIND_TITLES.items())
        states = (("active", N_("In use")), ("inactive", N_("Not in use")), ("all", N_("All")))
        return (
            FilterSpec("kind", N_("Kind"), kinds),
            FilterSpec("role", N_("Role"), tuple(role_titles().items())),
            FilterSpec("state", N_("State"), states),
        )

    def ids(self, session: Session, query: ListQuery) -> list[int]:
        """Ids in the order asked for; by pinyin unless told otherwise."""
        order: dict[str, ColumnElement[object]] = {
            "kind": Party.kind,  # type: ignore[dict-item]  # an instrumented column is one
            "organisation_kind": Party.organisation_kind,  # type: ignore[dict-item]
        }
        column = order.get(query.sort, Party.pinyin)
        first = column.desc() if query.descending else column.asc()
        last = Party.id.desc() if query.descending else Party.id.asc()
        return list(session.scalars(self._selected(session, query).order_by(first, last)))

    def count(self, session: Session, query: ListQuery) -> int:
        """How many parties the query finds."""
        found = self._selected(session, query).subquery()
        return session.scalar(select(func.count()).select_from(found)) or 0

    def rows(self, session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
        """Values in column order."""
        held = roles(session, ids)
        return {
            party_id: (
                party.name,
                term(party.kind, KIND_TITLES),
                party.organisation_kind,
                party.number or party.no_number_reason,
                party.representative,
                party.phone,
                held[party_id],
                _state(party),
            )
            for party_id, party in summaries(session, ids).items()
        }

    def _selected(self, session: Session, query: ListQuery) -> Select[int]:
        chosen = select(Party.id)
        state = query.filters.get("state", "active")
        if state == "active":
            chosen = chosen.where(and_(Party.active.is_(True), Party.merged_into_id.is_(None)))
        elif state == "inactive":
            chosen = chosen.where(Party.active.is_(False))
        if query.filters.get("kind"):
            chosen = chosen.where(Party.kind == PartyKind(query.filters["kind"]))
        role = query.filters.get("role", "")
        if role in _ROLES:
            chosen = chosen.where(Party.id.in_(_ROLES[role][1]()))
        if query.text.strip():
            chosen = chosen.where(_matches(query.text.strip()))
        return chosen


def _matches(text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    like = f"%{escaped}%"
    other = aliased(PersonalNumber)
    return or_(
        Party.name.like(like, escape="\\"),
        Party.initials.like(f"{escaped.lower()}%", escape="\\"),
        Party.credit_code.like(f"{escaped.upper()}%", escape="\\"),
        Party.representative_name.like(like, escape="\\"),
        Party.phone.like(f"{escaped}%", escape="\\"),
        Party.id.in_(select(other.party_id).where(other.tail == text[-4:].upper()))
        if len(text) == 4
        else Party.id.in_(()),
    )


_STATES = {"merged": N_("Merged"), "active": N_("In use"), "inactive": N_("Not in use")}


def _state(party: PartySummary) -> Shown:
    if party.merged_into_id is not None:
        return term("merged", _STATES)
    return term("active" if party.active else "inactive", _STATES)


PARTIES = _Parties()
