"""Papers of the committee: what each says, prepared for its signature."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history, numbering, settings
from core.clock import china_date
from core.committee.details import DrawDetail, PickLine
from core.committee.draw_model import Draw, DrawResult
from core.committee.draws import record_of
from core.committee.fees import payments
from core.committee.meeting_model import FeeSheet, Meeting
from core.committee.meeting_papers import minutes, opinion_sheets, sign_in_sheet, undertakings
from core.committee.model import Expert, Membership
from core.committee.paper_parts import instant_chinese, put
from core.committee.queries import draw_detail
from core.committee.recusal import DRAW_PAPERS
from core.committee.states import (
    GROUND_CHINESE,
    POST_CHINESE,
    SEAT_CHINESE,
    Body,
    Ground,
    PickState,
    Post,
    Sex,
)
from core.database import actor, require, today
from core.documents.model import Document
from core.documents.service import DocumentSummary, prepare
from core.errors import InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PersonalNumber
from core.values.dates import chinese_date
from db.types import canonical_json

__all__ = [
    "appointment_letters", "check_code", "draw_record_paper", "fee_sheet_paper", "letter_facts",
    "letter_status", "minutes", "opinion_sheets", "record_facts", "sheet_status", "sign_in_sheet",
    "term_end_letter", "undertakings",
]  # fmt: skip

register(
    {
        "committee.letter_made": N_("This term has its letter already ({number})."),
        "committee.term_not_over": N_("This term lasts until {until}; there is nothing to end."),
        "committee.nothing_chosen": N_("Choose at least one term."),
    }
)

MEMBERSHIP = "expert_membership"
#: A longer code would fill pages; the JSON file is kept then.
_LONGEST_CODE = 6000
_PICK_CHINESE = {
    PickState.WAITING: "未递补",
    PickState.TO_CALL: "待通知",
    PickState.COMING: "能参加",
    PickState.DECLINED: "不能参加",
    PickState.UNREACHED: "未联系上",
}


# ---------------------------------------------------------------------------- letters
def appointment_letters(
    session: Session, membership_ids: Sequence[int]
) -> tuple[DocumentSummary, ...]:
    """Letters of appointment 聘书 for terms, each with a number of its own.

    Raises:
        NotPermitted: without `committee.manage`.
        InputError: none chosen.
        RuleViolation: a term has its letter already; a copy is made of that.
    """
    require(session, "committee.manage")
    if not membership_ids:
        raise InputError.of("terms", "committee.nothing_chosen")
    made = []
    for membership_id in membership_ids:
        row, expert = _membership(session, membership_id)
        if row.letter_number:
            raise RuleViolation("committee.letter_made", number=row.letter_number)
        facts = _letter_facts(session, row, expert) | {"term_from": row.term_from.isoformat()}
        taken = numbering.take(session, "appointment", record_kind=MEMBERSHIP, record_id=row.id)
        row.letter_number = taken.text
        session.flush()
        made.append(
            prepare(
                session, kind="appointment_letter", record_kind=MEMBERSHIP, record_id=row.id,
                facts=facts, number=taken,
            )
        )  # fmt: skip
        history.record(session, "expert", expert.id, "letter_made", data={"number": taken.text})
    return tuple(made)


def term_end_letter(session: Session, membership_id: int) -> DocumentSummary:
    """The letter at the end of a term, or that it ended early and why.

    Raises:
        NotPermitted: without `committee.manage`.
        RuleViolation: the term is neither over nor about to end.
    """
    from core.committee.lists import ending_terms

    require(session, "committee.manage")
    row, expert = _membership(session, membership_id)
    soon = session.scalar(
        select(Membership.id).where(Membership.id == row.id, ending_terms(session))
    )
    if row.ended_on is None and row.term_to > today(session) and soon is None:
        raise RuleViolation("committee.term_not_over", until=row.term_to.isoformat())
    facts = _letter_facts(session, row, expert)
    if row.ended_on is not None:
        facts |= {"reason": row.end_reason, "ended_on": row.ended_on.isoformat()}
    return prepare(
        session, kind="term_end_letter", record_kind=MEMBERSHIP, record_id=row.id, facts=facts
    )


def _membership(session: Session, membership_id: int) -> tuple[Membership, Expert]:
    row = session.get(Membership, membership_id)
    if row is None:
        raise NotFound("record.not_found")
    return row, session.get_one(Expert, row.expert_id)


def _letter_facts(session: Session, row: Membership, expert: Expert) -> dict[str, object]:
    name = "committee.name" if row.body is Body.ADVISORY else "committee.pool_name"
    return {
        "expert_name": session.get_one(Party, expert.party_id).name,
        "address": _address(expert),
        "body_name": str(settings.get(session, name)),
        "role": POST_CHINESE[row.post] if row.post is not Post.REVIEWER else "专家",
        "term_to": row.term_to.isoformat(),
    }


def _address(expert: Expert) -> str:
    """同志 for civil servants, 先生 or 女士 for others, as far as it is known."""
    if expert.civil_servant or expert.sex is None:
        return "同志"
    return "先生" if expert.sex is Sex.MALE else "女士"


def letter_facts(session: Session, document_id: int) -> Mapping[str, object]:
    """What the register says of a letter of appointment, for the verifier."""
    document = session.get_one(Document, document_id)
    row, expert = _membership(session, document.record_id)
    return {
        "number": row.letter_number,
        "expert_name": session.get_one(Party, expert.party_id).name,
        "term_from": row.term_from.isoformat(),
        "term_to": row.term_to.isoformat(),
    }


def letter_status(session: Session, _record_kind: str, record_id: int) -> str:
    """Whether the term of a letter holds today: `valid`, `ended` or `expired`."""
    row, _expert = _membership(session, record_id)
    if row.ended_on is not None and row.ended_on < today(session):
        return "ended"
    return "valid" if row.term_to >= today(session) else "expired"


# ---------------------------------------------------------------------------- draws
def draw_record_paper(session: Session, draw_id: int) -> DocumentSummary:
    """The record of a draw 专家抽取记录表, complete enough to draw again from the paper.

    It is as secret as the names until the set time.

    Raises:
        NotPermitted: neither operator nor supervisor by permission.
        NotFound: no such draw, or its names are secret.
        RuleViolation: nothing is drawn yet.
    """
    if not actor(session).may("committee.supervise"):
        require(session, "committee.draw")
    detail = draw_detail(session, draw_id)
    record = record_of(session, draw_id)
    return put(
        session, "draw_record", (DRAW_PAPERS, draw_id), _draw_facts(session, detail, record),
        number=detail.number,
    )  # fmt: skip


def record_facts(session: Session, document_id: int) -> Mapping[str, object]:
    """What the register says of a record of a draw, for the verifier: nothing while it is secret."""
    document = session.get_one(Document, document_id)
    row, result = session.get(Draw, document.record_id), session.get(DrawResult, document.record_id)
    if row is None or result is None:
        return {}
    return {
        "number": row.number, "list_digest": row.list_digest, "seed_digest": result.seed,
    }  # fmt: skip


def check_code(record: Mapping[str, Any]) -> str:
    """A record of a draw as letters and digits, to be copied from the paper.

    Base64 of the zlib-compressed canonical JSON; blanks and line ends in it do not matter.
    """
    return base64.b64encode(zlib.compress(canonical_json(record).encode(), 9)).decode()


def _draw_facts(
    session: Session, detail: DrawDetail, record: Mapping[str, Any]
) -> dict[str, object]:
    frozen = record["list"]
    code = check_code(record)
    return {
        "case": frozen["case"],
        "applicant": detail.case.applicant,
        "measuring_body": detail.case.measuring_body,
        "meeting": f"{instant_chinese(detail.meeting_at)}　{detail.place}".strip(),
        "needed": "、".join(
            f"{one['specialty'] or '不限专业'}{one['count']}人" for one in frozen["needed"]
        ),
        "substitutes": str(frozen["substitutes"]),
        "round": str(detail.round),
        "drawn_at": instant_chinese(detail.drawn_at) if detail.drawn_at else "",
        "drawn_utc": record["drawn_at"],
        "first": detail.first,
        "second": detail.second,
        "first_input": record["inputs"][0],
        "second_input": record["inputs"][1],
        "supervisor": detail.supervisor,
        "witnessed_at": instant_chinese(detail.witnessed_at) if detail.witnessed_at else "",
        "secret_until": instant_chinese(detail.secret_until),
        "candidates": [
            {
                "code": one["code"],
                "name": one["name"],
                "employer": one["employer"],
                "specialties": "、".join(one["specialties"]),
                "drawn": str(one["drawn"]),
            }
            for one in frozen["candidates"]
        ],
        "excluded": [
            {**one, "ground": GROUND_CHINESE[Ground(one["ground"])]} for one in frozen["excluded"]
        ],
        "result": [_pick_row(one) for one in detail.picks],
        "redraws": _redraws(session, detail),
        "list_digest": record["list_digest"],
        "seed_digest": record["seed"],
        "check_code": code if len(code) <= _LONGEST_CODE else "",
    }


def _pick_row(one: PickLine) -> dict[str, str]:
    call = one.calls[-1] if one.calls else None
    return {
        "order": str(one.position),
        "code": one.code,
        "name": one.name,
        "specialty": one.specialty,
        "seat": SEAT_CHINESE[one.seat],
        "called": f"{instant_chinese(call.at)}　{call.way}" if call else "",
        "comes": _PICK_CHINESE[one.state],
        "reason": one.reason,
        "replaces": f"递补{one.replaces}" if one.replaces else "",
    }


def _redraws(session: Session, detail: DrawDetail) -> list[dict[str, str]]:
    """Why this draw and those before it were repeated."""
    found, row = [], session.get(Draw, detail.id)
    while row is not None and row.replaces_id is not None:
        approver = detail.supervisor
        found.append(
            {"round": f"第{row.round}次", "reason": row.redraw_reason, "approver": approver}
        )
        row = session.get(Draw, row.replaces_id)
    return found


# ---------------------------------------------------------------------------- fees
def fee_sheet_paper(session: Session, sheet_id: int) -> DocumentSummary:
    """The fee sheet to sign on; identity and account numbers are masked.

    Raises:
        NotPermitted: without `committee.fee`.
        NotFound: no such sheet.
        RuleViolation: it was declared void.
    """
    require(session, "committee.fee")
    sheet = session.get(FeeSheet, sheet_id)
    if sheet is None:
        raise NotFound("record.not_found")
    if sheet.void_reason:
        raise RuleViolation("committee.sheet_void")
    rows = payments(session, sheet_id)
    masks = _masks(session, [row.expert_id for row in rows])
    matters = _matters(session, {meeting for row in rows for meeting, _halves in row.meetings})
    items = []
    for row in rows:
        identity, account = masks[row.expert_id]
        paid = not row.note
        items.append(
            {
                "name": row.name,
                "employer": row.employer,
                "title": row.title,
                "identity": identity,
                "matter": "；".join(matters[meeting] for meeting, _halves in row.meetings),
                "half_days": str(row.half_days),
                "rate": str(row.rate) if paid else "——",
                "gross": str(row.gross) if paid else "不发放",
                "tax": str(row.tax) if paid else "——",
                "net": str(row.net) if paid else "——",
                "account": account if paid else row.note,
                "signature": "",
            }
        )
    facts: dict[str, object] = {
        "subject": sheet.title,
        "paid_on": sheet.paid_on.isoformat(),
        "items": items,
        "gross": str(sheet.gross),
        "tax": str(sheet.tax),
        "net": str(sheet.net),
        "net_capital": sheet.net.capitals(),
        "tax_rule": "个人所得税按劳务报酬所得预扣预缴（国家税务总局公告2018年第61号），同一月内取得的合并为一次。",
        "maker": sheet.made_by,
    }
    return put(
        session, "expert_fee_sheet", ("committee_fee_sheet", sheet_id), facts, number=sheet.number
    )


def sheet_status(session: Session, _record_kind: str, record_id: int) -> str:
    """Whether a fee sheet stands: `valid` or `void`."""
    row = session.get(FeeSheet, record_id)
    return "void" if row is not None and row.void_reason else "valid"


def _masks(session: Session, expert_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Expert.id, PersonalNumber.mask, Expert.bank, Expert.bank_mask)
        .outerjoin(PersonalNumber, PersonalNumber.party_id == Expert.party_id)
        .where(Expert.id.in_(expert_ids))
    )
    return {row[0]: (row[1] or "", f"{row[2]} {row[3]}".strip()) for row in rows}


def _matters(session: Session, meeting_ids: set[int]) -> dict[int, str]:
    """What was paid for: the meeting and its day, never a case."""
    rows = session.execute(
        select(Meeting.id, Meeting.number, Meeting.starts_at).where(Meeting.id.in_(meeting_ids))
    )
    return {
        row.id: f"评审会 {row.number}，{chinese_date(china_date(row.starts_at))}" for row in rows
    }
