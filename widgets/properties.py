"""Qt properties of a widget by name, as PySide6 takes them in constructors; its stubs know only those of the constructed class itself."""

from typing import TypedDict, TypeVar, Unpack

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QWidget

W = TypeVar("W", bound=QWidget)


class Properties(TypedDict, total=False):
    """Named as Qt names them. Set in the order given: `checkable` before `checked`."""

    accessibleName: str
    checkable: bool
    checked: bool
    cursor: Qt.CursorShape
    displayFormat: str
    frameShape: QFrame.Shape
    icon: QIcon
    iconSize: QSize
    maximum: int
    minimum: int
    mouseTracking: bool
    pageStep: int
    singleStep: int
    text: str
    toolTip: str
    visible: bool


def with_properties(widget: W, **properties: Unpack[Properties]) -> W:
    """The same widget, with each property set. AttributeError: widgets of this class have no such property."""
    for name, value in properties.items():
        getattr(widget, f"set{name[0].upper()}{name[1:]}")(value)
    return widget
