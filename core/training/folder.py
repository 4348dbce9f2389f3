"""一期一档 as a folder: the thirteen parts, every file and paper, an index, and checksums.

It opens without this program. Names are safe on Windows and on a stick formatted there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from core.clock import CHINA
from core.database import require
from core.documents.model import DocumentState
from core.documents.service import DocumentSummary, bytes_of, facts_of
from core.errors import EnvironmentFault, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.training.dossier import file_bytes, files
from core.training.model import Course
from core.training.papers import days
from core.training.printing import index_rows, papers_by_section
from core.training.sign_in import KIND
from core.training.states import SECTIONS
from core.values.dates import chinese_date

register(
    {
        "training.folder_there": N_("“{name}” is not empty; choose a new folder."),
        "training.folder_unwritable": N_("The folder “{name}” cannot be written: {reason}"),
    }
)

#: Names Windows keeps for devices, whatever follows the dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST = 80
INDEX, SUMS = "00 目录.txt", "00 校验.sha256"


@dataclass(frozen=True)
class Exported:
    """What was written: the folder of the course, and how many files without index and sums."""

    folder: Path
    files: int


def safe_name(text: str, fallback: str = "未命名") -> str:
    """A name every Windows folder takes: no device, no forbidden character, no dot at its end.

    Args:
        text: the name wanted; an ending of up to five letters after a dot is kept.
        fallback: where nothing is left of it.
    """
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    kept = _FORBIDDEN.sub("_", kept).strip().rstrip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not dot or not stem or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        stem, ending = kept, ""
    stem = stem[:_LONGEST].rstrip(". ") or fallback
    name = f"{stem}.{ending}" if ending else stem
    return f"_{name}" if _DEVICES.fullmatch(name) else name


def export_course(
    session: Session,
    course_id: int,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the file of a course below a folder: thirteen parts, index, checksums.

    Args:
        session: a read session.
        course_id: the course.
        folder: where its folder is made.
        progress: told (files written, files in all); may raise `Cancelled`.

    Raises:
        NotPermitted: without `training.report`.
        NotFound: no such course.
        RuleViolation: its folder is there and not empty.
        EnvironmentFault: it cannot be written.
    """
    require(session, "training.report")
    course = session.get(Course, course_id)
    if course is None:
        raise NotFound("record.not_found")
    target = folder / safe_name(f"{course.number} {course.name}")
    content = list(_content(session, course))
    try:
        if target.exists() and any(target.iterdir()):
            raise RuleViolation("training.folder_there", name=target.name)
        target.mkdir(parents=True, exist_ok=True)
        sums = list(_write(target, content, progress))
        (target / INDEX).write_text(_index(session, course, content), encoding="utf-8-sig")
        lines = [f"{digest}  {name}\n" for digest, name in sums]
        (target / SUMS).write_text("".join(lines), encoding="utf-8")
    except OSError as problem:
        from core.files import why

        raise EnvironmentFault(
            "training.folder_unwritable", name=target.name, reason=why(problem)
        ) from problem
    return Exported(target, len(content))


@dataclass(frozen=True)
class _Entry:
    """One file: its part, its name there, what is said of it, and its bytes."""

    section: int
    name: str
    about: str
    data: Callable[[], bytes]


def _content(session: Session, course: Course) -> Iterator[_Entry]:
    taken: set[tuple[int, str]] = set()
    for one in files(session, course.id):
        about = one.caption
        if one.taken_at is not None:
            at = one.taken_at.astimezone(CHINA)
            about = f"{at:%Y-%m-%d %H:%M} {one.caption}".strip()
        ending = Path(one.file.filename).suffix
        wanted = f"{about}{ending}" if about else one.file.filename
        name = _free(taken, one.section, safe_name(wanted.replace(":", "")))
        yield _Entry(one.section, name, about, _bytes_of_file(session, one.id))
    for section, paper in papers_by_section(session, course.id):
        if paper.state is DocumentState.TO_SIGN:
            continue
        name = _free(taken, section, safe_name(f"{_paper_title(session, paper)}.pdf"))
        yield _Entry(section, name, paper.title, _bytes_of_paper(session, paper.id))


def _paper_title(session: Session, paper: DocumentSummary) -> str:
    """What tells a paper from the others of its kind: its number, its person, its half-day."""
    facts = facts_of(session, paper.id)
    if paper.kind == KIND:
        return f"{chinese_date(date.fromisoformat(facts['day']))}{facts['half_day']}{paper.title}"
    parts = (paper.title, paper.number, str(facts.get("person_name", "")))
    return " ".join(part for part in parts if part)


def _bytes_of_file(session: Session, file_id: int) -> Callable[[], bytes]:
    return lambda: file_bytes(session, file_id)[1]


def _bytes_of_paper(session: Session, document_id: int) -> Callable[[], bytes]:
    return lambda: bytes_of(session, document_id)


def _free(taken: set[tuple[int, str]], section: int, name: str) -> str:
    """The name, or one with a number where that is taken; capitals do not tell names apart."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if dot and stem else (name, "")
    number, free = 1, name
    while (section, free.casefold()) in taken:
        number += 1
        free = f"{stem} ({number}){ending}"
    taken.add((section, free.casefold()))
    return free


def part_name(section: int) -> str:
    """The folder of a part: 08 照片."""
    return safe_name(f"{section:02} {SECTIONS[section - 1]}")


def _write(
    target: Path, content: list[_Entry], progress: Callable[[int, int], None] | None
) -> Iterator[tuple[str, str]]:
    for section in range(1, len(SECTIONS) + 1):
        (target / part_name(section)).mkdir(exist_ok=True)
    for done, one in enumerate(content, start=1):
        data = one.data()
        place = target / part_name(one.section) / one.name
        place.write_bytes(data)
        yield sha256(data).hexdigest(), f"{part_name(one.section)}/{one.name}"
        if progress:
            progress(done, len(content))


def _index(session: Session, course: Course, content: list[_Entry]) -> str:
    lines = [
        "培训档案目录（一期一档）",
        f"培训班：{course.name}",
        f"主办单位：{course.organizer}",
        f"时间：{days(course)}",
        f"档案号：{course.number}",
        "",
    ]
    said = index_rows(session, course)
    for place, title in enumerate(SECTIONS, start=1):
        here = [one for one in content if one.section == place]
        lines.append(f"{place:02} {title}（{len(here)}件）")
        if not here and said[place - 1]["content"]:
            lines.append(f"    {said[place - 1]['content']}")
        lines += [f"    {n}. {one.name}" for n, one in enumerate(here, start=1)]
        if place == len(SECTIONS) and course.summary:
            lines += [f"    {line}" for line in course.summary.splitlines()]
    return "\r\n".join(lines) + "\r\n"
