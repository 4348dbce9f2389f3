"""The form of an application: the case, its right holders, its parcels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core import messages
from core.certificates.commands import ApplicationSummary
from core.certificates.queries import ApplicationForm
from core.certificates.states import Ownership
from core.errors import FieldError, InputError, StaleRecord
from core.i18n import _
from desktop.pages.certificates.compare_dialog import CompareDialog
from desktop.pages.certificates.form_fields import (
    OWNERSHIP,
    HolderLine,
    case_fields,
    holder_line,
)
from desktop.pages.certificates.form_model import (
    ApplicationFormState,
    ApplicationFormViewModel,
    FormChoices,
    TypedForm,
    stored_lines,
)
from desktop.pages.certificates.handed_in import HandedInEdit
from desktop.pages.certificates.holders import HoldersEdit
from desktop.pages.certificates.parcels import ParcelsEdit
from desktop.pages.certificates.view_model import APPLICATION
from desktop.parts.editing import EditingLine
from desktop.parts.moments import moment
from desktop.parts.party_picker import PartyPicker
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.form import FormView
from desktop.widgets.labels import label

_HOLDER = re.compile(r"holders\[(\d+)\]\.\w+")
CASE, HOLDERS, PARCELS, PAPERS = range(4)
DRAFT_PAUSE_MS = 800


@dataclass
class SortedErrors:
    """Wrong fields by the tab they stand on; `shares` by row of the holder, from 0."""

    case: list[FieldError] = field(default_factory=list)
    shares: dict[int, str] = field(default_factory=dict)
    holders: list[str] = field(default_factory=list)
    parcels: list[FieldError] = field(default_factory=list)
    papers: list[FieldError] = field(default_factory=list)


def sort_errors(errors: Sequence[FieldError]) -> SortedErrors:
    """Which tab each wrong field belongs to."""
    found = SortedErrors()
    for error in errors:
        match = _HOLDER.fullmatch(error.field)
        if match:
            found.shares[int(match[1]) - 1] = messages.text(error)
        elif error.field in {"holders", "share", "ownership"}:
            found.holders.append(messages.text(error))
        elif error.field.startswith("parcels"):
            found.parcels.append(error)
        elif error.field.startswith("papers["):
            found.papers.append(error)
        else:
            found.case.append(error)
    return found


class ApplicationDialog(QDialog):
    """Takes an application in or edits it. `saved` is the summary once it is stored."""

    def __init__(self, context: Context, editing: int | None = None) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("applicationForm")
        self.setWindowTitle(_("Edit application") if editing else _("New application"))
        self.resize(1000, 660)
        self.saved: ApplicationSummary | None = None
        self._context = context
        self._is_new = editing is None
        self._shown: ApplicationForm | None = None
        self._built = False
        self._draft_offered = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DRAFT_PAUSE_MS)
        self._pause.timeout.connect(self._keep_draft)
        self.view_model = ApplicationFormViewModel(context, editing, self)
        self.banner = Banner()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("formTabs")
        self.case: FormView = FormView((), context.dialogs)
        self.parcels: FormView = FormView((), context.dialogs)
        self.ownership = FormView((OWNERSHIP,), context.dialogs)
        self.holders = HoldersEdit(context)
        self.papers = HandedInEdit(context)
        self.agent = PartyPicker(context)
        self.measuring_body = PartyPicker(context)
        self._reason = label(role="small", wrap=True)
        self.draft_button = QPushButton(_("Save as draft"))
        self.draft_button.setObjectName("saveDraft")
        self.save_button = QPushButton(_("Receive") if self._is_new else _("Save"))
        self.save_button.setObjectName("save")
        self.save_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self._layout()
        self._connect()
        if editing is not None:
            EditingLine(context, (APPLICATION, editing), self)
        self.view_model.load()
        self.show_state(self.view_model.state)

    # -- rendering

    def show_state(self, state: ApplicationFormState) -> None:
        """Show a state of the view model."""
        if state.saved is not None:
            self.saved = state.saved
            self.accept()
            return
        if state.choices is not None and not self._built:
            self._build_forms(state.choices, state.editing)
        if state.editing is not None and state.editing is not self._shown:
            self._fill(state.editing)
        self._show_failure(state)
        self._show_errors(state.errors)
        self._show_reason()

    def _show_failure(self, state: ApplicationFormState) -> None:
        if isinstance(state.failure, StaleRecord) and state.newest is not None:
            self.banner.show_message(
                "warning",
                _("A colleague saved this application meanwhile. See theirs, or keep yours."),
                _("Compare and choose…"),
                self.compare,
            )
        elif state.failure is not None:
            self.banner.show_error(state.failure)
        elif state.draft is not None and not self._draft_offered:
            self._draft_offered = True
            text = _("What you typed on {when} was not saved.")
            self.banner.show_message(
                "info", text.format(when=moment(state.draft.at)), _("Put it back"), self.restore
            )
        elif state.saving or state.errors:
            self.banner.hide()

    def _show_errors(self, errors: tuple[FieldError, ...]) -> None:
        found = sort_errors(errors)
        self.holders.show_errors(found.shares, found.holders)
        if found.papers:
            self.papers.show_errors(found.papers)
        if found.parcels:
            self.parcels.show_errors(InputError(*found.parcels))
        if found.case:
            elsewhere = self.case.show_errors(InputError(*found.case))
            if elsewhere:
                self.banner.show_message("error", "\n".join(elsewhere))
        if errors:
            wrong = (found.case, found.shares or found.holders, found.parcels, found.papers)
            self.tabs.setCurrentIndex([bool(one) for one in wrong].index(True))

    def _show_reason(self) -> None:
        reason = self._why_not()
        self._reason.setText(reason)
        free = not self.view_model.state.saving and self._built
        self.save_button.setEnabled(free and not reason)
        self.draft_button.setEnabled(free and not reason)
        marks = (self.case.reason(), self._holders_reason(), self.parcels.reason())
        titles = (_("Case"), _("Right holders"), _("Parcels"))
        for place, (title, mark) in enumerate(zip(titles, marks, strict=True)):
            self.tabs.setTabText(place, f"{title} •" if mark else title)

    def _why_not(self) -> str:
        if not self._built:
            return _("Loading …")
        if self.view_model.state.saving:
            return _("Saving …")
        if isinstance(self.view_model.state.failure, StaleRecord):
            return _("A colleague saved this application meanwhile.")
        return self.case.reason() or self._holders_reason() or self.parcels.reason()

    def _holders_reason(self) -> str:
        return "" if self.holders.lines() else _("Choose at least one right holder.")

    # -- the draft

    def draft(self) -> dict[str, object]:
        """What stands in the form, as plain JSON."""
        people = {"agent": self.agent.party(), "measuring_body": self.measuring_body.party()}
        return {
            "case": self.case.values(),
            "ownership": self.ownership.values()["ownership"],
            "holders": [[h.party_id, h.name, h.number, h.share] for h in self.holders.lines()],
            "parcels": self.parcels.values()["parcels"],
            "papers": self.papers.model.values(),
            **{key: party.id if party else None for key, party in people.items()},
        }

    def restore(self) -> None:
        """Put back what was typed another time; agent and measuring body are chosen anew."""
        kept = self.view_model.state.draft
        if kept is None:
            return
        data = kept.data
        self.case.set_values(data["case"])
        self.ownership.set_values({"ownership": data["ownership"]})
        self.holders.model.set_lines([HolderLine(*line) for line in data["holders"]])
        self.parcels.set_values({"parcels": data["parcels"]})
        self.papers.model.set_values(data.get("papers", []))
        self._on_ownership()
        self._show_reason()

    def _keep_draft(self) -> None:
        if self._built and self.isVisible() and not self.view_model.state.saving:
            self.view_model.keep(self.draft())

    def _on_typed(self) -> None:
        if self.isVisible():
            self._pause.start()

    # -- filling

    def _build_forms(self, choices: FormChoices, editing: ApplicationForm | None) -> None:
        self._built = True
        fields = case_fields(choices.schemes, editing=editing is not None)
        self.case = FormView(fields, self._context.dialogs, {"received_on": choices.today})
        self._case_scroll.setWidget(self._padded(self.case))
        used = {line.get("group", "") for line in editing.parcels} if editing else set()
        groups = list(dict.fromkeys([*choices.groups, *sorted(used - {""})]))
        land = ParcelsEdit(self._context, self.view_model, groups)
        self.parcels = land.form
        self._parcels_box.addWidget(land)
        self.papers.model.set_papers(choices.papers)
        for form in (self.case, self.parcels):
            form.reason_changed.connect(self._on_changed)
            form.changed.connect(self._on_typed)
        self.case.focus_first()

    def _fill(self, form: ApplicationForm) -> None:
        self._shown = form
        if self.case.values().get("project_name"):
            # The clerk's text stays; only a deliberate choice replaces it.
            return
        self.case.set_values(form.values)
        self.ownership.set_values({"ownership": form.ownership.value})
        self.holders.model.set_lines([_line(line) for line in form.holders])
        self.parcels.set_values({"parcels": stored_lines(form)})
        self.agent.set_party(form.agent)
        self.measuring_body.set_party(form.measuring_body)
        self._on_ownership()

    def typed(self) -> TypedForm:
        """What stands in the form now.

        Raises:
            InputError: shown beside the fields already.
        """
        case = self.case.parsed()
        parcels = self.parcels.parsed()["parcels"]
        return TypedForm(
            case=case,
            ownership=Ownership(str(self.ownership.values()["ownership"])),
            holders=self.holders.lines(),
            parcels=parcels if isinstance(parcels, list) else [],
            agent=self.agent.party(),
            measuring_body=self.measuring_body.party(),
            papers=self.papers.model.papers() if self._is_new else (),
        )

    # -- what the person does

    def save(self) -> None:
        """Ctrl+S: receive, or save the edit."""
        if self.save_button.isEnabled():
            self._save(draft=False)

    def save_draft(self) -> None:
        """Keep it as a draft; no number is taken."""
        if self.draft_button.isEnabled():
            self._save(draft=True)

    def _save(self, *, draft: bool) -> None:
        try:
            typed = self.typed()
        except InputError:
            self.tabs.setCurrentIndex(CASE if self.case.errors() else PARCELS)
            self._show_reason()
            return
        self.view_model.save(typed, draft=draft)

    def compare(self) -> None:
        """Show both versions side by side and let the person choose."""
        newest = self.view_model.state.newest
        if newest is None:
            return
        dialog = CompareDialog(self._context, newest.values, self.case.values(), self.case.fields)
        if self._context.dialogs.exec(dialog):
            self.view_model.rebase()
        else:
            self.case.set_values({"project_name": ""})
            self.view_model.take_newest()
        self._show_reason()

    def _on_changed(self, _reason: str = "") -> None:
        self._show_reason()

    def _on_ownership(self) -> None:
        chosen = self.ownership.values()["ownership"]
        self.holders.model.set_with_shares(on=chosen == Ownership.SHARES.value)

    # -- building

    def _layout(self) -> None:
        self._case_scroll = QScrollArea()
        self._case_scroll.setWidgetResizable(True)
        self._case_scroll.setFrameShape(QFrame.Shape.NoFrame)
        parties = QWidget()
        people = QVBoxLayout(parties)
        others = QFormLayout()
        others.addRow(_("A&gent"), self.agent)
        others.addRow(_("&Measuring body"), self.measuring_body)
        people.addWidget(self.ownership)
        people.addWidget(self.holders, 1)
        people.addLayout(others)
        land = QWidget()
        self._parcels_box = QVBoxLayout(land)
        for page, title in (
            (self._case_scroll, _("Case")),
            (parties, _("Right holders")),
            (land, _("Parcels")),
        ):
            self.tabs.addTab(page, title)
        self.tabs.addTab(self.papers, _("Papers handed in"))
        self.tabs.setTabVisible(PAPERS, self._is_new)
        buttons = QHBoxLayout()
        buttons.addWidget(self._reason, 1)
        for button in (self.cancel_button, self.draft_button, self.save_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self.draft_button.setVisible(self._is_new)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addWidget(self.banner)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(buttons)

    @staticmethod
    def _padded(form: FormView) -> QWidget:
        holder = QWidget()
        holder.setObjectName("Plain")
        box = QVBoxLayout(holder)
        box.setContentsMargins(8, 8, 12, 8)
        box.addWidget(form)
        return holder

    def _connect(self) -> None:
        self.view_model.state_changed.connect(self.show_state)
        self.save_button.clicked.connect(self.save)
        self.draft_button.clicked.connect(self.save_draft)
        self.cancel_button.clicked.connect(self.reject)
        self.holders.edited.connect(self._on_changed)
        self.holders.edited.connect(self._on_typed)
        self.papers.edited.connect(self._on_typed)
        self.ownership.changed.connect(self._on_ownership)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)


def _line(holder: tuple[object, str]) -> HolderLine:
    party, share = holder
    return holder_line(party, share)  # type: ignore[arg-type]  # a PartySummary
