"""Tables of land: parcels with their keys and boundaries, and the claims on them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.parcels.ddl import BOX_DDL
from core.values.area import Area
from core.values.columns import AreaColumn
from db.base import Base, Versioned
from db.types import UtcDateTime, intpk


class Parcel(Versioned, Base):
    """A piece of forest land, independent of any application.

    Attributes:
        township_code: 9 digits, county (6) and township (3).
        village_code: 3 digits; 9xx for state forest farms.
        compartment: 林班, 4 digits.
        sub_compartment: 小班, 5 or 6 characters; renumbered with every data year.
        sub_compartment_key: 县6 + 乡3 + 村3 + 林班4 + 小班, or empty where a part is missing.
        data_year: 数据年度 of the sub-compartment number.
        estate_unit_no: 不动产单元号, 28 characters, or empty.
        right_cert_no: 林权证 or 不动产权证书 number, or empty.
        area: as stated by the measuring body.
        species_group: parameter group, assigned by a person.
        geometry: WKB in EPSG:4527, or None; the four bounds in metres go with it.
        source_srid: the system the boundary was delivered in.
    """

    __tablename__ = "parcel"
    __table_args__ = (
        Index("ix_parcel_estate_unit_no", "estate_unit_no"),
        Index("ix_parcel_right_cert_no", "right_cert_no"),
        Index("ix_parcel_sub_compartment_key", "sub_compartment_key"),
        {"info": {"audited": True, "ddl": BOX_DDL}},
    )

    id: Mapped[intpk]
    township_code: Mapped[str]
    township: Mapped[str]
    village_code: Mapped[str] = mapped_column(default="")
    village: Mapped[str]
    place_name: Mapped[str] = mapped_column(default="")
    compartment: Mapped[str] = mapped_column(default="")
    sub_compartment: Mapped[str] = mapped_column(default="")
    sub_compartment_key: Mapped[str] = mapped_column(default="")
    data_year: Mapped[int | None]
    estate_unit_no: Mapped[str] = mapped_column(default="")
    right_cert_no: Mapped[str] = mapped_column(default="")
    area: Mapped[Area] = mapped_column(AreaColumn)
    species: Mapped[str]
    species_group: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    forest_class: Mapped[str] = mapped_column(default="")
    forest_category: Mapped[str] = mapped_column(default="")
    age_group: Mapped[str] = mapped_column(default="")
    geometry: Mapped[bytes | None] = mapped_column(LargeBinary)
    source_srid: Mapped[int | None]
    min_x: Mapped[float | None]
    min_y: Mapped[float | None]
    max_x: Mapped[float | None]
    max_y: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParcelClaim(Base):
    """A record's hold on a parcel for a monitoring period.

    Claims are never deleted: one that is given up is marked with when and why.

    Attributes:
        owner_kind: table name of the record that claims (application, certificate, ...).
        owner_id: its id.
        period_from: first day of the monitoring period.
        period_to: last day, included.
        live: False once released.
    """

    __tablename__ = "parcel_claim"
    __table_args__ = (
        Index("ix_parcel_claim_owner", "owner_kind", "owner_id"),
        Index("ix_parcel_claim_parcel_live", "parcel_id", "live"),
        {"info": {"audited": True, "frozen": ["parcel_id", "owner_kind", "owner_id"]}},
    )

    id: Mapped[intpk]
    parcel_id: Mapped[int] = mapped_column(ForeignKey("parcel.id"))
    owner_kind: Mapped[str]
    owner_id: Mapped[int]
    period_from: Mapped[date]
    period_to: Mapped[date]
    live: Mapped[bool] = mapped_column(default=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_reason: Mapped[str] = mapped_column(default="")
