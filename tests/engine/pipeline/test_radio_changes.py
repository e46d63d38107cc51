"""What changes under the radio while it watches: switched off, nodes removed, moved, strangers, floods, and the clock."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from engine.model import wire
from engine.model.event import Event, EventKind
from engine.model.observation import EngineStarted, Observation, SettingsChanged, Tick
from engine.model.radio.blob import Blob, RadioPicture
from engine.model.radio.radio import CsiBatch, NodeState
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.site import Floor, NodeSettings, Position
from engine.model.time import SECOND
from engine.pipeline.output import StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.radio.falls import FallLane
from engine.pipeline.radio.nodes import SILENT_S
from engine.pipeline.radio.radio import RadioLane
from engine.radio.location.fusion import NO_PLACES
from engine.sources.simulated import room_positions
from engine.sources.simulated.waves.batches import ROOM_EPOCH_NS
from tests.engine.radio.fall_scenes import FALL, Noise, links, measured
from tests.engine.radio.made_blobs import START_NS
from tests.fakes.radio_runs import SETTINGS, SPACE, ZONES, came, in_order, later, new_pipeline, room_run

NODES, BEFORE_S, SECONDS = 6, 12, 24.0
MIDDLE_NS = ROOM_EPOCH_NS + BEFORE_S * SECOND
PLACES = room_positions(SPACE, NODES)
MACS = tuple(PLACES)
SEEDS = (8, 7, 4, 5, 6, 3)
NEEDED = frozenset({EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED})


class Watch:
    """A pipeline and everything that it has said."""

    def __init__(self) -> None:
        self.pipeline: Pipeline = new_pipeline()
        self.results: list[StepResult] = []
        self.events: dict[str, Event] = {}

    def take(self, *observations: Observation) -> "Watch":
        for numbered in in_order(observations, self.pipeline.number + 1):
            self.results.append(self.pipeline.step(numbered))
            self.events.update({event.id: event for event in self.results[-1].events})
        return self

    def pictures(self, since_ns: int = 0) -> list[RadioPicture]:
        return [result.radio for result in self.results if result.radio is not None and result.radio.at_ns >= since_ns]

    def blobs(self, since_ns: int = 0) -> list[Blob]:
        return [blob for picture in self.pictures(since_ns) for blob in picture.blobs]

    def of(self, *kinds: EventKind) -> list[Event]:
        return [event for event in self.events.values() if event.kind in kinds]

    def open(self) -> set[EventKind]:
        return {event.kind for event in self.events.values() if event.ended_ns is None}


@cache
def whole() -> tuple[Observation, ...]:
    """A run in which somebody is followed, in a zone, when half of it is over: of a few, so that it does not hang on one room's luck."""
    for seed in SEEDS:
        run = room_run(seed, SECONDS, walkers=1, nodes=NODES)
        watch = Watch().take(*(each for each in run if each.occurred_ns <= MIDDLE_NS))
        if watch.open() >= NEEDED and watch.pictures()[-1].blobs:
            return tuple(run)
    raise AssertionError(f"in none of the rooms {SEEDS} is anybody followed after {BEFORE_S} s")


def first_half() -> list[Observation]:
    return [each for each in whole() if each.occurred_ns <= MIDDLE_NS]


def second_half() -> list[Observation]:
    return [each for each in whole() if each.occurred_ns > MIDDLE_NS]


def without_frames(observations: Iterable[Observation]) -> list[Observation]:
    return [each for each in observations if not isinstance(each, CsiBatch)]


@pytest.fixture(scope="module")
def half_way() -> dict[str, object]:
    """The state after half of the run: somebody is followed, in a zone."""
    watch = Watch().take(*first_half())
    return {"state": watch.pipeline.state(), "events": dict(watch.events)}


@pytest.fixture
def watch(half_way: dict[str, object]) -> Watch:
    """Goes on from there, knowing the events so far."""
    watch = Watch()
    watch.pipeline.restore(half_way["state"])  # type: ignore[arg-type]
    watch.events.update(half_way["events"])  # type: ignore[call-overload]
    return watch


def changed(settings: Settings, at_ns: int = MIDDLE_NS) -> SettingsChanged:
    return SettingsChanged(at_ns, settings, "test")


def with_radio(**changes: object) -> Settings:
    return replace(SETTINGS, radio=replace(SETTINGS.radio, **changes))  # type: ignore[arg-type]


