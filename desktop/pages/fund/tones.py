"""Tones of the fund's states, for pills in lists and headers."""

from __future__ import annotations

from core.fund.pledges import STATE_TITLES
from core.fund.states import DONATION_TITLES, RECEIPT_TITLES, DonationState, ReceiptState
from desktop.parts.tones import tone_of

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

donation_tone = tone_of(DONATION_TITLES, DONATION_TONES)
receipt_tone = tone_of(RECEIPT_TITLES, RECEIPT_TONES)
pledge_tone = tone_of(STATE_TITLES, PLEDGE_TONES)
