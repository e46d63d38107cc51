"""The faces lane: faces of tracks become claims about who they are, new people, and questions where two fit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.alerts.gates import at_least, passed
from engine.fusion.floor import SourceClaim
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading
from engine.model.event import EventKind, Severity
from engine.model.geometry import Box
from engine.model.observation import FacesSeen
from engine.model.people.person import Consent, FaceSample, Person, TrackKnownElsewhere
from engine.model.people.traces import Traces
from engine.model.radio.fused import Assertion, AssertionKind, SourceKind
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.identities.roster import RosterBook
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, decide, raised
from engine.vision.faces.decision import Ambiguous, Match, Unknown

STRANGER_FACES, STRANGER_S, STRANGER_QUALITY = 3, 1.0, 0.4
LEARN_AHEAD, LEARN_QUALITY = 0.12, 0.5  # a face so much above the threshold, and so good, teaches one more view of its person
LEARN_EVERY_NS = 5 * SECOND
TAUGHT_AT_ONCE = 3
_AT_THRESHOLD, _PER_COSINE, _MOST = 4.5, 15.0, 9.0
FORGET_NS = 10 * SECOND


def face_odds(score: float, threshold: float) -> float:
    """Log-likelihood ratio of a match by its raw cosine.

    At a threshold of one false match in a thousand with nearly all true ones found, the ratio just above it is near e^4.5; it rises with
    the cosine about as measured between pairs of photographs, and is capped, since a picture of a face fits as well as the face.
    """
    return min(_AT_THRESHOLD + _PER_COSINE * (score - threshold), _MOST)


@dataclass(frozen=True, slots=True)
class _Stranger:
    """Faces of one track that nobody fits, so far: ids, quality and embeddings are in `samples`."""

    since_ns: int
    seen: int
    samples: tuple[FaceSample, ...]


@dataclass(frozen=True, slots=True)
class _Face:
    """What the newest face of a track told: between whom it is ambiguous. `box_xyxy`: pixels."""

    at_ns: int
    box_xyxy: Box
    candidates: tuple[str, ...] = ()


class FacesLane:
    """Of all cameras. Sans-IO; the engine thread only."""

    def __init__(self, roster: RosterBook, newcomer: Callable[[str], Person | None]) -> None:
        """`newcomer`: who a track said they are, of whom nothing else is known."""
        self._roster = roster
        self._newcomer = newcomer
        self._settings = Settings()
        self._strangers: dict[str, _Stranger] = {}
        self._tracks: dict[str, _Face] = {}
        self._learned_ns: dict[str, int] = {}
        self._asked = Spans()
        self._claims: list[SourceClaim] = []

    def configure(self, settings: Settings) -> None:
        self._settings = settings
        self._roster.configure(settings.recognition)

    def take(self, seen: FacesSeen, out: StepOutput) -> None:
        """The faces of one frame. While biometrics are off they are passed over."""
        if not self._settings.recognition.biometrics:
            return
        for index, track_id in enumerate(seen.track_ids):
            if seen.faces.embedded(index):
                self._face(seen, index, track_id, out)

    def tick(self, now_ns: int, out: StepOutput) -> tuple[SourceClaim, ...]:
        """What was claimed since the tick before. Tracks whose face was not seen for long are forgotten."""
        for track_id in [track_id for track_id, face in self._tracks.items() if now_ns - face.at_ns > FORGET_NS]:
            self._asked.end(track_id, self._tracks.pop(track_id).at_ns, out)
            self._strangers.pop(track_id, None)
            self._learned_ns.pop(track_id, None)
        claims, self._claims = tuple(self._claims), []
        return claims

    def interrupt(self, at_ns: int, out: StepOutput) -> None:
        """Watching broke off."""
        self._asked.end_all(at_ns, out)
        self._strangers, self._tracks, self._learned_ns, self._claims = {}, {}, {}, []

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing is kept of somebody who was erased; what was half learned of a stranger could be theirs."""
        self._asked.erase(traces, out)
        self._strangers = {}
        self._claims = [claim for claim in self._claims if claim.assertion.person_id != traces.person_id]
        for track_id, face in self._tracks.items():
            left = tuple(person_id for person_id in face.candidates if person_id != traces.person_id)
            self._tracks[track_id] = replace(face, candidates=left)

    def open_event_ids(self) -> frozenset[str]:
        return self._asked.ids()

    def state(self) -> dict[str, Any]:
        return {
            "strangers": {track_id: wire.to_plain(stranger) for track_id, stranger in self._strangers.items()},
            "tracks": {track_id: wire.to_plain(face) for track_id, face in self._tracks.items()},
            "learned_ns": dict(self._learned_ns),
            "asked": self._asked.state(),
            "claims": [wire.to_plain(claim) for claim in self._claims],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._strangers = {track_id: wire.read_record(_Stranger, plain) for track_id, plain in state["strangers"].items()}
        self._tracks = {track_id: wire.read_record(_Face, plain) for track_id, plain in state["tracks"].items()}
        self._learned_ns = dict(state["learned_ns"])
        self._asked.restore(state["asked"])
        self._claims = [wire.read_record(SourceClaim, plain) for plain in state["claims"]]

    def _face(self, seen: FacesSeen, index: int, track_id: str, out: StepOutput) -> None:
        x0, y0, x1, y1 = (float(value) for value in seen.faces.boxes_xyxy[index])
        face = _Face(seen.occurred_ns, (x0, y0, x1, y1))
        sample = FaceSample(
            "", "", seen.faces.embeddings[index], seen.model, float(seen.faces.quality[index]), seen.occurred_ns, seen.camera_id
        )
        decision = self._roster.match(seen.model, seen.threshold, sample.embedding)
        match decision:
            case Match(best, _):
                self._tracks[track_id] = face
                self._matched(track_id, best.person_id, best.score, seen.threshold, sample, out)
            case Ambiguous(candidates):
                self._tracks[track_id] = replace(face, candidates=tuple(c.person_id for c in candidates))
                self._ask(track_id, seen, tuple((c.person_id, c.score) for c in candidates), out)
            case Unknown():
                self._tracks[track_id] = face
                self._unknown(track_id, sample, seen.threshold, out)
            case _:
                pass

    def _matched(self, track_id: str, person_id: str, score: float, threshold: float, sample: FaceSample, out: StepOutput) -> None:
        self._strangers.pop(track_id, None)
        self._asked.end(track_id, sample.taken_ns, out)
        if self._roster.persons[person_id].consent is Consent.REFUSED:
            return
        detail = f"cosine {score:.2f}"
        assertion = Assertion(AssertionKind.FACE, person_id, face_odds(score, threshold), sample.taken_ns, sample.camera_id, detail)
        self._claims.append(SourceClaim(SourceKind.CAMERA, track_id, assertion))
        self._roster.note_visit(person_id, sample.camera_id, sample.taken_ns, out)
        if score >= threshold + LEARN_AHEAD and sample.quality >= LEARN_QUALITY and self._may_learn(track_id, sample.taken_ns):
            self._learned_ns[track_id] = sample.taken_ns
            self._roster.learn(replace(sample, id=out.new_id("fa"), person_id=person_id), out)

    def _may_learn(self, track_id: str, at_ns: int) -> bool:
        return at_ns - self._learned_ns.get(track_id, 0) >= LEARN_EVERY_NS

    def _unknown(self, track_id: str, sample: FaceSample, threshold: float, out: StepOutput) -> None:
        """A stranger becomes a person once several good faces over a while agree with each other that it is nobody known."""
        if sample.quality < STRANGER_QUALITY:
            return
        before = self._strangers.get(track_id)
        if before is None or float(before.samples[0].embedding @ sample.embedding) < threshold:
            before = _Stranger(sample.taken_ns, 0, ())
        best = sorted((*before.samples, sample), key=lambda each: -each.quality)[:TAUGHT_AT_ONCE]
        stranger = _Stranger(before.since_ns, before.seen + 1, tuple(best))
        self._strangers[track_id] = stranger
        gates = _stranger_gates(stranger, sample.taken_ns)
        if not passed(gates):
            return
        del self._strangers[track_id]
        person = self._newcomer(track_id) or self._roster.stranger(sample.taken_ns, out)
        decide(CandidateKind.IDENTITY, track_id, gates, None, sample.taken_ns, out)
        for each in stranger.samples:
            self._roster.learn(replace(each, id=out.new_id("fa"), person_id=person.id), out)
        self._roster.note_visit(person.id, sample.camera_id, sample.taken_ns, out)

    def _ask(self, track_id: str, seen: FacesSeen, candidates: tuple[tuple[str, float], ...], out: StepOutput) -> None:
        """Two fit about equally well: the operator is asked, once for a track."""
        if track_id in self._asked:
            return
        persons = [self._roster.persons.get(person_id) for person_id, _ in candidates]
        names = [person.name for person in persons if person is not None]
        best, second = candidates[0][1], candidates[1][1]
        gates = (at_least("margin", self._settings.recognition.face_margin - (best - second), 0.0),)
        event = raised(
            EventKind.WHO_IS_IT,
            CandidateKind.IDENTITY,
            track_id,
            gates,
            seen.occurred_ns,
            seen.occurred_ns,
            out,
            severity=Severity.LOW,
            confidence=best,
            reason=f"This could be {' or '.join(names[:3])}.",
            simulated=self._simulated(seen.camera_id),
        )
        face = self._tracks[track_id]
        asked = replace(event, camera_id=seen.camera_id, box_xyxy=face.box_xyxy, candidates=candidates)
        self._asked.begin(track_id, asked, out)

    def tell_elsewhere(self, known: TrackKnownElsewhere, at_ns: int, out: StepOutput) -> None:
        """Somebody known at another site is here. The event names no person: to rules they are as unknown as before."""
        gates = (at_least("similarity", known.likeness, known.threshold),)
        event = raised(
            EventKind.NAMED,
            CandidateKind.IDENTITY,
            known.track_id,
            gates,
            at_ns,
            at_ns,
            out,
            severity=Severity.LOW,
            confidence=known.likeness,
            reason=f"{known.words}.",
            simulated=self._simulated(known.camera_id),
        )
        out.event(replace(event, camera_id=known.camera_id, box_xyxy=known.box_xyxy, ended_ns=at_ns))

    def _simulated(self, camera_id: str) -> bool:
        camera = self._settings.camera(camera_id)
        return camera is not None and camera.simulated


def _stranger_gates(stranger: _Stranger, now_ns: int) -> tuple[GateReading, ...]:
    seen_s = (now_ns - stranger.since_ns) / SECOND
    return at_least("faces", stranger.seen, STRANGER_FACES), at_least("seen", seen_s, STRANGER_S, "s")
