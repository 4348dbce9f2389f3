"""Somebody asks what the register says: a numbered paper about one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from core.certificates.register import certify
from core.documents.service import DocumentSummary
from core.i18n import N_, _
from core.values.forms import FormField
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context

FIELDS = (
    FormField("inquirer", N_("Who asks"), required=True),
    FormField("as_of", N_("Day asked about"), "date", help=N_("Leave empty for today.")),
)


def inquiry_dialog(context: Context, certificate_id: int) -> ActionDialog:
    """Asks who wants to know and about which day; its result is the paper."""

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        day = values["as_of"]

        def write(session: Session) -> DocumentSummary:
            on = day if isinstance(day, date) else None
            return certify(session, certificate_id, str(values["inquirer"]), on)

        context.jobs.write(write, done=done, failed=failed, key=f"inquiry-{certificate_id}")

    sentence = _("Makes a numbered paper with what the register said on that day.")
    return ActionDialog(context, _("Certify what the register says"), sentence, FIELDS, submit)
