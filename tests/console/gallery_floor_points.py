"""Floor points, for the gallery: none yet, going together, one far off, mirrored, and at a small size."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from console.bridge import EngineBridge
from console.dialogs.floor.floor_points import FloorPointsDialog
from engine.fusion.projection import Rays
from engine.model.command import ChangeSettings
from engine.model.site import CameraPose, FloorPoint
from tests.fakes.radio_scene import FLOOR, RadioEngine

SIZE = (640, 360)
POSE = CameraPose("yard", (0.3, 0.3, 2.5), (4.6, 4.2, 0.4), 85.0)
SPOTS = ((2.0, 2.0), (5.0, 2.0), (7.0, 4.0), (4.0, 7.0), (2.0, 5.0), (4.0, 4.0))


def clicked(pose: CameraPose = POSE, spots: tuple[tuple[float, float], ...] = SPOTS, off_px: float = 1.0) -> tuple[FloorPoint, ...]:
    """As a hand would click them; those beside the picture are left out."""
    hand, rays = np.random.default_rng(3), Rays(pose, SIZE)
    shares = [(np.array(rays.pixel((*spot, 0.0))) + hand.normal(0, off_px, 2)) / SIZE for spot in spots]
    return tuple(FloorPoint((float(u), float(v)), spot) for (u, v), spot in zip(shares, spots, strict=True) if 0 <= u <= 1 and 0 <= v <= 1)


def floor_points_site(points: tuple[FloorPoint, ...], placed: bool = True) -> RadioEngine:
    engine = RadioEngine()
    engine.add_camera("yard", "Yard")
    poses = (replace(POSE, floor_points=points),) if placed else ()
    engine.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=poses)))
    return engine


class FloorPointsGallery:
    def save(self, widget: QWidget, name: str) -> None: ...

    def floor_points(
        self, points: tuple[FloorPoint, ...], name: str, placed: bool = True, act: Callable[[FloorPointsDialog], None] | None = None
    ) -> None:
        engine = floor_points_site(points, placed)
        with engine.running():
            bridge = EngineBridge(engine.port())
            bridge.start()
            dialog = FloorPointsDialog(bridge, "yard")
            dialog.show()
            end = time.monotonic() + 6
            while not dialog.picture.has_picture() and time.monotonic() < end:
                QApplication.processEvents()
                time.sleep(0.01)
            if act is not None:
                act(dialog)
            self.save(dialog, name)
            dialog.close()
            bridge.close()

    def show_floor_points(self) -> None:
        good = clicked()
        self.floor_points((), "floor-points-none")
        self.floor_points(good, "floor-points", act=lambda dialog: dialog.choose(2))
        wrong = (*good[:3], replace(good[3], floor=(5.2, 6.4)), *good[4:])
        self.floor_points(wrong, "floor-points-far-off")
        mirrored = (replace(good[0], floor=good[1].floor), replace(good[1], floor=good[0].floor), *good[2:])
        self.floor_points(mirrored, "floor-points-swapped")
        self.floor_points((), "floor-points-half", placed=False, act=_half)
        self.floor_points(good, "floor-points-small", act=lambda dialog: dialog.resize(900, 640))


def _half(dialog: FloorPointsDialog) -> None:
    """As somebody who begins."""
    for point in clicked()[:4]:
        dialog.picture.spot_wanted.emit(*point.image)
        dialog.plan.spot_wanted.emit(*point.floor)
    dialog.picture.spot_wanted.emit(0.4, 0.6)
