"""疑似同一人: people of the roster who may be somebody else in the register, settled one by one."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.errors import AppError
from core.i18n import _, listed
from core.parties.model import PartyKind
from core.parties.rules import LIKENESS_TITLES
from core.parties.service import not_a_duplicate
from core.training.detail import CourseDetail, PersonLine, course_detail
from core.training.participants import Hint, hints
from desktop.pages.training.allowed import lacks
from desktop.pages.training.people_dialogs import identify_dialog
from desktop.parts.choice_table import ChoiceTable
from desktop.parts.reason import ask_reason
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

Found = tuple[CourseDetail, list[Hint]]


def load_hints(session: Session, course_id: int) -> Found:
    """A course with the hints of its roster."""
    return course_detail(session, course_id), hints(session, course_id)


class HintsDialog(QDialog):
    """Each hint is a temporary entry to identify, or two people who are two."""

    def __init__(self, context: Context, found: Found) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("hintsDialog")
        self.setWindowTitle(_("Namesakes"))
        self._context = context
        self._found = found
        self.banner = Banner()
        self.table = ChoiceTable(
            _("May be the same person"),
            (_("On the roster"), _("Unit"), _("In the register"), _("Telephone"), _("Why")),
            empty=_("Nobody on the roster looks like somebody else."),
            rows=12,
        )
        self.same = QPushButton(_("The same person…"))
        self.same.setObjectName("hintSame")
        self.other = QPushButton(_("Two people…"))
        self.other.setObjectName("hintOther")
        self.close_button = QPushButton(_("Close"))
        for button in (self.same, self.other, self.close_button):
            button.setAutoDefault(False)
        self._build()
        self.same.clicked.connect(self.identify)
        self.other.clicked.connect(self.keep_apart)
        self.close_button.clicked.connect(self.accept)
        self.table.view.clicked.connect(self._on_row)
        self.table.view.activated.connect(self._on_row)
        self._show()

    def hint(self) -> Hint | None:
        """The hint chosen."""
        place = self.table.chosen()
        return None if place is None else self._found[1][place]

    def identify(self) -> None:
        """The two become one party."""
        hint = self.hint()
        if hint is None:
            return
        dialog = identify_dialog(self._context, self._person(hint), hint.other)
        if self._context.dialogs.exec(dialog):
            self._reload()

    def keep_apart(self) -> None:
        """They are two; nobody asks again."""
        hint = self.hint()
        if hint is None:
            return
        sentence = _("{name} and {other} stay two people and are not suggested again.")
        reason = ask_reason(
            self._context,
            _("Two people"),
            sentence.format(name=hint.name, other=hint.other.name),
        )
        if reason:
            self._context.jobs.write(
                lambda session: not_a_duplicate(session, hint.party_id, hint.other.id, reason),
                done=self._reload,
                failed=self._failed,
                key=f"hint-{hint.party_id}",
            )

    # -- private

    def _person(self, hint: Hint) -> PersonLine:
        return next(one for one in self._found[0].people if one.id == hint.participant_id)

    def _reload(self, _result: object = None) -> None:
        course_id = self._found[0].id
        self._context.jobs.read(
            lambda session: load_hints(session, course_id),
            done=self._loaded,
            failed=self._failed,
            key=f"hints-{id(self)}",
            latest=True,
        )

    def _loaded(self, found: Found) -> None:
        self._found = found
        self._show()

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    def _show(self) -> None:
        people = {one.id: one for one in self._found[0].people}
        self.table.show_lines(
            [
                (
                    place,
                    (
                        one.name,
                        people[one.participant_id].unit,
                        f"{one.other.name} {one.other.number}".strip(),
                        one.other.phone,
                        listed(_(LIKENESS_TITLES[reason]) for reason in one.reasons),
                    ),
                )
                for place, one in enumerate(self._found[1])
            ]
        )
        if self._found[1] and self.table.chosen() is None:
            self.table.choose(0)
        self._allow()

    def _allow(self) -> None:
        hint, actor = self.hint(), self._context.actor
        if hint is None:
            self.same.setEnabled(False)
            self.other.setEnabled(False)
            return
        settled = "" if self._person(hint).temporary else _("This entry is not temporary.")
        if hint.other.kind is not PartyKind.PERSON:
            settled = _("The other one is not a person.")
        set_allowed(self.same, settled or lacks(actor, "training.manage", "parties.merge"))
        set_allowed(self.other, lacks(actor, "parties.edit"))

    def _on_row(self, _index: object) -> None:
        self._allow()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.same)
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        course = self._found[0]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(f"{course.number}　{course.content.name}", "heading", wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(self.table)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(760, 480)
