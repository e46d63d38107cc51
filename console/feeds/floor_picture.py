"""The picture under the floor plan, fetched once and laid under the plans of one dialog or page."""

import base64
from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.cameras.floor_image import FloorImage, GetFloorImage
from widgets.space.plan.plan import FloorPlan


class FloorPicture(QObject):
    """UI thread. Follows the settings. A picture that cannot be had is left out: the plan is drawn without it."""

    def __init__(self, bridge: EngineBridge, plans: Sequence[FloorPlan], owner: QObject) -> None:
        super().__init__(owner)
        self._bridge, self._plans = bridge, tuple(plans)
        self._wanted = ""
        self._image = QImage()
        bridge.snapshot_changed.connect(self._follow_settings)
        self._follow_settings()

    def _follow_settings(self) -> None:
        laid = self._laid()
        digest = laid.digest if laid is not None else ""
        if digest != self._wanted:
            self._wanted, self._image = digest, QImage()
            if digest:
                self._bridge.ask(GetFloorImage(), self._receive_image, ignore_answer, digest, owner=self)
        self._lay()

    def _laid(self) -> FloorImage | None:
        snapshot = self._bridge.snapshot
        return snapshot.settings.floor.image if snapshot is not None else None

    def _receive_image(self, digest: str, stored: str) -> None:
        if digest == self._wanted:
            self._image = image_in(stored)
            self._lay()

    def _lay(self) -> None:
        laid = self._laid()
        for plan in self._plans:
            plan.set_ground(self._image if laid is not None else QImage(), laid.bounds_m() if laid is not None else (0.0, 0.0, 0.0, 0.0))


def image_in(text: str) -> QImage:
    """Of a file as base64; null where there is none."""
    return QImage.fromData(base64.b64decode(text)) if text else QImage()
