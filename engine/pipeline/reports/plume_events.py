"""Plumes of smoke as events: open from the first sequence that is shown until it was not seen for long, or somebody says it is no fire."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.alerts import evidence
from engine.alerts.gates import at_least
from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Direction, EvidencePart
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.smoke import Crossing, SmokeLabel, SmokeSequence, ValidationState
from engine.model.observation import Observation, PlumeChanged
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.lane import Lane
from engine.pipeline.output import DeclinedSmoke, StepOutput
from engine.pipeline.spans import raised

ENDS_NS = 1800 * SECOND
SURE = 0.6  # from here on no class of fire weather asks for more (the usual thresholds)
LEAST_FRAMES = 3
MOST_OPEN = 1_000
DECLINED = "The second smoke check rejected it."
_DECLINED = (ValidationState.DECLINED, ValidationState.EXHAUSTED)


@dataclass(frozen=True, slots=True)
class OpenPlume:
    """`shown`: those of its sequences that are validated, or could not be, and that nobody called something else."""

    event: Event
    shown: tuple[SmokeSequence, ...]
    place: Crossing | None
    last_seen_ns: int


class PlumeLane(Lane):
    """Its events go on over restarts of the engine, as the plumes do."""

    name = "plumes"
    subjects = (PlumeChanged,)

    def __init__(self) -> None:
        self._settings = Settings()
        self._open: dict[str, OpenPlume] = {}
        self._held: dict[str, ValidationState] = {}  # by sequence, what its newest decision rests on

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        self._settings = settings

    def take(self, seen: Observation, out: StepOutput) -> None:
        if isinstance(seen, PlumeChanged):
            out.declined = self.changed(seen, out)

    def leave(self, at_ns: int, out: StepOutput) -> None:
        for plume_id in tuple(self._open):
            self._end_plume(plume_id, at_ns, out)

    def changed(self, change: PlumeChanged, out: StepOutput) -> tuple[DeclinedSmoke, ...]:
        """A plume is new, another, or no more. Sequences that are not shown (yet) make none; gives those that were declined now."""
        plume, shown = change.plume, shown_of(change.sequences)
        known = self._open.get(plume.id)
        if change.gone or not shown:
            self._end_plume(plume.id, change.occurred_ns, out)
            return () if change.gone else self._declined(change, out)
        if known is None and change.occurred_ns - plume.last_seen_ns >= ENDS_NS:
            return ()
        before = self._open_plume_event(change, shown, out) if known is None else known.event
        event = self._now(before, plume.place, shown)
        self._open[plume.id] = OpenPlume(event, shown, plume.place, plume.last_seen_ns)
        if known is None or event != known.event:
            out.event(event)
        if len(self._open) > MOST_OPEN:
            self._end_plume(next(iter(self._open)), change.occurred_ns, out)
        return ()

    def _declined(self, change: PlumeChanged, out: StepOutput) -> tuple[DeclinedSmoke, ...]:
        """Once for each time that the second scorer said so, for now or for good."""
        found: list[DeclinedSmoke] = []
        for sequence in {each.id: each for each in change.sequences if _is_declined(each)}.values():
            if self._held.get(sequence.id) is not sequence.validation:
                self._held.pop(sequence.id, None)
                self._held[sequence.id] = sequence.validation
                found.append(DeclinedSmoke(self._unseen(change, sequence, out), sequence))
        while len(self._held) > MOST_OPEN:
            del self._held[next(iter(self._held))]
        return tuple(found)

    def _unseen(self, change: PlumeChanged, sequence: SmokeSequence, out: StepOutput) -> Event:
        return Event(
            id=out.new_id("ev"),
            kind=EventKind.SMOKE,
            camera_id=sequence.camera_id,
            subject_id=change.plume.id,
            severity=Severity.MODERATE,
            started_ns=sequence.started_ns,
            ended_ns=max(sequence.last_seen_ns, sequence.started_ns),
            received_ns=out.received_ns,
            confidence=sequence.max_conf or 0.0,
            decision_id="",
            reason=f"{reason([self._name(sequence.camera_id)], None, (sequence,))} {DECLINED}",
            simulated=change.plume.simulated,
        )

    def tick(self, now_ns: int, out: StepOutput) -> None:
        for plume_id, known in tuple(self._open.items()):
            if now_ns - known.last_seen_ns >= ENDS_NS:
                self._end_plume(plume_id, now_ns, out)

    def evidence(self, plume_id: str) -> tuple[EvidencePart, ...]:
        """What speaks for it; empty where it is not open."""
        known = self._open.get(plume_id)
        return () if known is None else evidence.of_smoke(known.shown, known.place)

    def confidences(self, plume_id: str) -> tuple[tuple[str, float | None], ...]:
        """(camera id, highest confidence) of each of its sequences that is shown."""
        known = self._open.get(plume_id)
        return () if known is None else tuple((sequence.camera_id, sequence.max_conf) for sequence in known.shown)

    def directions(self, plume_id: str) -> tuple[Direction, ...]:
        """In which its sequences that are shown see it."""
        known = self._open.get(plume_id)
        return () if known is None else tuple(map(direction_of, known.shown))

    def open_event_ids(self) -> frozenset[str]:
        return frozenset(known.event.id for known in self._open.values())

    def state(self) -> Mapping[str, Any]:
        held = {sequence_id: validation.value for sequence_id, validation in self._held.items()}
        return {"open": [wire.to_plain(known) for known in self._open.values()], "held": held}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._settings = settings
        known = [wire.read_record(OpenPlume, plain, "plumes") for plain in state["open"]]
        self._open = {each.event.subject_id: each for each in known}
        self._held = {sequence_id: ValidationState(word) for sequence_id, word in state.get("held", {}).items()}

    def _open_plume_event(self, change: PlumeChanged, shown: Sequence[SmokeSequence], out: StepOutput) -> Event:
        frames = max(sequence.frames for sequence in shown)
        return raised(
            EventKind.SMOKE,
            CandidateKind.SMOKE,
            change.plume.id,
            (at_least("frames", frames, LEAST_FRAMES),),
            change.plume.started_ns,
            change.occurred_ns,
            out,
            simulated=change.plume.simulated,
        )

    def _now(self, event: Event, place: Crossing | None, shown: Sequence[SmokeSequence]) -> Event:
        best = max(shown, key=lambda sequence: (sequence.max_conf or 0.0, sequence.id))
        cameras = {sequence.camera_id for sequence in shown}
        sure = len(cameras) > 1 and (best.max_conf is None or best.max_conf >= SURE)
        return replace(
            event,
            camera_id=best.camera_id,
            severity=Severity.HIGH if sure else Severity.MODERATE,
            confidence=best.max_conf or 0.0,
            reason=reason([self._name(camera_id) for camera_id in sorted(cameras)], place, shown),
        )

    def _name(self, camera_id: str) -> str:
        return self._settings.camera_names().get(camera_id, camera_id)

    def _end_plume(self, plume_id: str, at_ns: int, out: StepOutput) -> None:
        """It lasted until it was seen last, however long it was waited for."""
        known = self._open.pop(plume_id, None)
        if known is not None:
            out.event(replace(known.event, ended_ns=max(min(at_ns, known.last_seen_ns), known.event.started_ns)))


def _is_declined(sequence: SmokeSequence) -> bool:
    return sequence.validation in _DECLINED and sequence.score is not None and sequence.label in (None, SmokeLabel.WILDFIRE_SMOKE)


def direction_of(sequence: SmokeSequence) -> Direction:
    """By the compass, else by the place in the picture."""
    if sequence.azimuth_deg is not None and sequence.cone_deg is not None:
        return Direction(sequence.camera_id, sequence.azimuth_deg, sequence.cone_deg)
    x0, _, x1, _ = sequence.best_box
    return Direction(sequence.camera_id, (x0 + x1) / 2, x1 - x0, sequence.view_id or "0")


def shown_of(sequences: Sequence[SmokeSequence]) -> tuple[SmokeSequence, ...]:
    return tuple(each for each in sequences if each.validation.is_shown and each.label in (None, SmokeLabel.WILDFIRE_SMOKE))


def reason(cameras: Sequence[str], place: Crossing | None, shown: Sequence[SmokeSequence]) -> str:
    """Such as “Seen by Ridge and Mast, which cross at 59.3350, 18.0750 within 0.9 × 0.4 km.”"""
    seen = f"Seen by {' and '.join(cameras[:3])}{' and others' if len(cameras) > 3 else ''}"
    experimental = " The detector is experimental." if all(sequence.experimental for sequence in shown) else ""
    if place is None:
        return f"{seen}.{experimental}"
    major_km, minor_km = f"{place.major_m / 1000:.1f}", f"{place.minor_m / 1000:.1f}"
    doubt = "" if place.accurate else f"; they cross at {place.angle_deg:.0f}° only, so how far away it is is uncertain"
    at = f"{place.latitude:.4f}, {place.longitude:.4f}"
    return f"{seen}, which cross at {at} within {major_km} × {minor_km} km{doubt}.{experimental}"
