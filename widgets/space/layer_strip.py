"""What is drawn on the floor, one toggle for each layer."""

from collections.abc import Set
from dataclasses import fields

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
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
        heading = QLabel(self.tr("Layers"), self)
        set_role(heading, "secondary")
        self._column.addWidget(heading)
        for name, text, icon_name, tip in self._texts():
            self._add_layer(name, text, icon_name, tip)
        self._column.addStretch()
        self.show_layers(Layers())

    def _texts(self) -> tuple[tuple[str, str, str, str], ...]:
        return (
            ("floor", self.tr("Floor plan"), "map", self.tr("Walls and a grid of metres")),
            ("zones", self.tr("Zones"), "square-dashed", self.tr("Zones with the number of people, and doors")),
            ("nodes", self.tr("Nodes"), "router", self.tr("Where the radio nodes are")),
            ("links", self.tr("Links"), "waypoints", self.tr("Links between nodes; bright where something moves")),
            ("glow", self.tr("Glow"), "sparkles", self.tr("Radio evidence at this moment; tracked people may stand beside it")),
            ("trails", self.tr("Trails"), "footprints", self.tr("Paths of the last 30 s")),
            ("uncertainty", self.tr("Uncertainty"), "circle-dashed", self.tr("Ring: 68 % of the possible positions")),
            ("coverage", self.tr("Coverage"), "signal", self.tr("Predicted location accuracy, without walls")),
            (
                "performance",
                self.tr("Performance"),
                "gauge",
                self.tr("Crosses: where sensors lost people in 24 hours. Marks: how often each sees whom others see"),
            ),
            ("cameras", self.tr("Cameras"), "cctv", self.tr("Fields of view of placed cameras")),
            ("blobs", self.tr("Radio only"), "circle-dot", self.tr("Positions from radio only, beside the fused positions")),
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

    def fill_menu(self, menu: QMenu) -> None:
        """The same toggles, for where the strip has no room."""
        menu.clear()
        menu.setToolTipsVisible(True)
        for name in self.offered():
            button = self.buttons[name]
            action = menu.addAction(button.icon(), button.accessibleName())
            action.setToolTip(plain_tip(button.accessibleDescription()))
            action.setCheckable(True)
            action.setChecked(button.isChecked())
            on(action.triggered, button.click)

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
