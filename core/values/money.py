"""Amounts of money: integer 分, written and read as the office does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.values.numerals import DIGITS, capitals, exact_decimal, plain_text


@dataclass(frozen=True, order=True)
class Money:
    """An amount in 分 (1 元 = 100 分). Negative only for reversals."""

    fen: int

    @classmethod
    def parse(cls, text: str, *, negative: bool = False) -> Money:
        """Read ``1,409.50`` or ``￥1409.5``.

        Raises:
            InputError: field ``"number"``; not a number, more than two decimals, below zero.
        """
        bare = plain_text(text).removeprefix("人民币").removesuffix("元").strip().lstrip("¥￥")
        return cls(int(exact_decimal(bare, decimals=2, negative=negative) * 100))

    @property
    def yuan(self) -> Decimal:
        """The amount in 元, exact, two decimals."""
        return Decimal(self.fen).scaleb(-2)

    @property
    def plain(self) -> str:
        """``1409.50``: for files and forms."""
        return f"{self.yuan:.2f}"

    def __str__(self) -> str:
        return f"{self.yuan:,.2f}"

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def capitals(self) -> str:
        """The amount in capitals with 人民币 directly before it (支付结算办法 附一).

        整 follows 元; after 角 it is optional there and left out here; never after 分.
        """
        yuan, rest = divmod(abs(self.fen), 100)
        jiao, fen = divmod(rest, 10)
        text = f"{capitals(yuan)}元" if yuan or not rest else ""
        if not rest:
            text += "整"
        if yuan and rest and (not jiao or yuan % 10 == 0):
            text += DIGITS[0]
        text += f"{DIGITS[jiao]}角" if jiao else ""
        text += f"{DIGITS[fen]}分" if fen else ""
        return ("人民币负" if self.fen < 0 else "人民币") + text
