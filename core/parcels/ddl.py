"""The spatial index, which no mapped table can express: R*Tree on SQLite, GiST on PostgreSQL.

Found by the migration through ``Parcel.__table__.info["ddl"]``: statements per dialect that create
and drop it. On SQLite the service writes the rows of ``parcel_box`` (never a trigger); PostgreSQL
keeps the expression index itself.
"""

from __future__ import annotations

#: Taken off eastings in the R*Tree, whose coordinates are 32-bit floats: without the zone number
#: the rounding is 0.06 m instead of 4 m (and always outwards).
ZONE_OFFSET = 39_000_000

#: The same text in the index and in the query, or PostgreSQL does not use the index.
PG_BOX = "box(point(max_x, max_y), point(min_x, min_y))"

BOX_DDL = {
    "sqlite": {
        "create": ("CREATE VIRTUAL TABLE parcel_box USING rtree(id, min_x, max_x, min_y, max_y)",),
        "drop": ("DROP TABLE parcel_box",),
    },
    "postgresql": {
        "create": (f"CREATE INDEX ix_parcel_box ON parcel USING gist (({PG_BOX}))",),
        "drop": ("DROP INDEX ix_parcel_box",),
    },
}
