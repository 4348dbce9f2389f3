"""Courses for tests: the sample course, and scans of its sheets as a scanner would make them."""

from __future__ import annotations

import csv
import io
import math
import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFilter

import resources
from core.database import Database
from core.documents import service
from core.training import courses, participants
from core.training.attendance import NewMark, note
from core.training.courses import CourseContent, SessionContent
from core.training.model import Course
from core.training.participants import Trainee
from core.training.sign_in import Layout, layout_of, print_sheet
from core.training.states import HalfDay, Mark, PaperAtEnd, Requirement
from tests import databases

if TYPE_CHECKING:
    from core.training.scanning import Code

SAMPLE = Path(resources.__file__).parent / "sample"
DAYS = (date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 14))
HALF_DAYS = (
    (DAYS[0], HalfDay.MORNING),
    (DAYS[0], HalfDay.AFTERNOON),
    (DAYS[1], HalfDay.MORNING),
    (DAYS[1], HalfDay.AFTERNOON),
    (DAYS[2], HalfDay.MORNING),
)
NAMES = ("马昉", "杨㛃", "吴𬱖", "郑𫖯", "冯䶮", "诸葛堃", "褚喆", "卫翀", "努尔兰·哈山")


def table(name: str) -> list[dict[str, str]]:
    """A table of the sample data."""
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def content(**changes: Any) -> CourseContent:
    """The system training of the sample data, moved to this year."""
    values: dict[str, Any] = {
        "name": "林业碳汇业务培训班",
        "organizer": "滁州市林业局",
        "kind": "系统业务培训",
        "topic": "林业碳汇",
        "starts_on": DAYS[0],
        "ends_on": DAYS[2],
        "place": "明光市会议室（样例）",
        "requirement": Requirement.PERCENT,
        "required": 80,
        "assessed": True,
        "paper": PaperAtEnd.CERTIFICATE,
        **changes,
    }
    return CourseContent(**values)


