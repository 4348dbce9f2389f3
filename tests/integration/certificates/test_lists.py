"""Lists, search, queues and figures: sorted, filtered and counted in SQL, the same on both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import office, search
from core.certificates.commands import HolderInput
from core.certificates.lists import APPLICATIONS, CERTIFICATES, ENTRIES, RecordList
from core.certificates.queries import find_application, find_certificate
from core.certificates.states import State
from core.errors import InputError, NotFound
from core.parties.queries import PARTIES
from core.values.listing import ListQuery, cells
from tests.cases import Desk


def _ids(desk: Desk, source: RecordList, **query: Any) -> list[int]:
    with desk.as_("auditor").read() as session:
        return list(source.ids(session, ListQuery(**query)))


@pytest.fixture(name="three")
def _three(desk: Desk) -> list[int]:
    """A registered case, one on notice, and one just received; by 赵, 周 and 陈."""
    cases = []
    for name, project, to in (
        ("赵𫖯", "甲_100%碳汇", State.ISSUED),
        ("周𬱖", "乙碳汇", State.NOTICE),
        ("陈㛃", "丙碳汇", State.RECEIVED),
    ):
        holders = (HolderInput(party_id=desk.person(name)),)
        cases.append(desk.receive(desk.content(holders=holders, project_name=project)))
        desk.walk(cases[-1], to)
    return cases


def test_that_lists_sort_filter_count_and_find(desk: Desk, three: list[int]) -> None:
    done, on_notice, received = three
    # Names sort by pinyin: chen, zhao, zhou.
    assert _ids(desk, APPLICATIONS, sort="holders") == [received, done, on_notice]
    assert _ids(desk, APPLICATIONS, sort="number") == [done, on_notice, received]
    assert _ids(desk, APPLICATIONS, sort="state", descending=True)[0] == done
    assert _ids(desk, APPLICATIONS, filters={"state": "notice"}) == [on_notice]
    assert set(_ids(desk, APPLICATIONS, filters={"state": "open"})) == {on_notice, received}
    assert _ids(desk, APPLICATIONS, filters={"year": "2025"}) == []
    assert _ids(desk, APPLICATIONS, text="乙碳") == [on_notice]
    # Signs that mean something to SQL are only signs.
    assert _ids(desk, APPLICATIONS, text="_100%") == [done]
    assert _ids(desk, APPLICATIONS, text="%") == [done]
    # Pinyin initials.
    assert _ids(desk, APPLICATIONS, text="ytanhui") == []
    assert on_notice in _ids(desk, APPLICATIONS, text="yth")
    assert len(_ids(desk, CERTIFICATES)) == len(_ids(desk, ENTRIES)) == 1
    assert _ids(desk, CERTIFICATES, filters={"issued": "to_make"}) == []
    assert len(_ids(desk, CERTIFICATES, filters={"issued": "done", "status": "valid"})) == 1
    with pytest.raises(InputError):
        _ids(desk, APPLICATIONS, filters={"state": "flying"})
    _cells(desk, three)
    _every_column_sorts(desk)
    _search_and_numbers(desk, done)
    _queues(desk)


def _cells(desk: Desk, three: list[int]) -> None:
    with desk.as_("auditor").read() as session:
        for source in (APPLICATIONS, CERTIFICATES, ENTRIES):
            ids = source.ids(session, ListQuery())
            rows = cells(source, session, [*ids, 99_999])
            assert set(rows) == set(ids)
            assert all(len(row) == len(source.columns) for row in rows.values())
            assert source.count(session, ListQuery()) == len(ids)
            assert list(source.first(session, ListQuery(), 2)) == list(ids[:2])
        shown = cells(APPLICATIONS, session, [three[0]])[three[0]]
        assert "304.44" in shown
        assert "77.10" in shown


def _every_column_sorts(desk: Desk) -> None:
    with desk.as_("auditor").read() as session:
        for source in (APPLICATIONS, CERTIFICATES, ENTRIES):
            for column in source.columns:
                assert column.sortable is (column.key in source.orders)
                for descending in (False, True):
                    query = ListQuery(sort=column.key, descending=descending)
                    assert len(source.ids(session, query)) == source.count(session, query)
            for chosen in source.filters:
                for value, _title in chosen.choices:
                    source.count(session, ListQuery(filters={chosen.key: value}))


def _search_and_numbers(desk: Desk, done: int) -> None:
    with desk.as_("auditor").read() as session:
        hits = search.find(session, "明林碳证〔2026〕第000001号")
        assert [hit.kind for hit in hits] == ["certificate"]
        kinds = {hit.kind for hit in search.find(session, "赵𫖯")}
        assert kinds == {"application", "certificate", "party"}
        assert find_application(session, "明林碳受〔2026〕1号") == done
        assert find_application(session, "明林碳证〔2026〕第000001号") == done
        assert find_certificate(session, "明林碳证〔2026〕第000001号")
        with pytest.raises(NotFound):
            find_application(session, "没有")
        holders = PARTIES.count(session, ListQuery(filters={"role": "right_holder"}))
        assert holders == 3


def _queues(desk: Desk) -> None:
    def counts(login: str) -> dict[str, int]:
        with desk.as_(login).read() as session:
            queues = [one for each in office.CAPABILITIES for one in each.queues]
            return {one.key: one.count(session) for one in queues}

    clerk = counts("clerk")
    assert clerk["certificates.mine"] == 3  # to accept, to close the notice, to file away
    assert clerk["certificates.in_notice"] == 1
    assert clerk["certificates.to_archive"] == 1
    assert clerk["certificates.overdue"] == 0
    assert counts("checker")["certificates.mine"] == 0
    desk.clock.set_date(desk.today + timedelta(days=40))
    late = counts("clerk")
    assert late["certificates.unanswered"] == 1
    assert late["certificates.overdue"] == 1
