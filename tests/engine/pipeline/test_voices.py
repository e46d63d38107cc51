"""Names that people say, from the utterance to the roster and the floor."""

import json
from dataclasses import replace

import pytest

from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Outcome
from engine.model.event import EventKind
from engine.model.observation import Numbered, RosterEdited, SettingsChanged, Tick, UtteranceHeard
from engine.model.people.person import Consent, NameSource, PersonErased, PersonPut, PersonsMerged, Roster, VoiceNameUndone
from engine.model.people.settings import MicrophoneSettings, PeopleSettings
from engine.model.people.speech import Utterance
from engine.model.radio.fused import AssertionKind
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor
from engine.model.time import SECOND
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.identities.roster import generated_name
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.engine.pipeline.test_identities import ANNA, KNOWN, ON, Run, look
from tests.fakes.observations import START_NS, Walk, camera

DESK = MicrophoneSettings("desk", "Desk", enabled=True)
SETTINGS = Settings(cameras=(camera(),), recognition=ON, microphones=(DESK,))
ONE = [Walk(0, 9, speed=10)]
TWO = [Walk(0, 9, speed=10), Walk(0, 9, x=400, speed=10)]


def heard(text: str, from_s: float = 4.0, to_s: float = 5.2, microphone_id: str = "desk") -> UtteranceHeard:
    utterance = Utterance(microphone_id, START_NS + round(from_s * SECOND), START_NS + round(to_s * SECOND), text, 0.8, "told")
    return UtteranceHeard(utterance.ended_ns, utterance)


