"""The voices lane: a name that somebody said becomes theirs, where nobody else can have said it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.alerts.gates import at_least, passed
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.cameras.track import Track
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import FacesSeen
from engine.model.people.person import PERSON_NAME_LENGTH, Consent, NameSource, Person
from engine.model.people.settings import MicrophoneSettings
from engine.model.people.speech import Utterance
from engine.model.people.traces import Traces
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity, FusedPicture
from engine.model.settings import Settings
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.identities.bystanders import Bystander, away, beside, on_floor, present
from engine.pipeline.identities.floor import FloorLane
from engine.pipeline.identities.hearing import Voices
from engine.pipeline.identities.roster import RosterBook
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, raised
from engine.speech.attribute import Attribution, Candidate, attribute
from engine.speech.introduction import introduction
from engine.speech.words import folded

KEPT_NS = 20 * SECOND  # who was here is remembered for so long: words come later than the voice
FACE_NS = 6 * SECOND  # a face seen so lately shows that they face the camera; of a known track one is looked for every 5 s
UNCLEAR = "The name was not heard clearly enough to be taken for a fact."
SURE = 0.5  # of the ground on which a name is given to one person
_LEAST_ODDS, _MORE_ODDS = 3.0, 2.5


def voice_odds(ground: float) -> float:
    """Log-likelihood ratio that the one who said a name bears it, and that it was this one who said it.

    People rarely give another's name; what can go wrong is who spoke. At the best ground (the only person near, facing the camera) it
    counts a little more than a face just above its threshold, at the weakest just enough to name somebody of whom nothing else is known.
    """
    return _LEAST_ODDS + _MORE_ODDS * ground


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of a name. `person`: who they are by it. `said`: it becomes known by this. `reason`: a sentence."""

    reason: str
    person: Person | None = None
    said: bool = False


