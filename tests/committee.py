"""The experts of the sample data for tests, enrolled through the use cases, and a case to judge."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

import resources
from core.committee import calls, draws, meetings, roster
from core.committee.drawing import Need
from core.committee.queries import draw_detail, meeting_detail
from core.committee.roster import ExpertContent, TermContent, TieContent, enrol
from core.committee.states import POST_CHINESE, Body, Post, Presence, Sex, TieKind
from core.database import Database
from core.parties.model import OrganisationKind
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.identity import IdKind
from tests.cases import Desk, desk

SAMPLE = Path(resources.__file__).parent / "sample"
MEETING_AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
#: A day on which every term of the sample data holds.
TODAY = date(2026, 11, 25)
BODY = "江淮绿测技术有限公司（样例）"
FOREST = "滁州市老嘉山国有林场"
COMPANY = "明光市栎源岭生态林业有限公司"
_POSTS = {title: post for post, title in POST_CHINESE.items()}
Result = TypeVar("Result")


@dataclass
class Room:
    """The committee at work on a desk: ids of parties, experts and cases by name."""

    desk: Desk
    parties: dict[str, int] = field(default_factory=dict)
    experts: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def do(self, login: str, work: Callable[..., Result], *args: object, **more: object) -> Result:
        """One use case as somebody, in a transaction of its own."""
        with self.desk.as_(login).write() as session:
            return work(session, *args, **more)

    def see(self, login: str, work: Callable[..., Result], *args: object) -> Result:
        """One look as somebody."""
        with self.desk.as_(login).read() as session:
            return work(session, *args)

    def organisation(self, name: str) -> int:
        if name not in self.parties:
            with self.desk.as_("secretary").write() as session:
                self._organisation(session, name)
        return self.parties[name]

    def _organisation(self, session: Session, name: str) -> int:
        if name not in self.parties:
            command = RegisterOrganisation(
                name=name, organisation_kind=OrganisationKind.COMPANY, no_number_reason="样例"
            )
            self.parties[name] = register_organisation(session, command).id
        return self.parties[name]

    def enrol_all(self) -> None:
        """E01 to E08 as the sample data have them: committee and pool."""
        with self.desk.as_("secretary").write() as session:
            for row in _rows():
                self.experts[row["expert_id"]] = self._enrol(session, row)
            tie = TieContent(
                kind=TieKind.KIN,
                party_id=self._organisation(session, COMPANY),
                relation="法定代表人之姐夫",
            )
            roster.add_tie(session, self.experts["E08"], tie)

    def _enrol(self, session: Session, row: Mapping[str, str]) -> int:
        unit = self._organisation(session, row["employer"])
        person = RegisterPerson(
            name=row["name"], id_kind=IdKind.NONE, no_number_reason="样例", employer_id=unit
        )
        content = ExpertContent(
            code=row["expert_id"],
            title=row["title"],
            specialties=(row["specialty"],),
            sex=Sex.MALE if row["sex"] == "男" else Sex.FEMALE,
            born_on=date.fromisoformat(row["birth"]),
            retired=row["retired"] == "是",
            civil_servant=row["civil_servant"] == "是",
            bank="样例银行",
            bank_account="62170000000000" + row["expert_id"][1:] * 2,
        )
        expert = enrol(session, register_person(session, person).id, content)
        first, last = (date.fromisoformat(row[key]) for key in ("term_from", "term_to"))
        for body, post in ((Body.ADVISORY, _POSTS[row["role"]]), (Body.POOL, Post.REVIEWER)):
            term = TermContent(body=body, post=post, term_from=first, term_to=last)
            roster.appoint(session, expert, term)
        return expert

    def case(self, holder: str = FOREST, body: str = BODY) -> int:
        """A received application of a holder, measured by a body."""
        from core.certificates.commands import HolderInput

        content = self.desk.content(
            holders=(HolderInput(party_id=self.organisation(holder)),),
            measuring_body_id=self.organisation(body),
        )
        return self.desk.receive(content, complete=False)

    def link(self, code: str, login: str = "expert") -> None:
        """Say that an account is an expert's."""
        from core.committee.model import Expert

        with self.desk.as_("admin").write() as session:
            row = session.get_one(Expert, self.experts[code])
            roster.link_account(session, row.id, row.version, login)

    def account(self, login: str) -> int:
        return self.desk.as_(login).actor.account_id

    # -- a draw
    def prepare(self, case: int, **changes: object) -> int:
        """A draw of three of any specialty by secretary and clerk before the supervisor."""
        values: dict[str, object] = {
            "case": ("application", case),
            "needed": (Need("", 3),),
            "meeting_at": MEETING_AT,
            "first_id": self.account("secretary"),
            "second_id": self.account("clerk"),
            "supervisor_id": self.account("supervisor"),
            "place": "会商室",
            **changes,
        }
        content = draws.DrawContent(**values)  # type: ignore[arg-type]  # from keywords of a test
        return self.do("secretary", draws.prepare, content)

    def freeze(self, draw: int) -> str:
        """Freeze the list and have it witnessed; its digest."""
        digest = self.do("secretary", draws.freeze, draw, self.version(draw))
        self.do("supervisor", draws.witness, draw, self.version(draw))
        return digest

    def draw(self, case: int, **changes: object) -> int:
        """A draw down to its names."""
        draw = self.prepare(case, **changes)
        self.freeze(draw)
        assert not self.do("secretary", draws.enter_input, draw, "松风-1409-竹影")
        assert self.do("clerk", draws.enter_input, draw, "白米山 7250 溪")
        return draw

    def version(self, draw: int) -> int:
        return self.see("secretary", draw_detail, draw).version

    def all_come(self, draw: int) -> None:
        """Everybody who is called comes."""
        for pick in self.see("secretary", draw_detail, draw).picks:
            if pick.state.value == "to_call":
                content = calls.CallContent(way="电话", reached=True, comes=True)
                self.do("secretary", calls.log_call, pick.id, content)

    # -- a meeting
    def meeting(self, *cases: int, experts: tuple[str, ...] = (), **changes: object) -> int:
        """A meeting about cases, with experts invited by hand."""
        values: dict[str, object] = {
            "title": "林业碳汇项目评审会",
            "starts_at": MEETING_AT,
            "place": "明光市林业会商室（样例）",
            "cases": tuple(("application", case) for case in cases),
            "expert_ids": tuple(self.experts[code] for code in experts),
            **changes,
        }
        content = meetings.MeetingContent(**values)  # type: ignore[arg-type]  # from keywords
        return self.do("secretary", meetings.plan, content)

    def open(self, meeting: int, leader: str, *, away: tuple[str, ...] = ()) -> None:
        """Everybody signs in, but those who are away; the meeting opens under a leader."""
        gone = {self.experts[code] for code in away}
        detail = self.see("secretary", meeting_detail, meeting)
        for one in detail.members:
            presence = Presence.EXCUSED if one.expert_id in gone else Presence.PRESENT
            self.do("secretary", meetings.sign_in, one.id, presence, "出差")
        version = self.see("secretary", meeting_detail, meeting).version
        self.do("secretary", meetings.open_meeting, meeting, version, self.experts[leader])


def _rows() -> list[dict[str, str]]:
    with (SAMPLE / "experts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@contextmanager
def room(database: Database, folder: Path) -> Iterator[Room]:
    """The committee of a fixture's database with the experts of the sample data."""
    with desk(database, folder) as opened:
        opened.clock.set_date(TODAY)
        made = Room(opened)
        made.enrol_all()
        yield made
