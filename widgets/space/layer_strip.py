"""What is drawn on the floor, one toggle for each layer."""

from collections.abc import Set
from dataclasses import fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.space.scene import Layers
from widgets.theme import set_role

RADIO_LAYERS = frozenset({"nodes", "links", "glow", "coverage", "blobs"})  # that only radio has something for


class LayerStrip(QFrame):
    """Signals: layers_chosen(Layers)."""

    layers_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.buttons: dict[str, QToolButton] = {}
        self._left_out: Set[str] = frozenset()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 8, 6, 8)
        self._column.setSpacing(2)
        self._heading = QLabel(self.tr("Layers"), self)
        set_role(self._heading, "secondary")
        self._column.addWidget(self._heading)
        for name, text, icon_name, tip in self._texts():
            self._add_layer(name, text, icon_name, tip)
        self._column.addStretch()
        self.show_layers(Layers())

    def _texts(self) -> tuple[tuple[str, str, str, str], ...]:
        return (
            ("floor", self.tr("Floor plan"), "map", self.tr("Walls and a grid of metres")),
            ("zones", self.tr("Zones"), "square-dashed", self.tr("Named areas and doors, with how many are inside")),
            ("nodes", self.tr("Nodes"), "router", self.tr("Where the radio nodes are")),
            ("links", self.tr("Links"), "waypoints", self.tr("Every pair of nodes: bright and thick where something moves")),
            (
                "glow",
                self.tr("Glow"),
                "sparkles",
                self.tr(
                    "Where the links say at this moment that somebody is. People are followed over time, so a mark may stand beside it."
                ),
            ),
            ("trails", self.tr("Trails"), "footprints", self.tr("Where people have been in the last half minute")),
            ("uncertainty", self.tr("Uncertainty"), "circle-dashed", self.tr("A ring that holds two of three possible places")),
            (
                "coverage",
                self.tr("Coverage"),
                "signal",
                self.tr("How exactly people can be located in each place, predicted from where the nodes are, as if there were no walls"),
            ),
            ("cameras", self.tr("Cameras"), "cctv", self.tr("What the cameras look at, as far as they have a place on the floor")),
            (
                "blobs",
                self.tr("Radio alone"),
                "circle-dot",
                self.tr("Where radio by itself says people are, beside where all sensors together do"),
            ),
        )

    def _add_layer(self, name: str, text: str, icon_name: str, tip: str) -> None:
        button = QToolButton(self)
        button.setText(f" {text}")
        button.setIcon(icon(icon_name))
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_role(button, "quiet")
        button.toggled.connect(lambda _: self.layers_chosen.emit(self.layers()))
        self._column.addWidget(button)
        self.buttons[name] = button

    def set_words(self, shown: bool) -> None:
        """Icons alone where there is little room; their names stay in tooltips."""
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if shown else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self.buttons.values():
            button.setToolButtonStyle(style)
        self._heading.setVisible(shown)

    def leave_out(self, names: Set[str]) -> None:
        """Layers that are neither offered nor drawn, whatever was chosen before."""
        self._left_out = names
        for name, button in self.buttons.items():
            button.setVisible(name not in names)

    def offered(self) -> tuple[str, ...]:
        return tuple(name for name in self.buttons if name not in self._left_out)

    def layers(self) -> Layers:
        offered = self.offered()
        return Layers(**{each.name: each.name in offered and self.buttons[each.name].isChecked() for each in fields(Layers)})

    def show_layers(self, layers: Layers) -> None:
        """Without telling anybody."""
        for name, button in self.buttons.items():
            button.blockSignals(True)
            button.setChecked(getattr(layers, name))
            button.blockSignals(False)
