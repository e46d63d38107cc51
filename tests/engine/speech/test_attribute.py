"""A heard name goes to a track only where one person alone can have spoken."""

import pytest

from engine.speech.attribute import Candidate, attribute


def person(track: str, *, present: float = 1.0, face: bool = True, metres: float | None = None) -> Candidate:
    return Candidate(track, present, face, metres)


@pytest.mark.parametrize(
    ("people", "chosen"),
    [
        ([person("a")], "a"),
        ([person("a", face=False)], "a"),
        ([person("a", metres=4.9)], "a"),
        ([person("a"), person("b", present=0.2)], "a"),
        ([person("a", metres=2), person("b", metres=9)], "a"),
        ([person("a"), person("b", face=False)], "a"),
        ([person("a", metres=1), person("b", metres=3)], "a"),
        ([], None),
        ([person("a", metres=5.1)], None),
        ([person("a", present=0.4)], None),
        ([person("a"), person("b")], None),
        ([person("a", face=False), person("b", face=False)], None),
        ([person("a", metres=2), person("b", metres=3)], None),
        ([person("a", metres=3), person("b", metres=1, face=False)], None),
        ([person("a", metres=1, face=False), person("b", metres=3, face=False)], None),
        ([person("a"), person("b"), person("c", metres=1)], None),
        ([person("a", metres=0), person("b", metres=0)], None),
    ],
)
def test_who_spoke(people: list[Candidate], chosen: str | None) -> None:
    found = attribute(people)
    assert found.track_id == chosen
    assert found.reason.endswith(".")
    assert (found.weight > 0) == (chosen is not None)
    assert attribute(list(reversed(people))).track_id == chosen


def test_a_lone_face_is_better_ground_than_a_lone_back() -> None:
    assert attribute([person("a")]).weight > attribute([person("a", face=False)]).weight
