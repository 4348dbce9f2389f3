"""Rendering and signing big batches in several processes: each opens the key file once.

Threads would not help: the work is Python. Papers come back in the order they were given, a chunk
at a time, so that a batch of any size needs the memory of one chunk.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from core.documents import press
from core.documents.sign import Signer, from_pkcs12
from core.errors import RuleViolation

if TYPE_CHECKING:
    from core.documents.press import Work

#: Papers handed to a process at once.
SHARE = 8
_signer: Signer | None = None


def _open(path: Path, passphrase: str) -> None:
    """In each process, once: the key, whose parsing is most of what a small paper costs."""
    global _signer  # noqa: PLW0603 - a process of the pool has one signer for its life
    _signer = from_pkcs12(path, passphrase)


def _press(work: Work, at: datetime) -> bytes | RuleViolation:
    assert _signer is not None  # the initialiser ran
    try:
        return press.press(work, _signer, at)
    except RuleViolation as fault:
        return fault


def _memory(_turn: int) -> int:
    """Resident memory of a process of the pool in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (line,) = [row for row in status.read_text().splitlines() if row.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


class PressPool:
    """Processes that render and sign; a context manager. The passphrase stays in memory only."""

    def __init__(self, path: Path, passphrase: str, processes: int = 2) -> None:
        """Start the processes.

        Raises:
            EnvironmentFault: the key file does not open (judged here, before any process starts).
        """
        from_pkcs12(path, passphrase)
        self.processes = processes
        self._pool = ProcessPoolExecutor(
            processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_open,
            initargs=(path, passphrase),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def press(self, works: Sequence[Work], at: datetime) -> Iterator[bytes | RuleViolation]:
        """Each paper's signed file, or why it cannot be made, in the order given."""
        return self._pool.map(_press, works, repeat(at), chunksize=SHARE)

    def memory(self) -> int:
        """Resident memory of the largest process in bytes, as far as the system tells."""
        return max(self._pool.map(partial(_memory), range(4 * self.processes)))
