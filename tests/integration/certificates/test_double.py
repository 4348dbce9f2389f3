"""Double certification: nobody gets a certificate for land that is counted elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.certificates.commands import HolderInput, ParcelInput
from core.certificates.queries import findings
from core.certificates.states import State
from core.errors import RuleViolation
from core.parcels.queries import parcels_of
from core.parcels.reading import read_geometry
from core.values.area import Area
from tests.cases import Desk, new_parcel, parcel_input

#: P12 and X01 of the sample data: 11.8408 ha (177.61 mu) in common.
P12 = (
    "POLYGON((39581054.62 3650196.47, 39580929.12 3650361.22, 39580600.73 3650409.00, "
    "39580352.13 3650325.89, 39580281.00 3650090.26, 39580615.79 3649977.60, "
    "39580918.08 3649998.28, 39581054.62 3650196.47))"
)
X01 = (
    "POLYGON((39581314.62 3650286.47, 39581189.12 3650451.22, 39580860.73 3650499.00, "
    "39580612.13 3650415.89, 39580541.00 3650180.26, 39580875.79 3650067.60, "
    "39581178.08 3650088.28, 39581314.62 3650286.47))"
)


def _poplar(wkt: str) -> ParcelInput:
    new = new_parcel(
        area=Area.from_ha("24.6600"),
        species="黑杨",
        species_group="杨树",
        shape=read_geometry(wkt, "wkt", 4527),
        source_srid=4527,
    )
    return parcel_input(new=new, group="杨树", stock_t1="2096.10", stock_t2="3324.17")


def _double(desk: Desk, case: int) -> list[str]:
    with desk.as_("auditor").read() as session:
        return [one.text for one in findings(session, case) if one.id == "double_claim"]


def _content(desk: Desk, *lines: ParcelInput, period: tuple[date, date] | None = None) -> int:
    changes: dict[str, object] = {"parcels": lines, "stated_tonnes": None}
    if period:
        changes |= {"period_from": period[0], "period_to": period[1]}
    return desk.receive(desk.content(**changes))


def test_that_an_overlap_is_found_on_both_sides_and_named_in_mu(desk: Desk) -> None:
    first, second = _content(desk, _poplar(P12)), _content(desk, _poplar(X01))
    for case in (first, second):
        (text,) = _double(desk, case)
        assert "177.61" in text
    # Both wait: neither is approved before the other has ended.
    desk.walk(second, State.ACCEPTED)
    refused = desk.step(second, "refuse", ground="double", reason="与在办件重叠")
    assert refused.state is State.REFUSED
    assert _double(desk, first) == []
    with desk.as_("auditor").read() as session:
        assert "refusal" in desk.documents()
        assert parcels_of(session, ("application", second)) == []


def test_that_a_certificate_holds_the_land_for_its_period(desk: Desk) -> None:
    first = desk.receive(desk.content(parcels=(parcel_input(),)))
    desk.walk(first, State.ENTERED)
    with desk.as_("auditor").read() as session:
        certificate = desk.summary(first).certificate_id
        assert certificate is not None
        (parcel,) = parcels_of(session, ("certificate", certificate))
    again = ParcelInput(parcel_id=parcel, group="栎类", stock_t1="142.89", stock_t2="283.21")
    same_years = _content(desk, again)
    (text,) = _double(desk, same_years)
    assert "明林碳证〔2026〕第000001号" in text
    later_years = _content(desk, again, period=(date(2016, 1, 1), date(2020, 12, 31)))
    assert _double(desk, later_years) == []


def test_that_approval_looks_again_at_the_land(desk: Desk) -> None:
    case = _content(desk, _poplar(P12))
    for step in ("accept", "begin_review", "registry_letter"):
        desk.step(case, step)
    desk.sign_papers(case)
    desk.step(case, "registry_answer", answer="clear")
    desk.step(case, "pass_preliminary", opinion="可")
    desk.step(case, "compute_amount", parameter_set="AR-CM 常用值 第1版")
    desk.step(case, "sign_off_parameters", reason="可")
    desk.step(case, "examine_amount", opinion="可")
    meeting = {"met_on": desk.today, "place": "室", "experts": "秦昉", "result": "pass"}
    desk.step(case, "record_expert_review", votes_for=1, opinion="可", **meeting)  # type: ignore[arg-type]
    desk.step(case, "publish_notice", places="栏")
    # The other application comes in while the first is on notice.
    other = _content(desk, _poplar(X01))
    desk.later(8)
    desk.step(case, "close_notice", witness="李青")
    desk.step(case, "pass_second_review", opinion="可")
    with pytest.raises(RuleViolation) as refused:
        desk.step(case, "approve", opinion="可")
    assert refused.value.params["ids"] == "double_claim"
    desk.step(other, "withdraw", reason="重复申请")
    desk.step(case, "approve", opinion="可")


def test_that_two_parcels_of_one_application_are_not_counted_twice(desk: Desk) -> None:
    case = _content(desk, _poplar(P12), _poplar(X01))
    (text,) = _double(desk, case)
    assert "177.61" in text


def test_that_an_edit_frees_the_land_it_leaves(desk: Desk) -> None:
    from core.certificates.commands import EditApplication
    from core.certificates.queries import application_form
    from core.certificates.service import edit

    first, second = _content(desk, _poplar(P12)), _content(desk, _poplar(X01))
    with desk.as_("clerk").read() as session:
        form = application_form(session, second)
    content = replace(
        desk.content(parcels=(parcel_input(),)),
        holders=(HolderInput(party_id=form.holders[0][0].id),),
    )
    with desk.as_("clerk").write() as session:
        command = EditApplication(application_id=second, version=form.version, content=content)
        edit(session, command)
    assert _double(desk, first) == _double(desk, second) == []
