"""Use cases of parameter sets: a new version, confirming it, retiring it; species groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import history
from core.carbon.model import ParameterSet, ParameterStatus, SpeciesGroup, SpeciesParameterRow
from core.carbon.rules import SpeciesParameter, check_parameters, is_by_hand
from core.database import actor, load_for_edit, now, require
from core.errors import FieldError, InputError, NotFound, RuleViolation
from core.i18n import N_
from core.messages import register

register(
    {
        "carbon.set_name": N_("Give the version a name; it is printed in the annex."),
        "carbon.set_name_taken": N_("There is already a parameter set “{name}”."),
        "carbon.set_source": N_("Say where the parameters come from."),
        "carbon.set_empty": N_("A parameter set needs at least one species group."),
        "carbon.set_note": N_("Say against what the set was checked, or why it is retired."),
        "carbon.set_retired": N_("The parameter set “{name}” is retired; choose another one."),
        "carbon.set_confirmed": N_("The parameter set “{name}” is already confirmed."),
        "carbon.set_not_yet": N_(
            "The parameter set “{name}” may be used from {day} on; choose another one."
        ),
        "carbon.no_set": N_("There is no parameter set for {day}; enter one under System."),
        "carbon.species_missing": N_("Enter the species."),
    }
)

PARAMETER_SET = "carbon_parameter_set"


@dataclass(frozen=True, kw_only=True)
class ParameterSetView:
    """A parameter set to compute with. `parameters` by group; `glosses` explain the groups."""

    id: int
    version: int
    name: str
    source: str
    method: str
    status: ParameterStatus
    valid_from: date
    confirmed_by: str
    status_note: str
    parameters: Mapping[str, SpeciesParameter]
    glosses: Mapping[str, str]

    @property
    def confirmed(self) -> bool:
        """Whether it may be used without a named sign-off."""
        return self.status is ParameterStatus.CONFIRMED


@dataclass(frozen=True, kw_only=True)
class NewParameterSet:
    """A new version of the parameters; it starts unconfirmed."""

    name: str
    source: str
    method: str
    valid_from: date
    parameters: Sequence[SpeciesParameter]
    glosses: Mapping[str, str] = field(default_factory=dict)


def add_set(session: Session, new: NewParameterSet) -> ParameterSetView:
    """Enter a new version. Nothing of an earlier one changes, and no issued figure does.

    Raises:
        InputError: every wrong field and number at once.
        NotPermitted: without `carbon.parameters`.
    """
    require(session, "carbon.parameters")
    errors = []
    name = " ".join(new.name.split())
    if not name:
        errors.append(FieldError("name", "carbon.set_name"))
    elif session.scalar(select(ParameterSet.id).where(ParameterSet.name == name)) is not None:
        errors.append(FieldError("name", "carbon.set_name_taken", {"name": name}))
    if not new.source.strip():
        errors.append(FieldError("source", "carbon.set_source"))
    if not new.parameters:
        errors.append(FieldError("parameters", "carbon.set_empty"))
    try:
        check_parameters(new.parameters)
    except InputError as error:
        errors.extend(error.fields)
    if errors:
        raise InputError(*errors)
    return _added(session, name, new)


def _added(session: Session, name: str, new: NewParameterSet) -> ParameterSetView:
    row = ParameterSet(
        name=name,
        source=new.source.strip(),
        method=new.method.strip(),
        status=ParameterStatus.UNCONFIRMED,
        valid_from=new.valid_from,
        created_at=now(session),
    )
    session.add(row)
    session.flush()
    session.add_all(
        SpeciesParameterRow(
            set_id=row.id,
            group_name=one.group,
            gloss=new.glosses.get(one.group, ""),
            wood_density=one.wood_density,
            bef=one.bef,
            root_shoot=one.root_shoot,
            carbon_fraction=one.carbon_fraction,
        )
        for one in new.parameters
    )
    session.flush()
    history.record(session, PARAMETER_SET, row.id, "added")
    return load_set(session, row.id)


def confirm_set(session: Session, set_id: int, version: int, note: str) -> ParameterSetView:
    """Say that a set was checked against its source; who and against what is kept.

    Raises:
        InputError: no note.
        RuleViolation: retired, or confirmed already.
        NotPermitted: without `carbon.confirm`.
    """
    require(session, "carbon.confirm")
    row = load_for_edit(session, ParameterSet, set_id, version)
    if row.status is not ParameterStatus.UNCONFIRMED:
        code = "confirmed" if row.status is ParameterStatus.CONFIRMED else "retired"
        raise RuleViolation(f"carbon.set_{code}", name=row.name)
    _set_status(session, row, ParameterStatus.CONFIRMED, note)
    row.confirmed_by = actor(session).name
    row.confirmed_at = now(session)
    session.flush()
    return load_set(session, set_id)


def retire_set(session: Session, set_id: int, version: int, reason: str) -> ParameterSetView:
    """Take a set out of the choices for new calculations; it stays readable for ever.

    Raises:
        InputError: no reason.
        RuleViolation: retired already.
        NotPermitted: without `carbon.confirm`.
    """
    require(session, "carbon.confirm")
    row = load_for_edit(session, ParameterSet, set_id, version)
    if row.status is ParameterStatus.RETIRED:
        raise RuleViolation("carbon.set_retired", name=row.name)
    _set_status(session, row, ParameterStatus.RETIRED, reason)
    session.flush()
    return load_set(session, set_id)


def _set_status(session: Session, row: ParameterSet, status: ParameterStatus, note: str) -> None:
    if not note.strip():
        raise InputError.of("note", "carbon.set_note")
    row.status = status
    row.status_note = note.strip()
    history.record(session, PARAMETER_SET, row.id, status.value, reason=note.strip())


def load_set(session: Session, set_id: int) -> ParameterSetView:
    """A set with its parameters.

    Raises:
        NotFound: no such set.
    """
    row = session.get(ParameterSet, set_id)
    if row is None:
        raise NotFound("record.not_found")
    lines = list(
        session.scalars(
            select(SpeciesParameterRow)
            .where(SpeciesParameterRow.set_id == set_id)
            .order_by(SpeciesParameterRow.id)
        )
    )
    return ParameterSetView(
        id=row.id,
        version=row.version,
        name=row.name,
        source=row.source,
        method=row.method,
        status=row.status,
        valid_from=row.valid_from,
        confirmed_by=row.confirmed_by,
        status_note=row.status_note,
        parameters={line.group_name: _parameter(line) for line in lines},
        glosses={line.group_name: line.gloss for line in lines},
    )


def _parameter(line: SpeciesParameterRow) -> SpeciesParameter:
    return SpeciesParameter(
        line.group_name, line.wood_density, line.bef, line.root_shoot, line.carbon_fraction
    )


def sets(session: Session) -> list[ParameterSetView]:
    """Every set, the newest first."""
    ids = session.scalars(
        select(ParameterSet.id).order_by(ParameterSet.valid_from.desc(), ParameterSet.id.desc())
    )
    return [load_set(session, one) for one in ids]


def current_set(session: Session, on: date) -> ParameterSetView:
    """The set a calculation of that day uses: the newest valid one that is not retired.

    Raises:
        NotFound: there is none.
    """
    newest = (
        select(ParameterSet.id)
        .where(ParameterSet.valid_from <= on, ParameterSet.status != ParameterStatus.RETIRED)
        .order_by(ParameterSet.valid_from.desc(), ParameterSet.id.desc())
        .limit(1)
    )
    found = session.scalar(newest)
    if found is None:
        raise NotFound("carbon.no_set", day=on)
    return load_set(session, found)


def parameter_set(session: Session, name: str) -> ParameterSetView:
    """The set of that name, retired or not: a calculation names the set it was made with.

    Raises:
        NotFound: no such set.
    """
    found = session.scalar(select(ParameterSet.id).where(ParameterSet.name == name))
    if found is None:
        raise NotFound("record.not_found")
    return load_set(session, found)


def parameters_by_name(session: Session, name: str) -> Mapping[str, SpeciesParameter]:
    """The parameters of the set of that name, by group."""
    return parameter_set(session, name).parameters


def parameters_on(session: Session, on: date) -> Mapping[str, SpeciesParameter]:
    """The parameters a calculation of that day would use, by group."""
    return current_set(session, on).parameters


def usable_set(session: Session, set_id: int, on: date) -> ParameterSetView:
    """A set chosen by a person for a calculation on a day.

    Raises:
        RuleViolation: retired, or not yet valid.
        NotFound: no such set.
    """
    found = load_set(session, set_id)
    if found.status is ParameterStatus.RETIRED:
        raise RuleViolation("carbon.set_retired", name=found.name)
    if found.valid_from > on:
        raise RuleViolation("carbon.set_not_yet", name=found.name, day=found.valid_from)
    return found


def suggest_group(session: Session, species: str) -> str:
    """The group suggested for a species, or an empty text. Never applied without a person.

    A species that is itself the name of a group (马尾松, 杉木) suggests that group.
    """
    name = species.strip()
    known = session.scalar(select(SpeciesGroup.group_name).where(SpeciesGroup.species == name))
    if known:
        return known
    own = select(SpeciesParameterRow.group_name).where(SpeciesParameterRow.group_name == name)
    return session.scalar(own.limit(1)) or ""


def groups(session: Session) -> list[str]:
    """Every group of any set that is not retired, in the order of their first appearance."""
    names = session.scalars(
        select(SpeciesParameterRow.group_name)
        .join(ParameterSet, ParameterSet.id == SpeciesParameterRow.set_id)
        .where(ParameterSet.status != ParameterStatus.RETIRED)
        .order_by(SpeciesParameterRow.id)
    )
    return list(dict.fromkeys(names))


def assign_group(session: Session, species: str, group: str) -> None:
    """Keep which group is suggested for a species from now on.

    Raises:
        InputError: no species, or a group that no set has.
        NotPermitted: without `carbon.parameters`.
    """
    require(session, "carbon.parameters")
    name = species.strip()
    if not name:
        raise InputError.of("species", "carbon.species_missing")
    if group not in groups(session) and not is_by_hand(group):
        raise InputError.of("group", "carbon.group_unknown", label=name, group=group)
    row = session.scalar(select(SpeciesGroup).where(SpeciesGroup.species == name))
    if row is None:
        row = SpeciesGroup(species=name)
        session.add(row)
    row.group_name = group
    session.flush()
