"""Column types of the values: BIGINT in both databases, the value type in Python."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from core.values.area import Area
from core.values.money import Money
from core.values.tonnes import Tonnes


class MoneyColumn(TypeDecorator[Money]):
    """Money, stored in 分."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.fen

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Money | None:
        """From the database."""
        return None if value is None else Money(int(value))


class TonnesColumn(TypeDecorator[Tonnes]):
    """Tonnes, stored in units of 0.01 t."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Tonnes | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.units

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Tonnes | None:
        """From the database."""
        return None if value is None else Tonnes(int(value))


class AreaColumn(TypeDecorator[Area]):
    """An area, stored in m²."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Area | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.m2

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Area | None:
        """From the database."""
        return None if value is None else Area(int(value))
