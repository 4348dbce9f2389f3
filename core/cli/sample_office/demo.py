"""The demo: builds the sample office in a folder, writes its papers, and judges all of it."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.sample_office import people
from core.cli.sample_office.build import (
    IMPORTED,
    SampleOffice,
    create_authority,
    make_clock,
    walk,
)
from core.cli.sample_office.chapters import Shown
from core.cli.sample_office.committee import write_records
from core.cli.sample_office.founding import OFFICE_NAME, found_office, opener, write_accounts
from core.cli.sample_office.judging import (
    CaseShown,
    PaperShown,
    judge_cases,
    judge_chapters,
    judge_papers,
)
from core.cli.sample_office.rulecases import RuleShown, show_rules
from core.errors import EnvironmentFault, RuleViolation
from core.files import why
from core.i18n import N_
from core.messages import register

if TYPE_CHECKING:
    from core.database.files import FileLock

register(
    {
        "demo.unwritable": N_(
            "The folder “{path}” cannot be written: {reason}. Choose another one."
        ),
        "demo.foreign": N_(
            "“{path}” has files that are not of a sample office ({first}); choose an empty folder."
        ),
    }
)

DATABASE = "demo.db"
ACCOUNTS = "accounts.txt"
REPORT = "report.json"
_BUILDING = ".building-"
_OWN = (DATABASE, ACCOUNTS, REPORT, "papers", "passwords", "trust", "workbook", "backups")


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo made; `chapters` are title and rows of what came of each."""

    folder: Path
    cases: tuple[CaseShown, ...]
    papers: tuple[PaperShown, ...]
    rules: tuple[RuleShown, ...]
    chapters: tuple[tuple[str, tuple[Shown, ...]], ...] = ()

    @property
    def good(self) -> bool:
        """Whether everything is as the sample data demand."""
        return (
            all(one.good for one in self.cases)
            and all(one.good for one in self.papers)
            and all(one.good for one in self.rules)
            and all(one.good for _title, rows in self.chapters for one in rows)
        )

    def paper_list(self) -> list[dict[str, object]]:
        """The papers with their verdicts, as the command line contract has them."""
        return [
            {
                "file": str(self.folder / one.file),
                "case": one.case,
                "title": one.title,
                "number": one.number,
                "intact": one.verdict.intact,
                "covers_whole_file": one.verdict.covers_whole_file,
                "signer": one.verdict.signer,
                "trusted": one.verdict.trusted,
                "register": one.verdict.register,
                "status": one.verdict.status,
                "original_or_copy": one.verdict.original_or_copy,
                "good": one.good,
            }
            for one in self.papers
        ]

    def report(self) -> dict[str, object]:
        """Everything that was made and judged, for `report.json`."""
        return {
            "good": self.good,
            "cases": [
                {
                    "case": one.key,
                    "project": one.project,
                    "state": one.state.value,
                    "wanted": one.wanted_state,
                    "tonnes": one.tonnes.plain if one.tonnes else None,
                    "certificate": one.certificate or None,
                    "good": one.good,
                }
                for one in self.cases
            ],
            "rules": [
                {
                    "case": one.key,
                    "what": one.what,
                    "expected": one.expected,
                    "code": one.code,
                    "answer": one.answer,
                    "blocks": one.blocks,
                    "good": one.good,
                }
                for one in self.rules
            ],
            "chapters": [
                {
                    "key": one.key,
                    "what": one.what,
                    "wanted": one.wanted,
                    "found": one.found,
                    "good": one.good,
                }
                for _title, rows in self.chapters
                for one in rows
            ],
            "papers": self.paper_list(),
        }


def build_demo(folder: Path, seed: int, progress: Callable[[int, int, str], None]) -> Demo:
    """Build the sample office in `folder`, which may hold an earlier one.

    Args:
        folder: made if missing; an earlier sample office in it is replaced.
        seed: of the sample passwords; the cases are always the same.
        progress: told how far it is.

    Raises:
        EnvironmentFault: the folder cannot be written, or its database is in use.
        RuleViolation: the folder holds something else.
    """
    with _room(folder) as room:
        secrets = people.passwords(seed)
        clock = make_clock()
        authority = create_authority(room / "trust", OFFICE_NAME, clock)
        url = f"sqlite:///{room / DATABASE}"
        found_office(url, url, authority, secrets, clock)
        with tempfile.TemporaryDirectory() as scratch:
            office = SampleOffice(
                folder=Path(scratch),
                clock=clock,
                signer=authority.signer(),
                open_as=opener(url, secrets, clock),
                approver=authority.signer_of(people.APPROVER.name),
            )
            try:
                walk(office, progress)
                papers = judge_papers(office, room, authority)
                write_records(office, room / "papers")
                (room / "workbook").mkdir()
                shutil.copy(Path(scratch) / f"{IMPORTED}.xlsx", room / "workbook")
                cases = judge_cases(office)
                chapters = judge_chapters(office)
            finally:
                office.close()
            rules = _rules(office, Path(scratch), url, secrets)
        write_accounts(room / ACCOUNTS, secrets, authority)
        demo = Demo(folder=folder, cases=cases, papers=papers, rules=rules, chapters=chapters)
        text = json.dumps(demo.report(), ensure_ascii=False, indent=2)
        (room / REPORT).write_text(text + "\n", encoding="utf-8")
    return demo


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A fresh folder beside the wanted one, put in its place when everything worked."""
    with ExitStack() as stack:
        try:
            _check_folder(folder)
            lock = _lock(folder)
            if lock is not None:
                stack.callback(lock.release)
            folder.mkdir(parents=True, exist_ok=True)
            room = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
            stack.callback(shutil.rmtree, room, ignore_errors=True)
            yield room
            _replace(room, folder)
        except OSError as error:
            raise _unwritable(folder, error) from error


def _lock(folder: Path) -> FileLock | None:
    """Keep windows away from an earlier sample office while it is replaced.

    Raises:
        EnvironmentFault: it is open in a window.
    """
    from core.database.files import window_lock

    database = folder / DATABASE
    return window_lock(database) if database.exists() else None


def _unwritable(folder: Path, error: OSError) -> EnvironmentFault:
    return EnvironmentFault("demo.unwritable", path=str(folder), reason=why(error))


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise EnvironmentFault(
            "demo.unwritable", path=str(folder), reason=why(OSError(errno.ENOTDIR, ""))
        )
    if not folder.is_dir():
        return
    foreign = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.name not in _OWN and not entry.name.startswith((_BUILDING, DATABASE))
    )
    if foreign:
        raise RuleViolation("demo.foreign", path=str(folder), first=foreign[0])


def _replace(room: Path, folder: Path) -> None:
    """Put the new sample office where the old one was."""
    for entry in folder.iterdir():
        if entry in {room, folder / f"{DATABASE}.window"}:  # the second is held by us
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for entry in room.iterdir():
        entry.rename(folder / entry.name)


def _rules(
    office: SampleOffice, scratch: Path, url: str, secrets: dict[str, str]
) -> tuple[RuleShown, ...]:
    """Put the counter-examples to a copy of the database, which is thrown away."""
    from core.database.files import copy_database

    copy = scratch / "rules.db"
    copy_database(Path(url.removeprefix("sqlite:///")), copy)
    office.open_as = opener(f"sqlite:///{copy}", secrets, office.clock)
    try:
        return tuple(show_rules(office))
    finally:
        office.close()
