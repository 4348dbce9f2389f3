"""Issuing completion certificates: who gets one, all at once, numbered without gaps."""

from __future__ import annotations

from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from core.errors import AppError
from core.i18n import _
from core.training.certifying import Issued, issue
from core.training.detail import CourseDetail
from core.training.states import PAPER_TITLES
from desktop.pages.training.allowed import certifiable
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label


class IssueCertificatesDialog(QDialog):
    """Everybody who waits is ticked, nobody whose certificate was revoked; pressed twice acts once.

    Attributes:
        issued: what was made.
    """

    def __init__(self, context: Context, course: CourseDetail) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("issueCertificatesDialog")
        self.setWindowTitle(_("Issue certificates"))
        self._context = context
        self._course = course
        self._request = uuid4()
        self.issued: list[Issued] = []
        self.banner = Banner()
        self.people = QListWidget()
        self.people.setObjectName("issuePeople")
        self.people.setAccessibleName(_("Who gets a certificate"))
        for one in certifiable(course):
            again = "　" + _("(a certificate was revoked)") if one.revoked else ""
            entry = QListWidgetItem(f"{one.name}　{one.unit}{again}".strip())
            entry.setData(Qt.ItemDataRole.UserRole, one.id)
            # A new one after a revocation is a decision of its own.
            state = Qt.CheckState.Unchecked if one.revoked else Qt.CheckState.Checked
            entry.setCheckState(state)
            self.people.addItem(entry)
        self.issue_button = QPushButton(_("Issue"))
        self.issue_button.setObjectName("issueNow")
        self.issue_button.setProperty("role", "primary")
        self.issue_button.setAutoDefault(False)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self._build()
        self.people.itemChanged.connect(self._show)
        self.issue_button.clicked.connect(self.issue)
        self.cancel_button.clicked.connect(self.reject)
        self._show()

    def chosen(self) -> list[int]:
        """Ids of the participants ticked."""
        entries = [self.people.item(row) for row in range(self.people.count())]
        return [
            int(one.data(Qt.ItemDataRole.UserRole))
            for one in entries
            if one.checkState() is Qt.CheckState.Checked
        ]

    def issue(self) -> None:
        """Make the certificates, all or none."""
        chosen = self.chosen()
        if not chosen or not self.issue_button.isEnabled():
            return
        course_id, request = self._course.id, self._request
        job = self._context.jobs.write(
            lambda session: issue(session, course_id, chosen, request),
            done=self._done,
            failed=self._failed,
            key=f"issue-{course_id}",
        )
        self.issue_button.setEnabled(job is None)

    def _done(self, issued: list[Issued]) -> None:
        self.issued = issued
        self.accept()

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)
        self._show()

    def _show(self, _item: object = None) -> None:
        count = len(self.chosen())
        self.issue_button.setEnabled(bool(count))
        self.issue_button.setText(_("Issue {count}").format(count=count))

    def _build(self) -> None:
        sentence = _(
            "{paper}: each takes the next number of the year and waits for its signature. "
            "A number that was given is never given again."
        )
        paper = _(PAPER_TITLES[self._course.content.paper])
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.issue_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(self._course.content.name, "heading", wrap=True))
        layout.addWidget(label(sentence.format(paper=paper), "soft", wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(self.people, 1)
        layout.addLayout(buttons)
        self.resize(520, 460)
        self.people.setFocus()
