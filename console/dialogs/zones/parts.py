"""Parts of the dialog of zones and masks: the buttons above the picture, and what stands in the list's place while it is empty."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from console.dialogs.zones.words import guide_texts
from widgets.drawing.shape_draft import ShapeKind
from widgets.drawing.shape_looks import kind_icon, kind_word
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role

_NARROWEST = 320


def tool_button(text: str, tip: str, icon_name: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(plain_tip(tip))
    button.setAccessibleName(text or tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if icon_name:
        button.setIcon(icon(icon_name))
    if text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    set_role(button, "quiet")
    return button


class ZonesTools(QWidget):
    """Where there is little room icons stand alone; names and tips stay."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = make_row(self, spacing=4, margins=NO_MARGINS)
        self.add_buttons: dict[ShapeKind, QToolButton] = {}
        for kind, text, tip in self._kinds():
            button = self.add_buttons[kind] = self._add_tool(text, tip, "")
            button.setIcon(kind_icon(kind))
            button.setAccessibleName(self.tr("Draw: {0}").format(kind_word(kind)))
        self._row.addStretch(1)
        self.undo = self._add_tool("", self.tr("Undo (Ctrl+Z)"), "undo-2")
        self.redo = self._add_tool("", self.tr("Redo (Ctrl+Shift+Z)"), "redo-2")
        self.zoom_out = self._add_tool("", self.tr("Smaller (−)"), "zoom-out")
        self.zoom_in = self._add_tool("", self.tr("Larger (+)"), "zoom-in")
        self.whole = self._add_tool("", self.tr("Whole picture (0)"), "maximize-2")
        self.hold = self._add_tool("", self.tr("Freeze the picture"), "pause")
        self.hold.setCheckable(True)

    def _kinds(self) -> tuple[tuple[ShapeKind, str, str], ...]:
        return (
            (ShapeKind.ZONE, self.tr("Zone"), self.tr("Draw a zone: entries, dwell time and occupancy are reported")),
            (ShapeKind.LINE, self.tr("Line"), self.tr("Draw a line: crossings and their direction are reported")),
            (ShapeKind.PRIVACY, self.tr("Privacy"), self.tr("Draw a privacy mask")),
            (ShapeKind.MASK, self.tr("Excluded"), self.tr("Draw an area without detection, such as a tree or a road")),
        )

    def _add_tool(self, text: str, tip: str, icon_name: str) -> QToolButton:
        button = tool_button(text, tip, icon_name, self)
        self._row.addWidget(button)
        return button

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for style in (Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly):
            for button in self.add_buttons.values():
                button.setToolButtonStyle(style)
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                return


class ZonesGuide(QWidget):
    """What belongs here, while there is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(1, 1)
        title = QLabel(self.tr("No zones yet"), self)
        set_role(title, "section")
        grid.addWidget(title, 0, 0, 1, 2)
        for row, (kind, text) in enumerate(guide_texts().items(), start=1):
            mark = QLabel(self, textFormat=Qt.TextFormat.PlainText)
            mark.setPixmap(kind_icon(kind).pixmap(QSize(18, 18)))
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(QLabel(text, self, wordWrap=True, textFormat=Qt.TextFormat.PlainText), row, 1)
