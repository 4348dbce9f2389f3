"""The face of a certificate and the inside papers of the register: forms, check sheet, index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.certificates.dossier import Dossier, HolderLine, ParcelLine
from core.certificates.papers import (
    OWNERSHIP_NAMES,
    Facts,
    applicant,
    applicant_short,
    head,
    id_text,
    joined,
    location,
    measuring_body,
    method,
    parcel_rows,
    period,
    place,
    share_text,
    sub_compartment,
    term,
)
from core.certificates.rules import Finding, Severity
from core.certificates.states import Ownership, State
from core.clock import china_date
from core.documents.service import DocumentSummary
from core.parcels.geometry import from_wkb
from core.values.dates import chinese_date

_ANSWERS = {
    "clear": "登记无误，无抵押、查封、异议",
    "mortgaged": "已抵押",
    "seized": "已查封",
    "objection": "有异议登记",
    "mismatch": "与申请不一致",
}
_RESULTS = {"pass": "通过", "pass_after_changes": "修改后通过", "fail": "不通过"}
_STATUS = {"unconfirmed": "未经确认", "confirmed": "已确认", "retired": "已停用"}


def parameter_text(dossier: Dossier) -> str:
    """Parameter set and its status; an unconfirmed one names who signed it off."""
    calculation = dossier.calculation
    assert calculation is not None  # the amount was examined
    status = _STATUS[calculation.parameter_status]
    sign_off = dossier.sign_off
    signed = f"，由{sign_off.actor_name}签认使用" if sign_off else ""
    return f"{calculation.parameter_set}（{status}{signed}）"


def _rings(lines: Sequence[ParcelLine]) -> Mapping[int, list[list[list[int]]]]:
    """Outlines in whole decimetres from a corner of their own: a shape, but no coordinates."""
    shapes = {
        line.parcel.id: from_wkb(line.parcel.geometry) for line in lines if line.parcel.geometry
    }
    if not shapes:
        return {}
    west = min(shape.bounds[0] for shape in shapes.values())
    south = min(shape.bounds[1] for shape in shapes.values())
    return {
        parcel_id: [
            [[round((x - west) * 10), round((y - south) * 10)] for x, y in ring]
            for ring in shape.rings
        ]
        for parcel_id, shape in shapes.items()
    }


def annex_parcels(dossier: Dossier) -> list[Facts]:
    """The parcel table of the annex with outlines for the sketch."""
    rings = _rings(dossier.parcels)
    return [
        {
            "label": str(number),
            "place": place(line),
            "sub_compartment": sub_compartment(line) or "——",
            "right_certificate": line.parcel.right_cert_no or "——",
            "area_mu": f"{line.parcel.area.mu:.2f}",
            "area_ha": f"{line.parcel.area.ha:.4f}",
            "species": line.parcel.species,
            "v1": line.row.stock_t1 or "——",
            "v2": line.row.stock_t2 or "——",
            "rings": rings.get(line.parcel.id, []),
        }
        for number, line in enumerate(dossier.parcels, start=1)
    ]


def register_facts(dossier: Dossier, number: str, entered_on: str, remarks: str) -> Facts:
    """What the register says: the whole face of the certificate, its annex and its origin."""
    application, calculation = dossier.application, dossier.calculation
    assert application.tonnes is not None  # the amount was examined
    assert calculation is not None
    found: Facts = {
        "number": number,
        "date": entered_on,
        "holder_names": applicant(dossier),
        "holder_short": applicant_short(dossier),
        "id_tail": _tail(dossier),
        "id_text": "；".join(id_text(line) for line in dossier.holders),
        "ownership": _ownership(dossier),
        "location": location(dossier),
        "right_certificates": joined([x.parcel.right_cert_no for x in dossier.parcels]) or "——",
        "estate_units": joined([line.parcel.estate_unit_no for line in dossier.parcels]),
        "area": application.area.m2,
        "forest_class": joined(_forest(dossier)) or "——",
        "origin": joined([line.parcel.origin for line in dossier.parcels]) or "——",
        "species": joined([line.parcel.species for line in dossier.parcels]),
        "term": term(dossier),
        "period": period(dossier),
        "tonnes": application.tonnes.units,
        "method": method(dossier),
        "measuring_body": measuring_body(dossier),
        "approval_number": application.approval_number,
        "filing_number": application.filing_number,
        "filing_by_seal": dossier.scheme.filing_by_seal,
        "valid_until": application.valid_until.isoformat() if application.valid_until else "",
        "remarks": remarks,
        "declaration": dossier.scheme.declaration,
        "parcels": annex_parcels(dossier),
        "formula": calculation.formula.splitlines(),
        "parameter_set": parameter_text(dossier),
        "project_name": application.project_name,
    }
    if len(dossier.holders) > 1:
        found["owners"] = [
            {"name": line.party.name, "id_text": id_text(line), "share": share_text(dossier, line)}
            for line in dossier.holders
        ]
    return found


def _tail(dossier: Dossier) -> str:
    """Last four of the first holder's number, for the QR code."""
    number = dossier.holders[0].party.number
    return number[-4:] if number else ""


