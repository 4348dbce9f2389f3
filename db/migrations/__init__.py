"""Migrations of the database. `REVISIONS` is known without loading Alembic: the start needs it."""

from __future__ import annotations

#: Every revision, the oldest first. A revision that is not here belongs to a newer program.
REVISIONS = ("0001",)
HEAD = REVISIONS[-1]
