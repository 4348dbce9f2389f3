"""The training log: the course file, money, evaluation, trainers, scans and reports."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook
from PIL import Image
from PySide6.QtWidgets import QDialog

from core.parties.queries import summary
from core.training import costs, courses
from core.training.costs import TrainerContent
from core.training.courses import SessionContent
from core.training.model import CourseSession
from core.training.record_details import trainer_detail
from core.values.money import Money
from desktop.pages.training.reports import LedgerTab, ReportsTab, TranscriptTab
from desktop.pages.training.statistics import FiguresTab
from desktop.pages.training.trainers import TrainersTab
from desktop.parts.action_dialog import ActionDialog
from desktop.widgets.pdf import PdfDialog
from tests.gui.pages.classroom import Classroom


def teach(room: Classroom) -> int:
    """马昉 teaches the first two half-days; the id of the trainer."""
    party = room.detail().people[0].party_id
    content = TrainerContent(
        title="正高级", unit="江淮生态研究所", bank="样例银行", account_number="6222000000000017"
    )
    trainer: int = room.school.do("clerk", costs.save_trainer, party, content)
    for one in room.detail().sessions[:2]:
        what = SessionContent(
            held_on=one.held_on,
            half_day=one.half_day,
            topic=one.topic,
            minutes=one.minutes,
            trainer_id=party,
        )
        version = room.school.version(CourseSession, one.id)
        room.school.do("clerk", courses.edit_session, one.id, version, what)
    return trainer


def test_that_a_photo_is_kept_with_its_caption_and_time(
    classroom: Classroom, tmp_path: Path
) -> None:
    photo = tmp_path / "现场.jpg"
    Image.new("RGB", (8, 8)).save(photo)
    tab = classroom.course("clerk")

    def describe(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        dialog.accept_button.click()
        classroom.desk.qtbot.waitUntil(lambda: len(dialog.form.errors()) == 2)
        dialog.form.set_values({"caption": "样地实测", "taken_at": "昨天"})
        dialog.accept_button.click()
        classroom.desk.qtbot.waitUntil(lambda: set(dialog.form.errors()) == {"taken_at"})
        dialog.form.set_values({"taken_at": "2026-10-13 14:20"})
        dialog.accept_button.click()
        classroom.desk.dialogs.until_closed(dialog)

    classroom.desk.dialogs.acts.append(describe)
    classroom.desk.dialogs.files.append(photo)
    tab.pane.files.buttons.buttons["add_file"].click()
    classroom.desk.settle()
    (kept,) = classroom.detail().files
    assert (kept.section, kept.caption) == (8, "样地实测")
    assert tab.pane.files.rows()[0][2] == "2026-10-13 14:20"
    assert tab.pane.photo.isHidden()
    tab.pane.files.choose(kept.id)
    classroom.desk.qtbot.waitUntil(lambda: not tab.pane.photo.isHidden())
    classroom.fill(caption="样地实测合影")
    tab.take("edit_file")
    classroom.desk.settle()
    classroom.because("重复")
    tab.take("take_away")
    classroom.desk.settle()
    assert classroom.detail().files == ()


def test_that_costs_and_fees_are_entered_and_put_on_paper(classroom: Classroom) -> None:
    teach(classroom)
    tab = classroom.course("clerk")
    classroom.fill(kind="actual", item="场地租用", amount="3000", paid_on="2026-10-15")
    tab.pane.money.costs.buttons.buttons["add_cost"].click()
    classroom.desk.settle()
    tab.pane.money.fees.buttons.buttons["propose_fees"].click()
    tab.pane.money.fees.buttons.buttons["propose_fees"].click()
    classroom.desk.settle()
    detail = classroom.detail()
    (fee,) = detail.fees
    assert (fee.name, str(fee.hours)) == ("马昉", "8")
    assert fee.gross == Money(fee.rate.fen * 8)
    assert fee.tax > Money(0)
    classroom.fill(hours="6", rate="500")
    tab.pane.money.fees.buttons.buttons["edit_fee"].click()
    classroom.desk.settle()
    assert str(classroom.detail().fees[0].gross) == "3,000.00"
    classroom.fill(kind="actual", item="场地租用", amount="2800")
    tab.take("edit_cost")
    classroom.desk.settle()
    assert "2,800.00" in tab.pane.money.costs.title()
    seen: list[QDialog] = []
    classroom.fill()
    classroom.desk.dialogs.acts.append(seen.append)
    tab.take("fee_sheet")
    classroom.desk.qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], PdfDialog)
    assert [one.kind for one in classroom.detail().papers] == ["lecture_fees"]
    classroom.because("重复登记")
    tab.take("drop_cost")
    classroom.desk.settle()
    assert classroom.detail().costs == ()


def test_that_only_attendees_evaluate_and_nobody_sees_who_said_what(
    classroom: Classroom,
) -> None:
    classroom.school.mark_all()
    tab = classroom.course("clerk")
    person = classroom.school.people[0]

    def answer(dialog: ActionDialog) -> None:
        dialog.form.set_values({"person": str(person), "q0": "5", "q1": "4", "remark": "讲得清楚"})

    classroom.act(answer)
    tab.take("hand_in")
    classroom.desk.settle()
    found = classroom.detail()
    assert (found.evaluation.forms, found.evaluation.attendees) == (1, 9)
    assert found.evaluation.remarks == ("讲得清楚",)
    assert next(one for one in found.people if one.id == person).evaluated
    assert "讲得清楚" in tab.pane.ending.remarks.text()

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, ActionDialog)
        choices = [stored for stored, _title in dialog.form.fields[0].choices]
        assert str(person) not in choices  # handed one in already
        assert len(choices) == 8
        dialog.reject()

    classroom.desk.dialogs.acts.append(look)
    tab.take("hand_in")


def test_that_a_paper_of_the_course_is_signed_and_shown(classroom: Classroom) -> None:
    tab = classroom.course("all")
    seen: list[QDialog] = []
    classroom.fill(paper="roster")
    classroom.desk.dialogs.acts.append(seen.append)
    tab.pane.paper_buttons.buttons["paper"].click()
    classroom.desk.qtbot.waitUntil(lambda: bool(seen))
    classroom.desk.settle()
    assert isinstance(seen[0], PdfDialog)
    (paper,) = classroom.detail().papers
    assert (paper.kind, bool(paper.sha256)) == ("course_roster", True)


def test_that_an_account_is_masked_and_a_look_is_logged(classroom: Classroom) -> None:
    trainer = teach(classroom)
    front = classroom.record("clerk", "trainer", trainer)
    assert isinstance(front, TrainersTab)
    assert not front.pane.reveal_account.isEnabled()
    assert front.pane.reveal_account.toolTip()
    classroom.fill(title="副高级及以下", civil_servant=True)
    front.edit_record()
    classroom.desk.settle()
    front = classroom.record("fund_manager", "trainer", trainer)
    detail = front.view_model.state.detail
    assert detail.content.civil_servant
    assert "*" in detail.account_mask
    assert len(detail.taught) == 2
    classroom.because("核对开户行")
    front.pane.reveal_account.click()
    classroom.desk.settle()
    assert dict(front.view_model.state.revealed)["account"] == "6222000000000017"
    assert not front.pane.reveal_account.isVisible()
    last = classroom.school.ask(trainer_detail, trainer).timeline[-1]
    assert (last.event, last.reason) == ("account_revealed", "核对开户行")


def test_that_a_guest_becomes_a_trainer(classroom: Classroom) -> None:
    party = classroom.school.ask(summary, classroom.detail().people[1].party_id)
    page = classroom.sit("clerk")
    front = page.show_tab("trainers")

    def choose(dialog: ActionDialog) -> None:
        dialog.picker.set_party(party)  # type: ignore[attr-defined]  # a PersonDialog
        dialog.form.set_values({"title": "讲师", "unit": "皖东学院"})

    classroom.act(choose)
    front.new_record()
    classroom.desk.settle()
    assert isinstance(front, TrainersTab)
    detail = front.view_model.state.detail
    assert detail is not None
    assert (detail.name, detail.content.title) == (party.name, "讲师")


# -- reports


def test_that_figures_ledger_and_transcript_say_the_same(
    classroom: Classroom, tmp_path: Path
) -> None:
    classroom.school.mark_all()
    page = classroom.sit("clerk")
    reports = page.show_tab("reports")
    assert isinstance(reports, ReportsTab)
    figures = reports.show_tab("figures")
    assert isinstance(figures, FiguresTab)
    classroom.desk.settle()
    found = figures.view_model.state.found
    assert found is not None
    (topic,) = found.topic
    assert (topic.key, topic.people, str(topic.hours)) == ("林业碳汇", 9, "180")
    assert len(figures.units._marks) == len(found.unit) == 9
    figures.units.opened.emit("马镇林业站")
    classroom.desk.settle()
    front = page.front()
    assert front.table.model.rowCount() == 1  # type: ignore[attr-defined]  # the participants

    page.show_tab("reports")
    book = tmp_path / "figures.xlsx"
    classroom.desk.dialogs.files.append(book)
    figures.export("unit")
    classroom.desk.settle()
    rows = list(load_workbook(book).active.iter_rows(values_only=True))
    assert ("马镇林业站", 1, 1, 20, 0, 0) in [(row[0], *map(int, row[1:])) for row in rows[1:]]
    ledger = reports.show_tab("training_ledger")
    assert isinstance(ledger, LedgerTab)
    classroom.desk.settle()
    ((row),) = ledger.source.computed()
    assert (row[1], str(row[5]), row[7], row[8]) == ("林业碳汇业务培训班", "20", 9, "100%")
    seen: list[QDialog] = []
    classroom.desk.dialogs.acts.append(seen.append)
    ledger.paper_button.click()
    classroom.desk.qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], PdfDialog)

    hours = reports.show_tab("transcript")
    assert isinstance(hours, TranscriptTab)
    assert not hours.paper_button.isEnabled()
    hours.show_person(classroom.school.ask(summary, classroom.detail().people[0].party_id))
    classroom.desk.settle()
    assert [row[3] for row in hours.lines.rows()] == ["20"]
    classroom.desk.dialogs.acts.append(seen.append)
    hours.paper_button.click()
    classroom.desk.qtbot.waitUntil(lambda: len(seen) == 2)
    classroom.desk.settle()
    page.open_record("training_transcript", classroom.detail().people[1].party_id)
    classroom.desk.settle()
    assert hours.found is not None
    assert hours.found.name == classroom.detail().people[1].name


def test_that_reports_say_which_right_is_missing(classroom: Classroom) -> None:
    reports = classroom.sit("issuer").show_tab("reports")
    assert isinstance(reports, ReportsTab)
    for key in ("figures", "training_ledger", "transcript"):
        front = reports.show_tab(key)
        classroom.desk.settle()
        if isinstance(front, FiguresTab):
            assert front.view_model.state.found is None
            assert front.banner.isVisible()
        else:
            button = front.paper_button  # type: ignore[attr-defined]  # ledger and transcript
            assert not button.isEnabled()
            assert button.toolTip()
