"""What land brings to the office."""

from __future__ import annotations

from core.capability import ADMINISTRATOR, CLERK, REVIEWER, Capability, Permission
from core.i18n import N_
from core.parcels.model import Parcel, ParcelClaim
from core.parcels.queries import PARCELS

CAPABILITY = Capability(
    key="parcels",
    title=N_("Parcels"),
    icon="parcels",
    models=(Parcel, ParcelClaim),
    permissions=(
        Permission("parcels.edit", N_("Enter and edit parcels"), (CLERK, REVIEWER, ADMINISTRATOR)),
    ),
    search_kinds={"parcel": N_("Parcels")},
    lists={"parcel": PARCELS},
)
