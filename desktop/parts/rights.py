"""Which right a person lacks, in words: why a button is grey."""

from __future__ import annotations

from core.database import Actor
from core.i18n import _
from core.office import permissions


def lacks(actor: Actor, *wanted: str) -> str:
    """The first right a person lacks, in words; empty when they have all."""
    for permission in wanted:
        if not actor.may(permission):
            title = next((one.title for one in permissions() if one.key == permission), permission)
            return _("Your role lacks the right “{right}”.").format(right=_(title))
    return ""
