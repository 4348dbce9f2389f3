"""The cases a committee judges. Higher capabilities say what theirs are; here they are (kind, id).

The committee knows nothing of applications: who owns a kind of case declares how to name one and
who its parties are, so that conflicts can be computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.errors import InputError, NotFound
from core.i18n import N_
from core.messages import register

register({"committee.case_kind": N_("“{kind}” is no kind of case that experts judge.")})


@dataclass(frozen=True, kw_only=True)
class CaseLabel:
    """How a case is named to people.

    Attributes:
        number: e.g. its acceptance number.
        title: what it is about.
        applicant, measuring_body: for the record of a draw.
        waiting: whether it waits for the experts now.
    """

    kind: str
    id: int
    number: str
    title: str
    applicant: str = ""
    measuring_body: str = ""
    waiting: bool = False

    @property
    def text(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, kw_only=True)
class CaseKind:
    """A kind of case.

    Attributes:
        kind: table name.
        title: marked with `N_`.
        parties: a select of (record id, party id, part in Chinese) over all cases.
        labels: how cases are named, by id; unknown ids are left out.
        find: the id of a case by what people type (a number, an id).
        waiting: ids of the cases that wait for experts, the oldest first.
        belongings: what is hidden with hidden cases beyond what hangs on them by keys.
    """

    kind: str
    title: str
    parties: Callable[[], Select[tuple[int, int, str]]]
    labels: Callable[[Session, Sequence[int]], Mapping[int, CaseLabel]]
    find: Callable[[Session, str], int]
    waiting: Callable[[Session], Sequence[int]]
    belongings: Callable[[Session, Collection[int]], Mapping[str, Collection[int]]]


_KINDS: dict[str, CaseKind] = {}


def add_case_kind(kind: CaseKind) -> None:
    """Declare a kind of case; called when its capability is loaded."""
    _KINDS[kind.kind] = kind


def case_kinds() -> tuple[CaseKind, ...]:
    """All kinds of cases."""
    return tuple(_KINDS.values())


def case_kind(kind: str) -> CaseKind:
    """The kind of that name.

    Raises:
        InputError: field ``case``.
    """
    if kind not in _KINDS:
        raise InputError.of("case", "committee.case_kind", kind=kind)
    return _KINDS[kind]


def label(session: Session, case: tuple[str, int]) -> CaseLabel:
    """How a case is named.

    Raises:
        NotFound: there is none, or the person may not see it.
    """
    found = case_kind(case[0]).labels(session, [case[1]]).get(case[1])
    if found is None:
        raise NotFound("record.not_found")
    return found


def labels(
    session: Session, cases: Collection[tuple[str, int]]
) -> dict[tuple[str, int], CaseLabel]:
    """How several cases are named; those that are not there are left out."""
    found: dict[tuple[str, int], CaseLabel] = {}
    for kind in {one[0] for one in cases}:
        ids = [number for name, number in cases if name == kind]
        for number, one in case_kind(kind).labels(session, ids).items():
            found[kind, number] = one
    return found


def waiting_cases(session: Session) -> tuple[CaseLabel, ...]:
    """The cases that wait for experts."""
    found: list[CaseLabel] = []
    for kind in case_kinds():
        ids = list(kind.waiting(session))
        known = kind.labels(session, ids)
        found += [known[one] for one in ids if one in known]
    return tuple(found)


def find_case(session: Session, text: str) -> tuple[str, int]:
    """The case of a number, whatever its kind.

    Raises:
        NotFound: there is none.
    """
    for kind in case_kinds():
        try:
            return kind.kind, kind.find(session, text)
        except NotFound:
            continue
    raise NotFound("record.not_found")
