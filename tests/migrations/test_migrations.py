"""Migrations: the newest revision is what the models say, every step goes there and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text

from core import office
from core.database.upgrade import run_migrations
from core.errors import EnvironmentFault
from db.engine import create_engine_for
from db.migrations import HEAD, REVISIONS
from db.migrations.compare import include_name
from db.migrations.rewrite import source
from db.migrations.runner import migrate, revision_of
from db.triggers import wrong
from tests import databases

VERSIONS = Path(__file__).parents[2] / "db" / "migrations" / "versions"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind, as its owner, the way migrations connect."""
    if request.param == "sqlite":
        engine = create_engine_for(f"sqlite:///{tmp_path / 'empty.db'}", foreign_keys=False)
        yield engine
        engine.dispose()
        return
    server: databases.Server = request.getfixturevalue("postgres_server")
    name = f"lintan_empty_{databases.next_number()}"
    server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    engine = create_engine_for(server.url(name))
    yield engine
    engine.dispose()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def snapshot(connection: Connection) -> dict[str, object]:
    """Everything the schema says, to compare two states of it."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master"))
        return {f"{row.type} {row.name}": (row.tbl_name, row.sql) for row in rows}
    looked = inspect(connection)
    found: dict[str, object] = {}
    for table in sorted(looked.get_table_names()):
        columns = [
            (c["name"], str(c["type"]), c["nullable"], str(c["default"]))
            for c in looked.get_columns(table)
        ]
        found[table] = (
            columns,
            looked.get_pk_constraint(table),
            sorted(map(str, looked.get_foreign_keys(table))),
            sorted(map(str, looked.get_indexes(table))),
            sorted(map(str, looked.get_unique_constraints(table))),
        )
    return found


def test_that_the_list_of_revisions_is_the_chain_of_files() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(VERSIONS.parent))
    chain = [revision.revision for revision in script.walk_revisions()]
    assert list(reversed(chain)) == list(REVISIONS)
    assert script.get_current_head() == HEAD


def test_that_the_first_revision_is_what_the_models_say_today() -> None:
    """While nothing is released: `python -m db.migrations.rewrite` after a change of a model."""
    written = (VERSIONS / "0001_initial.py").read_text(encoding="utf-8")
    assert written == source(office.metadata())


def test_that_the_newest_revision_equals_the_models(empty: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with empty.begin() as connection:
        migrate(connection, office.metadata())
        options = {"include_name": include_name, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, office.metadata()) == []
        assert wrong(connection, office.metadata()) == []


def test_that_every_revision_goes_up_down_and_up_again(empty: Engine) -> None:
    with empty.begin() as connection:
        clean = snapshot(connection)
        states: list[dict[str, object]] = []
        for revision in REVISIONS:
            migrate(connection, office.metadata(), revision)
            states.append(snapshot(connection))
        for revision, state in zip(reversed(REVISIONS), reversed(states), strict=True):
            below = REVISIONS[REVISIONS.index(revision) - 1] if revision != REVISIONS[0] else "base"
            migrate(connection, office.metadata(), below)
            migrate(connection, office.metadata(), revision)
            assert snapshot(connection) == state
            migrate(connection, office.metadata(), below)
        left = snapshot(connection)
    kept = {name for name in left if "alembic_version" in name or "sqlite_sequence" in name}
    assert set(left) - kept == set(clean)


def test_that_a_failed_upgrade_leaves_the_database_as_it_was(empty: Engine) -> None:
    def fail(_connection: Connection) -> None:
        raise ZeroDivisionError

    url = empty.url.render_as_string(hide_password=False)
    with pytest.raises(ZeroDivisionError):
        run_migrations(url, office.metadata(), fail)
    with empty.connect() as connection:
        assert revision_of(connection) is None
        assert inspect(connection).get_table_names() == []


def test_that_an_upgrade_with_orphans_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    office.create_database(
        f"sqlite:///{path}", databases.SETUP, "admin", "管理员", databases.PASSWORD
    )
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("INSERT INTO account_role (account_id, role_id) VALUES (1, 4711)")
        foreign.commit()
    with pytest.raises(EnvironmentFault) as caught:
        run_migrations(f"sqlite:///{path}", office.metadata(), lambda _connection: None)
    assert caught.value.code == "database.orphans"
    assert caught.value.params == {"table": "account_role"}


def test_that_a_batch_operation_loses_no_children(tmp_path: Path) -> None:
    """With foreign_keys=ON a batch on a parent removed its children; migrations run with OFF."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    engine = create_engine_for(f"sqlite:///{tmp_path / 'a.db'}", foreign_keys=False)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)",
            """CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL
            REFERENCES parent(id) ON DELETE CASCADE)""",
            "INSERT INTO parent VALUES (1, 'a')",
            "INSERT INTO child VALUES (1, 1)",
        ):
            connection.execute(text(statement))
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("parent", recreate="always") as batch:
            batch.alter_column("name", new_column_name="title")
        assert connection.scalar(text("SELECT count(*) FROM child")) == 1
    engine.dispose()


@pytest.mark.postgres
def test_that_everything_on_the_server_belongs_to_the_owner(
    postgres_database: object, postgres_server: databases.Server
) -> None:
    url = make_url(databases.owner_url(postgres_database))  # type: ignore[arg-type]
    engine = create_engine(url)
    with engine.connect() as connection:
        owners = connection.scalars(
            text(
                "SELECT DISTINCT r.rolname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
                " WHERE c.relnamespace = 'public'::regnamespace"
            )
        ).all()
        public = connection.scalars(
            text(
                "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
                " AND has_function_privilege('public', p.oid, 'EXECUTE')"
            )
        ).all()
    engine.dispose()
    assert owners == [url.username]
    assert public == []
