"""What the papers tell the rest of the program about themselves."""

from __future__ import annotations

from core.capability import (
    ADMINISTRATOR,
    APPROVER,
    CHECKER,
    CLERK,
    ISSUER,
    REGISTRAR,
    REVIEWER,
    SECOND_REVIEWER,
    Capability,
    Permission,
    Queue,
)
from core.documents.model import Document, DocumentPrint, PaperTemplate, PinnedKey
from core.documents.queries import PAPERS
from core.documents.service import pending_count
from core.i18n import N_

_OFFICE = (CLERK, REVIEWER, SECOND_REVIEWER, APPROVER, REGISTRAR, CHECKER, ISSUER)

CAPABILITY = Capability(
    key="documents",
    title=N_("Papers"),
    icon="papers",
    models=(PaperTemplate, Document, DocumentPrint, PinnedKey),
    permissions=(
        Permission("papers.sign", N_("Sign and issue papers"), _OFFICE),
        Permission("papers.copy", N_("Make copies of issued papers"), (CLERK, REGISTRAR, ISSUER)),
        Permission("papers.void", N_("Declare papers void"), (APPROVER, REGISTRAR)),
        Permission("papers.templates", N_("Edit the texts of papers"), (ADMINISTRATOR,)),
        Permission("papers.keys", N_("Pin the office's signing keys"), (ADMINISTRATOR,)),
    ),
    queues=(
        Queue(
            "papers.to_sign",
            N_("Papers waiting for their signature"),
            pending_count,
            "document",
            {"state": "to_sign"},
        ),
    ),
    lists={"document": PAPERS},
    cli="core.cli.papers",
)
