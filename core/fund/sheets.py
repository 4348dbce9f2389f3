"""Donations from an Excel workbook: one row a donation; goods and rights on a second sheet.

Ten thousand rows are checked as a whole (names, numbers and codes each in one query) and written
by one flush; the donors must be in the register of parties already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import history, search
from core.database import actor, now, today
from core.errors import AppError, InputError, RuleViolation
from core.fund.donation_input import DonationContent, check_content, value_of
from core.fund.donations import DONATION, add_parts, new_row
from core.fund.goods_sheet import GOODS, GOODS_SHEET, Goods
from core.fund.index import index_new_donations
from core.fund.model import Donation, DonationItem, Donor, IssuingUnit, Purpose
from core.fund.setup import only_unit
from core.fund.states import FORM_CHINESE, Consent, DonationState, Form
from core.i18n import N_
from core.messages import register
from core.parties.model import Party, PersonalNumber
from core.sheets.batch import Importer, delete_unused
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.sheets.spec import ImportKind, SheetColumn, SheetSpec
from core.values.identity import normalise

register(
    {
        "fund.party_unknown": N_(
            "“{value}” is not in the register of parties; import or enter it there first."
        ),
        "fund.party_several": N_("Several parties are called “{value}”; write the number, too."),
    }
)

SHEET = "捐赠"
_CHUNK = 5000

DONATIONS_IMPORT = ImportKind(
    key="donations",
    title=N_("Donations"),
    note=(
        "每行登记一笔捐赠；捐赠人须已在主体库中（证件号码或名称唯一）。",
        "实物、无形资产捐赠另在“实物清单”表逐项填写；没有价值证明的不填单价，捐赠也没有金额。",
        "登记号不得重复；导入后为“已登记”，到账后逐笔或按银行流水确认。",
    ),
    sheets=(
        SheetSpec(
            name=SHEET,
            columns=(
                SheetColumn(key="code", header="登记号", kind="code", required=True, example="N2026-0001"),
                SheetColumn(key="donor", header="捐赠人", required=True, example="王喆"),
                SheetColumn(key="number", header="证件号码", kind="code", help="以文本填写；重名时必填"),
                SheetColumn(
                    key="form",
                    header="捐赠形式",
                    kind="choice",
                    required=True,
                    choices=tuple((one.value, FORM_CHINESE[one]) for one in Form),
                    example="银行转账",
                ),
                SheetColumn(
                    key="received_on", header="到账日期", kind="date", required=True, example="2026-04-01"
                ),
                SheetColumn(
                    key="amount", header="金额", kind="money", example="1409.50",
                    aliases=("金额（元）",), help="货币捐赠必填；实物可不填，按“实物清单”合计",
                ),
                SheetColumn(key="purpose", header="用途", required=True, example="碳汇计量监测"),
                SheetColumn(key="unit", header="受赠单位", help="只有一个受赠单位时可不填"),
                SheetColumn(key="restricted", header="限定用途", kind="bool"),
                SheetColumn(key="anonymous", header="匿名", kind="bool"),
                SheetColumn(key="reference", header="银行流水号", kind="code"),
                SheetColumn(key="payer", header="付款户名"),
                SheetColumn(key="note", header="备注"),
            ),
        ),
        GOODS_SHEET,
    ),
)  # fmt: skip

#: A donation spreads over two sheets; with one wrong row the whole of it stays behind.
CASES = {SHEET: "code", GOODS: "code"}


@dataclass
class _Known:
    """What the rows may refer to, each read in one query."""

    parties: Mapping[str, list[int]]
    numbers: Mapping[str, int]
    purposes: Mapping[str, int]
    units: Mapping[str, int]
    codes: set[str]
    donors: dict[int, int]


def import_donations(importing: Import) -> None:
    """Note every row that is right; errors name row and cell."""
    importing.unique(SHEET, "code")
    goods = Goods(importing, SHEET)
    session, rows = importing.session, importing.rows(SHEET)
    known = _known(session, rows)
    who, at, day = actor(session).account_id, now(session), today(session)
    contents: list[tuple[Row, DonationContent, int]] = []
    for row in rows:
        try:
            content, party = _content(session, row, known, goods)
            errors = check_content(content, day)
            if content.code in goods.wrong:
                # Without all of its goods nobody knows what it is worth.
                errors = [one for one in errors if one.field not in {"amount", "items"}]
            if errors:
                raise InputError(*errors)
        except AppError as error:
            importing.refuse(row, error)
            continue
        contents.append((row, content, party))
    _add_donors(session, known, {party for _row, _content, party in contents})
    added = []
    for _row, content, party in contents:
        donation = new_row(content, content.code, who)
        donation.donor_id, donation.recorded_at = known.donors[party], at
        added.append(donation)
    session.add_all(added)
    session.flush()
    for donation, (_row, content, _party) in zip(added, contents, strict=True):
        if content.items:
            add_parts(session, donation.id, content)
    index_new_donations(session, added)
    importing.created.extend((DONATION, one.id) for one in added)


def _known(session: Session, rows: Iterable[Row]) -> _Known:
    rows = list(rows)
    names, numbers, codes = (
        {_cell(row, key) for row in rows} - {""} for key in ("donor", "number", "code")
    )
    numbers = {normalise(one) for one in numbers}
    parties: dict[str, list[int]] = {}
    for party_id, name in _in(session, (Party.id, Party.name), Party.name, names):
        parties.setdefault(name, []).append(party_id)
    by_number = {
        number: party_id
        for column, key in ((Party.id, Party.credit_code), (PersonalNumber.party_id, PersonalNumber.value))
        for party_id, number in _in(session, (column, key), key, numbers)
    }  # fmt: skip
    return _Known(
        parties,
        by_number,
        {key: one.id for one in session.scalars(select(Purpose).where(Purpose.active)) for key in (one.code, one.name)},
        {one.name: one.id for one in session.scalars(select(IssuingUnit).where(IssuingUnit.active))},
        {code for (code,) in _in(session, (Donation.code,), Donation.code, codes)},
        {party: donor for donor, party in session.execute(select(Donor.id, Donor.party_id))},
    )  # fmt: skip


def _in(
    session: Session,
    columns: tuple[InstrumentedAttribute[Any], ...],
    key: InstrumentedAttribute[str],
    wanted: set[str],
) -> list[Any]:
    texts = sorted(wanted)
    found: list[Any] = []
    for start in range(0, len(texts), _CHUNK):
        chosen = select(*columns).where(key.in_(texts[start : start + _CHUNK]))
        if key.class_ is Party:
            chosen = chosen.where(Party.merged_into_id.is_(None))
        found += session.execute(chosen).all()
    return found


def _cell(row: Row, key: str) -> str:
    value = row.values.get(key)
    return str(value).strip() if value is not None else ""


def _content(
    session: Session, row: Row, known: _Known, goods: Goods
) -> tuple[DonationContent, int]:
    code, purpose, unit = (_cell(row, key) for key in ("code", "purpose", "unit"))
    if code in known.codes:
        raise InputError.of("code", "fund.code_taken", code=code)
    if purpose not in known.purposes:
        raise InputError.of("purpose", "fund.purpose_unknown", name=purpose)
    if unit and unit not in known.units:
        raise InputError.of("unit", "fund.unit_unknown", name=unit)
    values: dict[str, Any] = row.values
    form = Form(_cell(row, "form"))
    items = goods.of(code, form)
    amount = values.get("amount")
    content = DonationContent(
        donor_id=0,
        unit_id=known.units[unit] if unit else _default(session, known),
        purpose_id=known.purposes[purpose],
        form=form,
        received_on=values["received_on"],
        amount=value_of(items) if amount is None and not form.is_money else amount,
        code=code,
        restricted=bool(values.get("restricted")),
        anonymous=bool(values.get("anonymous")),
        bank_reference=_cell(row, "reference"),
        payer_name=_cell(row, "payer"),
        note=_cell(row, "note"),
        items=items,
    )
    return content, _party(row, known)


def _default(session: Session, known: _Known) -> int:
    return next(iter(known.units.values())) if len(known.units) == 1 else only_unit(session)


def _party(row: Row, known: _Known) -> int:
    number, name = normalise(_cell(row, "number")), _cell(row, "donor")
    if number:
        if number not in known.numbers:
            raise InputError.of("number", "fund.party_unknown", value=name)
        return known.numbers[number]
    found = known.parties.get(name, [])
    if not found:
        raise InputError.of("donor", "fund.party_unknown", value=name)
    if len(found) > 1:
        raise InputError.of("donor", "fund.party_several", value=name)
    return found[0]


def _add_donors(session: Session, known: _Known, parties: set[int]) -> None:
    new = [
        Donor(party_id=party, consent=Consent.NONE) for party in sorted(parties - set(known.donors))
    ]
    session.add_all(new)
    session.flush()
    known.donors.update({one.party_id: one.id for one in new})


def remove_imported(session: Session, donation_id: int) -> None:
    """Take an imported donation back while it has not arrived and nobody changed it.

    Raises:
        RuleViolation: it has arrived, or was changed since.
    """
    row = session.get(Donation, donation_id)
    if row is None:
        return
    if row.version > 1 or row.state is not DonationState.REGISTERED:
        raise RuleViolation("sheets.changed_since", title=row.code)
    for item in session.scalars(select(DonationItem).where(DonationItem.donation_id == row.id)):
        session.delete(item)
    delete_unused(session, row, row.code)
    search.remove(session, DONATION, donation_id)
    history.record(session, DONATION, donation_id, "import_undone")


DONATIONS_IMPORTER = Importer(
    kind=DONATIONS_IMPORT,
    apply=import_donations,
    remove={DONATION: remove_imported},
    permission="fund.import",
)
