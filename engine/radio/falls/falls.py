"""Falls: somebody's height comes down fast, ends low, and they lie still. Sequential evidence, blob by blob.

Links with a static wave hardly tell heights. There a fall is somebody whose movement ends at once and who lies still (`impact`): step 1 is
then a sudden stop, steps 2 and 3 are the same but for what counts as movement, which is any change from frame to frame (`struck`). Such a
fall is HIGH, since nobody was seen lying.

1. Each tick the ramp that explains a blob's last seconds best is sought (`drop`). One that is steep enough opens a candidate.
2. A candidate gathers what comes after: mean height, movement. Lying still for `fall_still_s` with every gate passed raises the fall.
   Heights come from measured blobs only: what a tracker makes up while it coasts is no evidence of a drop.
3. A fall that was raised is watched on, also when radio loses whoever lies still; it escalates, and ends when somebody is up or moves
   there, or after nobody was found there for ten minutes.

Whoever is lost right after going down may still be lying there. That is raised too, but only where the drop was very clear and no link
moves that no blob explains. Such a fall, and one of which it is hard to tell how fast it was, is HIGH instead of CRITICAL.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np

from engine.model.alerts.decision import GateReading, unwatched
from engine.model.event import Severity
from engine.model.radio.blob import Blob, BlobStatus
from engine.model.radio.radio import LinkFeatures
from engine.model.site import Position, RadioSettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.radio.falls import impact_gate
from engine.radio.falls.gates import CERTAINTY, FallFacts, fall_gates, impact_gates, low_m, why_not
from engine.radio.falls.impact import Impact
from engine.radio.falls.jolts import Shakes
from engine.radio.links.doppler import reporting_links
from engine.radio.links.drop import LAST_END_S, Drop, Heights, find_drop, sharpened

HISTORY_S = 10.0
LEAST_DROP_M, LEAST_SIGMAS = 0.5, 2.0  # open a candidate
TOLD_DROP_M = 0.6  # candidates below it are dropped without a decision: noise
SETTLING_S = 3.0  # after it was opened, a candidate's ramp is placed anew, with both levels known
LOW_AFTER_S = 0.4  # heights from then on are of after the drop
RECENT_S = 2.5
UP_SHARE = 0.6  # of the drop, regained: up again
REACH_M = 1.2  # who is found so near is who fell
AWAY_M = 1.2
WALKING_M_S = 0.6
UP_S = 2.0  # up or away for so long ends a fall
GIVE_UP_S = 15.0  # beyond the stillness that is asked for
LOST_SIGMAS, LOST_HEIGHTS = 4.0, 5  # for one who was lost
SURE_HEIGHTS, SURE_SUDDEN = 15, 1.0  # for CRITICAL at once
UNEXPLAINED_SHARE = 0.34  # of links that move while no blob is there
FRESH_S = 2.0
LOST_END_S = 600.0
REJECT_EVERY_S = 10.0
STATIC_SHARE = 0.5  # of links with a static wave, from which falls are told by impacts
LYING_M = 0.2  # where the trunk of who lies is


class FallStage(StrEnum):
    RAISED = "raised"
    ESCALATED = "escalated"
    ENDED = "ended"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FallChange:
    """What became of a fall or a candidate.

    Attributes:
        fall_id: the blob that went down; the same in every change of one fall. blob_id: the blob that is there now.
        fell_ns: when it was down. level: 0 when raised, then 1, 2 … gates: with RAISED and REJECTED. reason: a sentence.
        certain: it was seen lying after a clearly fast drop.
    """

    stage: FallStage
    fall_id: str
    blob_id: str
    at_ns: int
    fell_ns: int
    position: Position
    level: int
    severity: Severity
    certain: bool
    confidence: float
    reason: str
    gates: tuple[GateReading, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A blob as it was measured at one tick."""

    at_ns: int
    position: Position
    sigma_z_m: float


