"""Running migrations on a connection, in its transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, inspect, text

from db.migrations import HEAD
from db.triggers import install

if TYPE_CHECKING:
    from alembic.config import Config


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None when it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def migrate(connection: Connection, metadata: MetaData, target: str = HEAD) -> None:
    """Bring the database to a revision and make its guards anew when it is the newest.

    On SQLite the connection must have foreign_keys=OFF: a batch operation copies the table and
    drops the old one.
    """
    from alembic import command

    config = _config(connection, metadata)
    current = revision_of(connection)
    if _is_older(target, current):
        _drop_guards(connection)
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    if target == HEAD:
        install(connection, metadata)


def _is_older(target: str, current: str | None) -> bool:
    return target == "base" or (current is not None and target < current)


def _drop_guards(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lintan%'")
        )
        for (name,) in rows.all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _config(connection: Connection, metadata: MetaData) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config