def _ownership(dossier: Dossier) -> str:
    name = OWNERSHIP_NAMES[dossier.application.ownership]
    return f"{name}（份额见附页）" if dossier.application.ownership.value == "shares" else name


def _forest(dossier: Dossier) -> list[str]:
    """林种 of the parcels, then their 森林类别; what several have in common is to be said once."""
    parcels = [line.parcel for line in dossier.parcels]
    return [one.forest_category for one in parcels] + [one.forest_class for one in parcels]


def _signed(dossier: Dossier, step: str) -> str:
    """意见、签名、日期 of a step; ——, where it was not taken."""
    taken = dossier.taken(step)
    if taken is None:
        return "——"
    return f"{taken.reason}　{taken.actor_name}　{chinese_date(taken.on_date)}"


def _exceptions(dossier: Dossier, findings: Iterable[Finding]) -> str:
    """备注: the exceptions and the reasons that were given, with names."""
    lines = [f"一人兼岗：{one.reason}（批准人：{one.actor_name}）" for one in dossier.overrides]
    for finding in findings:
        if finding.answered:
            lines.append(f"{finding.chinese}说明：{finding.answered}（{finding.answered_by}）")
        elif finding.severity is Severity.WARN and finding.id == "overdue":
            lines.append(finding.chinese)
    late = [
        one
        for one in dossier.steps
        if one.due is not None
        and one.on_date > one.due
        and one.to_state is not one.from_state
        and one.from_state is not State.CORRECTION
    ]
    lines += [f"超期：{one.on_date.isoformat()}（应于{one.due}前）" for one in late]
    return "；".join(lines)


def _holder(dossier: Dossier, line: HolderLine) -> str:
    """A right holder; only owners by shares have one, the others' kind follows once for all."""
    shares = dossier.application.ownership is Ownership.SHARES
    share = f"，份额{share_text(dossier, line)}" if shares else ""
    return f"{line.party.name}（{id_text(line)}{share}）"


def approval_form(dossier: Dossier, findings: Iterable[Finding]) -> Facts:
    """林业碳汇登记审批表."""
    application, calculation = dossier.application, dossier.calculation
    assert application.tonnes is not None  # the amount was examined
    assert calculation is not None
    holders = "；".join(_holder(dossier, line) for line in dossier.holders)
    report = f"，报告{application.report_number}" if application.report_number else ""
    stated = application.stated_tonnes
    return {
        **head(dossier),
        "applicant": f"{holders}；{OWNERSHIP_NAMES[application.ownership]}",
        "agent": dossier.agent.name if dossier.agent else "",
        "location": location(dossier),
        "right_certificates": joined([x.parcel.right_cert_no for x in dossier.parcels]) or "——",
        "estate_units": joined([line.parcel.estate_unit_no for line in dossier.parcels]),
        "sub_compartments": joined([sub_compartment(line) for line in dossier.parcels]) or "——",
        "area": application.area.m2,
        "species": joined([f"{x.parcel.species}（{x.group}）" for x in dossier.parcels]),
        "forest": joined([*(x.parcel.origin for x in dossier.parcels), *_forest(dossier)]) or "——",
        "term": term(dossier),
        "period": period(dossier),
        "volumes": "；".join(
            f"{line.name}：{line.row.stock_t1 or '——'}→{line.row.stock_t2 or '——'} m³"
            for line in dossier.parcels
        ),
        "method": f"{method(dossier)}；{parameter_text(dossier)}",
        "measuring_body": f"{measuring_body(dossier)}{report}",
        "stated_tonnes": stated.units if stated else None,
        "tonnes": application.tonnes.units,
        "registry": _registry(dossier),
        "site_visit": _visits(dossier),
        "double_check": _double_check(findings),
        "expert_review": _experts(dossier),
        "notice": _notice(dossier),
        "preliminary": _signed(dossier, "pass_preliminary"),
        "second_review": _signed(dossier, "pass_second_review"),
        "approval": f"{_signed(dossier, 'approve')}　{application.approval_number}",
        **_after_approval(dossier),
        "remarks": _exceptions(dossier, findings),
    }


def _registry(dossier: Dossier) -> str:
    letter = dossier.consultation
    if letter is None or not letter.answer:
        return "——"
    return f"{letter.answer_number or '复函'}：{_ANSWERS[letter.answer]}。{letter.text}"


def _visits(dossier: Dossier) -> str:
    return "；".join(
        f"{chinese_date(one.from_day)}至{chinese_date(one.to_day)}，{one.people}：{one.conclusion}"
        for one in dossier.visits
    )


def _double_check(findings: Iterable[Finding]) -> str:
    hits = [one.chinese for one in findings if one.id in {"double_claim", "compare_maps"}]
    checked = "图形、小班号、证号、不动产单元号查重"
    return f"{checked}：{'；'.join(hits)}" if hits else f"{checked}：未发现重复，重叠面积0亩"


def _experts(dossier: Dossier) -> str:
    review = dossier.review
    if review is None:
        return "——"
    return (
        f"{chinese_date(review.met_on)}，{review.experts}，{_RESULTS[review.result]}，"
        f"{review.opinion_number}"
    )


