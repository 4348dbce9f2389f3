"""The page of papers: the queue to sign, every paper, and the verifier."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from core import messages
from core.documents.model import DocumentForm, DocumentState, KeyRole
from core.documents.queries import PAPERS, STATES
from core.documents.sign import WARN_DAYS
from core.documents.signatories import TITLES, WAITING, next_role
from core.documents.watch import STAGES, Stage
from core.errors import AppError
from core.i18n import N_, _
from core.values.listing import ListQuery
from desktop.jobs.runner import Report, Token
from desktop.pages.documents.drop_box import DropBox
from desktop.pages.documents.view_model import DocumentsState, DocumentsViewModel
from desktop.parts.detail_pane import DetailPane, MenuEntry
from desktop.parts.files import read_file
from desktop.parts.list_detail import ListDetail
from desktop.parts.moments import moment
from desktop.parts.papers import TONES, PaperDesk, in_groups, title_of
from desktop.parts.reason import ask_reason
from desktop.parts.saved_views import SavedViews
from desktop.parts.signing import SignerInfo
from desktop.support.context import Context
from desktop.support.icons import icon
from desktop.support.page import Page
from desktop.widgets.banner import Banner
from desktop.widgets.record_table import RecordTable
from desktop.widgets.section import Section

_VERIFIABLE = "*.pdf *.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp"
KEY_TITLES = {KeyRole.ROOT: N_("Root certificate"), KeyRole.QR: N_("Key of the codes")}


def paper_tone(text: str) -> str:
    """The tone of the state column."""
    return next((TONES[state] for state, title in STATES.items() if _(title) == text), "neutral")


def _role(awaits: str) -> str:
    """Who signs next, in words."""
    return _(TITLES[next_role(awaits)]) if awaits else ""


def _signers(state: DocumentsState) -> str:
    """Who signed, each of several with the time."""
    if not state.signatures:
        return state.paper.signer if state.paper else ""
    return "\n".join(
        f"{one.signer}（{_(TITLES[one.role])}）　{moment(one.signed_at)}"
        for one in state.signatures
    )


def _by_role(state: DocumentsState) -> str:
    """How many papers wait for whom, where it is not for the office alone."""
    if set(state.waiting_for) <= {"bureau"}:
        return ""
    parts = [f"{_(TITLES[role])} {count}" for role, count in sorted(state.waiting_for.items())]
    return "　" + _("Next to sign: {list}").format(list="、".join(parts))


def _entries(state: DocumentsState) -> list[MenuEntry]:
    """What may be done with the paper shown, and why what may not."""
    paper = state.paper
    if paper is None:
        return []
    waiting = paper.state in WAITING
    unsigned = _("not signed yet") if waiting else ""
    copied = "" if paper.form is DocumentForm.ORIGINAL else _("it is a copy itself")
    void = _("it is void") if paper.state is DocumentState.VOID else ""
    no = _("you may not")
    return [
        MenuEntry("print", _("Print… (Ctrl+P)"), unsigned),
        MenuEntry("verify", _("Verify"), unsigned),
        MenuEntry("save", _("Save as…"), unsigned),
        MenuEntry("copy", _("Make a copy…"), unsigned or copied or ("" if state.may_copy else no)),
        MenuEntry("record", _("Go to its record")),
        MenuEntry(
            "void",
            _("Declare void…"),
            unsigned or copied or void or ("" if state.may_void else no),
        ),
    ]


class DocumentsPage(Page):
    """All papers of the office."""

    key: ClassVar[str] = "documents"
    kinds: ClassVar[tuple[str, ...]] = ("document",)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.view_model = DocumentsViewModel(context, self)
        self.desk = PaperDesk(context, self)
        self.queue = Banner()
        self.table = RecordTable(PAPERS, context, pills={"state": paper_tone})
        self.table.set_empty(
            _("No paper was made yet. Papers come from the steps of an application."),
            "",
            "documents",
        )
        self.table.filter_bar.add_widget(SavedViews(self.table, context))
        self.print_many = QPushButton(icon("print"), _("Print the chosen ones…"))
        self.print_many.setObjectName("printMany")
        self.go_on = QPushButton(icon("print"), _("Go on printing…"))
        self.go_on.setObjectName("goOnPrinting")
        for button in (self.print_many, self.go_on):
            button.setAutoDefault(False)
            button.hide()
            self.table.filter_bar.add_widget(button)
        self.drop = DropBox()
        self.pane = DetailPane(_("Choose a paper to see it here."))
        self.facts = Section(_("Paper"))
        self.signer = Section(_("Signing certificate"))
        self.signer_button = QPushButton(_("Choose…"))
        self.signer_button.setObjectName("chooseSigner")
        self.signer_button.setProperty("role", "link")
        self.token_button = QPushButton(_("Token…"))
        self.token_button.setObjectName("chooseToken")
        self.token_button.setProperty("role", "link")
        self.signer.add_head(self.token_button)
        self.signer.add_head(self.signer_button)
        self.watched = Section(_("Certificates in use"))
        self.retire_button = QPushButton(_("No longer used…"))
        self.retire_button.setObjectName("retireCertificate")
        self.retire_button.setProperty("role", "link")
        self.watched.add_head(self.retire_button)
        self.roots = Section(_("Trusted keys"))
        self._build()
        self._connect()
        self.render(self.view_model.state)
        self.table.set_query(ListQuery())
        self.view_model.reload()

    # -- rendering

    def render(self, state: DocumentsState) -> None:  # type: ignore[override]  # not QWidget.render
        """Show a state; the only code that touches the widgets."""
        self._render_queue(state)
        self._render_signer(state.signer)
        self._render_watched(state)
        self.roots.set_pairs(
            [
                (_(KEY_TITLES[key.role]), f"{key.name}　{in_groups(key.fingerprint[:16].upper())}")
                for key in state.keys
                if not key.retired_at
            ]
        )
        self.roots.setVisible(bool(state.keys))
        self.pane.set_empty(empty=state.paper is None)
        if state.failure is not None:
            target = self.table.banner if state.paper is None else self.pane.banner
            target.show_error(state.failure)
        if state.paper is None:
            return
        paper = state.paper
        issued = paper.state not in WAITING
        self.pane.set_header(
            title_of(paper), paper.number, _(STATES[paper.state]), TONES[paper.state]
        )
        self.pane.set_primary(_("Open the file") if issued else _("Open the preview"))
        self.pane.set_menu(_entries(state), self.take)
        self.facts.set_pairs(
            [
                (_("Prepared"), moment(paper.created_at)),
                (_("Issued"), moment(paper.issued_at)),
                (_("Signed by"), _signers(state)),
                (_("Signs next"), _role(paper.awaits)),
                ("SHA-256", in_groups(paper.sha256 or "")),
                (_("Please look at"), "\n".join(messages.text(one) for one in state.doubts)),
                (_("Training sample"), _("Yes") if paper.sample else _("No")),
                (_("Declared void"), moment(paper.voided_at)),
                (_("Reason"), paper.void_reason),
            ]
        )

    def _render_queue(self, state: DocumentsState) -> None:
        if state.report is not None and state.report.faults:
            self.queue.show_error(state.report.faults[0])
        elif state.waiting:
            text = _("{count} papers wait for a signature; their numbers are kept.")
            self.queue.show_message(
                "warning",
                f"{text.format(count=state.waiting)}{_by_role(state)}",
                _("Sign now") if state.may_sign else "",
                self.view_model.sign_now,
            )
        elif state.report is not None:
            text = _("{count} papers were signed.")
            self.queue.show_message("good", text.format(count=state.report.signed))
        else:
            self.queue.hide()

    def _render_signer(self, info: SignerInfo | None) -> None:
        if info is None:
            self.signer.set_pairs(
                [(_("State"), _("Not opened; asked for at the first signature."))]
            )
            return
        left = _("{days} days left").format(days=info.days_left)
        warn = _("Renew it now.") if info.days_left <= WARN_DAYS[0] else ""
        kind = _("Test certificate: not for real papers") if info.is_test else ""
        self.signer.set_pairs(
            [
                (_("Name"), info.name),
                (_("Valid until"), f"{info.valid_until}　{left} {warn}".strip()),
                (_("Fingerprint"), info.fingerprint[:16].upper()),
                *([(_("Kind"), kind)] if kind else []),
            ]
        )

    def _render_watched(self, state: DocumentsState) -> None:
        self.watched.set_pairs(
            [(one.name, f"{one.valid_until}　{_(STAGES[one.stage])}") for one in state.certificates]
        )
        self.watched.setVisible(bool(state.certificates))
        ended = any(one.stage is Stage.ENDED for one in state.certificates)
        self.retire_button.setVisible(state.may_keys and ended)

    def _retire(self) -> None:
        """Stop the watch over the certificates that have ended, each after a question."""
        for one in self.view_model.state.certificates:
            sentence = _("{name} has ended on {day}. Stop watching it?")
            told = sentence.format(name=one.name, day=one.valid_until)
            if one.stage is Stage.ENDED and self.context.dialogs.ask(
                _("Certificate no longer used"), told, _("Stop watching")
            ):
                self.view_model.retire(one.id)

    # -- what the person does

    def _open(self) -> None:
        paper = self.view_model.state.paper
        if paper is not None:
            self.desk.open(paper.id)

    def take(self, key: str) -> None:
        """Do what an entry of the menu says."""
        paper = self.view_model.state.paper
        if paper is None:
            return
        actions = {"print": self.desk.print, "verify": self.desk.verify, "save": self.desk.save}
        if key in actions:
            actions[key](paper.id)
        elif key == "record":
            self.context.open(paper.record_kind, paper.record_id)
        elif key == "copy":
            sentence = _("The copy carries its number and says that it is for reference only.")
            purpose = ask_reason(self.context, _("Make a copy"), sentence)
            if purpose:
                self.view_model.copy(purpose)
        elif key == "void":
            sentence = _("The issued file stays as it is; a void print is made. This is final.")
            reason = ask_reason(self.context, _("Declare void"), sentence)
            if reason:
                self.view_model.void(reason)

    def _on_selection(self, ids: list[int]) -> None:
        self.print_many.setVisible(len(ids) > 1)

    def _print_many(self) -> None:
        self.desk.printing.print(self.table.selected_ids())

    def _on_open_runs(self, runs: list[int]) -> None:
        self.go_on.setVisible(bool(runs))
        self.go_on.setProperty("run", runs[0] if runs else 0)

    def _go_on(self) -> None:
        self.desk.printing.resume(int(self.go_on.property("run")))

    def _choose_file(self) -> None:
        kinds = _("Papers, scans and photos ({kinds})").format(kinds=_VERIFIABLE)
        path = self.context.dialogs.open_file(_("Verify a paper"), kinds)
        if path is not None:
            self.verify_file(path)

    def verify_file(self, path: Path) -> None:
        """Judge a file from outside."""

        def read(_token: Token, _report: Report) -> tuple[str, bytes]:
            return path.name, read_file(path)

        def judge(found: tuple[str, bytes]) -> None:
            self.desk.verify_data(*found)

        self.context.jobs.io(read, done=judge, failed=self._show_failure, key="read-to-verify")

    def _show_failure(self, error: AppError) -> None:
        self.table.banner.show_error(error)

    def _show_done(self, text: str) -> None:
        self.context.notify("good", text)

    # -- what the shell asks

    def activate(self) -> None:
        """The queue may have grown."""
        self.view_model.reload()
        self.desk.printing.look_for_open_runs()

    def open_record(self, kind: str, record_id: int) -> None:
        """Show one paper."""
        self.table.set_query(ListQuery())
        self.table.select(record_id)
        self.view_model.select(record_id)

    def apply_filters(self, kind: str, filters: Mapping[str, str]) -> None:
        """Show a filtered list."""
        self.table.set_query(ListQuery(filters=dict(filters)))

    def focus_filter(self) -> None:
        """Ctrl+F."""
        self.table.focus_filter()

    def refresh(self) -> None:
        """F5."""
        self.table.reload()
        self.view_model.reload()

    def print_record(self) -> None:
        """Ctrl+P."""
        paper = self.view_model.state.paper
        if paper is not None and paper.sha256 is not None:
            self.desk.print(paper.id)

    # -- building

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.queue)
        column.addWidget(self.table, 1)
        for section in (self.facts,):
            self.pane.add(section)
        right = QWidget()
        side = QVBoxLayout(right)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.drop)
        side.addWidget(self.pane, 1)
        side.addWidget(self.signer)
        side.addWidget(self.watched)
        side.addWidget(self.roots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ListDetail("documents", left, right))

    def _connect(self) -> None:
        self.table.current_changed.connect(self.view_model.select)
        self.table.activated.connect(self._on_activated)
        self.pane.primary.clicked.connect(self._open)
        self.drop.choose.clicked.connect(self._choose_file)
        self.drop.dropped.connect(self.verify_file)
        self.signer_button.clicked.connect(self.view_model.choose_signer)
        self.token_button.clicked.connect(self.view_model.choose_token)
        self.retire_button.clicked.connect(self._retire)
        self.table.selection_changed.connect(self._on_selection)
        self.print_many.clicked.connect(self._print_many)
        self.go_on.clicked.connect(self._go_on)
        self.desk.printing.open_runs.connect(self._on_open_runs)
        self.desk.failed.connect(self._show_failure)
        self.desk.done.connect(self._show_done)
        self.view_model.state_changed.connect(self.render)

    def _on_activated(self, _document_id: int) -> None:
        self._open()