@dataclass(frozen=True, slots=True)
class Down:
    """Somebody who went down: a candidate, or (with `raised_ns`) a fall.

    Attributes:
        before_m: mean height before. speed_m_s, sigmas, sudden: of the ramp. place: where it ended.
        low_m, heights: mean height since, and of how many measurements. recent_m: smoothed over the last seconds;
            deepest_m: the lowest that ever was.
        settled: its ramp was placed anew. impact: the sudden stop that it was told by; heights mean nothing then.
        moved_ns: when it last moved. up_ns: since when it has been up or away on end. lost_ns: since when there is no blob.
    """

    fall_id: str
    blob_id: str
    opened_ns: int
    fell_ns: int
    seen_s: float
    before_m: float
    speed_m_s: float
    sigmas: float
    sudden: float
    confidence: float
    place: Position
    simulated: bool
    low_m: float
    heights: int
    recent_m: float
    deepest_m: float
    moved_ns: int
    up_ns: int | None = None
    lost_ns: int | None = None
    settled: bool = False
    raised_ns: int | None = None
    certain: bool = True
    level: int = 0
    impact: Impact | None = None

    @property
    def up_m(self) -> float:
        return self.low_m + UP_SHARE * (self.before_m - self.low_m)


class FallWatch:
    """Sans-IO, one thread."""

    def __init__(self) -> None:
        self._still_s = RadioSettings().fall_still_s
        self._escalate_s = RadioSettings().fall_escalate_s
        self._history: dict[str, tuple[Sample, ...]] = {}
        self._confidence: dict[str, float] = {}
        self._down: dict[str, Down] = {}
        self._rejected_ns: dict[str, int] = {}

    def configure(self, radio: RadioSettings) -> None:
        self._still_s = radio.fall_still_s
        self._escalate_s = tuple(sorted(radio.fall_escalate_s))

    @property
    def fallen(self) -> frozenset[str]:
        """The blobs that lie where a fall was raised."""
        return frozenset(down.blob_id for down in self._down.values() if down.raised_ns is not None)

    def step(self, now_ns: int, blobs: Sequence[Blob], features: LinkFeatures, shakes: Shakes | None = None) -> tuple[FallChange, ...]:
        """Called at each tick with all blobs, confirmed and coasting. `shakes`: of the last `struck.SLOTS` slots, where known."""
        for blob in blobs:
            if blob.status is BlobStatus.CONFIRMED:
                self._remember(blob, now_ns)
        self._forget_blobs({blob.id for blob in blobs}, now_ns)
        if shakes is not None and _static(features):
            self._look_for_impact(blobs, impact_gate.impact_of(shakes), now_ns)
        else:
            for blob in blobs:
                self._look_for_drop(blob, now_ns)
        changes: list[FallChange] = []
        for down in list(self._down.values()):
            changes += self._follow_fall(down, now_ns, blobs, features, impact_gate.moves(shakes))
        return tuple(changes)

    def give_up(self, now_ns: int) -> tuple[FallChange, ...]:
        """Nobody watches on: candidates that nothing was decided of are decided now, but for those that are noise."""
        waiting = [down for down in self._down.values() if down.raised_ns is None]
        changes = [change for down in waiting for change in self._rejection(down, self._fall_gates(down, now_ns), now_ns)]
        return tuple(replace(change, gates=(*change.gates, unwatched())) for change in changes)

    def state(self) -> dict[str, Any]:
        return {
            "history": {blob_id: [to_plain(sample) for sample in samples] for blob_id, samples in self._history.items()},
            "confidence": dict(self._confidence),
            "down": [to_plain(down) for down in self._down.values()],
            "rejected_ns": dict(self._rejected_ns),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._history = {
            blob_id: tuple(read_as(Sample, plain, "history") for plain in samples) for blob_id, samples in state["history"].items()
        }
        self._confidence = dict(state["confidence"])
        self._down = {down.fall_id: down for down in (read_as(Down, plain, "down") for plain in state["down"])}
        self._rejected_ns = dict(state["rejected_ns"])

    def _remember(self, blob: Blob, now_ns: int) -> None:
        sigma_m = math.sqrt(max(blob.covariance[2][2], 0.0))
        known = self._history.get(blob.id, ())
        old = next((place for place, sample in enumerate(known) if now_ns - sample.at_ns <= HISTORY_S * SECOND), len(known))
        self._history[blob.id] = (*known[old:], Sample(now_ns, blob.position, sigma_m))
        self._confidence[blob.id] = max(blob.confidence, 0.98 * self._confidence.get(blob.id, 0.0))

    def _forget_blobs(self, here: set[str], now_ns: int) -> None:
        for blob_id in [name for name in self._history if name not in here]:
            if now_ns - self._history[blob_id][-1].at_ns > HISTORY_S * SECOND:
                del self._history[blob_id], self._confidence[blob_id]
        for blob_id in [name for name, at_ns in self._rejected_ns.items() if now_ns - at_ns > REJECT_EVERY_S * SECOND]:
            del self._rejected_ns[blob_id]

    def _look_for_drop(self, blob: Blob, now_ns: int) -> None:
        known = next((down for down in self._down.values() if down.blob_id == blob.id), None)
        if blob.status is not BlobStatus.CONFIRMED or (known is not None and not _may_be_another(known)):
            return
        drop = find_drop(_heights(self._history[blob.id], now_ns))
        if drop is None or drop.drop_m < LEAST_DROP_M or drop.sigmas < LEAST_SIGMAS:
            return
        if known is not None:
            del self._down[known.fall_id]
        self._down[blob.id] = _fall_from_drop(blob, drop, now_ns, self._confidence[blob.id])

    def _look_for_impact(self, blobs: Sequence[Blob], impact: Impact | None, now_ns: int) -> None:
        """A sudden stop is a candidate: of the one who was measured last, of several the surest. The best one of a while is kept."""
        if impact is None:
            return
        near = [blob for blob in blobs if self._history.get(blob.id)]
        blob = max(near, key=lambda blob: (self._history[blob.id][-1].at_ns, blob.confidence), default=None)
        known = None if blob is None else self._down.get(blob.id)
        if blob is None or (known is not None and not impact_gate.gives_way(known.raised_ns, known.impact, impact)):
            return
        before = [sample for sample in self._history[blob.id] if sample.at_ns <= impact.at_ns] or self._history[blob.id][:1]
        self._down[blob.id] = _fall_from_impact(blob, before[-1].position, impact, now_ns, self._confidence[blob.id])

    def _settled(self, down: Down, now_ns: int) -> Down | None:
        """The candidate with its ramp placed anew from what was measured since; None where nothing is left of the drop."""
        heights = _heights(self._history.get(down.blob_id, ()), now_ns)
        first = find_drop(heights, SETTLING_S + LAST_END_S)
        drop = None if first is None else sharpened(heights, first)
        if drop is None or drop.drop_m < LEAST_DROP_M:
            return None
        fell_ns = now_ns + round(drop.end_s * SECOND)
        after = heights.at_s > drop.end_s + LOW_AFTER_S
        return replace(
            down,
            settled=True,
            fell_ns=fell_ns,
            before_m=drop.before_m,
            speed_m_s=drop.speed_m_s,
            sigmas=drop.sigmas,
            sudden=drop.sudden,
            low_m=heights.mean(after) if after.any() else drop.after_m,
            heights=int(after.sum()),
            moved_ns=max(fell_ns, down.moved_ns if down.up_ns is not None else 0),
            place=self._place(down, fell_ns),
        )

    def _place(self, down: Down, fell_ns: int) -> Position:
        """The middle of where it was measured since it was down."""
        since = [sample.position for sample in self._history[down.blob_id] if sample.at_ns > fell_ns + LOW_AFTER_S * SECOND]
        if not since:
            return down.place
        x, y, z = np.mean(since, axis=0)
        return float(x), float(y), float(z)

    def _follow_fall(self, down: Down, now_ns: int, blobs: Sequence[Blob], features: LinkFeatures, moves: bool) -> list[FallChange]:
        taken = {other.blob_id for other in self._down.values() if other is not down}
        blob = _who_is_there(down, [blob for blob in blobs if blob.id not in taken])
        if down.impact is not None:
            down = _update_motionless(down, blob, now_ns, moves)
        else:
            down = _update_unlocated(down, now_ns, features, bool(blobs)) if blob is None else _update_located(down, blob, now_ns)
        self._down[down.fall_id] = down
        return self._candidate(down, now_ns) if down.raised_ns is None else self._fall(down, now_ns)

    def _candidate(self, down: Down, now_ns: int) -> list[FallChange]:
        if not down.settled:
            return self._settle(down, now_ns) if now_ns - down.opened_ns >= SETTLING_S * SECOND else []
        gates = self._fall_gates(down, now_ns)
        if all(gate.passed for gate in gates) and _clear_enough(down):
            return [self._raise(down, gates, now_ns)]
        if now_ns - down.fell_ns > (self._still_s + GIVE_UP_S) * SECOND or _is_up(down, now_ns, 1.0):
            del self._down[down.fall_id]
            return self._rejection(down, gates, now_ns)
        return []

    def _fall_gates(self, down: Down, now_ns: int) -> tuple[GateReading, ...]:
        if down.impact is None:
            return fall_gates(_facts(down, now_ns), self._still_s)
        return impact_gates(down.impact, down.seen_s, down.confidence, _still_s(down, now_ns), self._still_s)

    def _settle(self, down: Down, now_ns: int) -> list[FallChange]:
        settled = self._settled(down, now_ns)
        if settled is None:  # up again already
            del self._down[down.fall_id]
            return self._rejection(down, fall_gates(_facts(down, now_ns), self._still_s), now_ns)
        self._down[down.fall_id] = settled
        return []

    def _raise(self, down: Down, gates: tuple[GateReading, ...], now_ns: int) -> FallChange:
        if down.impact is not None:
            return self._raise_struck(down, gates, now_ns)
        certain = down.lost_ns is None and down.heights >= SURE_HEIGHTS and down.sudden >= SURE_SUDDEN
        raised = replace(down, raised_ns=now_ns, certain=certain)
        self._down[down.fall_id] = raised
        seconds = (now_ns - down.fell_ns) / SECOND
        how = f"{down.before_m - down.low_m:.1f} m at {down.speed_m_s:.1f} m/s"
        reason = f"Somebody went down {how} and has been lying still for {seconds:.0f} s."
        return _change(FallStage.RAISED, raised, now_ns, reason + _doubt(raised), gates)

    def _raise_struck(self, down: Down, gates: tuple[GateReading, ...], now_ns: int) -> FallChange:
        raised = self._down[down.fall_id] = replace(down, raised_ns=now_ns, certain=False)
        seconds = (now_ns - down.fell_ns) / SECOND
        reason = f"Somebody who was moving stopped at once, as who falls does, and has kept still for {seconds:.0f} s."
        return _change(FallStage.RAISED, raised, now_ns, reason + _doubt(raised), gates)

    def _rejection(self, down: Down, gates: tuple[GateReading, ...], now_ns: int) -> list[FallChange]:
        if down.impact is not None and not impact_gate.near_enough(down.impact):
            return []
        if down.impact is None and (down.before_m - down.deepest_m < TOLD_DROP_M or down.sigmas < CERTAINTY):
            return []
        if down.fall_id in self._rejected_ns:
            return []
        self._rejected_ns[down.fall_id] = now_ns
        up = down.up_ns is not None or not down.settled
        why = "Was up again or moved on soon." if up and down.impact is None else why_not(gates)
        reason = why or "Was lost after going down, and it was not clear enough for a fall."
        return [_change(FallStage.REJECTED, down, now_ns, reason, gates)]

    def _fall(self, down: Down, now_ns: int) -> list[FallChange]:
        raised_ns = now_ns if down.raised_ns is None else down.raised_ns
        if _is_up(down, now_ns, UP_S):
            del self._down[down.fall_id]
            return [_change(FallStage.ENDED, down, now_ns, "Somebody is up or moving there again.")]
        if down.lost_ns is not None and now_ns - down.lost_ns > LOST_END_S * SECOND:
            del self._down[down.fall_id]
            return [_change(FallStage.ENDED, down, now_ns, f"Nobody was found there for {LOST_END_S / 60:.0f} minutes.")]
        if down.level < len(self._escalate_s) and now_ns - raised_ns >= self._escalate_s[down.level] * SECOND:
            higher = replace(down, level=down.level + 1)
            self._down[down.fall_id] = higher
            seconds = (now_ns - down.fell_ns) / SECOND
            return [_change(FallStage.ESCALATED, higher, now_ns, f"Still lying there after {seconds:.0f} s." + _doubt(higher))]
        return []


def _doubt(down: Down) -> str:
    """What its reason ends with, however long they lie there: that makes it no surer."""
    if down.certain:
        return ""
    if down.impact is not None:
        return " This is not certain, as radio hardly tells heights here: look there."
    unseen = down.lost_ns is not None or down.heights < SURE_HEIGHTS
    why = "radio has hardly seen them since" if unseen else "how fast is hard to tell"
    return f" This is not certain, as {why}: look there."


def _static(features: LinkFeatures) -> bool:
    """Whether most links have a static wave, so that what is known of heights is mostly noise."""
    return len(features.doppler) > 0 and float(reporting_links(features.doppler).mean()) >= STATIC_SHARE


def _may_be_another(known: Down) -> bool:
    """Whether another drop may take a candidate's place: it did not end up low."""
    if known.impact is not None or known.raised_ns is not None or not known.settled:
        return False
    return known.recent_m > known.up_m or known.low_m > low_m(known.before_m)


def _heights(samples: Sequence[Sample], now_ns: int) -> Heights:
    """On a clock that is 0 now."""
    return Heights(
        np.array([(sample.at_ns - now_ns) / SECOND for sample in samples]),
        np.array([sample.position[2] for sample in samples]),
        np.array([sample.sigma_z_m for sample in samples]),
    )


def _fall_from_drop(blob: Blob, drop: Drop, now_ns: int, confidence: float) -> Down:
    fell_ns = now_ns + round(drop.end_s * SECOND)
    return Down(
        fall_id=blob.id,
        blob_id=blob.id,
        opened_ns=now_ns,
        fell_ns=fell_ns,
        seen_s=(now_ns - blob.since_ns) / SECOND + drop.start_s,
        before_m=drop.before_m,
        speed_m_s=drop.speed_m_s,
        sigmas=drop.sigmas,
        sudden=drop.sudden,
        confidence=confidence,
        place=blob.position,
        simulated=blob.simulated,
        low_m=drop.after_m,
        heights=0,
        recent_m=drop.after_m,
        deepest_m=drop.after_m,
        moved_ns=fell_ns,
    )


def _fall_from_impact(blob: Blob, place: Position, impact: Impact, now_ns: int, confidence: float) -> Down:
    return Down(
        fall_id=blob.id,
        blob_id=blob.id,
        opened_ns=now_ns,
        fell_ns=impact.at_ns,
        seen_s=(impact.at_ns - blob.since_ns) / SECOND,
        before_m=place[2],
        speed_m_s=0.0,
        sigmas=0.0,
        sudden=impact.sudden,
        confidence=confidence,
        place=(place[0], place[1], LYING_M),
        simulated=blob.simulated,
        low_m=LYING_M,
        heights=0,
        recent_m=LYING_M,
        deepest_m=LYING_M,
        moved_ns=impact.at_ns,
        settled=True,
        impact=impact,
    )


def _update_motionless(down: Down, blob: Blob | None, now_ns: int, moves: bool) -> Down:
    """One more tick of somebody who was told by a sudden stop: all that counts is whether anything moves."""
    down = replace(down, lost_ns=(now_ns if down.lost_ns is None else down.lost_ns) if blob is None else None)
    down = down if blob is None else replace(down, blob_id=blob.id)
    if not moves:
        return replace(down, up_ns=None)
    return replace(down, moved_ns=now_ns, up_ns=now_ns if down.up_ns is None else down.up_ns)


def _who_is_there(down: Down, blobs: Sequence[Blob]) -> Blob | None:
    """The blob itself, or whoever is found where it was lost."""
    same = next((blob for blob in blobs if blob.id == down.blob_id), None)
    if same is not None:
        return same
    near = [(math.dist(blob.position[:2], down.place[:2]), blob) for blob in blobs]
    return min(((d, blob) for d, blob in near if d <= REACH_M), key=lambda found: found[0], default=(0.0, None))[1]


def _update_located(down: Down, blob: Blob, now_ns: int) -> Down:
    """One more look at whoever is there. A coasting blob says where it was last, which is no news."""
    down = replace(down, blob_id=blob.id, lost_ns=None)
    if blob.status is not BlobStatus.CONFIRMED:
        return down
    height_m = blob.position[2]
    share = 1 - math.exp(-0.1 / (RECENT_S / 2))
    recent_m = down.recent_m + share * (height_m - down.recent_m)
    down = replace(down, recent_m=recent_m, deepest_m=min(down.deepest_m, recent_m))
    up = down.recent_m > down.up_m
    away = math.dist(blob.position[:2], down.place[:2]) > AWAY_M or math.hypot(*blob.velocity[:2]) > WALKING_M_S
    if not up and not away and now_ns - down.fell_ns > LOW_AFTER_S * SECOND:
        down = replace(down, low_m=down.low_m + (height_m - down.low_m) / (down.heights + 1), heights=down.heights + 1)
    if not (up or away):
        return replace(down, up_ns=None)
    return replace(down, moved_ns=now_ns, up_ns=now_ns if down.up_ns is None else down.up_ns)


def _update_unlocated(down: Down, now_ns: int, features: LinkFeatures, somebody: bool) -> Down:
    """Nobody is found there. Links that move while nobody is anywhere may be who fell, moving; with no fresh link nothing is known."""
    fresh = features.age_s < FRESH_S
    moving = float(features.motion[fresh].mean()) if fresh.any() else 1.0
    down = replace(down, lost_ns=now_ns if down.lost_ns is None else down.lost_ns, up_ns=None)
    return replace(down, moved_ns=now_ns) if moving >= UNEXPLAINED_SHARE and not somebody else down


def _is_up(down: Down, now_ns: int, for_s: float) -> bool:
    return down.up_ns is not None and now_ns - down.up_ns >= for_s * SECOND


def _clear_enough(down: Down) -> bool:
    return down.impact is not None or down.lost_ns is None or (down.sigmas >= LOST_SIGMAS and down.heights >= LOST_HEIGHTS)


def _facts(down: Down, now_ns: int) -> FallFacts:
    still_s = _still_s(down, now_ns)
    return FallFacts(down.seen_s, down.before_m, down.low_m, down.sigmas, down.speed_m_s, down.sudden, still_s, down.confidence)


def _still_s(down: Down, now_ns: int) -> float:
    return (now_ns - max(down.moved_ns, down.fell_ns)) / SECOND


def _change(stage: FallStage, down: Down, now_ns: int, reason: str, gates: tuple[GateReading, ...] = ()) -> FallChange:
    severity = Severity.CRITICAL if down.certain or down.level else Severity.HIGH
    return FallChange(
        stage=stage,
        fall_id=down.fall_id,
        blob_id=down.blob_id,
        at_ns=now_ns,
        fell_ns=down.fell_ns,
        position=(down.place[0], down.place[1], down.low_m),
        level=down.level,
        severity=severity if stage is not FallStage.REJECTED else Severity.MINIMAL,
        certain=down.certain,
        confidence=down.confidence,
        reason=reason,
        gates=gates,
        simulated=down.simulated,
    )
