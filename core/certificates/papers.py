"""What goes on the papers of a case: plain facts, in Chinese, for the templates to print.

Numbers of people are masked here already; nothing unmasked ever reaches a frozen paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from core.certificates.dossier import Dossier, HolderLine, ParcelLine
from core.certificates.progress import APPLICATION
from core.certificates.states import ApplicationKind, Ownership
from core.documents.service import prepare
from core.numbering import TakenNumber
from core.values.dates import chinese_date, chinese_period
from core.values.identity import CHINESE_NAMES, IdKind

Facts = dict[str, object]

#: 登记类型 as printed.
KIND_NAMES: Mapping[ApplicationKind, str] = {
    ApplicationKind.FIRST: "林业碳汇首次登记",
    ApplicationKind.TRANSFER: "林业碳汇转移登记",
    ApplicationKind.CHANGE: "林业碳汇变更登记",
    ApplicationKind.SPLIT_MERGE: "林业碳汇分割（合并）登记",
    ApplicationKind.REISSUE: "林业碳汇权证补发（换发）",
    ApplicationKind.CANCELLATION: "林业碳汇注销登记",
    ApplicationKind.CORRECTION: "林业碳汇更正登记",
    ApplicationKind.OBJECTION: "林业碳汇异议登记",
}
OWNERSHIP_NAMES: Mapping[Ownership, str] = {
    Ownership.SOLE: "单独所有",
    Ownership.SHARES: "按份共有",
    Ownership.JOINT: "共同共有",
}


def put(
    session: Session,
    dossier: Dossier,
    kind: str,
    facts: Mapping[str, object],
    number: TakenNumber | None = None,
) -> int:
    """Prepare a paper of the case; it waits for its signature. Returns the document's id."""
    summary = prepare(
        session,
        kind=kind,
        record_kind=APPLICATION,
        record_id=dossier.application.id,
        facts={name: value for name, value in facts.items() if value is not None and value != ""},
        number=number,
    )
    return summary.id


def applicant(dossier: Dossier) -> str:
    """Names of all holders, joined by 、."""
    return "、".join(line.party.name for line in dossier.holders)


def applicant_short(dossier: Dossier) -> str:
    """陈某 or 周某等3人, for titles and the QR code."""
    first = dossier.holders[0].party.name
    return first if len(dossier.holders) == 1 else f"{first}等{len(dossier.holders)}人"


def id_text(line: HolderLine) -> str:
    """居民身份证 341199********0422; a party without a number says why."""
    party = line.party
    if party.id_kind is IdKind.NONE:
        return f"无（{party.no_number_reason}）" if party.no_number_reason else "无"
    return f"{CHINESE_NAMES[party.id_kind]} {party.number}"


def share_text(dossier: Dossier, line: HolderLine) -> str:
    """1/3 for ownership by shares; joint owners have no shares, a sole one has the whole."""
    ownership = dossier.application.ownership
    return str(line.share) if ownership is Ownership.SHARES else OWNERSHIP_NAMES[ownership]


def place(line: ParcelLine) -> str:
    """三界镇老嘉山分场大横山北坡."""
    parcel = line.parcel
    return f"{parcel.township}{parcel.village}{parcel.place_name}"


def sub_compartment(line: ParcelLine, *, year: bool = True) -> str:
    """0003-00012（2025）: compartment, sub-compartment and the year of the numbering."""
    parcel = line.parcel
    number = "-".join(part for part in (parcel.compartment, parcel.sub_compartment) if part)
    return f"{number}（{parcel.data_year}）" if number and year and parcel.data_year else number


def joined(values: Sequence[str]) -> str:
    """The different values in their order, joined by 、."""
    return "、".join(dict.fromkeys(value for value in values if value))


def location(dossier: Dossier) -> str:
    """坐落: the villages with their places, each named once."""
    return joined([place(line) for line in dossier.parcels])


def period(dossier: Dossier) -> str:
    """The monitoring period in words."""
    application = dossier.application
    return chinese_period(application.period_from, application.period_to)


