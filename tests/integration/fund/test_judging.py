"""The rule lists of many receipts: the same as one by one, with few questions, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import settings
from core.errors import InputError, NotFound, RuleViolation
from core.fund.donation_input import Item
from core.fund.donors import donor_facts, each_donor_facts
from core.fund.judging import check, check_each
from core.fund.model import Donor
from core.fund.rules import Severity
from core.fund.states import Form, Way
from core.parties.queries import resolve, resolve_each, summary
from core.parties.service import merge
from tests import fund as funds


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    engine = session.connection().engine
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def some_gifts(fund: funds.Fund) -> list[int]:
    """Gifts of several donors in every state of the counter, the second in a receipt already."""
    goods = (Item(name="树苗", quantity=Decimal(5)),)
    codes = [
        fund.give("D01"),
        fund.ready("D03"),
        fund.ready("D02"),
        fund.give("D04"),
        fund.ready("D03", received_on=date(2024, 5, 1)),
        fund.ready("D02", benefit="冠名"),
        fund.give("D01", form=Form.IN_KIND, amount="", items=goods),
    ]
    fund.issue(codes[1], Way.OWN)
    fund.take(codes[3])
    return [fund.donation(one)[0] for one in codes]


def test_that_many_receipts_are_judged_like_each(fund: funds.Fund) -> None:
    ids = some_gifts(fund)
    groups = [*([one] for one in ids), ids[1:3], ids]
    with fund.as_("receipt_issuer").read() as session:
        for way in Way:
            together = check_each(session, groups, way)
            assert together == [check(session, group, way) for group in groups]
            assert "fund.already_receipted" in {one.code for one in together[1]}
            assert "fund.money_missing" in {one.code for one in together[0]}
            assert "fund.several_donors" in {one.code for one in together[-1]}


def test_that_more_receipts_ask_no_more_questions(local_fund: funds.Fund) -> None:
    ids = some_gifts(local_fund)
    spent = []
    for groups in ([ids[:1]], [[one] for one in ids]):
        with local_fund.as_("receipt_issuer").read() as session, counted(session) as seen:
            check_each(session, groups, Way.STOCK)
        spent.append(len(seen))
    # One more: whether a receipt is known, which the first gift has none of.
    assert spent[1] <= spent[0] + 1


def test_that_what_is_not_there_is_told(local_fund: funds.Fund) -> None:
    ids = some_gifts(local_fund)
    with local_fund.as_("receipt_issuer").read() as session:
        with pytest.raises(NotFound):
            check_each(session, [ids, [999]], Way.OWN)
        with pytest.raises(InputError):
            check_each(session, [ids, []], Way.OWN)
        with pytest.raises(NotFound):
            each_donor_facts(session, [local_fund.donors["D01"], 999])
        assert check_each(session, [], Way.OWN) == []


def test_that_chains_of_merged_donors_are_followed_together(fund: funds.Fund) -> None:
    with fund.as_("reviewer").write() as session:
        first, second, third = (
            session.get_one(Donor, fund.donors[one]).party_id for one in ("D03", "D04", "D06")
        )
        merge(session, second, first, summary(session, first).version, "同一人")
        merge(session, third, second, summary(session, second).version, "同一人")
    with fund.as_("auditor").read() as session:
        assert resolve_each(session, [first, second, third]) == dict.fromkeys(
            (first, second, third), third
        )
        assert resolve(session, first) == third
        found = each_donor_facts(session, fund.donors.values())
        assert found == {one: donor_facts(session, one) for one in fund.donors.values()}
        assert found[fund.donors["D03"]].party_id == third


def test_that_a_missing_mandatory_text_bars_the_letter(local_fund: funds.Fund) -> None:
    code = local_fund.ready()
    with local_fund.as_("admin").write() as session:
        settings.put(session, "fund.warning", " ", settings.BEGINNING)
    with local_fund.as_("receipt_issuer").read() as session:
        found = check_each(session, [[local_fund.donation(code)[0]]], Way.OWN)[0]
    assert [(one.code, one.params["what"]) for one in found if one.severity is Severity.BAR] == [
        ("fund.text_missing", "非财政票据说明")
    ]
    with pytest.raises(RuleViolation, match=r"fund\.text_missing"):
        local_fund.issue(code, Way.OWN)
