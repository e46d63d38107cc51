"""Short messages in the corner: something was done, with undo, or something went wrong."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget


class Toast(QFrame):
    """Signals: action_requested(): its button (for example "Undo") was pressed; dismissed(): it went away, pressed or not."""

    action_requested = Signal()
    dismissed = Signal()


class ToastArea(QWidget):
    """Stacks toasts in the lower right corner of its parent and follows its size. Takes no clicks beside the toasts."""

    def __init__(self, parent: QWidget) -> None: ...
    def show_message(self, text: str, level: str = "info", action: str = "", seconds: float = 6.0) -> Toast:
        """`level`: info, good, moderate, critical. Stays while the mouse is over it; `seconds` 0 stays until dismissed."""
        ...
