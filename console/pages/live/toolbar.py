"""The strip above a wall: cameras, layout, the wall itself, overlays, pages, add a camera."""

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QSpacerItem, QToolButton, QWidget

from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role
from widgets.wall.arrangement.layouts import FREE, LAYOUT_IDS
from widgets.wall.overlays import Overlays

_NARROWEST = 360
_LAYOUT_ICONS = {"1": "square", "4": "grid-2x2", "9": "grid-3x3", "16": "layout-grid", "free": "move"}


class _Words(Enum):
    """How much is said in words, from the roomiest."""

    ALL = 0
    SOME = 1  # overlays are icons
    FEW = 2  # the camera button too
    FEWEST = 3  # everything but the layout's name


class LiveToolbar(QFrame):
    """Signals: layout_chosen(layout id); tree_toggled(shown); overlays_chosen(Overlays); add_requested(); page_step(-1 or 1);
    faces_requested().
    """

    layout_chosen = Signal(str)
    tree_toggled = Signal(bool)
    overlays_chosen = Signal(object)
    add_requested = Signal()
    page_step = Signal(int)
    faces_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_actions: dict[str, QAction] = {}
        self.overlay_buttons: dict[str, QToolButton] = {}
        self._row = make_row(self, spacing=4, margins=NO_MARGINS)
        self._add_layouts()
        self._gap = QSpacerItem(16, 0)
        self._row.addItem(self._gap)
        self._add_overlays()
        self._row.addStretch()
        self._add_faces_button()
        self._add_pages()
        self._add_camera_button()
        self.show_pages(0, 1)
        self.show_layout("4")

    def _add_layouts(self) -> None:
        self.tree_button = self._toggle(self.tr("Cameras"), "cctv")
        self.tree_button.setToolTip(self.tr("All cameras in their groups, beside the wall (Ctrl+B)"))
        self.tree_button.setAccessibleName(self.tr("Show all cameras beside the wall"))
        self.tree_button.toggled.connect(self.tree_toggled)
        self.layout_button = self._menu_button(self.tr("How the wall is divided (Alt+1 to Alt+7)"))
        self.wall_button = self._menu_button(self.tr("Walls kept by name, the hot tile, pages that turn, further walls"))
        self.wall_button.setIcon(icon("monitor"))
        self.wall_button.setText(self.tr("Wall"))
        self.wall_button.setAccessibleName(self.tr("This wall"))
        self._add_layout_menu()

    def _menu_button(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(plain_tip(tip))
        button.setMenu(QMenu(button))
        set_role(button, "quiet")
        self._row.addWidget(button)
        return button

    def _add_layout_menu(self) -> None:
        menu = self.layout_button.menu()
        group = QActionGroup(menu)
        for number, layout_id in enumerate(LAYOUT_IDS, start=1):
            action = QAction(self._layout_text(layout_id), menu, checkable=True)
            action.setShortcut(QKeySequence(f"Alt+{number}"))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here; the page binds it
            if layout_id in _LAYOUT_ICONS:
                action.setIcon(icon(_LAYOUT_ICONS[layout_id]))
            on(action.triggered, self.layout_chosen.emit, layout_id)
            group.addAction(action)
            menu.addAction(action)
            self.layout_actions[layout_id] = action
        menu.addSeparator()

    def _layout_text(self, layout_id: str) -> str:
        if layout_id == FREE:
            return self.tr("Free")
        large, _, small = layout_id.partition("+")
        return (
            self.tr("{0} and {1}").format(large, small)
            if small
            else self.tr("{0} tiles").format(large)
            if large != "1"
            else self.tr("1 tile")
        )

    def _add_overlays(self) -> None:
        for name, text, icon_name, tip in (
            ("boxes", self.tr("Boxes"), "scan", self.tr("A box around everybody who is followed")),
            ("ids", self.tr("Ids"), "tag", self.tr("The number of each track")),
            ("labels", self.tr("Labels"), "message-square", self.tr("What it is and how sure the detector is")),
            ("trails", self.tr("Trails"), "footprints", self.tr("Where people have walked")),
            ("names", self.tr("Names"), "user", self.tr("Who somebody is, where that is known; point at them to see why")),
            ("zones", self.tr("Zones"), "square-dashed", self.tr("Zones and lines of the picture, and how many are in them")),
            ("poses", self.tr("Skeletons"), "person-standing", self.tr("How people stand and move")),
        ):
            button = self._toggle(text, icon_name)
            button.setToolTip(plain_tip(tip))
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
        self._page_label = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        set_role(self._page_label, "secondary")
        for widget in (self._previous, self._page_label, self._next):
            self._row.addWidget(widget)
        self._row.addSpacing(8)

    def _page_button(self, icon_name: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(icon_name))
        set_role(button, "quiet")
        on(button.clicked, self.page_step.emit, step)
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
        for button in (self.tree_button, self.wall_button):
            button.setToolButtonStyle(beside if words.value <= _Words.SOME.value else icons)
            _set_tight(button, words is _Words.FEWEST)
        self.layout_button.setToolButtonStyle(texts if words is _Words.FEWEST else beside)
        _set_tight(self.layout_button, words is _Words.FEWEST)
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

    def show_layout(self, layout_id: str) -> None:
        self.layout_actions[layout_id].setChecked(True)
        self.layout_button.setText(self.tr("Free") if layout_id == FREE else layout_id)
        self.layout_button.setIcon(icon(_LAYOUT_ICONS.get(layout_id, "layout-grid")))
        self.layout_button.setAccessibleName(self.tr("Layout, {0}").format(self._layout_text(layout_id)))
        self._fit()

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
