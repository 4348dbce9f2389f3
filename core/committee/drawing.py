"""The provable draw: from a frozen list, a time and two inputs to the drawn, by pure arithmetic.

Nothing here knows the office or the database: whoever has the record, on paper or as JSON, can draw
again and gets the same names bit for bit. The procedure is `docs/adr/0012-provable-draw.md`:

1. The list is frozen as canonical JSON (:func:`db.types.canonical_json`); its SHA-256 is the digest
   that is told before anybody types.
2. seed = SHA-256 of the canonical JSON of [algorithm, list, time, first input, second input].
3. Random words are the 8-byte big-endian quarters of SHA-256(seed ‖ counter), the counter being
   8 bytes from zero up. A number below n is a word modulo n; words from the last, incomplete
   multiple of n on are thrown away, so that no number is favoured.
4. Fisher–Yates from the last place down puts the candidates, which stand in the list by their
   codes, into an order.
5. The seats are filled in the order of the needs, each by the first in that order who has the
   specialty and leaves enough others for the seats to come; then the substitutes, likewise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from db.types import canonical_json

register(
    {
        "committee.too_few": N_(
            "There are not enough candidates: {have} for {want} seats{specialty}."
        ),
        "committee.record_shape": N_("This is no record of a draw: {what}."),
    }
)

ALGORITHM = "lintan-draw-1"
PRINCIPAL, SUBSTITUTE = "principal", "substitute"
_WORD = 8
_LIST_KEYS = ("draw", "case", "candidates", "excluded", "needed", "substitutes")
_RECORD_KEYS = ("algorithm", "list", "list_digest", "drawn_at", "inputs", "seed", "result")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who may be drawn. `drawn` is how often they were within the last year."""

    code: str
    name: str
    employer: str
    specialties: tuple[str, ...]
    drawn: int = 0


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """Somebody who is in the pool and may not be drawn for this case, and why."""

    code: str
    name: str
    ground: str
    reason: str


@dataclass(frozen=True)
class Need:
    """So many experts of a specialty; an empty one is any."""

    specialty: str
    count: int


@dataclass(frozen=True)
class Drawn:
    """One drawn: place in the result, code, seat, and the specialty of the seat."""

    order: int
    code: str
    seat: str
    specialty: str


@dataclass(frozen=True)
class Verdict:
    """What drawing again came to. `faults` names what does not agree; nothing is intact."""

    faults: tuple[str, ...]
    result: tuple[Drawn, ...]

    @property
    def intact(self) -> bool:
        """Whether the record is exactly what was drawn."""
        return not self.faults


def frozen_list(
    *,
    draw: str,
    case: str,
    candidates: Sequence[Candidate],
    excluded: Sequence[Excluded],
    needed: Sequence[Need],
    substitutes: int,
) -> dict[str, Any]:
    """The list as it is frozen: plain JSON, candidates and exclusions by their codes.

    Raises:
        RuleViolation: `committee.too_few`; the seats cannot all be filled.
    """
    people = sorted(candidates, key=lambda one: one.code)
    _check_enough(people, needed)
    return {
        "draw": draw,
        "case": case,
        "candidates": [
            {
                "code": one.code,
                "name": one.name,
                "employer": one.employer,
                "specialties": list(one.specialties),
                "drawn": one.drawn,
            }
            for one in people
        ],
        "excluded": [
            {"code": one.code, "name": one.name, "ground": one.ground, "reason": one.reason}
            for one in sorted(excluded, key=lambda one: (one.code, one.ground))
        ],
        "needed": [{"specialty": one.specialty, "count": one.count} for one in needed],
        "substitutes": substitutes,
    }


def digest(frozen: Mapping[str, Any]) -> str:
    """SHA-256 of a frozen list, hexadecimal."""
    return sha256(canonical_json(frozen).encode()).hexdigest()


def clean_input(text: str) -> str:
    """An operator's input in its one form: NFC, without blanks at the ends."""
    return unicodedata.normalize("NFC", text).strip()


