"""Building the sample office: accounts, parties, and all moves through the real use cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.certificates.commands import (
    ReceiveApplication,
)
from core.cli.sample_office import people, scans, tables
from core.cli.sample_office.chapters import Event, Shown
from core.cli.sample_office.forms import content
from core.cli.sample_office.journeys import Move, journey
from core.cli.sample_office.people import Official
from core.cli.sample_office.story import CHAPTERS
from core.cli.sample_office.tables import SampleApplication, SampleHolder
from core.clock import CHINA, FixedClock
from core.documents.authority import TestAuthority
from core.parties.model import OrganisationKind
from core.parties.service import (
    AddQualification,
    RegisterOrganisation,
    RegisterPerson,
    add_qualification,
    register_organisation,
    register_person,
)
from core.values.identity import IdKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.certificates.dossier import Dossier
    from core.database import Database
    from core.documents.sign import Signer
#: The case that comes as a workbook of its measuring body; the others are typed in.
IMPORTED = "A02"
FOUNDED = date(2026, 3, 2)
LAST_DAY = date(2026, 11, 25)

#: The measuring body named in the sample data, and an invented one for the other cases.
MEASURING_BODIES = {
    "B1": ("江淮绿测技术有限公司（样例）", OrganisationKind.COMPANY, "91341199MA99020158"),
    "B2": ("皖东林业调查规划队（样例）", OrganisationKind.INSTITUTION, "12341199990001060J"),
}


@dataclass
class SampleOffice:
    """The office being built: its clock, its people's open databases, and what it made.

    Attributes:
        folder: where scans are put while they are handed in.
        approver: who signs approval forms before the office does.
        applications: id by key (A01 ...).
        parties: id by key (H01 ..., B1, B2, D01 ...).
        ids: ids of further records by key (N01 ...), as the chapters need them.
        records: records of the chapters whose papers are written and judged: key, kind and id.
        shown: what can be judged only while it happens.
    """

    folder: Path
    clock: FixedClock
    signer: Signer
    open_as: Callable[[Official], Database]
    approver: Signer | None = None
    applications: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    records: list[tuple[str, str, int]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    _open: dict[str, Database] = field(default_factory=dict)

    def database(self, official: Official) -> Database:
        """The database as that official has it open."""
        if official.login not in self._open:
            self._open[official.login] = self.open_as(official)
        return self._open[official.login]

    def close(self) -> None:
        """Close everybody's database."""
        for database in self._open.values():
            database.close()
        self._open.clear()


def all_events() -> list[Event]:
    """Every move of every case and what happens beside them, in the order of time."""
    events = [_event(move) for case in tables.applications() for move in journey(case)]
    events += [event for chapter in CHAPTERS for event in chapter.events()]
    return sorted(events, key=lambda event: (event.day, event.hour, event.key))


def _event(move: Move) -> Event:
    return Event(
        day=move.day, hour=move.hour, key=move.case, act=lambda office: _take(office, move)
    )


def walk(office: SampleOffice, progress: Callable[[int, int, str], None]) -> None:
    """Take everything to where the sample data say it stands, signing papers as they come."""
    office.clock.set_date(FOUNDED, 8)
    _register_parties(office)
    events = all_events()
    for done, event in enumerate(events):
        progress(done, len(events), f"{event.day} {event.key}")
        office.clock.set_date(event.day, event.hour)
        event.act(office)
        sign_pending(office)
    office.clock.set_date(LAST_DAY, 9)
    progress(len(events), len(events), "")


def sign_pending(office: SampleOffice) -> None:
    """Sign every paper that waits, in the turn of its signatories."""
    from core.documents.service import issue_pending

    turns = [(people.ISSUER, office.signer)]
    if office.approver is not None:
        turns.insert(0, (people.APPROVER, office.approver))
    for official, signer in turns:
        for paper in issue_pending(office.database(official), signer):
            if paper.fault is not None:
                raise paper.fault


