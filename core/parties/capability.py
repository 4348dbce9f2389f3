"""What the party register brings to the office."""

from __future__ import annotations

from core.capability import (
    ADMINISTRATOR,
    CASHIER,
    CHECKER,
    CLERK,
    ISSUER,
    REGISTRAR,
    REVIEWER,
    SECRETARY,
    Capability,
    Permission,
)
from core.i18n import N_
from core.parties.model import NotADuplicate, Party, PersonalNumber, Qualification, QualityNote
from core.parties.queries import PARTIES
from core.parties.sheets import PARTIES_IMPORTER

CAPABILITY = Capability(
    key="parties",
    title=N_("Parties"),
    icon="parties",
    models=(Party, PersonalNumber, Qualification, QualityNote, NotADuplicate),
    permissions=(
        Permission(
            "parties.edit", N_("Enter and edit parties"), (CLERK, REGISTRAR, CASHIER, SECRETARY)
        ),
        Permission("parties.merge", N_("Merge two parties"), (REVIEWER, ADMINISTRATOR)),
        Permission(
            "parties.reveal",
            N_("See identity numbers in clear (each look is logged)"),
            (CLERK, CHECKER, REGISTRAR, ISSUER),
        ),
        Permission(
            "parties.import",
            N_("Import parties from Excel, and undo an import"),
            (CLERK, ADMINISTRATOR),
        ),
    ),
    search_kinds={"party": N_("Parties")},
    imports=(PARTIES_IMPORTER,),
    lists={"party": PARTIES},
)