def instant_text(at: datetime) -> str:
    """An instant as the record has it: UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seed_of(frozen: Mapping[str, Any], drawn_at: str, inputs: tuple[str, str]) -> bytes:
    """The 32 bytes everything follows from."""
    text = canonical_json([ALGORITHM, frozen, drawn_at, inputs[0], inputs[1]])
    return sha256(text.encode()).digest()


def words(seed: bytes) -> Iterator[int]:
    """The endless row of 64-bit numbers of a seed."""
    counter = 0
    while True:
        block = sha256(seed + counter.to_bytes(8, "big")).digest()
        for at in range(0, len(block), _WORD):
            yield int.from_bytes(block[at : at + _WORD], "big")
        counter += 1


def below(limit: int, source: Iterator[int]) -> int:
    """A number from 0 to `limit` - 1, each equally likely; `limit` is at least 1."""
    whole = (1 << 8 * _WORD) // limit * limit
    return next(word % limit for word in source if word < whole)


def shuffled(count: int, seed: bytes) -> list[int]:
    """The numbers 0 to `count` - 1 in the order of a seed (Fisher–Yates)."""
    order, source = list(range(count)), words(seed)
    for place in range(count - 1, 0, -1):
        other = below(place + 1, source)
        order[place], order[other] = order[other], order[place]
    return order


def seats(frozen: Mapping[str, Any], seed: bytes) -> tuple[Drawn, ...]:
    """Who sits where: principals by need, then the substitutes in their order."""
    people = frozen["candidates"]
    order = [people[number] for number in shuffled(len(people), seed)]
    wanted = [one["specialty"] for one in frozen["needed"] for _seat in range(one["count"])]
    chosen: list[Drawn] = []
    for place, specialty in enumerate(wanted):
        person = _first_fitting(order, specialty, wanted[place + 1 :])
        order.remove(person)
        chosen.append(Drawn(len(chosen) + 1, person["code"], PRINCIPAL, specialty))
    for person in _in_reserve(order, wanted)[: frozen["substitutes"]]:
        chosen.append(Drawn(len(chosen) + 1, person["code"], SUBSTITUTE, ""))
    return tuple(chosen)


def make_record(
    frozen: Mapping[str, Any], drawn_at: datetime, inputs: tuple[str, str]
) -> dict[str, Any]:
    """Draw: the whole record, which is enough to draw again."""
    at = instant_text(drawn_at)
    seed = seed_of(frozen, at, inputs)
    return {
        "algorithm": ALGORITHM,
        "list": dict(frozen),
        "list_digest": digest(frozen),
        "drawn_at": at,
        "inputs": list(inputs),
        "seed": seed.hex(),
        "result": [
            {"order": one.order, "code": one.code, "seat": one.seat, "specialty": one.specialty}
            for one in seats(frozen, seed)
        ],
    }


def replay(record: Mapping[str, Any]) -> Verdict:
    """Draw again from a record and compare everything it says.

    Raises:
        InputError: field ``record``; it is no record of a draw, or of another procedure.
    """
    _check_shape(record)
    frozen = record["list"]
    first, second = record["inputs"]
    faults: list[str] = []
    if digest(frozen) != record["list_digest"]:
        faults.append("list")
    seed = seed_of(frozen, record["drawn_at"], (first, second))
    if seed.hex() != record["seed"]:
        faults.append("seed")
    try:
        result = seats(frozen, seed)
    except RuleViolation:  # a list that was changed so that its seats cannot be filled
        return Verdict((*faults, "result"), ())
    written = [
        (one["order"], one["code"], one["seat"], one["specialty"]) for one in record["result"]
    ]
    if written != [(one.order, one.code, one.seat, one.specialty) for one in result]:
        faults.append("result")
    return Verdict(tuple(faults), result)


def specialty_fits(specialties: Sequence[str], specialty: str) -> bool:
    """Whether somebody with these specialties may take the seat."""
    return not specialty or specialty in specialties


def _first_fitting(
    order: Sequence[dict[str, Any]], specialty: str, later: Sequence[str]
) -> dict[str, Any]:
    for person in order:
        if not specialty_fits(person["specialties"], specialty):
            continue
        rest = [one for one in order if one is not person]
        if _all_filled([one["specialties"] for one in rest], later):
            return person
    raise RuleViolation("committee.too_few", have=len(order), want=1, specialty=_named(specialty))


def _in_reserve(order: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[dict[str, Any]]:
    return [
        one
        for one in order
        if any(specialty_fits(one["specialties"], specialty) for specialty in wanted)
    ]


def _all_filled(people: Sequence[Sequence[str]], wanted: Sequence[str]) -> bool:
    """Whether each seat can have somebody of its own (augmenting paths; seats are few)."""
    narrow = [specialty for specialty in wanted if specialty]
    if len(people) < len(wanted):
        return False
    taken: dict[int, int] = {}

    def place(seat: int, seen: set[int]) -> bool:
        for number, specialties in enumerate(people):
            if narrow[seat] not in specialties or number in seen:
                continue
            seen.add(number)
            if number not in taken or place(taken[number], seen):
                taken[number] = seat
                return True
        return False

    return all(place(seat, set()) for seat in range(len(narrow)))


def _check_enough(people: Sequence[Candidate], needed: Sequence[Need]) -> None:
    for need in needed:
        have = sum(specialty_fits(one.specialties, need.specialty) for one in people)
        if have < need.count:
            raise RuleViolation(
                "committee.too_few", have=have, want=need.count, specialty=_named(need.specialty)
            )
    wanted = [one.specialty for one in needed for _seat in range(one.count)]
    if not _all_filled([one.specialties for one in people], wanted):
        raise RuleViolation("committee.too_few", have=len(people), want=len(wanted), specialty="")


def _named(specialty: str) -> str:
    return f"（{specialty}）" if specialty else ""


def _check_shape(record: Mapping[str, Any]) -> None:
    """Say what is wrong with a record before anything is computed from it."""
    missing = [key for key in _RECORD_KEYS if key not in record]
    if missing:
        raise _no_record(missing[0])
    if record["algorithm"] != ALGORITHM:
        raise _no_record(f"algorithm {record['algorithm']}")
    frozen, inputs = record["list"], record["inputs"]
    if not isinstance(frozen, Mapping) or any(key not in frozen for key in _LIST_KEYS):
        raise _no_record("list")
    if not isinstance(inputs, list) or [type(one) for one in inputs] != [str, str]:
        raise _no_record("inputs")
    if not isinstance(record["drawn_at"], str) or not isinstance(record["result"], list):
        raise _no_record("result")
    _check_lines(frozen, record["result"])
    try:
        canonical_json(frozen)
    except ValueError as problem:  # NaN and the like, which JSON does not know
        raise _no_record("list") from problem


def _check_lines(frozen: Mapping[str, Any], result: Sequence[Any]) -> None:
    people = frozen["candidates"]
    if not isinstance(people, list) or not all(
        isinstance(one, Mapping)
        and isinstance(one.get("code"), str)
        and isinstance(one.get("specialties"), list)
        for one in people
    ):
        raise _no_record("candidates")
    needed = frozen["needed"]
    if not isinstance(needed, list) or not all(
        isinstance(one, Mapping)
        and isinstance(one.get("specialty"), str)
        and type(one.get("count")) is int
        and one["count"] > 0
        for one in needed
    ):
        raise _no_record("needed")
    if sum(one["count"] for one in needed) > len(people):
        raise _no_record("needed")
    if type(frozen["substitutes"]) is not int or frozen["substitutes"] < 0:
        raise _no_record("substitutes")
    keys = {"order", "code", "seat", "specialty"}
    if not all(isinstance(one, Mapping) and keys <= set(one) for one in result):
        raise _no_record("result")


def _no_record(what: str) -> InputError:
    return InputError.of("record", "committee.record_shape", what=what)
