"""What the move test kills: moves an office and stops in the middle until it dies.

    python -m tests.integration.move_child SOURCE LOGIN PASSWORD TARGET TABLE

It says `here` once rows of the table were written, and then waits for ever.
"""

from __future__ import annotations

import sys

from core import office
from core.maintenance.moving import move
from tests import databases


def main(source: str, login: str, secret: str, target: str, table: str) -> None:
    """Move as far as the table."""

    def report(done: int, total: int, text: str = "") -> None:
        if text == table and done:
            sys.stdout.write("here\n")
            sys.stdout.flush()
            sys.stdin.read()

    database = office.open_database(source, login, secret)
    move(database, source, target, databases.PASSWORD, report)


if __name__ == "__main__":
    main(*sys.argv[1:])
