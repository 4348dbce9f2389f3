"""What people read for the words of the verifier, which speaks a fixed language to programs."""

from __future__ import annotations

from core.i18n import N_, _

WORDS = {
    "valid": N_("valid"),
    "ok": N_("in order"),
    "void": N_("void"),
    "cancelled": N_("cancelled"),
    "revoked": N_("revoked"),
    "replaced": N_("replaced"),
    "expired": N_("expired"),
    "reversed": N_("reversed"),
    "red": N_("red counterpart"),
    "refunded": N_("paid back"),
    "moved": N_("moved to another donor"),
    "requested": N_("not decided yet"),
    "paid": N_("agreed and paid"),
    "refused": N_("refused"),
    "in_use": N_("in use"),
    "settled": N_("settled"),
    "as_of_its_day": N_("as of its day"),
    "original": N_("original"),
    "copy": N_("copy"),
    "void_print": N_("void print"),
}


def word(key: str) -> str:
    """A word of a verdict in the language of the screen; what has no title is shown as it is."""
    return _(WORDS[key]) if key in WORDS else key
