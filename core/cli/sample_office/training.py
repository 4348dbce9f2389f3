"""The training log of the sample office: the city lecture and the system training of autumn 2021.

Both were held before the office had this program and are entered afterwards, from the sheets that
were signed then: the clerk enters, a second person confirms and approves, a third issues.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from core.cli.sample_office import people, scans
from core.cli.sample_office.chapters import Chapter, Event, Shown
from core.clock import CHINA
from core.i18n import N_
from core.training.states import (
    RESULT_CHINESE,
    CostKind,
    HalfDay,
    Mark,
    PaperAtEnd,
    Requirement,
)
from core.values.money import Money

if TYPE_CHECKING:
    from PIL.Image import Image
    from sqlalchemy.orm import Session

    from core.cli.sample_office.build import SampleOffice
    from core.training.attendance import NewMark
    from core.training.sign_in import Layout

_HALF = {"上午": HalfDay.MORNING, "下午": HalfDay.AFTERNOON}
_MARKS = {
    "出": Mark.PRESENT,
    "迟": Mark.LATE,
    "早": Mark.EARLY,
    "假": Mark.LEAVE,
    "缺": Mark.ABSENT,
    "补": Mark.MADE_UP,
}
#: What is known of the trainers beside their names: unit and title, as the experts' table has them.
_TRAINERS = {
    "E01": ("秦昉", "皖东林业职业学院（样例）", "正高级"),
    "E02": ("吕喆", "江淮生态研究所（样例）", "正高级"),
    "E03": ("许堃", "江淮绿测技术有限公司（样例）", "副高级及以下"),
    "E04": ("何𫘝", "滁州市老嘉山国有林场", "副高级及以下"),
    "E06": ("孔翀", "皖东大学经济学院（样例）", "副高级及以下"),
}
_REASONS = {"假": "因公请假", "补": "到场未签，带班人证明后补签"}
#: Invented: what the training cost, in 元.
_COSTS = (
    (CostKind.BUDGET, "场地、资料、讲课费", "18000.00"),
    (CostKind.ACTUAL, "场地租用（样例）", "3000.00"),
    (CostKind.ACTUAL, "教材资料（样例）", "1560.00"),
    (CostKind.ACTUAL, "现场教学交通（样例）", "1200.00"),
)


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    source = resources.files("resources").joinpath("sample", f"{table}.csv")
    return tuple(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8"))))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _sessions(course: str) -> list[dict[str, str]]:
    return [row for row in _rows("sessions") if row["course_id"] == course]


# --- what the people do ---------------------------------------------------------------------


def _plan(office: SampleOffice) -> None:
    """Both courses with their sessions and who taught."""
    from core.training.courses import CourseContent, SessionContent, add_session, plan
    from core.training.model import Course

    with office.database(people.CLERK).write() as session:
        for row in _rows("courses"):
            percent = "80%" in row["pass_rule"]
            content = CourseContent(
                name=row["name"],
                organizer=row["organizer"],
                kind=row["kind"],
                topic="林业碳汇",
                starts_on=_day(row["from"]),
                ends_on=_day(row["to"]),
                place=row["place"],
                requirement=Requirement.PERCENT if percent else Requirement.NONE,
                required=80 if percent else 0,
                assessed=percent,
                paper=PaperAtEnd.CERTIFICATE
                if row["certificate"] == "结业证书"
                else PaperAtEnd.NONE,
                plan="2021年度培训计划（样例）",
                summary="本期培训按计划完成。（样例）" if percent else "",
            )
            made = plan(session, content)
            office.ids[row["course_id"]] = made
            for one in _sessions(row["course_id"]):
                held = SessionContent(
                    held_on=_day(one["date"]),
                    half_day=_HALF[one["half_day"]],
                    topic=one["topic"],
                    minutes=int(one["minutes"]),
                    trainer_id=_trainer(office, session, one["teacher"]),
                )
                version = session.get_one(Course, made).version
                office.ids[one["session_id"]] = add_session(session, made, version, held)


def _trainer(office: SampleOffice, session: Session, teacher: str) -> int:
    """The party of 秦昉（E01）: the expert's where the committee has entered one, else a new one."""
    from core.parties.service import RegisterPerson, register_person
    from core.training.costs import TrainerContent, save_trainer, trainer_of
    from core.values.identity import IdKind

    key = teacher.partition("（")[2].rstrip("）")
    name, unit, title = _TRAINERS[key]
    if key not in office.parties:
        person = RegisterPerson(
            name=name, id_kind=IdKind.NONE, no_number_reason="授课专家，未登记证件号码"
        )
        office.parties[key] = register_person(session, person).id
    party = office.parties[key]
    if trainer_of(session, party) is None:
        content = TrainerContent(
            title=title, unit=unit, bank="样例银行", account_number=f"62220000000000{key[1:]}"
        )
        save_trainer(session, party, content)
    return party


