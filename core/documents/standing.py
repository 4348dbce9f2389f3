"""What the register says of a paper today: one vocabulary for files and for pictures of them.

A word is fixed, for scripts; people read its title. Words that end a paper carry a reason, so that
nothing is called good that no longer holds. What only burdens a right (pledged 质押, frozen 查封, an
objection 异议) is told and is no reason: the right holds, and so does its paper.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_, _
from core.messages import register
from core.values.cells import Shown

#: Every word, with its title.
WORDS: Mapping[str, str] = {
    "valid": N_("valid"),
    "issued": N_("issued"),
    "to_sign": N_("waiting for signature"),
    "partly_signed": N_("partly signed"),
    "pledged": N_("valid, pledged"),
    "frozen": N_("valid, frozen"),
    "disputed": N_("valid, under objection"),
    "void": N_("void"),
    "cancelled": N_("cancelled"),
    "revoked": N_("revoked"),
    "replaced": N_("replaced"),
    "expired": N_("expired"),
    "ended": N_("ended early"),
    "reversed": N_("reversed"),
    "red": N_("red counterpart"),
    "refunded": N_("paid back"),
    "moved": N_("moved to another donor"),
    "requested": N_("not decided yet"),
    "carried_out": N_("carried out"),
    "paid": N_("agreed and paid"),
    "refused": N_("refused"),
    "in_use": N_("in use"),
    "settled": N_("settled"),
    "as_of_its_day": N_("as of its day"),
    "unknown": N_("not known"),
}

#: Words of papers that no longer hold, and why: message codes.
ENDED: Mapping[str, str] = {
    "void": "verify.void",
    "cancelled": "verify.cancelled",
    "revoked": "verify.revoked",
    "replaced": "verify.replaced",
    "expired": "verify.expired",
    "ended": "verify.ended",
    "reversed": "verify.reversed",
    "refunded": "verify.refunded",
    "moved": "verify.moved",
    "to_sign": "verify.unfinished",
    "partly_signed": "verify.unfinished",
    "unknown": "verify.not_in_register",
}

FORMS: Mapping[str, str] = {
    "original": N_("original"),
    "copy": N_("numbered copy"),
    "void_print": N_("void print"),
    "unknown": N_("not known"),
}


def shown(word: str, words: Mapping[str, str] = WORDS) -> Shown:
    """A word for scripts with its title for people."""
    return Shown(word, _(words[word]) if word in words else word)


register(
    {
        "verify.void": N_("The paper was declared void."),
        "verify.cancelled": N_("The register has cancelled what the paper is about."),
        "verify.revoked": N_("What the paper is about was revoked."),
        "verify.replaced": N_("The paper was replaced by a newer one."),
        "verify.expired": N_("What the paper is about has expired."),
        "verify.ended": N_("What the paper is about was ended early."),
        "verify.reversed": N_("The receipt was reversed."),
        "verify.refunded": N_("The gift was paid back."),
        "verify.moved": N_("The gift was moved to another donor."),
    }
)
