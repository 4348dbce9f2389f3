"""What the papers tell the rest of the program about themselves."""

from __future__ import annotations

from core.capability import (
    ADMINISTRATOR,
    APPROVER,
    CHECKER,
    CLERK,
    FUND_MANAGER,
    ISSUER,
    RECEIPT_ISSUER,
    RECEIPT_REVIEWER,
    REGISTRAR,
    REVIEWER,
    SECOND_REVIEWER,
    SECRETARY,
    Capability,
    Permission,
    Queue,
)
from core.documents.batch import open_count
from core.documents.batch_model import PrintItem, PrintRun
from core.documents.model import Document, DocumentPrint, PaperTemplate, PinnedKey
from core.documents.queries import PAPERS
from core.documents.service import pending_count
from core.documents.signature_model import DocumentSignature, SigningCertificate
from core.documents.stamp_model import DocumentStamp
from core.documents.stamping import waiting_count
from core.documents.stock_model import SheetMove, SheetRange, SheetStock
from core.documents.stock_queries import SHEET_MOVES, SHEETS
from core.i18n import N_

_FUND = (RECEIPT_ISSUER, RECEIPT_REVIEWER, FUND_MANAGER)
_OFFICE = (
    CLERK,
    REVIEWER,
    SECOND_REVIEWER,
    APPROVER,
    REGISTRAR,
    CHECKER,
    ISSUER,
    SECRETARY,
    *_FUND,
)

CAPABILITY = Capability(
    key="documents",
    title=N_("Papers"),
    icon="papers",
    models=(
        PaperTemplate,
        Document,
        DocumentSignature,
        SigningCertificate,
        DocumentPrint,
        PinnedKey,
        SheetStock,
        SheetRange,
        SheetMove,
        PrintRun,
        PrintItem,
        DocumentStamp,
    ),
    permissions=(
        Permission("papers.sign", N_("Sign and issue papers"), _OFFICE),
        Permission("papers.approve", N_("Sign papers as their approver"), (APPROVER,)),
        Permission(
            "papers.copy",
            N_("Make copies of issued papers"),
            (CLERK, REGISTRAR, ISSUER, RECEIPT_ISSUER),
        ),
        Permission(
            "papers.void", N_("Declare papers void"), (APPROVER, REGISTRAR, RECEIPT_REVIEWER)
        ),
        Permission("papers.templates", N_("Edit the texts of papers"), (ADMINISTRATOR,)),
        Permission("papers.keys", N_("Pin the office's signing keys"), (ADMINISTRATOR,)),
        Permission("stock.keep", N_("Keep the stock of numbered sheets"), (REGISTRAR, ISSUER)),
        Permission("stock.destroy", N_("Have numbered sheets destroyed"), (APPROVER, REGISTRAR)),
    ),
    queues=(
        Queue(
            "papers.to_sign",
            N_("Papers waiting for their signature"),
            pending_count,
            "document",
            {"awaits": "signature"},
        ),
        Queue(
            "papers.to_stamp",
            N_("Papers waiting for their time stamp"),
            waiting_count,
            "document",
            {"awaits": "stamp"},
        ),
        Queue(
            "papers.printing",
            N_("Print runs that have not come out to the end"),
            open_count,
            "document",
            {"awaits": "print"},
        ),
    ),
    lists={"document": PAPERS, "sheet_range": SHEETS, "sheet_move": SHEET_MOVES},
    cli="core.cli.papers",
)
