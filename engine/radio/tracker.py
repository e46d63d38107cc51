"""Follows people through what the links show: one track per person, each explaining what the others leave over.

Multi-target tracking before detection: no peak has to be assigned to a track, because every track is weighed with the same levels, given
what all others make of them (a mean field over the joint posterior). So one body cannot feed two tracks, and a side lobe is no peak.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.radio import doppler
from engine.radio.belief import Hearing, believe
from engine.radio.cloud import SIZE, Cloud, Limits
from engine.radio.geometry import LinkGeometry
from engine.radio.grid import Extent
from engine.radio.hunt import Hunt, Residue
from engine.radio.law import ScatterLaw
from engine.radio.likelihood import Array, Bins, ratio_table
from engine.radio.search import FloorLattice, FloorSearch
from engine.radio.track import Track

NewId = Callable[[str], str]
Shade = tuple[Array, Array]
"""What somebody makes of the links: distribution functions (L,) above and below the level that each shows."""
TEMPER = 0.25  # levels of successive ticks are not independent: they are averages over some ticks
COAST_NS = 700_000_000  # since when somebody was not measured who is only carried along
DELAY_S = 0.12  # levels are averages over the recent past
_ENOUGH, _ONE_MORE = 3.0, 3.5  # log-odds at which somebody becomes a track, and where others are followed: their misfit looks like one more
_EDGE_M, _INSIDE, _SURE = 0.8, 0.6, 4.0
_REST, _PAUSE_NS = 0.02, 200_000_000  # so little walking time passes for those followed, once nothing has moved for a while
_SURE_TEMPER = 0.15  # of where somebody is: errors of levels last longer than those of whether anybody is there
_SILENT_TEMPER, _HEED_NS = 0.02, 1_500_000_000  # of who is silent for longer: one silence is one observation, however long
_LOST_M2_S = 0.02  # variance that the place of who is not measured gains in a second, each way
_SIGHT = 0.2  # share of what would be seen of somebody that live links must have
_CLOSE_M = 1.2
_MEASURED = 0.02
_COARSE = 8
_STATIC = 0.1  # what levels of links with a static wave count for the place: echoes and the shape of the room make most of them
_ANYWHERE = 0.9  # of a new cloud on such links starts anywhere on the floor
_SEARCH = 0.35  # the same for whether there is somebody more
_STRAY_PER_S = 0.02  # of a cloud on such links tries another place
_STIRRED = 2.5  # log-likelihood that somebody is about, of a tick whose spectra show motion
_MISFIT = 0.7
_ASIDE = 2.0  # log-likelihood that must be won before a track is asked to step aside


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What the links show at a tick, all (L,): bins of level, the same only where the link is in motion, how much each link counts,
    distribution functions of stray levels above and below both, evidence of breathing, and whether anything moves at all; `spectra`
    (L, F) of Doppler shifts, rows of 0 where a link tells none, and whether these alone show motion."""

    level: Bins
    moving: Bins
    weight: Array
    stray: tuple[Array, Array]
    stray_moving: tuple[Array, Array]
    still: Array
    active: bool
    spectra: Array
    stirred: bool


