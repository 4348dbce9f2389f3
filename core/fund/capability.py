"""What the fund brings to the office."""

from __future__ import annotations

from core.capability import (
    APPROVER,
    AUDITOR,
    CASHIER,
    FUND_MANAGER,
    RECEIPT_ISSUER,
    RECEIPT_REVIEWER,
    Capability,
    PaperKind,
    Permission,
    SeriesSpec,
)
from core.fund import answers, bank_model, model, receipt_model
from core.fund.bank import BANK_LINE
from core.fund.bank_desk import BANK_LINES
from core.fund.books import BOOK, BOOKS
from core.fund.lists import DONATIONS, RECEIPTS, SHEETS
from core.fund.masters import CAMPAIGN, CAMPAIGNS, GRANT, GRANTS, PURPOSE, PURPOSES, UNIT, UNITS
from core.fund.pledges import PLEDGE, PLEDGES
from core.fund.queues import QUEUES
from core.fund.sheets import DONATIONS_IMPORTER
from core.i18n import N_

#: Kinds with their title, what the register answers for, and where their record is today.
_PAPERS: tuple[tuple[str, str, answers.Facts | None, answers.Status], ...] = (
    (
        "donation_confirmation",
        N_("Confirmation of a donation"),
        answers.confirmation_facts,
        answers.receipt_status,
    ),
    ("donation_list", N_("List of donations"), answers.list_facts, answers.receipt_status),
    (
        "donation_certificate",
        N_("Donation certificate"),
        answers.certificate_facts,
        answers.donation_status,
    ),
    (
        "receipt_void",
        N_("Approval to declare a receipt void"),
        answers.change_facts,
        answers.change_status,
    ),
    (
        "receipt_reversal",
        N_("Approval to reverse an e-receipt"),
        answers.change_facts,
        answers.change_status,
    ),
    (
        "fund_grant_approval",
        N_("Approval of a use of funds"),
        answers.grant_facts,
        answers.grant_status,
    ),
    ("stock_settlement", N_("Settlement of used books"), answers.book_facts, answers.book_status),
    ("receipt_lost", N_("Report of lost receipts"), None, answers.book_status),
    ("stock_register", N_("Register of books of receipts"), None, answers.picture_status),
    ("daily_closing", N_("Daily closing sheet"), None, answers.picture_status),
    ("stock_month", N_("Monthly sheet of the stock of receipts"), None, answers.picture_status),
    ("receipt_ledger", N_("Ledger of receipts"), None, answers.picture_status),
    ("donor_statement", N_("Year's statement for a donor"), None, answers.picture_status),
    ("donation_disclosure", N_("Disclosure of donations"), None, answers.picture_status),
    ("tax_explanation", N_("Explanation of the deduction"), None, answers.picture_status),
    ("bank_reconciliation", N_("Bank reconciliation"), None, answers.picture_status),
)


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
        bank_model.BankStatement,
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
            "fund.report",
            N_("Statements and reports of the fund"),
            (FUND_MANAGER, CASHIER, AUDITOR),
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
        SeriesSpec("grant", N_("Uses of funds"), "{short}碳用〔{year}〕{seq}号"),
    ),
    papers=tuple(
        PaperKind(kind, title, kind, facts, status) for kind, title, facts, status in _PAPERS
    ),
    imports=(DONATIONS_IMPORTER,),
    queues=QUEUES,
    search_kinds={"donation": N_("Donations"), "receipt": N_("Receipts")},
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
