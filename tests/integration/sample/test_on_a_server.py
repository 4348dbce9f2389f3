"""The whole sample office on PostgreSQL: the same people, steps, figures and refusals."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.audit import verify_chain
from core.cli.sample_office import people, tables
from core.cli.sample_office.build import SampleOffice, create_authority, make_clock, walk
from core.cli.sample_office.founding import OFFICE_NAME, found_office, opener
from core.cli.sample_office.judging import judge_cases, judge_papers
from core.cli.sample_office.rulecases import show_rules
from core.documents.authority import TestAuthority
from tests.databases import Server

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_name(postgres_server: Server) -> Iterator[str]:
    """An empty database; it and the login roles made in it go afterwards."""
    name = f"lintan_sample_{os.getpid()}"
    before = postgres_server.logins()
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    yield name
    new = [f'DROP ROLE "{login}"' for login in sorted(postgres_server.logins() - before)]
    postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)", *new)


def test_that_the_whole_sample_office_runs_on_a_server(
    postgres_server: Server, database_name: str, tmp_path: Path
) -> None:
    secrets, clock = people.passwords(1), make_clock()
    authority: TestAuthority = create_authority(tmp_path / "trust", OFFICE_NAME, clock)
    url = postgres_server.url_without_person(database_name)
    found_office(url, postgres_server.url(database_name), authority, secrets, clock)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    office = SampleOffice(
        folder=scratch,
        clock=clock,
        signer=authority.signer(),
        open_as=opener(url, secrets, clock),
        approver=authority.signer_of(people.APPROVER.name),
    )
    try:
        walk(office, lambda _done, _total, _text: None)
        cases = judge_cases(office)
        papers = judge_papers(office, tmp_path, authority)
        rules = show_rules(office)
        with office.database(people.AUDITOR).read() as session:
            chain = verify_chain(session)
    finally:
        office.close()
    assert [case.key for case in cases if not case.good] == []
    assert len(cases) == len(tables.applications())
    assert [paper.file for paper in papers if not paper.good] == []
    assert [rule.key for rule in rules if not rule.good] == []
    assert chain.intact
