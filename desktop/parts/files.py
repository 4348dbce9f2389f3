"""Writing a file the person named: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from core.errors import EnvironmentFault
from core.files import why, write_whole
from core.i18n import N_
from core.messages import register

register(
    {
        "desktop.file_unwritable": N_("The file “{name}” cannot be written: {reason}."),
        "desktop.file_unreadable": N_("The file “{name}” cannot be read: {reason}."),
    }
)


def write_file(path: Path, data: bytes) -> None:
    """Write bytes whole or not at all.

    Raises:
        EnvironmentFault: the file or folder cannot be written.
    """
    try:
        write_whole(path, data)
    except OSError as fault:
        raise EnvironmentFault(
            "desktop.file_unwritable", name=path.name, reason=why(fault)
        ) from fault


def read_file(path: Path) -> bytes:
    """The bytes of a file the person chose.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as fault:
        raise EnvironmentFault(
            "desktop.file_unreadable", name=path.name, reason=why(fault)
        ) from fault
