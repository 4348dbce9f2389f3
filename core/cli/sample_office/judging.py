"""Judging what came out: every paper as it lies in the folder, every case beside the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.certificates.states import DEAD, State
from core.cli.sample_office import people, tables
from core.cli.sample_office.build import LAST_DAY, SampleOffice
from core.cli.sample_office.chapters import Shown
from core.cli.sample_office.story import CHAPTERS
from core.values.tonnes import Tonnes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.carbon.rules import Stratum
    from core.documents.authority import TestAuthority
    from core.documents.service import DocumentSummary
    from core.documents.verify import Verdict

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


def judge_papers(
    office: SampleOffice, room: Path, authority: TestAuthority
) -> tuple[PaperShown, ...]:
    """Write every issued paper to a file, read the file again and judge it."""
    folder = room / "papers"
    folder.mkdir()
    shown = []
    with office.database(people.AUDITOR).read() as session:
        for case, papers in _all_papers(office, session).items():
            for at, paper in enumerate(papers, start=1):
                path = folder / f"{case}-{at:02}-{paper.kind}.pdf"
                shown.append(_judged(session, case, paper, path, authority))
    return tuple(shown)


def _all_papers(office: SampleOffice, session: Session) -> dict[str, list[DocumentSummary]]:
    """Papers by case, then by the key of every record the chapters kept."""
    from core.documents.service import papers_of

    found = {
        case: _papers_of_case(session, application)
        for case, application in sorted(office.applications.items())
    }
    for key, kind, record in sorted(office.records):
        found.setdefault(key, []).extend(papers_of(session, kind, record))
    return found


def _judged(
    session: Session, case: str, paper: DocumentSummary, path: Path, authority: TestAuthority
) -> PaperShown:
    from core.documents.service import bytes_of
    from core.documents.verify import verify
    from core.office import paper_kinds

    path.write_bytes(bytes_of(session, paper.id))
    verdict = verify(
        path.read_bytes(), roots=[authority.root], session=session, kinds=paper_kinds()
    )
    return PaperShown(
        case=case,
        title=paper.title,
        number=paper.number,
        file=f"papers/{path.name}",
        verdict=verdict,
        sample=paper.sample,
    )


def judge_chapters(office: SampleOffice) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """What the sample data demand of each chapter, beside what came of it; title and rows."""
    with office.database(people.AUDITOR).read() as session:
        return tuple((one.title, tuple(one.judge(office, session))) for one in CHAPTERS)


def _papers_of_case(session: Session, application: int) -> list[DocumentSummary]:
    """Papers of the application and of its certificate, in the order they were made."""
    from core.certificates.summaries import application_summary
    from core.documents.service import papers_of

    certificate = application_summary(session, application).certificate_id
    papers = papers_of(session, "application", application)
    if certificate is not None:
        papers += papers_of(session, "certificate", certificate)
    return sorted(papers, key=lambda paper: paper.id)


def judge_cases(office: SampleOffice) -> tuple[CaseShown, ...]:
    """Every case with its state and tonnes beside what the tables say."""
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
