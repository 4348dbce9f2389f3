"""Experts from an Excel workbook: one sheet, one row an expert with an optional term in a body.

The rows are checked as a whole, each kind of name in one query. A person is found by the identity
number, or by name where the name is unique; one that is not in the register of parties is entered,
and so is the employer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history
from core.committee import index
from core.committee.draw_model import DrawPick
from core.committee.meeting_model import MeetingMember
from core.committee.model import Expert, ExpertSpecialty, ExpertTie, Membership
from core.committee.roster import (
    EXPERT,
    ExpertContent,
    TermContent,
    appoint,
    check_content,
    check_term,
    fill,
    specialty_rows,
    term_row,
)
from core.committee.states import (
    BODY_CHINESE,
    POST_CHINESE,
    SEX_CHINESE,
    Body,
    ExpertStatus,
    Post,
    Sex,
)
from core.database import now, today
from core.errors import AppError, InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties.model import OrganisationKind, Party, PartyKind, PersonalNumber
from core.parties.rules import clean_name
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    check_person,
    register_organisation,
    register_people,
)
from core.sheets.batch import Importer, delete_unused
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.values.identity import IdKind, normalise

register(
    {
        "committee.several_people": N_(
            "Several people are called “{value}”; write the identity number, too."
        ),
        "committee.term_days": N_("A term needs body, post, first and last day."),
    }
)

SHEET = "专家"
_CHUNK = 5000
_NOT_GIVEN = "随专家登记，未提供"

EXPERTS_IMPORT = ImportKind(
    key="experts",
    title=N_("Experts"),
    note=(
        "每行登记一名专家。证件号码或姓名（唯一）已在主体库中的，归并到该主体；不在的，一并登记主体及其单位。",
        "专业用顿号分隔，第一项为主专业。填写机构的，须同时填写职务和聘期起止。",
    ),
    sheets=(
        SheetSpec(
            name=SHEET,
            columns=(
                SheetColumn(key="code", header="编号", kind="code", required=True, example="E01"),
                SheetColumn(key="name", header="姓名", required=True, example="秦昉"),
                SheetColumn(key="number", header="证件号码", kind="code", help="以文本填写；没有的留空"),
                SheetColumn(
                    key="sex", header="性别", kind="choice",
                    choices=tuple((one.value, SEX_CHINESE[one]) for one in Sex), example="男",
                ),
                SheetColumn(key="born_on", header="出生日期", kind="date", example="1966-05-02"),
                SheetColumn(key="employer", header="单位", example="皖东林业职业学院（样例）"),
                SheetColumn(key="retired", header="已退休", kind="bool"),
                SheetColumn(key="civil_servant", header="在职公务员", kind="bool"),
                SheetColumn(key="title", header="职称", required=True, example="教授"),
                SheetColumn(key="specialties", header="专业", required=True, example="森林经理"),
                SheetColumn(key="phone", header="电话", kind="code"),
                SheetColumn(key="nominated_by", header="推荐单位"),
                SheetColumn(key="bank", header="开户行"),
                SheetColumn(key="bank_account", header="银行账号", kind="code", help="以文本填写"),
                SheetColumn(
                    key="body", header="机构", kind="choice",
                    choices=tuple((one.value, BODY_CHINESE[one]) for one in Body),
                    example="评审专家库",
                ),
                SheetColumn(
                    key="post", header="聘任职务", kind="choice",
                    choices=tuple((one.value, POST_CHINESE[one]) for one in Post),
                    example="评审专家",
                ),
                SheetColumn(key="term_from", header="聘期起", kind="date", example="2026-01-01"),
                SheetColumn(key="term_to", header="聘期止", kind="date", example="2028-12-31"),
                SheetColumn(key="note", header="备注"),
            ),
        ),
    ),
)  # fmt: skip


@dataclass
class _Known:
    """What the rows may refer to, each read in one query.

    People who are yet to be entered are known by the negative number of their row.
    """

    people: dict[str, list[int]]
    numbers: dict[str, int]
    organisations: dict[str, int]
    codes: set[str]
    experts: set[int]


@dataclass
class _Plan:
    """A row that is right: who becomes an expert, and the person to enter before, if any."""

    row: Row
    content: ExpertContent
    term: TermContent | None
    party_id: int
    person: RegisterPerson | None


def import_experts(importing: Import) -> None:
    """Enrol every row that is right; errors name row and cell.

    All rows are checked before the first is written, and written kind by kind, so that a workbook
    of 20,000 experts takes a minute and not an hour.
    """
    importing.unique(SHEET, "code")
    session, rows = importing.session, list(importing.rows(SHEET))
    known = _known(session, rows)
    day = today(session)
    plans = []
    for row in rows:
        try:
            plan = _plan(row, known, day)
        except AppError as error:
            importing.refuse(row, error)
            continue
        plans.append(plan)
        known.experts.add(plan.party_id)
        known.codes.add(plan.content.code)
    _enter_people(session, plans, known.organisations)
    _enrol(importing, plans)


def _known(session: Session, rows: Sequence[Row]) -> _Known:
    names = {_cell(row, "name") for row in rows}
    units = {_cell(row, "employer") for row in rows} - {""}
    numbers = {normalise(_cell(row, "number")) for row in rows} - {""}
    codes = {_cell(row, "code") for row in rows}
    people: dict[str, list[int]] = {}
    for party_id, name in _parties(session, names, PartyKind.PERSON):
        people.setdefault(name, []).append(party_id)
    organisations = {
        name: party_id for party_id, name in _parties(session, units, PartyKind.ORGANISATION)
    }
    by_number: dict[str, int] = {}
    for part in _parts(numbers):
        by_number |= {
            value: party_id
            for party_id, value in session.execute(
                select(PersonalNumber.party_id, PersonalNumber.value).where(
                    PersonalNumber.value.in_(part)
                )
            )
        }
    taken: set[str] = set()
    for part in _parts(codes):
        taken |= set(session.scalars(select(Expert.code).where(Expert.code.in_(part))))
    return _Known(
        people, by_number, organisations, taken, set(session.scalars(select(Expert.party_id)))
    )


def _parties(session: Session, names: set[str], kind: PartyKind) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for part in _parts(names):
        found += session.execute(
            select(Party.id, Party.name).where(
                Party.name.in_(part), Party.kind == kind, Party.merged_into_id.is_(None)
            )
        ).all()
    return found


def _parts(wanted: set[str]) -> list[list[str]]:
    texts = sorted(wanted)
    return [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]


def _cell(row: Row, key: str) -> str:
    value = row.values.get(key)
    return str(value).strip() if value is not None else ""


def _content(row: Row, known: _Known, day: date) -> ExpertContent:
    values: Mapping[str, Any] = row.values
    code = _cell(row, "code")
    if code in known.codes:
        raise InputError.of("code", "committee.code_taken", code=code)
    content = ExpertContent(
        code=code,
        title=_cell(row, "title"),
        specialties=tuple(_cell(row, "specialties").replace("，", "、").split("、")),
        sex=Sex(_cell(row, "sex")) if _cell(row, "sex") else None,
        born_on=values.get("born_on"),
        retired=bool(values.get("retired")),
        civil_servant=bool(values.get("civil_servant")),
        nominated_by=_cell(row, "nominated_by"),
        bank=_cell(row, "bank"),
        bank_account=_cell(row, "bank_account"),
        note=_cell(row, "note"),
    )
    errors = check_content(content, day)
    if errors:
        raise InputError(*errors)
    return content


def _plan(row: Row, known: _Known, day: date) -> _Plan:
    content, term = _content(row, known, day), _term(row)
    party_id, person = _party(row, known)
    return _Plan(row, content, term, party_id, person)


def _term(row: Row) -> TermContent | None:
    given = [bool(_cell(row, key)) for key in ("body", "post", "term_from", "term_to")]
    if not any(given):
        return None
    if not all(given):
        raise InputError.of("body", "committee.term_days")
    values: Mapping[str, Any] = row.values
    body, post = Body(_cell(row, "body")), Post(_cell(row, "post"))
    first, last = values["term_from"], values["term_to"]
    term = TermContent(body=body, post=post, term_from=first, term_to=last)
    check_term(term, last)
    return term


def _party(row: Row, known: _Known) -> tuple[int, RegisterPerson | None]:
    """The person of a row, to be entered if it is new; never twice the same expert."""
    number, name = normalise(_cell(row, "number")), _cell(row, "name")
    found = known.people.get(name, [])
    if number and number in known.numbers:
        party_id = known.numbers[number]
    elif not number and len(found) > 1:
        raise InputError.of("number", "committee.several_people", value=name)
    elif not number and found:
        party_id = found[0]
    else:
        return _new_person(row, known, number)
    if party_id in known.experts:
        raise InputError.of("name", "committee.expert_known", code=name)
    return party_id, None


def _new_person(row: Row, known: _Known, number: str) -> tuple[int, RegisterPerson]:
    person = RegisterPerson(
        name=_cell(row, "name"),
        id_kind=IdKind.RESIDENT if number else IdKind.NONE,
        number=number,
        no_number_reason="" if number else _NOT_GIVEN,
        phone=_cell(row, "phone"),
    )
    check_person(person)
    place = -row.number
    if number:
        known.numbers[number] = place
    known.people.setdefault(clean_name(person.name), []).append(place)
    return place, person


def _enter_people(session: Session, plans: Sequence[_Plan], organisations: dict[str, int]) -> None:
    """Enter the people who are new, after the organisations they work for."""
    new = [(plan, plan.person) for plan in plans if plan.person is not None]
    units = dict.fromkeys(_cell(plan.row, "employer") for plan, _person in new)
    for unit in units:
        if unit and unit not in organisations:
            command = RegisterOrganisation(
                name=unit, organisation_kind=OrganisationKind.OTHER, no_number_reason=_NOT_GIVEN
            )
            organisations[unit] = register_organisation(session, command).id
    people = [
        replace(person, employer_id=organisations.get(_cell(plan.row, "employer")))
        for plan, person in new
    ]
    for (plan, _person), party_id in zip(new, register_people(session, people), strict=True):
        plan.party_id = party_id


def _enrol(importing: Import, plans: Sequence[_Plan]) -> None:
    session = importing.session
    experts = []
    for plan in plans:
        expert = Expert(
            party_id=plan.party_id,
            joined_on=today(session),
            status=ExpertStatus.ACTIVE,
            created_at=now(session),
        )
        fill(expert, plan.content)
        experts.append(expert)
    session.add_all(experts)
    session.flush()
    for expert, plan in zip(experts, plans, strict=True):
        session.add_all(specialty_rows(expert.id, plan.content.specialties))
        history.record(session, EXPERT, expert.id, "imported")
        if plan.term is not None and plan.term.post is not Post.CHAIR:
            assert plan.term.term_to is not None  # a row names both days
            term_row(session, expert.id, plan.term, plan.term.term_to)
    session.flush()
    for expert, plan in zip(experts, plans, strict=True):
        if plan.term is not None and plan.term.post is Post.CHAIR:
            try:
                appoint(session, expert.id, plan.term)
            except AppError as error:
                importing.refuse(plan.row, error)
    index.write_new(session, experts)
    importing.created.extend((EXPERT, expert.id) for expert in experts)


def remove_imported(session: Session, expert_id: int) -> None:
    """Take an imported expert back while nothing depends on it and nobody changed it.

    Raises:
        RuleViolation: drawn, invited or changed since.
    """
    from core import search

    expert = session.get(Expert, expert_id)
    if expert is None:
        return
    used = [
        session.scalar(select(func.count()).where(column == expert_id))
        for column in (DrawPick.expert_id, MeetingMember.expert_id, ExpertTie.expert_id)
    ]
    if expert.version > 1 or any(used):
        raise RuleViolation("sheets.changed_since", title=expert.code)
    for model in (Membership, ExpertSpecialty):
        for row in session.scalars(select(model).where(model.expert_id == expert_id)):
            session.delete(row)
    session.flush()
    search.remove(session, EXPERT, expert_id)
    delete_unused(session, expert, expert.code)
    history.record(session, EXPERT, expert_id, "import_undone")


EXPERTS_IMPORTER = Importer(
    kind=EXPERTS_IMPORT,
    apply=import_experts,
    remove={EXPERT: remove_imported},
    permission="committee.import",
)
