"""What the crash test kills: registers numbered records until it dies.

    python -m tests.integration.crash_child URL LOGIN START

Each action stores a file, writes its history and its line in the search index, and takes a number
for it; then it says on standard output which one is done.
"""

from __future__ import annotations

import sys
from itertools import count

from core import attachments, history, numbering, office, search
from core.clock import SystemClock
from tests import databases


def say(what: object) -> None:
    """Tell the test; flushed, because the next instant may be the last."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, login: str, start: str) -> None:
    """Register records for ever."""
    database = office.open_database(url, login, databases.PASSWORD, SystemClock())
    say("ready")
    for number in count(int(start)):
        with database.write() as session:
            attached = attachments.attach(
                session, "account", 1, "crash", f"{number}.txt", f"{number}".encode()
            )
            history.record(session, "attachment", attached.id, "registered")
            search.index(session, "attachment", attached.id, search.SearchLine(f"{number}"))
            session.flush()
            numbering.take(
                session,
                databases.SERIES.key,
                record_kind="attachment",
                record_id=attached.id,
            )
        say(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
