"""Server functions of PostgreSQL that make accounts; installed by every upgrade.

They run with the rights of the owner and ask `session_user`, which nobody can set.
"""

from __future__ import annotations

# ruff: noqa: S608 - the bodies of functions, put together from constants

_HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION lintan_may(asked text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM account a
        JOIN account_role ar ON ar.account_id = a.id
        JOIN role_permission rp ON rp.role_id = ar.role_id
        WHERE a.login = session_user AND a.active AND rp.permission = asked)
    $$""",
    """CREATE OR REPLACE FUNCTION lintan_is_owner() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_has_role(session_user, relowner, 'MEMBER')
    FROM pg_class WHERE oid = 'public.account'::regclass
    $$""",
    f"""CREATE OR REPLACE FUNCTION lintan_create_login(new_login text, verifier text)
    RETURNS void {_HEAD} AS $$
    BEGIN
        IF NOT lintan_may('access.manage') AND NOT lintan_is_owner() THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        IF new_login !~ '^[a-z][a-z0-9_.-]{{1,30}}$' OR new_login ~ '^(pg_|lintan_)'
           OR verifier !~ '^SCRAM-SHA-256\\$' THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        EXECUTE format(
            'CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 20'
            ' PASSWORD %L IN ROLE lintan_user', new_login, verifier);
    END $$""",
    f"""CREATE OR REPLACE FUNCTION lintan_set_password(its_login text, verifier text)
    RETURNS void {_HEAD} AS $$
    BEGIN
        IF session_user <> its_login AND NOT lintan_may('access.manage')
           AND NOT lintan_is_owner() THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM account a JOIN pg_roles r ON r.rolname = a.login
                       WHERE a.login = its_login AND NOT r.rolsuper)
           OR verifier !~ '^SCRAM-SHA-256\\$' THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', its_login, verifier);
    END $$""",
    f"""CREATE OR REPLACE FUNCTION lintan_set_login(its_login text, may_enter boolean)
    RETURNS void {_HEAD} AS $$
    BEGIN
        IF NOT lintan_may('access.manage') AND NOT lintan_is_owner() THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM account a JOIN pg_roles r ON r.rolname = a.login
                       WHERE a.login = its_login AND NOT r.rolsuper) THEN
            RAISE EXCEPTION 'lintan.guarded account' USING ERRCODE = 'LT003';
        END IF;
        EXECUTE format('ALTER ROLE %I %s', its_login,
                       CASE WHEN may_enter THEN 'LOGIN' ELSE 'NOLOGIN' END);
        IF NOT may_enter THEN
            BEGIN
                PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = its_login AND pid <> pg_backend_pid();
            EXCEPTION WHEN insufficient_privilege THEN
                NULL;  -- the owner may not; the program refuses the next action of the person
            END;
        END IF;
    END $$""",
)