def term(dossier: Dossier) -> str:
    """林地使用（经营）期限: one date, or each parcel's."""
    ends = {line.row.term_until for line in dossier.parcels}
    if ends == {None}:
        return "无固定期限"
    if len(ends) == 1:
        (only,) = ends
        assert only is not None  # the set is not {None}
        return f"至{chinese_date(only)}"
    return "；".join(
        f"{line.name}至{chinese_date(line.row.term_until) if line.row.term_until else '无固定期限'}"
        for line in dossier.parcels
    )


def method(dossier: Dossier) -> str:
    """Calculation method and version: the report's, else the scheme's."""
    return dossier.application.method or dossier.scheme.method


def measuring_body(dossier: Dossier) -> str:
    """Name of the measuring body; 申请人自行提供 where there is none."""
    return dossier.measuring_body.name if dossier.measuring_body else "未委托第三方机构"


def head(dossier: Dossier) -> Facts:
    """Facts most letters share."""
    return {
        "applicant": applicant(dossier),
        "application_kind": KIND_NAMES[dossier.application.kind],
        "received_date": dossier.application.received_on.isoformat(),
        "acceptance_number": dossier.application.acceptance_number,
    }


def checklist(dossier: Dossier) -> Facts:
    """收件清单."""
    rows = [
        {
            "name": paper.title,
            "copies": str(paper.copies) if paper.received_on else "——",
            "pages": str(paper.pages) if paper.received_on and paper.pages else "——",
            "form": ("原件" if paper.original else "复印件") if paper.received_on else "未提交",
            "checked": "与原件一致" if paper.checked else "——",
            "note": paper.note,
        }
        for paper in dossier.papers
    ]
    agent = dossier.agent.name if dossier.agent else ""
    return {
        **head(dossier),
        "agent": agent,
        "receipt_number": dossier.application.receipt_number,
        "papers": rows,
    }


def acceptance(dossier: Dossier, clerk: str, due: date | None) -> Facts:
    """受理通知书."""
    return {
        **head(dossier),
        "limit_days": dossier.scheme.total_days,
        "due_date": due.isoformat() if due else None,
        "clerk": clerk,
    }


def items_letter(
    dossier: Dossier, items: Sequence[Mapping[str, object]], deadline: date, clerk: str
) -> Facts:
    """一次性补正告知书 and 补充材料通知书."""
    rows = [
        {
            "name": item["title"],
            "problem": item["problem"],
            "demand": item["demand"],
            "basis": item.get("basis") or "——",
        }
        for item in items
    ]
    return {
        **head(dossier),
        "deadline_date": deadline.isoformat(),
        "items": rows,
        "clerk": clerk,
    }


def not_accepted(dossier: Dossier, ground: str, proper: str, reason: str, remedies: bool) -> Facts:
    """不予受理告知书."""
    grounds = ("jurisdiction", "not_entitled", "not_corrected", "other")
    return {
        **head(dossier),
        **{f"ground_{key}": key == ground for key in grounds},
        "proper_body": proper,
        "reason": reason,
        "remedies": remedies,
    }


def parcel_rows(dossier: Dossier) -> list[Facts]:
    """The parcel list of letters."""
    return [
        {
            "place": place(line),
            "sub_compartment": sub_compartment(line) or "——",
            "right_certificate": line.parcel.right_cert_no or "——",
            "estate_unit": line.parcel.estate_unit_no or "——",
            "area_mu": f"{line.parcel.area.mu:.2f}",
        }
        for line in dossier.parcels
    ]


def registry_letter(dossier: Dossier, body: str, days: int) -> Facts:
    """关于核实林权登记情况的函."""
    return {
        **head(dossier),
        "addressee": body,
        "reply_days": days,
        "parcels": parcel_rows(dossier),
    }


def filing_letter(dossier: Dossier, body: str) -> Facts:
    """关于报送林业碳汇登记备案的函."""
    application = dossier.application
    assert application.tonnes is not None  # approved
    attached = ["审定意见", "专家审查意见", "核算报告", "公示情况", "地块清单"]
    return {
        **head(dossier),
        "addressee": body,
        "tonnes": application.tonnes.units,
        "approval_number": application.approval_number,
        "parcels": parcel_rows(dossier),
        "attachments": attached,
    }