def _enrol(office: SampleOffice) -> None:
    """The roster of the system training, from the workbook its organizer sent."""
    from core.sheets.batch import run_import
    from core.training.model import Participant
    from core.training.sheets import PARTICIPANTS_IMPORTER

    path = office.folder / "T02-学员名册.xlsx"
    with office.database(people.CLERK).write() as session:
        _write_roster(path, _number(session, office.ids["T02"]))
        report, _batch = run_import(session, PARTICIPANTS_IMPORTER, path)
        assert report.imported, report.errors  # the workbook is ours
        keys = [row["person_id"] for row in _rows("participants")]
        for key, (_kind, made) in zip(keys, report.created, strict=True):
            office.ids[key] = made
            office.parties[key] = session.get_one(Participant, made).party_id
        office.shown += _told_namesakes(report.warnings)


def _told_namesakes(warnings: object) -> list[Shown]:
    """K10 and K12 must be pointed out while they are imported (their notes in the table say so)."""
    from core.sheets.reading import CellError

    assert isinstance(warnings, tuple)
    told = {one.value for one in warnings if isinstance(one, CellError)}
    return [
        Shown(
            key=row["person_id"],
            what=row["note"],
            wanted="疑似同一人",
            found="疑似同一人" if row["name"] in told else "",
        )
        for row in _rows("participants")
        if "疑似同一人" in row["note"]
    ]


def _number(session: Session, course: int) -> str:
    from core.training.model import Course

    return session.get_one(Course, course).number


def _write_roster(path: object, number: str) -> None:
    from pathlib import Path

    from openpyxl import load_workbook

    from core.sheets.template import write_template
    from core.training.sheets import PARTICIPANTS_IMPORT, ROSTER

    assert isinstance(path, Path)
    write_template(PARTICIPANTS_IMPORT, path)
    book = load_workbook(path)
    columns = [column.key for column in PARTICIPANTS_IMPORT.sheet(ROSTER).columns]
    for place, row in enumerate(_rows("participants"), start=2):
        cells = {"course": number, "name": row["name"], "unit": row["unit"], "phone": row["phone"]}
        for column, key in enumerate(columns, start=1):
            book[ROSTER].cell(place, column, cells.get(key))
    book.save(path)


def _print_sheets(office: SampleOffice) -> None:
    """A sign-in sheet for each half-day of the system training."""
    from core.training.sign_in import print_sheet

    with office.database(people.CLERK).write() as session:
        for row in _sessions("T02"):
            made = print_sheet(session, office.ids[row["session_id"]])
            office.ids[f"sheet-{row['session_id']}"] = made.id


def _attend(office: SampleOffice) -> None:
    """Leave is noted by hand, then the scans of the signed sheets are read; then what is odd."""
    from core.training.attendance import NewMark, note
    from core.training.reading import file_scan

    for row in _sessions("T02"):
        held = row["session_id"]
        with office.database(people.CLERK).write() as session:
            note(session, _noted(office, held, "假"))
            data = _scan_of(office, session, held)
            filed = file_scan(session, f"{held}-签到表.pdf", data)
            assert not any(one.open for one in filed)  # the scan is ours
            late = [
                NewMark(
                    session_id=one.session_id,
                    participant_id=one.participant_id,
                    mark=one.mark,
                    minutes=10,
                    reason="迟到10分钟",
                )
                for one in _noted(office, held, "迟")
            ]
            note(session, [*late, *_noted(office, held, "补")])


