"""Phones are held against people on the floor; blobs that are nobody's count as well."""

from collections.abc import Callable
from dataclasses import replace

from engine.model.radio.blob import Blob
from engine.model.radio.fused import FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.pipeline.radio.phones import PhoneLane
from tests.engine.radio.ble.made_phones import CORNERS, MadePhone, address, around, at, blob, persons, reports, settings

FLAT = ((0.02, 0.0, 0.0), (0.0, 0.02, 0.0), (0.0, 0.0, 0.0))


def followed(name: str, seconds: float, place: Callable[[float], tuple[float, float]], blob_id: str = "") -> FusedTrack:
    sources = (FusedSource(SourceKind.RADIO, blob_id, "radio", at(seconds), 0.5),) if blob_id else ()
    trail = tuple((at(seconds - ago), *place(seconds - ago)) for ago in (4.0, 3.0, 2.0, 1.0, 0.0))
    spot = (*place(seconds), 0.0)
    return FusedTrack(name, 1, FusedStatus.CONFIRMED, spot, FLAT, (0.0, 0.0, 0.0), at(0), at(seconds), sources, trail=trail)


def walk(seconds: float) -> tuple[float, float]:
    return around(seconds, (2.2, 3), 1.3, 0.7)


def guest(seconds: float) -> tuple[float, float]:
    return around(seconds, (5.8, 3), 1.3, 0.7)


class Scene:
    def __init__(self) -> None:
        self.lane, self.phone = PhoneLane(), MadePhone(address(0))
        self.lane.configure(settings(1))
        self.lane.know(persons(1))
        self.lane.place(CORNERS)

    def step(self, seconds: float, blobs: list[Blob], people: list[FusedTrack]) -> list[Blob]:
        if round(seconds * 10) % 50 == 0:
            for report in reports([(self.phone, walk(seconds))], seconds):
                self.lane.take(report)
        return self.lane.step(at(seconds), blobs, people)


def test_a_phone_goes_with_somebody_whom_only_cameras_see():
    scene = Scene()
    for tick in range(300):
        seconds = tick / 10
        scene.step(seconds, [blob("b", guest(seconds), seconds)], [followed("ft", seconds, walk)])
    assert {name: match.person_id for name, match in scene.lane.carried.items()} == {"ft": "p0"}


def test_a_blob_that_is_part_of_somebody_has_their_name_and_what_was_known_of_it_goes_over():
    scene = Scene()
    for tick in range(300):
        seconds = tick / 10
        people = [followed("ft", seconds, walk, "b")] if seconds > 20 else []
        (seen,) = scene.step(seconds, [blob("b", walk(seconds), seconds)], people)
        assert seen.identity is not None or seconds < 10
        assert set(scene.lane.carried) <= ({"ft"} if people else {"b"})


def test_nobody_is_named_while_nobody_watches():
    scene = Scene()
    for tick in range(300):
        scene.step(tick / 10, [], [followed("ft", tick / 10, walk)])
    assert scene.lane.carried
    scene.lane.idle()
    assert not scene.lane.carried


def test_a_blob_keeps_everything_but_its_name():
    scene = Scene()
    given = blob("b", (1, 1), 0.0)
    (seen,) = scene.step(0.0, [given], [])
    assert replace(seen, identity=given.identity) == given
