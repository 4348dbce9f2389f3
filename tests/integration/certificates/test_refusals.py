"""What a case refuses: wrong order, wrong person, stale forms, double clicks, wrong fields."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from core import numbering
from core.certificates.commands import EditApplication, HolderInput, ReceiveApplication
from core.certificates.model import Application, StepTaken
from core.certificates.queries import application_form, available_steps
from core.certificates.register_model import Certificate
from core.certificates.service import discard_draft, edit, receive
from core.certificates.states import State
from core.certificates.steps import STEPS
from core.certificates.workflow import advance
from core.errors import InputError, NotFound, NotPermitted, RuleViolation, StaleRecord
from core.values.tonnes import Tonnes
from tests.cases import WHO, Desk, new_parcel, parcel_input


def _steps(desk: Desk, case: int) -> int:
    with desk.as_("auditor").read() as session:
        query = select(func.count()).where(StepTaken.application_id == case)
        return session.scalar(query) or 0


def test_that_steps_of_other_states_are_refused_and_leave_nothing(desk: Desk) -> None:
    case = desk.receive()
    before = _steps(desk, case)
    for step in STEPS.values():
        if State.RECEIVED in step.sources:
            continue
        with pytest.raises(RuleViolation) as refused:
            desk.step(case, step.key, "all")
        assert refused.value.code == "certificates.wrong_state"
    assert _steps(desk, case) == before
    assert desk.summary(case).state is State.RECEIVED


def test_that_each_step_needs_its_permission(desk: Desk) -> None:
    case = desk.receive()
    for key, step in STEPS.items():
        who = "auditor" if WHO.get(key) != "auditor" else "admin"
        with pytest.raises(NotPermitted) as refused:
            desk.step(case, key, who)
        assert refused.value.params["permission"] == step.permission
    command = ReceiveApplication(content=desk.content())
    with desk.as_("auditor").write() as session, pytest.raises(NotPermitted):
        receive(session, command)


def test_that_a_stale_form_and_a_double_click_change_nothing(desk: Desk) -> None:
    case = desk.receive()
    seen = desk.summary(case).version
    desk.step(case, "accept", version=seen)
    with pytest.raises(StaleRecord):
        desk.step(case, "accept", version=seen)
    with pytest.raises(StaleRecord):
        desk.step(case, "withdraw", version=seen, reason="双击")
    with desk.as_("auditor").read() as session:
        assert len(numbering.ledger(session, "acceptance", 2026)) == 1


def test_that_a_step_of_a_child_makes_an_open_form_stale(desk: Desk) -> None:
    case = desk.receive(complete=False)
    seen = desk.summary(case).version
    desk.step(case, "take_paper", key="report", pages=6)
    assert desk.summary(case).version > seen


def test_that_a_repeated_command_gives_the_first_result(desk: Desk) -> None:
    content, request = desk.content(), uuid4()
    results = []
    for _ in range(2):
        with desk.as_("clerk").write() as session:
            command = ReceiveApplication(content=content, request_id=request)
            results.append(receive(session, command))
    assert results[0].id == results[1].id
    case = results[0].id
    desk.hand_in(case)
    desk.walk(case, State.ENTRY_CHECKED)
    seen, request = desk.summary(case).version, uuid4()
    for _ in range(3):
        with desk.as_("registrar").write() as session:
            summary = advance(session, case, seen, "enter", request_id=request)
    assert summary.certificate_number == "明林碳证〔2026〕第000001号"
    with desk.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == 1
        assert [one.sequence for one in numbering.ledger(session, "certificate", 2026)] == [1]


def test_that_a_refused_step_burns_no_number(desk: Desk) -> None:
    case = desk.receive(complete=False)
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "accept")
    assert "papers_missing" in str(refused.value.params["ids"])
    with desk.as_("auditor").read() as session:
        assert numbering.ledger(session, "acceptance", 2026) == []
        assert numbering.missing(session) == []


def test_that_a_later_approval_number_replaces_the_first_in_the_ledger(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.APPROVED)
    desk.step(case, "send_back", to="second_review", reason="漏附现场照片")
    desk.step(case, "pass_second_review", opinion="可")
    desk.step(case, "approve", opinion="可")
    with desk.as_("auditor").read() as session:
        lines = numbering.ledger(session, "approval", 2026)
    assert [(one.sequence, one.state.value, one.reason) for one in lines] == [
        (1, "void", "漏附现场照片"),
        (2, "used", ""),
    ]


@pytest.mark.parametrize(
    ("step", "values", "state"),
    [
        ("withdraw", {"reason": "申请人撤回"}, State.WITHDRAWN),
        ("refuse", {"ground": "title", "reason": "权属有争议"}, State.REFUSED),
    ],
)
def test_that_a_case_that_ends_gives_the_land_back(
    desk: Desk, step: str, values: dict[str, str], state: State
) -> None:
    from core.parcels.queries import parcels_of

    case = desk.receive()
    desk.step(case, "accept")
    desk.step(case, step, **values)  # type: ignore[arg-type]
    assert desk.summary(case).state is state
    assert desk.summary(case).due is None
    with desk.as_("auditor").read() as session:
        assert parcels_of(session, ("application", case)) == []
        kinds = {one.step.key for one in available_steps(session, case)}
    assert kinds == {"record_delivery"}


def test_that_a_wrong_parcel_names_its_line_and_stores_nothing(desk: Desk) -> None:
    good, bad = parcel_input(), parcel_input(new=new_parcel(township_code="34"))
    command = ReceiveApplication(content=desk.content(parcels=(good, bad)))
    with pytest.raises(InputError) as refused, desk.as_("clerk").write() as session:
        receive(session, command)
    assert [one.field for one in refused.value.fields] == ["parcels[2].township_code"]
    with desk.as_("auditor").read() as session:
        assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_that_an_edit_follows_the_form_and_makes_the_amount_stale(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.AMOUNT)
    desk.step(case, "compute_amount", parameter_set="AR-CM 常用值 第1版")
    with desk.as_("clerk").read() as session:
        form = application_form(session, case)
    (line,) = (parcel_input(),)
    content = desk.content(
        holders=(HolderInput(party_id=form.holders[0][0].id),),
        parcels=(replace(line, new=None, parcel_id=form.parcel_ids[0], stock_t2="290.00"),),
        stated_tonnes=Tonnes(31918),
    )
    with desk.as_("clerk").write() as session:
        command = EditApplication(application_id=case, version=form.version, content=content)
        edit(session, command)
    with pytest.raises(StaleRecord), desk.as_("clerk").write() as session:
        edit(session, command)
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "examine_amount", opinion="可")
    assert "amount_stale" in str(refused.value.params["ids"])


def test_that_only_an_untouched_draft_is_thrown_away(desk: Desk) -> None:
    content = desk.content()
    with desk.as_("clerk").write() as session:
        draft = receive(session, ReceiveApplication(content=content, draft=True))
        assert (draft.state, draft.receipt_number) == (State.DRAFT, "")
        discard_draft(session, draft.id, draft.version)
    with desk.as_("clerk").read() as session, pytest.raises(NotFound):
        application_form(session, draft.id)
    case = desk.receive(complete=False)
    with pytest.raises(RuleViolation), desk.as_("clerk").write() as session:
        discard_draft(session, case, desk.summary(case).version)


def test_that_an_unknown_step_or_case_is_named(desk: Desk) -> None:
    case = desk.receive(complete=False)
    with pytest.raises(InputError) as unknown:
        desk.step(case, "fly")
    assert unknown.value.fields[0].field == "step"
    with pytest.raises(NotFound), desk.as_("clerk").write() as session:
        advance(session, 4711, 1, "accept")
