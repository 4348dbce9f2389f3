"""A certificate whose numbered sheet was spoiled goes onto another one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.certificates.issuing import change_sheet
from core.i18n import N_, _
from core.values.forms import FormField
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.support.context import Context

FIELDS = (
    FormField(
        "sheet_serial", N_("Serial of the new sheet"), required=True, help=N_("The one to print on")
    ),
    FormField("reason", N_("Why the old one is spoiled"), required=True),
)


def sheet_dialog(context: Context, certificate_id: int) -> ActionDialog:
    """Asks for the new serial and the reason; the signed file stays as it is."""

    def submit(values: Mapping[str, object], done: Done, failed: Failed) -> None:
        def write(session: Session) -> int:
            serial, reason = str(values["sheet_serial"]), str(values["reason"])
            change_sheet(session, certificate_id, serial, reason)
            return certificate_id

        context.jobs.write(write, done=done, failed=failed, key=f"sheet-{certificate_id}")

    sentence = _(
        "The old sheet is written off as spoiled and the new one bound to the certificate. The "
        "signed file does not change; print it on the new sheet afterwards."
    )
    return ActionDialog(context, _("Replace the sheet"), sentence, FIELDS, submit)
