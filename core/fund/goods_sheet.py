"""The second sheet of an import of donations: what is given where it is no money.

A price is a claim on the tax office: it stands only with the basis of the valuation and the paper
that proves it (财税〔2009〕124号); without a price the gift has no amount and no fiscal receipt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from core.errors import FieldError, InputError
from core.fund.donation_input import Item
from core.fund.states import Form
from core.i18n import N_
from core.messages import register
from core.sheets.importing import Import
from core.sheets.reading import Row
from core.sheets.spec import SheetColumn, SheetSpec

register(
    {
        "fund.goods_of_money": N_(
            "“{code}” is a gift of money; only a gift in kind or an intangible one has goods."
        ),
        "fund.goods_missing": N_(
            "The sheet “{sheet}” has no row for “{code}”: name what is given."
        ),
        "fund.goods_quantity": N_("Write a quantity above zero."),
        "fund.goods_basis": N_("“{name}” has a price: say how it was valued."),
        "fund.goods_proof": N_(
            "“{name}” has a price but no proof of value: name the paper that proves it, or leave "
            "the price empty. Then the gift has no amount and no fiscal receipt."
        ),
    }
)

GOODS = "实物清单"

GOODS_SHEET = SheetSpec(
    name=GOODS,
    optional=True,
    columns=(
        SheetColumn(
            key="code", header="登记号", kind="code", required=True, example="N2026-0002",
            help="“捐赠”表中实物、无形资产捐赠的登记号；几样物品写几行",
        ),
        SheetColumn(key="name", header="品名", required=True, example="麻栎容器苗"),
        SheetColumn(key="specification", header="规格", example="苗高40厘米"),
        SheetColumn(key="measure", header="计量单位", example="株", aliases=("单位",)),
        SheetColumn(key="quantity", header="数量", kind="decimal", required=True, example="20000"),
        SheetColumn(
            key="price", header="单价", kind="money", example="1.25", aliases=("单价（元）",),
            help="没有价值证明的不填，票据上不写金额",
        ),
        SheetColumn(key="basis", header="计价依据", help="填单价的必填", example="市场价格"),
        SheetColumn(
            key="proof", header="价值证明", help="填单价的必填：发票、评估报告等的名称和编号",
            example="评估报告（2026）12号",
        ),
    ),
)  # fmt: skip


class Goods:
    """The goods of an import by the code of their donation.

    Attributes:
        wrong: codes with a row that cannot be taken; their donation is not judged by its goods.
    """

    def __init__(self, importing: Import, donations: str) -> None:
        """Read every row; what is wrong in it is noted at its cell."""
        self.items: Mapping[str, list[Item]] = defaultdict(list)
        self.wrong: set[str] = set()
        importing.reference(GOODS, "code", donations, "code")
        forms = {
            _text(row, "code"): row.values.get("form") for row in importing.book.rows(donations)
        }
        for row in importing.book.rows(GOODS):
            code = _text(row, "code")
            errors = list(_errors(row, code, forms.get(code))) if row.ok else []
            if errors:
                importing.refuse(row, InputError(*errors))
            if row.ok:
                self.items[code].append(_item(row))
            else:
                self.wrong.add(code)

    def of(self, code: str, form: Form) -> tuple[Item, ...]:
        """What is given with a donation.

        Raises:
            InputError: nothing, though it is no money.
        """
        found = tuple(self.items.get(code, ()))
        if not form.is_money and not found and code not in self.wrong:
            raise InputError.of("form", "fund.goods_missing", code=code, sheet=GOODS)
        return found


def _errors(row: Row, code: str, form: object) -> Iterator[FieldError]:
    if isinstance(form, str) and Form(form).is_money:
        yield FieldError("code", "fund.goods_of_money", {"code": code})
    if cast("Decimal", row.values["quantity"]) <= 0:
        yield FieldError("quantity", "fund.goods_quantity")
    if row.values.get("price") is None:
        return
    name = {"name": _text(row, "name")}
    if not _text(row, "basis"):
        yield FieldError("basis", "fund.goods_basis", name)
    if not _text(row, "proof"):
        yield FieldError("proof", "fund.goods_proof", name)


def _item(row: Row) -> Item:
    values: dict[str, Any] = row.values
    return Item(
        name=_text(row, "name"),
        quantity=values["quantity"],
        specification=_text(row, "specification"),
        unit=_text(row, "measure"),
        unit_price=values.get("price"),
        basis=_text(row, "basis"),
        proof=_text(row, "proof"),
    )


def _text(row: Row, key: str) -> str:
    value = row.values.get(key)
    return str(value).strip() if value is not None else ""
