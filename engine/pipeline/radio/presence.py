"""The presence lane: a blob that is there for long enough, with enough evidence, is an event until it is gone or taken for another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.alerts.gates import at_least, passed
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, GateReading
from engine.model.event import EventKind
from engine.model.people.traces import Traces
from engine.model.radio.blob import Blob
from engine.model.radio.place import has_place
from engine.model.site import Position
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, decide, raised

CONFIDENCE, SEEN_S = 0.5, 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A blob so far: its best confidence, and when it was last there."""

    blob_id: str
    since_ns: int
    last_ns: int
    best: float
    position: Position
    simulated: bool


class PresenceLane:
    """Sans-IO; the engine thread only."""

    def __init__(self) -> None:
        self._candidates: dict[str, Candidate] = {}
        self._present = Spans()

    def step(self, now_ns: int, blobs: Sequence[Blob], who: Mapping[str, EventIdentity], out: StepOutput) -> None:
        """`who`: by the blob's id."""
        here = {blob.id for blob in blobs}
        for blob in blobs:
            self._judge_blob(blob, who.get(blob.id, NOBODY), now_ns, out)
        for blob_id in [blob_id for blob_id in self._candidates if blob_id not in here]:  # in order: what they are told as has their ids
            self._end_candidate(self._candidates.pop(blob_id), out)

    def interrupt(self, out: StepOutput) -> None:
        """Nobody watches any more: close what is open at the time it was last seen."""
        for candidate in self._candidates.values():
            self._end_candidate(candidate, out)
        self._candidates.clear()

    def know(self, ids: Mapping[str, str]) -> None:
        """The ids of persons by their names."""
        self._present.know(ids)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        self._present.erase(traces, out)

    def open_event_ids(self) -> frozenset[str]:
        return self._present.ids()

    def state(self) -> dict[str, Any]:
        return {"candidates": [wire.to_plain(value) for value in self._candidates.values()], "present": self._present.state()}

    def restore(self, state: dict[str, Any]) -> None:
        candidates = [wire.read_record(Candidate, value, "candidates") for value in state["candidates"]]
        self._candidates = {candidate.blob_id: candidate for candidate in candidates}
        self._present.restore(state["present"])

    def _judge_blob(self, blob: Blob, who: EventIdentity, now_ns: int, out: StepOutput) -> None:
        before = self._candidates.get(blob.id) or Candidate(blob.id, blob.since_ns, now_ns, 0.0, blob.position, blob.simulated)
        candidate = replace(before, last_ns=now_ns, best=max(before.best, blob.confidence), position=blob.position)
        self._candidates[blob.id] = candidate
        since_ns = blob.since_ns
        if self._present.is_of_another(blob.id, who):
            self._present.end(blob.id, now_ns, out)
            since_ns = now_ns
        elif blob.id in self._present:
            self._present.change(blob.id, out, who=who)
            return
        gates = _presence_gates(candidate)
        if passed(gates):
            event = raised(
                EventKind.PRESENCE,
                CandidateKind.BLOB,
                blob.id,
                gates,
                since_ns,
                now_ns,
                out,
                confidence=candidate.best,
                simulated=blob.simulated,
                position=blob.position if has_place(blob.covariance) else None,
                who=who,
            )
            self._present.begin(blob.id, event, out)

    def _end_candidate(self, candidate: Candidate, out: StepOutput) -> None:
        if candidate.blob_id in self._present:
            self._present.end(candidate.blob_id, candidate.last_ns, out)
        else:
            decide(CandidateKind.BLOB, candidate.blob_id, _presence_gates(candidate), None, candidate.last_ns, out)


def _presence_gates(candidate: Candidate) -> tuple[GateReading, ...]:
    seen_s = (candidate.last_ns - candidate.since_ns) / SECOND
    return at_least("confidence", candidate.best, CONFIDENCE), at_least("seen", seen_s, SEEN_S, "s")
