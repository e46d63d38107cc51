"""The strip above the floor: how it is looked at, and what can be planned."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QPushButton, QToolButton, QWidget

from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.layout.folding_row import FoldingRow
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import StatusChip
from widgets.signals import on
from widgets.theme import set_role


class SpaceToolbar(QFrame):
    """Signals: solid_chosen(bool): 3D or plan. orbit_requested(), top_requested(), fit_requested(); following_chosen(bool);
    planner_requested(); floor_requested(); fall_requested(): let a simulated person fall."""

    solid_chosen = Signal(bool)
    orbit_requested = Signal()
    top_requested = Signal()
    fit_requested = Signal()
    following_chosen = Signal(bool)
    planner_requested = Signal()
    floor_requested = Signal()
    cameras_requested = Signal()
    fall_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        looks = (*self._kinds(), self._layers(), *self._looks())
        self.tools = FoldingRow((*looks, *self._plans()), self)
        self.tools.set_wanted(self.fall_button, False)
        self.tools.set_wanted(self.layers_button, False)
        self.simulated = StatusChip(self.tr("Simulated"), "low", self)
        self.simulated.setToolTip(self.tr("Simulated nodes and people"))
        self.simulated.hide()
        row = make_row(self, spacing=8, margins=NO_MARGINS)
        row.addWidget(self.tools, 1)
        row.addWidget(self.simulated)

    def _kinds(self) -> tuple[QToolButton, QToolButton]:
        self.solid_button = self._tool("box", self.tr("3D"), self.tr("The floor in 3D (V)"))
        self.plan_button = self._tool("map", self.tr("2D plan"), self.tr("The floor from above, drawn without OpenGL (V)"))
        group = QButtonGroup(self)
        for button, solid in ((self.solid_button, True), (self.plan_button, False)):
            button.setCheckable(True)
            group.addButton(button)
            on(button.clicked, self.solid_chosen.emit, solid)
        return self.solid_button, self.plan_button

    def _layers(self) -> QToolButton:
        """What is drawn, where the strip of layers has no room."""
        self.layers_button = self._tool("layers", self.tr("Layers"), self.tr("What is drawn on the floor"))
        self.layers_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.layers_button.setMenu(QMenu(self.layers_button))
        return self.layers_button

    def _looks(self) -> tuple[QToolButton, ...]:
        self.orbit_button = self._tool("rotate-3d", self.tr("Orbit"), self.tr("From the side: drag to turn (O)"))
        self.top_button = self._tool("layout-grid", self.tr("Top view"), self.tr("From above, north up (T)"))
        self.fit_button = self._tool("maximize-2", self.tr("Fit"), self.tr("Show the whole floor (F)"))
        self.follow_button = self._tool("locate-fixed", self.tr("Follow"), self.tr("Follow the selected person (G)"))
        self.follow_button.setCheckable(True)
        self.orbit_button.clicked.connect(self.orbit_requested)
        self.top_button.clicked.connect(self.top_requested)
        self.fit_button.clicked.connect(self.fit_requested)
        self.follow_button.clicked.connect(self.following_chosen)
        return self.orbit_button, self.top_button, self.fit_button, self.follow_button

    def _plans(self) -> tuple[QPushButton, ...]:
        self.fall_button = self._push("person-standing", self.tr("&Simulate a fall"), self.tr("A simulated person falls and lies still"))
        self.fall_button.clicked.connect(self.fall_requested)
        self.planner_button = self._push(
            "drafting-compass", self.tr("&Nodes…"), self.tr("Plan nodes: try positions and check the coverage"), self.tr("Plan nodes")
        )
        self.planner_button.clicked.connect(self.planner_requested)
        self.cameras_button = self._push(
            "cctv", self.tr("&Cameras…"), self.tr("Place cameras: position and direction"), self.tr("Place cameras")
        )
        self.cameras_button.clicked.connect(self.cameras_requested)
        self.floor_button = self._push(
            "pencil", self.tr("&Floor…"), self.tr("Edit the floor: size, walls, zones and doors"), self.tr("Edit floor")
        )
        self.floor_button.clicked.connect(self.floor_requested)
        return self.fall_button, self.planner_button, self.cameras_button, self.floor_button

    def _tool(self, icon_name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(icon_name))
        button.setText(text)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(button, "quiet")
        return button

    def _push(self, icon_name: str, text: str, tip: str, name: str = "") -> QPushButton:
        """`name`: for screen readers, where the text is too short to say it."""
        button = QPushButton(icon(icon_name), text, self)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(name or text.replace("&", "").removesuffix("…"))
        return button

    def show_kind(self, solid: bool, possible: bool, why_not: str = "") -> None:
        """`possible`: whether there is a 3D view at all; `why_not` goes into the button's tooltip."""
        (self.solid_button if solid else self.plan_button).setChecked(True)
        self.solid_button.setEnabled(possible)
        self.solid_button.setToolTip(plain_tip(self.tr("The floor in 3D (V)") if possible else why_not))
        self.orbit_button.setEnabled(solid)
        self.top_button.setEnabled(solid)

    def show_following(self, following: bool, possible: bool) -> None:
        self.follow_button.setChecked(following)
        self.follow_button.setEnabled(possible)

    def show_simulated(self, simulated: bool, may_fall: bool) -> None:
        self.simulated.setVisible(simulated)
        self.tools.set_wanted(self.fall_button, simulated and may_fall)
