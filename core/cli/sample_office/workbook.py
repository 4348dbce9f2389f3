"""A sample case as a measuring body would hand it in: the applications workbook, filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.certificates.sheet_kind import APPLICATIONS, APPLICATIONS_IMPORT, HOLDERS, PARCELS
from core.cli.sample_office import tables
from core.cli.sample_office.tables import SampleHolder, SampleParcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.certificates.commands import ApplicationContent

#: Keys of the workbook that the parcel table has under another name.
_RENAMED = {
    "data_year": "subcomp_data_year",
    "area": "area_ha",
    "stock_t1": "stock_m3_t1",
    "stock_t2": "stock_m3_t2",
}
_OWNERSHIP = {"sole": "单独所有", "shares": "按份共有", "joint": "共同共有"}


def write_workbook(path: Path, case: str, content: ApplicationContent, body: str) -> None:
    """Fill the template in with one case.

    Args:
        path: the .xlsx file to write.
        case: key of the case (A02).
        content: the form of the case.
        body: name of the measuring body, as registered.
    """
    from openpyxl import load_workbook

    from core.sheets.template import write_template

    write_template(APPLICATIONS_IMPORT, path)
    book = load_workbook(path)
    _fill(book[APPLICATIONS], APPLICATIONS, [_application(content, body)])
    _fill(book[HOLDERS], HOLDERS, [_holder(one) for one in _holders(case)])
    parcels = [one for one in tables.parcels() if one.application == case]
    _fill(book[PARCELS], PARCELS, [_parcel(one) for one in parcels])
    book.save(path)


def _fill(sheet: Any, name: str, rows: Sequence[dict[str, object]]) -> None:
    columns = APPLICATIONS_IMPORT.sheet(name).columns
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            sheet.cell(number, place, row.get(column.key))


def _application(content: ApplicationContent, body: str) -> dict[str, object]:
    return {
        "key": "1",
        "project_name": content.project_name,
        "ownership": _OWNERSHIP[content.ownership.value],
        "period_from": content.period_from,
        "period_to": content.period_to,
        "measuring_body": body,
        "report_number": content.report_number,
        "report_date": content.report_date,
        "stated_tonnes": content.stated_tonnes.amount if content.stated_tonnes else None,
        "valid_until": content.valid_until,
        "phone": content.phone,
    }


def _holders(case: str) -> list[SampleHolder]:
    keys = list(tables.shares().get(case, {})) or [tables.applications()[case].holder]
    return [tables.holders()[key] for key in keys]


def _holder(holder: SampleHolder) -> dict[str, object]:
    return {
        "application": "1",
        "kind": "个人" if holder.is_person else "组织",
        "name": holder.name,
        "organisation_kind": None if holder.is_person else holder.type,
        "number": holder.number or None,
        "no_number_reason": None if holder.number else "未办理登记",
        "representative_post": holder.representative_post or None,
        "representative_name": holder.representative_name or None,
        "phone": holder.phone,
    }


def _parcel(parcel: SampleParcel) -> dict[str, object]:
    spec = APPLICATIONS_IMPORT.sheet(PARCELS)
    row: dict[str, object] = {
        column.key: parcel.cells.get(_RENAMED.get(column.key, column.key)) or None
        for column in spec.columns
    }
    return row | {"application": "1", "geometry": parcel.wkt or None, "srid": parcel.srid}
