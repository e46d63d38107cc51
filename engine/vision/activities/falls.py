"""Falls: somebody comes down at once, looks fallen by many signs, and lies still.

1. A track whose head comes down opens a candidate, with how far and how fast; so does, with stricter gates, one that was lying when it was
   first seen.
2. A candidate gathers how it rests; still for `fall_still_s` it is decided: a fall where every gate is passed, else a rejection.
3. A fall is watched on by its place: detectors lose people who lie, and find them again as others. It escalates, and ends when they are
   up, somebody stands there, or nobody was found there for five minutes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.model.alerts.decision import unwatched
from engine.model.event import EventKind, Severity
from engine.model.geometry import Box
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.body import APART_NS, KEPT_NS, Body, centre
from engine.vision.activities.change import ActivityChange, Stage, all_passed
from engine.vision.activities.down import (
    LIKELIHOODS,
    TALL,
    UP_LYING,
    UP_SHARE,
    Down,
    fall_gates,
    followed,
    found_lying,
    glimpsed,
    gone_down,
    may_be_told_later,
    missed,
)
from engine.vision.activities.loose import overlap
from engine.vision.activities.posture import lying

ESCALATE_S = (30.0, 120.0)
UP_NS, STANDS_NS = SECOND, 3 * SECOND
DECIDED_S = 2.0  # who has been still for so long and does not look fallen has not fallen
GIVE_UP_S = 15.0  # beyond the stillness that is asked for
UNSEEN_NS = 3 * SECOND  # a candidate that is not found for so long is none
UNSEEN_SAID_NS = SECOND // 2
LOST_END_NS = 300 * SECOND
TRACKED = 0.7  # IoU of a box with that of a track that has it
SAME = 0.2  # IoU of who is found there with where somebody lies
INNER = 0.6  # of the place, from its middle: who stands in it stands where somebody lay


@dataclass(frozen=True, slots=True)
class FallState:
    """`quiet`: tracks that were found lying and rejected; they open no candidate again. `standing`: since when a track stands where a
    fall is, by key. `decided`: when a candidate of a track was rejected; what it did before counts for no other."""

    downs: tuple[Down, ...] = ()
    quiet: tuple[str, ...] = ()
    standing: tuple[tuple[str, int], ...] = ()
    decided: tuple[tuple[str, int], ...] = ()


class FallWatch:
    """One camera's falls. Sans-IO, one thread."""

    def __init__(self) -> None:
        self._still_s = ActivitySettings().fall_still_s
        self._downs: dict[str, Down] = {}
        self._quiet: tuple[str, ...] = ()
        self._standing: dict[str, int] = {}
        self._decided: dict[str, int] = {}

    def configure(self, settings: ActivitySettings) -> None:
        self._still_s = settings.fall_still_s

    @property
    def down(self) -> frozenset[str]:
        """The tracks that are down now, candidates too."""
        return frozenset(down.track_id for down in self._downs.values() if down.track_id and down.up_ns is None)

    def see(self, at_ns: int, bodies: Mapping[str, Body], boxes: Sequence[Box]) -> list[ActivityChange]:
        """One run of the detector: who was measured, and every person box it found, unsure ones too."""
        taken = {down.track_id for down in self._downs.values()}
        changes: list[ActivityChange] = []
        for down in tuple(self._downs.values()):
            if at_ns - down.run_ns >= APART_NS:
                self._downs[down.key] = self._followed(down, at_ns, bodies, boxes, taken)
                changes += self._gone_on(self._downs[down.key], at_ns, bodies) or self._judged(self._downs[down.key], at_ns)
        for body in bodies.values():
            if body.last.at_ns == at_ns:
                self._maybe_open(body)
        return changes

    def tick(self, now_ns: int) -> list[ActivityChange]:
        """Time passed."""
        return [change for down in tuple(self._downs.values()) for change in self._aged(down, now_ns)]

    def stands(self, body: Body) -> bool:
        """Whether somebody who is seen now is upright, as far as their own height tells."""
        known = body.upright
        return known is not None and body.id not in self.down and body.last.height >= TALL * known[0] and lying(body) <= UP_LYING

    def resume(self, before: "FallWatch") -> None:
        """What was told before a break goes on by its place; unwatched is not up again."""
        kept = [down for down in before._downs.values() if down.raised_ns is not None]
        self._downs = {down.key: replace(down, track_id="", up_ns=None, unseen_ns=0) for down in kept}

    def give_up(self, at_ns: int) -> list[ActivityChange]:
        """Nobody watches on: candidates that nothing was decided of are decided now."""
        waiting = [down for down in self._downs.values() if down.raised_ns is None]
        changes = [change for down in waiting for change in self._over(down, at_ns, "")]
        return [replace(change, gates=(*change.gates, unwatched())) for change in changes]

    def state(self) -> Any:
        return to_plain(FallState(tuple(self._downs.values()), self._quiet, tuple(self._standing.items()), tuple(self._decided.items())))

    def restore(self, state: Any) -> None:
        known = read_as(FallState, state, "falls")
        self._downs = {down.key: down for down in known.downs}
        self._quiet, self._standing, self._decided = known.quiet, dict(known.standing), dict(known.decided)

    def _maybe_open(self, body: Body) -> None:
        if body.id in self._quiet or any(body.id in (down.key, down.track_id) for down in self._downs.values()):
            return
        opened = gone_down(body, self._decided.get(body.id, 0)) or (None if body.id in self._decided else found_lying(body))
        if opened is not None and not self._known_there(opened.place):
            self._downs[body.id] = opened

    def _gone_on(self, down: Down, at_ns: int, bodies: Mapping[str, Body]) -> list[ActivityChange]:
        """Who had settled and goes down again, as from a chair that they had just sat down on, is a candidate anew."""
        body = bodies.get(down.track_id)
        if down.raised_ns is not None or down.settled_ns is None or body is None or body.last.at_ns != at_ns:
            return []
        again = gone_down(body, down.settled_ns)
        if again is None or any(again.key == other.key for other in self._downs.values() if other is not down):
            return []
        changes = self._over(down, at_ns, "")
        self._downs[again.key] = again
        return changes

    def _known_there(self, place: Box) -> bool:
        return any(overlap(down.place, place) >= SAME and down.raised_ns is not None for down in self._downs.values())

    def _followed(self, down: Down, at_ns: int, bodies: Mapping[str, Body], boxes: Sequence[Box], taken: set[str]) -> Down:
        found_again = None if down.raised_ns is not None or down.key in taken else bodies.get(down.key)
        body = bodies.get(down.track_id) or found_again or self._who_is_there(down, bodies, taken)
        if body is not None:
            taken.add(body.id)
            return followed(down, body) if body.last.at_ns > down.run_ns else down
        others = [other.last.box for other in bodies.values()]
        glimpse = _nearest(down, [box for box in boxes if all(overlap(box, other) < TRACKED for other in others)])
        found = glimpsed(down, glimpse, at_ns) if glimpse is not None else missed(down, at_ns)
        return self._stood_on(found, at_ns, bodies)

    def _who_is_there(self, down: Down, bodies: Mapping[str, Body], taken: set[str]) -> Body | None:
        """Another track that is low there, or that began there since: the tracker lost them and found them again."""
        near = [(overlap(down.place, body.last.box), body) for body in bodies.values() if body.id not in taken]
        low = [(share, body) for share, body in near if share >= SAME and body.last.height <= UP_SHARE * down.scale]
        born = [(share, body) for share, body in near if body.first_ns > down.seen_ns and _inside(down.place, body.began)]
        return max(low or born, key=lambda found: found[0], default=(0.0, None))[1]

    def _stood_on(self, down: Down, at_ns: int, bodies: Mapping[str, Body]) -> Down:
        """Nobody is found lying there, and for a while somebody stands right there: then nobody lies there any more."""
        empty = at_ns - down.seen_ns > SECOND
        stands = empty and any(body.last.height > UP_SHARE * down.scale and _inside(down.place, body.last.box) for body in bodies.values())
        if not stands:
            self._standing.pop(down.key, None)
            return down
        since_ns = self._standing.setdefault(down.key, at_ns)
        return replace(down, up_ns=since_ns) if at_ns - since_ns >= STANDS_NS else down

    def _judged(self, down: Down, now_ns: int) -> list[ActivityChange]:
        if down.is_up(now_ns, UP_NS):
            return self._over(down, now_ns, "Up again.")
        gates = fall_gates(down, now_ns, self._still_s)
        if down.raised_ns is None and down.up_ns is None and all_passed(gates):
            raised = self._downs[down.key] = replace(down, raised_ns=now_ns)
            return [_fall_change(Stage.RAISED, raised, now_ns, _lying_text(raised, now_ns), gates)]
        unseen = now_ns - down.seen_ns > UNSEEN_SAID_NS
        waits = down.raised_ns is not None or down.up_ns is not None or down.first_seen_lying or unseen
        if waits or down.still_s(now_ns) < max(self._still_s, DECIDED_S) or may_be_told_later(down, now_ns, self._still_s):
            return []
        return self._over(down, now_ns, "")

    def _aged(self, down: Down, now_ns: int) -> list[ActivityChange]:
        unseen_ns = now_ns - down.seen_ns
        if down.raised_ns is None:
            late = now_ns - down.fell_ns > (self._still_s * (3 if down.first_seen_lying else LIKELIHOODS[-1][0]) + GIVE_UP_S) * SECOND
            return self._over(down, now_ns, "") if late or down.unseen_ns > UNSEEN_NS else []
        if down.unseen_ns > LOST_END_NS:
            return self._over(down, now_ns, f"Nobody was found there for {LOST_END_NS // SECOND // 60} minutes.")
        if down.level < len(ESCALATE_S) and now_ns - down.raised_ns >= ESCALATE_S[down.level] * SECOND:
            higher = self._downs[down.key] = replace(down, level=down.level + 1)
            seconds = (now_ns - down.fell_ns) / SECOND
            unseen = f", last seen {unseen_ns / SECOND:.0f} s ago" if unseen_ns > 2 * SECOND else ""
            found = " Nobody saw them go down: look there." if down.first_seen_lying else ""
            return [_fall_change(Stage.CHANGED, higher, now_ns, f"Still down after {seconds:.0f} s{unseen}." + found)]
        return []

    def _over(self, down: Down, now_ns: int, why: str) -> list[ActivityChange]:
        del self._downs[down.key]
        self._standing.pop(down.key, None)
        if down.raised_ns is not None:
            return [_fall_change(Stage.ENDED, down, down.up_ns or now_ns, why)]
        decided_ns = now_ns if down.settled_ns is None else down.settled_ns
        self._decided = {down.track_id or down.key: decided_ns} | {id: ns for id, ns in self._decided.items() if now_ns - ns < KEPT_NS}
        if down.first_seen_lying:
            self._quiet = (*self._quiet, down.key)[-64:]
        return [_fall_change(Stage.REJECTED, down, now_ns, "", fall_gates(down, now_ns, self._still_s))]


