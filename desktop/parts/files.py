"""Writing a file the person named: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from core.errors import EnvironmentFault
from core.i18n import N_
from core.messages import register

register(
    {
        "desktop.file_unwritable": N_(
            "The file “{name}” cannot be written. It may be open in another program, "
            "or the folder may be full or read-only."
        ),
        "desktop.file_unreadable": N_("The file “{name}” cannot be read."),
    }
)


def write_file(path: Path, data: bytes) -> None:
    """Write bytes to a neighbouring file and rename it, so that no half file is left.

    Raises:
        EnvironmentFault: the file or folder cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise EnvironmentFault("desktop.file_unwritable", name=path.name) from fault


def read_file(path: Path) -> bytes:
    """The bytes of a file the person chose.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as fault:
        raise EnvironmentFault("desktop.file_unreadable", name=path.name) from fault
