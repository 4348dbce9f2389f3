"""The right third of the courses: one part of the course at a time, each with its buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from core.i18n import N_, _, listed
from core.training.detail import CostLine, CourseDetail, FeeLine
from core.training.hours import total
from core.training.rules import percent_text
from core.training.states import (
    CATEGORY_TITLES,
    COST_TITLES,
    COURSE_TITLES,
    LIST_TITLES,
    MARK_TITLES,
    PAPER_TITLES,
    REQUIREMENT_TITLES,
    RESULT_TITLES,
    CostKind,
    ListState,
    PaperAtEnd,
    Requirement,
    Result,
)
from core.values.money import Money
from desktop.pages.training import allowed
from desktop.pages.training.choice_table import Buttons, ChoiceTable
from desktop.pages.training.course_dialogs import required_text
from desktop.pages.training.tones import (
    COURSE_TONES,
    half_day,
    marks_text,
    missing_text,
    scores_text,
)
from desktop.parts.detail_pane import DetailPane
from desktop.parts.moments import moment, timeline_items
from desktop.parts.papers import paper_items
from desktop.widgets.banner import Banner
from desktop.widgets.charts import BarChart, Mark
from desktop.widgets.labels import label
from desktop.widgets.links import LinkList
from desktop.widgets.papers import PapersList
from desktop.widgets.section import Section
from desktop.widgets.timeline import Timeline, TimelineItem

#: The parts in their order.
PARTS = (
    ("course", N_("Course")),
    ("roster", N_("Roster")),
    ("end", N_("Completion")),
    ("file", N_("Course file")),
    ("money", N_("Costs")),
    ("history", N_("History")),
)
_PER_MILLE = 1000


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
        self._make_end()
        self._make_file()
        self._make_money()
        self.timeline = Timeline()
        history = Section(_("History"))
        history.add(self.timeline)
        self.add(self.parts)
        for key, title in PARTS:
            self.parts.addTab(_(title))
            group = QWidget()
            column = QVBoxLayout(group)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            for part in self._of(key, history):
                column.addWidget(part)
            self._groups[key] = group
            self.add(group)
        self.parts.currentChanged.connect(self._show_part)
        self._show_part(0)
        for table in (
            self.sessions, self.roster, self.certificates, self.files, self.costs, self.fees,
        ):  # fmt: skip
            table.on(self.asked.emit)
        for buttons in (self.end_buttons, self.paper_buttons):
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
        self._show_end(detail)
        self._show_file(detail)
        self._show_money(detail)
        self.timeline.set_items(course_timeline(detail))

    # -- building

    def _of(self, key: str, history: Section) -> Sequence[QWidget]:
        return {
            "course": (self.words, self.basics, self.sessions),
            "roster": (self.roster, self.standing),
            "end": (self.end, self.lists, self.certificates, self.evaluation),
            "file": (self.files, self.papers_section),
            "money": (self.costs, self.fees),
            "history": (history,),
        }[key]

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

    def _make_end(self) -> None:
        self.end = Section(_("Completion"))
        self.end_buttons = Buttons(
            (
                ("prepare", _("Prepare the list")),
                ("issue", _("Issue certificates…")),
                ("hand_in", _("Take in a form…")),
                ("scores", _("Scores…")),
            )
        )
        self.end.add(self.end_buttons)
        self.lists = LinkList(_("Completion lists"))
        self.certificates = ChoiceTable(
            _("Completion certificates"),
            (_("Number"), _("Name"), _("Unit")),
            (("open_certificate", _("Open")),),
            empty=_("No certificate yet."),
            rows=8,
        )
        self.evaluation = Section(_("Evaluation"))
        self.remarks = label(role="soft", wrap=True)
        self.chart = BarChart(
            _("Satisfaction by question"), empty=_("No form was handed in yet."), figure=_percent
        )
        self.evaluation.add(self.chart)
        self.evaluation.add(self.remarks)

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
        self.papers_section = Section(_("Papers"))
        self.paper_buttons = Buttons((("paper", _("Prepare a paper…")),))
        self.papers = PapersList()
        self.papers_section.add(self.paper_buttons)
        self.papers_section.add(self.papers)

    def _make_money(self) -> None:
        self.costs = ChoiceTable(
            _("Costs"),
            (_("Kind"), _("What for"), _("Amount (yuan)"), _("Paid on"), _("Voucher")),
            (
                ("add_cost", _("Add…")),
                ("edit_cost", _("Edit…")),
                ("drop_cost", _("Remove…")),
            ),
            empty=_("No cost yet."),
            rows=8,
        )
        self.fees = ChoiceTable(
            _("Lecture fees"),
            (_("Trainer"), _("Hours"), _("Rate"), _("Gross"), _("Tax"), _("Net")),
            (
                ("propose_fees", _("Propose")),
                ("edit_fee", _("Edit…")),
                ("fee_sheet", _("Lecture fee sheet…")),
            ),
            empty=_("No lecture fee yet. “Propose” counts hours and rates."),
        )

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

    def _show_end(self, detail: CourseDetail) -> None:
        people = allowed.staying(detail)
        done = sum(one.result is Result.COMPLETED for one in people)
        not_done = sum(one.result is Result.NOT_COMPLETED for one in people)
        self.end.set_pairs(
            [
                (_("Completed"), str(done)),
                (_("Not completed"), str(not_done)),
                (_("Not decided"), str(len(people) - done - not_done)),
                (
                    _("Completion certificates"),
                    str(sum(bool(one.certificate_id) for one in people)),
                ),
            ]
        )
        self.lists.show_links(
            [
                (
                    "completion_list",
                    one.id,
                    f"{moment(one.prepared_at)}　{one.prepared_by}　{_(LIST_TITLES[one.state])}"
                    + (f"　{one.reason}" if one.state is ListState.RETURNED else ""),
                )
                for one in detail.lists
            ]
        )
        self.certificates.show_lines(
            [
                (one.certificate_id, (one.certificate, one.name, one.unit))
                for one in people
                if one.certificate_id is not None
            ]
        )
        self._show_evaluation(detail)

    def _show_evaluation(self, detail: CourseDetail) -> None:
        found = detail.evaluation
        text = _("{forms} of {attendees} attendees handed in a form.")
        title = text.format(forms=found.forms, attendees=found.attendees)
        if found.satisfaction is not None:
            title += _("　Satisfaction {share}").format(share=percent_text(found.satisfaction))
        self.remarks.setText("\n".join((title, *found.remarks)))
        self.chart.set_marks(
            [
                Mark(
                    one.question,
                    (int(one.satisfaction * _PER_MILLE),),
                    f"{percent_text(one.satisfaction)}（{one.answers}）",
                    target=_PER_MILLE,
                )
                for one in found.questions
                if one.answers
            ]
        )

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

    def _show_money(self, detail: CourseDetail) -> None:
        self.costs.show_lines([(one.id, _cost(one)) for one in detail.costs])
        sums = {
            kind: sum((one.amount for one in detail.costs if one.kind is kind), Money(0))
            for kind in CostKind
        }
        text = _("Costs: {spent} yuan spent of {budget} yuan planned")
        self.costs.set_title(text.format(spent=sums[CostKind.ACTUAL], budget=sums[CostKind.BUDGET]))
        self.fees.show_lines([(one.party_id, _fee(one)) for one in detail.fees])


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


def _percent(per_mille: int) -> str:
    return f"{per_mille // 10}%"


def _cost(one: CostLine) -> tuple[str, ...]:
    day = one.paid_on.isoformat() if one.paid_on else ""
    return (_(COST_TITLES[one.kind]), one.item, str(one.amount), day, one.voucher)


def _fee(one: FeeLine) -> tuple[str, ...]:
    if one.civil_servant:
        return (one.name, str(one.hours), "", _("not paid"), "", "")
    return (one.name, str(one.hours), str(one.rate), str(one.gross), str(one.tax), str(one.net))


def _basics(detail: CourseDetail) -> list[tuple[str, str]]:
    content = detail.content
    held = [one for one in detail.sessions if not one.cancelled_reason]
    hours = total(one.hours for one in held)
    pairs = [
        (_("Course days"), f"{content.starts_on} – {content.ends_on}"),
        (_("Place"), content.place),
        (_("Kind"), content.kind),
        (_("Topic"), content.topic),
        (_("Category"), _(CATEGORY_TITLES[content.category])),
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