def _lying_text(down: Down, now_ns: int) -> str:
    seconds = (now_ns - down.fell_ns) / SECOND
    unseen = " The camera does not find them just now." if now_ns - down.seen_ns > UNSEEN_SAID_NS else ""
    if down.first_seen_lying:
        return f"Somebody has been lying there for {seconds:.0f} s. Nobody saw them go down: look there.{unseen}"
    return f"Somebody went down in {max(down.took_s, 0.1):.1f} s and has been lying still for {down.still_s(now_ns):.0f} s.{unseen}"


def _fall_change(stage: Stage, down: Down, now_ns: int, reason: str, gates: Any = ()) -> ActivityChange:
    return ActivityChange(
        kind=EventKind.FALL,
        stage=stage,
        key=down.key,
        track_ids=(down.track_id or down.key,),
        at_ns=now_ns,
        started_ns=down.fell_ns,
        severity=Severity.HIGH if down.first_seen_lying and not down.level else Severity.CRITICAL,
        confidence=min(max(down.lying, 0.0), 1.0),
        reason=reason,
        gates=gates,
        box_xyxy=down.place,
        level=down.level,
    )


def _nearest(down: Down, boxes: Sequence[Box]) -> Box | None:
    low = [(overlap(down.place, box), box) for box in boxes if box[3] - box[1] <= UP_SHARE * down.scale]
    share, box = max(low, key=lambda found: found[0], default=(0.0, None))
    return box if share >= SAME else None


def _inside(place: Box, foot: Box) -> bool:
    """Whether the foot point of a box is well inside the place."""
    x, y = centre(place)
    across, along = (place[2] - place[0]) / 2, (place[3] - place[1]) / 2
    near_x = math.fabs((foot[0] + foot[2]) / 2 - x) <= INNER * across
    return near_x and math.fabs(foot[3] - y) <= along * 1.2
