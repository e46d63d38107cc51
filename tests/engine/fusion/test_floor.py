"""Names and contradictions on the floor."""

import json
from dataclasses import replace

import numpy as np

from engine.fusion.floor import FloorInput, FloorStep, PeopleFloor, SourceClaim
from engine.fusion.sighting import Sighting
from engine.model.event import EventKind
from engine.model.people.person import Person
from engine.model.radio.fused import Assertion, AssertionKind, FusedStatus, SourceKind
from engine.model.radio.radio import BleDeviceView
from engine.model.time import SECOND
from tests.engine.fusion.made_floor import Ids

PERSONS = {name: Person(name, name.title()) for name in ("anna", "bob")}
PHONE = BleDeviceView("phone", "AA:BB:CC:00:00:01", person_id="anna", position=(8.0, 8.0, 1.0), sigma_m=0.5, left_behind=True)


class Scene:
    def __init__(self, camera: str = "") -> None:
        """Everybody is seen by this one camera, or each by one of their own."""
        self.floor, self.ids, self.now_ns, self.camera = PeopleFloor(), Ids(), 1_000 * SECOND, camera

    def run(self, seconds: float, spots: dict[str, tuple[float, float]], *claims: tuple[str, AssertionKind, str], phones=()) -> FloorStep:
        for _ in range(round(seconds * 10)):
            self.now_ns += SECOND // 10
            given = FloorInput(self.seen(spots), [self.claim(*claim) for claim in claims], phones, PERSONS)
            result = self.floor.step(self.now_ns, given, self.ids)
        return result

    def seen(self, spots: dict[str, tuple[float, float]]) -> list[Sighting]:
        return [
            Sighting(SourceKind.CAMERA, name, self.camera or f"camera of {name}", self.now_ns, np.array(xy), 0.05 * np.eye(2))
            for name, xy in spots.items()
        ]

    def claim(self, name: str, kind: AssertionKind, person_id: str) -> SourceClaim:
        return SourceClaim(SourceKind.CAMERA, name, Assertion(kind, person_id, 6.0, self.now_ns, "sensor"))


def names(step: FloorStep) -> list[str]:
    return [track.identity.person_name if track.identity else "" for track in step.picture.tracks]


def test_a_face_names_the_track_and_the_name_stays_when_the_face_turns_away():
    scene = Scene()
    assert names(scene.run(1, {"t": (2, 2)}, ("t", AssertionKind.FACE, "anna"))) == ["Anna"]
    assert names(scene.run(20, {"t": (2, 2)})) == ["Anna"]


def test_a_badge_without_its_owner_is_said_and_only_while_it_lasts():
    scene = Scene()
    both = (("t", AssertionKind.FACE, "bob"), ("t", AssertionKind.BLE, "anna"))
    (conflict,) = scene.run(5, {"t": (2, 2)}, *both).conflicts
    assert (conflict.kind, conflict.person_id) == (EventKind.BADGE_WITHOUT_OWNER, "anna")
    assert conflict.reason == "Anna's phone goes with Bob, says the face." and conflict.seen_s > 3
    agreed = scene.run(60, {"t": (2, 2)}, ("t", AssertionKind.FACE, "bob"))
    assert agreed.conflicts == ()


def test_ones_own_phone_is_no_contradiction():
    scene = Scene()
    agree = (("t", AssertionKind.FACE, "anna"), ("t", AssertionKind.BLE, "anna"))
    assert scene.run(5, {"t": (2, 2)}, *agree).conflicts == ()


def test_a_face_in_two_places_at_once_is_a_contradiction():
    scene = Scene()
    apart = {"one": (2.0, 2.0), "other": (8.0, 6.0)}
    claims = (("one", AssertionKind.FACE, "anna"), ("other", AssertionKind.FACE, "anna"))
    (conflict,) = scene.run(4, apart, *claims).conflicts
    assert conflict.kind is EventKind.TWO_PLACES and "7 m apart" in conflict.reason


def test_a_phone_left_where_nobody_is_and_not_where_somebody_is():
    scene = Scene()
    (conflict,) = scene.run(2, {"t": (2, 2)}, phones=(PHONE,)).conflicts
    assert (conflict.kind, conflict.person_id) == (EventKind.PHONE_LEFT, "anna")
    assert scene.run(5, {"t": (2, 2), "u": (8, 7)}, phones=(PHONE,)).conflicts == ()
    assert scene.run(5, {"t": (2, 2)}, phones=(replace(PHONE, left_behind=False),)).conflicts == ()


