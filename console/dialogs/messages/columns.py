"""Two columns of fields, below each other where the screen is too narrow for both."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from widgets.layout.boxes import make_column, make_row

_BESIDE, _BELOW = 920, 660


def width_of_columns(parent: QWidget | None) -> int:
    """Of the dialog, in pixels."""
    screen = parent.screen() if parent is not None else QGuiApplication.primaryScreen()
    return _BESIDE if screen.availableSize().width() >= _BESIDE else _BELOW


def join_columns(left: QVBoxLayout, right: QVBoxLayout, width: int) -> QBoxLayout:
    """`width`: of the dialog, as `width_of_columns` gives it."""
    columns = make_row(spacing=32) if width == _BESIDE else make_column(spacing=24)
    columns.addLayout(left, 1)
    columns.addLayout(right, 1)
    return columns