def _register_parties(office: SampleOffice) -> None:
    with office.database(people.CLERK).write() as session:
        for key, (name, kind, code) in MEASURING_BODIES.items():
            body = register_organisation(
                session,
                RegisterOrganisation(name=name, organisation_kind=kind, credit_code=code),
            )
            qualification = AddQualification(
                party_id=body.id,
                kind="林业调查规划设计资质（样例）",
                number=f"样例乙{key[1]}-001",
                issuer="样例行业协会",
                valid_from=date(2024, 1, 1),
                valid_to=date(2028, 12, 31),
            )
            add_qualification(session, qualification)
            office.parties[key] = body.id
        for holder in tables.holders().values():
            office.parties[holder.key] = register_holder(session, holder)


def register_holder(session: Session, holder: SampleHolder) -> int:
    """Enter a right holder of the tables into the party register; its id."""
    if holder.is_person:
        person = RegisterPerson(
            name=holder.name, id_kind=IdKind.RESIDENT, number=holder.number, phone=holder.phone
        )
        return register_person(session, person).id
    organisation = RegisterOrganisation(
        name=holder.name,
        organisation_kind=OrganisationKind(holder.type),
        credit_code=holder.number,
        no_number_reason="" if holder.number else "未办理登记",
        representative_post=holder.representative_post,
        representative_name=holder.representative_name,
        phone=holder.phone,
    )
    return register_organisation(session, organisation).id


def _take(office: SampleOffice, move: Move) -> None:
    from core.certificates.service import receive
    from core.certificates.workflow import advance

    case = tables.applications()[move.case]
    with office.database(move.who).write() as session:
        if move.step == "draft" and move.case == IMPORTED:
            office.applications[move.case] = _import(office, session, case)
        elif move.step == "draft":
            command = ReceiveApplication(
                content=content(case, office.parties), received_on=move.day, draft=True
            )
            office.applications[move.case] = receive(session, command).id
        elif move.step == "papers":
            _hand_in_papers(office, session, case)
        else:
            values = {name: _value(office, session, case, v) for name, v in move.values.items()}
            application, version = _current(office, session, case)
            advance(session, application, version, move.step, values)


def _import(office: SampleOffice, session: Session, case: SampleApplication) -> int:
    """Take a case in from the measuring body's workbook."""
    from core.certificates.sheets import APPLICATIONS_IMPORTER
    from core.cli.sample_office.workbook import write_workbook
    from core.sheets.batch import run_import

    path = office.folder / f"{case.key}.xlsx"
    write_workbook(path, case.key, content(case, office.parties), MEASURING_BODIES["B1"][0])
    report, _batch = run_import(session, APPLICATIONS_IMPORTER, path)
    assert report.imported, report.errors  # the workbook is ours
    return next(made for kind, made in report.created if kind == "application")


def _current(office: SampleOffice, session: Session, case: SampleApplication) -> tuple[int, int]:
    from core.certificates.summaries import application_summary

    application = office.applications[case.key]
    return application, application_summary(session, application).version


def _hand_in_papers(office: SampleOffice, session: Session, case: SampleApplication) -> None:
    """Take in every paper of the checklist, but those that A03 lacks."""
    from core.certificates.workflow import advance

    lacking = {"resolution", "benefit"} if case.key == "A03" else set()
    for paper in _dossier(office, session, case).papers:
        if paper.key in lacking:
            continue
        pages = 6 if paper.key == "report" else 1
        application, version = _current(office, session, case)
        values = {
            "key": paper.key,
            "original": paper.key in {"application", "report", "undertaking"},
            "copies": 1,
            "pages": pages,
            "checked": True,
            "file": _scan(office, case, paper.title, pages),
        }
        advance(session, application, version, "take_paper", values)


