"""Columns and rows of widgets, with what is between and around them."""

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

Margins = tuple[int, int, int, int]
"""Pixels at the left, above, at the right, below."""
NO_MARGINS: Margins = (0, 0, 0, 0)
L = TypeVar("L", bound=QBoxLayout)


def make_column(parent: QWidget | None = None, spacing: int | None = None, margins: Margins | None = None) -> QVBoxLayout:
    """`spacing`, `margins`: pixels; None leaves them as the style has them."""
    return _spaced(QVBoxLayout(parent) if parent is not None else QVBoxLayout(), spacing, margins)


def make_row(parent: QWidget | None = None, spacing: int | None = None, margins: Margins | None = None) -> QHBoxLayout:
    """See `make_column`."""
    return _spaced(QHBoxLayout(parent) if parent is not None else QHBoxLayout(), spacing, margins)


def _spaced(box: L, spacing: int | None, margins: Margins | None) -> L:
    if margins is not None:
        box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    return box
