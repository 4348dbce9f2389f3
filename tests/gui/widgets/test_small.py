"""Banner, timeline, papers, PDF preview, bars, filter bar, calendar, secrets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from core.errors import Cancelled, EnvironmentFault, RuleViolation
from core.values.listing import FilterSpec
from desktop.shell.help import HelpWindow, manual_folder
from desktop.support import secrets, theme, window_state
from desktop.support.icons import icon
from desktop.widgets.banner import KINDS, Banner
from desktop.widgets.compact_bar import CompactBar
from desktop.widgets.filter_bar import FilterBar
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.papers import PaperItem, PapersList
from desktop.widgets.pdf import PdfDialog, PdfPreview
from desktop.widgets.pill import StatePill
from desktop.widgets.section import KeyValues, Section
from desktop.widgets.timeline import Timeline, TimelineItem


def test_that_a_banner_shows_each_kind_as_plain_text_and_runs_its_action_once(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    ran: list[str] = []
    for kind in KINDS:
        banner.show_message(kind, "<b>王芳</b> & 1", "Undo", lambda: ran.append("undo"))
        assert banner.isVisible()
        assert banner.kind() == kind
        assert banner.text() == "<b>王芳</b> & 1"
    action = banner.findChild(QPushButton, "BannerAction")
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    assert ran == ["undo"]
    assert not banner.isVisible()


def test_that_a_stopped_job_says_nothing_and_a_refusal_its_sentence(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_error(Cancelled())
    assert not banner.isVisible()
    banner.show_error(RuleViolation("desktop.no_database"))
    assert banner.text() == "No database is open."
    qtbot.keyClick(banner, Qt.Key.Key_Escape)
    assert not banner.isVisible()


def test_that_lists_of_widgets_are_reused_when_their_record_changes(qtbot: QtBot) -> None:
    timeline = Timeline([TimelineItem("09:00", "王芳", "Received"), TimelineItem("10:00", "", "X")])
    papers = PapersList([PaperItem(1, "Slip"), PaperItem(2, "Notice", ready=False)])
    values = KeyValues([("Number", "1"), ("Name", "")])
    for widget in (timeline, papers, values):
        qtbot.addWidget(widget)
    rows = list(timeline._rows)
    timeline.set_items([TimelineItem("11:00", "李青", "Accepted", "why")])
    assert timeline._rows == rows
    assert rows[1].isHidden()
    assert values.pairs() == [("Number", "1"), ("Name", "—")]
    values.set_pairs([("Number", "2")])
    assert values.pairs() == [("Number", "2")]
    section = Section("Title")
    qtbot.addWidget(section)
    section.set_pairs([("a", "b")])
    section.set_pairs([("c", "d")])
    assert section.title() == "Title"


def test_that_a_paper_without_bytes_cannot_be_opened_and_one_with_can(qtbot: QtBot) -> None:
    papers = PapersList([PaperItem(7, "Slip", "No. 1", "issued", "good")])
    qtbot.addWidget(papers)
    for action, signal in (
        ("open", papers.opened),
        ("print", papers.printed),
        ("verify", papers.verified),
        ("save", papers.saved),
    ):
        button = papers.findChild(QToolButton, f"Paper_{action}")
        with qtbot.waitSignal(signal) as caught:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert caught.args == [7]
    papers.set_papers([PaperItem(8, "Slip", ready=False)])
    button = papers.findChild(QToolButton, "Paper_open")
    assert button is not None
    assert not button.isEnabled()


def pdf(pages: int) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = BytesIO()
    canvas = Canvas(data)
    for n in range(pages):
        canvas.drawString(100, 700, f"page {n}")
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def test_that_the_preview_shows_the_pages_of_the_very_bytes(qtbot: QtBot) -> None:
    preview = PdfPreview()
    qtbot.addWidget(preview)
    preview.set_data(pdf(3))
    assert preview.page_count() == 3
    preview.zoom_in()
    preview.zoom_out()
    preview.zoom_fit()
    preview.set_data(pdf(1))
    assert preview.page_count() == 1


def test_that_broken_bytes_are_named_and_the_preview_lives_on(qtbot: QtBot) -> None:
    preview = PdfPreview(b"%PDF-1.7 nothing")
    qtbot.addWidget(preview)
    assert preview.page_count() == 0
    assert preview._pages.text() == "This is no readable PDF."
    preview.set_data(pdf(2))
    assert preview.page_count() == 2


def test_that_ctrl_p_in_the_preview_prints(
    qtbot: QtBot, run_dialog: Callable[[PdfDialog], None]
) -> None:
    dialog = PdfDialog("Slip", pdf(1))
    run_dialog(dialog)
    with qtbot.waitSignal(dialog.printed):
        qtbot.keyClick(dialog, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)


def test_that_pills_and_long_texts_paint_at_every_size(qtbot: QtBot) -> None:
    pill = StatePill("issued", "good")
    long_text = ElidedLabel("x" * 500)
    for widget in (pill, long_text):
        qtbot.addWidget(widget)
        widget.resize(widget.sizeHint())
        assert not widget.grab().isNull()


def test_that_a_chip_says_what_it_filters_and_can_be_taken_off(qtbot: QtBot) -> None:
    bar = FilterBar((FilterSpec("state", "State", (("issued", "Issued & sent"),)),))
    qtbot.addWidget(bar)
    chip = bar.findChild(QToolButton, "Filter_state")
    assert chip is not None
    actions = chip.menu().actions()
    with qtbot.waitSignal(bar.changed) as caught:
        actions[1].trigger()
    assert caught.args == ["", {"state": "issued"}]
    assert chip.isChecked()
    assert chip.text() == "State: Issued && sent ▾"
    actions[0].trigger()
    assert bar.filters() == {}
    assert not chip.isChecked()


def test_that_f1_opens_the_page_of_the_manual_or_its_contents(qtbot: QtBot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.open_page("no such page")
    assert window.browser.toPlainText()
    assert manual_folder().parts[-2:] == ("docs", "manual")


# --- secrets --------------------------------------------------------------------------------------


class Locked(KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class Dead(KeyringBackend):
    """A Secret Service that never answers."""

    priority = 1  # type: ignore[assignment]
    gate = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.gate.wait(10)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.gate.wait(10)


@pytest.fixture(autouse=True)
def _keyring_back() -> object:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_that_a_secret_is_kept_found_and_forgotten() -> None:
    assert secrets.load("a") is None
    secrets.save("a", "秘密 ")
    assert secrets.load("a") == "秘密 "
    secrets.forget("a")
    secrets.forget("a")
    assert secrets.load("a") is None


@pytest.mark.parametrize(
    ("backend", "code"), [(NoKeyring(), "secrets.no_store"), (Locked(), "secrets.locked")]
)
def test_that_each_failing_store_has_its_sentence(backend: KeyringBackend, code: str) -> None:
    keyring.set_keyring(backend)
    for call in (lambda: secrets.load("a"), lambda: secrets.save("a", "b")):
        with pytest.raises(EnvironmentFault) as caught:
            call()
        assert caught.value.code == code


def test_that_a_store_that_never_answers_is_given_up() -> None:
    Dead.gate.clear()
    keyring.set_keyring(Dead())
    with pytest.raises(EnvironmentFault) as caught:
        secrets.load("a", timeout=0.05)
    assert caught.value.code == "secrets.locked"
    Dead.gate.set()


def test_that_a_window_comes_back_where_it_was_and_on_a_screen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    from PySide6.QtWidgets import QWidget

    window_state.settings().clear()
    window = QWidget()
    qtbot.addWidget(window)
    assert not window_state.restore_window(window, "test")
    window.resize(500, 400)
    window.move(30, 20)
    window_state.save_window(window, "test")
    other = QWidget()
    qtbot.addWidget(other)
    assert window_state.restore_window(other, "test")
    assert other.size() == window.size()
    window.resize(9000, 9000)
    window_state.save_window(window, "test")
    assert window_state.restore_window(other, "test")
    area = QApplication.primaryScreen().availableGeometry()
    assert other.width() <= area.width()


def test_that_the_number_of_a_paper_has_the_whole_width(qtbot: QtBot) -> None:
    papers = PapersList([PaperItem(7, "受理通知书", "明林碳收〔2026〕12号", "已签发", "good")])
    qtbot.addWidget(papers)
    papers.resize(230, 80)  # the pane of a case at 150 % on a small panel
    papers.show()
    number = papers._rows[0]._number
    assert number.width() >= papers.width() - 2
    assert number.width() >= number.sizeHint().width()


def test_that_values_stand_on_the_line_of_their_names(qtbot: QtBot) -> None:
    values = KeyValues([("当前状态", "有效"), ("正本或副本", "正本")])
    qtbot.addWidget(values)
    values.resize(240, 200)
    values.show()
    for name, value in values._rows:
        assert name.y() == value.y()
        assert name.alignment() & Qt.AlignmentFlag.AlignTop
        assert value.alignment() & Qt.AlignmentFlag.AlignTop


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_the_icon_of_a_primary_button_has_the_colour_of_its_text(
    qapp: QApplication, look: str
) -> None:
    before = theme.current().name
    theme.apply(qapp, look)
    try:
        image = icon("plus", "on_accent").pixmap(18, 18).toImage()
        points = [(x, y) for x in range(image.width()) for y in range(image.height())]
        colours = [image.pixelColor(x, y) for x, y in points]
        drawn = {colour.name() for colour in colours if colour.alpha() == 255}
        assert drawn == {theme.current().colours["on_accent"]}
    finally:
        theme.apply(qapp, before)


TEXT = "Export everything that is shown here…"


def test_that_a_narrow_bar_shows_pictures_and_every_tab(qtbot: QtBot) -> None:
    tabs = QTabBar()
    for title in ("Applications", "Certificates", "Register"):
        tabs.addTab(title)
    main, other = QPushButton("New application…"), QPushButton(icon("export"), TEXT)
    bar = CompactBar(tabs, [main], [other])
    qtbot.addWidget(bar)
    bar.show()
    bar.resize(1200, bar.sizeHint().height())
    assert (bar.is_compact(), other.text()) == (False, TEXT)
    # A little too narrow for all texts; without one of them there is room for every tab.
    bar.resize(bar.sizeHint().width() - 10, bar.height())
    assert bar.is_compact()
    assert (main.text(), other.toolTip(), other.accessibleName()) == (
        "New application…",
        TEXT,
        TEXT,
    )
    qtbot.waitUntil(lambda: tabs.width() >= tabs.sizeHint().width())
    bar.resize(1200, bar.height())
    assert other.text() == TEXT
