"""Making a fee sheet: closed meetings, day of payment, and what everybody would get."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout
from sqlalchemy.orm import Session

from core.committee.fees import FeeRow, make_sheet, preview_fees
from core.committee.lists import MEETINGS
from core.committee.states import MeetingState
from core.errors import AppError, InputError
from core.i18n import N_, _
from core.values.cells import as_text
from core.values.dates import parse_date
from core.values.forms import FormField
from core.values.listing import ListQuery
from core.values.money import Money
from desktop.parts.action_dialog import ActionDialog, Done, Failed
from desktop.parts.form_values import Values, day_of, text_of
from desktop.support.context import Context
from desktop.widgets.small_table import SmallTable

#: The newest closed meetings a sheet can be made of.
MOST_MEETINGS = 100
Meetings = tuple[tuple[int, str], ...]


def closed_meetings(session: Session) -> Meetings:
    """The newest closed meetings by id, with number and subject."""
    query = ListQuery(filters={"state": MeetingState.CLOSED.value})
    ids = list(MEETINGS.first(session, query, MOST_MEETINGS))
    rows = MEETINGS.rows(session, ids)
    return tuple(
        (one, "　".join(as_text(value) for value in rows[one][:3])) for one in ids if one in rows
    )


def fee_headers() -> tuple[str, ...]:
    """The columns of who gets what."""
    return (
        _("Number"), _("Name"), _("Professional title"), _("Half-days"), _("Gross (yuan)"),
        _("Tax withheld (yuan)"), _("Net (yuan)"), _("Note"),
    )  # fmt: skip


def fee_row(one: FeeRow) -> tuple[str, ...]:
    """What one expert gets, in words."""
    amounts = (str(one.gross), str(one.tax), str(one.net))
    return one.code, one.name, one.title, str(one.half_days), *amounts, one.note


class FeeDialog(ActionDialog):
    """Ticked meetings are paid; the preview below follows every tick."""

    def __init__(self, context: Context, found: Meetings, day: date) -> None:
        def submit(values: Values, done: Done, failed: Failed) -> None:
            chosen = self.chosen()
            context.jobs.write(
                lambda session: make_sheet(
                    session, chosen, day_of(values, "paid_on"), text_of(values, "title")
                ),
                done=done,
                failed=failed,
                key="fee-sheet",
            )

        fields = (
            FormField("paid_on", N_("Day of payment"), "date", required=True),
            FormField("title", N_("Subject")),
        )
        super().__init__(
            context,
            _("Make the fee sheet"),
            _("Tax follows the rules of the day of payment; its sums stand once it is made."),
            fields,
            submit,
            {"paid_on": day.isoformat()},
        )
        self._context = context
        self.meetings = QListWidget()
        self.meetings.setObjectName("feeMeetings")
        self.meetings.setAccessibleName(_("Closed meetings"))
        for meeting_id, text in found:
            entry = QListWidgetItem(text)
            entry.setData(Qt.ItemDataRole.UserRole, meeting_id)
            entry.setCheckState(Qt.CheckState.Unchecked)
            self.meetings.addItem(entry)
        self.meetings.setMaximumHeight(140)
        self.preview = SmallTable(_("Who gets what"), fee_headers(), rows=8)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # of FormDialog
        layout.insertWidget(3, self.meetings)
        layout.insertWidget(layout.count() - 1, self.preview)
        self.meetings.itemChanged.connect(self._look)
        self.form.changed.connect(self._look)
        self.resize(820, 620)
        self.meetings.setFocus()
        self.preview.show_rows([])

    def chosen(self) -> list[int]:
        """The ticked meetings."""
        entries = (self.meetings.item(row) for row in range(self.meetings.count()))
        return [
            int(one.data(Qt.ItemDataRole.UserRole))
            for one in entries
            if one.checkState() is Qt.CheckState.Checked
        ]

    def _look(self, _changed: object = None) -> None:
        chosen = self.chosen()
        try:
            day = parse_date(str(self.form.values()["paid_on"]))
        except InputError:
            return
        if not chosen:
            self.preview.show_rows([])
            return
        self._context.jobs.read(
            lambda session: preview_fees(session, chosen, day),
            done=self._show,
            failed=self._refused,
            key=f"fee-preview-{id(self)}",
            latest=True,
        )

    def _show(self, rows: tuple[FeeRow, ...]) -> None:
        self.banner.hide()
        self.preview.show_rows([fee_row(one) for one in rows])
        total = sum((one.net for one in rows), Money(0))
        self.preview.set_title(_("Who gets what: {sum} yuan net").format(sum=total))

    def _refused(self, error: AppError) -> None:
        self.preview.show_rows([])
        self.fail(error)
