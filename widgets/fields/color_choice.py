"""A colour of seven that everybody can tell apart, or one's own."""

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from engine.model.errors import InputError
from engine.model.site import check_color
from widgets.marks.plain_tip import plain_tip
from widgets.properties import with_properties
from widgets.theme import color, set_role
from widgets.tokens import load_tokens

_SIDE = 20


class ColorChoice(QWidget):
    """Signals: changed(): another colour was chosen or typed."""

    changed = Signal()

    def __init__(self, label: str, chosen: str, parent: QWidget | None = None) -> None:
        """`chosen`: `#rrggbb`."""
        super().__init__(parent)
        self._names = self._palette_names()
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self.own = QLineEdit(placeholderText="#rrggbb", maxLength=7)
        self.own.setAccessibleName(self.tr("Own colour"))
        self.own.setFixedWidth(92)
        self._message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out_colors(label)
        self.own.textChanged.connect(self._on_color_typed)
        self.set_value(chosen)

    def _palette_names(self) -> dict[str, str]:
        names = (
            self.tr("Orange"),
            self.tr("Sky blue"),
            self.tr("Green"),
            self.tr("Yellow"),
            self.tr("Blue"),
            self.tr("Vermilion"),
            self.tr("Pink"),
        )
        return dict(zip((one.lower() for one in load_tokens().people), names, strict=True))

    def _lay_out_colors(self, label: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for value, name in self._names.items():
            button = with_properties(
                QToolButton(), checkable=True, toolTip=plain_tip(name), accessibleName=name, iconSize=QSize(_SIDE, _SIDE)
            )
            button.setIcon(_swatch(value))
            set_role(button, "quiet")
            button.clicked.connect(partial(self._pick, value))
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.own)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(QLabel(label, textFormat=Qt.TextFormat.PlainText))
        column.addLayout(row)
        column.addWidget(self._message)

    def value(self) -> str:
        return self.own.text().strip().lower()

    def set_value(self, value: str) -> None:
        self.own.setText(value.lower())
        self._show_color()

    def is_valid(self) -> bool:
        try:
            check_color("color", self.value())
        except InputError:
            return False
        return True

    def _pick(self, value: str) -> None:
        self.own.setText(value)

    def _on_color_typed(self) -> None:
        self._show_color()
        self.changed.emit()

    def _show_color(self) -> None:
        chosen = self._buttons.get(self.value())
        self._group.setExclusive(False)  # or the last button could not be switched off
        for button in self._buttons.values():
            button.setChecked(button is chosen)
        self._group.setExclusive(True)
        valid = self.is_valid()
        set_role(self._message, "secondary" if valid else "error")
        self._message.setText(self.tr("The first seven are colour-blind safe.") if valid else self.tr("Enter a colour such as #4cc2ff."))


def _swatch(value: str) -> QIcon:
    pixmap = QPixmap(_SIDE * 2, _SIDE * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color("line_strong"), 2))
    painter.setBrush(QColor(value))
    painter.drawEllipse(QRectF(pixmap.rect()).adjusted(3, 3, -3, -3))
    painter.end()
    pixmap.setDevicePixelRatio(2)
    return QIcon(pixmap)
