"""The fall lane: somebody who went down and stays down is an event that escalates until they are up, and every candidate a decision."""

from collections.abc import Mapping, Sequence, Set
from typing import Any, cast

from engine.model.alerts.decision import CandidateKind
from engine.model.event import Event, EventKind
from engine.model.people.traces import Traces
from engine.model.radio.blob import Blob, Posture
from engine.model.radio.place import has_place
from engine.model.radio.radio import LinkFeatures
from engine.model.site import RadioSettings, Zone
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity
from engine.pipeline.output import StepOutput
from engine.pipeline.radio.one_fall import fall_at
from engine.pipeline.spans import Spans, decide, raised
from engine.radio.falls.falls import FallChange, FallStage, FallWatch
from engine.radio.falls.jolts import Shakes

NO_FALLS: Mapping[str, Event] = {}


class FallLane:
    """Sans-IO; the engine thread only. `configure` first."""

    def __init__(self) -> None:
        self._watch = FallWatch()
        self._open = Spans()
        self._radio = RadioSettings()
        self._zones: tuple[Zone, ...] = ()
        self._cameras: Mapping[str, str] = {}
        self._seen_falls: Mapping[str, Event] = {}
        self._witness: dict[str, str] = {}
        self._homeless: Set[str] = frozenset()  # blobs that have no place, in this step

    def configure(self, radio: RadioSettings, zones: tuple[Zone, ...] = ()) -> None:
        self._radio, self._zones = radio, zones
        self._watch.configure(radio)

    def step(
        self,
        now_ns: int,
        blobs: Sequence[Blob],
        who: Mapping[str, EventIdentity],
        features: LinkFeatures,
        out: StepOutput,
        shakes: Shakes | None = None,
    ) -> Mapping[str, Posture]:
        """The posture of blobs of which more is known than that they are there. `who`: by the blob's id."""
        self._homeless = {blob.id for blob in blobs if not has_place(blob.covariance)}
        for change in self._watch.step(now_ns, blobs, features, shakes):
            fallen = who.get(change.blob_id, NOBODY)
            self._changed(change, fallen if fallen.person_id else who.get(change.fall_id, NOBODY), out)
        return {blob_id: Posture.FALLEN for blob_id in self._watch.fallen}

    def told_by_cameras(self, events: Mapping[str, str], falls: Mapping[str, Event] = NO_FALLS) -> None:
        """Blobs of people of whom a camera tells a fall, and its event; and all falls that cameras tell, by the event's id: what radio
        tells of the same people, or at the same place, joins them."""
        self._cameras, self._seen_falls = events, falls

    def open_falls(self) -> Mapping[str, Event]:
        """By the blob that went down."""
        return {key: event for key in self._open.open_keys() if (event := self._open.get(key)) is not None}

    def witnessed(self, fall_id: str, sentence: str, out: StepOutput) -> None:
        """What a camera has to say about it; goes on at the end of the reason."""
        before, self._witness[fall_id] = self._witness.get(fall_id, ""), sentence
        event = self._open.get(fall_id)
        if event is not None:
            self._open.change(fall_id, out, reason=event.reason.removesuffix(before) + sentence)

    def close(self, fall: Event, at_ns: int, out: StepOutput) -> None:
        """An operator has dealt with it: it is over, though they may still lie there. It is told anew only when they fall anew."""
        for key, event in self.open_falls().items():
            if event.id == fall.id:
                self._witness.pop(key, None)
                self._open.end(key, at_ns, out)

    def end(self, at_ns: int, out: StepOutput) -> None:
        """Radio sensing was switched off. A mere restart ends no fall: unwatched is not up again, and the watch goes on by place."""
        for change in self._watch.give_up(at_ns):
            self._changed(change, NOBODY, out)
        self._open.end_all(at_ns, out)
        self._watch = FallWatch()
        self._watch.configure(self._radio)

    def set_back(self, by_ns: int) -> None:
        """The machine's clock was: what was seen so far, was seen that much earlier."""
        self._watch.restore(_earlier(self._watch.state(), by_ns))

    def know(self, ids: Mapping[str, str]) -> None:
        """The ids of persons by their names."""
        self._open.know(ids)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._open.erase(traces, out)

    def open_event_ids(self) -> frozenset[str]:
        return self._open.ids()

    def state(self) -> dict[str, Any]:
        return {"watch": self._watch.state(), "open": self._open.state(), "witness": dict(self._witness)}

    def restore(self, state: dict[str, Any]) -> None:
        self._watch.restore(state["watch"])
        self._open.restore(state["open"])
        self._witness = dict(state["witness"])

    def _changed(self, change: FallChange, who: EventIdentity, out: StepOutput) -> None:
        match change.stage:
            case FallStage.RAISED:
                self._raise(change, who, out)
            case FallStage.ESCALATED:
                reason = change.reason + self._witness.get(change.fall_id, "")
                self._open.change(change.fall_id, out, change.severity, reason, who, change.level)
            case FallStage.ENDED:
                self._witness.pop(change.fall_id, None)
                self._open.end(change.fall_id, change.at_ns, out)
            case FallStage.REJECTED:
                decide(CandidateKind.FALL, change.fall_id, change.gates, None, change.at_ns, out)

    def _raise(self, change: FallChange, who: EventIdentity, out: StepOutput) -> None:
        there = fall_at(change.position, change.fell_ns, self._seen_falls)
        told = self._cameras.get(change.blob_id) or ("" if there is None else there.id)
        if told:  # one fall is one event: the camera was first
            decide(CandidateKind.FALL, change.fall_id, change.gates, told, change.at_ns, out)
            return
        place = None if change.blob_id in self._homeless else change.position
        event = raised(
            EventKind.FALL,
            CandidateKind.FALL,
            change.fall_id,
            change.gates,
            change.fell_ns,
            change.at_ns,
            out,
            severity=change.severity,
            confidence=change.confidence,
            reason=change.reason,
            simulated=change.simulated,
            position=place,
            zone_id="" if place is None else next((zone.id for zone in self._zones if zone.is_over(place[0], place[1])), ""),
            who=who,
        )
        self._open.begin(change.fall_id, event, out)


def _earlier(plain: Any, by_ns: int, timed: bool = False) -> Any:
    """A state with all times (fields that end in `_ns`, and what is in them) earlier."""
    if isinstance(plain, dict):
        fields = cast("dict[str, Any]", plain)
        return {name: _earlier(value, by_ns, timed or name.endswith("_ns")) for name, value in fields.items()}
    if isinstance(plain, list):
        return [_earlier(value, by_ns, timed) for value in cast("list[Any]", plain)]
    return plain - by_ns if timed and isinstance(plain, int) else plain