def expert_opinion(dossier: Dossier) -> Facts:
    """专家组评审意见."""
    application, review = dossier.application, dossier.review
    assert review is not None  # the step just wrote it
    assert application.tonnes is not None  # the amount was examined before
    names = [name for name in review.experts.replace("，", "、").split("、") if name.strip()]
    return {
        **head(dossier),
        "project": application.project_name,
        "measuring_body": measuring_body(dossier),
        "period": period(dossier),
        "tonnes": application.tonnes.units,
        "met_on": review.met_on.isoformat(),
        "place": review.place,
        "experts": names,
        "attended": len(names),
        "recused": review.recused,
        "opinion": review.opinion,
        "changes": review.changes,
        "dissent": review.dissent,
        "votes_for": review.votes_for,
        "votes_against": review.votes_against,
        "abstentions": review.abstentions,
        "result_pass": review.result == "pass",
        "result_changes": review.result == "pass_after_changes",
        "result_fail": review.result == "fail",
        "signatures": [{"name": name, "unit": "", "signature": ""} for name in names],
    }


def notice_title(dossier: Dossier) -> str:
    """Title of the public notice."""
    return f"关于{applicant_short(dossier)}林业碳汇登记申请的公示"


def public_notice(dossier: Dossier) -> Facts:
    """公示: names and places only; no numbers of people, no coordinates."""
    application, notice = dossier.application, dossier.notice
    assert notice is not None  # the step just wrote it
    assert application.tonnes is not None  # the amount was examined before
    places = [
        f"{place(line)}{sub_compartment(line, year=False)}小班"
        if line.parcel.sub_compartment
        else place(line)
        for line in dossier.parcels
    ]
    row = {
        "applicant": applicant(dossier),
        "project": application.project_name,
        "location": joined(places),
        "area_mu": f"{application.area.mu:.2f}",
        "species": joined([line.parcel.species for line in dossier.parcels]),
        "period": period(dossier),
        "tonnes": application.tonnes.plain,
        "measuring_body": measuring_body(dossier),
    }
    return {
        "applicants": applicant_short(dossier),
        "notice_days": notice.days,
        "notice_from": notice.first_day.isoformat(),
        "notice_to": notice.last_day.isoformat(),
        "places": notice.places,
        "items": [row],
    }


def notice_proof(dossier: Dossier, publisher: str, witness: str) -> Facts:
    """公示情况证明."""
    notice = dossier.notice
    assert notice is not None  # it is being closed
    received = [one for one in dossier.objections if one.received_on >= notice.published_on]
    handling = "；".join(
        f"{one.objector}：{one.matter}——{'成立' if one.upheld else '不成立'}，{one.answer}"
        for one in received
    )
    return {
        "case": notice_title(dossier),
        "notice_number": notice.number,
        "notice_from": notice.first_day.isoformat(),
        "notice_to": notice.last_day.isoformat(),
        "places": notice.places,
        "objections": len(received),
        "none_received": not received,
        "some_received": bool(received),
        "handling": handling,
        "publisher": publisher,
        "witness": witness,
    }


def refusal(dossier: Dossier, ground: str, reason: str, overlaps: str, remedies: bool) -> Facts:
    """不予登记告知书."""
    grounds = ("title", "double", "experts", "objection", "no_supplement", "other")
    return {
        **head(dossier),
        **{f"ground_{key}": key == ground for key in grounds},
        "overlap_text": overlaps,
        "reason": reason,
        "remedies": remedies,
    }


def withdrawal(dossier: Dossier, reason: str) -> Facts:
    """撤回告知."""
    application = dossier.application
    return {
        **head(dossier),
        "receipt_number": application.acceptance_number or application.receipt_number,
        "reason": reason,
    }


def undertaking(dossier: Dossier) -> Facts:
    """承诺书, for the applicant to sign."""
    collective = any(line.party.organisation_kind == "农村集体经济组织" for line in dossier.holders)
    return {**head(dossier), "period": period(dossier), "collective": collective}


def collection_notice(dossier: Dossier, certificate_number: str) -> Facts:
    """领证通知."""
    return {
        **head(dossier),
        "certificate_number": certificate_number,
        "old_certificate": False,
    }
