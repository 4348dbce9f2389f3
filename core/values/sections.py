"""Parts of the page of a record: named facts and small tables, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass

from core.values.cells import as_data, as_text


@dataclass(frozen=True)
class Fact:
    """One fact of a record.

    Attributes:
        key: its name in JSON.
        label: what people read before it, in the language of the screen.
        value: see :mod:`core.values.cells`.
    """

    key: str
    label: str
    value: object


@dataclass(frozen=True)
class Section:
    """A part of a page: facts, a table, or both.

    Attributes:
        key: its name in JSON.
        title: heading in the language of the screen.
        facts: those without a value are left out on screens.
        columns: key and heading of each column of the table.
        lines: the table, one value for each column.
    """

    key: str
    title: str
    facts: tuple[Fact, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[object, ...], ...] = ()

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Label and text of each fact that says something."""
        told = ((fact.label, as_text(fact.value)) for fact in self.facts)
        return tuple((label, text) for label, text in told if text)

    @property
    def headers(self) -> tuple[str, ...]:
        """Headings of the table."""
        return tuple(heading for _key, heading in self.columns)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Texts of the table."""
        return tuple(tuple(as_text(value) for value in line) for line in self.lines)

    @property
    def data(self) -> dict[str, object]:
        """The section for programs: the facts by key, the table as a list of objects."""
        found: dict[str, object] = {fact.key: as_data(fact.value) for fact in self.facts}
        if self.columns:
            keys = [key for key, _heading in self.columns]
            found["lines"] = [
                dict(zip(keys, (as_data(value) for value in line), strict=True))
                for line in self.lines
            ]
        return found
