"""Palette, fonts and style sheet of the application, built from the tokens."""

from functools import cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from engine.model.event import Severity
from engine.model.value_class import dataclass
from widgets.look import Look, by_look, current_look, set_look
from widgets.stylesheet import stylesheet
from widgets.tokens import load_tokens, standing_out

EDGE_GROUNDS = ("window", "panel", "raised", "accent_quiet")


@dataclass(frozen=True, slots=True)
class SeverityStyle:
    """How one severity looks: colour, shape (see `widgets.shapes`) and word go together. `color`: of text; `fill`: of the shape."""

    color: QColor
    shape: str
    word: str
    fill: QColor


def apply_theme(app: QApplication, wanted: Look | None = None) -> None:
    """Give the whole application a look. Call before the first window; `widgets.fields.change_look` changes it later."""
    app.setStyle("Fusion")
    set_look(wanted or current_look())
    dress(app)


def dress(app: QApplication) -> None:
    """Palette, font and style sheet of the look that is set."""
    app.setPalette(palette())
    app.setFont(font("body"))
    app.setStyleSheet(stylesheet(load_tokens()))


@by_look
def color(role: str) -> QColor:
    """The colour of a role of `resources/theme`, for example `critical`, `panel`, `secondary`."""
    return QColor(load_tokens().color[role])


@by_look
def shape_color(role: str) -> QColor:
    """Of a shape in the colour of a role: that of a severity keeps its hue, which words on a light ground cannot."""
    known = load_tokens().color
    return QColor(known.get(f"{role}_fill", known[role]))


@by_look
def plate_color() -> QColor:
    """The see-through ground that lies behind text on pictures."""
    plate = QColor(color("plate"))
    plate.setAlphaF(load_tokens().opacity["plate"])
    return plate


@by_look
def edge_color(tint: str) -> QColor:
    """For the edge of what has a colour of its own (people, zones; `#RRGGBB`): as it is where it stands out of the theme's grounds."""
    known = load_tokens().color
    return QColor(standing_out(QColor(tint).name(), known["text"], tuple(known[role] for role in EDGE_GROUNDS)))


@by_look
def person_color(number: int) -> QColor:
    """One of seven colours that keeps neighbouring track numbers apart (Okabe-Ito)."""
    people = load_tokens().people
    return QColor(people[number % len(people)])


@by_look
def font(role: str = "body", weight: int = QFont.Weight.Normal) -> QFont:
    """The interface font in the size of a role (`body`, `secondary`, `section`, `page`, `figure`, `clock`), with tabular figures."""
    built = QFont()
    built.setFamilies([*_installed_families(), QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()])
    built.setPixelSize(load_tokens().sizes[role])
    built.setWeight(QFont.Weight(weight))
    built.setFeature(QFont.Tag("tnum"), 1)
    return built


def severity_style(severity: Severity) -> SeverityStyle:
    name = severity.name.lower()
    return SeverityStyle(color(name), load_tokens().severity_shapes[name], severity_word(severity), color(f"{name}_fill"))


def severity_word(severity: Severity) -> str:
    return {
        Severity.CRITICAL: QCoreApplication.translate("Severity", "Critical"),
        Severity.HIGH: QCoreApplication.translate("Severity", "High"),
        Severity.MODERATE: QCoreApplication.translate("Severity", "Moderate"),
        Severity.LOW: QCoreApplication.translate("Severity", "Low"),
        Severity.MINIMAL: QCoreApplication.translate("Severity", "Minimal"),
    }[severity]


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget a look of the style sheet: labels `secondary`, `section`, `page`, `error`; buttons `primary`, `danger`, `quiet`."""
    if widget.property("role") == role:  # to style a widget anew takes as long as to draw it
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


@by_look
def palette() -> QPalette:
    built = QPalette()
    roles = QPalette.ColorRole
    for role, name in {
        roles.Window: "window",
        roles.WindowText: "text",
        roles.Base: "panel",
        roles.AlternateBase: "raised",
        roles.Text: "text",
        roles.PlaceholderText: "secondary",
        roles.Button: "raised",
        roles.ButtonText: "text",
        roles.BrightText: "text",
        roles.Highlight: "accent",
        roles.HighlightedText: "on_accent",
        roles.Link: "accent",
        roles.LinkVisited: "accent",
        roles.ToolTipBase: "raised",
        roles.ToolTipText: "text",
        roles.Mid: "line",
        roles.Dark: "window",
        roles.Light: "line_strong",
        roles.Shadow: "window",
    }.items():
        built.setColor(role, color(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        built.setColor(QPalette.ColorGroup.Disabled, role, color("disabled"))
    return built


@cache
def _installed_families() -> tuple[str, ...]:
    known = set(QFontDatabase.families())
    return tuple(family for family in load_tokens("dark").families if family in known)