def test_a_phone_left_is_said_also_while_others_who_are_known_pass_by():
    for who, said in (("bob", 1), ("anna", 0)):
        step = Scene().run(5, {who: (8, 7)}, (who, AssertionKind.FACE, who), phones=(PHONE,))
        assert len(step.conflicts) == said


def test_an_operator_names_a_track_and_takes_it_back():
    scene = Scene()
    (track,) = scene.run(1, {"t": (2, 2)}).picture.tracks
    assert scene.floor.assert_that(track.id, Assertion(AssertionKind.OPERATOR, "bob", 10.0, scene.now_ns, "ada"))
    assert names(scene.run(1, {"t": (2, 2)})) == ["Bob"]
    scene.floor.deny(track.id)
    assert names(scene.run(1, {"t": (2, 2)})) == [""]
    assert not scene.floor.assert_that("nobody", Assertion(AssertionKind.OPERATOR, "bob", 10.0, scene.now_ns))


def test_who_is_not_seen_coasts_and_says_so():
    scene = Scene()
    scene.run(2, {"t": (2, 2)})
    (track,) = scene.run(2, {}).picture.tracks
    assert track.status is FusedStatus.COASTING and track.sources == ()


def test_a_continued_state_goes_on_alike():
    scene = Scene()
    scene.run(3, {"t": (2, 2)}, ("t", AssertionKind.FACE, "bob"), ("t", AssertionKind.BLE, "anna"), phones=(PHONE,))
    other = Scene()
    other.floor.restore(json.loads(json.dumps(scene.floor.state())))
    other.now_ns = scene.now_ns
    assert other.run(2, {"t": (2.5, 2)}, phones=(PHONE,)) == scene.run(2, {"t": (2.5, 2)}, phones=(PHONE,))


def test_tracks_of_cameras_without_a_place_are_named_each_by_itself():
    floor, now_ns = PeopleFloor(), SECOND
    claims = [
        SourceClaim(SourceKind.CAMERA, track, Assertion(AssertionKind.FACE, "anna", 6.0, now_ns, "c")) for track in ("t1", "t2", "t3")
    ]
    given = FloorInput(claims=claims, persons=PERSONS, unplaced={"c1": ("t1",), "c2": ("t2", "t3")})
    named = floor.step(now_ns, given, Ids()).names
    assert {track: identity.person_id for (_, track), identity in named.items()} in (
        {"t1": "anna", "t2": "anna"},
        {"t1": "anna", "t3": "anna"},
    )
    assert floor.step(2 * now_ns, FloorInput(persons=PERSONS), Ids()).names == {}


def test_one_wrong_face_among_many_right_ones_is_no_contradiction():
    scene = Scene()
    apart = {"one": (2.0, 2.0), "other": (8.0, 6.0)}
    said = [("one", AssertionKind.FACE, "anna"), ("other", AssertionKind.FACE, "bob")]
    scene.run(6, apart, *said)
    scene.run(0.1, apart, ("other", AssertionKind.FACE, "anna"))
    step = scene.run(6, apart, *said)
    assert step.conflicts == () and names(step) == ["Anna", "Bob"]


def test_who_met_somebody_is_soon_renamed_by_faces_and_who_did_not_is_not():
    """Two who stood face to face may have been exchanged by the cameras: from then on a few faces outweigh what was said before."""
    for near, renamed in ((0.3, True), (3.0, False)):
        scene = Scene("c0")
        apart = {"one": (2.0, 2.0), "other": (6.0, 2.0)}
        scene.run(10, apart, ("one", AssertionKind.FACE, "anna"), ("other", AssertionKind.FACE, "bob"))
        for step in range(40):
            x = 2.0 + (4.0 - near) * min(step / 20, 1.0)
            scene.run(0.1, {"one": (x, 2.0), "other": (6.0, 2.0)})
        together = {"one": (6.0 - near, 2.0), "other": (6.0, 2.0)}
        scene.run(3, together)
        scene.run(0.1, together, ("one", AssertionKind.FACE, "bob"), ("other", AssertionKind.FACE, "anna"))
        assert (names(scene.run(0.1, together)) == ["Bob", "Anna"]) is renamed