def _notice(dossier: Dossier) -> str:
    notice = dossier.notice
    if notice is None:
        return "——"
    days = f"{chinese_date(notice.first_day)}至{chinese_date(notice.last_day)}"
    return f"{days}，{notice.places}；{notice.outcome or '公示中'}"


def _after_approval(dossier: Dossier) -> Facts:
    application, certificate = dossier.application, dossier.certificate
    entered, checked = dossier.taken("enter"), dossier.taken("check_entry")
    made, issued = dossier.taken("make_certificate"), dossier.taken("issue")
    found: Facts = {}
    if application.filed_on:
        day = chinese_date(application.filed_on)
        found["filing"] = f"{application.filing_number}　{day}"
    if certificate and entered and checked:
        found["entry"] = (
            f"{certificate.number}　登簿人{entered.actor_name}　"
            f"{chinese_date(entered.on_date)}　校对人{checked.actor_name}"
        )
    if certificate and made:
        serial = f"印制号{certificate.sheet_serial}　" if certificate.sheet_serial else ""
        found["making"] = f"{serial}缮证人{made.actor_name}　{chinese_date(made.on_date)}"
    if certificate and issued:
        found["issuing"] = (
            f"领证人{certificate.collected_by}　{chinese_date(issued.on_date)}　"
            f"发证人{issued.actor_name}"
        )
    return found


def entry_check(dossier: Dossier, checker: str, note: str) -> Facts:
    """登簿校对单: everything that will be entered, compared by a second person."""
    application = dossier.application
    assert application.tonnes is not None  # the amount was examined
    checked = (
        ("权利人", applicant(dossier)),
        ("证件号", "；".join(id_text(line) for line in dossier.holders)),
        ("吨数", f"{application.tonnes}（{application.tonnes.capitals()}）"),
        ("监测期", period(dossier)),
        ("地块数", str(len(dossier.parcels))),
        ("面积", f"{application.area.mu:.2f}亩（{application.area.ha:.4f}公顷）"),
        ("审定文号", application.approval_number),
        ("备案文号", application.filing_number or "——"),
    )
    return {
        **head(dossier),
        "items": [{"item": item, "value": value, "result": "一致"} for item, value in checked],
        "checked_by": checker,
        "note": note,
    }


def issue_ledger_row(dossier: Dossier, values: Mapping[str, object], issuer: str) -> Facts:
    """One row of 发证登记簿."""
    certificate = dossier.certificate
    assert certificate is not None  # it is being handed out
    tail = str(values.get("id_tail") or "")
    return {
        "certificate_number": certificate.number,
        "sheet_serial": certificate.sheet_serial or "——",
        "holder": applicant(dossier),
        "copies": str(values.get("copies") or 1),
        "collector": str(values["collector"]),
        "id_text": f"****{tail}" if tail else "——",
        "relation": str(values["relation"]),
        "collected_on": str(values["collected_on"]),
        "signature": "",
        "issuer": issuer,
    }


def file_index(
    dossier: Dossier,
    made: Sequence[tuple[DocumentSummary, int]],
    filed: tuple[str, str, str, str],
) -> Facts:
    """卷内文件目录: the papers handed in, then our own, in the order of the case.

    Args:
        dossier: the case.
        made: our papers of the case with their pages, without copies.
        filed: who filed it, who checked it, where it stands, note.
    """
    filed_by, checked_by, where, note = filed
    rows: list[Facts] = [
        {
            "number": "——",
            "author": applicant_short(dossier),
            "title": paper.title,
            "date": chinese_date(paper.received_on),
            "pages": str(paper.pages * paper.copies),
            "note": "原件" if paper.original else "复印件",
        }
        for paper in dossier.papers
        if paper.received_on is not None
    ]
    rows += [
        {
            "number": one.number or "——",
            "author": "登记机构",
            "title": one.title,
            "date": chinese_date(china_date(one.created_at)),
            "pages": str(pages),
            "note": "",
        }
        for one, pages in made
    ]
    certificate = dossier.certificate
    return {
        **head(dossier),
        "certificate_number": certificate.number if certificate else "",
        "holder": applicant(dossier),
        "items": rows,
        "total_items": len(rows),
        "total_pages": sum(int(str(row["pages"])) for row in rows),
        "filed_by": filed_by,
        "checked_by": checked_by,
        "place": where,
        "note": note,
    }


def delivery_record(
    dossier: Dossier, title: str, values: Mapping[str, object], server: str
) -> Facts:
    """送达回证."""
    way = values["way"]
    return {
        "addressee": applicant(dossier),
        "document_title": title,
        "way_direct": way == "direct",
        "way_post": way == "post",
        "way_electronic": way == "electronic",
        "place": values.get("place"),
        "receiver": values["receiver"],
        "relation": values.get("relation"),
        "delivered_on": str(values["delivered_on"]),
        "refused": values.get("refused"),
        "witness": values.get("witness"),
        "server": server,
    }


__all__ = [
    "approval_form",
    "delivery_record",
    "entry_check",
    "file_index",
    "issue_ledger_row",
    "parcel_rows",
    "register_facts",
]
