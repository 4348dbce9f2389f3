"""The look: tokens, palette, style sheet and fonts, light and dark, from resources/theme."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

#: Windows, Linux with Noto, Linux with WenQuanYi; Qt takes the first that is installed.
FAMILIES = (
    "Microsoft YaHei UI",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "sans-serif",
)
TONES = ("neutral", "info", "good", "warning", "error", "accent")

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.PlaceholderText: "text_faint",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Accent: "accent",
}


@dataclass(frozen=True)
class Theme:
    """The tokens of one look. Colours by name, sizes in logical pixels."""

    name: str
    colours: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    def colour(self, name: str) -> QColor:
        """A colour token as QColor."""
        return QColor(self.colours[name])

    def tone(self, tone: str) -> tuple[QColor, QColor]:
        """Text colour and soft background of a tone (`TONES`)."""
        return self.colour(tone), self.colour(f"{tone}_soft")

    def size(self, name: str) -> int:
        """A size token in logical pixels."""
        return self.sizes[name]


@cache
def load(name: str) -> Theme:
    """The theme `light` or `dark` from resources/theme/tokens.toml."""
    tokens = tomllib.loads(files("resources.theme").joinpath("tokens.toml").read_text("utf-8"))
    return Theme(name, tokens[name], tokens["size"])


_current = "light"


def current() -> Theme:
    """The theme that was applied last."""
    return load(_current)


def system_theme() -> str:
    """What the system is set to: `light` or `dark`."""
    from PySide6.QtCore import Qt

    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def apply(app: QApplication, name: str) -> None:
    """Dress the application; `name` is light, dark or system."""
    global _current  # noqa: PLW0603 - the one look of this process, read by painters
    _current = system_theme() if name == "system" else name
    theme = current()
    app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setFont(font())
    app.setStyleSheet(style_sheet(theme))


def font(size: str = "font_m", *, bold: bool = False, tabular: bool = False) -> QFont:
    """The font of the interface in one of the four sizes.

    `tabular` asks for figures of equal width, so that columns of numbers line up.
    """
    result = QFont()
    result.setFamilies(list(FAMILIES))
    result.setPixelSize(current().size(size))
    if bold:
        result.setWeight(QFont.Weight.DemiBold)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def style_sheet(theme: Theme) -> str:
    """The style sheet with the tokens put in."""
    source = files("resources.theme").joinpath("lintan.qss").read_text("utf-8")
    icons = {"icon_down": _icon_url(theme, "down"), "icon_check": _icon_url(theme, "check")}
    return Template(source).substitute(
        {**theme.colours, **{key: str(value) for key, value in theme.sizes.items()}, **icons}
    )


def _icon_url(theme: Theme, name: str) -> str:
    # A style sheet wants a file; the two looks have their own arrow files.
    path = Path(str(files("resources.icons").joinpath(f"{name}-{theme.name}.svg")))
    return path.as_posix()


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, theme.colour(token))
    faint = theme.colour("text_faint")
    roles = QPalette.ColorRole
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette
