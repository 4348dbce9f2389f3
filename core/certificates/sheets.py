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
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.certificates.case import findings
from core.certificates.cells import shape_of, share_of, srid_of, text_of, value_as
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


# --- holders ----------------------------------------------------------------------------------


def _holder(importing: Import, row: Row, parties: dict[str, int]) -> HolderInput:
    return HolderInput(
        party_id=_party(importing, row, parties), share=share_of(text_of(row, "share"))
    )


def _party(importing: Import, row: Row, parties: dict[str, int]) -> int:
    """The party of a holder row: the one with that number (or, without one, name), else a new one."""
    number, name = text_of(row, "number"), text_of(row, "name")
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
    number = text_of(row, "number")
    if text_of(row, "kind") == PartyKind.PERSON.value:
        default = IdKind.RESIDENT if number else IdKind.NONE
        person = RegisterPerson(
            name=text_of(row, "name"),
            id_kind=IdKind(text_of(row, "id_kind") or default.value),
            number=number,
            no_number_reason=text_of(row, "no_number_reason"),
            phone=text_of(row, "phone"),
        )
        return register_person(session, person).id
    kind = text_of(row, "organisation_kind")
    organisation = RegisterOrganisation(
        name=text_of(row, "name"),
        organisation_kind=OrganisationKind(kind) if kind else None,
        credit_code=number,
        no_number_reason=text_of(row, "no_number_reason"),
        representative_post=text_of(row, "representative_post"),
        representative_name=text_of(row, "representative_name"),
        phone=text_of(row, "phone"),
    )
    return register_organisation(session, organisation).id


# --- parcels ----------------------------------------------------------------------------------

_PARCEL_TEXTS = (
    "township_code", "township", "village_code", "village", "place_name", "compartment",
    "sub_compartment", "estate_unit_no", "right_cert_no", "species", "origin", "forest_class",
    "forest_category", "age_group",
)  # fmt: skip


def _parcel(importing: Import, row: Row) -> ParcelInput:
    srid = srid_of(row)
    shape = shape_of(text_of(row, "geometry"), srid)
    area = value_as(row, "area", Area)
    assert area is not None  # the column is required
    new = NewParcel(
        **{key: text_of(row, key) for key in _PARCEL_TEXTS},
        data_year=value_as(row, "data_year", int),
        species_group=text_of(row, "group"),
        area=area,
        shape=shape,
        source_srid=srid if shape else None,
    )
    _warn_of_group(importing, row)
    return ParcelInput(
        new=check_parcel(new, this_year=today(importing.session).year),
        group=text_of(row, "group"),
        stock_t1=text_of(row, "stock_t1"),
        stock_t2=text_of(row, "stock_t2"),
        manual_tonnes=value_as(row, "manual_tonnes", Tonnes),
        report_page=text_of(row, "report_page"),
        term_until=value_as(row, "term_until", date),
        mortgaged=bool(row.values.get("mortgaged")),
        forest_owner=text_of(row, "forest_owner"),
    )


def _warn_of_group(importing: Import, row: Row) -> None:
    """Without a known group the case stops at the amount: better said before it is taken in."""
    from core.carbon.rules import is_by_hand
    from core.carbon.service import groups

    group, by_hand = text_of(row, "group"), row.values.get("manual_tonnes") is not None
    known = groups(importing.session)
    if not group and not by_hand:
        code, facts = "certificates.sheet_no_group", {"species": text_of(row, "species")}
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
    key = text_of(case.row, "key")
    errors = [
        FieldError("key", "certificates.sheet_no_part", {"sheet": sheet, "key": key})
        for sheet in (HOLDERS, PARCELS)
        if not importing.book.has(sheet, "application", key)
    ]
    if errors:
        raise InputError(*errors)


def _all_rows_right(importing: Import, case: _Case) -> bool:
    key = text_of(case.row, "key")
    rows = [*importing.book.rows(HOLDERS), *importing.book.rows(PARCELS)]
    return all(row.ok for row in rows if row.texts.get("application", "").strip() == key)


def _content(importing: Import, case: _Case) -> ApplicationContent:
    row = case.row
    period = value_as(row, "period_from", date), value_as(row, "period_to", date)
    assert period[0] is not None and period[1] is not None  # required columns  # noqa: PT018
    return ApplicationContent(
        project_name=text_of(row, "project_name"),
        holders=tuple(case.holders),
        parcels=tuple(parcel for _row, parcel in case.parcels),
        period_from=period[0],
        period_to=period[1],
        ownership=Ownership(text_of(row, "ownership") or Ownership.SOLE.value),
        phone=text_of(row, "phone"),
        address=text_of(row, "address"),
        measuring_body_id=_measuring_body(importing.session, text_of(row, "measuring_body")),
        report_number=text_of(row, "report_number"),
        report_date=value_as(row, "report_date", date),
        method=text_of(row, "method"),
        stated_tonnes=value_as(row, "stated_tonnes", Tonnes),
        valid_until=value_as(row, "valid_until", date),
        remarks=text_of(row, "remarks"),
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
