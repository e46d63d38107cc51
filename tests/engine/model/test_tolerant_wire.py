"""What another version wrote is read as far as it is known; what is no other version's is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from engine.model.errors import InputError
from engine.model.tolerant_wire import LEFT_OUT, Omissions, UnknownHere, read_tolerantly, reader


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Round:
    radius: int = 1


@dataclass(frozen=True, slots=True)
class Square:
    colour: Colour
    side: int = 1

    def __post_init__(self) -> None:
        if self.side > 9:
            raise InputError("side", "is too large")


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    colour: Colour = Colour.RED
    colours: tuple[Colour, ...] = ()
    things: tuple[Round | Square, ...] = ()
    squares: tuple[Square, ...] = ()
    first: Square | None = None
    share: frozenset[Colour] = frozenset()


def test_what_is_not_known_is_left_out_at_every_level() -> None:
    plain = {
        "name": "a",
        "weight": 3,
        "colour": "blue",
        "colours": ["red", "blue"],
        "things": [{"type": "Round", "radius": 2, "shine": 1}, {"type": "Oval"}, {"type": "Square", "colour": "red"}],
        "squares": [{"colour": "blue"}, {"colour": "red", "side": 3}],
        "first": {"colour": "blue"},
        "share": ["red", "green"],
    }
    omissions = Omissions()
    read = read_tolerantly(Box, plain, "", omissions)
    assert read == Box(
        "a", Colour.RED, (Colour.RED,), (Round(2), Square(Colour.RED)), (Square(Colour.RED, 3),), None, frozenset({Colour.RED})
    )
    assert {"weight", "colour", "colours[]", "things[].shine", "things[].type", "squares[].colour", "first.colour"} <= omissions.names
    assert omissions.classes == {"Box", "Round"}, "values that are not whole"


def test_what_another_version_allows_and_this_one_does_not_is_as_it_usually_is() -> None:
    omissions = Omissions()
    assert read_tolerantly(Square, {"colour": "red", "side": 12}, "", omissions) == Square(Colour.RED, 1)
    assert omissions.classes == {"Square"}


def test_places_in_lists_can_be_kept() -> None:
    squares = [{"colour": "blue"}, {"colour": "red"}]
    assert reader(tuple[Square, ...], True)(squares, "", Omissions()) == (LEFT_OUT, Square(Colour.RED))


def test_nothing_is_left_out_of_what_is_known() -> None:
    omissions = Omissions()
    read_tolerantly(Box, {"name": "a", "things": [{"type": "Round"}], "first": None}, "", omissions)
    assert (omissions.count, omissions.names, omissions.classes) == (0, set(), set())


@pytest.mark.parametrize(
    "plain",
    [
        *(None, "text", [], {}, {"name": 5}, {"name": "a", "things": 7}, {"name": "a", "things": [5]}, {"name": "a", "colour": 7.5}),
        *({"name": "a", "first": []}, {"name": "a", "squares": [{"side": 1}]}, {"name": "a", "squares": [{"colour": "red", "side": "1"}]}),
    ],
)
def test_what_is_missing_or_mistyped_is_refused(plain: Any) -> None:
    with pytest.raises(InputError) as refused:
        read_tolerantly(Box, plain)
    assert not isinstance(refused.value, UnknownHere)
