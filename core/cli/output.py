"""What a command writes: one JSON document with --json, else tables and sentences for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from core.i18n import _
from core.values.cells import as_data, as_text

if TYPE_CHECKING:
    from rich.console import Console


class Progress(Protocol):
    """Told how far long work is: so many of so many, and what is being done."""

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """So many of so many are done; `text` says what comes now."""


class Output:
    """The terminal of one command.

    Args:
        as_json: write JSON documents instead of text.
        out: where results go.
        err: where progress and errors go.
    """

    def __init__(
        self, *, as_json: bool = False, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self.as_json = as_json
        #: What a command adds to its error for people: how to do it right.
        self.hint = ""
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    def document(self, value: object) -> None:
        """Write a value as JSON, whatever the mode."""
        json.dump(as_data(value), self._out, ensure_ascii=False, indent=2)
        self._out.write("\n")

    def line(self, text: str) -> None:
        """A sentence for people; nothing with --json."""
        if not self.as_json:
            self._out.write(f"{text}\n")

    def record(self, values: Mapping[str, object], titles: Mapping[str, str] | None = None) -> None:
        """One record: a JSON object, or one line for each of its values.

        Args:
            values: by key, as JSON names them.
            titles: what people read for a key; keys without a title are shown as they are.
        """
        if self.as_json:
            self.document(values)
            return
        shown = [((titles or {}).get(key, key), _shown(value)) for key, value in values.items()]
        from rich.table import Table

        table = Table.grid(padding=(0, 2))
        for title, value in shown:
            table.add_row(_escaped(title), _escaped(value))
        self._console().print(table)

    def table(
        self, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]], *, empty: str = ""
    ) -> None:
        """Several records: a JSON list, or a table.

        Args:
            columns: titles by key, in the order shown.
            rows: values by key.
            empty: what to say when there are no rows.
        """
        if self.as_json:
            self.document(rows)
            return
        if not rows:
            self.line(empty or _("Nothing to show."))
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in columns.values():
            table.add_column(_escaped(title), overflow="fold")
        for row in rows:
            table.add_row(*(_escaped(_shown(row.get(key))) for key in columns))
        self._console().print(table)

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """Show how far long work is on standard error; silent when that is not a terminal."""
        if not self._err.isatty():
            yield _silent
            return
        from rich import progress as bars

        with bars.Progress(console=self._console(self._err), transient=True) as display:
            task = display.add_task(_escaped(title), total=None)

            def report(done: int, total: int, text: str = "") -> None:
                display.update(
                    task, completed=done, total=total, description=_escaped(text or title)
                )

            yield report

    def error(self, value: Mapping[str, object], text: str) -> None:
        """Say what went wrong on standard error: one JSON object, or the sentence."""
        if self.as_json:
            json.dump(as_data(value), self._err, ensure_ascii=False)
            self._err.write("\n")
        else:
            self._err.write(f"{text}\n")
            if self.hint:
                self._err.write(f"{self.hint}\n")

    def _console(self, file: TextIO | None = None) -> Console:
        from rich.console import Console

        target = file or self._out
        # Without a terminal nothing is folded: scripts and tests read whole lines.
        width = None if target.isatty() else 200
        return Console(file=target, width=width, highlight=False, emoji=False, markup=False)


def _silent(done: int, total: int, text: str = "") -> None:
    """Progress nobody watches."""


def _escaped(text: str) -> str:
    """Text without control characters: what came from outside must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def _shown(value: object) -> str:
    """What people read: a dash for nothing, a line for each of several."""
    match value:
        case dict() as pairs if pairs:
            return "\n".join(f"{key}: {_shown(item)}" for key, item in pairs.items())
        case list() | tuple() | set() | frozenset():
            return "\n".join(_shown(item) for item in value) or "—"
    return as_text(value) or "—"
