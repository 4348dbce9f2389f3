"""The draw as arithmetic: uniform, replayable, and no change of its record goes unseen."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.committee.drawing import (
    ALGORITHM,
    Candidate,
    Excluded,
    Need,
    below,
    clean_input,
    digest,
    frozen_list,
    make_record,
    replay,
    seats,
    shuffled,
    words,
)
from core.committee.records import check_code, parse_record, record_text
from core.errors import InputError, RuleViolation

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FIELDS = ("森林经理", "碳计量", "样地", "法务")


def people(count: int, *fields: tuple[str, ...]) -> list[Candidate]:
    """So many candidates, with the specialties in turn."""
    known = fields or (("森林经理",),)
    return [
        Candidate(
            code=f"E{number:02d}",
            name=f"专家{number}",
            employer="某院",
            specialties=known[number % len(known)],
        )
        for number in range(1, count + 1)
    ]


def frozen(count: int = 7, needed: tuple[Need, ...] = (Need("", 3),), spare: int = 2) -> Any:
    return frozen_list(
        draw="明林碳抽〔2026〕1号",
        case="明林碳受〔2026〕1号 样例林",
        candidates=people(count),
        excluded=[Excluded(code="E99", name="某人", ground="employed", reason="任职于申请单位")],
        needed=needed,
        substitutes=spare,
    )


def chi_square(counts: list[int]) -> float:
    """How far counts are from being equal."""
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 / mean for count in counts)


def drawn_first(draws: int) -> tuple[list[int], list[int]]:
    """How often each of seven is drawn first, and is among the three principals."""
    listed = frozen()
    codes = [one["code"] for one in listed["candidates"]]
    first, seated = dict.fromkeys(codes, 0), dict.fromkeys(codes, 0)
    for number in range(draws):
        record = make_record(listed, AT, (f"甲{number}", "乙的口令"))
        first[record["result"][0]["code"]] += 1
        for one in record["result"][:3]:
            seated[one["code"]] += 1
    return list(first.values()), list(seated.values())


#: Chi-square with 6 degrees of freedom exceeds this once in 100,000 times; inputs are fixed, so the
#: outcome is always the same.
LIMIT = 32.6


def test_that_everybody_is_drawn_equally_often() -> None:
    first, seated = drawn_first(2500)
    assert chi_square(first) < LIMIT
    # The three seats of a draw are taken without putting back: the spread is smaller still.
    assert chi_square(seated) < LIMIT


@pytest.mark.long
def test_that_everybody_is_drawn_equally_often_in_a_hundred_thousand_draws() -> None:
    first, seated = drawn_first(100_000)
    assert chi_square(first) < LIMIT
    assert chi_square(seated) < LIMIT


def test_that_orders_of_four_are_equally_likely() -> None:
    counts: dict[tuple[int, ...], int] = {}
    for number in range(4800):
        order = tuple(shuffled(4, sha256(str(number).encode()).digest()))
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 24
    # 23 degrees of freedom, once in 100,000.
    assert chi_square(list(counts.values())) < 64.0


@given(st.integers(1, 10**6), st.binary(min_size=32, max_size=32))
def test_that_a_number_below_a_limit_is_below_it(limit: int, seed: bytes) -> None:
    assert 0 <= below(limit, words(seed)) < limit


def test_that_words_of_the_incomplete_multiple_are_thrown_away() -> None:
    whole = (1 << 64) // 3 * 3
    assert below(3, iter([whole, (1 << 64) - 1, 5])) == 2


def test_that_the_words_of_a_seed_are_those_of_the_written_procedure() -> None:
    seed = bytes(range(32))
    block = sha256(seed + bytes(8)).digest() + sha256(seed + bytes(7) + b"\x01").digest()
    source = words(seed)
    assert [next(source) for _word in range(8)] == [
        int.from_bytes(block[at : at + 8], "big") for at in range(0, 64, 8)
    ]


@given(
    st.lists(st.sampled_from(FIELDS), min_size=5, max_size=30),
    st.text(min_size=6, max_size=30),
    st.text(min_size=6, max_size=30),
    st.integers(0, 5),
)
def test_that_every_draw_is_replayed_bit_for_bit(
    fields: list[str], first: str, second: str, spare: int
) -> None:
    listed = frozen_list(
        draw="1号",
        case="案",
        candidates=people(len(fields), *((field,) for field in fields)),
        excluded=[],
        needed=(Need(fields[1], 1), Need("", 2)),
        substitutes=spare,
    )
    record = make_record(listed, AT, (clean_input(first), clean_input(second)))
    verdict = replay(record)
    assert verdict.intact
    codes = [one.code for one in verdict.result]
    assert len(set(codes)) == len(codes) == min(3 + spare, len(fields))
    assert json.loads(record_text(record)) == record
    assert replay(parse_record(record_text(record).encode())).intact
    printed = f"…核对码：{check_code(record)[:60]}\n  {check_code(record)[60:]}\n"
    assert parse_record(printed.encode()) == record


@given(st.data())
def test_that_no_change_of_a_record_goes_unseen(data: st.DataObject) -> None:
    record = make_record(frozen(), AT, ("松风入林", "竹影扫阶"))
    paths = [
        ("list", "candidates", 0, "name"), ("list", "candidates", 2, "code"),
        ("list", "candidates", 1, "employer"), ("list", "excluded", 0, "reason"),
        ("list", "case"), ("list", "draw"), ("drawn_at",), ("inputs", 0), ("inputs", 1),
        ("seed",), ("list_digest",), ("result", 0, "code"), ("result", 1, "seat"),
    ]  # fmt: skip
    path = data.draw(st.sampled_from(paths))
    changed: Any = copy.deepcopy(record)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = place[path[-1]] + data.draw(st.text(min_size=1, max_size=5))
    assert not replay(changed).intact


def test_that_the_list_does_not_depend_on_the_order_it_is_given_in() -> None:
    one = frozen_list(
        draw="1号", case="案", candidates=people(7), excluded=[], needed=(Need("", 3),),
        substitutes=0,
    )  # fmt: skip
    other = frozen_list(
        draw="1号", case="案", candidates=people(7)[::-1], excluded=[], needed=(Need("", 3),),
        substitutes=0,
    )  # fmt: skip
    assert digest(one) == digest(other)


def test_that_seats_are_filled_so_that_every_specialty_gets_its_own() -> None:
    both = Candidate(code="E1", name="甲", employer="", specialties=("样地", "法务"))
    plots = Candidate(code="E2", name="乙", employer="", specialties=("样地",))
    other = Candidate(code="E3", name="丙", employer="", specialties=("碳计量",))
    listed = frozen_list(
        draw="1号", case="案", candidates=[both, plots, other], excluded=[],
        needed=(Need("样地", 1), Need("法务", 1), Need("碳计量", 1)), substitutes=0,
    )  # fmt: skip
    for number in range(50):
        found = {one.specialty: one.code for one in seats(listed, sha256(bytes([number])).digest())}
        assert found == {"样地": "E2", "法务": "E1", "碳计量": "E3"}


def test_that_a_list_that_cannot_fill_its_seats_is_refused() -> None:
    with pytest.raises(RuleViolation) as caught:
        frozen_list(
            draw="1号",
            case="案",
            candidates=people(3),
            excluded=[],
            needed=(Need("法务", 1),),
            substitutes=0,
        )
    assert caught.value.code == "committee.too_few"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "不是记录", "核对码：####", "核对码：eJwDAAAAAAE=", "{}",
        '{"algorithm": "java.util.Random"}', "\ufeff{}",
    ],
)  # fmt: skip
def test_that_what_is_no_record_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError) as caught:
        replay(parse_record(text.encode()))
    assert caught.value.fields[0].field == "record"


@given(st.data())
def test_that_a_record_of_the_wrong_shape_is_never_intact(data: st.DataObject) -> None:
    record: Any = copy.deepcopy(make_record(frozen(), AT, ("松风入林", "竹影扫阶")))
    key = data.draw(st.sampled_from(["list", "inputs", "result", "drawn_at", "algorithm"]))
    record[key] = data.draw(st.sampled_from([None, 1, "x", [], {}, [1, 2]]))
    assert not _stands(record)


def test_that_a_record_with_more_seats_than_people_is_refused_at_once() -> None:
    record: Any = copy.deepcopy(make_record(frozen(), AT, ("松风入林", "竹影扫阶")))
    record["list"]["needed"][0]["count"] = 10**12
    with pytest.raises(InputError):
        replay(record)
    record["list"]["needed"][0] = {"specialty": "没有人", "count": 1}
    assert replay(record).faults == ("list", "seed", "result")
    record["list"]["candidates"][0]["drawn"] = float("nan")
    with pytest.raises(InputError):
        replay(record)


def test_that_the_procedure_is_named_in_the_record() -> None:
    assert make_record(frozen(), AT, ("松风入林", "竹影扫阶"))["algorithm"] == ALGORITHM


def _stands(record: Any) -> bool:
    """Whether a record replays as it is written; what is refused does not."""
    try:
        return replay(record).intact
    except InputError:
        return False
