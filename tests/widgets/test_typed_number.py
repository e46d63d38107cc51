"""Numbers typed digit by digit, and the plate that shows them."""

import pytest
from PySide6.QtWidgets import QWidget

from engine.model.settings import CameraSettings
from widgets.camera_name import numbered_name
from widgets.wall.typed_number import TypedNumber
from widgets.wall.typed_plate import TypedPlate


def typed(digits: str) -> TypedNumber:
    made = TypedNumber()
    for digit in digits:
        made = made.with_digit(int(digit))
    return made


@pytest.mark.parametrize(
    ("digits", "most", "settled"),
    [
        ("1", 9, True),
        ("9", 9, True),
        ("1", 16, False),
        ("2", 16, True),
        ("12", 16, True),
        ("17", 16, False),
        ("3", 36, False),
        ("36", 36, True),
    ],
)
def test_a_number_is_settled_when_no_longer_one_can_be_meant(digits: str, most: int, settled: bool):
    assert typed(digits).settled(range(1, most + 1)) is settled


def test_numbers_of_cameras_need_not_follow_one_another():
    cameras = {1, 12, 205}
    assert not typed("1").settled(cameras) and typed("12").settled(cameras)
    assert not typed("20").settled(cameras) and typed("205").settled(cameras) and not typed("3").settled(cameras)


def test_what_no_number_begins_with_is_lost():
    assert typed("17").matches_none(range(1, 17)) and typed("9").matches_none(range(1, 5))
    assert not typed("1").matches_none(range(1, 17)) and not typed("").matches_none(range(1, 5)) and not typed("20").matches_none({205})


def test_zeros_in_front_mean_nothing_and_digits_can_be_taken_back():
    assert typed("007").value == 7 and typed("0").digits == "" and TypedNumber().value == 0
    assert typed("12").shorter().value == 1 and typed("1").shorter().digits == ""


def test_a_camera_is_called_by_its_number_and_name():
    gate = CameraSettings("gate", "Gate", "film.mp4", number=12)
    assert numbered_name(gate) == "12 · Gate" and numbered_name(CameraSettings("gate", "Gate", "film.mp4")) == "Gate"


def test_the_plate_lies_within_what_it_is_over(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(400, 300)
    over.show()
    plate = TypedPlate(over)
    assert plate.isHidden()
    for text in ("1", "12 – The loading dock behind the northern warehouse of the harbour office"):
        plate.show_text(text)
        assert plate.isVisible() and over.rect().contains(plate.geometry())
    over.resize(300, 200)
    assert over.rect().contains(plate.geometry())
    plate.show_text("")
    assert plate.isHidden()
