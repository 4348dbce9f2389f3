"""What PostgreSQL itself guards: triggers, server functions and grants.

Everything belongs to the owner of the database, who works nowhere but in upgrades. People are
login roles in the group `lintan_user`; what they may do is granted to the group, and what only some
of them may do is checked by triggers and functions that ask `session_user`, which nobody can set.
"""

from __future__ import annotations

# ruff: noqa: S608 - names of our own tables and columns, quoted
from collections.abc import Sequence

from sqlalchemy import Connection, MetaData, Table, text

from db.triggers import PREFIX, fixed_columns, keeps_rows, kept_when, never, refusal

GROUP = "lintan_user"
#: The oldest server: 14 still lets everybody create tables in `public`.
OLDEST = 150000

#: SQLSTATE of refusals, class LT.
_STATES = {"frozen": "LT001", "append_only": "LT002", "guarded": "LT003"}


def install(connection: Connection, metadata: MetaData) -> None:
    """Make functions, triggers and grants anew, in the caller's transaction."""
    _make_group(connection)
    for table in metadata.sorted_tables:
        for statement in table.info.get("functions", ()):
            _run(connection, statement)
    for table in metadata.sorted_tables:
        for statement in _guard(table):
            _run(connection, statement)
    for statement in grants(metadata):
        _run(connection, statement)
    close_database(connection)


def wrong(connection: Connection, metadata: MetaData) -> list[str]:
    """Names of the guards that are missing, changed or switched off."""
    rows = connection.execute(
        text(
            "SELECT c.relname, p.prosrc FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgname = :name AND t.tgenabled IN ('O', 'A')"
        ),
        {"name": f"{PREFIX}guard"},
    )
    found = {row.relname: row.prosrc for row in rows}
    return [
        f"{PREFIX}guard_{table.name}"
        for table in metadata.sorted_tables
        if (body := _body(table)) and found.get(table.name) != body
    ]


def grants(metadata: MetaData) -> list[str]:
    """Least grants of the group on every table."""
    statements = [f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {GROUP}"]
    for table in metadata.sorted_tables:
        verbs = ", ".join(_verbs(table))
        statements.append(f'GRANT {verbs} ON "{table.name}" TO {GROUP}')
    statements += [
        f"GRANT SELECT ON alembic_version TO {GROUP}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {GROUP}",
        "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {GROUP}",
    ]
    return statements


def _verbs(table: Table) -> Sequence[str]:
    declared: Sequence[str] = table.info.get("grants", ())
    if declared:
        return declared
    if table.info.get("append_only"):
        return ("SELECT", "INSERT")
    if keeps_rows(table):
        return ("SELECT", "INSERT", "UPDATE")
    return ("SELECT", "INSERT", "UPDATE", "DELETE")


def _guard(table: Table) -> list[str]:
    body = _body(table)
    if not body:
        return []
    function = f'"{PREFIX}guard_{table.name}"'
    make = (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = public, pg_temp AS $guard${body}$guard$"
    )
    hang = (
        f'CREATE TRIGGER {PREFIX}guard BEFORE INSERT OR UPDATE OR DELETE ON "{table.name}"'
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    statements = [
        make,
        f'DROP TRIGGER IF EXISTS {PREFIX}guard ON "{table.name}"',
        hang,
        f'DROP TRIGGER IF EXISTS {PREFIX}truncate ON "{table.name}"',
    ]
    if keeps_rows(table) or table.info.get("frozen") or table.info.get("fixed"):
        statements.append(
            f'CREATE TRIGGER {PREFIX}truncate BEFORE TRUNCATE ON "{table.name}"'
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    return statements


def _body(table: Table) -> str:
    """The body of the guard function of a table; empty when it guards nothing."""
    info = table.info
    lines: list[str] = []
    if info.get("guard"):
        asked = f"NOT lintan_may('{info['guard']}') AND NOT lintan_is_owner()"
        lines.append(f"IF {asked} THEN {_raise(table, 'guarded')} END IF;")
    lines += _row_rules(table)
    if not lines:
        return ""
    return "\n".join(["", "BEGIN", *lines, "RETURN NEW;", "END", ""])


def _row_rules(table: Table) -> list[str]:
    info = table.info
    frozen: Sequence[str] = info.get("frozen", ())
    fixed = fixed_columns(table)
    if not (keeps_rows(table) or frozen or fixed):
        return ["IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"] if info.get("guard") else []
    lines = [
        f"IF TG_OP = 'TRUNCATE' THEN {_raise(table, refusal(table))} END IF;",
        "IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;",
    ]
    if info.get("append_only"):
        return [*lines, _raise(table, "append_only")]
    holds = _holds(table, "OLD")
    if keeps_rows(table):
        lines.append(f"IF TG_OP = 'DELETE' THEN {_raise(table, 'frozen')} END IF;")
    elif kept := kept_when(table):
        lines.append(
            f"IF TG_OP = 'DELETE' THEN IF {_row('OLD', kept)} THEN"
            f" {_raise(table, 'frozen')} END IF; RETURN OLD; END IF;"
        )
    else:
        lines.append("IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;")
    for columns, condition in ((fixed, "true"), (frozen, holds)):
        if columns:
            old = ", ".join(f'OLD."{name}"' for name in columns)
            new = ", ".join(f'NEW."{name}"' for name in columns)
            changed = f"ROW({old}) IS DISTINCT FROM ROW({new})"
            lines.append(f"IF {changed} AND {condition} THEN {_raise(table, 'frozen')} END IF;")
    lines += [f"IF {one} THEN {_raise(table, 'frozen')} END IF;" for one in never(table)]
    if info.get("frozen_when"):
        thawed = f"{holds} AND NOT {_holds(table, 'NEW')}"
        lines.append(f"IF {thawed} THEN {_raise(table, 'frozen')} END IF;")
    return lines


def _holds(table: Table, which: str) -> str:
    """`frozen_when` over the OLD or NEW row."""
    predicate = table.info.get("frozen_when")
    return _row(which, predicate) if predicate else "true"


def _row(which: str, predicate: str) -> str:
    """A predicate over the OLD or NEW row; it names plain columns."""
    return f"EXISTS (SELECT 1 FROM (SELECT {which}.*) AS one WHERE {predicate})"


def _raise(table: Table, code: str) -> str:
    return f"RAISE EXCEPTION 'lintan.{code} {table.name}' USING ERRCODE = '{_STATES[code]}';"


def _run(connection: Connection, statement: str) -> None:
    # psycopg takes every % for a parameter, even in a statement without any.
    connection.exec_driver_sql(statement.replace("%", "%%"))


def _make_group(connection: Connection) -> None:
    known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": GROUP})
    if not known:
        connection.exec_driver_sql(f"CREATE ROLE {GROUP} NOLOGIN")


def close_database(connection: Connection) -> None:
    """Nobody but the group gets in, and nobody makes tables to hang forged triggers on."""
    name = connection.dialect.identifier_preparer.quote(
        str(connection.scalar(text("SELECT current_database()")))
    )
    connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO {GROUP}")
    connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {GROUP}")
