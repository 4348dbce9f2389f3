"""Applications from a measuring body's workbook: sheets 申请, 权利人, 地块.

Each application becomes a draft that the clerk receives. What the rules would say about it later
(land already claimed, boundary far from the stated area, ...) is a warning at its parcel's row
already in a dry run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from core.certificates.case import findings
from core.certificates.commands import (
    ApplicationContent,
    HolderInput,
    ParcelInput,
    ReceiveApplication,
)
from core.certificates.model import Application, ApplicationParcel
from core.certificates.sheet_kind import (
    APPLICATIONS,
    APPLICATIONS_IMPORT,
    HOLDERS,
    PARCELS,
)
from core.certificates.states import Ownership, State
from core.database import today
from core.errors import AppError, FieldError, InputError, RuleViolation
from core.i18n import N_, listed
from core.messages import register
from core.parcels.rules import NewParcel, check_parcel
from core.parties.model import OrganisationKind, Party, PartyKind
from core.parties.queries import find_by_number, summary
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.parties.sheets import remove_imported
from core.sheets.batch import Importer
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.values.area import Area
from core.values.identity import IdKind
from core.values.tonnes import Tonnes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.certificates.rules import Finding
    from core.parcels.geometry import Shape

register(
    {
        "certificates.sheet_no_part": N_("The sheet “{sheet}” has no row for application {key}."),
        "certificates.sheet_share": N_("Write a share as a fraction, for instance 1/3."),
        "certificates.sheet_body": N_(
            "“{name}” is not in the register of parties; enter it there with its qualification."
        ),
        "certificates.sheet_other_name": N_(
            "The register has this number under the name “{name}”; that party is used."
        ),
        "certificates.sheet_no_group": N_(
            "No parameter group is given for “{species}”; the amount cannot be computed before a "
            "person chooses one. Groups: {known}."
        ),
        "certificates.sheet_group": N_(
            "“{group}” is no parameter group; the amount cannot be computed with it. Groups: {known}."
        ),
        "certificates.sheet_finding": N_("{finding}"),
    }
)

Value = TypeVar("Value")
_PARCEL_FIELD = re.compile(r"parcels\[(\d+)\]\.(\w+)")


class _Noted(Exception):
    """Everything wrong was noted at other rows; what the block did is undone."""


@dataclass
class _Case:
    """One application being put together from its three sheets."""

    row: Row
    holders: list[HolderInput] = field(default_factory=list)
    parcels: list[tuple[Row, ParcelInput]] = field(default_factory=list)


def import_applications(importing: Import) -> None:
    """Make a draft of every application of the workbook."""
    importing.unique(APPLICATIONS, "key")
    importing.reference(HOLDERS, "application", APPLICATIONS, "key")
    importing.reference(PARCELS, "application", APPLICATIONS, "key")
    cases = {str(row.values["key"]): _Case(row) for row in importing.rows(APPLICATIONS)}
    parties: dict[str, int] = {}
    for row in importing.rows(HOLDERS):
        with importing.row(row):
            holder = _holder(importing, row, parties)
            if str(row.values["application"]) in cases:
                cases[str(row.values["application"])].holders.append(holder)
    for row in importing.rows(PARCELS):
        with importing.row(row):
            parcel = _parcel(importing, row)
            if str(row.values["application"]) in cases:
                cases[str(row.values["application"])].parcels.append((row, parcel))
    for case in cases.values():
        # What is wrong at rows of the other sheets must not be told again at this one.
        with suppress(_Noted), importing.row(case.row):
            _draft(importing, case)


def _text(row: Row, key: str) -> str:
    value = row.values.get(key)
    return "" if value is None else str(value)


def _as(row: Row, key: str, kind: type[Value]) -> Value | None:
    value = row.values.get(key)
    return value if isinstance(value, kind) else None


# --- holders ----------------------------------------------------------------------------------


def _holder(importing: Import, row: Row, parties: dict[str, int]) -> HolderInput:
    return HolderInput(party_id=_party(importing, row, parties), share=_share(_text(row, "share")))


def _share(text: str) -> Fraction:
    if not text:
        return Fraction(1)
    try:
        share = Fraction(text.replace("／", "/").replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise InputError.of("share", "certificates.sheet_share") from None
    if not 0 < share <= 1:
        raise InputError.of("share", "certificates.sheet_share")
    return share


def _party(importing: Import, row: Row, parties: dict[str, int]) -> int:
    """The party of a holder row: the one with that number (or, without one, name), else a new one."""
    number, name = _text(row, "number"), _text(row, "name")
    identity = number or name
    if identity in parties:
        return parties[identity]
    found = find_by_number(importing.session, number) or (
        None if number else _by_name(importing.session, name)
    )
    if found is None:
        found = _new_party(importing.session, row)
        importing.created.append(("party", found))
    else:
        known = summary(importing.session, found).name
        if known != name:
            other = InputError.of("name", "certificates.sheet_other_name", name=known)
            importing.warn(row, other)
    parties[identity] = found
    return found


def _by_name(session: Session, name: str) -> int | None:
    return session.scalar(
        select(Party.id).where(
            Party.name == name, Party.credit_code == "", Party.merged_into_id.is_(None)
        )
    )


def _new_party(session: Session, row: Row) -> int:
    number = _text(row, "number")
    if _text(row, "kind") == PartyKind.PERSON.value:
        default = IdKind.RESIDENT if number else IdKind.NONE
        person = RegisterPerson(
            name=_text(row, "name"),
            id_kind=IdKind(_text(row, "id_kind") or default.value),
            number=number,
            no_number_reason=_text(row, "no_number_reason"),
            phone=_text(row, "phone"),
        )
        return register_person(session, person).id
    kind = _text(row, "organisation_kind")
    organisation = RegisterOrganisation(
        name=_text(row, "name"),
        organisation_kind=OrganisationKind(kind) if kind else None,
        credit_code=number,
        no_number_reason=_text(row, "no_number_reason"),
        representative_post=_text(row, "representative_post"),
        representative_name=_text(row, "representative_name"),
        phone=_text(row, "phone"),
    )
    return register_organisation(session, organisation).id


# --- parcels ----------------------------------------------------------------------------------

_PARCEL_TEXTS = (
    "township_code", "township", "village_code", "village", "place_name", "compartment",
    "sub_compartment", "estate_unit_no", "right_cert_no", "species", "origin", "forest_class",
    "forest_category", "age_group",
)  # fmt: skip


def _shape(wkt: str, srid: int | None) -> Shape | None:
    from core.parcels.reading import read_geometry

    if not wkt:
        return None
    try:
        return read_geometry(wkt, "wkt", srid)
    except InputError as error:
        wrong = error.fields[0]
        # The coordinate system has a column of its own: its errors belong there.
        column = "srid" if wrong.code.startswith("parcels.srid") else "geometry"
        raise InputError(FieldError(column, wrong.code, wrong.params)) from error


def _srid(row: Row) -> int | None:
    """The number of the coordinate system, written with or without “EPSG:”."""
    from core.parcels.geometry import known_systems

    written = _text(row, "srid")
    found = re.fullmatch(r"(?:EPSG\s*[:：]\s*)?([0-9]{4,6})", written, re.IGNORECASE)
    if written and found is None:
        raise InputError(
            FieldError("srid", "parcels.srid_text", {"value": written, "known": known_systems()})
        )
    return int(found[1]) if found else None


def _parcel(importing: Import, row: Row) -> ParcelInput:
    srid = _srid(row)
    shape = _shape(_text(row, "geometry"), srid)
    area = _as(row, "area", Area)
    assert area is not None  # the column is required
    new = NewParcel(
        **{key: _text(row, key) for key in _PARCEL_TEXTS},
        data_year=_as(row, "data_year", int),
        species_group=_text(row, "group"),
        area=area,
        shape=shape,
        source_srid=srid if shape else None,
    )
    _warn_of_group(importing, row)
    return ParcelInput(
        new=check_parcel(new, this_year=today(importing.session).year),
        group=_text(row, "group"),
        stock_t1=_text(row, "stock_t1"),
        stock_t2=_text(row, "stock_t2"),
        manual_tonnes=_as(row, "manual_tonnes", Tonnes),
        report_page=_text(row, "report_page"),
        term_until=_as(row, "term_until", date),
        mortgaged=bool(row.values.get("mortgaged")),
        forest_owner=_text(row, "forest_owner"),
    )


def _warn_of_group(importing: Import, row: Row) -> None:
    """Without a known group the case stops at the amount: better said before it is taken in."""
    from core.carbon.rules import is_by_hand
    from core.carbon.service import groups

    group, by_hand = _text(row, "group"), row.values.get("manual_tonnes") is not None
    known = groups(importing.session)
    if not group and not by_hand:
        code, facts = "certificates.sheet_no_group", {"species": _text(row, "species")}
    elif group and group not in known and not is_by_hand(group):
        code, facts = "certificates.sheet_group", {"group": group}
    else:
        return
    importing.warn(row, InputError.of("group", code, **facts, known=listed(known)))


# --- the draft --------------------------------------------------------------------------------


def _draft(importing: Import, case: _Case) -> None:
    """Take a case in as a draft, and warn of what the rules say about it."""
    from core.certificates.service import receive

    session = importing.session
    _require_parts(importing, case)
    command = ReceiveApplication(content=_content(importing, case), draft=True)
    with _lines_at_their_rows(importing, case):
        application = receive(session, command)
    ids = _parcel_ids(session, application.id)
    rows = {parcel: line for parcel, (line, _input) in zip(ids, case.parcels, strict=True)}
    importing.created.append(("application", application.id))
    _warn_of_findings(importing, application.id, case.row, rows)


def _require_parts(importing: Import, case: _Case) -> None:
    """A row of 申请 without any row in another sheet is an error; with a wrong one, it waits."""
    key = _text(case.row, "key")
    errors = [
        FieldError("key", "certificates.sheet_no_part", {"sheet": sheet, "key": key})
        for sheet in (HOLDERS, PARCELS)
        if not importing.book.has(sheet, "application", key)
    ]
    if errors:
        raise InputError(*errors)


def _all_rows_right(importing: Import, case: _Case) -> bool:
    key = _text(case.row, "key")
    rows = [*importing.book.rows(HOLDERS), *importing.book.rows(PARCELS)]
    return all(row.ok for row in rows if row.texts.get("application", "").strip() == key)


def _content(importing: Import, case: _Case) -> ApplicationContent:
    row = case.row
    period = _as(row, "period_from", date), _as(row, "period_to", date)
    assert period[0] is not None and period[1] is not None  # required columns  # noqa: PT018
    return ApplicationContent(
        project_name=_text(row, "project_name"),
        holders=tuple(case.holders),
        parcels=tuple(parcel for _row, parcel in case.parcels),
        period_from=period[0],
        period_to=period[1],
        ownership=Ownership(_text(row, "ownership") or Ownership.SOLE.value),
        phone=_text(row, "phone"),
        address=_text(row, "address"),
        measuring_body_id=_measuring_body(importing.session, _text(row, "measuring_body")),
        report_number=_text(row, "report_number"),
        report_date=_as(row, "report_date", date),
        method=_text(row, "method"),
        stated_tonnes=_as(row, "stated_tonnes", Tonnes),
        valid_until=_as(row, "valid_until", date),
        remarks=_text(row, "remarks"),
    )


def _measuring_body(session: Session, text: str) -> int | None:
    """A measuring body named by its credit code or its name."""
    if not text:
        return None
    found = find_by_number(session, text) or session.scalar(
        select(Party.id).where(Party.name == text, Party.merged_into_id.is_(None))
    )
    if found is None:
        raise InputError.of("measuring_body", "certificates.sheet_body", name=text)
    return found


@contextmanager
def _lines_at_their_rows(importing: Import, case: _Case) -> Iterator[None]:
    """Note what `receive` says of ``parcels[2].area`` at the second parcel's row."""
    try:
        yield
    except InputError as error:
        rest: list[FieldError] = []
        for wrong in error.fields:
            if wrong.field in {"holders", "parcels"} and not _all_rows_right(importing, case):
                continue  # their rows have errors of their own
            line = _PARCEL_FIELD.fullmatch(wrong.field)
            if line is None or int(line[1]) > len(case.parcels):
                rest.append(wrong)
                continue
            row = case.parcels[int(line[1]) - 1][0]
            importing.refuse(row, InputError(FieldError(line[2], wrong.code, wrong.params)))
        if rest:
            raise InputError(*rest) from error
        raise _Noted from error


