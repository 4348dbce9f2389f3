"""Writing a workbook so that the old file is whole until the new one is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from core.errors import EnvironmentFault
from core.files import is_full
from core.i18n import N_
from core.messages import register

register(
    {
        "sheets.cannot_write": N_(
            "“{name}” cannot be written; close it in Excel or WPS, or choose another folder."
        ),
        "sheets.disk_full": N_("The disk is full; “{name}” was not written."),
    }
)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` to write to; takes its place when the block ends well.

    Raises:
        EnvironmentFault: ``sheets.cannot_write`` or ``sheets.disk_full``; `path` is as it was.
    """
    try:
        handle, name = mkstemp(prefix=".lintan-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        code = "sheets.disk_full" if is_full(error) else "sheets.cannot_write"
        raise EnvironmentFault(code, name=path.name) from error
