"""The strip above a wall: cameras, layout, the wall itself, overlays, pages, add a camera."""

from enum import Enum

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QSpacerItem, QToolButton, QWidget

from widgets.fields.staying_menu import StayingMenu
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role
from widgets.wall.arrangement.layouts import AUTOMATIC, FREE, LAYOUT_IDS
from widgets.wall.overlays import Overlays

_NARROWEST = 360
_LAYOUT_ICONS = {"1": "square", "4": "grid-2x2", "9": "grid-3x3", "16": "layout-grid", "free": "move", AUTOMATIC: "layout-dashboard"}


class _Words(Enum):
    """How much is said in words, from the roomiest."""

    ALL = 0
    FEW = 1  # "Add camera" is an icon
    SOME = 2  # so are the buttons whose words stand in their menus
    FEWEST = 3  # everything but the layout's name


class LiveToolbar(QFrame):
    """Signals: layout_chosen(layout id); tree_toggled(shown); overlays_chosen(Overlays); add_requested(); page_step(-1 or 1);
    side_toggled(shown); faces_requested().
    """

    layout_chosen = Signal(str)
    tree_toggled = Signal(bool)
    overlays_chosen = Signal(object)
    add_requested = Signal()
    page_step = Signal(int)
    side_toggled = Signal(bool)
    faces_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layout_actions: dict[str, QAction] = {}
        self.overlay_actions: dict[str, QAction] = {}
        self._row = make_row(self, spacing=4, margins=NO_MARGINS)
        self._add_layouts()
        self._gap = QSpacerItem(16, 0)
        self._row.addItem(self._gap)
        self._add_overlays()
        self._row.addStretch()
        self._add_faces_button()
        self._add_pages()
        self._add_camera_button()
        self._add_side_button()
        self.show_pages(0, 1)
        self.show_layout("4")

    def _add_layouts(self) -> None:
        self.tree_button = self._toggle(self.tr("Cameras"), "cctv")
        self.tree_button.setToolTip(self.tr("Camera tree (Ctrl+B)"))
        self.tree_button.setAccessibleName(self.tr("Show the camera tree"))
        self.tree_button.toggled.connect(self.tree_toggled)
        self.layout_button = self._menu_button(self.tr("Layout (Alt+0 to Alt+7)"))
        self.wall_button = self._menu_button(self.tr("Saved walls, hot tile, page carousel, additional walls"))
        self.wall_button.setIcon(icon("monitor"))
        self.wall_button.setText(self.tr("Wall"))
        self.wall_button.setAccessibleName(self.tr("This wall"))
        self._add_layout_menu()

    def _menu_button(self, tip: str, make_menu: type[QMenu] = QMenu) -> QToolButton:
        button = QToolButton(self)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(plain_tip(tip))
        button.setMenu(make_menu(button))
        set_role(button, "quiet")
        self._row.addWidget(button)
        return button

    def _add_layout_menu(self) -> None:
        menu = self.layout_button.menu()
        group = QActionGroup(menu)
        for number, layout_id in enumerate((AUTOMATIC, *LAYOUT_IDS)):
            action = QAction(self._layout_text(layout_id), menu, checkable=True)
            action.setShortcut(QKeySequence(f"Alt+{number}"))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here; the page binds it
            if layout_id in _LAYOUT_ICONS:
                action.setIcon(icon(_LAYOUT_ICONS[layout_id]))
            if layout_id == AUTOMATIC:
                action.setToolTip(plain_tip(self.tr("The arrangement with the largest pictures for this window and these cameras")))
            on(action.triggered, self.layout_chosen.emit, layout_id)
            group.addAction(action)
            menu.addAction(action)
            self.layout_actions[layout_id] = action
        menu.addSeparator()

    def _layout_text(self, layout_id: str) -> str:
        if layout_id == AUTOMATIC:
            return self.tr("Automatic")
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
        """One menu with a tick for each: what is drawn over the pictures."""
        self.overlay_button = self._menu_button(self.tr("Overlays on the video"), StayingMenu)
        self.overlay_button.setIcon(icon("scan"))
        self.overlay_button.setText(self.tr("Overlays"))
        self.overlay_button.setAccessibleName(self.tr("Overlays"))
        menu = self.overlay_button.menu()
        menu.setToolTipsVisible(True)
        for name, text, tip in (
            ("boxes", self.tr("&Boxes"), self.tr("A box around each tracked object")),
            ("ids", self.tr("Track &numbers"), self.tr("The number of each track")),
            ("labels", self.tr("&Labels"), self.tr("Object type and confidence of the detector")),
            ("trails", self.tr("&Trails"), self.tr("Where people have walked")),
            ("names", self.tr("N&ames"), self.tr("Names of identified people; point at one to see why")),
            ("zones", self.tr("&Zones and lines"), self.tr("Zones and lines of the picture, with the number of people in them")),
            ("poses", self.tr("&Skeletons"), self.tr("Posture and movement of people")),
        ):
            action = QAction(text, menu, checkable=True)
            action.setToolTip(plain_tip(tip))
            action.toggled.connect(self._tell_overlays)
            menu.addAction(action)
            self.overlay_actions[name] = action

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
        self._previous.setToolTip(self.tr("Previous page (Page Up)"))
        self._next.setToolTip(self.tr("Next page (Page Down)"))
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

    def _add_side_button(self) -> None:
        """For a page that has something beside the wall."""
        self.side_button = self._toggle(self.tr("Events"), "panel-right")
        self.side_button.setAccessibleName(self.tr("Show alerts and events beside the wall"))
        self.side_button.toggled.connect(self.side_toggled)
        self.side_button.hide()

    def show_side(self, wanted: bool, fits: bool) -> None:
        """Whether the column beside the wall is wanted, and has room."""
        with QSignalBlocker(self.side_button):
            self.side_button.setChecked(wanted and fits)
        self.side_button.setEnabled(fits)
        words = self.tr("Alerts and events beside the wall")
        crowded = self.tr("No room beside the video. Widen the window, or close the panel at the right.")
        self.side_button.setToolTip(plain_tip(words if fits else crowded))
        if self.side_button.isHidden():
            self.side_button.show()
            self._fit()

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
        for button in (self.tree_button, self.wall_button, self.overlay_button, self.side_button):
            button.setToolButtonStyle(beside if words.value < _Words.SOME.value else icons)
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
        self.layout_button.setText(self._layout_text(layout_id))
        self.layout_button.setIcon(icon(_LAYOUT_ICONS.get(layout_id, "layout-grid")))
        self.layout_button.setAccessibleName(self.tr("Layout, {0}").format(self._layout_text(layout_id)))
        self._fit()

    def show_overlays(self, overlays: Overlays) -> None:
        for name, action in self.overlay_actions.items():
            with QSignalBlocker(action):
                action.setChecked(getattr(overlays, name))

    def overlays(self) -> Overlays:
        return Overlays(**{name: action.isChecked() for name, action in self.overlay_actions.items()})

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
