"""What stands on a tile: its name always, wherever the rest has to go."""

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont

from widgets.plates import HEIGHT, PlateSpec, plate_width
from widgets.wall.tile import Chrome
from widgets.wall.tile_painter import TilePainter
from widgets.wall.tile_status import TileStatus

NAME = "North gate"


def placed(width: int, height: int, simulated: bool, name: str = NAME) -> list[QRect]:
    chrome = Chrome(name, TileStatus("Live", "good", True), simulated, age="0.1 s")
    plates = TilePainter()._place_plates(chrome, QRect(0, 0, width, height), False, 1.0)
    return [QRect(x, y, plate_width(plate), HEIGHT) for x, y, plate in plates]


@pytest.mark.parametrize("simulated", [False, True])
@pytest.mark.parametrize("name", [NAME, "The loading dock behind the northern warehouse of the harbour office"])
@pytest.mark.parametrize(("width", "height"), [(137, 77), (180, 101), (320, 180), (640, 360), (1400, 800)])
def test_every_plate_has_its_place(qtbot, width, height, name, simulated):
    plates = placed(width, height, simulated, name)
    assert len(plates) == 2 + simulated
    assert all(QRect(0, 0, width, height).contains(plate) for plate in plates)
    assert not any(one.intersects(other) for i, one in enumerate(plates) for other in plates[i + 1 :])


def test_the_mark_of_simulated_pictures_gives_way_to_the_name(qtbot):
    wide, narrow = placed(640, 360, True), placed(180, 101, True)
    assert len({plate.top() for plate in wide}) == 1
    assert [plate.top() for plate in narrow] == [8, 8 + HEIGHT + 4, 8]
    assert narrow[2].width() > 60


@pytest.mark.parametrize(("width", "height"), [(110, 56), (137, 77), (180, 101), (240, 144), (640, 360)])
def test_no_plate_stands_where_the_word_is_burned_in(qtbot, width, height):
    """The lower left corner: 85 by 21 pixels of a picture of 640 by 360, 8 from its edges (`engine.sources.simulated.pictures.plate`)."""
    scale = width / 640
    word = QRectF(8 * scale, height - 29 * scale, 85 * scale, 21 * scale).toAlignedRect()
    for name in (NAME, "The loading dock behind the northern warehouse of the harbour office"):
        assert not any(plate.intersects(word) for plate in placed(width, height, True, name))


def test_figures_under_the_pointer_cut_no_name_and_move_no_row(qtbot):
    chrome = Chrome("Loading dock by the river", TileStatus("Live", "good", True), True, age="0.1 s", figures="15.0 fps · 640 × 360")
    painter = TilePainter()
    for width in (280, 420, 560, 1400):
        at_rest, under = (painter._place_plates(chrome, QRect(0, 0, width, 240), hovered, 1.0) for hovered in (False, True))
        assert [y for _, y, _ in at_rest] == [y for _, y, _ in under] and plate_width(at_rest[-1][2]) == plate_width(under[-1][2])


def test_the_state_gives_way_to_a_name_that_could_not_be_read(qtbot):
    state, name = placed(86, 124, False)
    assert name.top() == 8 and name.width() > 60
    assert state.bottom() == 124 - 8 - 1 and QRect(0, 0, 86, 124).contains(state)
    state, name = placed(320, 180, False)
    assert state.top() == name.top()


def test_a_number_gives_way_to_the_name(qtbot):
    def name_plate(width: int) -> int:
        chrome = Chrome(NAME, TileStatus("Live", "good", True), called=f"12 · {NAME}")
        plates = TilePainter()._place_plates(chrome, QRect(0, 0, width, 180), False, 1.0)
        return plate_width(plates[-1][2])

    alone = plate_width(TilePainter()._plates.get(PlateSpec(NAME, weight=QFont.Weight.DemiBold), 1.0))
    assert name_plate(640) > alone == name_plate(180)
