"""Words on a map: beside what they name, over no other words and over no mark, as far as there is room."""

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from widgets.maps.map_labels import MapLabel, draw_labels

AREA = QRectF(0, 0, 600, 400)


def placed(labels: list[MapLabel], taken: list[QRectF]) -> tuple[QRectF, ...]:
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    found = draw_labels(painter, labels, taken, AREA)
    painter.end()
    return found


def named(text: str, x: float, y: float, above: bool = False) -> MapLabel:
    return MapLabel(QRectF(x - 10, y - 10, 20, 20), ((text, "secondary"),), above)


def test_names_of_places_that_lie_close_together_do_not_cover_each_other(qapp: QApplication) -> None:
    labels = [named("Bicycle thefts along the quay", 300, 200, above=True), named("Fights at closing time", 303, 204, above=True)]
    marks = [label.around for label in labels]
    found = placed(labels, marks)
    assert len(found) == 2
    assert not any(one.intersects(other) for one, other in combinations([*found, *marks[:1]], 2))


@pytest.mark.parametrize(("x", "y"), [(300, 200), (4, 200), (596, 200), (300, 4), (300, 396), (4, 4), (596, 396)])
def test_a_name_is_whole_on_the_map_wherever_its_place_is(qapp: QApplication, x: float, y: float) -> None:
    (found,) = placed([named("Yard", x, y)], [])
    assert AREA.contains(found)


def test_above_is_above_where_that_is_free(qapp: QApplication) -> None:
    (above,), (below,) = placed([named("Site", 300, 200, above=True)], []), placed([named("Site", 300, 200)], [])
    assert above.bottom() < 200 < below.top()


def test_what_is_off_the_map_has_no_name_on_it(qapp: QApplication) -> None:
    assert placed([named("Far", 900, 200)], []) == ()


def test_a_camera_and_its_fire_weather_are_one_plate(qapp: QApplication) -> None:
    one, two = MapLabel(QRectF(290, 190, 20, 20), (("Yard", "secondary"),)), named("Yard", 100, 100)
    both = MapLabel(one.around, (*one.lines, ("FWI 23.4, high", "high")))
    (tall,), (low,) = placed([both], []), placed([two], [])
    assert tall.height() > 1.5 * low.height()
