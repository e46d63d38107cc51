"""Room above what a dialog says, for a while: its content moves down, and the dialog grows where the screen has room."""

from PySide6.QtWidgets import QLayout, QWidget

_PROPERTY = "room_above"


def room_above(widget: QWidget) -> int:
    """Pixels that are taken now in the window of `widget`."""
    return int(widget.window().property(_PROPERTY) or 0)


class RoomAbove:
    """UI thread. Of a dialog with a layout; one without keeps its place."""

    def __init__(self, dialog: QWidget) -> None:
        self._dialog = dialog
        self._grown = 0

    def take(self, height: int) -> None:
        """So much in all."""
        layout = self._dialog.layout()
        more = height - room_above(self._dialog)
        if layout is None or not more:
            return
        self._dialog.setProperty(_PROPERTY, height)
        edges = layout.contentsMargins()
        layout.setContentsMargins(edges.left(), edges.top() + more, edges.right(), edges.bottom())
        before = self._dialog.height()
        layout.activate()  # its least height is another one now
        if layout.sizeConstraint() is not QLayout.SizeConstraint.SetFixedSize and not self._dialog.isMaximized():
            self._grow(more, before)
        if height:
            self._keep_on_screen()

    def _grow(self, more: int, before: int) -> None:
        dialog = self._dialog
        title_bar = dialog.frameGeometry().height() - dialog.height()
        room = dialog.screen().availableGeometry().height() - title_bar - before
        step = max(-self._grown, min(more, max(0, room)))
        self._grown += step
        dialog.resize(dialog.width(), before + step)

    def _keep_on_screen(self) -> None:
        frame, screen = self._dialog.frameGeometry(), self._dialog.screen().availableGeometry()
        if frame.bottom() > screen.bottom():
            self._dialog.move(frame.x(), max(screen.top(), frame.y() - (frame.bottom() - screen.bottom())))
