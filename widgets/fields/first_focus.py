"""Where the focus goes when something that holds many controls is given it.

Not by a focus proxy: Qt takes a container with a proxy for one control, so that Tab passes all else in it, and stops altogether while the
proxy is hidden.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget


class _Forward(QObject):
    def __init__(self, container: QWidget, first: QWidget) -> None:
        super().__init__(container)
        self.first = first

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and self.first.isVisible() and self.first.isEnabled():
            self.first.setFocus(event.reason())
        return False


def set_first_focus(container: QWidget, first: QWidget) -> None:
    """Given the focus, `container` gives it to `first`, if that can be seen and used. Called again, it is another one."""
    known = container.findChild(_Forward)
    if isinstance(known, _Forward) and known.parent() is container:
        known.first = first
    else:
        container.installEventFilter(_Forward(container, first))
