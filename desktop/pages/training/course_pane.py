"""The right third of the courses: one part of the course at a time, each with its buttons."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QWidget

from core.i18n import N_, _, listed
from core.training.detail import CourseDetail
from core.training.hours import total
from core.training.states import (
    CATEGORY_TITLES,
    COURSE_TITLES,
    MARK_TITLES,
    PAPER_TITLES,
    REQUIREMENT_TITLES,
    RESULT_TITLES,
    PaperAtEnd,
    Requirement,
)
from desktop.pages.training import allowed
from desktop.pages.training.course_dialogs import required_text
from desktop.pages.training.course_parts import EndPart, MoneyPart, Part
from desktop.pages.training.tones import (
    COURSE_TONES,
    half_day,
    marks_text,
    missing_text,
    scores_text,
)
from desktop.parts.choice_table import Buttons, ChoiceTable
from desktop.parts.detail_pane import DetailPane
from desktop.parts.moments import moment, timeline_items
from desktop.parts.papers import paper_items
from desktop.widgets.banner import Banner
from desktop.widgets.labels import label
from desktop.widgets.papers import PapersList
from desktop.widgets.photo import PhotoView
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline, TimelineItem

#: The parts in their order.
PHOTO_HEIGHT = 180
PARTS = (
    ("course", N_("Course")),
    ("roster", N_("Roster")),
    ("end", N_("Completion")),
    ("file", N_("Course file")),
    ("money", N_("Costs")),
    ("history", N_("History")),
)


class CoursePane(DetailPane):
    """Everything about the course chosen in the list.

    Signals:
        asked: key of the button of a part.
    """

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Choose a course to see it here."))
        self.parts = QTabBar()
        self.parts.setObjectName("courseParts")
        self.parts.setDrawBase(False)
        self.parts.setExpanding(False)
        self.parts.setAccessibleName(_("Parts of the course"))
        self._groups: dict[str, QWidget] = {}
        self._make_course()
        self._make_roster()
        self._make_file()
        self.ending, self.money = EndPart(), MoneyPart()
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        self.add(self.parts)
        groups = self._parts(history)
        for key, title in PARTS:
            self.parts.addTab(_(title))
            self._groups[key] = groups[key]
            self.add(groups[key])
        self.parts.currentChanged.connect(self._show_part)
        self._show_part(0)
        for table in (
            self.sessions, self.roster, self.files, self.ending.certificates, self.money.costs,
            self.money.fees,
        ):  # fmt: skip
            table.on(self.asked.emit)
        for buttons in (self.ending.buttons, self.paper_buttons):
            buttons.pressed.connect(self.asked)

    def show_part(self, key: str) -> None:
        """Bring a part to the front."""
        self.parts.setCurrentIndex([one for one, _title in PARTS].index(key))

    def show_course(self, detail: CourseDetail) -> None:
        """Show a course."""
        self.set_header(
            detail.content.name,
            f"{detail.number}　{detail.content.organizer}",
            _(COURSE_TITLES[detail.state]),
            COURSE_TONES[detail.state],
        )
        self.basics.set_pairs(_basics(detail))
        if detail.words:
            text = _("These words must not stand on its certificates: {words}.")
            self.words.show_message("warning", text.format(words=listed(detail.words)))
        else:
            self.words.hide()
        self._show_sessions(detail)
        self._show_roster(detail)
        self.ending.show_course(detail)
        self._show_file(detail)
        self.money.show_course(detail)
        self.timeline.set_items(course_timeline(detail))

    # -- building

    def _parts(self, history: Section) -> Mapping[str, QWidget]:
        return {
            "course": Part((self.words, self.basics, self.sessions)),
            "roster": Part((self.roster, self.standing)),
            "end": self.ending,
            "file": Part((self.files, self.papers_section)),
            "money": self.money,
            "history": Part((history,)),
        }

    def _make_course(self) -> None:
        self.basics = Section(_("Course"))
        self.words = Banner()
        self.sessions = ChoiceTable(
            _("Sessions"),
            (_("Half-day"), _("Topic"), _("Trainer"), _("Credit hours"), _("Sign-in sheet")),
            (
                ("add_session", _("Add…")),
                ("edit_session", _("Edit…")),
                ("drop_session", _("Not held…")),
                ("sheet", _("Sign-in sheet")),
                ("scan", _("Read a scan…")),
            ),
            empty=_("No session yet. A sign-in sheet is printed for each half-day."),
            rows=8,
        )

    def _make_roster(self) -> None:
        self.roster = ChoiceTable(
            _("Roster"),
            (
                _("Name"), _("Attendance"), _("Score"), _("Course result"), _("Unit"), _("Post"),
                _("Still missing"), _("Completion certificate"),
            ),
            (
                ("enrol", _("Enrol…")),
                ("trainee", _("Temporary person…")),
                ("import", _("Import…")),
                ("attendance", _("Attendance…")),
                ("scores", _("Scores…")),
                ("correct", _("Correct the score…")),
                ("edit_person", _("Edit…")),
                ("withdraw", _("Left the course…")),
                ("hints", _("Namesakes…")),
                ("identify", _("Identify…")),
            ),
            empty=_("Nobody is on the roster yet. Enrol people or import a list."),
            rows=12,
        )  # fmt: skip
        self.standing = label(role="soft", wrap=True)

    def _make_file(self) -> None:
        self.files = ChoiceTable(
            _("Course file"),
            (_("Part"), _("About"), _("Taken at"), _("File")),
            (
                ("add_file", _("Add a file…")),
                ("open_file", _("Open")),
                ("edit_file", _("Edit…")),
                ("take_away", _("Take away…")),
                ("folder", _("Export the folder…")),
            ),
            empty=_("No photo or material yet."),
            rows=10,
        )
        self.photo = PhotoView(_("Photo"), PHOTO_HEIGHT)
        self.files.add(self.photo)
        self.papers_section = Section(_("Papers"))
        self.paper_buttons = Buttons((("paper", _("Prepare a paper…")),))
        self.papers = PapersList()
        self.papers_section.add(self.paper_buttons)
        self.papers_section.add(self.papers)

    # -- showing

    def _show_part(self, place: int) -> None:
        for number, (key, _title) in enumerate(PARTS):
            self._groups[key].setVisible(number == place)

    def _show_sessions(self, detail: CourseDetail) -> None:
        printed = {one.session_id for one in detail.sheets}
        read = {one.session_id for one in detail.scans}
        lines = []
        for one in detail.sessions:
            sheet = _("read") if one.id in read else _("printed") if one.id in printed else ""
            if one.cancelled_reason:
                sheet = _("not held: {reason}").format(reason=one.cancelled_reason)
            texts = (half_day(one.held_on, one.half_day), one.topic, one.trainer, str(one.hours))
            lines.append((one.id, (*texts, sheet)))
        self.sessions.show_lines(lines)

    def _show_roster(self, detail: CourseDetail) -> None:
        held = [one for one in detail.sessions if not one.cancelled_reason]
        self.roster.show_lines(
            [
                (
                    one.id,
                    (
                        one.name + ("（" + _("temporary") + "）" if one.temporary else ""),
                        marks_text(one, held),
                        scores_text(one),
                        _("left: {reason}").format(reason=one.withdrawn_reason)
                        if one.withdrawn_reason
                        else _(RESULT_TITLES[one.result]),
                        one.unit,
                        one.post,
                        missing_text(one.standing),
                        one.certificate,
                    ),
                )
                for one in detail.people
            ]
        )
        people = allowed.staying(detail)
        ready = sum(one.standing is not None and one.standing.completed for one in people)
        text = _("{count} people, {ready} with everything that is asked for.")
        self.standing.setText(text.format(count=len(people), ready=ready))

    def _show_file(self, detail: CourseDetail) -> None:
        self.files.show_lines(
            [
                (
                    one.id,
                    (
                        f"{one.section} {one.section_title}",
                        one.caption,
                        moment(one.taken_at),
                        one.file.filename,
                    ),
                )
                for one in detail.files
            ]
        )
        self.papers.set_papers(paper_items(detail.papers))
        self.photo.show_photo(None)


#: Facts of an event that say more than its title, in the order they are shown.
_SAID = ("day", "item", "file", "score", "amount", "gross", "before", "after", "count", "row")


def course_timeline(detail: CourseDetail) -> list[TimelineItem]:
    """The events of a course, each with whom and what it is about."""
    people = {one.id: one.name for one in detail.people}
    trainers = {one.party_id: one.name for one in detail.fees}
    items = []
    for item, entry in zip(timeline_items(detail.timeline), reversed(detail.timeline), strict=True):
        who = people.get(entry.data.get("participant", 0), "")
        who = who or trainers.get(entry.data.get("party", 0), "")
        said = [_fact(entry.data[key]) for key in _SAID if _tells(key, entry.data.get(key))]
        facts = "、".join(one for one in (who, *said) if one)
        what = f"{item.what}　{facts}" if facts else item.what
        items.append(TimelineItem(item.when, item.who, what, item.why, item.tone))
    return items


def _tells(key: str, value: object) -> bool:
    """Whether a fact says something to a person; a file may be there by its id alone."""
    return value not in (None, "", 0) and (key != "file" or isinstance(value, str))


def _fact(value: object) -> str:
    """A fact in words: a mark by its title, anything else as it is."""
    text = str(value)
    known = next((title for mark, title in MARK_TITLES.items() if mark.value == text), "")
    return _(known) if known else text


def _basics(detail: CourseDetail) -> list[tuple[str, str]]:
    content = detail.content
    held = [one for one in detail.sessions if not one.cancelled_reason]
    hours = total(one.hours for one in held)
    pairs = [
        (_("Course days"), f"{content.starts_on} – {content.ends_on}"),
        (_("Place"), content.place),
        (_("Kind"), content.kind),
        (_("Topic"), content.topic),
        (_("Credit category"), _(CATEGORY_TITLES[content.category])),
        (
            _("Credit hours"),
            _("{hours} in {count} half-days").format(hours=hours, count=len(held)),
        ),
        (_("Participants"), _people(detail)),
        (_("Attendance asked for"), _requirement(detail)),
        (_("Assessment"), _pass_mark(detail)),
        (_("Paper at the end"), _paper(detail)),
    ]
    further = [
        (_("Plan or approval"), content.plan),
        (_("Summary"), content.summary),
        (_("Filed on"), detail.closed_on.isoformat() if detail.closed_on else ""),
        (_("Called off"), detail.cancelled_reason),
    ]
    return pairs + [pair for pair in further if pair[1]]


def _people(detail: CourseDetail) -> str:
    count = len(allowed.staying(detail))
    planned = detail.content.planned
    text = _("{count} of {planned} planned") if planned else "{count}"
    return text.format(count=count, planned=planned)


def _requirement(detail: CourseDetail) -> str:
    content = detail.content
    if content.requirement is Requirement.NONE:
        return _(REQUIREMENT_TITLES[content.requirement])
    return f"{_(REQUIREMENT_TITLES[content.requirement])} {required_text(content)}"


def _pass_mark(detail: CourseDetail) -> str:
    if not detail.content.assessed:
        return _("none")
    return _("passed with {mark}").format(mark=detail.content.pass_mark)


def _paper(detail: CourseDetail) -> str:
    content = detail.content
    title = _(PAPER_TITLES[content.paper])
    if content.paper is not PaperAtEnd.NONE and content.valid_months:
        return _("{paper}, holds {months} months").format(paper=title, months=content.valid_months)
    return title