def _parcel_ids(session: Session, application_id: int) -> list[int]:
    query = select(ApplicationParcel.parcel_id).where(
        ApplicationParcel.application_id == application_id
    )
    return list(session.scalars(query.order_by(ApplicationParcel.position)))


#: Findings every draft has: the step that settles them is still to come.
_LATER = frozenset(
    {
        "papers_missing", "amount_stale", "registry_silent", "experts_missing",
        "notice_unfinished", "mortgagee_paper", "calendar_unknown",
    }
)  # fmt: skip


def _warn_of_findings(
    importing: Import, application_id: int, row: Row, rows: Mapping[int, Row]
) -> None:
    for finding in findings(importing.session, application_id, all_steps=True):
        if finding.id not in _LATER:
            place = _row_of(finding, rows) or row
            importing.warn(place, AppError("certificates.sheet_finding", finding=finding.text))


def _row_of(finding: Finding, rows: Mapping[int, Row]) -> Row | None:
    number = finding.key.partition(":")[2].partition("/")[0].removeprefix("p")
    return rows.get(int(number)) if number.isdigit() else None


# --- taking it back ---------------------------------------------------------------------------


def _remove_application(session: Session, application_id: int) -> None:
    """Throw an imported draft away; its land stays on record, claimed by nobody."""
    from core.certificates.service import discard_draft

    application = session.get(Application, application_id)
    if application is None:
        return
    if application.state is not State.DRAFT:
        raise RuleViolation("sheets.in_use", title=application.project_name)
    discard_draft(session, application_id, application.version)


APPLICATIONS_IMPORTER = Importer(
    kind=APPLICATIONS_IMPORT,
    apply=import_applications,
    remove={
        "application": _remove_application,
        "party": remove_imported,
    },
    permission="certificates.receive",
)
