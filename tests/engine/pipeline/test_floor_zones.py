"""Zones of the floor count people, whichever sensor found them, through the whole pipeline."""

import json

import numpy as np

from engine.model.observation import SettingsChanged
from engine.model.radio.fused import FusedPicture
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor, Zone
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.engine.pipeline.test_floor_teaching import TRUE, Site

ZONES = (
    Zone("middle", "Middle", 3.0, 2.5, 7.0, 5.5),
    Zone("left", "Left half", 0.0, 0.0, 5.0, 8.0),
    Zone("right", "Right half", 5.0, 0.0, 10.0, 8.0),
    Zone("outside", "Outside", 40.0, 40.0, 50.0, 50.0),
)
CAMERAS = tuple(CameraSettings(name, name, f"rtsp://{name}/") for name in TRUE)


def site() -> Site:
    made = Site()
    made.step(SettingsChanged(made.now_ns, Settings(cameras=CAMERAS, floor=Floor(camera_poses=tuple(TRUE.values()), zones=ZONES))))
    return made


def floor_of(result: StepResult) -> FusedPicture:
    assert result.fused is not None
    return result.fused


def test_a_person_whom_only_cameras_see_is_counted_where_they_are_drawn() -> None:
    watched, sides = site(), set[str]()
    watched.walk(4.0)
    for _ in range(40):
        floor = floor_of(watched.walk(0.5)[0])
        for zone in ZONES:
            drawn = {t.id for t in floor.tracks if zone.x0 <= t.position[0] <= zone.x1 and zone.y0 <= t.position[1] <= zone.y1}
            assert set(floor.zone(zone.id).track_ids) == drawn
            assert {t.id for t in floor.tracks if zone.id in t.zone_ids} == drawn
        assert [len(floor.tracks), floor.zone("middle").people] == [1, 1]
        sides |= {zone_id for zone_id in ("left", "right") if floor.zone(zone_id).people}
    assert sides == {"left", "right"}, "they walked from one half into the other, and the number went with them"


def test_a_zone_that_no_sensor_watches_is_not_empty_but_unknown() -> None:
    watched = site()
    floor = floor_of(watched.walk(4.0)[0])
    assert floor.zone("outside").people is None and floor.zone("middle").people == 1


def test_counting_goes_on_from_a_checkpoint_and_from_one_of_before() -> None:
    watched = site()
    watched.walk(4.0)
    state = json.loads(json.dumps(watched.pipeline.state()))
    people = _followed(state)
    assert people
    for person in people:
        person["zone_ids"] = ["gone"]  # older checkpoints hold the zones of radio's blobs
    watched.pipeline = Pipeline(Tracker)
    watched.pipeline.restore(state)
    result, xy = watched.walk(0.1)
    floor = floor_of(result)
    assert floor.zone("middle").people == 1 and np.hypot(*(np.array(floor.tracks[0].position[:2]) - xy)) < 0.5


def _followed(state: object) -> list[dict[str, object]]:
    """States of followed people, wherever they lie in it."""
    if isinstance(state, dict):
        return (
            [state] if {"belief", "filmed", "motion"} <= state.keys() else [each for value in state.values() for each in _followed(value)]
        )
    return [each for value in state for each in _followed(value)] if isinstance(state, list) else []
