"""Somebody who is down: what is known of them, and how one more look changes it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from engine.model.alerts.decision import GateReading
from engine.model.geometry import Box
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.vision.activities.body import Body, PoseFacts, Sample, centre
from engine.vision.activities.change import at_least, at_most
from engine.vision.activities.descent import (
    GAP_NS,
    SETTLES_NS,
    Descent,
    Rest,
    descent_of,
    descent_start,
    fall_log_odds,
    quickened,
    rested,
    stature,
)
from engine.vision.activities.posture import lying, lying_shape

DROP, TOOK_S, SEEN = 0.08, 1.5, 0.3
LIKELIHOODS = (1, 0.0), (7, -0.5)  # after so many times the stillness that is asked for, log odds that make a fall, nats
LOW = 0.62  # of the upright height: opens a candidate
FOUND_WHOLE, FOUND_LYING, FOUND_SEEN, FOUND_STILL, FOUND_CONFIDENCE = 0.8, 0.7, 0.5, 3.0, 0.5
TALL = 0.8  # of the upright height
FALLS_NS = SECOND  # from the first sign of it
SETTLED_S = 1.0  # who has been still for so long goes down anew if at all
WATCHED_NS = SECOND  # two runs of the detector further apart than that are no watching in between
LOOK_BACK_NS, BEFORE_NS = 2 * SECOND + SECOND // 2, SECOND
MOVED = 0.35  # body heights: somewhere else than before
PLACE_MEMORY = 0.2
UP_SHARE, UP_LYING = 0.72, 0.35
LEAST_SPEED = 0.05  # body heights a second
UPRIGHT_WIDTH = 0.35  # of the height: where only limbs were seen


@dataclass(frozen=True, slots=True)
class Down:
    """A candidate or, with `raised_ns`, a fall.

    Attributes:
        key: of the track that went down. track_id: who is there now; empty while nobody is followed there.
        fell_ns: when they were down. upright: height and width before; None for one who was found lying.
        drop: of the head, body heights, from head_y; took_s: from upright to low. scale: a body height in pixels.
        lying, low, whole: means of how much they looked like lying, how high they were, and whether the picture's edge spared them.
        looks: of those means. runs, seen: of the detector since, and those that found somebody there; run_ns: the last that was counted.
        descent, rest: how they went down, and how they have been since they last moved; None: they were found lying.
        moved_ns: when they last moved. settled_ns: when they had first been still for a moment; None: not yet. up_ns: since when they have
            been up on end. seen_ns: when they were last found; unseen_ns: watched since, without finding anybody.
    """

    key: str
    track_id: str
    fell_ns: int
    upright: tuple[float, float] | None
    scale: float
    drop: float
    head_y: float
    took_s: float
    place: Box
    confidence: float
    lying: float
    low: float
    whole: float
    moved_ns: int
    seen_ns: int
    looks: int = 1
    run_ns: int = 0
    unseen_ns: int = 0
    runs: int = 1
    seen: int = 1
    up_ns: int | None = None
    raised_ns: int | None = None
    level: int = 0
    descent: Descent | None = None
    rest: Rest = Rest()
    settled_ns: int | None = None

    @property
    def first_seen_lying(self) -> bool:
        """They were lying when they were first seen."""
        return self.upright is None

    @property
    def likelihood(self) -> float:
        """Log odds that it was a fall, nats; how they went down is known."""
        return 0.0 if self.descent is None else fall_log_odds(self.descent, self.rest, self.scale)

    def still_s(self, now_ns: int) -> float:
        return max(now_ns - max(self.moved_ns, self.fell_ns), 0) / SECOND

    def is_up(self, now_ns: int, for_ns: int) -> bool:
        return self.up_ns is not None and now_ns - self.up_ns >= for_ns


def gone_down(body: Body, since_ns: int = 0) -> Down | None:
    """Somebody whose head came down just now, or who stood a moment ago and is low now. `since_ns`: what was before is decided already."""
    scale = stature(body)
    if scale <= 0:
        return None
    descent = descent_of(body, scale, since_ns)
    if descent is None:
        return _lowered(body, scale, since_ns)
    known = body.upright if body.upright is not None else (scale, UPRIGHT_WIDTH * scale)
    drop = (body.last.box[1] - descent.top) / scale
    return _new_fall(body, known, drop, descent.top, drop / max(descent.speed, LEAST_SPEED), scale, descent)


def _lowered(body: Body, scale: float, since_ns: int) -> Down | None:
    """Slowly, as who lies down: such a candidate leaves a decision."""
    known = body.upright
    if known is None or body.last.height > LOW * known[0]:
        return None
    before = body.since(max(body.last.at_ns - LOOK_BACK_NS, since_ns))
    tall = [sample for sample in before if sample.height >= TALL * known[0]]
    if not tall:
        return None
    head = min(sample.box[1] for sample in before if tall[-1].at_ns - BEFORE_NS <= sample.at_ns <= tall[-1].at_ns)
    drop = (body.last.box[1] - head) / known[0]
    took_s = _seen_s(before, tall[-1].at_ns)
    start = descent_start(Descent(head, tall[-1].width, tall[-1].at_ns), body, scale)
    return _new_fall(body, known, drop, head, took_s, scale, start) if drop >= DROP / 2 else None


def found_lying(body: Body) -> Down | None:
    """Somebody of whom nothing else is known than that they lie."""
    if body.upright is not None or len(body.samples) < 5 or min(lying(body), lying_shape(body.samples[0], None)) < FOUND_LYING:
        return None
    return _new_fall(body, None, 0.0, body.last.box[1], 0.0, max(body.last.width, body.last.height), None)


def followed(down: Down, body: Body) -> Down:
    """One more look at them."""
    sample = body.last
    low, looks_lying = sample.height / down.scale, lying(body)
    up = (not down.first_seen_lying and low >= UP_SHARE and looks_lying <= UP_LYING) or (
        down.first_seen_lying and looks_lying <= UP_LYING / 2
    )
    up_ns = (sample.at_ns if down.up_ns is None else down.up_ns) if up else None
    down = replace(down, track_id=body.id, up_ns=up_ns, confidence=max(down.confidence, body.confidence))
    return (
        replace(down, run_ns=sample.at_ns, unseen_ns=0)
        if up
        else _looked_at(_hastened(down, body), sample, body.pose, looks_lying, low, not sample.cut)
    )


def _hastened(down: Down, body: Body) -> Down:
    """With how fast they still went down, until shortly after they came to rest."""
    descent, until_ns = down.descent, max(down.moved_ns, down.fell_ns + FALLS_NS) + SETTLES_NS
    if descent is None or body.last.at_ns > until_ns:
        return down
    descent = quickened(descent, body, down.scale, until_ns)
    return replace(down, descent=descent, took_s=down.drop / max(descent.speed, LEAST_SPEED))


def glimpsed(down: Down, box: Box, at_ns: int) -> Down:
    """The detector found somebody there whom no track follows: lying people are seldom seen well enough for one."""
    shape = 1.0 if box[2] - box[0] > box[3] - box[1] else 0.0
    return _looked_at(replace(down, track_id="", up_ns=None), Sample(at_ns, box, False), None, shape, (box[3] - box[1]) / down.scale, None)


def missed(down: Down, at_ns: int) -> Down:
    unseen_ns = down.unseen_ns + min(at_ns - down.run_ns, WATCHED_NS)
    return replace(down, track_id="", run_ns=at_ns, runs=down.runs + 1, up_ns=None, unseen_ns=unseen_ns)


def fall_gates(down: Down, now_ns: int, still_s: float) -> tuple[GateReading, ...]:
    """`still_s`: how long lying makes a fall."""
    seen, still = down.seen / down.runs, down.still_s(now_ns)
    if down.first_seen_lying:
        return (
            at_least("confidence", down.confidence, FOUND_CONFIDENCE),
            at_least("whole", down.whole, FOUND_WHOLE),
            at_least("lying", down.lying, FOUND_LYING),
            at_least("seen", seen, FOUND_SEEN),
            at_least("still", still, FOUND_STILL * still_s, "s"),
        )
    return (
        at_least("drop", down.drop, DROP, "body heights"),
        at_most("sudden", down.took_s, TOOK_S, "s"),
        at_least("likelihood", _percent(down.likelihood), _percent(_least_log_odds(still, still_s)), "%"),
        at_least("seen", seen, SEEN),
        at_least("still", still, still_s, "s"),
    )


def may_be_told_later(down: Down, now_ns: int, still_s: float) -> bool:
    """Whether lying still for longer may yet make a fall of it."""
    later = [least for times, least in LIKELIHOODS if down.still_s(now_ns) < times * still_s]
    return bool(later) and down.likelihood >= min(later) and down.drop >= DROP and down.took_s <= TOOK_S


def _least_log_odds(still: float, still_s: float) -> float:
    """Log odds that are asked of somebody who has been still for so many seconds: less, the longer."""
    return min((least for times, least in LIKELIHOODS if still >= times * still_s), default=LIKELIHOODS[0][1])


def _percent(log_odds: float) -> float:
    """0–100: how likely these log odds (nats) make it; operators read no log odds."""
    return 100.0 / (1.0 + math.exp(-log_odds))


def _seen_s(samples: Sequence[Sample], from_ns: int) -> float:
    """From then on, without the time in which they were lost for longer than a moment: detectors lose people who fall."""
    times = [sample.at_ns for sample in samples if sample.at_ns >= from_ns]
    return sum(min(later - earlier, GAP_NS) for earlier, later in pairwise(times)) / SECOND


def _new_fall(
    body: Body, known: tuple[float, float] | None, drop: float, head_y: float, took_s: float, scale: float, descent: Descent | None
) -> Down:
    sample = body.last
    whole = 0.0 if sample.cut else 1.0
    low, at_ns = sample.height / scale, sample.at_ns
    return Down(
        key=body.id,
        track_id=body.id,
        fell_ns=at_ns,
        upright=known,
        scale=scale,
        drop=drop,
        head_y=head_y,
        took_s=took_s,
        place=sample.box,
        confidence=body.confidence,
        lying=lying(body),
        low=low,
        whole=whole,
        moved_ns=at_ns,
        seen_ns=at_ns,
        run_ns=at_ns,
        descent=descent,
    )


def _looked_at(down: Down, sample: Sample, pose: PoseFacts | None, looks_lying: float, low: float, whole: bool | None) -> Down:
    looks, box, at_ns = down.looks + 1, sample.box, sample.at_ns
    moved = math.dist(centre(box), centre(down.place)) > MOVED * down.scale
    settles = moved or at_ns < max(down.moved_ns, down.fell_ns) + SETTLES_NS
    settled = down.settled_ns is None and not moved and down.still_s(at_ns) >= SETTLED_S
    return replace(
        down,
        rest=Rest() if settles else rested(down.rest, sample, pose),
        place=box if moved else _mean(down.place, box),
        drop=down.drop if down.first_seen_lying else max(down.drop, (box[1] - down.head_y) / down.scale),
        moved_ns=at_ns if moved else down.moved_ns,
        settled_ns=at_ns if settled else down.settled_ns,
        seen_ns=at_ns,
        run_ns=at_ns,
        unseen_ns=0,
        looks=looks,
        runs=down.runs + 1,
        seen=down.seen + 1,
        lying=down.lying + (looks_lying - down.lying) / looks,
        low=down.low + (low - down.low) / looks,
        whole=down.whole if whole is None else down.whole + (whole - down.whole) / looks,
    )


def _mean(place: Box, box: Box) -> Box:
    x0, y0, x1, y1 = (old + PLACE_MEMORY * (new - old) for old, new in zip(place, box, strict=True))
    return x0, y0, x1, y1
