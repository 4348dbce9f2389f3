"""One draw: its steps, the frozen list under its digest, the names once they may be known."""

from __future__ import annotations

from collections.abc import Mapping

from core.committee.details import DrawDetail, PickLine
from core.committee.states import DRAW_TITLES, PICK_TITLES, SEAT_TITLES, DrawState
from core.i18n import _
from desktop.pages.committee.draw_dialogs import (
    CANDIDATE_HEADERS,
    EXCLUDED_HEADERS,
    excluded_row,
)
from desktop.pages.committee.tones import DRAW_TONES, needs_text
from desktop.parts.choice_table import ChoiceTable
from desktop.parts.detail_pane import DetailPane
from desktop.parts.moments import moment, timeline_items
from desktop.parts.papers import in_groups, paper_items
from desktop.widgets.labels import selectable
from desktop.widgets.links import LinkList
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.small_table import SmallTable
from desktop.widgets.timeline import Timeline


class DrawPane(DetailPane):
    """One draw."""

    def __init__(self) -> None:
        super().__init__(_("Choose a draw to see it here."))
        self.facts = Section(_("Draw"))
        self.digest = selectable(role="soft")
        self.digest.setObjectName("listDigest")
        self.digest.setWordWrap(True)
        self.digest_part = Section(_("Digest of the frozen list (SHA-256)"))
        self.digest_part.add(self.digest)
        self.picks = ChoiceTable(
            _("Drawn"),
            (_("Turn"), _("Number"), _("Name"), _("Telephone"), _("Seat"), _("State"), _("Note")),
            (
                ("call", _("Note the call…")),
                ("again", _("Draw again…")),
                ("save", _("Save the record…")),
                ("print", _("Record of the draw")),
            ),
            rows=9,
        )
        self.calls = SmallTable(
            _("Call log"), (_("When"), _("Whom"), _("Way"), _("Outcome"), _("Reason"), _("By"))
        )
        self.candidates = SmallTable(_("Candidates"), [_(one) for one in CANDIDATE_HEADERS], rows=8)
        self.excluded = SmallTable(_("Left out"), [_(one) for one in EXCLUDED_HEADERS], rows=8)
        self.papers = PapersList()
        self.paper_part = Section(_("Papers"))
        self.paper_part.add(self.papers)
        self.links = LinkList(_("Belongs together"))
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        for part in (
            self.facts, self.picks, self.calls, self.digest_part, self.candidates, self.excluded,
            self.paper_part, self.links, history,
        ):  # fmt: skip
            self.add(part)

    def show_draw(self, detail: DrawDetail) -> None:
        """Show a draw."""
        self.set_header(
            detail.number or _("Draw without a number"),
            detail.case.text,
            _(DRAW_TITLES[detail.state]),
            DRAW_TONES[detail.state],
        )
        self.facts.set_pairs(_facts(detail))
        self.digest.setText(in_groups(detail.list_digest))
        self.digest_part.setVisible(bool(detail.list_digest))
        self._show_frozen(detail.frozen or {})
        drawn = detail.state in {DrawState.DRAWN, DrawState.SETTLED, DrawState.REPLACED}
        self.picks.show_lines([(one.id, _pick(one)) for one in detail.picks])
        self.picks.setVisible(drawn)
        self.calls.show_rows(
            [
                (
                    moment(call.at),
                    pick.name,
                    call.way,
                    _outcome(call.comes),
                    call.reason,
                    call.caller,
                )
                for pick in detail.picks
                for call in pick.calls
            ]
        )
        self.papers.set_papers(paper_items(detail.papers))
        self.paper_part.setVisible(bool(detail.papers))
        links = [(detail.case.kind, detail.case.id, detail.case.text)]
        if detail.replaces_id is not None:
            links.append(("committee_draw", detail.replaces_id, _("The draw before")))
        self.links.show_links(links)
        self.timeline.set_items(timeline_items(detail.timeline))

    def _show_frozen(self, frozen: Mapping[str, object]) -> None:
        self.candidates.show_rows(
            [
                (
                    str(one["code"]),
                    str(one["name"]),
                    str(one["employer"]),
                    "、".join(one["specialties"]),
                    str(one["drawn"]),
                )
                for one in _rows(frozen, "candidates")
            ]
        )
        self.excluded.show_rows(
            [
                excluded_row(one["code"], one["name"], one["ground"], one["reason"])
                for one in _rows(frozen, "excluded")
            ]
        )


def _rows(frozen: Mapping[str, object], name: str) -> list[dict[str, str]]:
    found = frozen.get(name)
    return found if isinstance(found, list) else []


def _facts(detail: DrawDetail) -> list[tuple[str, str]]:
    pairs = [
        (_("Experts"), needs_text(detail.needed)),
        (_("Substitutes"), str(detail.substitutes)),
        (_("Meeting"), f"{moment(detail.meeting_at)}　{detail.place}".strip()),
        (_("Names secret until"), moment(detail.secret_until)),
        (_("First operator"), _who(detail.first, typed=detail.typed[0])),
        (_("Second operator"), _who(detail.second, typed=detail.typed[1])),
        (_("Supervisor"), _witnessed(detail)),
    ]
    further = [
        (_("List frozen"), moment(detail.frozen_at)),
        (_("Drawn at"), moment(detail.drawn_at)),
        (_("Seats still open"), needs_text(detail.open)),
        (_("Seed"), in_groups(detail.seed)),
        (_("Drawn again because"), detail.redraw_reason),
        (_("Cancelled because"), detail.cancel_reason),
    ]
    return pairs + [pair for pair in further if pair[1]]


def _who(name: str, *, typed: bool) -> str:
    return _("{name}, has typed").format(name=name) if typed else name


def _witnessed(detail: DrawDetail) -> str:
    if detail.witnessed_at is None:
        return detail.supervisor
    at = moment(detail.witnessed_at)
    return _("{name}, confirmed {at}").format(name=detail.supervisor, at=at)


def _pick(one: PickLine) -> tuple[str, ...]:
    note = one.reason
    if one.replaces:
        note = _("for {name}").format(name=one.replaces) + (f"　{note}" if note else "")
    return (
        str(one.position),
        one.code,
        one.name,
        one.phone,
        _(SEAT_TITLES[one.seat]),
        _(PICK_TITLES[one.state]),
        note,
    )


def _outcome(comes: bool | None) -> str:
    if comes is None:
        return _("to be tried again")
    return _("comes") if comes else _("cannot come")