def _noted(office: SampleOffice, held: str, letter: str) -> list[NewMark]:
    from core.training.attendance import NewMark

    return [
        NewMark(
            session_id=office.ids[held],
            participant_id=office.ids[row["person_id"]],
            mark=_MARKS[letter],
            reason=_REASONS.get(letter, ""),
        )
        for row in _rows("participants")
        if row[held] == letter
    ]


def _scan_of(office: SampleOffice, session: Session, held: str) -> bytes:
    """What the scanner made of the signed sheet: who came wrote a name, the others did not."""
    from core.documents.service import facts_of, work
    from core.training.record_model import SignInSheet
    from core.training.sign_in import layout_of

    sheet = session.get_one(SignInSheet, office.ids[f"sheet-{held}"])
    facts = facts_of(session, sheet.document_id)
    signed = [row[held] in {"出", "迟", "早"} for row in _rows("participants")]
    layout = layout_of(work(session, sheet.document_id).template)
    lines = [
        _Line(item["code"], str(item.get("name", "")), place < len(signed) and signed[place])
        for place, item in enumerate(facts["items"])
    ]
    return _pdf(_pages(lines, layout, f"{facts['course_name']}签到表 {facts['day']}"))


@dataclass(frozen=True)
class _Line:
    """A row of a signed sheet: its code, whose it is, and whether there is a signature."""

    code: str
    name: str
    signed: bool


_DPI = 150
_PER_PAGE = 14


def _pages(lines: list[_Line], layout: Layout, title: str) -> list[Image]:
    """A sheet as a scanner saw it, drawn row by row; grey, and a little turned."""
    from PIL import Image, ImageDraw

    dot = _DPI / 25.4
    pages = []
    for first in range(0, len(lines), _PER_PAGE):
        page = Image.new("L", (round(210 * dot), round(297 * dot)), 246)
        draw = ImageDraw.Draw(page)
        scans.write(draw, (round(30 * dot), round(18 * dot)), title, 34, 40)
        for place, line in enumerate(lines[first : first + _PER_PAGE]):
            middle = (50 + place * layout.height) * dot
            _row(page, line, layout, (dot, middle))
        pages.append(page.rotate(0.8, Image.Resampling.BICUBIC, fillcolor=246))
    return pages


def _row(page: Image, line: _Line, layout: Layout, at: tuple[float, float]) -> None:
    from PIL import Image, ImageDraw

    from core.documents.qr import squares

    dot, middle = at
    draw = ImageDraw.Draw(page)
    top, bottom = middle - layout.height / 2 * dot, middle + layout.height / 2 * dot
    draw.rectangle((14 * dot, top, 198 * dot, bottom), outline=90)
    scans.write(draw, (round(20 * dot), round(middle - 3 * dot)), line.name, 26, 60)
    rows = squares(line.code)
    code = Image.new("L", (len(rows), len(rows)))
    code.putdata([20 if square == "1" else 246 for row in rows for square in row])
    side, right = round(layout.side * dot), 189 * dot
    sized = code.resize((side, side), Image.Resampling.NEAREST)
    page.paste(sized, (round(right - side / 2), round(middle - side / 2)))
    if line.signed:
        _write_name(draw, line.code, (right + layout.offset * dot, middle), dot)


def _write_name(draw: object, seed: str, at: tuple[float, float], dot: float) -> None:
    """Strokes like a name written in a hurry."""
    from PIL.ImageDraw import ImageDraw

    assert isinstance(draw, ImageDraw)
    chance = random.Random(seed)  # noqa: S311 - a drawing
    for character in range(3):
        x = at[0] + (character * 8 - 8) * dot
        last = (x, at[1])
        for _stroke in range(6):
            to = (
                x + chance.uniform(-3, 3) * dot,
                at[1] + chance.uniform(-4, 4) * dot,
            )
            draw.line([last, to], fill=70, width=3)
            last = to


