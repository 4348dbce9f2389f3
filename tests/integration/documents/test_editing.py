"""The office edits texts of papers: new versions, samples, and papers that keep theirs."""

from __future__ import annotations

import pytest

from core.database import Database
from core.documents import editing, service
from core.documents.templates import shipped, shipped_kinds
from core.errors import NotPermitted, RuleViolation
from tests import databases, papers


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("kind", shipped_kinds())
def test_that_every_paper_prints_on_sample_data(kind: str, long: bool) -> None:
    data = editing.draw(shipped(kind).source, kind, long=long)
    assert data.startswith(b"%PDF-1.7")


def test_that_an_edit_is_a_new_version_and_papers_keep_theirs(database: Database) -> None:
    source = shipped("acceptance").source
    with database.write() as session:
        before = service.prepare(
            session, kind="acceptance", record_kind="application", record_id=1, facts=papers.LETTER
        )
        edited = editing.save(session, "acceptance", source.replace("受理", "收下"))
        after = service.prepare(
            session, kind="acceptance", record_kind="application", record_id=1, facts=papers.LETTER
        )
    assert edited.version == shipped("acceptance").version + 1
    with database.write() as session:
        again = editing.save(session, "acceptance", edited.source)
        assert again.version == edited.version + 1
        assert service.work(session, before.id).template.source == source
        assert service.work(session, after.id).template.source == edited.source
        (line,) = [one for one in editing.kinds(session) if one.kind == "acceptance"]
        assert (line.version, line.by_office) == (again.version, True)
        found = [(one.version, one.by_office) for one in editing.versions(session, "acceptance")]
        assert found == [(again.version, True), (edited.version, True), (1, False)]


def test_that_a_text_that_cannot_be_used_is_not_saved(sqlite_database: Database) -> None:
    for wrong in ("kind = ", shipped("refusal").source, "{nonsense}"):
        with pytest.raises(RuleViolation), sqlite_database.write() as session:
            editing.save(session, "acceptance", wrong)
    with (
        databases.open_as(sqlite_database, "clerk") as clerk,
        pytest.raises(NotPermitted),
        clerk.write() as session,
    ):
        editing.save(session, "acceptance", shipped("acceptance").source)
