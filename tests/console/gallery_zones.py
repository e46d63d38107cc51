"""Zones and masks, for the gallery: none yet, one under way, several, one refused, a lost camera, and at a small size."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge import EngineBridge
from console.dialogs.zones.zones import ZonesDialog
from console.window import MainWindow
from engine.model.cameras.picture_zone import LineDirection, PictureLine, PictureZone, ZoneCount
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from tests.fakes.engine import FakeEngine
from widgets.drawing.shape_draft import ShapeKind

ZONES = (
    PictureZone("yard-a", "Forecourt", ((0.05, 0.62), (0.45, 0.55), (0.52, 0.98), (0.05, 0.98)), ("person", "vehicle"), 300.0, 3),
    PictureZone(
        "yard-b", "Loading ramp that nobody may stand on for long", ((0.6, 0.6), (0.95, 0.6), (0.95, 0.95), (0.66, 0.95)), loiter_s=45
    ),
)
LINE = PictureLine("yard-c", "Gate", (0.55, 0.95), (0.58, 0.55), direction=LineDirection.TO_RIGHT)
PRIVACY = (((0.7, 0.1), (0.88, 0.1), (0.88, 0.32), (0.7, 0.32)),)
MASKS = (((0.0, 0.0), (0.3, 0.0), (0.24, 0.25), (0.0, 0.3)),)


def marked(camera: CameraSettings) -> CameraSettings:
    return replace(camera, zones=ZONES, lines=(LINE,), privacy=PRIVACY, masks=MASKS)


def zones_site(drawn: bool = True) -> FakeEngine:
    engine = FakeEngine()
    engine.add_camera("yard", "Yard")
    camera = engine.settings.camera("yard")
    if drawn and camera is not None:
        engine.settings = engine.settings.with_camera(marked(camera))
        engine.publish()
    return engine


class ZonesGallery:
    def save(self, widget: QWidget, name: str) -> None: ...

    def zones(self, name: str, drawn: bool = True, act: Callable[[ZonesDialog], None] | None = None, lost: bool = False) -> None:
        engine = zones_site(drawn)
        if lost:
            engine.set_state("yard", CameraState.LOST, "No answer from 10.0.0.12.")
        with engine.running():
            bridge = EngineBridge(engine.port())
            bridge.start()
            camera = engine.settings.camera("yard")
            assert camera is not None
            dialog = ZonesDialog(bridge, camera)
            dialog.show()
            end = time.monotonic() + (0.5 if lost else 6)
            while dialog.source.taken_ns() is None and time.monotonic() < end:
                QApplication.processEvents()
                time.sleep(0.01)
            if act is not None:
                act(dialog)
            self.save(dialog, name)
            dialog.draft.cancel_shape()
            dialog.done(0)
            bridge.close()

    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def show_zones_on_the_wall(self) -> None:
        engine = zones_site()
        engine.add_camera("gate", "Gate", "rtsp://10.0.0.12/main")
        engine.zones = (ZoneCount("yard-a", "yard", 2), ZoneCount("yard-b", "yard", 0))
        with engine.running():
            window = self.window(engine)
            end = time.monotonic() + 3
            while time.monotonic() < end:
                QApplication.processEvents()
                time.sleep(0.01)
            self.save(window, "zones-live")
            window.close()

    def show_zones(self) -> None:
        self.zones("zones-none", drawn=False)
        self.zones("zones", act=lambda dialog: dialog.list.setCurrentRow(0))
        self.zones("zones-line", act=lambda dialog: dialog.list.setCurrentRow(2))
        self.zones("zones-privacy", act=lambda dialog: dialog.list.setCurrentRow(3))
        self.zones("zones-drawing", act=_draw)
        self.zones("zones-refused", act=_cross)
        self.zones("zones-lost", lost=True)
        self.zones("zones-small", act=_small)


def _draw(dialog: ZonesDialog) -> None:
    dialog.editor.begin_shape(ShapeKind.ZONE)
    for at in ((0.3, 0.2), (0.6, 0.25), (0.62, 0.5)):
        dialog.draft.add_point(at)
    dialog.editor._pointer = QPointF(dialog.editor.pixel((0.36, 0.52)))
    dialog.editor.refresh()


def _cross(dialog: ZonesDialog) -> None:
    dialog.list.setCurrentRow(0)
    wanted = (0.9, 0.3)
    points = (wanted, *ZONES[0].area[1:])
    dialog.editor._show_edit_outcome(dialog.draft.move_point(0, wanted), points)


def _small(dialog: ZonesDialog) -> None:
    dialog.resize(1000, 592)
    dialog.list.setCurrentRow(1)
    dialog.draft.choose_point(2)
    dialog.editor.refresh()
