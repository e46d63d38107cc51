"""Figures of people across sensors: a room with three people, four cameras, six nodes and phones through the pipeline, against the truth.

Every seed is another site with other errors and mishaps. Fused tracks are held against each sensor alone, whose sightings go through the
same filter, at the same instants; and against joining whatever is near.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.people.people_cameras import SIZE
from benchmarks.people.people_looks import FACE_WRONG, FACES_EVERY_S, Lookers
from benchmarks.people.people_peers import Alone, Nearest, Placed, Spots, all_of
from benchmarks.people.people_score import SETTLE_S, Duel, NameScore, PlaceScore
from benchmarks.people.people_world import EVENT_S, NODES, PEOPLE, Mishap, PeopleWorld, WorldTick
from engine.model.cameras.track import Track
from engine.model.event import Event, EventKind
from engine.model.observation import EngineStarted, Numbered, Observation, RosterLoaded, SettingsChanged, Tick
from engine.model.people.person import Roster
from engine.model.radio.fused import FusedTrack
from engine.model.result import StepResult
from engine.pipeline.pipeline import Pipeline
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS
from engine.vision.tracking import Tracker

WINS = 20
_CONFLICTS = (EventKind.BADGE_WITHOUT_OWNER, EventKind.TWO_PLACES, EventKind.PHONE_LEFT)
_WANTED: dict[Mishap, tuple[EventKind, dict[str, str]]] = {
    Mishap.SWAP: (EventKind.BADGE_WITHOUT_OWNER, {"p0": "goes with Ben", "p1": "goes with Anna"}),
    Mishap.LEFT: (EventKind.PHONE_LEFT, {"p0": "Anna is not"}),
}
"""Of which persons something is to be told, and what."""
Progress = Callable[[str], None]


def run(seeds: int = WINS, seconds: float | None = None, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Seeds 1 to `seeds`, each `seconds` long or as long as its mishap needs (150 or 330 s; about a quarter of that to compute)."""
    scored: list[_Seed] = []
    for seed in range(1, seeds + 1):
        progress(f"seed {seed}")
        scored.append(score(seed, seconds))
    cases = [each.case for each in scored]
    peers = [peer for each in scored for peer in each.peers]
    return {"bench": "people", "cases": [*cases, _overall(scored)], "peers": peers, "targets": list(_targets(scored, seeds))}


@dataclass(slots=True)
class _Seed:
    """Everything that one seed's run is scored by."""

    world: PeopleWorld
    fused: PlaceScore = field(default_factory=PlaceScore)
    dark: PlaceScore = field(default_factory=PlaceScore)
    names: NameScore = field(default_factory=NameScore)
    near: PlaceScore = field(default_factory=PlaceScore)
    alone: dict[str, PlaceScore] = field(default_factory=dict[str, PlaceScore])
    duels: dict[str, Duel] = field(default_factory=dict[str, Duel])
    events: dict[str, Event] = field(default_factory=dict[str, Event])

    @property
    def won(self) -> bool:
        """Better than every sensor that saw anybody."""
        return all(duel.won is not False for duel in self.duels.values())

    @property
    def found(self) -> bool | None:
        """Whether the mishap was told of; None where there is none."""
        wanted = _WANTED.get(self.world.mishap)
        return None if wanted is None else any(self._is_wanted(event) for event in self.events.values())

    @property
    def false(self) -> int:
        return sum(not self._is_wanted(event) for event in self.events.values())

    def _is_wanted(self, event: Event) -> bool:
        kind, told = _WANTED.get(self.world.mishap, (None, dict[str, str]()))
        at_s = (event.started_ns - ROOM_EPOCH_NS) / 1e9
        return event.kind is kind and event.person_id in told and told[event.person_id] in event.reason and at_s >= EVENT_S

    @property
    def case(self) -> dict[str, Any]:
        dark = self.dark.metrics()
        metrics = self.fused.metrics() | self.names.metrics()
        metrics |= {"dark_median_m": dark["median_m"], "dark_recall": dark["recall"], "won": int(self.won)}
        metrics |= {"conflict_found": None if self.found is None else int(self.found), "false_conflicts": self.false}
        params = self.world.params | {"people": PEOPLE, "cameras": len(self.world.cameras), "nodes": NODES, "radio": "simulated CSI"}
        params |= {"faces_every_s": FACES_EVERY_S, "faces_wrong": FACE_WRONG, "looks": _has_looks(self.world.seed)}
        return report.case(f"seed {self.world.seed}, {self.world.mishap}", params, metrics)

    @property
    def peers(self) -> Iterator[dict[str, Any]]:
        seed = self.world.seed
        for sensor, each in self.alone.items():
            params = {"seed": seed, "sensor": sensor}
            yield report.case(f"seed {seed}, {sensor} alone", params, each.metrics() | self.duels[sensor].metrics())
        yield report.case(f"seed {seed}, nearest neighbour", {"seed": seed}, self.near.metrics())


