"""The fields of an official e-receipt, filled in from its file as far as that can be read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from core.fund.ereceipt import Fields, differences
from core.fund.official_receipts import Official
from core.i18n import N_, _
from core.values.forms import FormField
from core.values.money import Money
from desktop.support.dialogs import Dialogs
from desktop.widgets.form import FormView

FIELDS = (
    FormField(
        "file",
        N_("File of the e-receipt"),
        "file",
        help=N_("PDF or OFD; what can be read is filled in below. It is kept with the receipt."),
    ),
    FormField("bill_code", N_("Code"), required=True, help=N_("8 digits")),
    FormField("number", N_("Number"), required=True, help=N_("10 digits")),
    FormField(
        "check_code",
        N_("Check code"),
        required=True,
        help=N_("6 characters; small and capital letters differ."),
    ),
    FormField("issued_on", N_("Date of the e-receipt"), "date", required=True),
    FormField("amount", N_("Its amount (yuan)"), "money", help=N_("Compared with the donation.")),
)


class OfficialForm(FormView):
    """An e-receipt as typed, compared with what its file says.

    Signals:
        file_chosen: the Path of another file, to be read off the GUI thread.
    """

    file_chosen = Signal(object)

    def __init__(self, dialogs: Dialogs) -> None:
        super().__init__(FIELDS, dialogs)
        self._file = ""
        self._read: Fields | None = None
        self.changed.connect(self._on_changed)

    def official(self) -> tuple[Official, Path | None]:
        """The e-receipt as typed, and its file.

        Raises:
            InputError: a field is missing or wrong; it is shown under the field.
        """
        values = self.parsed()
        path, amount = values["file"], values["amount"]
        official = Official(
            bill_code=str(values["bill_code"]),
            number=str(values["number"]),
            check_code=str(values["check_code"]),
            issued_on=values["issued_on"],  # type: ignore[arg-type]  # a required date
            amount=amount if isinstance(amount, Money) else None,
        )
        return official, path if isinstance(path, Path) else None

    def show_read(self, found: Fields) -> bool:
        """Fill in what was read, nothing the person typed is replaced; whether all was read."""
        self._read = found
        read = {
            "bill_code": found.bill_code,
            "number": found.number,
            "check_code": found.check_code,
            "issued_on": found.issued_on.isoformat() if found.issued_on else "",
            "amount": found.amount.plain if found.amount is not None else "",
        }
        typed = self.values()
        self.set_values({key: text for key, text in read.items() if text and not typed[key]})
        return all(read.values())

    def otherwise(self, official: Official) -> list[str]:
        """Where the file says something else than was typed, in words."""
        if self._read is None:
            return []
        names = {field.name: _(field.label) for field in FIELDS}
        return [
            _("{field}: typed {typed}, in the file {read}").format(
                field=names[one.field], typed=one.typed, read=one.read
            )
            for one in differences(official, self._read)
        ]

    def _on_changed(self) -> None:
        text = str(self.editor("file").value())
        if text != self._file and Path(text).is_file():
            self._file = text
            self.file_chosen.emit(Path(text))
