"""Tones of the fund's states, for pills in lists and headers."""

from __future__ import annotations

from core.fund.pledges import STATE_TITLES
from core.fund.states import DONATION_TITLES, RECEIPT_TITLES, DonationState, ReceiptState
from core.i18n import _

DONATION_TONES = {
    DonationState.REGISTERED: "warning",
    DonationState.ARRIVED: "info",
    DonationState.REVIEWED: "info",
    DonationState.RECEIPTED: "good",
    DonationState.REFUNDED: "neutral",
    DonationState.REBOOKED: "neutral",
}
RECEIPT_TONES = {
    ReceiptState.ISSUED: "good",
    ReceiptState.VOID: "error",
    ReceiptState.REVERSED: "error",
    ReceiptState.NEGATIVE: "warning",
}
PLEDGE_TONES = {"open": "info", "overdue": "warning", "fulfilled": "good", "cancelled": "neutral"}


def donation_tone(text: str) -> str:
    """The tone of a cell with a donation's state."""
    found = (one for one, title in DONATION_TITLES.items() if _(title) == text)
    return next((DONATION_TONES[one] for one in found), "neutral")


def receipt_tone(text: str) -> str:
    """The tone of a cell with a receipt's state."""
    found = (one for one, title in RECEIPT_TITLES.items() if _(title) == text)
    return next((RECEIPT_TONES[one] for one in found), "neutral")


def pledge_tone(text: str) -> str:
    """The tone of a cell with a commitment's state."""
    found = (one for one, title in STATE_TITLES.items() if _(title) == text)
    return next((PLEDGE_TONES[one] for one in found), "neutral")
