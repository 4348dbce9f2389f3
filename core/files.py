"""Files a person named: written whole or not at all, and why not in the person's own language."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from json import JSONDecodeError
from pathlib import Path

from core.i18n import N_, _

#: What the system says, in our words; the rest is told by its number.
_REASONS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EACCES: N_("it is write-protected, open in another program, or not yours to use"),
    errno.EPERM: N_("it is write-protected, open in another program, or not yours to use"),
    errno.EROFS: N_("the disk may only be read"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of the path is a file, not a folder"),
    errno.EEXIST: N_("it is there already"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EINVAL: N_("the name has characters that are not allowed here"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EFBIG: N_("the disk is full"),
    errno.EIO: N_("the disk reports an error"),
    errno.EBUSY: N_("it is open in another program"),
    errno.ETXTBSY: N_("it is open in another program"),
    errno.ETIMEDOUT: N_("the network does not answer"),
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(problem: OSError) -> bool:
    """Whether the disk, or what this account may use of it, is full."""
    return problem.errno in _FULL


def why(problem: OSError | ValueError) -> str:
    """Why a file cannot be read or written, as a part of a sentence in the language of the screen.

    A `ValueError` is text that is not UTF-8, no JSON, or a name with a zero byte.
    """
    if isinstance(problem, JSONDecodeError):
        text = _("line {line}, column {column} is not JSON")
        return text.format(line=problem.lineno, column=problem.colno)
    if isinstance(problem, UnicodeError):
        return _("it is not a text in UTF-8")
    if not isinstance(problem, OSError):
        return _("it cannot be understood")
    known = _REASONS.get(problem.errno or 0)
    return (
        _(known) if known else _("the system reports error {number}").format(number=problem.errno)
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a neighbour first, then a rename; none is left behind.

    Raises:
        OSError: the folder is not there, not writable, or full; `path` is as it was.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with scratch.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink()
        raise
