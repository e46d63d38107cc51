"""Falls and what is none, made up and played through the product's pipeline: how many are found, and how many are told of nobody.

Each seed plays ten falls from standing, fifteen from a chair and 45 scenes in which nobody falls, each by another body before another
camera. Thresholds were chosen on `TUNING_SEEDS`; `HELD_OUT_SEEDS` are only for the figures that are told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.gestures.activity_feed import ActivityFeed, Told
from benchmarks.gestures.fall_camera import MadeSequence, drawn
from benchmarks.gestures.fall_scripts import CHAIR_FALLS, CONTROLS, STANDING_FALLS
from benchmarks.report import Case, at_least, at_most, case, wilson
from console.progress import step
from engine.model.alerts.decision import Outcome
from engine.model.cameras.pose import LANDMARKS, Poses
from engine.model.event import EventKind
from engine.model.geometry import Floats
from engine.model.people.settings import ActivitySettings

TUNING_SEEDS = range(1, 24)
HELD_OUT_SEEDS = range(2001, 2021)
SLOW = "chair, slow slide"
_EARLY_S = 0.3  # before the descent begins: balance is lost
_AFTER_S = 10  # ticks after the last picture


@dataclass(slots=True)
class Tally:
    """Of one kind of scene. `undecided`: falls that were missed without a decision on record."""

    played: int = 0
    found: int = 0
    false: int = 0
    undecided: int = 0
    gates: Counter[str] = field(default_factory=Counter[str])


def run(seeds: Sequence[int], with_poses: bool = True) -> tuple[list[Case], list[dict[str, Any]]]:
    """The cases and targets of the bench. Without poses: as a camera sees them whose people's poses are not estimated."""
    tallies: dict[str, Tally] = {}
    for number, seed in enumerate(seeds, start=1):
        for sequence in sequences(seed):
            count(played(sequence, with_poses=with_poses), sequence, tallies.setdefault(sequence.name, Tally()))
        step("seeds of made-up falls played", number, len(seeds))
    return _reported(tallies)


def sequences(seed: int) -> Iterable[MadeSequence]:
    yield from drawn((*STANDING_FALLS, *CHAIR_FALLS, *CONTROLS), seed, 0)


def played(sequence: MadeSequence, still_s: float = ActivitySettings().fall_still_s, with_poses: bool = True) -> Told:
    feed = ActivityFeed(still_s, "made-up")
    for index, people in enumerate(sequence.boxes):
        look = _Look(sequence.poses[index]) if with_poses else None
        feed.picture(index, index / sequence.fps, sequence.size, people, look)
    for half in range(_AFTER_S * 2):
        feed.tick(len(sequence.boxes) / sequence.fps + (half + 1) / 2)
    return feed.told


class _Look:
    """The pose of the one person there is, for the track whose box holds it."""

    def __init__(self, pose: tuple[Floats, Floats] | None) -> None:
        self._pose = pose

    def __call__(self, ids: tuple[str, ...], boxes: Floats) -> Poses:
        if self._pose is None:
            return _poses((), [])
        landmarks, visibility = self._pose
        middle = landmarks[[11, 12, 23, 24], :2].mean(axis=0)
        away = np.abs(boxes[:, :2] + boxes[:, 2:] - 2 * middle).sum(axis=1)
        return _poses((ids[int(away.argmin())],), [(landmarks, visibility)])


def _poses(ids: tuple[str, ...], bodies: Sequence[tuple[Floats, Floats]]) -> Poses:
    landmarks = np.array([body[0] for body in bodies], np.float32).reshape(len(bodies), LANDMARKS, 3)
    visibility = np.array([body[1] for body in bodies], np.float32).reshape(len(bodies), LANDMARKS)
    return Poses(ids, landmarks, visibility, np.ones(len(bodies), np.float32))


def count(told: Told, sequence: MadeSequence, tally: Tally) -> None:
    falls = [at_s for at_s, _ in told.of(EventKind.FALL)]
    begins_s = np.inf if sequence.fall_s is None else sequence.fall_s - _EARLY_S
    found = any(at_s >= begins_s for at_s in falls)
    tally.played += 1
    tally.found += found
    tally.false += len(falls) - found
    rejected = [decision for decision in told.decisions if decision.outcome is not Outcome.RAISED]
    if sequence.fall_s is not None and not found:
        tally.undecided += not rejected
        tally.gates.update({gate.gate for decision in rejected for gate in decision.gates if not gate.passed})


def _reported(tallies: dict[str, Tally]) -> tuple[list[Case], list[dict[str, Any]]]:
    falls = {name: tally for name, tally in tallies.items() if name.startswith(("standing", "chair"))}
    controls = {name: tally for name, tally in tallies.items() if name not in falls}
    groups = {
        "made-up falls, all": falls,
        "made-up falls from standing": {name: tally for name, tally in falls.items() if name.startswith("standing")},
        "made-up falls from a chair": {name: tally for name, tally in falls.items() if name.startswith("chair")},
    }
    sums = {name: _sum(group.values()) for name, group in groups.items()}
    cases = [_fall_case(name, tally) for name, tally in (*sums.items(), *sorted(falls.items()))]
    nobody = _sum(controls.values())
    cases += [_control_case("made-up scenes without a fall", nobody), *(_control_case(*each) for each in sorted(controls.items()))]
    everything, _, chair = sums.values()
    targets = [
        at_least("made-up falls found, share", 0.92, round(everything.found / max(everything.played, 1), 3)),
        at_least("made-up falls from a chair found, share", 0.87, round(chair.found / max(chair.played, 1), 3)),
        at_most("falls told where nobody fell", 0, nobody.false),
        at_most("missed falls without a decision", 0, everything.undecided),
    ]
    return cases, targets


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.played += tally.played
        total.found += tally.found
        total.false += tally.false
        total.undecided += tally.undecided
        total.gates += tally.gates
    return total


def _fall_case(name: str, tally: Tally) -> Case:
    low, high = wilson(tally.found, tally.played)
    metrics = {
        "falls": tally.played,
        "found": tally.found,
        "share": round(tally.found / tally.played, 3) if tally.played else None,
        "low": round(low, 3),
        "high": round(high, 3),
        "false": tally.false,
        "no_decision": tally.undecided,
        "missed_by": ", ".join(f"{gate} {times}" for gate, times in tally.gates.most_common(3)),
    }
    return case(name, {}, metrics)


def _control_case(name: str, tally: Tally) -> Case:
    low, high = wilson(tally.false, tally.played)
    return case(name, {}, {"scenes": tally.played, "false": tally.false, "low": round(low, 3), "high": round(high, 3)})
