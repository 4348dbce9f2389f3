"""Write 0001_initial.py anew from the models: `python -m db.migrations.rewrite`.

For developers, while no version has been released: whoever changes a model runs it and commits
the result. Afterwards a change of a model is a revision of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine

from db.base import ddl
from db.migrations.compare import render_item

_HEAD = '''"""All tables of the first version. Written by `python -m db.migrations.rewrite`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

'''


def source(metadata: MetaData) -> str:
    """The Python source of the revision that makes every table of the models."""
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.migration import MigrationContext

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        script: Any = produce_migrations(context, metadata)
        for step in (*script.upgrade_ops.ops, *script.downgrade_ops.ops):
            step.info = {}  # what tables say to the guards is no part of their shape
        up = render_python_code(script.upgrade_ops, render_item=render_item)
        down = render_python_code(script.downgrade_ops, render_item=render_item)
    engine.dispose()
    return (
        f"{_HEAD}{_extras(metadata)}\n\ndef upgrade() -> None:\n    {up}\n"
        "    for statement in CREATE.get(op.get_bind().dialect.name, ()):\n"
        "        op.get_bind().exec_driver_sql(statement)\n\n\n"
        "def downgrade() -> None:\n"
        "    for statement in DROP.get(op.get_bind().dialect.name, ()):\n"
        "        op.get_bind().exec_driver_sql(statement)\n"
        f"    {down}\n"
    )


def _extras(metadata: MetaData) -> str:
    """What only one database has."""
    create = {d: [s for one in ddl(metadata, d) for s in one.create] for d in _DIALECTS}
    drop = {d: [s for one in ddl(metadata, d) for s in reversed(one.drop)] for d in _DIALECTS}
    return f"CREATE: dict[str, list[str]] = {create!r}\nDROP: dict[str, list[str]] = {drop!r}\n"


_DIALECTS = ("sqlite", "postgresql")


def main() -> None:
    """Write the file."""
    from core.office import metadata

    target = Path(__file__).parent / "versions" / "0001_initial.py"
    target.write_text(source(metadata()), encoding="utf-8")


if __name__ == "__main__":
    main()
