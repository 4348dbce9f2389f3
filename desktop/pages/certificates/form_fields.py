"""The fields of an application's form, and the way between typed lines and commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from core.certificates.commands import ApplicationContent, HolderInput, ParcelInput
from core.certificates.states import KIND_TITLES, OWNERSHIP_TITLES, ApplicationKind, Ownership
from core.errors import FieldError, InputError
from core.i18n import N_, _
from core.messages import register
from core.parcels.reading import read_geometry
from core.parcels.rules import AGE_GROUPS, FOREST_CLASSES, ORIGINS, NewParcel
from core.parties.queries import PartySummary
from core.values.area import Area
from core.values.forms import FormField
from core.values.tonnes import Tonnes

register(
    {
        "certificates.share_wrong": N_(
            "Write the share as a fraction such as 1/3, or as a percentage, not “{value}”."
        ),
        "certificates.holder_missing": N_("Choose at least one right holder."),
        "certificates.parcels_missing": N_("Enter at least one parcel."),
        "certificates.year_wrong": N_("Write the data year with four digits, not “{value}”."),
    }
)


def _words(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Choices that are stored as they are printed."""
    return tuple((word, word) for word in words)


def case_fields(schemes: Sequence[tuple[str, str]], *, editing: bool) -> tuple[FormField, ...]:
    """The fields of the case itself; kind, scheme and day of receipt are fixed at receipt."""
    at_receipt = (
        FormField(
            "kind",
            N_("Kind of application"),
            "choice",
            required=True,
            choices=tuple((kind.value, title) for kind, title in KIND_TITLES.items()),
            default=ApplicationKind.FIRST.value,
        ),
        FormField(
            "scheme",
            N_("Scheme"),
            "choice",
            required=True,
            choices=tuple(schemes),
            default=schemes[0][0] if schemes else None,
        ),
        FormField("received_on", N_("Day of receipt"), "date", required=True),
    )
    content = (
        FormField("project_name", N_("Project name"), required=True),
        FormField("period_from", N_("Monitoring period from"), "date", required=True),
        FormField("period_to", N_("Monitoring period to"), "date", required=True),
        FormField("stated_tonnes", N_("Tonnes stated in the report"), "tonnes"),
        FormField("report_number", N_("Report number")),
        FormField("report_date", N_("Report date"), "date"),
        FormField("method", N_("Method and version")),
        FormField("valid_until", N_("Valid until"), "date"),
        FormField("agent_authority", N_("Agent's authority")),
        FormField("phone", N_("Telephone")),
        FormField("address", N_("Address")),
        FormField("remarks", N_("Remarks"), "long"),
    )
    return content if editing else (*at_receipt, *content)


OWNERSHIP = FormField(
    "ownership",
    N_("Ownership"),
    "choice",
    required=True,
    choices=tuple((kind.value, title) for kind, title in OWNERSHIP_TITLES.items()),
    default=Ownership.SOLE.value,
)


def parcels_field(groups: Sequence[str]) -> FormField:
    """The grid of parcels, in the order of the columns of a measuring body's list."""
    columns = (
        FormField("place_name", N_("Place")),
        FormField("township_code", N_("Township code"), required=True),
        FormField("township", N_("Township"), required=True),
        FormField("village_code", N_("Village code")),
        FormField("village", N_("Village"), required=True),
        FormField("compartment", N_("Compartment")),
        FormField("sub_compartment", N_("Sub-compartment")),
        FormField("data_year", N_("Data year"), "int"),
        FormField("area", N_("Area (ha)"), "area", required=True),
        FormField("species", N_("Species"), required=True),
        FormField("group", N_("Parameter group"), "choice", choices=_words(groups)),
        FormField("stock_t1", N_("Stock at start (m³)")),
        FormField("stock_t2", N_("Stock at end (m³)")),
        FormField("manual_tonnes", N_("Bamboo: tonnes"), "tonnes"),
        FormField("report_page", N_("Report page")),
        FormField("estate_unit_no", N_("Estate unit number")),
        FormField("right_cert_no", N_("Right certificate number")),
        FormField("term_until", N_("Term of use until"), "date"),
        FormField("mortgaged", N_("Mortgaged"), "bool"),
        FormField("origin", N_("Origin"), "choice", choices=_words(ORIGINS)),
        FormField("forest_class", N_("Forest class"), "choice", choices=_words(FOREST_CLASSES)),
        FormField("forest_category", N_("Forest category")),
        FormField("age_group", N_("Age group"), "choice", choices=_words(AGE_GROUPS)),
        FormField("forest_owner", N_("Forest owner")),
        FormField("geometry", N_("Boundary (WKT)")),
    )
    return FormField("parcels", N_("Parcels"), "table", required=True, columns=columns)


def total_area(texts: Sequence[str]) -> str:
    """How many parcels and how much land, in both units; lines that cannot be read are left out."""
    total, count = Area(0), 0
    for text in texts:
        try:
            total += Area.from_mu(text) if text.strip().endswith("亩") else Area.from_ha(text)
        except InputError:
            continue
        count += 1
    return _("{count} parcels, {area}").format(count=count, area=total) if count else ""


@dataclass(frozen=True)
class HolderLine:
    """One right holder as typed; `party_id` names a party of the register."""

    party_id: int
    name: str
    number: str
    share: str = ""


def holder_line(party: PartySummary, share: str = "") -> HolderLine:
    """The line of a party just chosen."""
    return HolderLine(party.id, party.name, party.number, share)


