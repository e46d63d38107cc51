"""What a view shows while it has nothing: what belongs here and how to get it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class EmptyState(QWidget):
    """Signals: action_requested()."""

    action_requested = Signal()

    def __init__(self, icon_name: str, title: str, text: str, action: str = "", parent: QWidget | None = None) -> None:
        """`action`: text of the button, "" for none."""

    def set_text(self, title: str, text: str) -> None: ...
    def set_action_visible(self, visible: bool) -> None: ...
