"""Follows people through what the links show: one track per person, each explaining what the others leave over.

Multi-target tracking before detection: no peak has to be assigned to a track, because every track is weighed with the same levels, given
what all others make of them (a mean field over the joint posterior). So one body cannot feed two tracks, and a side lobe is no peak.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.radio.cloud import SIZE, Cloud, Limits
from engine.radio.geometry import LinkGeometry
from engine.radio.grid import Extent
from engine.radio.law import ScatterLaw
from engine.radio.likelihood import Array, Bins, ratio_table
from engine.radio.search import FloorLattice, FloorSearch
from engine.radio.track import MOST_BELIEF, Track

NewId = Callable[[str], str]
TEMPER = 0.25  # levels of successive ticks are not independent: they are averages over some ticks
DELAY_S = 0.12  # levels are averages over the recent past
_ENOUGH = 3.0  # log-odds at which somebody becomes a track
_PAUSE_PER_S = 1.2  # belief lost at most while nothing at all moves: who stands still is not gone at once
_WRONG_PER_S = 5.0  # belief lost at most otherwise
_SILENCE_PER_S = 0.04
_CLOSE_M = 0.8
_WORTH_S, _WORTHLESS_PER_S, _DOUBLE_PER_S = 1.0, 1.0, 1.5  # who explains nothing beside an older track is no other person
_MEASURED = 0.02
_COARSE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What the links show at a tick, all (L,): bins of level, the same only where the link is in motion, how much each link counts,
    distribution functions of stray levels above and below both, evidence of breathing, and whether anything moves at all."""

    level: Bins
    moving: Bins
    weight: Array
    stray: tuple[Array, Array]
    stray_moving: tuple[Array, Array]
    still: Array
    active: bool


class Tracker:
    """Of one geometry. Deterministic: what chance there is comes from a seeded generator that is part of the state."""

    def __init__(self, geometry: LinkGeometry, extent: Extent, most: int) -> None:
        self.tracks: list[Track] = []
        self.geometry, self.lattice = geometry, FloorLattice(extent, geometry)
        self.search = FloorSearch(self.lattice)
        self._limits: Limits = (extent[0], extent[1], extent[3], extent[4])
        self._most = most
        self._numbers = 0
        self._chance = np.random.default_rng(1)
        self._each = np.arange(len(geometry))

    def adopt(self, other: "Tracker") -> None:
        """Carry on with the tracks of another geometry."""
        self.tracks, self._numbers, self._chance = other.tracks, other._numbers, other._chance

    def step(self, now_ns: int, dt_s: float, levels: Levels, law: ScatterLaw, new_id: NewId) -> tuple[str, ...]:
        """One tick. Returns the ids of those who are gone."""
        steps = law.steps()
        for track in self.tracks:
            track.cloud.move(dt_s, self._limits, self._chance)
            self._shade(track, levels, steps)
        for track in self.tracks:
            self._weigh(track, now_ns, dt_s, levels, steps)
        ended = self._drop()
        self._look(now_ns, dt_s, levels, steps, new_id)
        return ended

    def others(self, track: Track | None, levels: Levels) -> tuple[Array, Array]:
        """Distribution functions (L,) of all but one track, stray levels included."""
        above, below = levels.stray
        for other in self.tracks:
            if other is not track:
                above, below = above * other.above, below * other.below
        return above, below

    def table(self, track: Track, levels: Levels, steps: Array) -> Array:
        """(L, DEPTHS) what each link adds for this person, given all others."""
        return ratio_table(levels.level, steps, self.others(track, levels), levels.weight)

    def _shade(self, track: Track, levels: Levels, steps: Array) -> None:
        """What the track makes of each link, averaged over its cloud."""
        spots, share = track.cloud.sample(_COARSE)
        depths = self.geometry.depths(spots)
        track.above = share @ steps[depths, levels.level + 1]
        track.below = share @ steps[depths, levels.level]

    def _weigh(self, track: Track, now_ns: int, dt_s: float, levels: Levels, steps: Array) -> None:
        table = self.table(track, levels, steps)
        depths = self.geometry.depths(track.cloud.seen_from(DELAY_S))
        evidence = track.cloud.weigh(TEMPER * (dt_s / 0.1) * table[self._each, depths].sum(axis=1), self._chance)
        if evidence > _MEASURED * dt_s / 0.1:
            track.measured_ns = now_ns
        self._shade(track, levels, steps)
        breath = float((levels.still * (1 - steps[depths, 1].mean(axis=0))).max(initial=0.0))
        track.still = not levels.active
        track.worth += (1 - np.exp(-dt_s / _WORTH_S)) * (evidence / dt_s - track.worth)
        lost = 0.0 if breath > 0.3 else _WRONG_PER_S if levels.active else _PAUSE_PER_S
        silence = 0.0 if breath > 0.3 else _SILENCE_PER_S
        if track.worth < _WORTHLESS_PER_S and self._close(track):
            evidence = min(evidence, 0.0) - _DOUBLE_PER_S * dt_s
        track.belief = min(track.belief + max(evidence, -lost * dt_s) - silence * dt_s, MOST_BELIEF)
        track.mark(now_ns)

    def _drop(self) -> tuple[str, ...]:
        gone = [track for track in self.tracks if track.belief <= 0]
        self.tracks = [track for track in self.tracks if track not in gone]
        return tuple(track.id for track in gone)

    def _close(self, track: Track) -> bool:
        """Whether an older track stands at the same place."""
        here = track.cloud.mean()[0][:2]
        older = [other.cloud.mean()[0][:2] for other in self.tracks if other.number < track.number]
        return any(np.hypot(*(there - here)) < _CLOSE_M for there in older)

    def _look(self, now_ns: int, dt_s: float, levels: Levels, steps: Array, new_id: NewId) -> None:
        """Whether there is somebody more, by what moves."""
        above, below = levels.stray_moving
        for track in self.tracks:
            spots, share = track.cloud.sample(_COARSE)
            depths = self.geometry.depths(spots)
            above, below = above * (share @ steps[depths, levels.moving + 1]), below * (share @ steps[depths, levels.moving])
        table = ratio_table(levels.moving, steps, (above, below), levels.weight)
        taken = np.array([track.cloud.mean()[0][:2] for track in self.tracks]).reshape(-1, 2)
        self.search.step(TEMPER * (dt_s / 0.1) * self.lattice.gain(table), taken, dt_s)
        if self.search.belief >= _ENOUGH and len(self.tracks) < self._most:
            self._numbers += 1
            cloud = Cloud.around(self.search.draw(SIZE), self.lattice.cell_m / 2, self._chance)
            nothing = np.ones(len(self.geometry)), np.zeros(len(self.geometry))
            self.tracks.append(Track(new_id("blob"), self._numbers, cloud, _ENOUGH, now_ns, now_ns, *nothing))
            self._shade(self.tracks[-1], levels, steps)
            self.search.begin()

    def state(self) -> dict[str, Any]:
        return {
            "tracks": [track.state() for track in self.tracks],
            "search": self.search.state(),
            "numbers": self._numbers,
            "chance": self._chance.bit_generator.state,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.tracks = [Track.of_state(each) for each in state["tracks"]]
        self.search.restore(state["search"])
        self._numbers = int(state["numbers"])
        self._chance.bit_generator.state = state["chance"]


def strongest(tracks: Sequence[Track]) -> Track | None:
    return max(tracks, key=lambda track: track.belief, default=None)
