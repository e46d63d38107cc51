"""Follows people through what the links show: one track per person, each explaining what the others leave over.

Multi-target tracking before detection: no peak has to be assigned to a track, because every track is weighed with the same levels, given
what all others make of them (a mean field over the joint posterior). So one body cannot feed two tracks, and a side lobe is no peak.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array, FollowedPerson, TickLevels
from engine.radio.links import doppler
from engine.radio.links.levels import Levels, Reading, Shade
from engine.radio.location.belief import Hearing, believe
from engine.radio.location.cloud import SIZE, Cloud, Limits
from engine.radio.location.grid import Extent
from engine.radio.location.hunt import Hunt, Residue
from engine.radio.location.law import ScatterLaw
from engine.radio.location.search import FloorLattice, FloorSearch
from engine.radio.location.track import Track

NewId = Callable[[str], str]
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
_MISFIT, _STATIC_MISFIT = 0.3, 0.4  # part of it that is taken off, and how much more where a static wave stands: echoes fit nobody
_ASIDE = 2.0  # log-likelihood that must be won before a track is asked to step aside


class _Tick:
    """One tick: what the links show, and what a person makes of it by the law as it is now; all levels, and those in motion only."""

    def __init__(self, now_ns: int, dt_s: float, levels: Levels, steps: Array) -> None:
        """`steps`: as `ScatterLaw.steps` gives them."""
        self.now_ns, self.dt_s, self.levels = now_ns, dt_s, levels
        self.all, self.moving = Reading(levels.level, steps), Reading(levels.moving, steps)
        self.trust = levels.trust(_STATIC)
        self.moving_weight = levels.weight * levels.trust(_SEARCH)


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

    def adopt(self, other: "Tracker") -> None:
        """Carry on with the tracks of another geometry."""
        self.tracks, self._numbers, self._chance = other.tracks, other._numbers, other._chance

    def step(self, now_ns: int, dt_s: float, levels: Levels, law: ScatterLaw, new_id: NewId) -> tuple[str, ...]:
        """One tick. Returns the ids of those who are gone."""
        tick = _Tick(now_ns, dt_s, levels, law.steps())
        for track in self.tracks:
            self._predict(track, tick)
        for track in self.tracks:
            self._weigh(track, tick)
        ended = self._drop_tracks()
        self._search_others(tick, new_id)
        if not self.tracks:
            self.hunt.begin()
        elif levels.shifting:
            self._hunt(tick, new_id)
        return ended

    def others(self, track: Track | None, levels: Levels) -> Shade:
        """Distribution functions (L,) of all but one track, stray levels included."""
        return kernels.together(levels.stray, ((other.above, other.below) for other in self.tracks if other is not track))

    def _predict(self, track: Track, tick: _Tick) -> None:
        walked_s = _REST * tick.dt_s if _rests(track, tick.levels, tick.now_ns) else tick.dt_s
        track.cloud.move(tick.dt_s, walked_s, self._limits, self._chance, tick.levels.told_share > 0)
        if tick.now_ns - track.measured_ns > COAST_NS:
            track.cloud.blur(_LOST_M2_S * tick.dt_s, self._limits, self._chance)
        self._shade(track, tick)

    def _shade(self, track: Track, tick: _Tick) -> None:
        """What the track makes of each link, averaged over its cloud, which is another than before."""
        track.claim = None
        seen, cloud = tick.all, track.cloud
        found = kernels.shade_cloud(self.geometry.lines, seen.law, seen.level, cloud.spots, cloud.share, _COARSE)
        track.depths, track.parts, (track.above, track.below, track.unseen) = found

    def _weigh(self, track: Track, tick: _Tick) -> None:
        levels, tenths = tick.levels, tick.dt_s / 0.1
        seen, cloud, weight = tick.all, track.cloud, levels.weight * tick.trust
        others, lines = self.others(track, levels), self.geometry.lines
        gain = kernels.place_gain(lines, seen.law, seen.level, others, weight, cloud.spots, cloud.speeds, DELAY_S)
        evidence = cloud.weigh(gain, TEMPER, _haste(track, levels, tick.now_ns), self._chance, tenths)
        if levels.shifting:
            cloud.stray(_STRAY_PER_S * tick.dt_s * levels.told_share, self._limits, self._chance)
            evidence += cloud.weigh(self._doppler_gain(track, levels), 1.0, 1.0, self._chance, tenths)
        if evidence > _MEASURED * tenths:
            track.measured_ns = track.known_ns = tick.now_ns
            track.inside = self._inside(track)
        self._shade(track, tick)
        track.still = not levels.active
        believe(track, self._hearing(track, evidence, tick), tick.now_ns, tick.dt_s)
        track.mark(tick.now_ns)

    def _hearing(self, track: Track, evidence: float, tick: _Tick) -> Hearing:
        levels = tick.levels
        shows = 1 - track.unseen  # chance (L,) that a link shows them at all
        live = levels.weight > 0
        return Hearing(
            evidence=evidence,
            breath=float((levels.still * shows).max(initial=0.0)),
            active=levels.active,
            visible=bool(live.any()) and float(np.add.reduce(shows * live)) >= _SIGHT * float(np.add.reduce(shows)),
            alone=len(self.tracks) == 1,
            doubled=self._close(track),
        )

    def _doppler_gain(self, track: Track, levels: Levels) -> Array:
        """(N,) what the Doppler shifts say that all others leave over."""
        left = self._left_over([other for other in self.tracks if other is not track], levels)
        spots = track.cloud.seen_from(doppler.BEHIND_S)
        return doppler.gain(self.geometry, doppler.ratios(left, levels.weight), spots, track.cloud.speeds)

    def _left_over(self, tracks: Sequence[Track], levels: Levels) -> Array:
        """(L, F) spectra beside what these explain."""
        return doppler.left_over(levels.spectra, [self._claim(track) for track in tracks])

    def _claim(self, track: Track) -> Array:
        """(L, F) what the cloud as it is now explains; several ask."""
        if track.claim is None:
            cloud = track.cloud
            track.claim = doppler.claimed(self.geometry, cloud.seen_from(doppler.BEHIND_S), cloud.speeds, cloud.share)
        return track.claim

    def _hunt(self, tick: _Tick, new_id: NewId) -> None:
        """Whether there is somebody more beside those who are followed, by the shifts that they leave over."""
        taken = np.array([track.cloud.mean()[:2] for track in self.tracks])
        left = Residue(self._left_over(self.tracks, tick.levels), tick.levels.weight, taken)
        self.hunt.step(tick.dt_s, left, self.geometry, self._chance)
        if self.hunt.cloud is not None and self.hunt.is_certain(taken) and len(self.tracks) < self._most:
            self._new_track(self.hunt.cloud, tick, new_id)
            self.hunt.begin()

    def _inside(self, track: Track) -> bool:
        """Whether it is well away from the floor's edge, and sure."""
        west, south, east, north = self._limits
        box = west + _EDGE_M, south + _EDGE_M, east - _EDGE_M, north - _EDGE_M
        return track.belief > _SURE and track.cloud.share_inside(box) > _INSIDE

    def _drop_tracks(self) -> tuple[str, ...]:
        gone = [track for track in self.tracks if track.belief <= 0]
        self.tracks = [track for track in self.tracks if track not in gone]
        return tuple(track.id for track in gone)

    def _close(self, track: Track) -> bool:
        """Whether an older track stands at the same place."""
        here = track.cloud.mean()[:2]
        older = [other.cloud.mean()[:2] for other in self.tracks if other.number < track.number]
        return any(np.hypot(*(there - here)) < _CLOSE_M for there in older)

    def _search_others(self, tick: _Tick, new_id: NewId) -> None:
        """Whether there is somebody more, by what moves."""
        gain, spots = self._with_one_more(tick)
        taken = np.array(spots).reshape(-1, 3)[:, :2]
        if tick.levels.stirred and not self.tracks:
            gain = gain + _STIRRED
        self.search.step(TEMPER * (tick.dt_s / 0.1) * gain, taken, tick.dt_s)
        if self.search.belief >= (_ONE_MORE if self.tracks else _ENOUGH) and len(self.tracks) < self._most:
            self._begin(tick, spots, new_id)

    def _with_one_more(self, tick: _Tick) -> tuple[Array, list[Array]]:
        """Gain (cells,) of one more person, where those followed may step aside, and where they stand then."""
        seen = TickLevels(tick.levels.moving, tick.levels.stray_moving, tick.moving_weight)
        people = [FollowedPerson(tick.moving.shade(track.depths, track.parts), track.depths, track.parts) for track in self.tracks]
        gain, aside = kernels.newcomer(
            tick.moving.law, seen, self.lattice.squares, people, _ASIDE, _MISFIT + _STATIC_MISFIT * tick.levels.told_share
        )
        spots = [track.cloud.mean() if square < 0 else self.lattice.spot(square) for track, square in zip(self.tracks, aside, strict=True)]
        return gain, spots

    def _begin(self, tick: _Tick, spots: list[Array], new_id: NewId) -> None:
        """A new track where the search has found somebody; those who had to step aside for that begin anew where they went."""
        for track, spot in zip(self.tracks, spots, strict=True):
            if np.hypot(*(spot - track.cloud.mean())[:2]) > self.lattice.cell_m:
                track.cloud = Cloud.around(np.repeat(spot[None, :2], SIZE, axis=0), 2 * self.lattice.cell_m, self._chance)
                track.claim = None
        self._new_track(Cloud.around(self._start(tick.levels), self.lattice.cell_m / 2, self._chance), tick, new_id)
        self.search.begin()

    def _new_track(self, cloud: Cloud, tick: _Tick, new_id: NewId) -> None:
        """A new track."""
        self._numbers += 1
        nothing = np.ones(0), np.zeros(0), np.ones(0), np.zeros((0, 0), np.uint8), np.zeros(0)
        now_ns = tick.now_ns
        self.tracks.append(Track(new_id("blob"), self._numbers, cloud, _ENOUGH, now_ns, now_ns, now_ns, now_ns, *nothing))
        self._shade(self.tracks[-1], tick)

    def _start(self, levels: Levels) -> Array:
        """(SIZE, 2) floor spots. Levels of links with a static wave hardly tell where somebody is: there the whole floor is tried."""
        spots = self.search.draw(SIZE)
        anywhere = self._chance.random(SIZE) < _ANYWHERE * levels.told_share
        spots[anywhere] = self.lattice.spots[self._chance.integers(len(self.lattice.spots), size=int(np.add.reduce(anywhere)))]
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


def _rests(track: Track, levels: Levels, now_ns: int) -> bool:
    """Whether somebody stays where they are. On links with a static wave that shows at once; elsewhere still bodies are measured too."""
    return not levels.active and (levels.told_share > 0.5 or now_ns - track.measured_ns > _PAUSE_NS)


def _haste(track: Track, levels: Levels, now_ns: int) -> float:
    """How much levels count for where somebody is. Of who keeps still, those of links with a static wave tell nothing new."""
    haste = _SURE_TEMPER if levels.active or now_ns - track.measured_ns < _HEED_NS else _SILENT_TEMPER
    return haste if levels.active else haste * (1 - levels.told_share)
