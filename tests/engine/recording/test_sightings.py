from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.cameras.clip import Clip
from engine.model.time import SECOND
from engine.recording.sightings import Sighting, Sightings, beside, people_near, read_sightings

PERSON = (0.25, 0.1, 0.5, 0.9)
CLIP = Clip("cl-1", "ev-1", "door", 10 * SECOND, 14 * SECOND, "cl-1.mp4", "", "", 0, "mpeg4", 64, 36)


def test_what_was_seen_during_a_clip_is_kept_beside_it(tmp_path: Path) -> None:
    seen = Sightings()
    for at_s in (8.0, 9.6, 9.65, 12.0, 13.0, 16.0):
        seen.note("door", round(at_s * SECOND), [PERSON])
    seen.note("door", 13 * SECOND + 1, [])
    seen.note("yard", 12 * SECOND, [PERSON, PERSON])
    seen.keep(tmp_path, CLIP)
    kept = read_sightings(beside(tmp_path, CLIP))
    assert [each.at_ns for each in kept] == [round(s * SECOND) for s in (-0.4, 2.0, 3.0)]
    assert all(each.people == (PERSON,) for each in kept)


def test_the_oldest_go_and_the_rest_keeps_its_people(tmp_path: Path) -> None:
    seen, count = Sightings(), 7_000
    for number in range(count):
        seen.note("door", number * SECOND, [PERSON] * (number % 3 + 1))
    seen.keep(tmp_path, replace(CLIP, started_ns=0, ended_ns=count * SECOND))
    kept = read_sightings(beside(tmp_path, replace(CLIP, started_ns=0)))
    assert 6_000 <= len(kept) < 6_600 and kept[-1].at_ns == (count - 1) * SECOND
    assert all(len(each.people) == each.at_ns // SECOND % 3 + 1 and set(each.people) == {PERSON} for each in kept)


@pytest.mark.parametrize("text", ["", "{", "[1]", "[[1, [[1, 2]]]]", '[["a", []]]', "null", "[[0, 5]]"])
def test_a_damaged_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert read_sightings(tmp_path / "x.json") == () == read_sightings(tmp_path / "missing.json")


def test_people_are_looked_up_on_both_sides_of_a_time() -> None:
    left, right = (0.0, 0.0, 0.1, 0.5), (0.5, 0.0, 0.6, 0.5)
    seen = (Sighting(0, (left,)), Sighting(100, (right,)), Sighting(900, (PERSON,)))
    assert people_near(seen, 60, 70) == (left, right) and people_near(seen, 60, 50) == (right,) and people_near(seen, 500, 100) == ()


def test_a_folder_that_is_gone_costs_the_file_only(tmp_path: Path) -> None:
    seen = Sightings()
    seen.note("door", 12 * SECOND, [PERSON])
    seen.keep(tmp_path / "missing", CLIP)
    assert not list(tmp_path.iterdir())
