"""What became of receipts, in the words of the number ledger: reasons, and the numbers they name.

Every number must be explained (票据号码台账): a reversed one by its red one and the reason, a red
one by the one it reverses, a void one by its reason, one issued again by the one it follows.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.fund.receipt_model import Receipt, ReceiptChange
from core.fund.states import ChangeKind


def full_number(receipt: Receipt) -> str:
    """The number with the code of its series, where there is one."""
    return f"{receipt.bill_code}-{receipt.number}" if receipt.bill_code else receipt.number


def fates(session: Session) -> dict[int, str]:
    """Of every receipt that has more to tell than that it is valid: what, in Chinese, by id."""
    told: dict[int, list[str]] = defaultdict(list)
    agreed = session.scalars(
        select(ReceiptChange).where(ReceiptChange.agreed).order_by(ReceiptChange.id)
    ).all()
    for change in agreed:
        if change.kind is ChangeKind.VOID:
            told[change.receipt_id].append(f"作废原因：{change.reason}")
    reds = {(one.receipt_id, one.red_code, one.red_number): one for one in agreed}
    first = aliased(Receipt)
    linked = session.execute(
        select(Receipt, first).join(first, first.id == Receipt.negative_of_id).order_by(Receipt.id)
    )
    for red, original in linked:
        change_ = reds.get((original.id, red.bill_code, red.number))
        share = "部分" if change_ is not None and change_.part is not None else ""
        why = f"，原因：{change_.reason}" if change_ is not None else ""
        told[original.id].append(f"由红字票{full_number(red)}{share}冲红{why}")
        told[red.id].append(f"{share}冲红原票{full_number(original)}{why}")
    again = session.execute(
        select(Receipt, first).join(first, first.id == Receipt.replaces_id).order_by(Receipt.id)
    )
    for new, old in again:
        told[old.id].append(f"已重开为{full_number(new)}")
        told[new.id].append(f"重开，原票{full_number(old)}")
    return {key: "；".join(each) for key, each in told.items()}
