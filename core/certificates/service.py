"""Taking applications in and saving them again. How a case moves on is in `workflow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import history, requests, search
from core.certificates.commands import (
    ApplicationContent,
    ApplicationSummary,
    EditApplication,
    HolderInput,
    PaperInput,
    ParcelInput,
    ReceiveApplication,
)
from core.certificates.dossier import open_dossier, parcel_lines
from core.certificates.index import index_application
from core.certificates.model import Application, ApplicationParcel, Holder, RequiredPaper, StepTaken
from core.certificates.progress import APPLICATION, reckon, touch
from core.certificates.schemes import required_papers, scheme
from core.certificates.states import EDITABLE, STATE_TITLES, SUPPORTED, Ownership, State
from core.certificates.summaries import application_summary, search_words
from core.certificates.workflow import advance, available_steps
from core.database import actor, load_for_edit, now, require, today
from core.errors import FieldError, InputError, RuleViolation
from core.i18n import N_, _
from core.messages import register
from core.parcels.model import Parcel
from core.parcels.service import add_parcel, claim, release
from core.parties.model import OrganisationKind, Party
from core.parties.queries import summaries
from core.values.area import Area
from core.values.numerals import exact_decimal
from core.values.pinyin import sort_key

register(
    {
        "certificates.project_missing": N_("Enter the name of the project."),
        "certificates.holders_missing": N_("Enter at least one right holder."),
        "certificates.holder_twice": N_("{name} is entered twice."),
        "certificates.holder_unknown": N_("This party is not in the register."),
        "certificates.holder_inactive": N_("{name} is no longer in use; choose another party."),
        "certificates.share_positive": N_("A share is above zero and at most 1."),
        "certificates.no_parcels": N_("Enter at least one parcel."),
        "certificates.parcel_twice": N_("This parcel is entered twice."),
        "certificates.parcel_which": N_("Give a stored parcel or a new one."),
        "certificates.parcel_gone": N_("There is no such parcel."),
        "certificates.period_order": N_("The monitoring period ends before it starts."),
        "certificates.not_editable": N_(
            "The application can no longer be edited: it is “{state}”. Send it back first."
        ),
        "certificates.kind_unsupported": N_("Applications of this kind are not taken in yet."),
        "certificates.not_a_draft": N_(
            "Only a draft can be thrown away; withdraw the application."
        ),
    }
)

__all__ = ["advance", "available_steps", "discard_draft", "edit", "receive"]


def receive(session: Session, command: ReceiveApplication) -> ApplicationSummary:
    """Take an application in: content, parcels with their claims, the checklist.

    Raises:
        InputError: every wrong field at once.
        NotPermitted: without `certificates.receive`.
    """
    require(session, "certificates.receive")

    def act() -> int:
        application = _enter(session, command)
        _take_papers(session, application, command.papers)
        if not command.draft:
            advance(session, application.id, application.version, "receive")
        return application.id

    case = requests.once(session, command.request_id, "application.receive", act)
    made = tuple(session.info.get("made_documents", ()))
    return replace(application_summary(session, case), documents=made)


def _take_papers(session: Session, application: Application, given: Sequence[PaperInput]) -> None:
    """Tick off what was handed in; the receipt checklist lists it then."""
    listed = {paper.key for paper in open_dossier(session, application).papers}
    for number, paper in enumerate(given, start=1):
        values: dict[str, object] = {
            "key": paper.key if paper.key in listed else "",
            "title": paper.title,
            "original": paper.original,
            "copies": paper.copies,
            "pages": paper.pages,
            "checked": paper.checked,
            "note": paper.note,
            "file": str(paper.file) if paper.file else None,
        }
        try:
            advance(session, application.id, application.version, "take_paper", values)
        except InputError as wrong:
            raise InputError(
                *(replace(one, field=f"papers[{number}].{one.field}") for one in wrong.fields)
            ) from wrong


def _enter(session: Session, command: ReceiveApplication) -> Application:
    content, day = command.content, command.received_on or today(session)
    if command.kind not in SUPPORTED:
        raise InputError.of("kind", "certificates.kind_unsupported")
    if day > today(session):
        raise InputError.of("received_on", "certificates.future")
    _check(session, content)
    chosen = scheme(session, command.scheme, day)
    application = Application(
        kind=command.kind,
        scheme=chosen.key,
        state=State.DRAFT,
        received_on=day,
        state_since=today(session),
        clerk_id=actor(session).account_id,
        created_at=now(session),
        area=Area(0),
        township="",
        holders_text="",
        holders_sort="",
    )
    _fill(application, content)
    session.add(application)
    session.flush()
    _set_parts(session, application, content)
    history.record(session, APPLICATION, application.id, "drafted")
    return application


def edit(session: Session, command: EditApplication) -> ApplicationSummary:
    """Save an application's form again, as long as nobody relies on its content.

    Raises:
        InputError: every wrong field at once.
        NotPermitted: without `certificates.edit`.
        StaleRecord: somebody else saved it since.
        RuleViolation: the case is past the examination of the amount.
    """
    require(session, "certificates.edit")
    application = load_for_edit(session, Application, command.application_id, command.version)
    if application.state not in EDITABLE:
        raise RuleViolation("certificates.not_editable", state=_(STATE_TITLES[application.state]))
    _check(session, command.content)
    _fill(application, command.content)
    _set_parts(session, application, command.content)
    touch(application)
    history.record(session, APPLICATION, application.id, "edited", reason=command.reason)
    reckon(session, application)
    return application_summary(session, application.id)


def discard_draft(session: Session, application_id: int, version: int) -> None:
    """Throw a draft away (the undo of an import); it never had a number.

    Raises:
        NotPermitted, StaleRecord: as for `edit`.
        RuleViolation: it was received already.
    """
    require(session, "certificates.edit")
    application = load_for_edit(session, Application, application_id, version)
    if application.state is not State.DRAFT:
        raise RuleViolation("certificates.not_a_draft")
    taken = select(func.count()).where(StepTaken.application_id == application_id)
    if session.scalar(taken):
        # Papers were taken in for it: it has a history and is withdrawn, not thrown away.
        raise RuleViolation("certificates.not_a_draft")
    release(session, APPLICATION, application_id, reason="discarded")
    for child in (Holder, ApplicationParcel, RequiredPaper):
        for row in session.scalars(select(child).where(child.application_id == application_id)):
            session.delete(row)
    session.flush()
    search.remove(session, APPLICATION, application_id)
    history.record(session, APPLICATION, application_id, "discarded")
    session.delete(application)
    session.flush()


def _check(session: Session, content: ApplicationContent) -> None:
    errors = [*_wrong_holders(session, content.holders), *_wrong_parcels(session, content.parcels)]
    if not content.project_name.strip():
        errors.append(FieldError("project_name", "certificates.project_missing"))
    if content.period_to < content.period_from:
        errors.append(FieldError("period_to", "certificates.period_order"))
    for name in ("agent_id", "measuring_body_id"):
        party_id = getattr(content, name)
        if party_id is not None and session.get(Party, party_id) is None:
            errors.append(FieldError(name, "certificates.holder_unknown"))
    if errors:
        raise InputError(*errors)


def _wrong_holders(session: Session, holders: Sequence[HolderInput]) -> list[FieldError]:
    if not holders:
        return [FieldError("holders", "certificates.holders_missing")]
    errors, seen = [], set()
    known = summaries(session, [one.party_id for one in holders])
    for number, one in enumerate(holders, start=1):
        place, party = f"holders[{number}]", known.get(one.party_id)
        if party is None:
            errors.append(FieldError(f"{place}.party_id", "certificates.holder_unknown"))
            continue
        if one.party_id in seen:
            facts = {"name": party.name}
            errors.append(FieldError(f"{place}.party_id", "certificates.holder_twice", facts))
        seen.add(one.party_id)
        if not party.active:
            facts = {"name": party.name}
            errors.append(FieldError(f"{place}.party_id", "certificates.holder_inactive", facts))
        if not 0 < one.share <= 1:
            errors.append(FieldError(f"{place}.share", "certificates.share_positive"))
    return errors


def _wrong_parcels(session: Session, parcels: Sequence[ParcelInput]) -> list[FieldError]:
    if not parcels:
        return [FieldError("parcels", "certificates.no_parcels")]
    errors, seen = [], set()
    for number, one in enumerate(parcels, start=1):
        place = f"parcels[{number}]"
        if (one.parcel_id is None) == (one.new is None):
            errors.append(FieldError(place, "certificates.parcel_which"))
        if one.parcel_id is not None:
            if session.get(Parcel, one.parcel_id) is None:
                errors.append(FieldError(place, "certificates.parcel_gone"))
            if one.parcel_id in seen:
                errors.append(FieldError(place, "certificates.parcel_twice"))
            seen.add(one.parcel_id)
        errors += _wrong_volumes(place, one)
    return errors


def _wrong_volumes(place: str, one: ParcelInput) -> list[FieldError]:
    errors = []
    for name in ("stock_t1", "stock_t2"):
        text = getattr(one, name)
        try:
            if text:
                exact_decimal(text, decimals=4)
        except InputError as wrong:
            first = wrong.fields[0]
            errors.append(FieldError(f"{place}.{name}", first.code, first.params))
    return errors


def _fill(application: Application, content: ApplicationContent) -> None:
    for name in (
        "ownership",
        "agent_id",
        "measuring_body_id",
        "report_date",
        "period_from",
        "period_to",
        "stated_tonnes",
        "valid_until",
    ):
        setattr(application, name, getattr(content, name))
    for name in ("agent_authority", "phone", "address", "report_number", "method", "remarks"):
        setattr(application, name, getattr(content, name).strip())
    application.project_name = " ".join(content.project_name.split())
    application.project_sort = sort_key(application.project_name)


def _set_parts(session: Session, application: Application, content: ApplicationContent) -> None:
    _set_holders(session, application, content.holders)
    _set_parcels(session, application, content.parcels)
    _set_checklist(session, application)
    lines = parcel_lines(session, application.id)
    application.township = lines[0].parcel.township
    application.area = sum((line.parcel.area for line in lines), Area(0))
    session.flush()
    words = search_words(open_dossier(session, application))
    index_application(session, application, words)


def _set_holders(
    session: Session, application: Application, holders: Sequence[HolderInput]
) -> None:
    for row in session.scalars(select(Holder).where(Holder.application_id == application.id)):
        session.delete(row)
    session.flush()
    shared = application.ownership is Ownership.SHARES
    for position, one in enumerate(holders, start=1):
        share = one.share if shared else Fraction(1)
        session.add(
            Holder(
                application_id=application.id,
                position=position,
                party_id=one.party_id,
                numerator=share.numerator,
                denominator=share.denominator,
            )
        )
    known = summaries(session, [one.party_id for one in holders])
    names = "、".join(known[one.party_id].name for one in holders)
    application.holders_text, application.holders_sort = names, sort_key(names)
    session.flush()


def _set_parcels(
    session: Session, application: Application, parcels: Sequence[ParcelInput]
) -> None:
    stored = {
        row.parcel_id: row
        for row in session.scalars(
            select(ApplicationParcel).where(ApplicationParcel.application_id == application.id)
        )
    }
    kept: set[int] = set()
    for position, one in enumerate(parcels, start=1):
        parcel_id = one.parcel_id or _new_parcel(session, position, one)
        kept.add(parcel_id)
        row = stored.get(parcel_id)
        if row is None:
            row = ApplicationParcel(application_id=application.id, parcel_id=parcel_id)
            session.add(row)
        row.position = position
        for name in ("stock_t1", "stock_t2"):
            text = getattr(one, name).strip()
            setattr(row, name, f"{exact_decimal(text, decimals=4):f}" if text else "")
        for name in ("group", "report_page", "forest_owner"):
            setattr(row, name, getattr(one, name).strip())
        for name in ("manual_tonnes", "term_until", "mortgaged"):
            setattr(row, name, getattr(one, name))
    gone = [parcel_id for parcel_id in stored if parcel_id not in kept]
    for parcel_id in gone:
        session.delete(stored[parcel_id])
    session.flush()
    if gone:
        release(session, APPLICATION, application.id, reason="edited", parcel_ids=gone)
    period = application.period_from, application.period_to
    for parcel_id in sorted(kept):
        claim(session, parcel_id, APPLICATION, application.id, *period)


def _new_parcel(session: Session, position: int, one: ParcelInput) -> int:
    assert one.new is not None  # checked
    try:
        return add_parcel(session, one.new)
    except InputError as wrong:
        place = f"parcels[{position}]"
        raise InputError(
            *(FieldError(f"{place}.{x.field}", x.code, x.params) for x in wrong.fields)
        ) from None


def _set_checklist(session: Session, application: Application) -> None:
    """The papers this case needs; what came in already stays ticked off."""
    dossier = open_dossier(session, application)
    facts = set()
    if application.agent_id is not None:
        facts.add("agent")
    collective = OrganisationKind.COLLECTIVE.value
    if any(line.party.organisation_kind == collective for line in dossier.holders):
        facts.add("collective")
    if any(line.row.mortgaged for line in dossier.parcels):
        facts.add("mortgaged")
    wanted = required_papers(session, application.kind, application.received_on, frozenset(facts))
    listed = {paper.key: paper for paper in dossier.papers if paper.key != "extra"}
    for position, (key, title) in enumerate(wanted, start=1):
        paper = listed.pop(key, None)
        if paper is None:
            paper = RequiredPaper(application_id=application.id, key=key)
            session.add(paper)
        paper.position, paper.title, paper.needed = position, title, True
    for paper in listed.values():
        # No longer needed: gone if it never came, kept as a paper of the file if it did.
        if paper.received_on is None:
            session.delete(paper)
        else:
            paper.needed = False
    session.flush()
