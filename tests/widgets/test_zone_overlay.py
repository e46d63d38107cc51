"""Zones and lines on the wall: drawn where they are, with their count; and what nobody is shown is dark."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.model.cameras.picture_zone import PictureLine, PictureZone, ZoneCount
from engine.model.settings import CameraSettings
from widgets.drawing.shape_looks import place_color, privacy_color
from widgets.plates import Plates, PlateSpec
from widgets.wall.zone_overlay import ZoneOverlay, paint_privacy

WHOLE = QRectF(0, 0, 640, 360)
FRAME = QSizeF(640, 360)
ZONE = PictureZone("z", "Yard", ((0.25, 0.5), (0.75, 0.5), (0.75, 0.9), (0.25, 0.9)))
PLAIN = CameraSettings("yard", "Yard", "simulated:yard")
CAMERA = replace(PLAIN, zones=(ZONE,), lines=(PictureLine("l", "Gate", (0.1, 0.9), (0.1, 0.4)),))


class SeenPlates(Plates):
    """Remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.specs: list[PlateSpec] = []

    def get(self, spec: PlateSpec, ratio: float):  # type: ignore[no-untyped-def]
        self.specs.append(spec)
        return super().get(spec, ratio)


def drawn(camera: CameraSettings, counts: dict[str, ZoneCount] | None = None, whole: QRectF = WHOLE) -> tuple[QImage, list[PlateSpec]]:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 90, 90))
    plates = SeenPlates()
    with QPainter(image) as painter:
        ZoneOverlay(plates).paint(painter, camera, whole, whole, counts or {})
        paint_privacy(painter, camera, whole, FRAME)
    return image, plates.specs


def test_a_zone_is_a_thin_line_in_its_colour_where_it_is(qapp: object) -> None:
    image, _ = drawn(CAMERA)
    across = [image.pixelColor(320, y) for y in range(170, 190)]
    reds = np.array([each.red() for each in across])
    brightest = across[int(reds.argmax())]
    assert (reds != 90).sum() <= 6, "thin"
    assert reds.min() < 60 and brightest.red() > brightest.green() > brightest.blue(), "in its colour, between two dark lines"
    assert place_color(0).hsvHue() == pytest.approx(brightest.hsvHue(), abs=8)
    assert image.pixelColor(600, 100) == QColor(90, 90, 90), "nothing elsewhere"


@pytest.mark.parametrize(("known", "ending"), [(True, "3"), (False, "")])
def test_the_count_stands_at_the_name_only_while_it_is_known(qapp: object, known: bool, ending: str) -> None:
    _, specs = drawn(CAMERA, {"z": ZoneCount("z", "yard", 3, known=known)})
    assert [(spec.text, spec.ending) for spec in specs] == [("Yard", ending), ("Gate", "")]


def test_the_number_is_never_cut(qapp: object) -> None:
    long = replace(CAMERA, zones=(replace(ZONE, name="A very long name of a zone indeed"),), lines=())
    _, (spec,) = drawn(long, {"z": ZoneCount("z", "yard", 12)}, QRectF(0, 0, 240, 135))
    plate = Plates().get(spec, 1.0)
    bare = Plates().get(replace(spec, ending=""), 1.0)
    assert spec.ending == "12" and plate.width() <= spec.max_width + 4 and abs(plate.width() - bare.width()) < 20


def test_narrow_tiles_have_lines_and_no_names(qapp: object) -> None:
    image, specs = drawn(CAMERA, whole=QRectF(0, 0, 160, 90))
    assert specs == [] and image.pixelColor(80, 45) != QColor(90, 90, 90)


def test_privacy_areas_are_plainly_dark(qapp: object) -> None:
    image, _ = drawn(replace(PLAIN, privacy=(((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4)),)))
    assert image.pixelColor(160, 90).name() == privacy_color().name() and image.pixelColor(400, 90) == QColor(90, 90, 90)


def test_areas_of_an_upright_picture_cover_all_of_one_that_is_not(qapp: object) -> None:
    image, _ = drawn(replace(PLAIN, privacy=(((0.1, 0.1), (0.4, 0.1), (0.4, 0.4)),), privacy_size=(360, 640)))
    assert image.pixelColor(600, 300).name() == privacy_color().name()