_FRACTION = re.compile(r"(\d{1,9})\s*[/／]\s*(\d{1,9})")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*[%％]")


def parse_share(text: str) -> Fraction:
    """A share as typed: 1/3, 33.3%, or nothing for the whole.

    Raises:
        InputError: on field ``share``.
    """
    plain = text.strip()
    if not plain:
        return Fraction(1)
    fraction = _FRACTION.fullmatch(plain)
    if fraction and int(fraction[2]):
        return Fraction(int(fraction[1]), int(fraction[2]))
    percent = _PERCENT.fullmatch(plain)
    if percent:
        return Fraction(percent[1]) / 100
    if plain == "1":
        return Fraction(1)
    raise InputError.of("share", "certificates.share_wrong", value=plain)


def read_holders(lines: Sequence[HolderLine], ownership: Ownership) -> tuple[HolderInput, ...]:
    """The holders; shares are read only where they are held by shares.

    Raises:
        InputError: on ``holders`` or ``holders[n].share`` (n from 1).
    """
    if not lines:
        raise InputError.of("holders", "certificates.holder_missing")
    errors: list[FieldError] = []
    found: list[HolderInput] = []
    for number, line in enumerate(lines, start=1):
        try:
            share = parse_share(line.share) if ownership is Ownership.SHARES else Fraction(1)
            found.append(HolderInput(party_id=line.party_id, share=share))
        except InputError as error:
            wrong = error.fields[0]
            errors.append(FieldError(f"holders[{number}].share", wrong.code, wrong.params))
    if errors:
        raise InputError(*errors)
    return tuple(found)


def read_parcels(
    lines: Sequence[Mapping[str, Any]], stored: Mapping[tuple[str, ...], int] | None = None
) -> tuple[ParcelInput, ...]:
    """The parcels of parsed lines.

    Args:
        lines: what `parse_form` made of the grid.
        stored: `parcel_facts` -> id of a stored parcel; a line that still says the same is it.

    Raises:
        InputError: on ``parcels[n].geometry`` (n from 1): the boundary cannot be read.
    """
    errors: list[FieldError] = []
    found: list[ParcelInput] = []
    known = stored or {}
    for number, line in enumerate(lines):
        try:
            found.append(_parcel(line, known.get(parcel_facts(line))))
        except InputError as error:
            errors.extend(
                FieldError(f"parcels[{number + 1}].geometry", wrong.code, wrong.params)
                for wrong in error.fields
            )
    if errors:
        raise InputError(*errors)
    return tuple(found)


def _parcel(line: Mapping[str, Any], parcel_id: int | None) -> ParcelInput:
    def text(key: str) -> str:
        return str(line.get(key) or "")

    tonnes = line.get("manual_tonnes")
    return ParcelInput(
        parcel_id=parcel_id,
        new=None if parcel_id else _new_parcel(line),
        group=text("group"),
        stock_t1=text("stock_t1"),
        stock_t2=text("stock_t2"),
        manual_tonnes=tonnes if isinstance(tonnes, Tonnes) else None,
        report_page=text("report_page"),
        term_until=line.get("term_until"),
        mortgaged=bool(line.get("mortgaged")),
        forest_owner=text("forest_owner"),
    )


_PARCEL_TEXTS = (
    "township_code",
    "township",
    "village_code",
    "village",
    "place_name",
    "compartment",
    "sub_compartment",
    "estate_unit_no",
    "right_cert_no",
    "species",
    "origin",
    "forest_class",
    "forest_category",
    "age_group",
)


def parcel_facts(line: Mapping[str, Any]) -> tuple[str, ...]:
    """What a line says about the parcel itself, to tell whether it is still the stored one."""
    keys = (*_PARCEL_TEXTS, "data_year", "area", "geometry")
    return tuple(str(line.get(key) or "") for key in keys)


def _new_parcel(line: Mapping[str, Any]) -> NewParcel:
    texts = {key: str(line.get(key) or "") for key in _PARCEL_TEXTS}
    boundary = str(line.get("geometry") or "")
    return NewParcel(
        **texts,  # type: ignore[arg-type]  # texts by the names of text fields
        data_year=line.get("data_year"),
        area=line["area"],
        species_group=str(line.get("group") or ""),
        shape=read_geometry(boundary) if boundary else None,
    )


def read_content(
    case: Mapping[str, Any],
    ownership: Ownership,
    holders: tuple[HolderInput, ...],
    parcels: tuple[ParcelInput, ...],
    parties: tuple[PartySummary | None, PartySummary | None],
) -> ApplicationContent:
    """The whole form as a command's content; `parties` are agent and measuring body."""

    def text(key: str) -> str:
        return str(case.get(key) or "")

    def day(key: str) -> date | None:
        value = case.get(key)
        return value if isinstance(value, date) else None

    agent, body = parties
    stated = case.get("stated_tonnes")
    return ApplicationContent(
        project_name=text("project_name"),
        holders=holders,
        parcels=parcels,
        period_from=case["period_from"],
        period_to=case["period_to"],
        ownership=ownership,
        agent_id=agent.id if agent else None,
        agent_authority=text("agent_authority"),
        phone=text("phone"),
        address=text("address"),
        measuring_body_id=body.id if body else None,
        report_number=text("report_number"),
        report_date=day("report_date"),
        method=text("method"),
        stated_tonnes=stated if isinstance(stated, Tonnes) else None,
        valid_until=day("valid_until"),
        remarks=text("remarks"),
    )
