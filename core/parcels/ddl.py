"""The spatial index, which no mapped table can express: R*Tree on SQLite, GiST on PostgreSQL.

On SQLite the service writes the rows of `parcel_box` (never a trigger); PostgreSQL keeps the
expression index itself.
"""

from __future__ import annotations

from db.base import DialectDdl, add_ddl

#: Taken off eastings in the R*Tree, whose coordinates are 32-bit floats: without the zone number
#: the rounding is 0.06 m instead of 4 m (and always outwards).
ZONE_OFFSET = 39_000_000

#: The same text in the index and in the query, or PostgreSQL does not use the index.
PG_BOX = "box(point(max_x, max_y), point(min_x, min_y))"

add_ddl(
    DialectDdl(
        dialect="sqlite",
        name="parcel_box",
        create="CREATE VIRTUAL TABLE parcel_box USING rtree(id, min_x, max_x, min_y, max_y)",
        drop="DROP TABLE parcel_box",
    ),
    DialectDdl(
        dialect="postgresql",
        name="ix_parcel_box",
        create=f"CREATE INDEX ix_parcel_box ON parcel USING gist (({PG_BOX}))",
        drop="DROP INDEX ix_parcel_box",
    ),
)
