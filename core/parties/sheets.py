"""Parties from an Excel workbook: one sheet, one row a person or an organisation."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core import history
from core.errors import InputError, RuleViolation
from core.i18n import N_
from core.messages import register
from core.parties import index
from core.parties.duplicates import suggest_duplicates
from core.parties.model import OrganisationKind, Party, PartyKind, PersonalNumber
from core.parties.rules import Likeness
from core.parties.service import (
    RegisterOrganisation,
    RegisterPerson,
    register_organisation,
    register_person,
)
from core.sheets.batch import Importer, delete_unused
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.values.identity import CHINESE_NAMES, IdKind

register(
    {
        "parties.already_there": N_(
            "“{name}” with this number is already in the register; remove the row, or edit the "
            "party there."
        ),
        "parties.looks_like": N_("This may be “{name}”, who is already in the register."),
    }
)

SHEET = "主体"
#: What the screen and other offices call the two kinds.
OTHER_WORDS = (
    (PartyKind.PERSON.value, "自然人"),
    (PartyKind.ORGANISATION.value, "单位"),
)

PARTIES_IMPORT = ImportKind(
    key="parties",
    title=N_("Parties"),
    note=("每行登记一个人员或组织。证件号码请设为文本格式；没有号码的须填写原因。",),
    sheets=(
        SheetSpec(
            name=SHEET,
            columns=(
                SheetColumn(
                    key="kind",
                    header="类别",
                    kind="choice",
                    required=True,
                    choices=((PartyKind.PERSON.value, "个人"), (PartyKind.ORGANISATION.value, "组织")),
                    also=OTHER_WORDS,
                    example="个人",
                ),
                SheetColumn(key="name", header="姓名或名称", required=True, example="陈㛃", aliases=("姓名", "名称")),
                SheetColumn(
                    key="organisation_kind",
                    header="组织类型",
                    kind="choice",
                    choices=tuple((kind.value, kind.value) for kind in OrganisationKind),
                    help="组织必填",
                ),
                SheetColumn(
                    key="id_kind",
                    header="证件类型",
                    kind="choice",
                    choices=tuple((kind.value, CHINESE_NAMES[kind]) for kind in IdKind),
                    help="不填时：个人按居民身份证，组织按统一社会信用代码",
                    example="居民身份证",
                ),
                SheetColumn(
                    key="number", header="证件号码", kind="code", help="以文本填写", example="341199196803120422"
                ),
                SheetColumn(key="no_number_reason", header="无号码原因", help="没有证件号码时必填"),
                SheetColumn(key="representative_post", header="代表人职务", example="法定代表人"),
                SheetColumn(key="representative_name", header="代表人姓名"),
                SheetColumn(key="phone", header="联系电话", kind="phone"),
                SheetColumn(key="address", header="地址"),
                SheetColumn(key="note", header="备注"),
            ),
        ),
    ),
)  # fmt: skip


def import_parties(importing: Import) -> None:
    """Register every row; a number that is already in the register refuses its row."""
    importing.unique(SHEET, "number")
    for row in importing.rows(SHEET):
        with importing.row(row):
            _register(importing, row)


def _register(importing: Import, row: Row) -> None:
    text = {key: str(value) for key, value in row.values.items() if value is not None}
    _refuse_known(importing, row, text)
    if text["kind"] == PartyKind.PERSON.value:
        number = text.get("number", "")
        default = IdKind.RESIDENT if number else IdKind.NONE
        summary = register_person(
            importing.session,
            RegisterPerson(
                name=text["name"],
                id_kind=IdKind(text.get("id_kind", default.value)),
                number=number,
                no_number_reason=text.get("no_number_reason", ""),
                phone=text.get("phone", ""),
                address=text.get("address", ""),
                note=text.get("note", ""),
            ),
        )
    else:
        kind = text.get("organisation_kind")
        summary = register_organisation(
            importing.session,
            RegisterOrganisation(
                name=text["name"],
                organisation_kind=OrganisationKind(kind) if kind else None,
                credit_code=text.get("number", ""),
                no_number_reason=text.get("no_number_reason", ""),
                representative_post=text.get("representative_post", ""),
                representative_name=text.get("representative_name", ""),
                phone=text.get("phone", ""),
                address=text.get("address", ""),
                note=text.get("note", ""),
            ),
        )
    importing.created.append(("party", summary.id))


def _refuse_known(importing: Import, row: Row, text: dict[str, str]) -> None:
    number = text.get("number", "")
    for suggestion in suggest_duplicates(
        importing.session, text["name"], number, phone=text.get("phone", "")
    ):
        name = suggestion.party.name
        if Likeness.SAME_NUMBER in suggestion.reasons:
            raise InputError.of("number", "parties.already_there", name=name)
        if Likeness.SAME_NAME in suggestion.reasons:
            importing.warn(row, InputError.of("name", "parties.looks_like", name=name))


def remove_imported(session: Session, party_id: int) -> None:
    """Take an imported party back while nothing depends on it.

    Raises:
        RuleViolation: another record refers to it, or somebody changed it since.
    """
    party = session.get(Party, party_id)
    if party is None:
        return
    if party.version > 1:
        raise RuleViolation("sheets.changed_since", title=party.name)
    number = session.get(PersonalNumber, party_id)
    if number is not None:
        session.delete(number)
        session.flush()
    index.remove(session, party_id)
    delete_unused(session, party, party.name)
    history.record(session, "party", party_id, "import_undone")


PARTIES_IMPORTER = Importer(
    kind=PARTIES_IMPORT,
    apply=import_parties,
    remove={"party": remove_imported},
    permission="parties.import",
)
