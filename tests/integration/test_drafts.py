"""Unfinished forms are kept for the person who typed them."""

from __future__ import annotations

from core import audit, drafts
from core.database import Database
from tests.databases import open_as


def test_that_a_draft_is_replaced_found_and_dropped(database: Database) -> None:
    with database.write() as session:
        drafts.keep(session, "application", {"project_name": "甲"})
    with database.write() as session:
        drafts.keep(session, "application", {"project_name": "甲乙"})
    with database.read() as session:
        found = drafts.find(session, "application")
        assert found is not None
        assert found.data == {"project_name": "甲乙"}
        assert drafts.find(session, "application/3") is None
    with database.write() as session:
        drafts.drop(session, "application")
        drafts.drop(session, "application")
    with database.read() as session:
        assert drafts.find(session, "application") is None


def test_that_nobody_sees_the_draft_of_another_person(database: Database) -> None:
    with database.write() as session:
        drafts.keep(session, "application", {"project_name": "甲"})
    with open_as(database, "clerk") as clerk, clerk.read() as session:
        assert drafts.find(session, "application") is None


def test_that_a_draft_leaves_no_line_in_the_audit_log(database: Database) -> None:
    with database.read() as session:
        before = audit.head(session)
    with database.write() as session:
        drafts.keep(session, "application", {"project_name": "甲"})
    with database.read() as session:
        assert audit.head(session) == before
