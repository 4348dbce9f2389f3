"""Engines for both databases.

SQLite: the driver's own transaction handling gave 133-150 duplicate numbers in 200; here it is
switched off and the begin hook says BEGIN IMMEDIATE for writes and BEGIN for reads.
synchronous=FULL: with NORMAL a power cut may take back a number that is already on paper.
PostgreSQL: plans are made per execution (texts are skewed), a lock is waited for 5 s at most.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_SECONDS = 15
#: Execution option of engines that only read.
READONLY = "readonly"

_PRAGMAS = (
    "journal_mode=WAL",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "synchronous=FULL",
    "foreign_keys=ON",
    # Off by default, and then INSERT OR REPLACE removes a frozen row without its trigger.
    "recursive_triggers=ON",
    "cache_size=-65536",
    "mmap_size=268435456",
    "temp_store=MEMORY",
)

#: Session settings of PostgreSQL. The keepalives find a pulled cable in a minute instead of hours.
_POSTGRES_OPTIONS = (
    "-c plan_cache_mode=force_custom_plan -c jit=off -c lock_timeout=5000"
    " -c idle_in_transaction_session_timeout=600000 -c client_min_messages=warning"
)
_POSTGRES_CONNECT: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "lintan",
    "options": _POSTGRES_OPTIONS,
}


def create_engine_for(url: str | URL, *, foreign_keys: bool = True) -> Engine:
    """The engine of a database.

    Args:
        url: SQLAlchemy URL, ``sqlite:///file`` or ``postgresql+psycopg://...``.
        foreign_keys: False only for migrations on SQLite: a batch operation copies the table and
            drops the old one, which would delete or refuse its children.
    """
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        return _sqlite(target, foreign_keys=foreign_keys)
    return create_engine(target, connect_args=_POSTGRES_CONNECT, pool_pre_ping=True)


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that see one state of the database and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READONLY: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite(url: URL, *, foreign_keys: bool) -> Engine:
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
        if not foreign_keys:
            connection.execute("PRAGMA foreign_keys=OFF").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        readonly = bool(connection.get_execution_options().get(READONLY))
        connection.exec_driver_sql(f"PRAGMA query_only={int(readonly)}")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine
