"""Who may decide what, and when: duties apart, notices, objections, supplements, experts.

Rules of the office, judged in Python whatever the database: run on a file only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select

from core.certificates import face
from core.certificates.commands import EditApplication, HolderInput, ReceiveApplication
from core.certificates.dossier import open_dossier
from core.certificates.issuing import change_sheet
from core.certificates.model import Application
from core.certificates.queries import (
    APPLICATIONS,
    application_form,
    available_steps,
    findings,
)
from core.certificates.register_model import Certificate
from core.certificates.service import edit, receive
from core.certificates.states import ApplicationKind, Ownership, State
from core.database import Database
from core.documents import stock
from core.documents.stock_model import SheetState
from core.errors import InputError, NotPermitted, RuleViolation
from core.values.cells import as_data
from core.values.listing import ListQuery
from tests.cases import Desk, new_parcel, parcel_input
from tests.cases import desk as open_desk


@pytest.fixture(name="desk")
def _desk(sqlite_database: Database, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(sqlite_database, tmp_path) as opened:
        yield opened


def test_that_three_people_decide_or_the_exception_is_allowed(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.PRELIMINARY)
    desk.step(case, "registry_letter")
    desk.sign_papers(case)
    desk.step(case, "registry_answer", answer="clear")
    desk.step(case, "pass_preliminary", "all", opinion="可")
    for step, values in _until_second_review(desk):
        desk.step(case, step, "all" if step == "compute_amount" else "", **values)  # type: ignore[arg-type]
    desk.later(8)
    desk.step(case, "close_notice", witness="李青")
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "pass_second_review", "all", opinion="可")
    assert refused.value.code == "certificates.same_person"
    with desk.as_("all").read() as session:
        (offer,) = [
            one for one in available_steps(session, case) if one.step.key == "pass_second_review"
        ]
        assert not offer.permitted
        assert APPLICATIONS.ids(session, ListQuery(filters={"exception": "one_hand"})) == []
    desk.step(case, "allow_same_person", reason="本局仅两名持证人员")
    desk.step(case, "pass_second_review", "all", opinion="可")
    desk.step(case, "approve", "all", opinion="可")
    with desk.as_("auditor").read() as session:
        found = {one.id for one in findings(session, case)}
        assert APPLICATIONS.ids(session, ListQuery(filters={"exception": "one_hand"})) == [case]
    assert "duties_allowed" in found
    assert "duties_together" not in found


def _until_second_review(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    return [
        ("compute_amount", {"parameter_set": "AR-CM 常用值 第1版"}),
        ("sign_off_parameters", {"reason": "按现行参数"}),
        ("examine_amount", {"opinion": "无误"}),
        (
            "record_expert_review",
            {
                "met_on": desk.today,
                "place": "会商室",
                "experts": "秦昉",
                "result": "pass",
                "votes_for": 1,
                "opinion": "同意",
            },
        ),
        ("publish_notice", {"places": "公示栏"}),
    ]


def test_that_the_checker_is_not_the_registrar_and_reads_the_papers(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.FILED)
    agree = {"holders_agree": True, "period_agrees": True, "area_agrees": True}
    with pytest.raises(InputError) as refused:
        desk.step(case, "check_entry", tonnes="304.45", parcels=2)
    assert {one.field for one in refused.value.fields} == {"tonnes", "parcels", *agree}
    desk.step(case, "check_entry", "all", tonnes="304.44", parcels=1, **agree)
    with pytest.raises(RuleViolation) as same:
        desk.step(case, "enter", "all")
    assert same.value.code == "certificates.same_person"
    desk.step(case, "enter")


def test_that_a_notice_is_not_closed_early_nor_with_an_open_objection(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.NOTICE)
    with desk.as_("clerk").read() as session:
        offers = {one.step.key: one for one in available_steps(session, case)}
    closing = offers["close_notice"]
    assert (closing.permitted, closing.step.main) == (False, True)
    (why,) = closing.reasons
    facts = as_data(why)
    assert isinstance(facts, dict)
    assert facts["code"] == "certificates.notice_running"
    assert facts["params"]["day"] in closing.why_not
    with pytest.raises(RuleViolation) as running:
        desk.step(case, "close_notice", witness="李青")
    assert running.value.code == "certificates.notice_running"
    desk.later(2)
    desk.step(case, "receive_objection", objector="村民", matter="界线有误")
    desk.later(6)
    with pytest.raises(InputError) as late:
        desk.step(case, "receive_objection", objector="村民", matter="太晚")
    assert late.value.fields[0].code == "certificates.notice_over"
    with pytest.raises(RuleViolation) as waiting:
        desk.step(case, "close_notice", witness="李青")
    assert waiting.value.params["ids"] == "objection_open"
    with desk.as_("clerk").read() as session:
        offers = {one.step.key: one for one in available_steps(session, case)}
    (choice,) = offers["answer_objection"].step.fields[0].choices
    desk.step(
        case, "answer_objection", objection=choice[0], finding="核实", upheld=True, answer="成立"
    )
    desk.step(case, "close_notice", witness="李青")
    desk.step(case, "pass_second_review", opinion="可")
    with pytest.raises(RuleViolation) as upheld:
        desk.step(case, "approve", opinion="可")
    assert upheld.value.params["ids"] == "objection_upheld"
    # A new notice, to which nobody objects, clears it.
    desk.step(case, "send_back", to="to_publish", reason="界线更正后重新公示")
    desk.step(case, "publish_notice", places="公示栏")
    desk.later(8)
    desk.step(case, "close_notice", witness="李青")
    desk.step(case, "pass_second_review", opinion="可")
    desk.step(case, "approve", opinion="可")


@pytest.mark.parametrize(
    ("state", "letter", "answer", "form"),
    [
        (State.PRELIMINARY, "registry_letter", "registry_answer", {"answer": "clear"}),
        (State.APPROVED, "send_filing", "record_filing", {"filed": True, "filing_number": "环1号"}),
    ],
)
def test_that_nobody_answers_a_letter_that_is_not_signed(
    desk: Desk, state: State, letter: str, answer: str, form: dict[str, object]
) -> None:
    case = desk.receive()
    desk.walk(case, state)
    desk.step(case, letter)
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, answer, **form)  # type: ignore[arg-type]  # forms have other names
    assert refused.value.code == "certificates.letter_unsigned"
    desk.sign_papers(case)
    desk.step(case, answer, **form)  # type: ignore[arg-type]


def test_that_supplements_stop_the_case_and_its_clock(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.PRELIMINARY)
    due = desk.summary(case).due
    items = [{"title": "决议", "problem": "缺页", "demand": "补交"}]
    deadline = desk.today + timedelta(days=14)
    desk.step(case, "request_supplement", items=items, deadline=deadline)
    assert desk.summary(case).due is None
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "pass_preliminary", opinion="可")
    assert refused.value.code == "certificates.supplement_open"
    desk.later(4)
    desk.step(case, "supplement_received")
    desk.step(case, "registry_letter")
    desk.sign_papers(case)
    desk.step(case, "registry_answer", answer="clear")
    after = desk.summary(case).due
    assert due is not None
    assert after is not None
    assert after > due


def test_that_corrections_come_before_acceptance_and_back(desk: Desk) -> None:
    case = desk.receive(complete=False)
    items = [{"title": "承诺书", "problem": "未提交", "demand": "提交原件", "basis": "清单"}]
    with pytest.raises(InputError) as wrong:
        desk.step(case, "request_correction", items=items, deadline=desk.today)
    assert wrong.value.fields[0].field == "deadline"
    desk.step(case, "request_correction", items=items, deadline=desk.today + timedelta(days=20))
    # The applicant's limit stands where the office's own stood.
    assert desk.summary(case).step_due == desk.today + timedelta(days=20)
    desk.hand_in(case)
    desk.step(case, "correction_received")
    desk.step(case, "accept")
    assert desk.documents()[:3] == ["receipt_checklist", "correction_notice", "acceptance"]


def test_that_an_overlap_is_needed_to_refuse_for_double_registration(desk: Desk) -> None:
    case = desk.receive()
    desk.step(case, "accept")
    with pytest.raises(InputError) as refused:
        desk.step(case, "refuse", ground="double", reason="重复")
    assert refused.value.fields[0].field == "ground"


def test_that_a_form_is_refused_with_every_wrong_field_at_once(desk: Desk) -> None:
    party = desk.person()
    content = desk.content(
        project_name=" ",
        holders=(
            HolderInput(party_id=party, share=Fraction(0)),
            HolderInput(party_id=party, share=Fraction(1)),
            HolderInput(party_id=99_999),
        ),
        parcels=(parcel_input(stock_t1="1e3"), replace(parcel_input(), new=None)),
        period_from=date(2026, 1, 1),
        period_to=date(2025, 1, 1),
        agent_id=77_777,
    )
    with desk.as_("clerk").write() as session, pytest.raises(InputError) as refused:
        receive(session, ReceiveApplication(content=content))
    assert [one.field for one in refused.value.fields] == [
        "holders[1].share",
        "holders[2].party_id",
        "holders[3].party_id",
        "parcels[1].stock_t1",
        "parcels[2]",
        "project_name",
        "period_to",
        "agent_id",
    ]


def test_that_a_case_before_the_experts_is_no_longer_edited(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.EXPERT_REVIEW)
    content = desk.content()
    with pytest.raises(RuleViolation) as refused, desk.as_("clerk").write() as session:
        version = desk.summary(case).version
        edit(session, EditApplication(application_id=case, version=version, content=content))
    assert refused.value.code == "certificates.not_editable"


def test_that_a_computing_person_does_not_sign_off_the_parameters(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.AMOUNT)
    desk.step(case, "compute_amount", "all", parameter_set="AR-CM 常用值 第1版")
    with pytest.raises(RuleViolation) as unsigned:
        desk.step(case, "examine_amount", opinion="可")
    assert unsigned.value.params["ids"] == "parameters_unconfirmed"
    with pytest.raises(RuleViolation) as own:
        desk.step(case, "sign_off_parameters", "all", reason="自己")
    assert own.value.code == "certificates.sign_off_self"


def test_that_a_failed_expert_review_stays_where_it_is(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.EXPERT_REVIEW)
    meeting = {
        "met_on": desk.today,
        "place": "会商室",
        "experts": "秦昉、吕喆",
        "opinion": "样地不足",
    }
    with pytest.raises(InputError) as votes:
        desk.step(case, "record_expert_review", result="fail", votes_for=5, **meeting)  # type: ignore[arg-type]
    assert votes.value.fields[0].code == "certificates.votes"
    tomorrow = {**meeting, "met_on": desk.today + timedelta(days=1)}
    with pytest.raises(InputError) as future:
        desk.step(case, "record_expert_review", result="fail", votes_for=2, **tomorrow)  # type: ignore[arg-type]
    assert future.value.fields[0].field == "met_on"
    desk.step(case, "record_expert_review", result="fail", votes_for=0, votes_against=2, **meeting)  # type: ignore[arg-type]
    assert desk.summary(case).state is State.EXPERT_REVIEW
    desk.step(case, "record_expert_review", result="pass", votes_for=2, **meeting)  # type: ignore[arg-type]
    assert desk.summary(case).state is State.TO_PUBLISH


def test_that_a_certificate_is_handed_out_signed_and_on_a_sheet_of_its_own(desk: Desk) -> None:
    first = desk.receive()
    desk.walk(first, State.ENTERED)
    desk.step(first, "make_certificate", sheet_serial="YZ1")
    with pytest.raises(RuleViolation) as unsigned:
        desk.step(first, "issue", collector="陈㛃", relation="本人")
    assert unsigned.value.code == "certificates.unsigned"
    desk.sign_papers(first)
    desk.step(first, "issue", collector="陈㛃", relation="本人")
    second = desk.receive()
    desk.walk(second, State.ENTERED)
    with pytest.raises(InputError) as used:
        desk.step(second, "make_certificate", sheet_serial="YZ1")
    assert used.value.fields[0].code == "certificates.sheet_used"


def test_that_a_certificate_takes_its_sheet_from_the_stock_that_is_kept(desk: Desk) -> None:
    with desk.as_("all").write() as session:
        stock.receive(session, stock.CERTIFICATE, stock.Sheets.parse("YZ001", "YZ002"))
    case = desk.receive()
    desk.walk(case, State.ENTERED)
    for serial, code in (("", "stock.which"), ("YZ003", "stock.unreceived")):
        with pytest.raises(InputError) as refused:
            desk.step(case, "make_certificate", sheet_serial=serial)
        assert (refused.value.fields[0].field, refused.value.fields[0].code) == (
            "sheet_serial",
            code,
        )
    desk.step(case, "make_certificate", sheet_serial="YZ001")
    with desk.as_("all").read() as session:
        counts = stock.balance(session, stock.CERTIFICATE).counts
        assert (counts[SheetState.USED], counts[SheetState.IN_STOCK]) == (1, 1)
    with desk.as_("all").write() as session:
        made = session.scalars(select(Certificate)).one()
        change_sheet(session, made.id, "YZ002", "卡纸")
        assert made.sheet_serial == "YZ002"
        assert stock.sheets_of(session, "certificate", made.id) == [
            ("YZ001", SheetState.SPOILED),
            ("YZ002", SheetState.USED),
        ]
        assert stock.faults(session, stock.CERTIFICATE) == []


def test_that_sole_and_shared_ownership_are_kept_apart(desk: Desk) -> None:
    three = tuple(desk.person(name) for name in ("周𬱖", "赵𫖯", "钱䶮"))
    parts = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 5))
    holders = tuple(HolderInput(party_id=p, share=s) for p, s in zip(three, parts, strict=True))
    case = desk.receive(desk.content(holders=holders, ownership=Ownership.SHARES))
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "accept")
    assert refused.value.params["ids"] == "shares_not_one"


def test_that_the_registry_answers_only_for_the_land_it_was_asked_about(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.PRELIMINARY)
    desk.step(case, "registry_letter")
    desk.sign_papers(case)
    desk.step(case, "registry_answer", answer="clear")
    with desk.as_("clerk").read() as session:
        form = application_form(session, case)
    content = desk.content(holders=(HolderInput(party_id=form.holders[0][0].id),))
    with desk.as_("clerk").write() as session:
        edit(
            session,
            EditApplication(application_id=case, version=form.version, content=content),
        )
    desk.step(case, "pass_preliminary", opinion="可")
    with desk.as_("clerk").read() as session:
        assert "registry_other_land" in {one.id for one in findings(session, case)}
    desk.step(case, "send_back", to="preliminary", reason="地块已变更，须重新函询")
    with desk.as_("reviewer").read() as session:
        assert available_steps(session, case)[0].step.key == "registry_letter"
    desk.step(case, "registry_letter")
    desk.sign_papers(case)
    desk.step(case, "registry_answer", answer="clear")
    with desk.as_("clerk").read() as session:
        assert "registry_other_land" not in {one.id for one in findings(session, case)}


def test_that_what_parcels_have_in_common_is_printed_once(desk: Desk) -> None:
    second = replace(
        new_parcel(),
        place_name="岭西坡",
        sub_compartment="00007",
        estate_unit_no="341182100236JE00015L00000001",
        right_cert_no="皖（2019）明光市不动产权第9900015号",
        forest_category="防护林",
    )
    case = desk.receive(desk.content(parcels=(parcel_input(), parcel_input(new=second))))
    with desk.as_("clerk").read() as session:
        dossier = open_dossier(session, session.get_one(Application, case))
        assert face.joined(face._forest(dossier)) == "用材林、防护林、商品林"


def test_that_a_fire_within_the_period_needs_a_reason_that_is_kept_by_name(desk: Desk) -> None:
    case = desk.receive()
    desk.walk(case, State.PRELIMINARY)
    day = desk.today
    desk.step(
        case,
        "site_visit",
        from_day=day,
        to_day=day,
        people="李青",
        conclusion="局部过火",
        disturbance="fire",
    )
    with desk.as_("approver").read() as session:
        offers = {one.step.key: one for one in available_steps(session, case)}
    ((key, _sentence),) = offers["answer_finding"].step.fields[0].choices
    with pytest.raises(NotPermitted):
        desk.step(case, "answer_finding", "clerk", finding=key, reason="已重测")
    desk.step(case, "answer_finding", finding=key, reason="过火地块已扣除并重测")
    with desk.as_("auditor").read() as session:
        (found,) = [one for one in findings(session, case) if one.id == "disturbed"]
    assert found.settled
    assert found.answered_by == "审定员"


def test_that_kinds_without_a_road_are_not_taken_in(desk: Desk) -> None:
    command = ReceiveApplication(content=desk.content(), kind=ApplicationKind.TRANSFER)
    with pytest.raises(InputError) as refused, desk.as_("clerk").write() as session:
        receive(session, command)
    assert refused.value.fields[0].field == "kind"


def test_that_a_late_receipt_counts_from_the_day_of_receipt(desk: Desk) -> None:
    content = desk.content()
    with desk.as_("clerk").write() as session:
        command = ReceiveApplication(content=content, received_on=date(2026, 7, 27))
        summary = receive(session, command)
    assert summary.received_on == date(2026, 7, 27)
    assert summary.step_due == date(2026, 8, 5)
    command = replace(command, received_on=desk.today + timedelta(days=1))
    with pytest.raises(InputError), desk.as_("clerk").write() as session:
        receive(session, command)


def test_that_a_scheme_without_notice_and_filing_walks_on(desk: Desk) -> None:
    from core import settings
    from core.certificates import schemes

    short = {
        **schemes.DEFAULT_SCHEMES[1],
        "key": "short",
        "valid_from": "2026-01-01",
        "skips": ["expert_review", "to_publish", "notice", "approved"],
        "registry_check": False,
    }
    with desk.database.write() as session:
        settings.put(session, schemes.SCHEMES, [*schemes.DEFAULT_SCHEMES, short], date(2026, 1, 1))
    case = desk.receive()
    desk.step(case, "accept")
    desk.step(case, "begin_review")
    desk.step(case, "pass_preliminary", opinion="可")
    desk.step(case, "compute_amount", parameter_set="AR-CM 常用值 第1版")
    desk.step(case, "sign_off_parameters", reason="可")
    assert desk.step(case, "examine_amount", opinion="可").state is State.SECOND_REVIEW
    desk.step(case, "pass_second_review", opinion="可")
    assert desk.step(case, "approve", opinion="可").state is State.FILED


def test_that_a_delivery_that_was_refused_names_a_witness(desk: Desk) -> None:
    case = desk.receive()
    with desk.as_("clerk").read() as session:
        offers = {one.step.key: one for one in available_steps(session, case)}
    paper = offers["record_delivery"].step.fields[0].choices[0][0]
    given = {"document": paper, "way": "direct", "receiver": "陈㛃", "refused": "不认可内容"}
    with pytest.raises(InputError) as refused:
        desk.step(case, "record_delivery", **given)  # type: ignore[arg-type]
    assert refused.value.fields[0].field == "witness"
    desk.step(case, "record_delivery", witness="村委会张某", **given)  # type: ignore[arg-type]
    assert desk.documents() == ["receipt_checklist", "delivery_record"]
    with pytest.raises(InputError):
        desk.step(case, "record_delivery", **{**given, "document": "4711"})  # type: ignore[arg-type]


def test_that_a_file_is_kept_with_its_hash(desk: Desk) -> None:
    from hashlib import sha256

    from core.certificates.queries import checklist

    case = desk.receive(complete=False)
    scan = desk.folder / "报告.pdf"
    scan.write_bytes(b"%PDF report")
    desk.step(case, "take_paper", key="report", pages=6, file=str(scan))
    with desk.as_("auditor").read() as session:
        (line,) = [one for one in checklist(session, case) if one.key == "report"]
    assert line.sha256 == sha256(b"%PDF report").hexdigest()
    assert line.filename == "报告.pdf"
    with pytest.raises(InputError):
        desk.step(case, "take_paper", key="report", pages=0)
    desk.step(case, "take_paper", title="四至照片", pages=2)
    with pytest.raises(InputError):
        desk.step(case, "take_paper", pages=2)
