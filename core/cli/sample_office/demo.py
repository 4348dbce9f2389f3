"""The demo: builds the sample office in a folder, writes its papers, and judges all of it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.certificates.states import DEAD, State
from core.cli.sample_office import people, tables
from core.cli.sample_office.build import (
    IMPORTED,
    LAST_DAY,
    SampleOffice,
    create_authority,
    make_clock,
    walk,
)
from core.cli.sample_office.people import Official
from core.cli.sample_office.rulecases import RuleShown, show_rules
from core.errors import EnvironmentFault, RuleViolation
from core.i18n import N_
from core.messages import register
from core.values.tonnes import Tonnes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.carbon.rules import Stratum
    from core.clock import FixedClock
    from core.database import Database
    from core.documents.authority import TestAuthority
    from core.documents.service import DocumentSummary
    from core.documents.verify import Verdict

register(
    {
        "demo.unwritable": N_(
            "The folder “{path}” cannot be written: {reason}. Choose another one."
        ),
        "demo.foreign": N_(
            "“{path}” has files that are not of a sample office ({first}); choose an empty folder."
        ),
        "demo.in_use": N_(
            "The sample office in “{path}” is open in another program; close it, then try again."
        ),
    }
)

OFFICE_NAME = "明光市林业碳汇登记中心（样例）"
DATABASE = "demo.db"
ACCOUNTS = "accounts.txt"
REPORT = "report.json"
_BUILDING = ".building-"
_OWN = (DATABASE, ACCOUNTS, REPORT, "papers", "passwords", "trust", "workbook")
#: Where each state of the sample data is in the program.
STATES = {
    "已发证": (State.ISSUED, State.ARCHIVED),
    "公示中": (State.NOTICE,),
    "补正（受理前）": (State.CORRECTION,),
    "专家审查": (State.EXPERT_REVIEW,),
    "审定": (State.APPROVED,),
    "初审": (State.PRELIMINARY,),
    "已登簿待缮证": (State.ENTERED,),
    "已受理": (State.ACCEPTED,),
    "不予受理": (State.NOT_ACCEPTED,),
    "不予登记": (State.REFUSED,),
}


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """A case as it came out, beside what the sample data say."""

    key: str
    project: str
    state: State
    wanted_state: str
    tonnes: Tonnes | None
    wanted_tonnes: Tonnes | None
    certificate: str
    good: bool


@dataclass(frozen=True, kw_only=True)
class PaperShown:
    """A paper that was written, with the verdict on the file as it lies there."""

    case: str
    title: str
    number: str
    file: str
    verdict: Verdict
    sample: bool

    @property
    def good(self) -> bool:
        """Intact, whole, ours, known to the register, and marked as a sample."""
        return self.verdict.ok and self.verdict.register == "matches" and self.sample


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo made."""

    folder: Path
    cases: tuple[CaseShown, ...]
    papers: tuple[PaperShown, ...]
    rules: tuple[RuleShown, ...]

    @property
    def good(self) -> bool:
        """Whether everything is as the sample data demand."""
        return (
            all(one.good for one in self.cases)
            and all(one.good for one in self.papers)
            and all(one.good for one in self.rules)
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
        _found_office(url, authority, secrets, clock)
        with tempfile.TemporaryDirectory() as scratch:
            office = SampleOffice(
                folder=Path(scratch),
                clock=clock,
                signer=authority.signer(),
                open_as=_opener(url, secrets, clock),
            )
            try:
                walk(office, progress)
                papers = _write_papers(office, room, authority)
                (room / "workbook").mkdir()
                shutil.copy(Path(scratch) / f"{IMPORTED}.xlsx", room / "workbook")
                cases = _cases(office)
            finally:
                office.close()
            rules = _rules(office, Path(scratch), url, secrets)
        _write_accounts(room / ACCOUNTS, secrets, authority)
        demo = Demo(folder=folder, cases=cases, papers=papers, rules=rules)
        text = json.dumps(demo.report(), ensure_ascii=False, indent=2)
        (room / REPORT).write_text(text + "\n", encoding="utf-8")
    return demo


def _opener(url: str, secrets: dict[str, str], clock: FixedClock) -> Callable[[Official], Database]:
    from core.office import open_database

    def open_as(official: Official) -> Database:
        return open_database(url, official.login, secrets[official.login], clock=clock)

    return open_as


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A fresh folder beside the wanted one, put in its place when everything worked."""
    _check_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield room
        _replace(room, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _unwritable(folder: Path, error: OSError) -> EnvironmentFault:
    reason = error.strerror or type(error).__name__
    return EnvironmentFault("demo.unwritable", path=str(folder), reason=reason)


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise EnvironmentFault("demo.unwritable", path=str(folder), reason=os.strerror(20))
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
    for entry in folder.iterdir():
        if entry == room:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for entry in room.iterdir():
        entry.rename(folder / entry.name)


# --- founding and closing ---------------------------------------------------------------------

#: What the sample office says about itself on papers; invented but for the names of places.
_OFFICE_VALUES = {
    "office.phone": "05500000000",
    "office.address": "安徽省明光市样例路1号政务服务大厅",
    "office.contact": people.CLERK.name,
    "office.supervision_phone": "05500000001",
    "office.ecology_body": "滁州市明光市生态环境分局（样例）",
    "office.registry_body": "明光市不动产登记中心（样例）",
    "office.reconsideration_body": "明光市人民政府",
    "office.proper_body": "林地所在地林业主管部门",
    "office.basis_document": "《滁州市林业碳汇工作方案》",
    "office.basis_clauses": "《滁州市林业碳汇工作方案》及本机构登记办法（样例）",
}


def _found_office(
    url: str, authority: TestAuthority, secrets: dict[str, str], clock: FixedClock
) -> None:
    """Make the database, the accounts, and pin the sample authority."""
    from core import access
    from core.documents.keys import pin_authority
    from core.office import OfficeSetup, create_database

    setup = OfficeSetup(
        name=OFFICE_NAME, short="明林", code="341182", values=_OFFICE_VALUES, sample=True
    )
    admin = people.ADMIN
    create_database(url, setup, admin.login, admin.name, secrets[admin.login], clock)
    database = _opener(url, secrets, clock)(admin)
    try:
        with database.write() as session:
            for official in people.STAFF:
                secret = secrets[official.login]
                access.create_account(
                    session, official.login, official.name, secret, official.roles
                )
            pin_authority(session, authority, OFFICE_NAME)
    finally:
        database.close()


def _write_accounts(path: Path, secrets: dict[str, str], authority: TestAuthority) -> None:
    lines = ["# 样例账户（培训用）：登录名、密码、姓名、职责"]
    lines += [
        f"{official.login}\t{secrets[official.login]}\t{official.name}\t{official.duty}"
        for official in people.EVERYBODY
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = path.parent / "passwords"
    folder.mkdir(mode=0o700)
    for official in people.EVERYBODY:
        (folder / official.login).write_text(secrets[official.login] + "\n", encoding="utf-8")
    # Whoever tries the sample office out signs on with its test key.
    (folder / authority.pkcs12.name).write_text(authority.passphrase + "\n", encoding="utf-8")


# --- judging ----------------------------------------------------------------------------------


def _write_papers(
    office: SampleOffice, room: Path, authority: TestAuthority
) -> tuple[PaperShown, ...]:
    """Write every issued paper to a file, read the file again and judge it."""
    from core.documents.service import bytes_of
    from core.documents.verify import verify
    from core.office import paper_kinds

    folder = room / "papers"
    folder.mkdir()
    shown = []
    with office.database(people.AUDITOR).read() as session:
        for case, application in sorted(office.applications.items()):
            for at, paper in enumerate(_papers_of_case(session, application), start=1):
                path = folder / f"{case}-{at:02}-{paper.kind}.pdf"
                path.write_bytes(bytes_of(session, paper.id))
                verdict = verify(
                    path.read_bytes(),
                    roots=[authority.root],
                    session=session,
                    kinds=paper_kinds(),
                )
                shown.append(
                    PaperShown(
                        case=case,
                        title=paper.title,
                        number=paper.number,
                        file=f"papers/{path.name}",
                        verdict=verdict,
                        sample=paper.sample,
                    )
                )
    return tuple(shown)


def _papers_of_case(session: Session, application: int) -> list[DocumentSummary]:
    """Papers of the application and of its certificate, in the order they were made."""
    from core.certificates.summaries import application_summary
    from core.documents.service import papers_of

    certificate = application_summary(session, application).certificate_id
    papers = papers_of(session, "application", application)
    if certificate is not None:
        papers += papers_of(session, "certificate", certificate)
    return sorted(papers, key=lambda paper: paper.id)


def _cases(office: SampleOffice) -> tuple[CaseShown, ...]:
    from core.certificates.summaries import application_summary

    shown = []
    with office.database(people.AUDITOR).read() as session:
        for key, case in tables.applications().items():
            found = application_summary(session, office.applications[key])
            wanted = case.state.split("（")[0] if case.state not in STATES else case.state
            examined = _amount(session, found.id)
            shown.append(
                CaseShown(
                    key=key,
                    project=case.project,
                    state=found.state,
                    wanted_state=case.state,
                    tonnes=examined,
                    wanted_tonnes=case.tonnes,
                    certificate=found.certificate_number,
                    good=found.state in STATES[wanted]
                    and examined == case.tonnes
                    and (examined is None or examined.capitals() == case.tonnes_capital)
                    and _parcels_agree(session, found.id, key),
                )
            )
    return tuple(shown)


def _amount(session: Session, application_id: int) -> Tonnes | None:
    """The amount of a case: the one examined, else computed from its parcels; none if it ended."""
    from core.certificates.model import Application

    application = session.get_one(Application, application_id)
    if application.tonnes is not None:
        return application.tonnes
    if application.state in DEAD:
        return None
    return _computed(session, _strata(session, application_id))


def _strata(session: Session, application_id: int) -> list[Stratum]:
    from core.certificates import amount
    from core.certificates.dossier import open_dossier
    from core.certificates.model import Application

    application = session.get_one(Application, application_id)
    return [amount.stratum(line) for line in open_dossier(session, application).parcels]


def _computed(session: Session, strata: Sequence[Stratum]) -> Tonnes:
    from core.carbon.rules import compute
    from core.carbon.service import parameters_on

    return compute(strata, parameters_on(session, LAST_DAY)).tonnes


def _parcels_agree(session: Session, application_id: int, case: str) -> bool:
    """Whether every parcel by itself has the tonnes the tables give it (rounded down each)."""
    wanted = [parcel.tonnes for parcel in tables.parcels() if parcel.application == case]
    if not wanted:
        return True
    return [_computed(session, [one]) for one in _strata(session, application_id)] == wanted


def _rules(
    office: SampleOffice, scratch: Path, url: str, secrets: dict[str, str]
) -> tuple[RuleShown, ...]:
    """Put the counter-examples to a copy of the database, which is thrown away."""
    copy = scratch / "rules.db"
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    office.open_as = _opener(f"sqlite:///{copy}", secrets, office.clock)
    try:
        return tuple(show_rules(office))
    finally:
        office.close()
