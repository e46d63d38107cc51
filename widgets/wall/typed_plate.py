"""What is typed just now, large, over the wall."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont
from PySide6.QtWidgets import QLabel, QWidget

from widgets.look import scaled
from widgets.theme import font, set_role

_EDGE = 24


class TypedPlate(QLabel):
    """At the foot of what it lies over, in the middle. The mouse goes through it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, textFormat=Qt.TextFormat.PlainText, alignment=Qt.AlignmentFlag.AlignCenter)
        self._over = over
        set_role(self, "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Typed number"))
        over.installEventFilter(self)
        self.hide()

    def show_text(self, text: str) -> None:
        """Empty: nothing is typed any more."""
        if text == self.text():
            return
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            self._place_plate()
            self.raise_()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _place_plate(self) -> None:
        self.setFont(font("page", QFont.Weight.DemiBold))
        self.setMargin(scaled(12))
        room = self._over.width() - 2 * _EDGE
        self.setWordWrap(self.sizeHint().width() > room)
        self.resize(min(self.sizeHint().width(), room), self.heightForWidth(room) if self.wordWrap() else self.sizeHint().height())
        self.move((self._over.width() - self.width()) // 2, self._over.height() - self.height() - _EDGE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place_plate()
        return False
