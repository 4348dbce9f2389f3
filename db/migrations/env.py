"""Alembic's environment: runs on a connection it is handed, in the transaction of that connection."""

from __future__ import annotations

from alembic import context  # noqa: TID253 - Alembic itself loads this module

from db.migrations.compare import include_name

config = context.config
connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=config.attributes["metadata"],
    render_as_batch=connection.dialect.name == "sqlite",
    include_name=include_name,
    transactional_ddl=False,  # the caller's transaction holds all steps and the guards
)
context.run_migrations()