def _pdf(pages: list[Image]) -> bytes:
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=float(_DPI))
    return buffer.getvalue()


def _confirm(office: SampleOffice) -> None:
    """A second person confirms the late signature of K08."""
    from sqlalchemy import select

    from core.training.attendance import confirm_make_up
    from core.training.model import Attendance

    with office.database(people.CHECKER).write() as session:
        rows = session.scalars(select(Attendance).where(Attendance.mark == Mark.MADE_UP)).all()
        for row in rows:
            confirm_make_up(session, row.id, row.version)


def _score(office: SampleOffice) -> None:
    """The scores of the test; who has none was absent from it."""
    from core.training.assessing import NewScore, enter_score

    on = _day(_sessions("T02")[-1]["date"])
    with office.database(people.CLERK).write() as session:
        for row in _rows("participants"):
            score = Decimal(row["score"]) if row["score"] else None
            new = NewScore(participant_id=office.ids[row["person_id"]], score=score, taken_on=on)
            enter_score(session, new)


def _evaluate(office: SampleOffice) -> None:
    """Ten forms, the answers invented."""
    from core.training.evaluation import hand_in, questions
    from core.training.model import Course

    with office.database(people.CLERK).write() as session:
        asked = questions(session, session.get_one(Course, office.ids["T02"]))
        for place, row in enumerate(_rows("participants")[:10]):
            marks = {question: 5 - (place + n) % 4 % 2 for n, question in enumerate(asked)}
            remark = "希望增加现场教学。（样例）" if place == 3 else ""
            hand_in(session, office.ids[row["person_id"]], marks, remark)