@dataclass
class School:
    """A course at work: one open database per person."""

    database: Database
    course: int = 0
    sessions: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    _open: dict[str, Database] = field(default_factory=dict)
    _left: list[Any] = field(default_factory=list)

    def as_(self, login: str) -> Database:
        """The database as somebody: `clerk`, `checker`, ..."""
        if login not in self._open:
            entered = databases.open_as(self.database, login)
            self._open[login] = entered.__enter__()
            self._left.append(entered)
        return self._open[login]

    def close(self) -> None:
        """Close what was opened."""
        for one in self._left:
            one.__exit__(None, None, None)

    def do(self, login: str, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """One use case as somebody, in a transaction of its own."""
        with self.as_(login).write() as session:
            return work(session, *args, **more)

    def ask(self, work: Callable[..., Any], *args: Any, login: str = "clerk", **more: Any) -> Any:
        """One look."""
        with self.as_(login).read() as session:
            return work(session, *args, **more)

    def version(self, model: type, record_id: int) -> int:
        """The version of a record."""
        with self.as_("clerk").read() as session:
            found: int = session.get_one(model, record_id).version  # type: ignore[attr-defined]
            return found

    def course_version(self) -> int:
        """The version of the course."""
        return self.version(Course, self.course)

    def mark_all(self, mark: Mark = Mark.PRESENT) -> None:
        """Everybody at every session."""
        marks = [
            NewMark(session_id=held, participant_id=person, mark=mark)
            for held in self.sessions
            for person in self.people
        ]
        self.do("clerk", note, marks)


def set_up(school: School, names: tuple[str, ...] = NAMES, **changes: Any) -> None:
    """A course of five half-days with a roster."""
    school.course = school.do("clerk", courses.plan, content(**changes))
    for number, (day, half) in enumerate(HALF_DAYS, start=1):
        what = SessionContent(held_on=day, half_day=half, topic=f"第{number}讲", minutes=180)
        version = school.course_version()
        school.sessions.append(
            school.do("clerk", courses.add_session, school.course, version, what)
        )
    for number, name in enumerate(names):
        trainee = Trainee(
            name=name, unit=f"{name[0]}镇林业站", post="站长", phone=f"120000003{number:02}"
        )
        school.people.append(school.do("clerk", participants.enrol_trainee, school.course, trainee))


@contextmanager
def school(database: Database, **changes: Any) -> Iterator[School]:
    """A school on a fresh database."""
    opened = School(database)
    try:
        set_up(opened, **changes)
        yield opened
    finally:
        opened.close()


# --- scans ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """A printed sheet as pictures of its pages, still clean, at 300 dpi."""

    token: str
    rows: int
    layout: Layout
    pages: list[Image.Image]


def printed(school: School, session_id: int) -> Sheet:
    """Print the sheet of a half-day and draw its pages with poppler."""
    with school.as_("clerk").write() as session:
        made = print_sheet(session, session_id)
        pdf = service.preview(session, made.paper.id)
        layout = layout_of(service.work(session, made.paper.id).template)
    return Sheet(made.token, made.rows, layout, rasterised(pdf, 300))


def rasterised(pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages of a PDF in grey."""
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-"]
    out = subprocess.run(command, input=pdf, stdout=subprocess.PIPE, check=True).stdout
    pages = []
    while out:
        with Image.open(io.BytesIO(out)) as page:
            pages.append(page.copy())
        # One PGM after the other: head, three numbers, then width × height bytes.
        head = out.split(b"\n", 3)
        width, height = (int(part) for part in head[1].split())
        size = sum(len(part) + 1 for part in head[:3]) + width * height
        out = out[size:]
    return pages


def sign(page: Image.Image, code: Code, layout: Layout, seed: int, ink: int = 70) -> None:
    """Write something like a name into the signature box of a row."""
    chance = random.Random(seed)
    unit = abs(code.along) / layout.side
    middle = code.middle + unit * layout.offset
    draw = ImageDraw.Draw(page)
    for character in range(2 + seed % 2):
        x0 = middle.real + unit * (-8 + 8 * character)
        at = (x0, middle.imag + unit * chance.uniform(-2, 2))
        for _stroke in range(6):
            to = (x0 + unit * chance.uniform(-3, 3), middle.imag + unit * chance.uniform(-4, 4))
            draw.line([at, to], fill=ink, width=max(2, round(unit * 0.4)))
            at = to


def scanned(
    page: Image.Image,
    *,
    seed: int = 1,
    dpi: int = 150,
    skew: float = 1.5,
    noise: float = 12.0,
    quality: int = 70,
) -> Image.Image:
    """A page as an office scanner gives it: turned, grey, soft, noisy, through JPEG."""
    chance = random.Random(seed)
    turned = page.rotate(skew, Image.Resampling.BICUBIC, expand=False, fillcolor=255)
    size = (round(page.width * dpi / 300), round(page.height * dpi / 300))
    small = turned.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.5))
    paper = small.point([30 + value * 205 // 255 for value in range(256)])
    grains = bytes(max(0, min(255, round(chance.gauss(128, noise)))) for _ in range(4096))
    grain = Image.frombytes("L", (64, 64), grains)
    field_ = Image.new("L", size)
    for x in range(0, size[0], 64):
        for y in range(0, size[1], 64):
            field_.paste(grain.rotate(chance.choice((0, 90, 180, 270))), (x, y))
    from PIL import ImageChops

    noisy = ImageChops.add(paper, field_, 1, -128)
    out = io.BytesIO()
    noisy.save(out, "JPEG", quality=quality)
    with Image.open(io.BytesIO(out.getvalue())) as again:
        return again.convert("L")


def as_pdf(pages: list[Image.Image]) -> bytes:
    """Pages as a scanner's PDF."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150.0)
    return out.getvalue()


def degrees(value: float) -> complex:
    """A turn by so many degrees."""
    return complex(math.cos(math.radians(value)), math.sin(math.radians(value)))
