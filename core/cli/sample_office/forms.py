"""The filled-in applications of the sample office: parcels and content of each form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.certificates.commands import (
    ApplicationContent,
    HolderInput,
    ParcelInput,
)
from core.certificates.states import Ownership
from core.cli.sample_office import tables
from core.cli.sample_office.tables import SampleApplication, SampleParcel
from core.parcels.rules import NewParcel
from core.values.area import Area

PERIOD = (date(2021, 1, 1), date(2025, 12, 31))
VALID_UNTIL = date(2035, 12, 31)
_MEASURED_BY_FIRST = frozenset({"A01", "A02", "A04", "A05"})
_OWNERSHIP = {
    "单独所有": Ownership.SOLE,
    "按份共有": Ownership.SHARES,
    "共同共有": Ownership.JOINT,
}
#: End of the land-use term where the sample data name one.
_TERM = {"H05": date(2047, 12, 31)}


def new_parcel(parcel: SampleParcel) -> NewParcel:
    """A parcel of the tables as the land register takes it."""
    from core.parcels.reading import read_geometry

    cells = parcel.cells
    shape = read_geometry(parcel.wkt, "wkt", parcel.srid) if parcel.wkt else None
    return NewParcel(
        township_code=cells["township_code"],
        township=cells["township"],
        village_code=cells["village_code"],
        village=cells["village"],
        place_name=cells["place_name"],
        compartment=cells["compartment"],
        sub_compartment=cells["sub_compartment"],
        data_year=int(cells["subcomp_data_year"]),
        estate_unit_no=cells["estate_unit_no"],
        right_cert_no=cells["right_cert_no"],
        area=parcel.area,
        species=cells["species"],
        species_group=cells["group"],
        origin=cells["origin"],
        forest_class=cells["forest_class"],
        forest_category=cells["forest_category"],
        age_group=cells["age_group"],
        shape=shape,
        source_srid=parcel.srid,
    )


def parcel_input(parcel: SampleParcel, holder: str) -> ParcelInput:
    """A parcel of the tables as an application names it."""
    return ParcelInput(
        new=new_parcel(parcel),
        group=parcel.cells["group"],
        stock_t1=parcel.cells["stock_m3_t1"],
        stock_t2=parcel.cells["stock_m3_t2"],
        term_until=_TERM.get(holder),
    )


def _outside() -> ParcelInput:
    """A10 has no parcel in the tables: some land in the neighbouring district."""
    new = NewParcel(
        township_code="341103199",
        township="样例镇（南谯区）",
        village_code="901",
        village="皇甫山分场",
        place_name="北将军岭",
        right_cert_no="皖（2019）滁州市不动产权第9900098号",
        area=Area.from_ha("41.5000"),
        species="麻栎",
        species_group="栎类",
    )
    return ParcelInput(new=new, group="栎类", stock_t1="2864.00", stock_t2="3901.00")


def content(case: SampleApplication, parties: Mapping[str, int]) -> ApplicationContent:
    """The form of a sample application."""
    shares = tables.shares().get(case.key, {})
    holders = tables.holders()
    owners = (
        tuple(HolderInput(party_id=parties[key], share=share) for key, share in shares.items())
        if shares
        else (HolderInput(party_id=parties[case.holder]),)
    )
    parcels = [parcel for parcel in tables.parcels() if parcel.application == case.key]
    body = "B1" if case.key in _MEASURED_BY_FIRST else "B2"
    return ApplicationContent(
        project_name=case.project,
        holders=owners,
        parcels=tuple(parcel_input(parcel, case.holder) for parcel in parcels) or (_outside(),),
        period_from=PERIOD[0],
        period_to=PERIOD[1],
        ownership=_OWNERSHIP[holders[case.holder].ownership],
        phone=holders[case.holder].phone,
        measuring_body_id=parties[body],
        report_number=f"样例监〔2026〕{int(case.key[1:])}号",
        report_date=date(2026, 6, 30),
        stated_tonnes=case.tonnes,
        valid_until=VALID_UNTIL,
    )
