"""A case of a meeting: opinions one by one, then the conclusion with its tally."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout
from sqlalchemy.orm import Session

from core.committee import opinions
from core.committee.details import CaseView, OpinionLine
from core.committee.opinions import OpinionContent
from core.committee.queries import case_view
from core.committee.setup import criteria
from core.committee.states import VOTE_TITLES, Vote
from core.errors import AppError
from core.i18n import N_, _, listed
from core.values.forms import FormField
from desktop.pages.committee.tones import result_text
from desktop.parts.acting_tab import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.choice_table import ChoiceTable
from desktop.parts.dialog_draft import DialogDraft, forgetting
from desktop.parts.form_values import Values, text_of
from desktop.parts.rights import lacks
from desktop.parts.tabs import set_allowed
from desktop.support.context import Context
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label

#: Key, title and full mark of each criterion.
Criteria = Sequence[tuple[str, str, int]]
Found = tuple[CaseView, Criteria]


def load_case(session: Session, meeting_case_id: int) -> Found:
    """A case of a meeting with the criteria of its opinion sheet."""
    return case_view(session, meeting_case_id), criteria(session)


def opinion_dialog(context: Context, found: Found, one: OpinionLine) -> ActionDialog:
    """Gives or changes an opinion: vote, scores, words, dissent."""
    view, known = found

    def save(session: Session, values: Values) -> int:
        scores = {
            key: value
            for key, _title, _full in known
            if isinstance(value := values.get(f"scores.{key}"), int)
        }
        content = OpinionContent(
            vote=Vote(text_of(values, "vote")),
            scores=scores,
            remarks=one.remarks,
            text=text_of(values, "text"),
            changes=text_of(values, "changes"),
            dissent=text_of(values, "dissent"),
        )
        return opinions.give(session, view.line.id, one.expert_id, content)

    fields = (
        FormField(
            "vote",
            N_("Vote"),
            "choice",
            required=True,
            choices=tuple((vote.value, title) for vote, title in VOTE_TITLES.items()),
        ),
        *(FormField(f"scores.{key}", f"{title}（{full}）", "int") for key, title, full in known),
        FormField("text", N_("Opinion"), "long"),
        FormField("changes", N_("Changes asked for"), "long"),
        FormField("dissent", N_("Dissent to be kept"), help=N_("It is printed with the name.")),
    )
    values: dict[str, object] = {
        "vote": one.vote.value if one.vote else "",
        "text": one.text,
        "changes": one.changes,
        "dissent": one.dissent,
    }
    values |= {f"scores.{key}": str(points) for key, points in one.scores.items()}
    name = f"committee_opinion/{view.line.id}/{one.expert_id}"
    dialog = ActionDialog(
        context,
        _("Opinion"),
        f"{one.name}　{view.line.case.text}",
        fields,
        submit_to(context, f"opinion-{view.line.id}", forgetting(name, save)),
        values,
    )
    DialogDraft(dialog, context, name)
    return dialog


def conclude_dialog(context: Context, view: CaseView) -> ActionDialog:
    """Concludes a case; the result follows from the votes, nobody types it."""

    def save(session: Session, values: Values) -> object:
        return opinions.close_case(
            session, view.line.id, view.line.version, text_of(values, "opinion"),
            text_of(values, "changes"),
        )  # fmt: skip

    fields = (
        FormField("opinion", N_("Opinion of the meeting"), "long", required=True),
        FormField(
            "changes", N_("Changes asked for"), "long", help=N_("Empty: those of the opinions.")
        ),
    )
    return ActionDialog(
        context,
        _("Conclude the case"),
        _("The votes are counted now; dissent is kept with its name."),
        fields,
        submit_to(context, f"opinion-{view.line.id}", save),
    )


class CaseDialog(QDialog):
    """Who judges, who has spoken; Enter on a row opens the opinion."""

    def __init__(self, context: Context, found: Found) -> None:
        super().__init__(context.dialogs.parent)
        self.setObjectName("meetingCase")
        self.setWindowTitle(_("Opinions"))
        self._context = context
        self.found = found
        self.banner = Banner()
        self.tally = label(role="soft", wrap=True)
        self.table = ChoiceTable(
            _("Opinions"),
            (
                _("Expert"),
                _("Vote"),
                _("Points"),
                _("Opinion"),
                _("Changes asked for"),
                _("Dissent"),
            ),
            empty=_("Nobody judges this case."),
            rows=10,
        )
        self.enter_button = self._button("enterOpinion", _("Opinion…"))
        self.conclude_button = self._button("concludeCase", _("Conclude…"))
        self.conclude_button.setProperty("role", "primary")
        self.close_button = self._button("closeCase", _("Close"))
        self._build()
        self.table.activated.connect(self._on_row)
        self.enter_button.clicked.connect(self.enter)
        self.conclude_button.clicked.connect(self.conclude)
        self.close_button.clicked.connect(self.accept)
        self._show()

    def enter(self) -> None:
        """Give or change the opinion of the expert chosen."""
        view = self.found[0]
        wanted = self.table.chosen() or view.own
        one = next((each for each in view.opinions if each.expert_id == wanted), None)
        if one is None or not self.enter_button.isEnabled():
            self.banner.show_message("info", _("Choose an expert first."))
            return
        if self._context.dialogs.exec(opinion_dialog(self._context, self.found, one)):
            self._reload()

    def conclude(self) -> None:
        """Count the votes."""
        if self._context.dialogs.exec(conclude_dialog(self._context, self.found[0])):
            self._reload()

    def _on_row(self, _expert_id: int) -> None:
        self.enter()

    def _reload(self) -> None:
        case_id = self.found[0].line.id
        self._context.jobs.read(
            lambda session: load_case(session, case_id),
            done=self._loaded,
            failed=self._failed,
            key=f"meeting-case-{id(self)}",
            latest=True,
        )

    def _loaded(self, found: Found) -> None:
        self.found = found
        self.banner.hide()
        self._show()

    def _failed(self, error: AppError) -> None:
        self.banner.show_error(error)

    def _show(self) -> None:
        view = self.found[0]
        self.table.show_lines([(one.expert_id, _row(one)) for one in view.opinions])
        ids = self.table.ids()
        if ids and self.table.chosen() is None:
            silent = [one.expert_id for one in view.opinions if one.given_at is None]
            self.table.choose(view.own or (silent or ids)[0])
        self.tally.setText(_tally(view))
        done = _("The case is concluded.") if view.line.result is not None else ""
        actor = self._context.actor
        may_enter = "" if view.own is not None else lacks(actor, "committee.meet")
        set_allowed(self.enter_button, done or may_enter)
        missing = any(one.given_at is None for one in view.opinions)
        wait = _("Opinions are missing.") if missing else ""
        set_allowed(self.conclude_button, done or lacks(actor, "committee.meet") or wait)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.enter_button)
        buttons.addWidget(self.conclude_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(label(self.found[0].line.case.text, "heading", wrap=True))
        layout.addWidget(self.tally)
        layout.addWidget(self.banner)
        layout.addWidget(self.table)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.resize(820, 480)
        self.table.view.setFocus()


def _row(one: OpinionLine) -> tuple[str, ...]:
    vote = _(VOTE_TITLES[one.vote]) if one.vote else _("not given yet")
    score = str(sum(one.scores.values())) if one.scores else ""
    return one.name, vote, score, one.text, one.changes, one.dissent


def _tally(view: CaseView) -> str:
    line = view.line
    said = [
        _("{given} of {judging} have spoken, {least} are needed.").format(
            given=line.opinions, judging=line.judging, least=line.least
        )
    ]
    if view.others_hidden:
        said.append(_("You see the others' opinions after you have given yours."))
    if view.recused:
        said.append(_("Recused: {names}.").format(names=listed(view.recused)))
    if line.result is not None:
        said.append(
            _("{result}: {votes_for} for, {against} against, {abstained} abstained.").format(
                result=result_text(line.result),
                votes_for=line.votes_for,
                against=line.votes_against,
                abstained=line.abstentions,
            )
        )
    return "　".join(said)
