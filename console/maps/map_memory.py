"""What all maps of the console remember together: where they look, which layers each page shows; and the menu of layers."""

from collections.abc import Callable, Set

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from console.session.remembered import Remembered
from widgets.icons import icon
from widgets.maps.map_view import CLOSEST, FARTHEST
from widgets.maps.site_map import Layer, SiteMap
from widgets.translation import tr

_VIEW = "map/view"


class MapMemory(QObject):
    """UI thread. A map that comes on screen looks where the one before it looked, once an operator has moved one.

    `page`: of which the layers are remembered. `offered`: layers that the page can show. `hidden`: those that are off until chosen.
    """

    def __init__(
        self, shown: SiteMap, remembered: Remembered, page: str, offered: Set[Layer] = frozenset(Layer), hidden: Set[Layer] = frozenset()
    ) -> None:
        super().__init__(shown)
        self._map, self._remembered, self._page = shown, remembered, page
        self._changed: Callable[[], None] | None = None
        self.actions: dict[Layer, QAction] = {}
        self.button = self._layer_button(offered, hidden)
        shown.add_button(self.button)
        shown.came.connect(self._restore_view)
        shown.went.connect(self._keep_view)
        self._show_layers()

    def follow(self, changed: Callable[[], None]) -> None:
        """Call this whenever other layers are shown."""
        self._changed = changed

    def has(self, layer: Layer) -> bool:
        return layer in self.actions and self.actions[layer].isChecked()

    def _layer_button(self, offered: Set[Layer], hidden: Set[Layer]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("layers"))
        button.setText(tr("Layers"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(tr("Choose what the map shows"))
        button.setAccessibleName(tr("Layers"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(tr("Layers"), button)
        for layer, name in layer_names().items():
            if layer not in offered:
                continue
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(self._remembered.flag(f"map-layer/{self._page}/{layer}", layer not in hidden))
            action.toggled.connect(self._show_layers)
            self.actions[layer] = action
        button.setMenu(menu)
        return button

    def _show_layers(self) -> None:
        self._map.set_layers(frozenset(layer for layer, action in self.actions.items() if action.isChecked()))
        for layer, action in self.actions.items():
            self._remembered.put(f"map-layer/{self._page}/{layer}", action.isChecked())
        if self._changed is not None:
            self._changed()

    def _keep_view(self) -> None:
        """Of one that shows everything by itself nothing is to be kept: the next does the same."""
        if not self._map.is_moved():
            self._remembered.forget(_VIEW)
            return
        latitude, longitude = self._map.plane().to_earth(self._map.view.x, self._map.view.y)
        kept = (round(latitude, 7), round(longitude, 7), self._map.view.scale)  # for a machine to read: the same in every language
        self._remembered.put(_VIEW, " ".join(str(each) for each in kept))

    def _restore_view(self) -> None:
        try:
            latitude, longitude, scale = (float(part) for part in self._remembered.text(_VIEW).split())
        except ValueError:
            return
        if abs(latitude) < 90 and abs(longitude) <= 180 and CLOSEST <= scale <= FARTHEST:
            self._map.look_at(latitude, longitude, scale)


def layer_names() -> dict[Layer, str]:
    return {
        Layer.MAP: tr("Base map"),
        Layer.RISK: tr("Risk forecast"),
        Layer.INCIDENTS: tr("Incidents"),
        Layer.SITE: tr("Site"),
        Layer.CAMERAS: tr("Lookouts and fire weather"),
        Layer.SMOKE: tr("Smoke plumes"),
        Layer.AREAS: tr("Neighbourhoods"),
        Layer.PATTERNS: tr("Atlas patterns"),
    }
