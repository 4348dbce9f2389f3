"""Dialogs of an expert: the form, terms, ties, status, the linked account."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from core.committee import roster
from core.committee.cases import find_case
from core.committee.details import ExpertDetail, TermLine, TieLine
from core.committee.roster import ExpertContent, TermContent, TieContent
from core.committee.states import (
    BODY_TITLES,
    POST_TITLES,
    SEX_TITLES,
    STATUS_TITLES,
    TIE_TITLES,
    Body,
    ExpertStatus,
    Post,
    Sex,
    TieKind,
)
from core.i18n import N_, _
from core.parties.queries import PartySummary
from core.values.forms import FormField
from desktop.parts.acting_tab import submit_to
from desktop.parts.action_dialog import ActionDialog
from desktop.parts.dialog_draft import DialogDraft, forgetting
from desktop.parts.form_values import Values, day_of, required_day, text_of
from desktop.parts.party_dialog import PersonDialog
from desktop.parts.party_picker import PartyPicker, put_above_form
from desktop.support.context import Context

_ACCOUNT = FormField("bank_account", N_("Account number"))
FIELDS = (
    FormField("code", N_("Number"), required=True, help=N_("Like E01; papers and draws name it.")),
    FormField("title", N_("Professional title"), required=True),
    FormField(
        "specialties",
        N_("Specialties"),
        required=True,
        help=N_("The main one first, the others behind a 、."),
    ),
    FormField(
        "sex", N_("Sex"), "choice", choices=tuple((one.value, t) for one, t in SEX_TITLES.items())
    ),
    FormField("born_on", N_("Born on"), "date"),
    FormField("education", N_("Education")),
    FormField("retired", N_("Has retired from work"), "bool"),
    FormField(
        "civil_servant", N_("Serving civil servant"), "bool", help=N_("Is paid no expert fee.")
    ),
    FormField("nominated_by", N_("Nominated by")),
    FormField("bank", N_("Bank")),
    _ACCOUNT,
    FormField("note", N_("Note"), "long"),
)
REASON = FormField("reason", N_("Reason"), "long", required=True)


def _content(values: Values) -> ExpertContent:
    sex = text_of(values, "sex")
    parts = text_of(values, "specialties").replace("，", "、").replace(",", "、").split("、")
    return ExpertContent(
        code=text_of(values, "code"),
        title=text_of(values, "title"),
        specialties=tuple(one.strip() for one in parts if one.strip()),
        sex=Sex(sex) if sex else None,
        born_on=day_of(values, "born_on"),
        education=text_of(values, "education"),
        retired=bool(values.get("retired")),
        civil_servant=bool(values.get("civil_servant")),
        nominated_by=text_of(values, "nominated_by"),
        bank=text_of(values, "bank"),
        bank_account=text_of(values, "bank_account") or None,
        note=text_of(values, "note"),
    )


def new_expert_dialog(context: Context) -> PersonDialog:
    """Makes a person of the register an expert; the result is the id of the expert."""

    def save(session: Session, party: PartySummary, values: Values) -> int:
        return roster.enrol(session, party.id, _content(values))

    return PersonDialog(
        context,
        _("New expert"),
        _("The person stays one entry of the register; the employer is kept there."),
        FIELDS,
        save,
    )


def edit_expert_dialog(context: Context, one: ExpertDetail) -> ActionDialog:
    """Changes what is known of an expert; an account left empty stays."""

    def save(session: Session, values: Values) -> None:
        roster.edit(session, one.id, one.version, _content(values))

    kept = _("Leave empty to keep {mask}.").format(mask=one.bank_account)
    account = replace(_ACCOUNT, help=kept if one.bank_account else "")
    fields = tuple(account if each is _ACCOUNT else each for each in FIELDS)
    values: dict[str, object] = {
        each.name: getattr(one, each.name) for each in FIELDS if each is not _ACCOUNT
    }
    values["specialties"] = "、".join(one.specialties)
    values["sex"] = one.sex.value if one.sex else ""
    name = f"expert/{one.id}"
    dialog = ActionDialog(
        context,
        _("Edit the expert"),
        one.party.name,
        fields,
        submit_to(context, f"expert-{one.id}", forgetting(name, save)),
        values,
    )
    DialogDraft(dialog, context, name, secret=("bank_account",))
    return dialog


def term_dialog(context: Context, one: ExpertDetail) -> ActionDialog:
    """Gives an expert a term in a body."""

    def save(session: Session, values: Values) -> int:
        content = TermContent(
            body=Body(text_of(values, "body")),
            post=Post(text_of(values, "post")),
            term_from=required_day(values, "term_from"),
            term_to=day_of(values, "term_to"),
        )
        return roster.appoint(session, one.id, content)

    fields = (
        FormField("body", N_("Body"), "choice", required=True, choices=_pairs(BODY_TITLES)),
        FormField("post", N_("Post"), "choice", required=True, choices=_pairs(POST_TITLES)),
        FormField("term_from", N_("First day"), "date", required=True),
        FormField(
            "term_to", N_("Last day"), "date", help=N_("Empty: the years of the office's setting.")
        ),
    )
    first = {"body": Body.POOL.value, "post": Post.REVIEWER.value}
    return ActionDialog(
        context,
        _("New term"),
        _("{name}: an expert may be in both bodies.").format(name=one.party.name),
        fields,
        submit_to(context, f"expert-{one.id}", save),
        first,
    )


def end_term_dialog(context: Context, term: TermLine) -> ActionDialog:
    """Ends a term before its last day."""

    def save(session: Session, values: Values) -> None:
        ended = required_day(values, "ended_on")
        roster.end_term(session, term.id, term.version, ended, text_of(values, "reason"))

    fields = (FormField("ended_on", N_("Ended on"), "date", required=True), REASON)
    sentence = _("The term would last until {day}.").format(day=term.term_to)
    submit = submit_to(context, f"term-{term.id}", save)
    return ActionDialog(context, _("End the term"), sentence, fields, submit)


class TieDialog(ActionDialog):
    """What ties an expert: to a party of the register, or to one case by its number."""

    def __init__(self, context: Context, one: ExpertDetail) -> None:
        def save(session: Session, values: Values) -> int:
            party, number = self.picker.party(), text_of(values, "case")
            content = TieContent(
                kind=TieKind(text_of(values, "kind")),
                party_id=party.id if party is not None else None,
                case=find_case(session, number) if number else None,
                relation=text_of(values, "relation"),
                since=day_of(values, "since"),
                until=day_of(values, "until"),
            )
            return roster.add_tie(session, one.id, content)

        fields = (
            FormField(
                "kind", N_("Kind of tie"), "choice", required=True, choices=_pairs(TIE_TITLES)
            ),
            FormField("case", N_("Or a case"), help=N_("Its number; recused from it at once.")),
            FormField("relation", N_("Relation")),
            FormField("since", N_("Since"), "date"),
            FormField("until", N_("Until"), "date", help=N_("It counts for some years more.")),
        )
        super().__init__(
            context,
            _("New tie"),
            _("Who is tied to a party of a case is left out of its draw and does not see it."),
            fields,
            submit_to(context, f"expert-{one.id}", save),
        )
        self.picker = PartyPicker(context)
        put_above_form(self, self.picker, _("&Party"))


def end_tie_dialog(context: Context, tie: TieLine) -> ActionDialog:
    """Notes the last day of a tie."""

    def save(session: Session, values: Values) -> None:
        roster.end_tie(session, tie.id, tie.version, required_day(values, "until"))

    fields = (FormField("until", N_("Last day"), "date", required=True),)
    return ActionDialog(
        context,
        _("End the tie"),
        _("{kind}: {to}. It still counts for the years of the office's setting.").format(
            kind=_(TIE_TITLES[tie.kind]), to=tie.to
        ),
        fields,
        submit_to(context, f"tie-{tie.id}", save),
    )


def status_dialog(context: Context, one: ExpertDetail) -> ActionDialog:
    """Suspends an expert, lets go of one, or takes one back."""

    def save(session: Session, values: Values) -> None:
        status = ExpertStatus(text_of(values, "status"))
        roster.set_status(session, one.id, one.version, status, text_of(values, "reason"))

    fields = (
        FormField("status", N_("State"), "choice", required=True, choices=_pairs(STATUS_TITLES)),
        REASON,
    )
    return ActionDialog(
        context,
        _("Change the state"),
        _("Only active experts are drawn. Nobody is deleted: what they judged stays."),
        fields,
        submit_to(context, f"expert-{one.id}", save),
        {"status": one.status.value},
    )


def link_dialog(context: Context, one: ExpertDetail) -> ActionDialog:
    """Says which account an expert signs in with."""

    def save(session: Session, values: Values) -> None:
        roster.link_account(session, one.id, one.version, text_of(values, "login"))

    fields = (FormField("login", N_("Account name"), help=N_("Empty: no account.")),)
    return ActionDialog(
        context,
        _("Link the account"),
        _("Cases an expert is recused from are hidden from this account."),
        fields,
        submit_to(context, f"expert-{one.id}", save),
        {"login": one.login},
    )


def _pairs(titles: object) -> tuple[tuple[str, str], ...]:
    assert isinstance(titles, dict)
    return tuple((one.value, title) for one, title in titles.items())
