"""The declared steps fit together: every one is done, allowed, printed, and leads somewhere."""

from __future__ import annotations

import pytest

from core import i18n
from core.certificates import schemes
from core.certificates.capability import CAPABILITY
from core.certificates.states import DEAD, ROUTE, STATE_TITLES, State
from core.certificates.steps import STEPS
from core.certificates.workflow import HANDLERS
from core.documents.templates import shipped_kinds


def test_that_every_step_has_its_work_and_no_work_is_unreachable() -> None:
    assert set(HANDLERS) == set(STEPS)


def test_that_every_permission_of_a_step_is_declared_with_a_role() -> None:
    declared = {one.key: one.roles for one in CAPABILITY.permissions}
    for step in STEPS.values():
        assert declared[step.permission], step.key


def test_that_every_permission_is_used_by_a_step_or_a_service() -> None:
    used = {step.permission for step in STEPS.values()}
    others = {"certificates.edit", "certificates.query"}
    assert {one.key for one in CAPABILITY.permissions} == used | others


def test_that_every_paper_of_a_step_has_a_template_and_a_kind() -> None:
    kinds = {one.kind for one in CAPABILITY.papers}
    for step in STEPS.values():
        assert set(step.papers) <= kinds
    assert kinds <= set(shipped_kinds())


def test_that_every_state_but_the_ends_has_a_main_step() -> None:
    with_main = {state for step in STEPS.values() if step.main for state in step.sources}
    assert with_main == set(State) - DEAD - {State.ARCHIVED}


def test_that_every_state_can_be_reached() -> None:
    reached = {step.target for step in STEPS.values() if step.target}
    assert reached == set(State) - {State.DRAFT}


def test_that_main_steps_lead_forward() -> None:
    for step in STEPS.values():
        if step.main and step.target in ROUTE:
            for source in step.sources & set(ROUTE):
                assert ROUTE.index(step.target) > ROUTE.index(source), step.key


def test_that_every_state_has_a_title() -> None:
    assert set(STATE_TITLES) == set(State)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_that_titles_of_steps_differ(language: str) -> None:
    i18n.use(language)
    titles = [i18n._(step.title) for step in STEPS.values()]
    assert len(titles) == len(set(titles))


def test_that_required_fields_come_with_labels_and_choices() -> None:
    chosen_by_case = {
        ("take_paper", "key"),
        ("compute_amount", "parameter_set"),
        ("send_back", "to"),
        ("answer_objection", "objection"),
        ("answer_finding", "finding"),
        ("record_delivery", "document"),
    }
    for step in STEPS.values():
        names = [field.name for field in step.fields]
        assert len(names) == len(set(names))
        for field in step.fields:
            assert field.label
            if field.kind == "choice":
                assert field.choices or (step.key, field.name) in chosen_by_case


@pytest.mark.parametrize("skipped", [State.EXPERT_REVIEW, State.NOTICE, State.APPROVED])
def test_that_a_scheme_may_leave_a_station_out(skipped: State) -> None:
    row = {**schemes.DEFAULT_SCHEMES[1], "skips": [skipped.value]}
    chosen = schemes._scheme(row)
    after = ROUTE[ROUTE.index(skipped) + 1]
    assert chosen.station(skipped) is after
    assert chosen.station(State.RECEIVED) is State.RECEIVED


def test_that_default_schemes_read_back() -> None:
    for row in schemes.DEFAULT_SCHEMES:
        chosen = schemes._scheme(row)
        assert chosen.limits[State.RECEIVED] == 7
        assert chosen.station(State.REFUSED) is State.REFUSED
