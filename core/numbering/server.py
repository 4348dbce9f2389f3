"""Server functions of PostgreSQL that take numbers; installed by every upgrade.

People have no right to write a counter or to add to the ledger: only this function does both,
so no statement of theirs can burn a number.
"""

from __future__ import annotations

FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION lintan_take_number(
        its_key text, its_code text, its_year integer, at_time timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE its_series integer; its_sequence integer; its_line integer;
    BEGIN
        UPDATE number_series SET next = next + 1
        WHERE key = its_key AND office_code = its_code AND year = its_year
        RETURNING id, next - 1 INTO its_series, its_sequence;
        IF NOT FOUND THEN
            INSERT INTO number_series (key, office_code, year, next)
            VALUES (its_key, its_code, its_year, 1) ON CONFLICT DO NOTHING;
            UPDATE number_series SET next = next + 1
            WHERE key = its_key AND office_code = its_code AND year = its_year
            RETURNING id, next - 1 INTO its_series, its_sequence;
        END IF;
        INSERT INTO number_ledger
            (series_id, key, year, sequence, text, state, record_kind, reason, taken_at)
        VALUES (its_series, its_key, its_year, its_sequence, '', 'used', '', '', at_time)
        RETURNING id INTO its_line;
        RETURN its_line;
    END $$""",
    """CREATE OR REPLACE FUNCTION lintan_number_complete() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM number_ledger
                   WHERE id = NEW.id AND (record_id IS NULL OR text = '')) THEN
            RAISE EXCEPTION 'lintan.number_without_record number_ledger' USING ERRCODE = 'LT004';
        END IF;
        RETURN NULL;
    END $$""",
    "DROP TRIGGER IF EXISTS lintan_number_complete ON number_ledger",
    """CREATE CONSTRAINT TRIGGER lintan_number_complete AFTER INSERT OR UPDATE ON number_ledger
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lintan_number_complete()""",
)
