"""A scratch office to fill with many rows; it is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from core import office
from core.database import Database

_CHUNK = 10_000
_SECRET = "bench only 1"


@contextmanager
def scratch_office() -> Iterator[Database]:
    """A new office in a folder of its own, opened by its administrator."""
    with tempfile.TemporaryDirectory(prefix="lintan-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        setup = office.OfficeSetup(name="性能测试局", short="测", code="341199", sample=True)
        office.create_database(url, setup, "bench", "性能测试", _SECRET)
        database = office.open_database(url, "bench", _SECRET)
        try:
            yield database
        finally:
            database.close()


def fill(database: Database, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows at once, past the unit of work: nobody audits a scratch office."""
    with database.write() as session:
        connection = session.connection()
        for start in range(0, len(rows), _CHUNK):
            connection.execute(insert(table), list(rows[start : start + _CHUNK]))
