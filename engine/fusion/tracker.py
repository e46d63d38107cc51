"""Follows people on the floor through cameras and radio: one fused track per person."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.fusion.association import assign
from engine.fusion.merging import Merging, absorb, ids
from engine.fusion.motion import Motion
from engine.fusion.person import GIVEN_UP, SHOWN, Followed
from engine.fusion.sighting import Sighting
from engine.model.time import SECOND
from engine.model.value_class import dataclass

NewId = Callable[[str], str]
Watching = Callable[[npt.NDArray[np.float64]], Collection[str]]
"""Which cameras should see somebody who stands there."""

END_SIGMA_M = 3.8  # somebody known no better than this is lost
UNSEEN_NS = 17 * SECOND // 2  # and so is who was not measured for so long
REMEMBERED_NS = 60 * SECOND  # who was lost may be known again by looks for so long
_ALIKE = 0.72  # cosine of looks: above 99 of 100 pairs of strangers in PETS09
_REACH_M, _REACH_M_S = 2.0, 2.0


@dataclass(frozen=True, slots=True)
class Followings:
    """Everybody followed, also who is not `shown` yet; ids that `ended` for good, and who was found to be another: (gone, kept)."""

    people: tuple[Followed, ...]
    ended: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


def nobody_watches(xy: npt.NDArray[np.float64]) -> Collection[str]:
    return ()


class FloorTracker:
    """Sans-IO, deterministic; the engine thread only. A step with ten people and ten sensors takes about a millisecond."""

    def __init__(self) -> None:
        self._people: list[Followed] = []
        self._lost: list[Followed] = []
        self._merging = Merging()
        self._numbers = 0
        self._last_ns = 0

    @property
    def people(self) -> Sequence[Followed]:
        """Everybody followed, as of the last step."""
        return self._people

    def __contains__(self, fused_id: str) -> bool:
        return any(person.id == fused_id for person in self._people)

    def step(self, now_ns: int, sightings: Sequence[Sighting], new_id: NewId, watching: Watching = nobody_watches) -> Followings:
        dt_s = min(max((now_ns - self._last_ns) / SECOND, 0.0), 1.0) if self._last_ns else 0.0
        self._last_ns = now_ns
        for person in self._people:
            person.motion.predict(now_ns)
        for _, seen in by_sensor(sightings):
            self._take_sightings(list(seen), now_ns, new_id)
        for person in self._people:
            person.drop_silent_sources(now_ns)
            person.believe(now_ns, dt_s, watching(person.motion.xy))
            person.mark(now_ns)
        merged = self._merge(dt_s)
        ended = self._drop_lost(now_ns)
        return Followings(tuple(self._people), ended, merged)

    def _take_sightings(self, seen: Sequence[Sighting], now_ns: int, new_id: NewId) -> None:
        """What one sensor sees."""
        known = assign(self._people, seen)
        followed = [self._people[known[index]] if index in known else None for index in range(len(seen))]
        for sighting, person in zip(seen, followed, strict=True):
            self._free(sighting, person)
            if person is not None:
                person.take_sighting(sighting, now_ns)
            elif sighting.measured:
                self._begin_track(sighting, now_ns, new_id)

    def _free(self, sighting: Sighting, whose: Followed | None) -> None:
        """A track of a camera, or a blob, is one person's only."""
        for person in self._people:
            if person is not whose and person.has(sighting):
                del person.sources[sighting.sensor_id]

    def _begin_track(self, sighting: Sighting, now_ns: int, new_id: NewId) -> None:
        person = self._known_again(sighting, now_ns)
        if person is None:
            self._numbers += 1
            motion = Motion.at_rest(sighting.xy, sighting.covariance, now_ns)
            person = Followed(new_id("ft"), self._numbers, now_ns, now_ns, motion)
        person.take_sighting(sighting, now_ns)
        self._people.append(person)

    def _known_again(self, sighting: Sighting, now_ns: int) -> Followed | None:
        """Somebody lost lately who looks the same and may have come here, if it is one only."""
        found = [person for person in self._lost if _may_be(person, sighting, now_ns)]
        if len(found) != 1:
            return None
        (person,) = found
        self._lost.remove(person)
        person.motion = Motion.at_rest(sighting.xy, sighting.covariance, now_ns)
        person.belief = SHOWN
        return person

    def _merge(self, dt_s: float) -> tuple[tuple[str, str], ...]:
        same = ids(self._merging.step(self._people, dt_s))
        by_id = {person.id: person for person in self._people}
        done: list[tuple[str, str]] = []
        for younger, older in same.items():
            if older in same:  # it goes itself; the rest follows at the next step
                continue
            absorb(by_id[older], by_id[younger])
            done.append((younger, older))
        gone = {younger for younger, _ in done}
        self._people = [person for person in self._people if person.id not in gone]
        return tuple(done)

    def _drop_lost(self, now_ns: int) -> tuple[str, ...]:
        lost = [person for person in self._people if self._is_lost(person, now_ns)]
        self._people = [person for person in self._people if person not in lost]
        kept = [person for person in [*self._lost, *lost] if person.shown and now_ns - person.updated_ns < REMEMBERED_NS]
        ended = tuple(person.id for person in [*self._lost, *lost] if person not in kept)
        self._lost = kept
        return ended

    @staticmethod
    def _is_lost(person: Followed, now_ns: int) -> bool:
        if person.belief < GIVEN_UP:
            return True
        if person.sources and now_ns - person.updated_ns < UNSEEN_NS:
            return False
        return person.motion.sigma_m > END_SIGMA_M or now_ns - person.updated_ns >= UNSEEN_NS

    def state(self) -> dict[str, Any]:
        return {
            "people": [person.state() for person in self._people],
            "lost": [person.state() for person in self._lost],
            "merging": self._merging.state(),
            "numbers": self._numbers,
            "last_ns": self._last_ns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._people = [Followed.of_state(each) for each in state["people"]]
        self._lost = [Followed.of_state(each) for each in state["lost"]]
        self._merging.restore(state["merging"])
        self._numbers, self._last_ns = int(state["numbers"]), int(state["last_ns"])


def by_sensor(sightings: Sequence[Sighting]) -> Iterator[tuple[str, Iterator[Sighting]]]:
    """The surest sensor first, so that the vaguer ones are weighed with what it said."""
    sure = {sensor: min(s.spread_m2 for s in group) for sensor, group in _groups(sightings)}
    return groupby(sorted(sightings, key=lambda s: (sure[s.sensor_id], s.sensor_id)), key=attrgetter("sensor_id"))


def _groups(sightings: Sequence[Sighting]) -> Iterator[tuple[str, Iterator[Sighting]]]:
    return groupby(sorted(sightings, key=attrgetter("sensor_id")), key=attrgetter("sensor_id"))


def _may_be(person: Followed, sighting: Sighting, now_ns: int) -> bool:
    if person.look is None or sighting.look is None or len(person.look) != len(sighting.look):
        return False
    gap_s = (now_ns - person.updated_ns) / SECOND
    near = float(np.hypot(*(person.motion.xy - sighting.xy))) < _REACH_M + _REACH_M_S * gap_s
    return near and float(person.look @ sighting.look) >= _ALIKE