class Heard(Run):
    """Somebody walks for six seconds, speaks, and is seen for a moment longer."""

    def speak(self, text: str, walks=ONE, faces=(), microphone_id: str = "desk", **more):
        self.walk(walks, 6, *faces, **more)
        return self.say(text, microphone_id=microphone_id)

    def say(self, text: str, from_s: float = 4.0, to_s: float = 5.2, microphone_id: str = "desk"):
        self.enter(heard(text, from_s, to_s, microphone_id))
        self.enter(Tick(self.now_ns + SECOND // 5))
        return self.enter(Tick(self.now_ns + SECOND // 5))

    def named(self):
        return self.of(EventKind.NAMED)

    def verdicts(self):
        return [d for d in self.decisions if d.candidate is CandidateKind.IDENTITY and any(g.gate == "speaker" for g in d.gates)]

    def now(self):
        return {person.id: person for person in self.persons().values()} | {}


def run(settings: Settings = SETTINGS, roster: Roster = KNOWN) -> Heard:
    return Heard(settings, roster)


def test_the_only_person_in_view_who_says_a_new_name_is_called_so() -> None:
    site = run()
    result = site.speak("My name is Sarah")
    (identity,) = dict(result.names).values()
    person = site.persons()[identity.person_id]
    assert (identity.person_name, person.name, person.name_source) == ("Sarah", "Sarah", NameSource.VOICE)
    assert [each.kind for each in identity.assertions] == [AssertionKind.VOICE]
    assert identity.assertions[0].sensor == "desk"
    (event,) = site.named()
    assert (event.reason, event.person, event.person_id, event.camera_id) == ("Said their name: Sarah.", "Sarah", person.id, "door")
    (verdict,) = site.verdicts()
    assert (verdict.id, verdict.event_id, verdict.outcome) == (event.decision_id, event.id, Outcome.RAISED)


def unclear(site: Heard, text: str) -> None:
    said = heard(text)
    site.enter(replace(said, utterance=replace(said.utterance, certain=False)))
    site.enter(Tick(site.now_ns + SECOND // 5))
    site.enter(Tick(site.now_ns + SECOND // 5))


def questions(site: Heard):
    """Each as it was said last."""
    return list({event.id: event for event in site.of(EventKind.WHO_IS_IT)}.values())


def test_a_name_that_was_not_heard_clearly_is_a_question_and_no_fact() -> None:
    site = run()
    site.walk(ONE, 6)
    unclear(site, "My name is Sarah")
    assert site.named() == [] and "Sarah" not in {person.name for person in site.persons().values()}
    (question,) = questions(site)
    assert question.reason == "They may have said that their name is Sarah." and question.ended_ns is None
    assert (question.camera_id, question.named_by, question.candidates) == ("door", AssertionKind.VOICE, ())
    (verdict,) = site.verdicts()
    assert (verdict.id, verdict.event_id, verdict.outcome) == (question.decision_id, question.id, Outcome.RAISED)


def test_of_a_known_name_the_question_offers_who_bears_it_and_is_asked_once() -> None:
    site = run()
    site.walk(ONE, 6)
    unclear(site, "My name is Anna")
    unclear(site, "My name is Anna")
    (question,) = questions(site)
    assert question.candidates == ((ANNA.id, 0.8),)
    assert [verdict.outcome for verdict in site.verdicts()] == [Outcome.RAISED, Outcome.REJECTED]
    assert "not heard clearly" in site.verdicts()[1].flip


def test_the_question_ends_once_the_name_is_known() -> None:
    site = run()
    site.walk(ONE, 6)
    unclear(site, "My name is Sarah")
    site.say("My name is Sarah")
    site.enter(Tick(site.now_ns + SECOND // 5))
    assert [event.person for event in site.named()] == ["Sarah"]
    (question,) = questions(site)
    assert question.ended_ns is not None


def test_an_unclear_name_of_one_of_two_asks_nothing() -> None:
    site = run()
    site.walk(TWO, 6)
    unclear(site, "My name is Sarah")
    assert questions(site) == [] and site.named() == []


def test_an_open_question_outlives_a_checkpoint() -> None:
    site = run()
    site.walk(ONE, 6)
    unclear(site, "My name is Sarah")
    (question,) = questions(site)
    other = run()
    other.pipeline.restore(json.loads(json.dumps(site.pipeline.state())))
    assert question.id in site.pipeline.open_event_ids() and question.id in other.pipeline.open_event_ids()


@pytest.mark.parametrize(
    "text", ["I am tired", "this is Sparta", "I saw John yesterday", "", "hello", "he said I'm John", "My name is Anna. My name is Bob."]
)
def test_what_is_no_introduction_names_nobody_and_decides_nothing(text: str) -> None:
    site = run()
    result = site.speak(text)
    assert (site.named(), site.verdicts(), result.names) == ([], [], ())
    assert {person.name for person in site.persons().values()} <= {"Anna", "Bob"}


def test_of_two_people_nobody_is_named_and_the_reason_is_said() -> None:
    site = run()
    result = site.speak("My name is Sarah", TWO)
    assert (site.named(), result.names) == ([], ())
    (verdict,) = site.verdicts()
    assert verdict.outcome is Outcome.REJECTED
    assert "2 people are in view and any of them may have spoken." in verdict.flip
    assert "Sarah" not in verdict.flip


def test_of_two_people_the_only_face_is_named() -> None:
    site = run()
    result = site.speak("My name is Sarah", TWO, faces=(look(3),))
    assert [identity.person_name for identity in dict(result.names).values()] == ["Sarah"]


def test_a_voice_while_nobody_was_there_names_nobody() -> None:
    site = run()
    site.walk([Walk(0, 6, speed=10)], 6)
    site.say("My name is Sarah", -3.0, -2.0)
    assert site.named() == []
    assert "No person was in view" in site.verdicts()[0].flip


def test_who_is_known_by_face_only_gets_the_name_and_keeps_the_face() -> None:
    site = run()
    result = site.speak("I'm Sarah", faces=(look(5),))
    (identity,) = dict(result.names).values()
    sarah = site.persons()[identity.person_id]
    assert (sarah.name, sarah.name_source) == ("Sarah", NameSource.VOICE)
    assert {each.kind for each in identity.assertions} == {AssertionKind.FACE, AssertionKind.VOICE}
    assert len(site.named()) == 1


def test_a_face_that_is_learned_after_the_name_belongs_to_it() -> None:
    site = run()
    site.walk(ONE, 3)
    site.say("I'm Sarah", 1.5, 2.5)
    before = set(site.persons())
    (track_id,) = site.pipeline.lane(IdentityLane).voices._new
    for tenth in range(30):
        at_ns = site.now_ns + SECOND // 10
        site.show("door", [track_id], [look(5)], at_ns, 0.9)
        if tenth % 5 == 0:
            site.enter(Tick(at_ns))
    assert set(site.persons()) == before
    assert site.pipeline.lane(IdentityLane).roster.faces_of(next(p.id for p in site.persons().values() if p.name == "Sarah")) > 0


def test_the_name_of_somebody_known_is_a_claim_and_teaches_no_face() -> None:
    site = run()
    result = site.speak("This is Anna speaking", ONE)
    (identity,) = dict(result.names).values()
    assert (identity.person_id, [each.kind for each in identity.assertions]) == (ANNA.id, [AssertionKind.VOICE])
    assert site.pipeline.lane(IdentityLane).roster.faces_of(ANNA.id) == 1
    assert site.pipeline.lane(IdentityLane).voices.newcomer("anything") is None
    assert len(site.named()) == 1


def test_who_repeats_their_name_is_not_told_of_again() -> None:
    site = run()
    site.speak("I'm Anna")
    site.say("My name is Anna", 4.5, 5.5)
    assert len(site.named()) == 1
    assert [verdict.outcome for verdict in site.verdicts()] == [Outcome.RAISED, Outcome.RAISED]


def test_a_known_face_that_gives_another_known_name_is_no_news_but_shows() -> None:
    """Bob says he was Anna: the face holds, the voice stands against it."""
    site = run()
    result = site.speak("I'm Anna", faces=(look(1),))
    (identity,) = dict(result.names).values()
    assert (identity.person_name, identity.conflict) == ("Bob", "the voice says it is somebody else")
    assert site.named() == []


def test_an_operators_name_is_not_overruled() -> None:
    site = run()
    result = site.speak("My name is Sarah", faces=(look(0),))
    assert [identity.person_name for identity in dict(result.names).values()] == ["Anna"]
    assert site.named() == []
    assert "does not overrule" in site.verdicts()[0].flip


def test_a_name_that_was_undone_is_not_learned_again() -> None:
    site = run()
    site.speak("I'm Sarah", faces=(look(5),))
    person_id = site.named()[0].person_id
    site.enter(RosterEdited(site.now_ns, VoiceNameUndone(person_id), "operator"))
    assert site.persons()[person_id].name == generated_name(person_id)
    site.say("I'm Sarah", 4.6, 5.6)
    assert site.persons()[person_id].name == generated_name(person_id)
    assert "An operator said" in site.verdicts()[-1].flip


def test_who_refuses_is_not_recognised_by_voice() -> None:
    site = run(roster=Roster((replace(ANNA, consent=Consent.REFUSED),)))
    result = site.speak("I'm Anna")
    assert (result.names, site.named()) == ((), [])


def test_a_name_that_two_people_have_says_nothing() -> None:
    site = run(roster=Roster((ANNA, replace(ANNA, id="pe-other"))))
    assert site.speak("I'm Anna").names == ()
    assert "Several people" in site.verdicts()[0].flip


@pytest.mark.parametrize(
    "settings",
    [
        replace(SETTINGS, recognition=PeopleSettings()),
        replace(SETTINGS, recognition=replace(ON, learn_names=False)),
        replace(SETTINGS, microphones=(replace(DESK, enabled=False),)),
        replace(SETTINGS, microphones=(replace(DESK, id="other"),)),
    ],
    ids=["biometrics off", "names off", "microphone off", "another microphone"],
)
def test_nothing_is_learned_where_it_is_not_wanted(settings: Settings) -> None:
    site = run(settings)
    assert site.speak("My name is Sarah").names == ()
    assert (site.verdicts(), site.named()) == ([], [])


def test_switching_names_off_forgets_who_was_there() -> None:
    site = run()
    site.speak("My name is Sarah")
    site.enter(SettingsChanged(site.now_ns, replace(SETTINGS, recognition=replace(ON, learn_names=False))))
    assert site.pipeline.state()["identities"]["voices"] == {"there": [], "faces": {}, "heard": [], "new": {}, "asked": {}}


# Where the microphone is

FLOOR = Floor(camera_poses=(CameraPose("door", (0.0, 0.0, 3.0), (10.0, 10.0, 0.0)),))


def test_a_cameras_own_sound_is_of_those_it_sees() -> None:
    other = camera("yard")
    mic = MicrophoneSettings("door-sound", "Door", camera_id="door", enabled=True)
    site = run(replace(SETTINGS, cameras=(camera(), other), microphones=(mic,)))
    site.walk([Walk(0, 9, speed=10)], 6, camera_id="yard")
    site.say("My name is Sarah", microphone_id="door-sound")
    assert site.named() == []
    assert "No person was in view" in site.verdicts()[0].flip
    again = run(replace(SETTINGS, cameras=(camera(), other), microphones=(mic,)))
    assert len(dict(again.speak("My name is Sarah", microphone_id="door-sound").names)) == 1


def test_who_stands_far_from_the_microphone_has_not_spoken_and_who_is_near_has() -> None:
    near = run(replace(SETTINGS, floor=FLOOR))
    picture = near.speak("hello").fused
    assert picture is not None
    assert len(picture.tracks) == 1
    x, y, _ = picture.tracks[0].position
    far = replace(DESK, position=(x, y + 9.0, 1.0))
    site = run(replace(SETTINGS, floor=FLOOR, microphones=(far,)))
    site.speak("My name is Sarah")
    assert site.named() == []
    assert "farther than" in site.verdicts()[0].flip
    close = run(replace(SETTINGS, floor=FLOOR, microphones=(replace(DESK, position=(x, y + 1.0, 1.0)),)))
    close.speak("My name is Sarah")
    (event,) = close.named()
    assert event.position is not None
    assert event.position[0] == pytest.approx(x, abs=1.0)


def test_who_is_put_on_the_floor_while_they_speak_is_one_person() -> None:
    """A camera that is placed on the plan just then shows the same body under another name."""
    site = run()
    site.walk(ONE, 5)
    site.enter(SettingsChanged(site.now_ns, replace(SETTINGS, floor=FLOOR)))
    site.walk([Walk(0, 9, speed=10)], 6)
    result = site.say("My name is Sarah", 4.4, 5.4)
    assert [identity.person_name for identity in dict(result.names).values()] == ["Sarah"]
    assert len(site.named()) == 1
    assert result.fused is not None
    assert [track.identity.person_name for track in result.fused.tracks if track.identity is not None] == ["Sarah"]


# What was known goes on, and goes away


def test_a_restored_pipeline_goes_on_bit_for_bit() -> None:
    site = run()
    site.walk(ONE, 6, look(5))
    site.enter(heard("My name is Sarah"))
    plain = json.loads(json.dumps(site.pipeline.state()))
    other = Pipeline(Tracker)
    other.restore(plain)
    assert other.state() == site.pipeline.state()
    for step in range(1, 6):
        entered = Numbered(site.number + step, site.now_ns + step * SECOND // 5, Tick(site.now_ns + step * SECOND // 5))
        one, two = site.pipeline.step(entered), other.step(entered)
        assert wire.to_plain(one.events) == wire.to_plain(two.events)
        assert wire.to_plain(one.decisions) == wire.to_plain(two.decisions)
        assert (one.names, one.people) == (two.names, two.people)
    assert other.state() == site.pipeline.state()


def test_erasing_somebody_leaves_nothing_of_what_they_said() -> None:
    site = run()
    site.speak("My name is Sarah")
    person_id = site.named()[0].person_id
    site.enter(heard("I'm Sarah", 5.0, 5.9))
    site.enter(RosterEdited(site.now_ns, PersonErased(person_id, "nobody-1"), "admin"))
    left = json.dumps(site.pipeline.state())
    assert "Sarah" not in left
    assert person_id not in left


def test_merging_the_newcomer_carries_the_voice_over() -> None:
    site = run()
    site.speak("My name is Sarah")
    person_id = site.named()[0].person_id
    site.enter(RosterEdited(site.now_ns, PersonsMerged(ANNA.id, person_id), "admin"))
    result = site.enter(Tick(site.now_ns + SECOND // 5))
    assert [identity.person_id for identity in dict(result.names).values()] == [ANNA.id]


def test_what_is_said_before_watching_breaks_off_is_forgotten() -> None:
    site = run()
    site.walk(ONE, 6)
    site.enter(heard("My name is Sarah"))
    site.pipeline.lane(IdentityLane).begin_anew(site.now_ns, site.now_ns, _nowhere())
    site.enter(Tick(site.now_ns + SECOND // 5))
    assert site.named() == []


def _nowhere():
    from engine.pipeline.output import StepOutput

    return StepOutput(1, START_NS)


def test_a_name_put_by_hand_meanwhile_makes_the_said_one_a_claim() -> None:
    site = run()
    site.walk(ONE, 6)
    site.enter(heard("My name is Sarah"))
    site.enter(RosterEdited(site.now_ns, PersonPut(replace(ANNA, id="pe-sarah", name="Sarah")), "admin"))
    result = site.enter(Tick(site.now_ns + SECOND // 5))
    result = site.enter(Tick(site.now_ns + SECOND // 5))
    assert [identity.person_id for identity in dict(result.names).values()] == ["pe-sarah"]