def _keep(office: SampleOffice) -> None:
    """Photos, notice and slides, the cost, and the lecture fees."""
    from core.training.costs import CostContent, add_cost, propose_fees, save_fee
    from core.training.dossier import NewFile, add_file

    course = office.ids["T02"]
    taken = datetime(2021, 10, 13, 15, 20, tzinfo=CHINA)
    notice = scans.scan("关于举办业务培训班的通知（样例）", ["本件为示范用虚构材料。"])
    photo = scans.photo("老嘉山林场现场教学", seed=5)
    slides = scans.scan("蓄积量法核算与参数（课件，样例）", ["本件为示范用虚构材料。"], 2)
    with office.database(people.CLERK).write() as session:
        for new in (
            NewFile(section=2, name="培训通知.pdf", data=notice, caption="培训通知"),
            NewFile(
                section=8,
                name="现场教学.jpg",
                data=photo,
                caption="老嘉山林场现场教学",
                taken_at=taken,
                session_id=office.ids["S05"],
            ),
            NewFile(section=7, name="课件.pdf", data=slides, caption="蓄积量法核算与参数（课件）"),
        ):
            add_file(session, course, new)
        for kind, item, yuan in _COSTS:
            add_cost(session, course, CostContent(kind=kind, item=item, amount=Money.parse(yuan)))
        for fee in propose_fees(session, course):
            save_fee(session, course, fee)
        spent = sum(
            (Money(one.rate.fen * one.hours.units // 100) for one in propose_fees(session, course)),
            Money(0),
        )
        add_cost(session, course, CostContent(kind=CostKind.ACTUAL, item="讲课费", amount=spent))


def _judge(office: SampleOffice) -> None:
    from core.training.completion import prepare_list
    from core.training.model import Course

    with office.database(people.CLERK).write() as session:
        course = session.get_one(Course, office.ids["T02"])
        office.ids["T02-list"] = prepare_list(session, course.id, course.version)


def _approve(office: SampleOffice) -> None:
    from core.training.completion import approve_list
    from core.training.model import CompletionList

    with office.database(people.CHECKER).write() as session:
        row = session.get_one(CompletionList, office.ids["T02-list"])
        approve_list(session, row.id, row.version)


def _issue(office: SampleOffice) -> None:
    """Certificates for all who completed, in the order of the roster."""
    from core.training.certifying import issue

    with office.database(people.ISSUER).write() as session:
        for one in issue(session, office.ids["T02"]):
            office.records.append((f"T02-{one.name}", "training_certificate", one.id))


def _print(office: SampleOffice) -> None:
    """All papers of the course file, a transcript, and the ledger of the year."""
    from core.training import printing
    from core.training.courses import close
    from core.training.model import Course

    course = office.ids["T02"]
    with office.database(people.CLERK).write() as session:
        for work in (
            printing.print_schedule,
            printing.print_trainers,
            printing.print_roster,
            printing.print_scores,
            printing.print_completion,
            printing.print_evaluation_form,
            printing.print_evaluation,
            printing.print_costs,
            printing.print_fees,
        ):
            work(session, course)
        printing.print_transcript(session, office.parties["K04"], 2021, 2021)
        printing.print_ledger(session, 2021)
        printing.print_index(session, course)
        row = session.get_one(Course, course)
        close(session, row.id, row.version)
    office.records.append(("T01", "course", office.ids["T01"]))
    office.records.append(("T02", "course", course))
    office.records.append(("K04", "party", office.parties["K04"]))


_STEPS: tuple[tuple[date, Callable[[SampleOffice], None]], ...] = (
    (date(2026, 9, 7), _plan),
    (date(2026, 9, 8), _enrol),
    (date(2026, 9, 8), _print_sheets),
    (date(2026, 9, 9), _attend),
    (date(2026, 9, 9), _score),
    (date(2026, 9, 10), _confirm),
    (date(2026, 9, 10), _evaluate),
    (date(2026, 9, 11), _keep),
    (date(2026, 9, 11), _judge),
    (date(2026, 9, 14), _approve),
    (date(2026, 9, 15), _issue),
    (date(2026, 9, 16), _print),
)


def events() -> list[Event]:
    """Everything of both courses, in the order of time."""
    return [
        Event(day=day, hour=9 + place % 8, key=f"T{place:02}", act=act)
        for place, (day, act) in enumerate(_STEPS)
    ]


# --- what came of it ------------------------------------------------------------------------


def judge(office: SampleOffice, session: Session) -> list[Shown]:
    """Hours and result of everybody, hours of both courses, and the certificates."""
    from sqlalchemy import select

    from core.training.completion import judge as stand
    from core.training.courses import held_sessions
    from core.training.hours import total
    from core.training.model import Course, TrainingCertificate
    from core.training.participants import hints

    course = session.get_one(Course, office.ids["T02"])
    found = {one.participant_id: one for one in stand(session, course)}
    shown = []
    for row in _rows("participants"):
        one = found[office.ids[row["person_id"]]]
        shown.append(
            Shown(
                key=row["person_id"],
                what=f"{row['name']} {row['note']}".strip(),
                wanted=f"{row['hours']}学时 {row['result']}",
                found=f"{one.standing.hours}学时 {RESULT_CHINESE[one.result]}",
            )
        )
    for row in _rows("courses"):
        sessions = held_sessions(session, office.ids[row["course_id"]])
        hours = total(one.hours for one in sessions)
        shown.append(
            Shown(
                key=row["course_id"],
                what=row["name"],
                wanted=f"{row['total_hours']}学时",
                found=f"{hours}学时",
            )
        )
    completed = {row["name"] for row in _rows("participants") if row["result"] == "结业"}
    certified = set(session.scalars(select(TrainingCertificate.name)))
    shown.append(
        Shown(
            key="T02",
            what="结业证书",
            wanted="、".join(sorted(completed)),
            found="、".join(sorted(certified)),
        )
    )
    open_ = {one.name for one in hints(session, course.id)}
    wanted = {row["name"] for row in _rows("participants") if "疑似同一人" in row["note"]}
    shown.append(
        Shown(
            key="T02",
            what="疑似同一人，待判定",
            wanted="、".join(sorted(wanted)),
            found="、".join(sorted(open_)),
        )
    )
    return shown


CHAPTER = Chapter(key="training", title=N_("Training"), events=events, judge=judge)