def _scan(office: SampleOffice, case: SampleApplication, title: str, pages: int = 1) -> Path:
    holder = tables.holders()[case.holder]
    lines = [
        f"项目：{case.project}",
        f"申请人：{holder.name}",
        f"坐落：{_place(case)}",
        "本件为示范用虚构材料，不对应任何真实的人或单位。",
    ]
    path = office.folder / f"{case.key}-{title}.pdf"
    path.write_bytes(scans.scan(title, lines, pages))
    return path


def _place(case: SampleApplication) -> str:
    places = [
        f"{parcel.cells['township']}{parcel.cells['village']}{parcel.cells['place_name']}"
        for parcel in tables.parcels()
        if parcel.application == case.key
    ]
    return "、".join(places) or "滁州市南谯区"


def _value(
    office: SampleOffice, session: Session, case: SampleApplication, value: object
) -> object:
    """A value of a move; `scan:`, `photo:` and the like stand for what exists only by then."""
    kind, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    special = _SPECIAL.get(kind) if colon else None
    return special(office, session, case, rest) if special else value


def _photo(office: SampleOffice, _session: Session, case: SampleApplication, title: str) -> Path:
    path = office.folder / f"{case.key}-{title}.jpg"
    path.write_bytes(scans.photo(f"{title} {case.project}", seed=int(case.key[1:])))
    return path


def _holder_name(_o: SampleOffice, _s: Session, case: SampleApplication, _rest: str) -> str:
    holder = tables.holders()[case.holder]
    return holder.representative_name or holder.name


def _relation(_o: SampleOffice, _s: Session, case: SampleApplication, _rest: str) -> str:
    return tables.holders()[case.holder].representative_post or "本人"


def _tail(_o: SampleOffice, _s: Session, case: SampleApplication, _rest: str) -> str:
    holder = tables.holders()[case.holder]
    return holder.number[-4:] if holder.is_person else ""


def _tonnes(_o: SampleOffice, _s: Session, case: SampleApplication, _rest: str) -> str:
    assert case.tonnes is not None  # only cases with an amount are entered
    return case.tonnes.plain


def _parcel_count(_o: SampleOffice, _s: Session, case: SampleApplication, _rest: str) -> int:
    return sum(parcel.application == case.key for parcel in tables.parcels())


def _dossier(office: SampleOffice, session: Session, case: SampleApplication) -> Dossier:
    from core.certificates.dossier import open_dossier
    from core.certificates.model import Application

    return open_dossier(session, session.get_one(Application, office.applications[case.key]))


def _objection(office: SampleOffice, session: Session, case: SampleApplication, _rest: str) -> str:
    objections = _dossier(office, session, case).objections
    return str(next(one.id for one in objections if one.upheld is None))


def _parameters(_o: SampleOffice, session: Session, _case: SampleApplication, _rest: str) -> str:
    from core.carbon.service import sets

    return sets(session)[0].name


def _paper(office: SampleOffice, session: Session, case: SampleApplication, kind: str) -> str:
    from core.documents.service import papers_of

    papers = papers_of(session, "application", office.applications[case.key])
    return str(next(paper.id for paper in papers if paper.kind == kind))


_SPECIAL: Mapping[str, Callable[[SampleOffice, Session, SampleApplication, str], object]] = {
    "scan": lambda office, _session, case, title: _scan(office, case, title),
    "photo": _photo,
    "holder": _holder_name,
    "relation": _relation,
    "tail": _tail,
    "tonnes": _tonnes,
    "parcels": _parcel_count,
    "paper": _paper,
    "objection": _objection,
    "parameters": _parameters,
}


def make_clock() -> FixedClock:
    """A clock that stands at the day the sample office was founded."""
    return FixedClock(datetime(FOUNDED.year, FOUNDED.month, FOUNDED.day, 8, tzinfo=CHINA))


def create_authority(folder: Path, office_name: str, clock: FixedClock) -> TestAuthority:
    """The test certificate of the sample office, valid from its first day."""
    from core.documents.authority import create_test_office

    return create_test_office(folder, office_name, now=clock.now(), people=[people.APPROVER.name])