def finite(value: object) -> bool:
    """Whether no number anywhere in a value is NaN or infinite."""
    if isinstance(value, float):
        return bool(np.isfinite(value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind != "f" or bool(np.isfinite(value).all())
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    return all(map(finite, value)) if isinstance(value, (list, tuple)) else True


def test_switched_off_it_ends_what_is_open_and_says_nothing(watch: Watch) -> None:
    watch.take(changed(with_radio(enabled=False)), *second_half())
    assert watch.pictures() == [] and watch.open() == set() and watch.pipeline.open_event_ids() == frozenset()
    assert watch.of(EventKind.NODE_LOST) == []  # they are connected, whether radio is used or not


def test_switched_on_again_it_finds_people_anew(watch: Watch) -> None:
    old = {event.subject_id for event in watch.of(EventKind.PRESENCE)}
    numbers = {blob.number for blob in Watch().take(*first_half()).blobs()}
    on_ns = MIDDLE_NS + 2 * SECOND
    off = [each for each in second_half() if each.occurred_ns <= on_ns]
    on = [each for each in second_half() if each.occurred_ns > on_ns]
    watch.take(*off[:4], changed(with_radio(enabled=False), off[3].occurred_ns), *off[4:], changed(SETTINGS, on_ns), *on)
    found = watch.blobs(off[3].occurred_ns + 1)
    assert found and all(blob.simulated for blob in found)
    assert not {blob.id for blob in found} & old and min(blob.number for blob in found) > max(numbers)


@pytest.mark.parametrize("how", ["removed", "settings"])
def test_all_nodes_removed_while_somebody_is_followed(how: str) -> None:
    watch = Watch()
    registered = replace(SETTINGS, nodes=tuple(NodeSettings(mac) for mac in MACS))
    watch.take(*(changed(registered, each.occurred_ns) if isinstance(each, SettingsChanged) else each for each in first_half()))
    assert EventKind.PRESENCE in watch.open()
    gone = [replace(change, removed=True) for change in came(PLACES, MIDDLE_NS, NodeState.OFFLINE)]
    watch.take(*gone if how == "removed" else (changed(SETTINGS),), *without_frames(second_half()))
    assert watch.open() == set() and watch.of(EventKind.NODE_LOST) == []
    assert watch.pictures(MIDDLE_NS + 1) == []


def test_a_removed_node_is_no_lost_one(watch: Watch) -> None:
    (gone,) = came({MACS[0]: PLACES[MACS[0]]}, MIDDLE_NS, NodeState.OFFLINE)
    ticks = [Tick(MIDDLE_NS + second * SECOND) for second in range(1, 40)]
    watch.take(replace(gone, removed=True), *ticks)
    assert watch.of(EventKind.NODE_LOST) == []
    assert MACS[0] not in watch.pipeline.lane(RadioLane)._positions


def test_a_node_that_is_gone_is_lost_until_it_is_switched_off(watch: Watch) -> None:
    watch.take(*came({MACS[0]: PLACES[MACS[0]]}, MIDDLE_NS, NodeState.OFFLINE))
    watch.take(*(Tick(MIDDLE_NS + second * SECOND) for second in range(1, 20)))
    (lost,) = watch.of(EventKind.NODE_LOST)
    assert lost.ended_ns is None and lost.started_ns == MIDDLE_NS
    at_ns = MIDDLE_NS + 20 * SECOND
    watch.take(changed(replace(SETTINGS, nodes=(NodeSettings(MACS[0], enabled=False),)), at_ns), Tick(at_ns))
    assert watch.of(EventKind.NODE_LOST)[0].ended_ns == at_ns
    later_ns = at_ns + 3600 * SECOND
    on = replace(SETTINGS, nodes=(NodeSettings(MACS[0]),))
    watch.take(Tick(later_ns - SECOND), changed(on, later_ns), Tick(later_ns), Tick(later_ns + 5 * SECOND))
    assert len(watch.of(EventKind.NODE_LOST)) == 1  # it was just switched on
    watch.take(Tick(later_ns + round((SILENT_S + 2) * SECOND)))
    assert len(watch.of(EventKind.NODE_LOST)) == 2


def test_people_are_found_without_a_disabled_node_whose_frames_still_come(watch: Watch) -> None:
    watch.take(changed(replace(SETTINGS, nodes=(NodeSettings(MACS[0], enabled=False),))), *second_half())
    used = {mac for picture in watch.pictures() for each in picture.evidence for link in each.table.links for mac in (link[:17], link[18:])}
    assert used == set(MACS[1:]) and len(watch.blobs()) > 60


def test_a_position_changed_while_running_is_used_at_once(watch: Watch) -> None:
    moved: Position = (1.5, 0.0, 2.0)
    watch.take(changed(replace(SETTINGS, nodes=(NodeSettings(MACS[0], position=moved),))), *second_half())
    (table,) = {id(each.table): each.table for picture in watch.pictures() for each in picture.evidence}.values()
    ends = {link[:17]: tuple(place) for link, place in zip(table.links, table.a_m.tolist(), strict=True)}
    assert ends[MACS[0]] == moved and ends[MACS[1]] == PLACES[MACS[1]]
    assert watch.blobs()[0].id == next(event.subject_id for event in watch.of(EventKind.PRESENCE))  # the same person is followed on


def test_a_zone_that_is_removed_is_left_and_empty(watch: Watch) -> None:
    watch.take(changed(replace(SETTINGS, floor=replace(SETTINGS.floor, zones=()))), *second_half()[:6])
    assert watch.open() == {EventKind.PRESENCE}
    assert all(picture.zones == () and not any(blob.zone_ids for blob in picture.blobs) for picture in watch.pictures())


def test_a_new_floor_is_used_at_once(watch: Watch) -> None:
    floor = Floor((-1.0, -1.0, 8.0, 7.0), 3.0, zones=(replace(ZONES[0], id="all", x0=-1.0, y0=-1.0, x1=8.0, y1=7.0),))
    watch.take(changed(replace(SETTINGS, floor=floor)), *second_half())
    assert {picture.extent for picture in watch.pictures()} == {(-1.0, -1.0, 0.0, 8.0, 7.0, 3.0)}
    assert {zone for blob in watch.blobs() for zone in blob.zone_ids} == {"all"}


def test_without_positions_nothing_is_located_and_why_is_said() -> None:
    run = [replace(each, announced=None) if hasattr(each, "announced") else each for each in whole()]
    watch = Watch().take(*run[: len(run) // 2])
    assert watch.pictures() and watch.blobs() == []
    assert {picture.trouble for picture in watch.pictures()} == {NO_PLACES}
    assert all(not zone.known for picture in watch.pictures() for zone in picture.zones)  # not seen is not empty
    assert any(link.motion for picture in watch.pictures() for link in picture.links)  # that something moves is known


def test_one_node_alone_locates_nobody() -> None:
    watch = Watch().take(*room_run(1, 5.0, walkers=1, nodes=1))
    assert watch.pictures() and watch.blobs() == [] and all(picture.trouble for picture in watch.pictures())


def test_two_nodes_find_somebody() -> None:
    assert any(Watch().take(*room_run(seed, SECONDS, walkers=1, nodes=2)).blobs() for seed in SEEDS[:3])


def test_a_restart_after_the_clock_was_set_back(watch: Watch) -> None:
    """By an hour: what was open ends not after it began, and people are found as ever."""
    back_ns = -3600 * SECOND
    at_ns = MIDDLE_NS + back_ns
    rest = later(second_half(), back_ns)
    watch.take(EngineStarted(at_ns, "test"), changed(SETTINGS, at_ns), *came(PLACES, at_ns), *rest)
    assert len(watch.blobs(at_ns)) > 60 and all(picture.at_ns > at_ns for picture in watch.pictures())
    assert all(0 <= link.rate_hz < 100 for picture in watch.pictures() for link in picture.links)
    assert any(device.position is not None for device in watch.pictures()[-1].devices)
    assert all(event.ended_ns is None or event.ended_ns >= event.started_ns for event in watch.events.values())
    assert watch.of(EventKind.NODE_LOST) == []


def with_a_fall(settings: Settings) -> tuple[Watch, int]:
    """Somebody fell and was lying there when the engine was last heard of, at the time that is given as well."""
    lane, steps, at_ns = FallLane(), [], 0
    lane.configure(settings.radio)
    for at_s, blob in measured(FALL, Noise(1, 0.1, 0.15), FALL[-1][0]):
        at_ns = START_NS + round(at_s * SECOND)
        steps.append(StepOutput(10_000 + len(steps), at_ns))
        lane.step(at_ns, [blob], {}, links(), steps[-1])
    watch = Watch().take(EngineStarted(at_ns, "test"), changed(settings, at_ns), *came(PLACES, at_ns), Tick(at_ns))
    state = watch.pipeline.state()
    falls = {**state["radio"]["falls"], **lane.state()}
    watch.pipeline.restore({**state, "number": 20_000, "radio": {**state["radio"], "falls": falls}})
    watch.events.update({event.id: event for out in steps for event in out.result().events})
    assert [event.ended_ns for event in watch.of(EventKind.FALL)] == [None]
    return watch, at_ns


@pytest.mark.parametrize("by_s", [3600, 5, -3600])
def test_a_fall_stays_open_over_a_restart_and_goes_on(by_s: int) -> None:
    """Whoever lies there still lies there, however long the engine was away and whatever its clock says."""
    settings = with_radio(fall_escalate_s=(30.0, 50.0))
    watch, at_ns = with_a_fall(settings)
    at_ns += by_s * SECOND
    ticks = [Tick(at_ns + tenth * SECOND // 10) for tenth in range(1, 600)]
    watch.take(EngineStarted(at_ns, "test"), changed(settings, at_ns), *came(PLACES, at_ns), *ticks)
    (after,) = watch.of(EventKind.FALL)
    assert after.ended_ns is None and after.level == 2
    assert watch.pipeline.open_event_ids() == {after.id}


def test_radio_off_ends_a_fall_that_nobody_watches_any_more() -> None:
    watch, at_ns = with_a_fall(SETTINGS)
    watch.take(changed(with_radio(enabled=False), at_ns + SECOND), Tick(at_ns + SECOND))
    assert [event.ended_ns for event in watch.of(EventKind.FALL)] == [at_ns + SECOND] and watch.open() == set()


def test_nobody_is_found_in_an_empty_room() -> None:
    watch = Watch().take(*room_run(1, SECONDS, walkers=0, nodes=NODES, scenario="empty"))
    assert watch.pictures() and watch.blobs() == [] and watch.of(EventKind.PRESENCE, EventKind.FALL) == []


def batch(frames: int, links: tuple[tuple[str, str], ...], at_ns: int) -> CsiBatch:
    chance = np.random.default_rng(3)
    return CsiBatch(
        at_ns,
        links,
        chance.integers(0, len(links), frames).astype(np.uint16),
        np.sort(at_ns - chance.integers(0, SECOND // 10, frames)),
        np.full(frames, -50, np.int8),
        np.full(frames, -95, np.int8),
        np.full(frames, 6, np.uint8),
        np.full(frames, 64, np.uint8),
        chance.integers(-20, 20, (frames, 64, 2)).astype(np.int8),
    )


def test_frames_of_nobody_known_locate_nobody_and_stop_nothing(watch: Watch) -> None:
    """CSI that names peers which are no nodes of this site, as every real node sends."""
    strangers = tuple((mac, f"0E:00:00:00:00:{peer:02X}") for mac in MACS for peer in range(10))
    known = second_half()
    mixed = [batch(60, strangers, each.occurred_ns) if isinstance(each, CsiBatch) else each for each in known]
    both = [part for one, other in zip(mixed, known, strict=True) for part in ((one, other) if one is not other else (other,))]
    watch.take(*both)
    used = {link for picture in watch.pictures() for each in picture.evidence for link in each.table.links}
    assert used and not [link for link in used if "0E:" in link] and len(watch.blobs()) > 60
    assert any("0E:" in link.link for link in watch.pictures()[-1].links)


def test_a_burst_of_five_thousand_frames_in_one_tick(watch: Watch) -> None:
    links = tuple((one, other) for one in MACS for other in MACS if one != other)
    watch.take(batch(5_000, links, MIDDLE_NS + SECOND // 10), Tick(MIDDLE_NS + SECOND // 10), *second_half()[3:])
    assert watch.pictures() and all(finite(wire.to_plain(picture, arrays=lambda array: array)) for picture in watch.pictures())
    assert watch.blobs(MIDDLE_NS + 5 * SECOND)


def spoilt(observation: Observation, how: Callable[[CsiBatch], CsiBatch]) -> Observation:
    return how(observation) if isinstance(observation, CsiBatch) and len(observation) else observation


@pytest.mark.parametrize(
    "how",
    [
        lambda b: replace(b, iq=np.zeros_like(b.iq)),
        lambda b: replace(b, rssi_dbm=np.zeros_like(b.rssi_dbm)),
        lambda b: replace(b, n_sub=np.zeros_like(b.n_sub)),
        lambda b: replace(b, n_sub=np.full_like(b.n_sub, 52), channel=np.zeros_like(b.channel)),
        lambda b: replace(b, iq=np.full_like(b.iq, -128), rssi_dbm=np.full_like(b.rssi_dbm, -128)),
        lambda b: replace(b, arrival_ns=np.full_like(b.arrival_ns, b.arrival_ns[0])),
        lambda b: replace(b, arrival_ns=b.arrival_ns[::-1].copy()),
    ],
    ids=["no amplitude", "no RSSI", "no subcarriers", "another width", "saturated", "one instant", "backwards"],
)
def test_no_number_is_ever_nan(watch: Watch, how: Callable[[CsiBatch], CsiBatch]) -> None:
    watch.take(*(spoilt(each, how) for each in second_half()[:90]))
    assert watch.pictures() and all(finite(wire.to_plain(picture, arrays=lambda array: array)) for picture in watch.pictures())
    assert finite(watch.pipeline.state())


def test_without_nodes_a_tick_costs_next_to_nothing() -> None:
    """Against a tick with them, in the same process: a hundredth at most."""
    none, some = Watch().take(EngineStarted(ROOM_EPOCH_NS, "test"), changed(SETTINGS, ROOM_EPOCH_NS)), Watch().take(*first_half())

    def cost(watch: Watch) -> float:
        began = time.process_time()
        watch.take(*(Tick(MIDDLE_NS + tenth * SECOND // 10) for tenth in range(1, 200)))
        return time.process_time() - began

    assert cost(none) < cost(some) / 10
    assert all(result.radio is None and not result.events for result in none.results)
