"""Reports as lists: rows that are computed once and then sorted, filtered, shown and exported."""

from __future__ import annotations

from datetime import date

from core.fund import reports
from core.fund.states import FORM_TITLES, Form, Way
from core.i18n import N_
from core.search.report_list import ReportList
from core.values.cells import term
from core.values.listing import Align, ColumnSpec


def ledger(way: Way, year: int) -> ReportList:
    """Every number of a way of receipts in a year, each with its fate and its receipt (or sheet)."""
    return ReportList(
        "receipt",
        (
            ColumnSpec("number", N_("Number"), 14),
            ColumnSpec("payer", N_("Payer"), 16),
            ColumnSpec("amount", N_("Amount (yuan)"), 9, Align.RIGHT),
            ColumnSpec("issued_on", N_("Day"), 7, Align.CENTRE),
            ColumnSpec("state", N_("State"), 7),
            ColumnSpec("reason", N_("Reason and linked numbers"), 20),
        ),
        lambda session: [
            (one.number, one.payer, one.amount, one.issued_on, one.state, one.reason, one.record)
            for one in reports.receipt_ledger(session, way, year)
        ],
    )


def disclosure(first: date, last: date) -> ReportList:
    """Donations of these days as they may be published, each with its record."""
    return ReportList(
        "donation",
        (
            ColumnSpec("received_on", N_("Arrived on"), 7, Align.CENTRE),
            ColumnSpec("name", N_("Donor"), 18),
            ColumnSpec("gift", N_("Gift"), 12, Align.RIGHT),
            ColumnSpec("purpose", N_("Purpose"), 12),
        ),
        lambda session: [
            (one.received_on, one.name, one.gift, one.purpose, ("donation", one.donation_id))
            for one in reports.disclosure(session, first, last)
        ],
    )


def tallies(first: date, last: date, by: str) -> ReportList:
    """Donations of these days by `month`, `purpose` or `form`, with and without a receipt."""
    titles = {"month": N_("Month"), "purpose": N_("Purpose"), "form": N_("Form")}

    def key(text: str) -> object:
        return term(Form(text), FORM_TITLES) if by == "form" else text

    return ReportList(
        "donation",
        (
            ColumnSpec("key", titles[by], 14),
            ColumnSpec("count", N_("Donations"), 7, Align.RIGHT),
            ColumnSpec("amount", N_("Amount (yuan)"), 10, Align.RIGHT),
            ColumnSpec("receipted", N_("With a receipt"), 10, Align.RIGHT),
            ColumnSpec("unreceipted", N_("Without a receipt"), 10, Align.RIGHT),
        ),
        lambda session: [
            (key(one.key), one.count, one.amount, one.receipted, one.unreceipted)
            for one in reports.tallies(session, first, last, by)
        ],
    )
