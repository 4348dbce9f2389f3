"""Random walks of several cases over the same land keep what must always hold."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import numbering
from core.certificates.commands import HolderInput, ParcelInput
from core.certificates.model import Application, ApplicationParcel, StepTaken
from core.certificates.queries import available_steps
from core.certificates.register_model import Certificate, RegisterEntry
from core.certificates.states import DEAD, REGISTERED, ROUTE, State
from core.certificates.step import Step
from core.errors import AppError
from core.numbering.model import NumberLine
from core.parcels.model import ParcelClaim
from core.parcels.service import add_parcel
from core.values.dates import periods_overlap
from tests import databases
from tests.cases import WHO, Desk, desk, new_parcel

PERIODS = (
    (date(2016, 1, 1), date(2020, 12, 31)),
    (date(2021, 1, 1), date(2025, 12, 31)),
)
PEOPLE = ("all", "")

#: What is written in a form where the case offers no choice.
FORMS: Mapping[str, Mapping[str, object]] = {
    "registry_answer": {"answer": "clear"},
    "pass_preliminary": {"opinion": "可"},
    "sign_off_parameters": {"reason": "可"},
    "examine_amount": {"opinion": "可"},
    "publish_notice": {"places": "公示栏"},
    "receive_objection": {"objector": "村民", "matter": "界线有误"},
    "answer_objection": {"finding": "核实", "answer": "不成立"},
    "close_notice": {"witness": "李青"},
    "pass_second_review": {"opinion": "可"},
    "approve": {"opinion": "可"},
    "record_filing": {"filed": True, "filing_number": "环备1号"},
    "check_entry": {
        "tonnes": "304.44",
        "parcels": 1,
        "holders_agree": True,
        "period_agrees": True,
        "area_agrees": True,
    },
    "issue": {"collector": "陈㛃", "relation": "本人"},
    "archive": {"place": "柜3-2", "checker": "宋宇"},
    "send_back": {"reason": "退回修改"},
    "answer_finding": {"reason": "已核实"},
    "allow_same_person": {"reason": "人手不足"},
    "refuse": {"ground": "other", "reason": "材料不实"},
    "withdraw": {"reason": "申请人撤回"},
    "not_accept": {"ground": "not_entitled", "reason": "不具备资格"},
    "record_delivery": {"way": "direct", "receiver": "陈㛃"},
}


class Walks(RuleBasedStateMachine):
    """An office with up to three cases on two parcels."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        database = databases.open_all(databases.clone_sqlite(self.template, self.folder))
        self._desk = desk(database, self.folder)
        self.desk: Desk = self._desk.__enter__()
        self.cases: list[int] = []

    def teardown(self) -> None:
        self._desk.__exit__(None, None, None)
        databases.close(self.desk.database)
        shutil.rmtree(self.folder)

    @initialize()
    def land(self) -> None:
        self.holder = self.desk.person()
        with self.desk.as_("clerk").write() as session:
            self.parcels = [add_parcel(session, new_parcel()) for _ in range(2)]

    @rule(parcel=st.integers(0, 1), period=st.integers(0, 1))
    def receive(self, parcel: int, period: int) -> None:
        if len(self.cases) == 3:
            return
        first, last = PERIODS[period]
        line = ParcelInput(
            parcel_id=self.parcels[parcel], group="栎类", stock_t1="142.89", stock_t2="283.21"
        )
        content = self.desk.content(
            holders=(HolderInput(party_id=self.holder),),
            parcels=(line,),
            period_from=first,
            period_to=last,
        )
        self.cases.append(self.desk.receive(content))

    @rule(days=st.integers(1, 9))
    def later(self, days: int) -> None:
        self.desk.later(days)

    @rule(data=st.data(), case=st.integers(0, 2), hurry=st.integers(1, 12))
    def steps(self, data: st.DataObject, case: int, hurry: int) -> None:
        """A few steps of a case: mostly the next one, sometimes one beside the road."""
        if case >= len(self.cases):
            return
        for _ in range(hurry):
            self._step(data, self.cases[case])

    def _step(self, data: st.DataObject, case: int) -> None:
        with self.desk.as_("all").read() as session:
            offers = available_steps(session, case)
        main = [one.step for one in offers if one.step.main]
        side = [one.step for one in offers if not one.step.main]
        beside = data.draw(st.integers(0, 9)) == 0 or not main
        step = data.draw(st.sampled_from(side)) if beside and side else main[0] if main else None
        if step is None:
            return
        login = data.draw(st.sampled_from(PEOPLE)) if beside else ""
        if step.key in {"registry_answer", "record_filing"}:
            self.desk.sign_papers(case)
        before = self._trace(case)
        try:
            self.desk.step(case, step.key, login or WHO.get(step.key, "clerk"), **self._form(step))
        except AppError:
            # Refused: then nothing at all may have happened.
            assert self._trace(case) == before
        if step.key == "make_certificate":
            self.desk.sign_papers(case)
        if step.key == "publish_notice":
            self.desk.later(8)

    def _form(self, step: Step) -> dict[str, Any]:
        if step.key == "record_expert_review":
            return {
                "met_on": self.desk.today,
                "place": "会商室",
                "experts": "秦昉",
                "result": "pass",
                "votes_for": 1,
                "opinion": "同意",
            }
        if step.key == "site_visit":
            day = self.desk.today
            return {"from_day": day, "to_day": day, "people": "李青", "conclusion": "一致"}
        if step.key in {"request_correction", "request_supplement"}:
            items = [{"title": "决议", "problem": "缺页", "demand": "补交"}]
            return {"items": items, "deadline": self.desk.today + timedelta(days=20)}
        form: dict[str, Any] = dict(FORMS.get(step.key, {}))
        for field in step.fields:
            if field.kind == "choice" and field.name not in form and field.choices:
                form[field.name] = field.choices[-1][0]
        return form

    def _trace(self, case: int) -> tuple[object, ...]:
        with self.desk.as_("auditor").read() as session:
            row = session.get_one(Application, case)
            taken = session.scalars(select(StepTaken.id).where(StepTaken.application_id == case))
            numbers = session.scalars(select(NumberLine.id))
            return row.version, row.state, tuple(taken), tuple(numbers)

    # -- what always holds
    @invariant()
    def the_state_follows_from_the_steps(self) -> None:
        with self.desk.as_("auditor").read() as session:
            for case in self.cases:
                steps = list(
                    session.scalars(
                        select(StepTaken)
                        .where(StepTaken.application_id == case)
                        .order_by(StepTaken.sequence)
                    )
                )
                assert [one.sequence for one in steps] == list(range(1, len(steps) + 1))
                assert steps[-1].to_state is session.get_one(Application, case).state

    @invariant()
    def the_land_is_held_as_long_as_the_case_lives(self) -> None:
        with self.desk.as_("auditor").read() as session:
            for case in self.cases:
                self._check_claims(session, session.get_one(Application, case))

    def _check_claims(self, session: Session, row: Application) -> None:
        own = set(
            session.scalars(
                select(ApplicationParcel.parcel_id).where(
                    ApplicationParcel.application_id == row.id
                )
            )
        )
        held = self._held(session, "application", row.id)
        certificate = session.scalar(
            select(Certificate.id).where(Certificate.application_id == row.id)
        )
        if row.state in REGISTERED:
            assert certificate is not None
            assert held == set()
            assert self._held(session, "certificate", certificate) == own
        else:
            assert certificate is None
            assert held == (set() if row.state in DEAD else own)

    def _held(self, session: Session, kind: str, record_id: int) -> set[int]:
        rows = session.scalars(
            select(ParcelClaim.parcel_id).where(
                ParcelClaim.owner_kind == kind,
                ParcelClaim.owner_id == record_id,
                ParcelClaim.live,
            )
        )
        return set(rows)

    @invariant()
    def no_land_is_certified_twice(self) -> None:
        with self.desk.as_("auditor").read() as session:
            claims = list(
                session.scalars(
                    select(ParcelClaim).where(
                        ParcelClaim.owner_kind == "certificate", ParcelClaim.live
                    )
                )
            )
            for at, one in enumerate(claims):
                for other in claims[at + 1 :]:
                    apart = not periods_overlap(
                        (one.period_from, one.period_to), (other.period_from, other.period_to)
                    )
                    assert one.parcel_id != other.parcel_id or apart

    @invariant()
    def every_number_is_accounted_for(self) -> None:
        with self.desk.as_("auditor").read() as session:
            assert numbering.missing(session) == []
            certificates = list(session.scalars(select(Certificate).order_by(Certificate.id)))
            years = range(2026, self.desk.today.year + 1)
            lines = [x for year in years for x in numbering.ledger(session, "certificate", year)]
            assert [one.text for one in lines] == [one.number for one in certificates]
            for one in certificates:
                entries = session.scalars(
                    select(RegisterEntry.sequence).where(RegisterEntry.certificate_id == one.id)
                )
                assert list(entries) == [1]

    @invariant()
    def due_dates_belong_to_running_clocks(self) -> None:
        with self.desk.as_("auditor").read() as session:
            for case in self.cases:
                row = session.get_one(Application, case)
                if row.state in DEAD | REGISTERED:
                    assert row.due is None
                if row.state in {State.EXPERT_REVIEW, State.NOTICE}:
                    assert row.step_due is None
                    # A clock that stands has no end, unless it ran out before it was stopped.
                    assert row.due is None or row.due < row.state_since
                assert row.state in {*ROUTE, State.CORRECTION, *DEAD}


@pytest.mark.parametrize("walks", [4, pytest.param(60, marks=pytest.mark.long)])
def test_that_random_walks_keep_what_must_hold(request: pytest.FixtureRequest, walks: int) -> None:
    template: Path = request.getfixturevalue("_sqlite_template")
    machine = type("Walks", (Walks,), {"template": template})
    run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=walks,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
