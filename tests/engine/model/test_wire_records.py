"""What another version of the program wrote is read as far as it is known; what a person wrote is held to every field."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from engine.model.errors import InputError
from engine.model.observation import Numbered, SettingsChanged
from engine.model.settings import CameraSettings, Settings
from engine.model.wire import read_as, read_record, to_plain


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Round:
    radius: int = 1


@dataclass(frozen=True, slots=True)
class Square:
    side: int = 1


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    colour: Colour = Colour.RED
    colours: tuple[Colour, ...] = ()
    things: tuple[Round | Square, ...] = ()
    first: Round | None = None


def test_fields_that_are_not_known_are_left_out_and_told(caplog: pytest.LogCaptureFixture) -> None:
    plain = {
        "name": "a",
        "weight": 3,
        "colour": "blue",
        "colours": ["red", "blue"],
        "things": [{"type": "Round", "radius": 2, "shine": 1}, {"type": "Oval"}, {"type": "Square"}],
        "first": {"radius": 5, "gone": None},
    }
    assert read_record(Box, plain) == Box("a", Colour.RED, (Colour.RED,), (Round(2), Square()), Round(5))
    told = caplog.text
    assert all(name in told for name in ("weight", "colour", "colours[]", "things[].shine", "things[]", "first.gone"))
    with pytest.raises(InputError) as refused:
        read_as(Box, plain)
    assert refused.value.field == "weight"


def test_what_is_needed_is_needed_and_what_is_wrong_is_wrong() -> None:
    for plain in ({"weight": 3}, {"name": 5, "weight": 3}, {"name": "a", "things": 7, "weight": 3}, "text", None):
        with pytest.raises(InputError):
            read_record(Box, plain)


def test_settings_of_a_later_version_in_the_log_can_be_replayed() -> None:
    settings = Settings(cameras=(CameraSettings("a", "A", "rtsp://192.0.2.1/a"),))
    plain = to_plain(Numbered(1, 2, SettingsChanged(3, settings, "rita")))
    plain["observation"]["settings"]["holograms"] = {"on": True}
    plain["observation"]["settings"]["cameras"][0]["smell"] = "fresh"
    assert read_record(Numbered, plain).observation == SettingsChanged(3, settings, "rita")