class VoicesLane(Voices):
    """Of all microphones. Sans-IO, deterministic; the engine thread only. Does nothing unless names may be learned from voices.

    An introduction of somebody whose name is known says who the track is, and no more: it teaches no face, since anybody can say a name.
    One of somebody who is only known by face gives them the name. One of nobody known makes a new person. A name that is not certain names
    nobody: the operator is asked, once for each of them, while they are about and nobody knows who they are.
    """

    def __init__(self, roster: RosterBook, floor: FloorLane) -> None:
        self._roster = roster
        self._floor = floor
        self._settings = Settings()
        self._there: dict[str, Bystander] = {}
        self._faces: dict[str, int] = {}  # when the face of a track was seen last
        self._heard: list[Utterance] = []
        self._asked = Spans()  # by key of who is asked about
        self._new: dict[str, str] = {}  # who a track became by what they said, and whose face is not known yet

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        if not self._listening():
            self._there, self._faces, self._heard, self._new = {}, {}, [], {}

    def face(self, seen: FacesSeen) -> None:
        """Somebody's face was seen; whose does not matter here."""
        if self._listening():
            self._faces |= dict.fromkeys(seen.track_ids, seen.occurred_ns)

    def hear(self, utterance: Utterance) -> None:
        if self._listening():
            self._heard.append(utterance)

    def newcomer(self, track_id: str) -> Person | None:
        """Who somebody said they are, of whom nothing else is known: their face belongs to that person."""
        key = next((there.key for there in self._there.values() if any(view.track_id == track_id for view in there.views)), "")
        person = self._roster.persons.get(self._new.get(key, ""))
        return person if person is not None and not self._roster.faces_of(person.id) else None

    def tick(
        self,
        now_ns: int,
        picture: FusedPicture | None,
        tracks: Mapping[str, Sequence[Track]],
        names: Mapping[str, FusedIdentity],
        out: StepOutput,
    ) -> None:
        """After the floor's. `tracks` by camera; `names`: who each of them is."""
        if not self._listening():
            self._asked.end_all(now_ns, out)
            return
        self._remember(now_ns, [*on_floor(picture), *beside(picture, tracks, names)])
        heard, self._heard = self._heard, []
        for utterance in heard:
            self._consider(utterance, now_ns, out)
        for key in self._asked.open_keys():
            if key not in self._there or self._there[key].person_id:
                self._asked.end(key, now_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._asked.erase(traces, out)
        self._heard = [heard for heard in self._heard if traces.text(heard.text) == heard.text]
        self.rename_person(traces.person_id, "")

    def rename_person(self, gone: str, kept: str) -> None:
        """A person was another all along; an empty one: nobody."""
        self._new = {key: kept if who == gone else who for key, who in self._new.items() if kept or who != gone}
        self._there = {key: replace(there, person_id=kept) if there.person_id == gone else there for key, there in self._there.items()}

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off: who was there is not known any more."""
        self._asked.end_all(at_ns, out)
        self._there, self._faces, self._heard, self._new = {}, {}, [], {}

    def open_event_ids(self) -> frozenset[str]:
        return self._asked.ids()

    def state(self) -> dict[str, Any]:
        return {
            "there": [wire.to_plain(there) for there in self._there.values()],
            "faces": dict(self._faces),
            "heard": [wire.to_plain(heard) for heard in self._heard],
            "new": dict(self._new),
            "asked": self._asked.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._there = {there.key: there for there in (wire.read_record(Bystander, plain) for plain in state["there"])}
        self._faces = dict(state["faces"])
        self._heard = [wire.read_record(Utterance, plain) for plain in state["heard"]]
        self._new = dict(state["new"])
        self._asked.restore(state.get("asked", {}))  # of a version that asked nothing

    def _listening(self) -> bool:
        wanted = self._settings.recognition
        return wanted.biometrics and wanted.learn_names and any(each.enabled for each in self._settings.microphones)

    def _remember(self, now_ns: int, here: Sequence[Bystander]) -> None:
        keep_ns = now_ns - KEPT_NS
        keys = {now.key for now in here}
        for now in here:
            before = self._there.get(now.key) or self._as_before(now, keys)
            self._there[now.key] = now if before is None else before.again(now, keep_ns)
        self._there = {key: there for key, there in self._there.items() if there.last_ns >= keep_ns}
        self._faces = {track_id: at_ns for track_id, at_ns in self._faces.items() if at_ns >= keep_ns}
        self._new = {key: person_id for key, person_id in self._new.items() if key in self._there}

    def _as_before(self, now: Bystander, keys: Collection[str]) -> Bystander | None:
        """Who was followed under another key until just now, by the same track of a camera."""
        tracks = {view.track_id for view in now.views}
        for key, there in self._there.items():
            if key not in keys and tracks.intersection(view.track_id for view in there.views):
                self._asked.hand_over(key, now.key)
                if key in self._new:
                    self._new[now.key] = self._new.pop(key)
                return self._there.pop(key)
        return None

    def _consider(self, heard: Utterance, now_ns: int, out: StepOutput) -> None:
        microphone = next((each for each in self._settings.microphones if each.id == heard.microphone_id and each.enabled), None)
        known = [person.name for person in self._roster.persons.values() if person.name_source is not NameSource.GENERATED]
        found = introduction(heard.text, known)
        if microphone is None or found is None or len(found.name) > PERSON_NAME_LENGTH:
            return
        ground = attribute(list(self._candidates(microphone, heard)))
        there = self._there.get(ground.track_id or "")
        if there is None:
            self._decide(heard, None, ground, _Verdict(ground.reason), None, out)
            return
        if not (heard.certain and found.certain):
            self._doubt(there, found.name, heard, ground, out)
            return
        verdict = self._verdict(there, found.name, heard.ended_ns, out)
        event_id = out.new_id("ev") if verdict.said else None
        decision_id = self._decide(heard, there, ground, verdict, event_id, out)
        if verdict.person is not None:
            self._assert(there, verdict.person, heard, ground)
        if event_id is not None and verdict.person is not None:
            out.event(self._event(event_id, decision_id, there, verdict.person, heard, out))

    def _doubt(self, there: Bystander, name: str, heard: Utterance, ground: Attribution, out: StepOutput) -> None:
        """Ask the operator, where an answer can be given: they are seen by a camera, and nobody knows who they are."""
        bearers = [person for person in self._roster.persons.values() if folded(person.name) == folded(name)]
        refused = any(person.consent is Consent.REFUSED for person in bearers)
        if there.key in self._asked or there.person_id or not there.views or refused or ground.weight < SURE:
            self._decide(heard, there, ground, _Verdict(UNCLEAR), None, out)
            return
        view = max(there.views, key=lambda each: each.last_ns)
        event = raised(
            EventKind.WHO_IS_IT,
            CandidateKind.IDENTITY,
            view.track_id,
            (at_least("speaker", ground.weight, SURE),),
            heard.started_ns,
            heard.ended_ns,
            out,
            severity=Severity.LOW,
            confidence=heard.confidence,
            reason=f"They may have said that their name is {name}.",
            simulated=there.simulated or self._made_up(there),
        )
        candidates = tuple((person.id, heard.confidence) for person in bearers)
        asked = replace(event, camera_id=view.camera_id, candidates=candidates, named_by=AssertionKind.VOICE)
        self._asked.begin(there.key, asked, out)

    def _candidates(self, microphone: MicrophoneSettings, heard: Utterance) -> Iterator[Candidate]:
        """Everybody who was about, and each person once though several cameras that are not on the floor may see them."""
        position = microphone.position or self._hangs(microphone.camera_id)
        best: dict[str, Candidate] = {}
        for there in self._there.values():
            until_ns = there.seen_until(microphone.camera_id)
            if not until_ns:
                continue
            one = Candidate(there.key, present(there.since_ns, until_ns, heard), self._facing(there, heard), away(there, position, heard))
            who = there.person_id or there.key
            if who not in best or one.present > best[who].present:
                best[who] = one
        yield from best.values()

    def _made_up(self, there: Bystander) -> bool:
        cameras = [self._settings.camera(view.camera_id) for view in there.views]
        return any(camera is not None and camera.simulated for camera in cameras)

    def _hangs(self, camera_id: str) -> Position | None:
        return next((pose.position for pose in self._settings.floor.camera_poses if pose.camera_id == camera_id), None)

    def _facing(self, there: Bystander, heard: Utterance) -> bool:
        seen = [self._faces[view.track_id] for view in there.views if view.track_id in self._faces]
        return any(heard.started_ns - FACE_NS <= at_ns <= heard.ended_ns + FACE_NS for at_ns in seen)

    def _verdict(self, there: Bystander, name: str, at_ns: int, out: StepOutput) -> _Verdict:
        """Changes who is known, where the name is new."""
        bearers = [person for person in self._roster.persons.values() if folded(person.name) == folded(name)]
        if len(bearers) > 1:
            return _Verdict("Several people have this name.")
        if bearers:
            return self._verdict_on_known_name(there, bearers[0])
        return self._renamed(there, name, out) if there.person_id in self._roster.persons else self._newcomer(there, name, at_ns, out)

    def _verdict_on_known_name(self, there: Bystander, bearer: Person) -> _Verdict:
        if bearer.consent is Consent.REFUSED:
            return _Verdict("Who has this name does not want to be recognised.")
        return _Verdict("They gave the name of somebody who is known.", bearer, said=not there.person_id)

    def _renamed(self, there: Bystander, name: str, out: StepOutput) -> _Verdict:
        person = self._roster.persons[there.person_id]
        if person.name_source is not NameSource.GENERATED:
            return _Verdict("They are known under another name, which what is heard does not overrule.")
        if person.consent is Consent.REFUSED or not self._roster.adopt_spoken_name(person.id, name, out):
            return _Verdict("An operator said that a name heard of them was wrong, or they do not want to be recognised.")
        return _Verdict("They said it, and had no name yet.", self._roster.persons[person.id], said=True)

    def _newcomer(self, there: Bystander, name: str, at_ns: int, out: StepOutput) -> _Verdict:
        person = self._roster.stranger(at_ns, out)
        self._roster.adopt_spoken_name(person.id, name, out)
        camera_id = there.views[0].camera_id if there.views else ""
        self._roster.note_visit(person.id, camera_id, at_ns, out)
        self._new[there.key] = person.id
        return _Verdict("They said it, and nobody known has this name.", self._roster.persons[person.id], said=True)

    def _assert(self, there: Bystander, person: Person, heard: Utterance, ground: Attribution) -> None:
        odds = voice_odds(ground.weight)
        self._floor.claim(there.key, Assertion(AssertionKind.VOICE, person.id, odds, heard.ended_ns, heard.microphone_id, ground.reason))
        self._there[there.key] = replace(there, person_id=there.person_id or person.id)

    def _decide(
        self, heard: Utterance, there: Bystander | None, ground: Attribution, verdict: _Verdict, event_id: str | None, out: StepOutput
    ) -> str:
        """The reason stands with the outcome; names do not, so that nothing of somebody who is erased stays in decisions."""
        free = float(verdict.person is not None)
        gates: tuple[GateReading, ...] = (at_least("speaker", ground.weight, SURE), at_least("name", free, 1.0))
        outcome = Outcome.RAISED if passed(gates) else Outcome.REJECTED
        subject = heard.microphone_id if there is None else there.key
        camera_id = there.views[0].camera_id if there is not None and there.views else ""
        reason = verdict.reason if there is None else f"{ground.reason} {verdict.reason}"
        flip = reason if there is not None else f"{reason} One person alone within hearing would have been given the name."
        return out.decide(CandidateKind.IDENTITY, subject, camera_id, outcome, gates, flip, event_id, heard.ended_ns).id

    def _event(self, event_id: str, decision_id: str, there: Bystander, person: Person, heard: Utterance, out: StepOutput) -> Event:
        place = there.place(heard.ended_ns)
        return Event(
            id=event_id,
            kind=EventKind.NAMED,
            camera_id=there.views[0].camera_id if there.views else "",
            subject_id=there.key,
            severity=Severity.MINIMAL,
            started_ns=heard.started_ns,
            ended_ns=heard.ended_ns,
            received_ns=out.received_ns,
            confidence=heard.confidence,
            decision_id=decision_id,
            reason=f"Said their name: {person.name}.",
            simulated=there.simulated or self._made_up(there),
            position=None if place is None else (*place, 0.0),
            person=person.name,
            person_id=person.id,
            named_by=AssertionKind.VOICE,
        )