class Tracker:
    """Of one geometry. Deterministic: what chance there is comes from a seeded generator that is part of the state."""

    def __init__(self, geometry: LinkGeometry, extent: Extent, most: int) -> None:
        self.tracks: list[Track] = []
        self.geometry, self.lattice = geometry, FloorLattice(extent, geometry)
        self.search = FloorSearch(self.lattice)
        self._limits: Limits = (extent[0], extent[1], extent[3], extent[4])
        self.hunt = Hunt(self._limits)
        self._most = most
        self._numbers = 0
        self._chance = np.random.default_rng(1)
        self._each = np.arange(len(geometry))

    def adopt(self, other: "Tracker") -> None:
        """Carry on with the tracks of another geometry."""
        self.tracks, self._numbers, self._chance = other.tracks, other._numbers, other._chance

    def step(self, now_ns: int, dt_s: float, levels: Levels, law: ScatterLaw, new_id: NewId) -> tuple[str, ...]:
        """One tick. Returns the ids of those who are gone."""
        steps, told = law.steps(), bool(levels.spectra.any())
        for track in self.tracks:
            walked_s = _REST * dt_s if _rests(track, levels, now_ns) else dt_s
            track.cloud.move(dt_s, walked_s, self._limits, self._chance, told)
            if now_ns - track.measured_ns > COAST_NS:
                track.cloud.blur(_LOST_M2_S * dt_s, self._limits, self._chance)
            self._shade(track, levels, steps)
        for track in self.tracks:
            self._weigh(track, now_ns, dt_s, levels, steps)
        ended = self._drop()
        self._look(now_ns, dt_s, levels, steps, new_id)
        if not self.tracks:
            self.hunt.begin()
        elif levels.active and levels.spectra.any():
            self._hunt(now_ns, dt_s, levels, steps, new_id)
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

    def _shade(self, track: Track, levels: Levels, steps: Array) -> Array:
        """What the track makes of each link, averaged over its cloud. Gives the chance (L,) that a link shows it at all."""
        spots, share = track.cloud.sample(_COARSE)
        depths = self.geometry.depths(spots)
        track.above = share @ steps[depths, levels.level + 1]
        track.below = share @ steps[depths, levels.level]
        return 1 - share @ steps[depths, 1]

    def _weigh(self, track: Track, now_ns: int, dt_s: float, levels: Levels, steps: Array) -> None:
        gain = self.table(track, levels, steps)[self._each, self.geometry.depths(track.cloud.seen_from(DELAY_S))]
        gain = (gain * trust(levels)).sum(axis=1)
        evidence = track.cloud.weigh(gain * (dt_s / 0.1), TEMPER, _haste(track, levels, now_ns), self._chance)
        if levels.active and levels.spectra.any():
            track.cloud.stray(_STRAY_PER_S * dt_s * float(doppler.told(levels.spectra).mean()), self._limits, self._chance)
            evidence += track.cloud.weigh(self._moved(track, levels) * (dt_s / 0.1), 1.0, 1.0, self._chance)
        if evidence > _MEASURED * dt_s / 0.1:
            track.measured_ns = track.known_ns = now_ns
            track.inside = self._inside(track)
        shows = self._shade(track, levels, steps)
        track.still = not levels.active
        heard = Hearing(
            evidence=evidence,
            breath=float((levels.still * shows).max(initial=0.0)),
            active=levels.active,
            visible=bool((levels.weight > 0).any()) and float(shows @ (levels.weight > 0)) >= _SIGHT * float(shows.sum()),
            alone=len(self.tracks) == 1,
            doubled=self._close(track),
        )
        believe(track, heard, now_ns, dt_s)
        track.mark(now_ns)

    def _moved(self, track: Track, levels: Levels) -> Array:
        """(N,) what the Doppler shifts say that all others leave over."""
        others = [other.cloud for other in self.tracks if other is not track]
        spots = track.cloud.seen_from(doppler.BEHIND_S)
        return doppler.gain(self.geometry, self._left_over(others, levels), levels.weight, spots, track.cloud.speeds)

    def _left_over(self, clouds: Sequence[Cloud], levels: Levels) -> Array:
        """(L, F) spectra beside what these clouds explain."""
        claims = [doppler.claimed(self.geometry, cloud.seen_from(doppler.BEHIND_S), cloud.speeds, cloud.share) for cloud in clouds]
        return doppler.left_over(levels.spectra, claims)

    def _hunt(self, now_ns: int, dt_s: float, levels: Levels, steps: Array, new_id: NewId) -> None:
        """Whether there is somebody more beside those who are followed, by the shifts that they leave over."""
        taken = np.array([track.cloud.mean()[0][:2] for track in self.tracks])
        left = Residue(self._left_over([track.cloud for track in self.tracks], levels), levels.weight, taken)
        self.hunt.step(dt_s, left, self.geometry, self._chance)
        if self.hunt.cloud is not None and self.hunt.found(taken) and len(self.tracks) < self._most:
            self._follow(self.hunt.cloud, now_ns, levels, steps, new_id)
            self.hunt.begin()

    def _inside(self, track: Track) -> bool:
        """Whether it is well away from the floor's edge, and sure."""
        spots = track.cloud.spots[:, :2]
        low, high = np.array(self._limits[:2]) + _EDGE_M, np.array(self._limits[2:]) - _EDGE_M
        return track.belief > _SURE and float(track.cloud.share @ ((spots > low) & (spots < high)).all(axis=1)) > _INSIDE

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
        spots = [track.cloud.mean()[0] for track in self.tracks]
        shades = [self._shadow(*track.cloud.sample(_COARSE), levels, steps) for track in self.tracks]
        gain, spots = self._with_one_more(levels, steps, shades, spots)
        taken = np.array(spots).reshape(-1, 3)[:, :2]
        if levels.stirred and not self.tracks:
            gain = gain + _STIRRED
        self.search.step(TEMPER * (dt_s / 0.1) * gain, taken, dt_s)
        if self.search.belief >= (_ONE_MORE if self.tracks else _ENOUGH) and len(self.tracks) < self._most:
            self._begin(now_ns, levels, steps, spots, new_id)

    def _with_one_more(self, levels: Levels, steps: Array, shades: list[Shade], spots: list[Array]) -> tuple[Array, list[Array]]:
        """Gain (cells,) of one more person, where those followed may step aside, and where they stand then.

        One track between two people may explain both so well that nothing is left over for a second. So the best newcomer is tried
        with each track at the place that is best beside the newcomer, if both together explain more than before. And what a track would
        explain by itself, were it only elsewhere, is no evidence of a newcomer: it is taken off.
        """
        gain, misfit = self._gain(levels, steps, shades), 0.0
        for index in range(len(self.tracks)):
            rest = [shade for number, shade in enumerate(shades) if number != index]
            newcomer = self._point(int(np.argmax(gain)), levels, steps)
            aside = self._gain(levels, steps, [*rest, newcomer])
            place = int(np.argmax(aside))
            moved = [*rest, self._point(place, levels, steps)]
            alone = self._gain(levels, steps, rest)
            worth = self._worth_at(index, levels, steps, rest)
            misfit += max(float(alone.max()) - worth, 0.0)
            other = self._gain(levels, steps, moved) + min(float(alone[place]) - worth, 0.0)
            if float(other.max()) > float(gain.max()) + _ASIDE:
                spot = self.lattice.spot(place)
                gain, shades, spots = other, [*shades[:index], moved[-1], *shades[index + 1 :]], [*spots[:index], spot, *spots[index + 1 :]]
        return gain - _MISFIT * misfit, spots

    def _worth_at(self, index: int, levels: Levels, steps: Array, rest: list[Shade]) -> float:
        """What a track adds where it is, on the average of its cloud, given the rest."""
        spots, share = self.tracks[index].cloud.sample(_COARSE)
        table = ratio_table(levels.moving, steps, _together(levels.stray_moving, rest), levels.weight * trust(levels, _SEARCH))
        return float(share @ table[self._each, self.geometry.depths(spots)].sum(axis=1))

    def _gain(self, levels: Levels, steps: Array, shades: list[Shade]) -> Array:
        """(cells,) of one more person beside these."""
        return self.lattice.gain(
            ratio_table(levels.moving, steps, _together(levels.stray_moving, shades), levels.weight * trust(levels, _SEARCH))
        )

    def _shadow(self, spots: Array, share: Array, levels: Levels, steps: Array) -> Shade:
        depths = self.geometry.depths(spots)
        return share @ steps[depths, levels.moving + 1], share @ steps[depths, levels.moving]

    def _point(self, square: int, levels: Levels, steps: Array) -> Shade:
        return self._shadow(self.lattice.spot(square)[None], np.ones(1), levels, steps)

    def _begin(self, now_ns: int, levels: Levels, steps: Array, spots: list[Array], new_id: NewId) -> None:
        """A new track where the search has found somebody; those who had to step aside for that begin anew where they went."""
        for track, spot in zip(self.tracks, spots, strict=True):
            if np.hypot(*(spot - track.cloud.mean()[0])[:2]) > self.lattice.cell_m:
                track.cloud = Cloud.around(np.repeat(spot[None, :2], SIZE, axis=0), 2 * self.lattice.cell_m, self._chance)
        self._follow(Cloud.around(self._start(levels), self.lattice.cell_m / 2, self._chance), now_ns, levels, steps, new_id)
        self.search.begin()

    def _follow(self, cloud: Cloud, now_ns: int, levels: Levels, steps: Array, new_id: NewId) -> None:
        """A new track."""
        self._numbers += 1
        nothing = np.ones(len(self.geometry)), np.zeros(len(self.geometry))
        self.tracks.append(Track(new_id("blob"), self._numbers, cloud, _ENOUGH, now_ns, now_ns, now_ns, now_ns, *nothing))
        self._shade(self.tracks[-1], levels, steps)

    def _start(self, levels: Levels) -> Array:
        """(SIZE, 2) floor spots. Levels of links with a static wave hardly tell where somebody is: there the whole floor is tried."""
        spots = self.search.draw(SIZE)
        anywhere = self._chance.random(SIZE) < _ANYWHERE * float(doppler.told(levels.spectra).mean())
        spots[anywhere] = self.lattice.spots[self._chance.integers(len(self.lattice.spots), size=int(anywhere.sum()))]
        return spots

    def state(self) -> dict[str, Any]:
        return {
            "tracks": [track.state() for track in self.tracks],
            "search": self.search.state(),
            "hunt": self.hunt.state(),
            "numbers": self._numbers,
            "chance": self._chance.bit_generator.state,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.tracks = [Track.of_state(each) for each in state["tracks"]]
        self.search.restore(state["search"])
        self.hunt.restore(state.get("hunt") if state["search"]["share"] else None)  # none: somewhere nobody is sought any more
        self._numbers = int(state["numbers"])
        self._chance.bit_generator.state = state["chance"]


def trust(levels: Levels, static: float = _STATIC) -> Array:
    """(L,) how much the level of each link counts for a place."""
    return np.where(doppler.told(levels.spectra) > 0, static, 1.0)


def _rests(track: Track, levels: Levels, now_ns: int) -> bool:
    """Whether somebody stays where they are. On links with a static wave that shows at once; elsewhere still bodies are measured too."""
    static = float(doppler.told(levels.spectra).mean()) > 0.5
    return not levels.active and (static or now_ns - track.measured_ns > _PAUSE_NS)


def _haste(track: Track, levels: Levels, now_ns: int) -> float:
    """How much levels count for where somebody is. Of who keeps still, those of links with a static wave tell nothing new."""
    haste = _SURE_TEMPER if levels.active or now_ns - track.measured_ns < _HEED_NS else _SILENT_TEMPER
    return haste if levels.active else haste * (1 - float(doppler.told(levels.spectra).mean()))


def _together(stray: Shade, shades: Sequence[Shade]) -> Shade:
    """Distribution functions of the greatest of all."""
    above, below = stray
    for one, other in shades:
        above, below = above * one, below * other
    return above, below
