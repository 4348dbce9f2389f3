"""State and commands of the certificates page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from core.certificates.queries import (
    ApplicationDetail,
    RecordDetail,
    application_detail,
    certificate_detail,
    entry_detail,
)
from core.certificates.steps import STEPS
from core.certificates.workflow import advance
from core.errors import AppError, NotFound
from core.i18n import _
from desktop.parts.view_model import ViewModel
from desktop.support.context import Context

APPLICATION = "application"
CERTIFICATE = "certificate"
ENTRY = "register_entry"
KINDS = (APPLICATION, CERTIFICATE, ENTRY)

#: Id and version of an application.
Seen = tuple[int, int]
Done = Callable[[object], object]
Failed = Callable[[AppError], object]


@dataclass(frozen=True)
class CertificatesState:
    """What the page shows.

    Attributes:
        kind: which list is in front.
        selected: the record chosen in it.
        application: its detail when it is an application.
        record: its detail when it is a certificate or an entry.
    """

    kind: str = APPLICATION
    selected: int | None = None
    application: ApplicationDetail | None = None
    record: RecordDetail | None = None
    loading: bool = False
    acting: bool = False
    failure: AppError | None = None
    may_receive: bool = False


class CertificatesViewModel(ViewModel[CertificatesState]):
    """Shows a case and takes its next step."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        state = CertificatesState(may_receive=context.may("certificates.receive"))
        super().__init__(context, state, parent)
        context.changes.connect(self._on_changes)

    def show_list(self, kind: str) -> None:
        """Bring a list to the front; its detail is empty until a row is chosen."""
        if kind != self.state.kind:
            self.change(kind=kind, selected=None, application=None, record=None, failure=None)

    def select(self, record_id: int | None) -> None:
        """Show a record of the list in front."""
        if record_id == self.state.selected:
            return
        if record_id is None:
            self.change(selected=None, application=None, record=None, loading=False)
            return
        self.change(selected=record_id, loading=True, failure=None)
        self.reload()

    def reload(self) -> None:
        """Load the record shown again."""
        kind, record_id = self.state.kind, self.state.selected
        if record_id is None:
            return

        def load(session: Session) -> ApplicationDetail | RecordDetail:
            if kind == APPLICATION:
                return application_detail(session, record_id)
            if kind == CERTIFICATE:
                return certificate_detail(session, record_id)
            return entry_detail(session, record_id)

        self.context.jobs.read(
            load, done=self._loaded, failed=self._failed, key="certificate-detail", latest=True
        )

    def seen(self) -> Seen | None:
        """The application shown, as it is shown now: its id and version."""
        detail = self.state.application
        return None if detail is None else (detail.summary.id, detail.summary.version)

    def advance(
        self,
        step_key: str,
        values: Mapping[str, object],
        done: Done,
        failed: Failed,
        seen: Seen | None = None,
    ) -> None:
        """Take a step of the application as the person saw it (`seen`), or as it is shown now.

        What is shown is refreshed when a colleague saves, also behind an open form: a form must
        bring along what it was opened on, or it would overwrite what nobody has read.
        """
        known = seen or self.seen()
        if known is None:
            return
        application_id, version = known
        self.change(acting=True)

        def finished(result: object) -> None:
            self.change(acting=False)
            done(result)

        def refused(error: AppError) -> None:
            self.change(acting=False)
            failed(error)

        job = self.context.jobs.write(
            lambda session: advance(session, application_id, version, step_key, dict(values)),
            done=finished,
            failed=refused,
            key=f"advance-{application_id}",
            title=_(STEPS[step_key].title),
        )
        if job is None:
            # The same case is being moved already (a double click): nothing to do twice.
            self.change(acting=False)

    # -- private

    def _loaded(self, detail: ApplicationDetail | RecordDetail) -> None:
        if isinstance(detail, ApplicationDetail):
            if self.state.kind == APPLICATION and detail.summary.id == self.state.selected:
                self.change(application=detail, record=None, loading=False, failure=None)
        elif detail.id == self.state.selected:
            self.change(record=detail, application=None, loading=False, failure=None)

    def _failed(self, error: AppError) -> None:
        if isinstance(error, NotFound):
            # It was removed, or must not be seen any more: nothing of it stays on the screen.
            self.change(application=None, record=None)
        self.change(failure=error, loading=False)

    def _on_changes(self, changes: object) -> None:
        watched = {*KINDS, "document", "party", "attachment"}
        if any(kind in watched for kind, _id in changes):  # type: ignore[attr-defined]
            self.reload()
