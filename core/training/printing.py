"""Papers of a course other than sign-in sheets and certificates, prepared for their signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.access.model import Account
from core.database import actor, require
from core.documents.service import DocumentSummary
from core.errors import InputError
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PersonalNumber
from core.parties.queries import summaries
from core.training.assessing import attempts
from core.training.completion import lines_of, lists_of, reasons_of
from core.training.costs import costs_of, fees_of, sum_of, trainer_of
from core.training.courses import COURSE, enrolled, find_course, held_sessions, needed
from core.training.dossier import files
from core.training.evaluation import questions, results
from core.training.hours import total
from core.training.model import CompletionLine, Course, Participant, TrainingCertificate
from core.training.papers import Facts, days, phones, put, trainer_names
from core.training.participants import names
from core.training.record_model import LectureFee
from core.training.reports import LedgerLine, ledger, transcript
from core.training.rules import Missing, percent_text, score_text
from core.training.states import (
    CATEGORY_CHINESE,
    COST_CHINESE,
    HALF_DAY_CHINESE,
    RESULT_CHINESE,
    SECTIONS,
    CertificateState,
    CostKind,
    ListState,
    Result,
)
from core.values.dates import chinese_date
from core.values.money import Money

register(
    {
        "training.nothing_to_print": N_("There is nothing to print yet."),
        "training.no_list": N_("{number} has no completion list."),
    }
)

NONE = "——"


def _course(session: Session, course_id: int, permission: str) -> Course:
    require(session, permission)
    return find_course(session, str(course_id))


def _some(rows: Sequence[object]) -> None:
    if not rows:
        raise InputError.of("course", "training.nothing_to_print")


def _head(course: Course) -> Facts:
    return {
        "course_name": course.name,
        "organizer": course.organizer,
        "period": days(course),
        "place": course.place,
        "file_number": course.number,
    }


def print_schedule(session: Session, course_id: int) -> DocumentSummary:
    """The schedule 课程表.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no session yet.
    """
    course = _course(session, course_id, "training.manage")
    sessions = held_sessions(session, course.id)
    _some(sessions)
    called = trainer_names(session, sessions)
    rows = [
        {
            "day": chinese_date(one.held_on),
            "half_day": HALF_DAY_CHINESE[one.half_day],
            "topic": one.topic,
            "trainer": called.get(one.trainer_id or 0, NONE),
            "place": one.place or course.place,
            "minutes": str(one.minutes),
            "hours": str(one.hours),
        }
        for one in sessions
    ]
    facts = {
        **_head(course),
        "items": rows,
        "total": str(total(one.hours for one in sessions)),
        "per_hour": str(course.minutes_per_hour),
        "cap": str(course.half_day_cap),
    }
    return put(session, "course_schedule", (COURSE, course.id), facts)


def print_roster(session: Session, course_id: int) -> DocumentSummary:
    """The roster 学员名册, telephones masked.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: nobody is enrolled.
    """
    course = _course(session, course_id, "training.manage")
    people = enrolled(session, course.id)
    _some(people)
    called, telephones = names(session, people), phones(session, people)
    rows = [
        {
            "name": called[one.id],
            "unit": one.unit,
            "post": one.post,
            "phone": telephones[one.id],
            "note": one.note or ("临时学员" if one.temporary else ""),
        }
        for one in people
    ]
    facts = {**_head(course), "items": rows, "count": str(len(rows))}
    return put(session, "course_roster", (COURSE, course.id), facts)


def print_trainers(session: Session, course_id: int) -> DocumentSummary:
    """Who teaches 师资情况.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: nobody teaches yet.
    """
    course = _course(session, course_id, "training.manage")
    sessions = held_sessions(session, course.id)
    called = trainer_names(session, sessions)
    _some(called)  # type: ignore[arg-type]  # only whether there is one
    rows = []
    for party_id in dict.fromkeys(one.trainer_id for one in sessions if one.trainer_id in called):
        assert party_id is not None
        known = trainer_of(session, party_id)
        taught = [one for one in sessions if one.trainer_id == party_id]
        rows.append(
            {
                "name": called[party_id],
                "unit": known.unit if known else "",
                "title": known.title if known else "",
                "specialty": known.specialty if known else "",
                "topics": "、".join(one.topic for one in taught),
                "hours": str(total(one.hours for one in taught)),
            }
        )
    return put(session, "course_trainers", (COURSE, course.id), {**_head(course), "items": rows})


def print_scores(session: Session, course_id: int) -> DocumentSummary:
    """The scores 考核成绩登记表, every attempt.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: nothing was assessed.
    """
    course = _course(session, course_id, "training.manage")
    people = enrolled(session, course.id)
    called = names(session, people)
    rows = [
        {
            "name": called[one.id],
            "unit": one.unit,
            "attempt": "初考" if test.attempt == 1 else f"补考（第{test.attempt}次）",
            "day": test.taken_on.isoformat(),
            "score": score_text(test.score) or "缺考",
            "verdict": "合格"
            if test.score is not None and test.score >= course.pass_mark
            else "不合格",
        }
        for one in people
        for test in attempts(session, one.id)
    ]
    _some(rows)
    facts = {**_head(course), "items": rows, "pass_mark": score_text(course.pass_mark)}
    return put(session, "course_scores", (COURSE, course.id), facts)


def print_completion(
    session: Session, course_id: int, list_id: int | None = None
) -> DocumentSummary:
    """The completion list 结业名册 with the certificate numbers given so far.

    Args:
        session: a write session.
        course_id: the course.
        list_id: which list; what all approved lists say last of each person when left out, or
            the list that waits where none is approved.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: there is no list yet.
    """
    course = _course(session, course_id, "training.manage")
    lists = lists_of(session, course.id)
    approved = [one for one in lists if one.state is ListState.APPROVED]
    chosen = [one for one in lists if one.id == list_id] or approved or lists[-1:]
    if not chosen:
        raise InputError.of("course", "training.no_list", number=course.number)
    last = {line.participant_id: line for one in chosen for line in lines_of(session, one.id)}
    people = session.scalars(
        select(Participant).where(Participant.id.in_(last)).order_by(Participant.position)
    ).all()
    called = names(session, list(people))
    numbers = _numbers(session, course.id)
    rows = [
        _completion_row(one, last[one.id], called[one.id], numbers.get(one.id, ""))
        for one in people
    ]
    who = _accounts(session, {chosen[-1].prepared_by, chosen[-1].decided_by or 0})
    facts = {
        **_head(course),
        "items": rows,
        "count": str(len(rows)),
        "completed": str(sum(line.completed for line in last.values())),
        "prepared_by": who.get(chosen[-1].prepared_by, ""),
        "reviewed_by": who.get(chosen[-1].decided_by or 0, ""),
    }
    return put(session, "completion_roster", (COURSE, course.id), facts)


def _completion_row(
    person: Participant, line: CompletionLine, name: str, number: str
) -> dict[str, str]:
    result = Result.COMPLETED if line.completed else Result.NOT_COMPLETED
    return {
        "name": name,
        "unit": person.unit,
        "attended": f"{line.attended}/{line.sessions}",
        "hours": str(line.hours),
        "score": score_text(line.score) or NONE,
        "result": RESULT_CHINESE[result],
        "number": number or NONE,
        "reasons": "；".join(map(reason_text, reasons_of(line))),
    }


#: Why a course is not completed, as papers say it.
_REASONS = {
    "training.hours_short": "学时不足：{found}／{required}",
    "training.percent_short": "出勤{attended}／{sessions}，不足{required}%",
    "training.not_assessed": "未考核",
    "training.absent_from_test": "缺考",
    "training.failed": "考核不合格：{score}分（合格线{required}分）",
    "training.unmarked": "{count}次考勤未登记",
    "training.make_up_open": "补签待复核",
}


def reason_text(missing: Missing) -> str:
    """Why a course is not completed, in Chinese for papers."""
    return _REASONS[missing.code].format_map(dict(missing.facts))


def _numbers(session: Session, course_id: int) -> dict[int, str]:
    rows = session.execute(
        select(TrainingCertificate.participant_id, TrainingCertificate.number).where(
            TrainingCertificate.course_id == course_id,
            TrainingCertificate.state == CertificateState.VALID,
        )
    )
    return {one.participant_id: one.number for one in rows}


def _accounts(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {one.id: one.name for one in rows}


def print_ledger(session: Session, year: int) -> DocumentSummary:
    """The ledger of a year 培训台账.

    Raises:
        NotPermitted: without `training.report`.
        InputError: no course in that year.
    """
    rows = ledger(session, year)
    _some(rows)
    facts = {
        "year": f"{year}年",
        "items": [_ledger_row(one) for one in rows],
        "courses": str(len(rows)),
        "people": str(sum(one.came for one in rows)),
        "spent": str(sum((one.spent for one in rows), Money(0))),
    }
    return put(session, "training_ledger", (COURSE, rows[0].course_id), facts)


def _ledger_row(one: LedgerLine) -> dict[str, str]:
    return {
        "year": str(one.year),
        "position": str(one.position),
        "name": one.name,
        "organizer": one.organizer,
        "kind": one.kind,
        "period": f"{one.first.isoformat()}至{one.last.isoformat()}",
        "days": str(one.days),
        "place": one.place,
        "trainers": "、".join(one.trainers),
        "expected": str(one.expected),
        "came": str(one.came),
        "hours": str(one.hours),
        "attendance": percent_text(one.attendance) if one.came else NONE,
        "completed": str(one.completed),
        "certificates": str(one.certificates),
        "money": f"{one.budget}／{one.spent}",
        "satisfaction": percent_text(one.satisfaction) if one.satisfaction is not None else NONE,
        "number": one.number,
    }


def print_evaluation_form(session: Session, course_id: int) -> DocumentSummary:
    """The empty form 满意度调查表, one for all attendees to copy.

    Raises:
        NotPermitted: without `training.manage`.
    """
    course = _course(session, course_id, "training.manage")
    rows = [{"question": one} for one in questions(session, course)]
    facts = {**_head(course), "items": rows}
    return put(session, "evaluation_form", (COURSE, course.id), facts)


def print_evaluation(session: Session, course_id: int) -> DocumentSummary:
    """The results 满意度汇总.

    Raises:
        NotPermitted: without `training.manage`.
        InputError: no form came in.
    """
    course = _course(session, course_id, "training.manage")
    found = results(session, course.id)
    if not found.forms or found.satisfaction is None:
        raise InputError.of("course", "training.nothing_to_print")
    rows = [
        {
            "question": one.question,
            **{f"mark_{5 - place}": str(count) for place, count in enumerate(one.counts)},
            "satisfaction": percent_text(one.satisfaction) if one.answers else NONE,
        }
        for one in found.questions
    ]
    facts = {
        **_head(course),
        "items": rows,
        "attendees": str(found.attendees),
        "forms": str(found.forms),
        "satisfaction": percent_text(found.satisfaction),
        "remarks": list(found.remarks),
    }
    return put(session, "evaluation_summary", (COURSE, course.id), facts)


def print_costs(session: Session, course_id: int) -> DocumentSummary:
    """The cost 经费明细, planned beside spent.

    Raises:
        NotPermitted: without `training.fee`.
        InputError: nothing was entered.
    """
    course = _course(session, course_id, "training.fee")
    lines = costs_of(session, course.id)
    _some(lines)
    rows = [
        {
            "kind": COST_CHINESE[one.kind],
            "item": one.item,
            "amount": str(one.amount),
            "paid_on": one.paid_on.isoformat() if one.paid_on else NONE,
            "voucher": one.voucher or NONE,
            "note": one.note,
        }
        for one in lines
    ]
    budget, spent = sum_of(lines, CostKind.BUDGET), sum_of(lines, CostKind.ACTUAL)
    facts = {
        **_head(course),
        "items": rows,
        "budget": str(budget),
        "spent": str(spent),
        "spent_capital": spent.capitals(),
        "rest": str(budget - spent),
    }
    return put(session, "course_costs", (COURSE, course.id), facts)


def print_fees(
    session: Session, course_id: int, *, finance: bool = False, reason: str = ""
) -> DocumentSummary:
    """The lecture fee sheet 讲课费签收单.

    Args:
        session: a write session.
        course_id: the course.
        finance: the copy for finance, with identity and account numbers in full; each is logged.
        reason: why the numbers are needed; only for the copy for finance.

    Raises:
        NotPermitted: without `training.fee`; for finance also `training.reveal`, `parties.reveal`.
        InputError: no fee was entered, or no reason.
    """
    course = _course(session, course_id, "training.fee")
    fees = fees_of(session, course.id)
    _some(fees)
    if finance:
        require(session, "training.reveal")
        reason = needed(reason)
    rows = [_fee_row(session, course, one, reason) for one in fees]
    gross = sum((one.gross for one in fees), Money(0))
    tax = sum((one.tax for one in fees), Money(0))
    facts = {
        **_head(course),
        "copy": "财务联" if finance else "存档联",
        "items": rows,
        "gross": str(gross),
        "tax": str(tax),
        "net": str(gross - tax),
        "net_capital": (gross - tax).capitals(),
        "maker": actor(session).name,
    }
    return put(session, "lecture_fees", (COURSE, course.id), facts)


def _fee_row(session: Session, course: Course, fee: LectureFee, reason: str) -> dict[str, str]:
    party = session.get_one(Party, fee.party_id)
    known = trainer_of(session, fee.party_id)
    unpaid = fee.civil_servant
    account = ""
    if known is not None:
        number = known.account_number if reason else known.account_mask
        account = f"{known.bank} {number}".strip()
        if reason and number:
            history.record(session, "trainer", known.id, "account_revealed", reason=reason)
    return {
        "name": party.name,
        "unit": known.unit if known else "",
        "title": known.title if known else "",
        "number": _number(session, party, reason),
        "matter": course.name,
        "day": days(course),
        "hours": str(fee.hours),
        "rate": NONE if unpaid else str(fee.rate),
        "gross": "不发放" if unpaid else str(fee.gross),
        "tax": NONE if unpaid else str(fee.tax),
        "net": NONE if unpaid else str(fee.gross - fee.tax),
        "account": account or NONE,
    }


def _number(session: Session, party: Party, reason: str) -> str:
    """The identity number: masked, or in full for finance, which leaves a line in the history."""
    if not reason:
        return summaries(session, [party.id])[party.id].number or NONE
    if session.get(PersonalNumber, party.id) is None:
        return NONE
    from core.parties.service import reveal_number

    return reveal_number(session, party.id, reason)


def print_transcript(
    session: Session, party_id: int, first_year: int, last_year: int
) -> DocumentSummary:
    """A person's hours over years 学时证明.

    Raises:
        NotPermitted: without `training.report`.
        InputError: nothing was attended in these years.
        NotFound: no such person.
    """
    found = transcript(session, party_id, first_year, last_year)
    _some(found.lines)
    rows = [
        {
            "year": str(one.year),
            "course": one.course,
            "period": f"{one.first.isoformat()}至{one.last.isoformat()}",
            "hours": str(one.hours),
            "category": CATEGORY_CHINESE[one.category],
            "result": RESULT_CHINESE[one.result],
        }
        for one in found.lines
    ]
    by_category = "，".join(
        f"{CATEGORY_CHINESE[key]}{hours}学时" for key, hours in found.by_category().items()
    )
    facts = {
        "person_name": found.name,
        "unit": found.unit,
        "years": f"{first_year}年" if first_year == last_year else f"{first_year}年至{last_year}年",
        "items": rows,
        "total": str(found.hours),
        "by_category": by_category,
    }
    return put(session, "transcript", ("party", found.party_id), facts)


def print_index(session: Session, course_id: int) -> DocumentSummary:
    """The index of the course file 一期一档目录.

    Raises:
        NotPermitted: without `training.report`.
    """
    course = _course(session, course_id, "training.report")
    facts = {**_head(course), "items": index_rows(session, course)}
    return put(session, "course_index", (COURSE, course.id), facts)


def index_rows(session: Session, course: Course) -> list[dict[str, str]]:
    """The thirteen parts of 一期一档, each with what is there: files kept and papers issued."""
    held: Mapping[int, list[str]] = {place: [] for place in range(1, len(SECTIONS) + 1)}
    for one in files(session, course.id):
        held[one.section].append(one.caption or one.file.filename)
    for section, paper in papers_by_section(session, course.id):
        held[section].append(f"{paper.title}（电子）")
    if course.plan:
        held[1].insert(0, course.plan)
    if course.summary:
        held[13].insert(0, "总结（登记于本系统）")
    return [
        {
            "section": title,
            "count": str(len(held[place])) if held[place] else "缺",
            "content": "；".join(dict.fromkeys(held[place])),
        }
        for place, title in enumerate(SECTIONS, start=1)
    ]


#: Where each paper of a course stands in its file.
PAPER_SECTIONS = {
    "course_schedule": 3,
    "course_trainers": 4,
    "course_roster": 5,
    "sign_in_sheet": 6,
    "course_scores": 9,
    "evaluation_form": 10,
    "evaluation_summary": 10,
    "completion_roster": 11,
    "completion_certificate": 11,
    "training_proof": 11,
    "course_costs": 12,
    "lecture_fees": 12,
}


def papers_by_section(session: Session, course_id: int) -> list[tuple[int, DocumentSummary]]:
    """Papers of a course and of its certificates that belong to its file, by part."""
    from core.documents.service import papers_of

    found = papers_of(session, COURSE, course_id)
    ids = session.scalars(
        select(TrainingCertificate.id).where(TrainingCertificate.course_id == course_id)
    )
    for one in ids.all():
        found += papers_of(session, "training_certificate", one)
    known = [(PAPER_SECTIONS[one.kind], one) for one in found if one.kind in PAPER_SECTIONS]
    return sorted(known, key=lambda one: (one[0], one[1].id))
