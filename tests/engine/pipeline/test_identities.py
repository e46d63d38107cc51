"""Faces, names and persons, from observations to the record."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine.model.alerts.decision import CandidateKind
from engine.model.cameras.face import Faces
from engine.model.event import Event, EventKind
from engine.model.observation import (
    DetectionsMade,
    FacesSeen,
    LooksSeen,
    Numbered,
    Observation,
    RosterEdited,
    RosterLoaded,
    SettingsChanged,
)
from engine.model.people.person import (
    Consent,
    FaceAdded,
    FaceDenied,
    FaceGone,
    FaceSample,
    FacesMoved,
    NameSource,
    Person,
    PersonErased,
    PersonGone,
    PersonPut,
    PersonsMerged,
    Roster,
    TrackNamed,
    VoiceNameUndone,
)
from engine.model.people.settings import PeopleSettings
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity
from engine.model.settings import Settings
from engine.pipeline.cameras.cameras import CameraLanes
from engine.pipeline.output import StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, camera, scene

ON = PeopleSettings(biometrics=True, purpose="Knowing who works here")
SETTINGS = Settings(cameras=(camera(),), recognition=ON)
MODEL, THRESHOLD = "made-1", 0.4
ANNA, BOB = Person("pe-anna", "Anna", color="#e69f00"), Person("pe-bob", "Bob")


def look(number: int, cosine: float = 1.0) -> np.ndarray:
    """A face: person `number`, as like their first picture as `cosine` says."""
    basis = np.eye(16, dtype=np.float32)
    return (cosine * basis[number] + np.sqrt(1 - cosine**2) * basis[15]).astype(np.float32)


def sample(person: Person, number: int, name: str = "fa") -> FaceSample:
    return FaceSample(f"{name}-{person.id}", person.id, look(number), MODEL, 0.9, START_NS)


KNOWN = Roster((ANNA, BOB), (sample(ANNA, 0), sample(BOB, 1)))


@dataclass
class Run:
    """Drives a pipeline; after each look of the detector the faces of `seen` are shown for the tracks in view."""

    settings: Settings = SETTINGS
    roster: Roster = KNOWN
    pipeline: Pipeline = field(default_factory=lambda: Pipeline(Tracker))
    events: dict[str, Event] = field(default_factory=dict)
    told: list[object] = field(default_factory=list)
    decisions: list[object] = field(default_factory=list)
    number: int = 1000
    now_ns: int = START_NS

    def __post_init__(self) -> None:
        self.enter(SettingsChanged(START_NS, self.settings))
        self.enter(RosterLoaded(START_NS, self.roster))

    def enter(self, observation: Observation):
        self.number += 1
        self.now_ns = max(self.now_ns, observation.occurred_ns)
        result = self.pipeline.step(Numbered(self.number, self.now_ns, observation))
        self.events |= {event.id: event for event in result.events}
        self.told += result.people
        self.decisions += result.decisions
        return result

    def walk(self, walks: list[Walk], seconds: float, *faces: np.ndarray, quality: float = 0.9, camera_id: str = "door", every: int = 5):
        """`faces`: of the tracks in view, by their order in `walks`."""
        looks = 0
        for observation in scene(walks, seconds, camera_id):
            result = self.enter(observation)
            if isinstance(observation, DetectionsMade):
                looks += 1
                tracks = dict(result.tracks).get(camera_id, ())
                if looks % every == 0 and tracks and faces:
                    self.show(camera_id, [track.id for track in tracks], faces, observation.occurred_ns, quality)
        return result

    def show(self, camera_id: str, tracks: list[str], faces, at_ns: int, quality: float) -> None:
        shown = list(zip(tracks, faces, strict=False))
        made = Faces(
            np.tile(np.array([10, 10, 40, 50], np.float32), (len(shown), 1)),
            np.zeros((len(shown), 5, 2), np.float32),
            np.full(len(shown), 0.9, np.float32),
            np.array([face for _, face in shown], np.float32),
            np.full(len(shown), quality, np.float32),
        )
        self.enter(FacesSeen(camera_id, at_ns, tuple(tracks), tuple(track for track, _ in shown), made, MODEL, THRESHOLD))

    def persons(self) -> dict[str, Person]:
        known = {person.id: person for person in self.told if isinstance(person, Person)}
        gone = {person.id for person in self.told if isinstance(person, PersonGone)}
        return {person_id: person for person_id, person in known.items() if person_id not in gone}

    def of(self, kind: EventKind) -> list[Event]:
        return [event for event in self.events.values() if event.kind is kind]

    def edit(self, edit) -> None:
        self.enter(RosterEdited(self.now_ns, edit, "ada"))


WALK = Walk(1, 9)


def test_a_known_face_names_the_person_event_and_counts_one_visit():
    run = Run()
    run.walk([WALK], 12, look(0, 0.8))
    (event,) = run.of(EventKind.PERSON)
    assert (event.person, event.person_id) == ("Anna", "pe-anna")
    anna = run.persons()["pe-anna"]
    assert anna.visits == 1 and anna.first_seen_ns is not None and anna.last_camera_id == "door"


def name_in_turn(run: Run, *told: tuple[Person, AssertionKind]) -> dict[str, Event]:
    """Who the one in view is taken for, one after the other; and what is told of it."""
    run.walk([Walk(1, 30)], 2)
    cameras, said = run.pipeline.lane(CameraLanes), dict[str, Event]()
    (track,) = cameras.lanes["door"].people.tracks(run.now_ns)
    for number, (person, by) in enumerate(told, run.number + 1):
        out = StepOutput(number, run.now_ns)
        assertion = Assertion(by, person.id, 5.0, run.now_ns)
        identity = FusedIdentity(person.id, person.name, "", 5.0, 0.99, (assertion,), (5.0,))
        cameras.set_identities(run.now_ns, {track.id: identity}, {ANNA.id, BOB.id}, out)
        said |= {event.id: event for event in out.result().events}
    return said


def test_who_is_taken_for_another_person_has_an_event_under_each_name_for_its_own_time():
    run = Run()
    anna, bob = name_in_turn(run, (ANNA, AssertionKind.BLE), (BOB, AssertionKind.BLE), (BOB, AssertionKind.FACE)).values()
    assert (anna.person, bob.person, bob.person_id, bob.named_by) == ("Anna", "Bob", "pe-bob", AssertionKind.FACE)
    assert anna.ended_ns == bob.started_ns > anna.started_ns and bob.ended_ns is None
    assert (bob.subject_id, bob.decision_id) == (anna.subject_id, anna.decision_id)
    assert run.pipeline.lane(CameraLanes).lanes["door"].people.open_event_ids() == {bob.id}


def test_an_operators_word_corrects_the_name_of_an_event_for_all_of_its_time():
    (event,) = name_in_turn(Run(), (ANNA, AssertionKind.BLE), (BOB, AssertionKind.OPERATOR)).values()
    assert (event.person, event.named_by, event.ended_ns) == ("Bob", AssertionKind.OPERATOR, None)


def test_the_threshold_is_of_the_raw_cosine():
    for cosine, name in ((0.39, ""), (0.41, "Anna"), (0.2, "")):
        run = Run()
        run.walk([WALK], 12, look(0, cosine), quality=0.3)
        assert [event.person for event in run.of(EventKind.PERSON)] == [name], cosine


def test_with_biometrics_off_nobody_is_recognised_or_remembered():
    run = Run(replace(SETTINGS, recognition=PeopleSettings()))
    run.walk([WALK], 12, look(0, 0.9))
    assert [event.person for event in run.of(EventKind.PERSON)] == [""] and run.told == []


def test_two_candidates_are_a_question_and_no_name():
    both = ((look(0) + look(1)) / np.sqrt(2)).astype(np.float32)
    run = Run()
    run.walk([WALK], 12, both)
    assert [event.person for event in run.of(EventKind.PERSON)] == [""]
    (question,) = run.of(EventKind.WHO_IS_IT)
    assert question.reason == "This could be Anna or Bob." and question.camera_id == "door"
    assert question.decision_id in {decision.id for decision in run.decisions}
    assert [person_id for person_id, _ in question.candidates] == [ANNA.id, BOB.id]
    assert all(0.6 < alike <= 1 for _, alike in question.candidates) and question.candidates[0][1] == question.confidence


def test_without_a_usable_face_nothing_is_made_of_a_track():
    run = Run()
    run.walk([WALK], 12, np.zeros(16, np.float32))
    assert run.told == [] and [event.person for event in run.of(EventKind.PERSON)] == [""]


def test_a_stranger_becomes_one_person_with_a_generated_name_who_is_known_when_they_come_back():
    run = Run()
    run.walk([WALK], 12, look(5, 0.97))
    (stranger,) = run.persons().values()
    assert stranger.name_source is NameSource.GENERATED and stranger.name.startswith("Person_") and len(stranger.name) == 15
    assert 3 <= len([face for face in run.told if isinstance(face, FaceSample)]) <= 5
    assert [event.person for event in run.of(EventKind.PERSON)] == [stranger.name]
    assert any(decision.candidate is CandidateKind.IDENTITY for decision in run.decisions)
    again = Run(pipeline=run.pipeline, number=run.number, now_ns=run.now_ns, roster=Roster((stranger,), _faces(run)))
    again.walk([WALK], 12, look(5, 0.97))
    assert {person.id for person in again.persons().values()} <= {stranger.id}


def _faces(run: Run) -> tuple[FaceSample, ...]:
    gone = {each.id for each in run.told if isinstance(each, FaceGone)}
    return tuple(each for each in run.told if isinstance(each, FaceSample) and each.id not in gone)


def test_poor_or_differing_faces_make_no_person():
    run = Run()
    run.walk([WALK], 12, look(5), quality=0.2)
    assert run.persons() == {}
    run = Run()
    for index in range(6):
        run.walk([Walk(0, 1.2, x=50 + 10 * index)], 1.3, look(5 + index), every=3)
    assert run.persons() == {}


def test_one_person_before_two_cameras_is_one_person_on_two_tracks():
    settings = replace(SETTINGS, cameras=(camera(), camera("gate")))
    run = Run(settings)
    run.walk([WALK], 6, look(0, 0.9))
    run.walk([WALK], 6, look(0, 0.9), camera_id="gate")
    assert {(event.camera_id, event.person) for event in run.of(EventKind.PERSON)} == {("door", "Anna"), ("gate", "Anna")}
    assert run.persons()["pe-anna"].visits == 1


def test_merge_split_deny_and_erase_are_told_to_the_record():
    run = Run()
    run.edit(PersonsMerged("pe-anna", "pe-bob"))
    assert PersonGone("pe-bob") in run.told
    assert {face.id: face.person_id for face in run.told if isinstance(face, FaceSample)} == {"fa-pe-bob": "pe-anna"}
    run.edit(FacesMoved(("fa-pe-bob",), Person("pe-carl", "Carl")))
    assert run.told[-1].person_id == "pe-carl"
    run.walk([WALK], 12, look(1, 0.9))
    assert [event.person for event in run.of(EventKind.PERSON)] == ["Carl"]
    run.edit(FaceDenied("fa-pe-bob"))
    assert run.told[-1].negative
    run.edit(PersonErased("pe-carl"))
    assert PersonGone("pe-carl") in run.told and FaceGone("fa-pe-bob") in run.told


def test_who_refuses_is_forgotten_by_face_and_who_is_locked_is_not_erased():
    run = Run()
    run.edit(PersonPut(replace(ANNA, consent=Consent.REFUSED)))
    assert FaceGone("fa-pe-anna") in run.told
    run.edit(PersonPut(replace(BOB, locked=True)))
    run.edit(PersonErased("pe-bob"))
    assert PersonGone("pe-bob") not in run.told


def test_an_enrolled_face_counts_at_once_and_edits_of_nobody_change_nothing():
    run = Run(roster=Roster((ANNA,)))
    run.edit(FaceAdded(sample(ANNA, 0)))
    for edit in (
        PersonErased("x"),
        PersonsMerged("x", "y"),
        FaceDenied("x"),
        FacesMoved(("x",), ANNA),
        VoiceNameUndone("x"),
        FaceAdded(sample(BOB, 1)),
    ):
        run.edit(edit)
    run.walk([WALK], 12, look(0, 0.9))
    assert [event.person for event in run.of(EventKind.PERSON)] == ["Anna"]


def test_an_operator_names_a_track_of_a_camera_without_a_place():
    run = Run()
    result = run.walk([WALK], 5)
    (track,) = dict(result.tracks)["door"] if result.tracks else run.pipeline.lane(CameraLanes).lanes["door"].people.tracks(run.now_ns)
    run.edit(TrackNamed(track.id, "pe-bob"))
    run.walk([Walk(0, 3, x=50 + 60 * 4)], 3)
    assert "Bob" in [event.person for event in run.of(EventKind.PERSON)]


def test_a_stored_state_goes_on_bit_for_bit():
    run = Run()
    run.walk([WALK, Walk(1, 9, x=560, speed=-30)], 6, look(0, 0.8), look(5))
    other = Run(pipeline=Pipeline(Tracker))
    other.pipeline.restore(json.loads(json.dumps(run.pipeline.state())))
    track = run.pipeline.lane(CameraLanes).lanes["door"].people.tracks(run.now_ns)[0].id
    now_ns = run.now_ns
    for each in (run, other):
        each.number, each.now_ns, each.told, each.events = 5000, now_ns, [], {}
        each.enter(LooksSeen("door", now_ns, (track,), np.ones((1, 4), np.float32) / 2, "made"))
        each.show("door", [track], [look(5)], now_ns, 0.9)
        each.show("door", [track], [look(0, 0.85)], now_ns + 1, 0.9)
    assert json.dumps(other.pipeline.state()) == json.dumps(run.pipeline.state())
    assert [type(each) for each in other.told] == [type(each) for each in run.told] and other.events == run.events


@pytest.mark.parametrize("broken", [np.full(16, np.nan, np.float32), np.zeros(3, np.float32)])
def test_an_embedding_that_cannot_be_searched_for_changes_nothing(broken):
    run = Run()
    run.walk([WALK], 12, broken)
    assert run.told == []
