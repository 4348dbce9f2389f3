"""Column types of the values: BIGINT in both databases, the value type in Python."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, String
from sqlalchemy.types import TypeDecorator

from core.values.area import Area
from core.values.money import Money
from core.values.tonnes import Tonnes
from core.values.volume import Volume


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


class VolumeColumn(TypeDecorator[Volume]):
    """A stock volume, stored in units of 0.01 m³."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Volume | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else value.units

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Volume | None:
        """From the database."""
        return None if value is None else Volume(int(value))


class DecimalText(TypeDecorator[Decimal]):
    """A decimal number kept digit for digit, trailing zeros included: never a float."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """From the database."""
        return None if value is None else Decimal(value)
