"""One course, one file: evaluation, photos, money, papers, ledger, statistics, the folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from core import history
from core.documents.service import facts_of
from core.errors import InputError, NotPermitted, RuleViolation
from core.parties.service import RegisterPerson, register_person
from core.training import attendance, costs, courses, dossier, evaluation, printing, reports
from core.training.attendance import NewMark
from core.training.costs import CostContent, FeeContent, TrainerContent
from core.training.detail import course_detail
from core.training.dossier import NewFile
from core.training.folder import INDEX, SUMS, export_course
from core.training.hours import Hours
from core.training.record_model import Evaluation, EvaluationTurnout, Trainer
from core.training.states import SECTIONS, CostKind, Mark
from core.values.identity import IdKind
from core.values.money import Money
from tests import training
from tests.training import School

TAKEN = datetime(2026, 10, 13, 7, 20, tzinfo=UTC)
ACCOUNT = "6222000012345678901"


def present(school: School, *people: int) -> None:
    school.do(
        "clerk",
        attendance.note,
        [
            NewMark(session_id=held, participant_id=school.people[one], mark=Mark.PRESENT)
            for one in people
            for held in school.sessions
        ],
    )


def answers(school: School, *marks: int) -> dict[str, int]:
    with school.as_("clerk").read() as session:
        asked = evaluation.questions(session, courses.find_course(session, str(school.course)))
    return dict(zip(asked, marks, strict=True))


def test_that_only_attendees_evaluate_and_once(school: School) -> None:
    present(school, 0, 1)
    given = answers(school, 5, 5, 4, 4, 3)
    school.do("clerk", evaluation.hand_in, school.people[0], given, "多些实操")
    with pytest.raises(RuleViolation, match="evaluated"):
        school.do("clerk", evaluation.hand_in, school.people[0], given)
    with pytest.raises(RuleViolation, match="not_attended"):
        school.do("clerk", evaluation.hand_in, school.people[5], given)
    with pytest.raises(InputError):
        school.do("clerk", evaluation.hand_in, school.people[1], {**given, "总体评价": 6})
    with pytest.raises(InputError):
        school.do("clerk", evaluation.hand_in, school.people[1], {"没问过": 5})
    found = school.ask(evaluation.results, school.course)
    assert (found.attendees, found.forms, found.remarks) == (2, 1, ("多些实操",))
    assert found.satisfaction == Fraction(21, 25)


def test_that_a_form_does_not_tell_whose_it_is(local_school: School) -> None:
    present(local_school, 0)
    local_school.do("clerk", evaluation.hand_in, local_school.people[0], answers(local_school, 1, 1, 1, 1, 1))  # fmt: skip
    columns = {column.name for column in Evaluation.__table__.columns}
    assert columns == {"id", "course_id", "marks", "remark"}
    assert {column.name for column in EvaluationTurnout.__table__.columns} == {"participant_id"}


def test_that_a_photo_needs_caption_and_time(local_school: School) -> None:
    bare = NewFile(section=8, name="a.jpg", data=b"x")
    with pytest.raises(InputError) as refused:
        local_school.do("clerk", dossier.add_file, local_school.course, bare)
    assert {one.code for one in refused.value.fields} == {
        "training.caption_missing", "training.taken_missing",
    }  # fmt: skip
    with pytest.raises(InputError):
        local_school.do(
            "clerk", dossier.add_file, local_school.course, NewFile(section=14, name="a", data=b"x")
        )


def trainer(school: School, *, servant: bool = False, name: str = "吕喆") -> int:
    with school.as_("clerk").write() as session:
        party = register_person(
            session,
            RegisterPerson(name=name, id_kind=IdKind.RESIDENT, number="341199198802150119")
            if name == "吕喆"
            else RegisterPerson(name=name, id_kind=IdKind.NONE, no_number_reason="授课"),
        ).id
        content = TrainerContent(
            title="正高级", unit="研究所", civil_servant=servant, bank="样例银行",
            account_number=ACCOUNT,
        )  # fmt: skip
        costs.save_trainer(session, party, content)
    return party


def teach(school: School, party: int, *places: int) -> None:
    for place in places:
        day, half = training.HALF_DAYS[place]
        what = courses.SessionContent(
            held_on=day, half_day=half, topic="讲", minutes=180, trainer_id=party
        )
        school.do("clerk", courses.edit_session, school.sessions[place], 1, what)


def test_that_a_lecture_fee_is_taxed_by_the_dated_rule(school: School) -> None:
    party = trainer(school)
    teach(school, party, 0, 1)
    (proposed,) = school.ask(costs.propose_fees, school.course)
    assert (str(proposed.hours), proposed.rate) == ("8", Money.parse("1000"))
    school.do("clerk", costs.save_fee, school.course, proposed)
    (fee,) = school.ask(course_detail, school.course).fees
    # 8,000 × 80 % × 20 % = 1,280 (公告2018年第61号 第八条)
    assert (str(fee.gross), str(fee.tax), str(fee.net)) == ("8,000.00", "1,280.00", "6,720.00")
    small = FeeContent(party_id=party, hours=Hours.of(1), rate=Money.parse("800"))
    school.do("clerk", costs.save_fee, school.course, small, 1)
    assert str(school.ask(course_detail, school.course).fees[0].tax) == "0.00"


def test_that_a_serving_civil_servant_is_paid_nothing(local_school: School) -> None:
    school = local_school
    party = trainer(school, servant=True, name="施某")
    teach(school, party, 0)
    assert school.ask(costs.propose_fees, school.course) == []
    with pytest.raises(RuleViolation, match="fee_servant"):
        paid = FeeContent(party_id=party, hours=Hours.of(4), rate=Money.parse("500"))
        school.do("clerk", costs.save_fee, school.course, paid)
    unpaid = FeeContent(party_id=party, hours=Hours.of(4), rate=Money(0))
    school.do("clerk", costs.save_fee, school.course, unpaid)
    with school.as_("clerk").write() as session:
        made = printing.print_fees(session, school.course)
        assert facts_of(session, made.id)["items"][0]["gross"] == "不发放"


def test_that_numbers_in_full_stand_only_on_the_copy_for_finance(school: School) -> None:
    party = trainer(school)
    teach(school, party, 0)
    fee = FeeContent(party_id=party, hours=Hours.of(4), rate=Money.parse("500"))
    school.do("clerk", costs.save_fee, school.course, fee)
    with school.as_("clerk").write() as session:
        plain = str(facts_of(session, printing.print_fees(session, school.course).id))
    assert ACCOUNT not in plain
    assert "341199198802150119" not in plain
    with pytest.raises(NotPermitted):
        school.do("clerk", printing.print_fees, school.course, finance=True, reason="报销")
    with school.as_("all").write() as session:
        with pytest.raises(InputError):
            printing.print_fees(session, school.course, finance=True)
        full = printing.print_fees(session, school.course, finance=True, reason="报销")
        facts = facts_of(session, full.id)["items"][0]
        assert ACCOUNT in facts["account"]
        assert facts["number"] == "341199198802150119"
        known = session.scalars(select(Trainer)).one()
        events = [one.event for one in history.timeline(session, "trainer", known.id)]
        assert events == ["saved", "account_revealed"]
        reads = [one.event for one in history.timeline(session, "party", party)]
        assert "number_revealed" in reads


def test_that_money_of_a_course_adds_up(local_school: School) -> None:
    school = local_school
    for kind, yuan in (
        (CostKind.BUDGET, "1000"), (CostKind.ACTUAL, "300.50"), (CostKind.ACTUAL, "99.50"),
    ):  # fmt: skip
        line = CostContent(kind=kind, item="资料", amount=Money.parse(yuan))
        made = school.do("clerk", costs.add_cost, school.course, line)
    with pytest.raises(InputError):
        school.do(
            "clerk", costs.add_cost, school.course,
            CostContent(kind=CostKind.ACTUAL, item=" ", amount=Money(0)),
        )  # fmt: skip
    with pytest.raises(InputError):
        school.do("clerk", costs.remove_cost, made, 1, "")
    with school.as_("clerk").write() as session:
        facts = facts_of(session, printing.print_costs(session, school.course).id)
    assert (facts["budget"], facts["spent"], facts["rest"]) == ("1,000.00", "400.00", "600.00")
    assert facts["spent_capital"] == "人民币肆佰元整"


def test_that_the_ledger_and_the_figures_agree_with_the_roster(school: School) -> None:
    present(school, 0, 1, 2)
    late = NewMark(
        session_id=school.sessions[0], participant_id=school.people[3], mark=Mark.MADE_UP,
        reason="待核",
    )  # fmt: skip
    school.do("clerk", attendance.note, [late])
    with school.as_("auditor").read() as session:
        (line,) = reports.ledger(session, 2026)
        assert (line.expected, line.came, str(line.hours)) == (9, 3, "20")
        assert line.attendance == Fraction(15, 45)
        first, last = date(2026, 1, 1), date(2026, 12, 31)
        by_unit = {one.key: one for one in reports.statistics(session, first, last, "unit")}
        assert len(by_unit) == len({f"{one[0]}镇林业站" for one in training.NAMES})
        assert str(by_unit["马镇林业站"].hours) == "20"
        # A late signature that nobody confirmed gives no hours.
        assert str(by_unit["郑镇林业站"].hours) == "0"
        (year,) = reports.statistics(session, first, last, "year")
        assert (year.key, year.courses, year.people, str(year.hours)) == ("2026", 1, 9, "60")
        (topic,) = reports.statistics(session, first, last, "topic")
        assert topic.key == "林业碳汇"
        assert reports.statistics(session, date(2020, 1, 1), date(2020, 12, 31), "unit") == []


def test_that_one_course_is_one_folder_that_opens_without_the_program(
    local_school: School, tmp_path: Path
) -> None:
    from core.documents.service import issue_pending
    from tests.papers import authority

    school = local_school
    present(school, 0, 1)
    for name in ("现场.jpg", "现场.JPG"):
        photo = NewFile(
            section=8, name=name, data=name.encode(), caption="样地: 测树 <第1组>", taken_at=TAKEN
        )
        school.do("clerk", dossier.add_file, school.course, photo)
    notice = NewFile(section=2, name="CON.pdf", data=b"%PDF notice")
    school.do("clerk", dossier.add_file, school.course, notice)
    gone = school.do(
        "clerk", dossier.add_file, school.course, NewFile(section=7, name="误.pdf", data=b"x")
    )
    school.do("clerk", dossier.take_away, gone, 1, "传错")
    school.do("clerk", printing.print_schedule, school.course)
    issue_pending(school.as_("clerk"), authority(tmp_path).signer())
    with school.as_("clerk").read() as session:
        made = export_course(session, school.course, tmp_path / "out")
        with pytest.raises(RuleViolation, match="folder_there"):
            export_course(session, school.course, tmp_path / "out")
    parts = sorted(one.name for one in made.folder.iterdir() if one.is_dir())
    assert parts == [f"{n:02} {title}" for n, title in enumerate(SECTIONS, start=1)]
    names = {str(one.relative_to(made.folder)) for one in made.folder.rglob("*") if one.is_file()}
    assert "08 照片/2026-10-13 1520 样地 测树 _第1组_.jpg" in names
    assert "08 照片/2026-10-13 1520 样地 测树 _第1组_ (2).JPG" in names
    assert "02 培训通知/_CON.pdf" in names
    assert "03 课程表/课程表.pdf" in names
    assert not any("误" in one for one in names)
    sums = dict(
        reversed(line.split("  ", 1))  # type: ignore[arg-type]  # two parts
        for line in (made.folder / SUMS).read_text(encoding="utf-8").splitlines()
    )
    assert len(sums) == made.files == 4
    for name, digest in sums.items():
        assert sha256((made.folder / name).read_bytes()).hexdigest() == digest
    index = (made.folder / INDEX).read_text(encoding="utf-8-sig")
    assert "08 照片（2件）" in index
    assert "明林训〔2026〕1号" in index
    with pytest.raises(NotPermitted), school.as_("cashier").read() as session:
        export_course(session, school.course, tmp_path / "other")


def test_that_every_paper_of_a_course_can_be_printed(local_school: School) -> None:
    school = local_school
    party = trainer(school)
    teach(school, party, 0)
    school.mark_all()
    school.do("clerk", evaluation.hand_in, school.people[0], answers(school, 5, 4, 3, 2, 1), "好")
    line = CostContent(kind=CostKind.ACTUAL, item="资料", amount=Money.parse("1"))
    school.do("clerk", costs.add_cost, school.course, line)
    fee = FeeContent(party_id=party, hours=Hours.of(4), rate=Money.parse("500"))
    school.do("clerk", costs.save_fee, school.course, fee)
    for work in (
        printing.print_schedule, printing.print_roster, printing.print_trainers,
        printing.print_evaluation_form, printing.print_evaluation, printing.print_costs,
        printing.print_fees, printing.print_index,
    ):  # fmt: skip
        assert school.do("clerk", work, school.course).state.value == "to_sign"
    assert school.do("clerk", printing.print_ledger, 2026).kind == "training_ledger"
    for work in (printing.print_scores, printing.print_completion):
        with pytest.raises(InputError):
            school.do("clerk", work, school.course)
    with pytest.raises(InputError):
        school.do("clerk", printing.print_ledger, 2020)
