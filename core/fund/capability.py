"""What the fund brings to the office."""

from __future__ import annotations

from core.capability import (
    APPROVER,
    CASHIER,
    FUND_MANAGER,
    RECEIPT_ISSUER,
    RECEIPT_REVIEWER,
    Capability,
    PaperKind,
    Permission,
    SeriesSpec,
)
from core.fund import bank_model, model, receipt_model
from core.fund.bank import BANK_LINE
from core.fund.bank_desk import BANK_LINES
from core.fund.books import BOOK, BOOKS
from core.fund.lists import DONATIONS, RECEIPTS, SHEETS
from core.fund.masters import CAMPAIGN, CAMPAIGNS, GRANT, GRANTS, PURPOSE, PURPOSES, UNIT, UNITS
from core.fund.papers import confirmation_facts
from core.fund.pledges import PLEDGE, PLEDGES
from core.fund.sheets import DONATIONS_IMPORTER
from core.i18n import N_

_PAPERS = {
    "donation_certificate": N_("Donation certificate"),
    "receipt_void": N_("Approval to declare a receipt void"),
    "receipt_reversal": N_("Approval to reverse an e-receipt"),
    "daily_closing": N_("Daily closing sheet"),
    "stock_month": N_("Monthly sheet of the stock of receipts"),
    "stock_settlement": N_("Settlement of used books"),
    "receipt_ledger": N_("Ledger of receipts"),
    "donor_statement": N_("Year's statement for a donor"),
    "donation_disclosure": N_("Disclosure of donations"),
    "tax_explanation": N_("Explanation of the deduction"),
    "bank_reconciliation": N_("Bank reconciliation"),
}


CAPABILITY = Capability(
    key="fund",
    title=N_("Carbon fund"),
    icon="fund",
    models=(
        model.IssuingUnit,
        model.UnitQualification,
        model.Campaign,
        model.Purpose,
        model.FundEntry,
        model.Donor,
        model.Pledge,
        model.Donation,
        model.DonationItem,
        model.DonationMember,
        model.Grant,
        receipt_model.Receipt,
        receipt_model.ReceiptLine,
        receipt_model.ReceiptChange,
        receipt_model.StockBook,
        receipt_model.StockSheet,
        bank_model.BankMapping,
        bank_model.BankLine,
        bank_model.PayerName,
    ),
    permissions=(
        Permission("fund.manage", N_("Units, purposes and campaigns of the fund"), (FUND_MANAGER,)),
        Permission("fund.record", N_("Note donations and the arrival of money"), (CASHIER,)),
        Permission("fund.import", N_("Import donations, and undo an import"), (CASHIER,)),
        Permission("fund.review", N_("Review receipts"), (RECEIPT_REVIEWER,)),
        Permission("fund.issue", N_("Issue receipts"), (RECEIPT_ISSUER,)),
        Permission(
            "fund.stock", N_("Stock of pre-printed receipts"), (RECEIPT_ISSUER, FUND_MANAGER)
        ),
        Permission("fund.refund", N_("Refund donations"), (FUND_MANAGER,)),
        Permission("fund.rebook", N_("Move donations to another donor"), (FUND_MANAGER,)),
        Permission("fund.approve", N_("Agree to the use of funds"), (APPROVER,)),
        Permission(
            "fund.report", N_("Statements and reports of the fund"), (FUND_MANAGER, CASHIER)
        ),
        Permission(
            "fund.reveal", N_("See bank accounts in clear (each look is logged)"), (CASHIER,)
        ),
    ),
    series=(
        SeriesSpec(
            "confirmation", N_("Confirmations of donations"), "{short}碳捐〔{year}〕第{seq:06}号"
        ),
        SeriesSpec("donation", N_("Donations"), "{short}碳赠〔{year}〕{seq}号"),
        SeriesSpec(
            "donation_certificate", N_("Donation certificates"), "{short}碳誉〔{year}〕{seq}号"
        ),
    ),
    papers=(
        PaperKind(
            "donation_confirmation",
            N_("Confirmation of a donation"),
            "donation_confirmation",
            facts=confirmation_facts,
        ),
        *(PaperKind(kind, title, kind) for kind, title in _PAPERS.items()),
    ),
    imports=(DONATIONS_IMPORTER,),
    lists={
        "donation": DONATIONS,
        "receipt": RECEIPTS,
        "receipt_sheet": SHEETS,
        PLEDGE: PLEDGES,
        BANK_LINE: BANK_LINES,
        BOOK: BOOKS,
        PURPOSE: PURPOSES,
        GRANT: GRANTS,
        CAMPAIGN: CAMPAIGNS,
        UNIT: UNITS,
    },
    cli="core.cli.donation",
)
