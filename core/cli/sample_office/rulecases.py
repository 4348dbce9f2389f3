"""The counter-examples R01 to R10, each put to the real use cases in a scratch copy.

The copy is thrown away afterwards, so that the sample office keeps only its own cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from core import messages
from core.certificates.commands import (
    ApplicationContent,
    HolderInput,
    ParcelInput,
    ReceiveApplication,
)
from core.certificates.rules import Severity
from core.certificates.states import Ownership
from core.cli.sample_office import people, tables
from core.cli.sample_office.build import SampleOffice
from core.cli.sample_office.forms import content, parcel_input
from core.errors import AppError, InputError
from core.parties.model import OrganisationKind
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.values.area import Area
from core.values.identity import IdKind

#: Metres the rule cases are moved, so that their land touches nobody's.
_AWAY = 9000.0


@dataclass(frozen=True, kw_only=True)
class RuleShown:
    """What the program said to a counter-example.

    Attributes:
        expected: what the sample data demand, in words.
        code: the rule or message that answered; empty if none did.
        answer: its sentence.
        blocks: whether it stops the case.
        good: whether it is the rule and the severity that were expected.
    """

    key: str
    what: str
    expected: str
    code: str
    answer: str
    blocks: bool
    good: bool


@dataclass(frozen=True, kw_only=True)
class _Demand:
    rule: str
    severity: Severity
    show: Callable[[SampleOffice], list[tuple[str, Severity, str]]]


def show_rules(office: SampleOffice) -> list[RuleShown]:
    """Put every counter-example to the office and say what it answered.

    Args:
        office: opened on a scratch copy of the built sample office.
    """
    shown = []
    for case in tables.rules():
        demand = _DEMANDS[case.key]
        answers = demand.show(office)
        match = next((one for one in answers if one[0] == demand.rule), None)
        code, severity, sentence = match or ("", Severity.WARN, "")
        shown.append(
            RuleShown(
                key=case.key,
                what=case.what,
                expected=case.expected,
                code=code,
                answer=sentence,
                blocks=bool(match) and severity is Severity.BLOCK,
                good=match is not None and severity is demand.severity,
            )
        )
    return shown


def _poplar(office: SampleOffice) -> tuple[ApplicationContent, ParcelInput]:
    """The poplar case A06 as a new application on other land under other keys."""
    case = tables.applications()["A06"]
    parcel = next(one for one in tables.parcels() if one.key == "P12")
    line = parcel_input(parcel, case.holder)
    assert line.new is not None  # parcel_input makes new parcels
    new = replace(
        line.new,
        estate_unit_no="",
        right_cert_no="皖（2019）明光市不动产权第9900099号",
        sub_compartment="00099",
        shape=None,
        source_srid=None,
    )
    return content(case, office.parties), replace(line, new=new)


def _findings(
    office: SampleOffice, form: ApplicationContent, line: ParcelInput
) -> list[tuple[str, Severity, str]]:
    """Take an application in and ask the rules for everything they would ever ask."""
    from core.certificates.case import findings
    from core.certificates.service import receive

    form = replace(form, parcels=(line,))
    with office.database(people.CLERK).write() as session:
        command = ReceiveApplication(content=form, draft=True)
        application = receive(session, command).id
        found = findings(session, application, all_steps=True)
        return [(one.id, one.severity, one.text) for one in found]


def _refusal(error: AppError) -> list[tuple[str, Severity, str]]:
    parts = error.fields if isinstance(error, InputError) else (error,)
    return [(one.code, Severity.BLOCK, messages.text(one)) for one in parts]


def _area(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    import shapely
    from shapely import affinity

    from core.parcels.geometry import from_geometry

    form, line = _poplar(office)
    assert line.new is not None
    wkt, srid = tables.polygon("P12")
    plane = affinity.translate(shapely.from_wkt(wkt), xoff=_AWAY)
    ratio = (26.10 / 24.66) ** 0.5
    shape = from_geometry(affinity.scale(plane, xfact=ratio, yfact=ratio), srid)
    new = replace(line.new, shape=shape, source_srid=srid)
    return _findings(office, form, replace(line, new=new))


def _rate(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    # 134.80 m³ per hectare typed without its point, on 24.66 ha.
    return _findings(office, form, replace(line, stock_t2="33241.68"))


def _bamboo(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    assert line.new is not None
    new = replace(line.new, species="毛竹", species_group="竹林", area=Area.from_ha("4.2000"))
    bamboo = replace(line, new=new, group="竹林", stock_t1="120.00", stock_t2="180.00")
    return _findings(office, form, bamboo)


def _no_group(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    assert line.new is not None
    new = replace(line.new, species="朴树", species_group="")
    return _findings(office, form, replace(line, new=new, group=""))


def _other_year(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    assert line.new is not None
    new = replace(line.new, sub_compartment="00005", data_year=2020)
    return _findings(office, form, replace(line, new=new))


def _term(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    form = replace(form, valid_until=date(2030, 12, 31))
    return _findings(office, form, replace(line, term_until=date(2027, 12, 31)))


def _mortgage(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    return _findings(office, form, replace(line, mortgaged=True))


def _shares(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    form, line = _poplar(office)
    owners = zip(("H08", "H09", "H10"), (2, 3, 5), strict=True)
    holders = tuple(
        HolderInput(party_id=office.parties[key], share=Fraction(1, part)) for key, part in owners
    )
    form = replace(form, holders=holders, ownership=Ownership.SHARES)
    try:
        return _findings(office, form, line)
    except AppError as refused:
        return _refusal(refused)


def _short_number(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    person = RegisterPerson(name="陈㛃", id_kind=IdKind.RESIDENT, number="34119919680312004")
    try:
        with office.database(people.CLERK).write() as session:
            register_person(session, person)
    except InputError as refused:
        return _refusal(refused)
    return []


def _damaged_number(office: SampleOffice) -> list[tuple[str, Severity, str]]:
    organisation = RegisterOrganisation(
        name="明光市栎源岭生态林业有限公司",
        organisation_kind=OrganisationKind.COMPANY,
        credit_code="1.23412E+17",
    )
    try:
        with office.database(people.CLERK).write() as session:
            register_organisation(session, organisation)
    except InputError as refused:
        return _refusal(refused)
    return []


_DEMANDS: Mapping[str, _Demand] = {
    "R01": _Demand(rule="area_mismatch", severity=Severity.REASON, show=_area),
    "R02": _Demand(rule="rate_high", severity=Severity.BLOCK, show=_rate),
    "R03": _Demand(rule="bamboo_by_volume", severity=Severity.BLOCK, show=_bamboo),
    "R04": _Demand(rule="group_missing", severity=Severity.BLOCK, show=_no_group),
    "R05": _Demand(rule="compare_maps", severity=Severity.WARN, show=_other_year),
    "R06": _Demand(rule="validity_beyond_term", severity=Severity.REASON, show=_term),
    "R07": _Demand(rule="mortgagee_paper", severity=Severity.BLOCK, show=_mortgage),
    "R08": _Demand(rule="shares_not_one", severity=Severity.BLOCK, show=_shares),
    "R09": _Demand(rule="identity.length", severity=Severity.BLOCK, show=_short_number),
    "R10": _Demand(rule="identity.damaged", severity=Severity.BLOCK, show=_damaged_number),
}
