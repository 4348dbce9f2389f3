"""Every page and dialog on the sample office: it opens, fits, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from core.errors import InputError
from core.i18n import use
from desktop.pictures import Order, Stage, stage
from desktop.scenes import SCENES
from desktop.screens_command import parse_size
from desktop.support import theme

#: About how many scenes the short run opens; the complete one opens all.
SAMPLED = 44


def clipped(window: QWidget) -> list[str]:
    """Buttons and one-line labels that are narrower than their text."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or widget.visibleRegion().isEmpty():
            continue
        text = ""
        if isinstance(widget, QPushButton) or (
            isinstance(widget, QLabel) and not widget.wordWrap()
        ):
            text = widget.text()
        if not text:
            continue
        need = widget.minimumSizeHint()
        if widget.width() < need.width() - 1 or widget.height() < need.height() - 1:
            found.append(f"{type(widget).__name__} {widget.objectName()} “{text}”")
    return found


def unnamed(window: QWidget) -> list[str]:
    """Visible buttons that a screen reader could not name."""
    return [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QAbstractButton)
        if widget.isVisibleTo(window)
        and widget.metaObject().className() not in {"QTableCornerButton", "QAbstractButton"}
        and not (widget.text() or widget.accessibleName() or widget.toolTip())
        and not widget.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight"))
        and not isinstance(widget.parentWidget(), (QLineEdit, QTabBar))
    ]


@pytest.mark.parametrize(
    ("look", "language", "size", "names"),
    [
        ("light", "zh_CN", (1366, 768), tuple(SCENES)),
        (
            "dark",
            "en",
            (1280, 720),
            ("dashboard", "certificates", "documents", "parties", "system"),
        ),
    ],
)
def test_that_every_scene_opens_and_fits(
    qapp: QApplication,
    sample_office: Path,
    sample_database: Path,
    tmp_path: Path,
    look: str,
    language: str,
    size: tuple[int, int],
    names: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    long_run: bool,
) -> None:
    if not long_run:
        names = names[:: max(len(names) // SAMPLED, 1)]
    use(language)
    theme.apply(qapp, look)
    problems: list[str] = []
    shoot = Stage.shoot

    def judge(self: Stage, widget: QWidget | None = None, suffix: str = "") -> None:
        shoot(self, widget, suffix)
        window = widget or self.desktop.window
        problems.extend(f"{self.name}{suffix}: clipped {what}" for what in clipped(window))
        problems.extend(f"{self.name}{suffix}: nameless {what}" for what in unnamed(window))

    monkeypatch.setattr(Stage, "shoot", judge)
    order = Order(
        database=sample_database,
        office=sample_office,
        out=tmp_path / "out",
        language=language,
        theme=look,
        size=size,
    )
    bugs: list[str] = []
    with stage(order, qapp) as made:
        made.desktop.jobs.bug.connect(lambda error, title: bugs.append(f"{title}: {error!r}"))
        for name in names:
            made.name = name
            before = len(made.made)
            SCENES[name](made)
            if len(made.made) == before:
                problems.append(f"{name}: no picture")
        pictures = list(made.made)
    assert bugs == []
    assert not problems, "\n".join(problems)
    for path in pictures:
        image = QImage(str(path))
        assert not image.isNull(), path.name
        small = image.scaled(60, 60)
        colours = {small.pixel(x, y) for x in range(60) for y in range(60)}
        assert len(colours) > 1, f"{path.name} is blank"


@pytest.mark.parametrize("text", ["1366", "1366x", "axb", "10x10", "99999x99999"])
def test_that_a_wrong_size_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_size(text)
    assert refused.value.fields[0].field == "size"


def test_that_a_size_is_read() -> None:
    assert parse_size("1366x768") == (1366, 768)


def test_that_the_window_fits_a_small_panel_at_150_percent_and_says_where_not(
    qapp: QApplication, sample_office: Path, sample_database: Path, tmp_path: Path
) -> None:
    small = Order(sample_database, sample_office, tmp_path, size=(911, 512))
    with stage(small, qapp) as made:
        window = made.desktop.window
        assert (window.width(), window.height()) == small.size
    smaller = Order(sample_database, sample_office, tmp_path, size=(683, 384))
    with pytest.raises(InputError) as refused, stage(smaller, qapp):
        pass
    assert refused.value.fields[0].params == {"need": "910x512", "has": "683x384"}
