"""The strip above the wall: layout, overlays, pages of the wall, add a camera."""

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSpacerItem, QToolButton, QWidget

from widgets.icons import icon
from widgets.overlays import Overlays
from widgets.theme import set_role
from widgets.wall_layouts import LAYOUTS

_NARROWEST = 360
_LAYOUT_ICONS = {"1": "square", "4": "grid-2x2", "9": "grid-3x3", "16": "layout-grid", "1+5": "layout-grid", "1+7": "layout-grid"}


class _Words(Enum):
    """How much is said in words, from the roomiest."""

    ALL = 0
    SOME = 1  # overlays are icons
    FEW = 2  # the camera button too
    FEWEST = 3  # layouts and pages are numbers


class LiveToolbar(QFrame):
    """Signals: layout_chosen(layout id); overlays_chosen(Overlays); add_requested(); page_step(-1 or 1); faces_requested()."""

    layout_chosen = Signal(str)
    overlays_chosen = Signal(object)
    add_requested = Signal()
    page_step = Signal(int)
    faces_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_buttons: dict[str, QToolButton] = {}
        self.overlay_buttons: dict[str, QToolButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._add_layouts()
        self._gap = QSpacerItem(16, 0)
        self._row.addItem(self._gap)
        self._add_overlays()
        self._row.addStretch()
        self._add_faces_button()
        self._add_pages()
        self._add_camera_button()
        self.show_pages(0, 1)

    def _add_layouts(self) -> None:
        group = QButtonGroup(self)
        for tiles in LAYOUTS:
            button = self._toggle(tiles, _LAYOUT_ICONS[tiles])
            button.setToolTip(self.tr("Tiles on the wall, {0}").format(tiles))
            button.setAccessibleName(self.tr("Tiles on the wall, {0}").format(tiles))
            button.clicked.connect(lambda _=False, tiles=tiles: self.layout_chosen.emit(tiles))
            group.addButton(button)
            self.layout_buttons[tiles] = button

    def _add_overlays(self) -> None:
        for name, text, icon_name, tip in (
            ("boxes", self.tr("Boxes"), "scan", self.tr("A box around everybody who is followed")),
            ("ids", self.tr("Ids"), "tag", self.tr("The number of each track")),
            ("labels", self.tr("Labels"), "message-square", self.tr("What it is and how sure the detector is")),
            ("trails", self.tr("Trails"), "footprints", self.tr("Where people have walked")),
            ("names", self.tr("Names"), "user", self.tr("Who somebody is, where that is known; point at them to see why")),
            ("poses", self.tr("Skeletons"), "person-standing", self.tr("How people stand and move")),
        ):
            button = self._toggle(text, icon_name)
            button.setToolTip(tip)
            button.setAccessibleName(text)
            button.toggled.connect(self._tell_overlays)
            self.overlay_buttons[name] = button

    def _toggle(self, text: str, icon_name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setIcon(icon(icon_name))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        set_role(button, "quiet")
        self._row.addWidget(button)
        return button

    def _add_pages(self) -> None:
        self._previous, self._next = self._page_button("chevron-left", -1), self._page_button("chevron-right", 1)
        self._previous.setToolTip(self.tr("Cameras before these (Page Up)"))
        self._next.setToolTip(self.tr("Cameras after these (Page Down)"))
        self._page_label = QLabel(self)
        set_role(self._page_label, "secondary")
        for widget in (self._previous, self._page_label, self._next):
            self._row.addWidget(widget)
        self._row.addSpacing(8)

    def _page_button(self, icon_name: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(icon_name))
        set_role(button, "quiet")
        button.clicked.connect(lambda: self.page_step.emit(step))
        return button

    def _add_faces_button(self) -> None:
        self._faces_text = ""
        self.faces_button = QPushButton(icon("eye-off"), "", self)
        self.faces_button.clicked.connect(self.faces_requested)
        self.faces_button.hide()
        self._row.addWidget(self.faces_button)

    def show_faces(self, text: str, shown: bool) -> None:
        """What stands on the button about blurred faces; an empty text takes it away."""
        if (text, shown) == (self._faces_text, self.faces_button.property("shown")):
            return
        self._faces_text = text
        self.faces_button.setProperty("shown", shown)
        self.faces_button.setIcon(icon("eye" if shown else "eye-off"))
        self.faces_button.setAccessibleName(text)
        self.faces_button.setVisible(bool(text))
        self._fit()

    def _add_camera_button(self) -> None:
        self.add_button = QPushButton(icon("plus"), self.tr("&Add camera…"), self)
        self.add_button.setAccessibleName(self.tr("Add camera"))
        self.add_button.clicked.connect(self.add_requested)
        self._row.addWidget(self.add_button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room words give way to icons and numbers, the least needed first; tooltips and names stay."""
        for words in range(len(_Words)):
            self._set_words(_Words(words))
            if self._row.sizeHint().width() <= self.width():
                return

    def _set_words(self, words: "_Words") -> None:
        beside, icons, texts = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            Qt.ToolButtonStyle.ToolButtonIconOnly,
            Qt.ToolButtonStyle.ToolButtonTextOnly,
        )
        for button in self.overlay_buttons.values():
            button.setToolButtonStyle(beside if words is _Words.ALL else icons)
            _set_tight(button, words is _Words.FEWEST)
        for button in self.layout_buttons.values():
            button.setToolButtonStyle(texts if words is _Words.FEWEST else beside)
        self._row.setSpacing(1 if words is _Words.FEWEST else 4)
        self._gap.changeSize(4 if words is _Words.FEWEST else 16, 0)
        self.add_button.setText("" if words.value >= _Words.FEW.value else self.tr("&Add camera…"))
        self.faces_button.setText("" if words is _Words.FEWEST else self._faces_text)
        self._page_label.setText(self._page_text(short=words is _Words.FEWEST))
        self._row.invalidate()

    def _page_text(self, short: bool) -> str:
        page, pages = self._pages
        return f"{page + 1} / {pages}" if short else self.tr("Page {0} of {1}").format(page + 1, pages)

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, super().minimumSizeHint().height())

    def show_layout(self, tiles: str) -> None:
        self.layout_buttons[tiles].setChecked(True)

    def show_overlays(self, overlays: Overlays) -> None:
        for name, button in self.overlay_buttons.items():
            button.blockSignals(True)
            button.setChecked(getattr(overlays, name))
            button.blockSignals(False)

    def overlays(self) -> Overlays:
        return Overlays(**{name: button.isChecked() for name, button in self.overlay_buttons.items()})

    def _tell_overlays(self) -> None:
        self.overlays_chosen.emit(self.overlays())

    def show_pages(self, page: int, pages: int) -> None:
        self._pages = (page, pages)
        for widget in (self._previous, self._page_label, self._next):
            widget.setVisible(pages > 1)
        self._fit()
        self._previous.setEnabled(page > 0)
        self._next.setEnabled(page < pages - 1)


def _set_tight(button: QToolButton, tight: bool) -> None:
    style = "QToolButton { padding: 6px 3px; }" if tight else ""
    if button.styleSheet() != style:
        button.setStyleSheet(style)
