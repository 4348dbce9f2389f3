"""A colleague in a process of their own: opens a form, saves another record, and is killed.

    python -m tests.integration.colleague_child URL LOGIN RECORD

The lease is taken before the other record is saved, and never released.
"""

from __future__ import annotations

import sys

from core import colleagues, office
from core.parties.service import RegisterPerson, register_person
from core.values.identity import IdKind
from tests import databases


def main(url: str, login: str, record_id: str) -> None:
    """Work, then wait until nobody needs this process any more."""
    database = office.open_database(url, login, databases.PASSWORD, databases.clock())
    with database.write() as session:
        colleagues.take(session, "party", int(record_id), "child")
    with database.write() as session:
        person = RegisterPerson(name="同事", id_kind=IdKind.NONE, no_number_reason="测试")
        register_person(session, person)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