def score(seed: int, seconds: float | None = None) -> _Seed:
    """One seed through a pipeline that knows nothing but the site, its people and one face of each."""
    world = PeopleWorld(seed, seconds)
    scores, spots, nearest = _Seed(world), Spots(world.poses, SIZE), Nearest()
    alone: dict[str, Alone] = {}
    for tick, result, tracks in _through(world):
        sightings = spots.sightings(tracks, result.radio, tick.now_ns)
        by_sensor = {name: alone.setdefault(name, Alone()).step(tick.now_ns, each) for name, each in sightings.items()}
        near = nearest.step(tick.now_ns, all_of(sightings))
        scores.events |= {event.id: event for event in result.events if event.kind in _CONFLICTS}
        people = [_placed(track) for track in result.fused.tracks] if result.fused is not None else []
        if tick.t_s >= SETTLE_S:
            _score(scores, tick, people, by_sensor, near)
        else:
            scores.names.tick(tick.t_s, {}, PEOPLE)
    return scores


def _score(scores: _Seed, tick: WorldTick, people: Sequence[Placed], alone: dict[str, list[Placed]], near: list[Placed]) -> None:
    scores.fused.tick(people, tick.truth)
    scores.near.tick(near, tick.truth)
    scores.names.tick(tick.t_s, scores.fused.names, PEOPLE)
    if tick.dark:
        scores.dark.tick(people, tick.truth)
    for sensor, placed in alone.items():
        score = scores.alone.setdefault(sensor, PlaceScore())
        score.tick(placed, tick.truth)
        scores.duels.setdefault(sensor, Duel()).tick(scores.fused.errors, score.errors)


def _through(world: PeopleWorld) -> Iterator[tuple[WorldTick, StepResult, dict[str, tuple[Track, ...]]]]:
    """Tick by tick; tracks by camera as they are by then."""
    pipeline, number, tracks = Pipeline(Tracker, _raise), 0, dict[str, tuple[Track, ...]]()

    def step(observation: Observation, now_ns: int) -> StepResult:
        nonlocal number
        number += 1
        result = pipeline.step(Numbered(number, now_ns, observation))
        tracks.update(result.tracks)
        return result

    lookers = Lookers(world.cameras, world.seed, _has_looks(world.seed))
    roster = Roster(world.persons, lookers.samples(ROOM_EPOCH_NS))
    for first in (
        EngineStarted(ROOM_EPOCH_NS, "bench"),
        SettingsChanged(ROOM_EPOCH_NS, world.settings),
        RosterLoaded(ROOM_EPOCH_NS, roster),
    ):
        step(first, ROOM_EPOCH_NS)
    for node in world.nodes:
        step(node, ROOM_EPOCH_NS)
    for tick in world.ticks():
        for observation in (*tick.frames, *tick.found, *lookers.seen(tick, tracks), *tick.heard, tick.batch):
            step(observation, tick.now_ns)
        yield tick, step(Tick(tick.now_ns), tick.now_ns), tracks


def _raise(who: str, error: Exception) -> None:
    raise error


def _placed(track: FusedTrack) -> Placed:
    covariance = np.array(track.covariance)[:2, :2]
    return Placed(track.id, np.array(track.position[:2]), covariance, track.identity.person_id if track.identity else "")


def _has_looks(seed: int) -> bool:
    """Every other site has a model that knows people again by their looks."""
    return seed % 2 == 0


def _overall(scored: Sequence[_Seed]) -> dict[str, Any]:
    """Medians over the seeds, and sums where things are counted."""
    cases = [each.case["metrics"] for each in scored]
    metrics = {name: _summed(name, [case[name] for case in cases if case[name] is not None]) for name in cases[0]}
    return report.case("all seeds", {"seeds": len(scored), "simulated_s": sum(each.world.duration_s for each in scored)}, metrics)


def _summed(name: str, values: Sequence[float]) -> float | None:
    if not values:
        return None
    if name in ("won", "conflict_found", "false_conflicts", "false_names"):
        return int(sum(values))
    return round(float(np.mean(values) if name == "switches_per_h" else np.median(values)), 3)


def _targets(scored: Sequence[_Seed], seeds: int) -> Iterator[dict[str, Any]]:
    yield report.at_least("seeds on which fused tracks beat every sensor alone", min(WINS, seeds), sum(each.won for each in scored))
    for mishap in _WANTED:
        kind = [each for each in scored if each.world.mishap is mishap]
        if kind:
            yield report.at_least(f"{mishap} found", len(kind), sum(each.found is True for each in kind))
    yield report.at_most("false conflicts", 0, sum(each.false for each in scored))
