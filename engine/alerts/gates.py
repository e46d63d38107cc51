"""Gates: each reads one value of a candidate against one threshold and says by how much it passed or failed.

Pure functions; any thread. A candidate goes through all of its gates, also behind the first that fails, so that "what would it have
taken?" can be answered from the record alone.
"""

from collections.abc import Sequence as Several

from engine.model.alerts.decision import GateReading, Outcome
from engine.model.geometry import Box, Polygon, foot_point, inside
from engine.model.settings import GateSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass

LONGEST_S = 3600.0  # "an hour or longer": spans are not read beyond it
NEAR_MISS = 0.25  # a gate missed by less than this share of its threshold holds the candidate instead of rejecting it
MASKED_SHARE = 0.5
SETTLED_MOTION_S = 1.5
STILL = "still"  # the gate: it is not what has been there all the time
MOVED_SHARE = 0.6  # of its box, outside that of the known still object: with less it is that one, seen again
OTHER_MOTION = 0.5  # of motion, outside known still objects: with less it is a headlight on a parked car, or a bush in front of it
EXPLAINED_S = 3.0  # motion so soon after a person was seen is taken as theirs: detectors lose people for a moment


_NAMES = {
    "seen": "time in view",
    "mask": "share outside masked areas",
    "duplicate": "time since the last event",
    STILL: "movement",
    "moving": "time in motion",
    "unexplained": "time since a person was seen",
    "silent": "time without data",
    "inside": "time in the zone",
    "stayed": "dwell time",
    "watched": "time tracked",
    "count": "people in the zone",
    "lasting": "duration",
    "lying": "lying posture",
    "drop": "drop of the head",
    "sudden": "suddenness",
    "likelihood": "likelihood of a fall",
}


@dataclass(frozen=True, slots=True)
class SequenceCandidate:
    """What is known of a track that may become an event. `outside_share` of its last detections had their foot point outside every mask.

    `since_same_s`: seconds between the end of the last event at this place and this track's start; None when there was none.
    `moved_share`: 1 − IoU with the known still object that it is most like; None where no such object is known.
    """

    max_conf: float
    seen_s: float
    outside_share: float
    since_same_s: float | None
    moved_share: float | None = None


def at_least(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    margin = value - threshold
    return GateReading(gate, value, threshold, margin, margin >= 0, unit)


def sequence_gates(candidate: SequenceCandidate, settings: GateSettings) -> tuple[GateReading, ...]:
    """Seen well enough, seen long enough, outside masks, not the continuation of an event already open or just ended; and where a still
    object is known near by, not that one, seen again."""
    since_same_s = LONGEST_S if candidate.since_same_s is None else min(candidate.since_same_s, LONGEST_S)
    moved = () if candidate.moved_share is None else (at_least(STILL, candidate.moved_share, MOVED_SHARE),)
    return (
        at_least("confidence", candidate.max_conf, settings.min_confidence),
        at_least("seen", candidate.seen_s, settings.min_seen_s, "s"),
        at_least("mask", candidate.outside_share, MASKED_SHARE),
        at_least("duplicate", since_same_s, settings.duplicate_s, "s"),
        *moved,
    )


def motion_gates(moving_s: float, since_person_s: float | None, elsewhere: float | None = None) -> tuple[GateReading, ...]:
    """Moving long enough, and not the motion of a person who was found.

    `elsewhere`: the share of it outside known still objects; None where it touches none of them.
    """
    still = () if elsewhere is None else (at_least(STILL, elsewhere, OTHER_MOTION),)
    return (
        at_least("moving", moving_s, SETTLED_MOTION_S, "s"),
        at_least("unexplained", LONGEST_S if since_person_s is None else min(since_person_s, LONGEST_S), EXPLAINED_S, "s"),
        *still,
    )


def silence_gates(silent_s: float, threshold_s: float) -> tuple[GateReading, ...]:
    return (at_least("silent", min(silent_s, LONGEST_S), threshold_s, "s"),)


def held_still(readings: Several[GateReading]) -> bool:
    """Whether nothing is against it but that it has been there all the time."""
    failed = [reading for reading in readings if not reading.passed]
    return bool(failed) and all(reading.gate == STILL for reading in failed)


def passed(readings: Several[GateReading]) -> bool:
    return all(reading.passed for reading in readings)


def outcome(readings: Several[GateReading]) -> Outcome:
    """Raised when all passed; held when each that failed did so narrowly, or it is a known still object; rejected otherwise."""
    failed = [reading for reading in readings if not reading.passed]
    if not failed:
        return Outcome.RAISED
    if held_still(readings):
        return Outcome.HELD
    narrow = all(-reading.margin <= NEAR_MISS * abs(reading.threshold) for reading in failed)
    return Outcome.HELD if narrow else Outcome.REJECTED


def smallest_flip(readings: Several[GateReading]) -> str:
    """The smallest change that would have flipped the outcome, as a sentence.

    Failed: every failed gate must move, so all are named. Passed: the gate with the least relative margin is named.
    """
    failed = [reading for reading in readings if not reading.passed]
    if failed:
        return f"Missing: {' and '.join(_shortfall(reading) for reading in failed)}."
    if not readings:
        return ""
    weakest = min(readings, key=lambda reading: reading.margin / max(abs(reading.threshold), 1e-9))
    return f"Margin: {weakest.margin:.2f}{_unit(weakest)} above the threshold of {gate_name(weakest.gate)} ({_against(weakest)})."


def gate_name(gate: str) -> str:
    """What is measured, in words for operators."""
    return _NAMES.get(gate, gate)


def _shortfall(reading: GateReading) -> str:
    return f"{abs(reading.margin):.2f}{_unit(reading)} more {gate_name(reading.gate)} ({_against(reading)})"


def _against(reading: GateReading) -> str:
    return f"{reading.value:.2f}, threshold {reading.threshold:.2f}"


def _unit(reading: GateReading) -> str:
    return f" {reading.unit}" if reading.unit else ""


def outside_masks(box_xyxy: Box, frame_size: tuple[int, int], masks: tuple[Polygon, ...]) -> bool:
    """Whether the foot point of a box in pixels lies in none of the masks (polygons in shares of the picture)."""
    x, y = foot_point(box_xyxy)
    point = (x / frame_size[0], y / frame_size[1])
    return not any(inside(point, mask) for mask in masks)


def same_place(last_box: Box, first_box: Box, gap_ns: int) -> bool:
    """Whether one walking person could have gone from the first box to the second in `gap_ns`.

    People walk about 0.8 body heights a second (1.4 m/s at 1.75 m); half a height is granted for box jitter, half as much again for haste.
    """
    height = max(last_box[3] - last_box[1], first_box[3] - first_box[1], 1.0)
    (x1, y1), (x2, y2) = foot_point(last_box), foot_point(first_box)
    reach = (0.5 + 1.2 * max(gap_ns, 0) / SECOND) * height
    return ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5 <= reach
