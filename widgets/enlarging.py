"""Text of another size in windows that are open: fonts set by hand, and the sizes of what holds text."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from widgets.look import look
from widgets.theme import font
from widgets.tokens import load_tokens

_UNBOUNDED = 16_777_215  # Qt's QWIDGETSIZE_MAX
_DONE = "text_percent"
_OF_THE_SHEET = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)  # the style sheet gives them their least height


def hand_set_fonts(widgets: Iterable[QWidget]) -> list[tuple[QWidget, str]]:
    """Widgets whose font was set by hand, with its role in the look on screen; whatever has a size of its own is not among them."""
    roles = {size: role for role, size in load_tokens().sizes.items()}
    fonts = ((widget, widget.font().pixelSize()) for widget in widgets if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont))
    return [(widget, roles[size]) for widget, size in fonts if size in roles]


def resize_texts(widgets: Iterable[QWidget], fonts: Iterable[tuple[QWidget, str]]) -> None:
    """After the size of text has changed. `fonts`: what `hand_set_fonts` said before."""
    for widget, role in fonts:
        kept = widget.font()
        kept.setPixelSize(font(role).pixelSize())
        widget.setFont(kept)
    for widget in widgets:
        if widget.property(_DONE) is not None:
            _resize(widget, look().text_percent)


def enlarge(root: QWidget) -> None:
    """Give the sizes that were set in pixels the size of text that is set. Call when all of `root` is built."""
    percent = look().text_percent
    for widget in (root, *root.findChildren(QWidget)):
        _resize(widget, percent)


def _resize(widget: QWidget, percent: int) -> None:
    done = widget.property(_DONE) or 100
    widget.setProperty(_DONE, percent)
    if done == percent:
        return
    least, most = widget.minimumSize(), widget.maximumSize()
    least_height = least.height() if isinstance(widget, _OF_THE_SHEET) else _stretched(least.height(), done, percent)
    for size, give, wanted in (
        (least, widget.setMinimumSize, QSize(_stretched(least.width(), done, percent), least_height)),
        (most, widget.setMaximumSize, QSize(*(_stretched(side, done, percent) for side in (most.width(), most.height())))),
    ):
        if wanted != size:
            give(wanted)


def _stretched(side: int, done: int, percent: int) -> int:
    """Lines of a pixel or two stay, and so does what has no bound."""
    return side if side <= 2 or side >= _UNBOUNDED else round(side * percent / done)
