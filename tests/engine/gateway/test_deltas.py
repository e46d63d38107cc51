"""What changes is told, and both ends have the same: after any change, loss, cut and restart, and however long a console takes."""

import json
import random
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gateway.live import subscriptions
from engine.gateway.live.cadence import MEMBER_S, RULES, ConsoleCadence
from engine.gateway.live.changes import ChangesTaken
from engine.gateway.live.deltas import SAME, node, without_gaps
from engine.gateway.live.subscriptions import IN_FLIGHT, Stream, Streams
from engine.gateway.live.voxels import is_voxels, read_voxels, voxels_to_plain
from engine.gateway.remote.subscription import StreamTaken
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.smoke import SmokeView
from engine.model.health import CameraHealth, CameraState
from engine.model.radio.blob import RadioPicture
from engine.model.radio.radio import no_voxels
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.tolerant_wire import Omissions
from engine.model.vocabulary import value_classes
from engine.model.wire import to_plain
from tests.fakes.wire_release import read

RELEASE = Path(__file__).with_name("wire_releases") / "0.1.0"
WHOLE = ChangesTaken().take(read(RELEASE, "snapshot"))


def little(site: Snapshot) -> Snapshot:
    """As much as a test needs of it, many times."""
    picture = site.radio.picture
    assert picture is not None
    radio = replace(site.radio, picture=replace(picture, voxels=no_voxels(), links=picture.links[:4]), nodes=site.radio.nodes[:3])
    incidents = replace(site.incidents, incidents=site.incidents.incidents[:3])
    return replace(site, settings=Settings(), radio=radio, incidents=incidents, events=site.events[:12], models=(), smoke=SmokeView())


SITE = little(WHOLE)
SOME = settings(max_examples=20, deadline=None)
FEW = settings(max_examples=4, deadline=None)
RUNS = st.integers(0, 1 << 30)


class AllAtOnce:
    """A cadence that withholds nothing."""

    def field(self, owner: str, name: str, before: Any, now: Any) -> Any:
        return now

    def companions(self, owner: str) -> dict[str, frozenset[str]]:
        return {}

    def enter_list(self, length: int) -> None: ...

    def member(self, index: int) -> None: ...

    def leave_list(self, entered: None) -> None: ...


class Life:
    """Something that changes somewhere in a value, as chance has it: other numbers, and lists that lose, gain, turn and move members."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def changed(self, value: Any) -> Any:
        if isinstance(value, bool) or value is None or isinstance(value, (str, Enum, np.ndarray)):
            return value
        if isinstance(value, (int, float)):
            return value + self._chance.choice((1, -1, 0.5 if isinstance(value, float) else 3)) if value else value
        if isinstance(value, tuple):
            return self._list(value)
        if isinstance(value, frozenset):
            return frozenset(list(value)[1:]) | {f"ev-{self._chance.random()}"}
        if is_dataclass(value) and not isinstance(value, type):
            name = self._chance.choice([each.name for each in fields(value) if each.name != "settings"])
            try:
                return replace(value, **{name: self.changed(getattr(value, name))})
            except (InputError, ValueError):
                return value
        return value

    def _list(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value or not is_dataclass(value[0]):
            return value
        members = list(value)
        place = self._chance.randrange(len(members))
        match self._chance.randrange(6):
            case 0:
                del members[place]
            case 1:
                members.insert(place, members.pop())
            case 2:
                members.insert(place, self.changed(members[place]))
            case _:
                members[place] = self.changed(members[place])
        return tuple(members)


def same(one: Snapshot, other: Snapshot) -> bool:
    return plain_of(one) == plain_of(other)


def plain_of(snapshot: Snapshot) -> Any:
    plain = to_plain(snapshot)
    if plain["radio"]["picture"] is not None:
        plain["radio"]["picture"]["voxels"] = None  # drawn as a tint, and told in steps
    return plain


def over_wire(message: Any) -> Any:
    return json.loads(json.dumps(message))


@SOME
@given(RUNS, st.integers(1, 30))
def test_every_change_makes_the_same_at_the_other_end(seed: int, steps: int) -> None:
    life, here, there, omissions = Life(seed), SITE, SITE, Omissions()
    for _ in range(steps):
        now = life.changed(here)
        change, here = node(Snapshot).tell(here, now, AllAtOnce())
        assert same(here, now)
        if change is not SAME:
            there = node(Snapshot).take(there, over_wire(change), "", omissions)
        assert same(there, now)
    assert omissions.count == 0


@FEW
@given(RUNS, st.booleans())
def test_what_is_withheld_is_told_later(seed: int, moves: bool) -> None:
    """The engine knows what the console has, and in time that is what there is, but for what nobody sees."""
    life, now, here, there, cadence = Life(seed), SITE, SITE, SITE, ConsoleCadence()
    cadence.moves = moves
    for tick in range(60 + 10 * 31):
        if tick < 60:
            now = life.changed(life.changed(now))
        cadence.begin(tick / 10)
        change, here = node(Snapshot).tell(here, now, cadence)
        if change is not SAME:
            there = node(Snapshot).take(there, over_wire(change), "", Omissions())
    assert same(there, here)
    for name in ("events", "settings", "alerts", "incidents", "jobs", "users", "reviews", "clip_events", "models", "zones"):
        assert getattr(there, name) == getattr(now, name)
    assert [view.health.state for view in there.cameras] == [view.health.state for view in now.cameras]
    assert [len(view.tracks) for view in there.cameras] == [len(view.tracks) for view in now.cameras]
    assert [view.health.pictures for view in there.cameras] == [view.health.pictures for view in now.cameras]


def test_the_rules_name_fields_that_there_are() -> None:
    named = {kind.__name__: {each.name for each in fields(kind)} for kind in value_classes(Snapshot) if is_dataclass(kind)}
    unknown = {owner: sorted(rules.keys() - named.get(owner, set())) for owner, rules in RULES.items()}
    assert {owner: names for owner, names in unknown.items() if names} == {}


NO_CHANGES: list[Any] = [
    *([], 5, "x", {"cameras": 5}, {"cameras": {"c": {"9": {}}}}, {"cameras": {"c": {"a": {}}}}, {"cameras": {"o": 3}}),
    *({"cameras": {"o": [3]}}, {"cameras": {"o": [[0, 99]]}}, {"cameras": {"o": [[-1, 1]]}}, {"cameras": {"o": [[1, 2, 3]]}}),
    *({"events": [1, 2]}, {"number": "x"}, {"health": 5}, {"health": {"cpu_percent": "much"}}, {"clip_events": 7}),
    *({"radio": {"picture": {"voxels": {"grid": "AAAA"}}}}, {"events": {"o": [[0, 12]] * 9_000}}),
]


@pytest.mark.parametrize("change", NO_CHANGES, ids=lambda change: str(change)[:60])
def test_what_is_no_change_is_refused(change: Any) -> None:
    with pytest.raises(InputError):
        node(Snapshot).take(SITE, change, "", Omissions())


def test_what_another_version_tells_is_left_out_and_places_stay_right() -> None:
    told = over_wire({"stream": "s", "revision": 1, "number": 1, "at_ns": 1, "snapshot": to_plain(SITE)})
    told["snapshot"]["events"][1]["kind"] = "of_another_version"
    left: list[Omissions] = []
    taken = StreamTaken(left.append)
    first = taken.take(told)
    assert [event.id for event in first.events] == [event.id for index, event in enumerate(SITE.events) if index != 1]
    change = {"events": {"c": {"1": {"received_ns": 7}, "2": {"received_ns": 9}}}, "of_another_version": {"a": 1}}
    then = taken.take({"from": 1, "revision": 2, "number": 2, "at_ns": 2, "change": change})
    assert then.events[1] == replace(SITE.events[2], received_ns=9) and len(then.events) == len(SITE.events) - 1
    assert left[0].count and "snapshot.of_another_version" in left[1].names
    assert without_gaps(SITE) is SITE


def test_voxels_are_told_to_the_centimetre_and_in_255_steps() -> None:
    chance = np.random.default_rng(3)
    voxels = np.column_stack((chance.integers(-50, 50, (400, 3)) * 0.2, chance.uniform(3, 90, 400))).astype(np.float32)
    voxels = voxels[np.argsort(-voxels[:, 3])]
    again = read_voxels(over_wire(voxels_to_plain(voxels)), "")
    assert again.shape == voxels.shape and again.dtype == np.float32 and (np.diff(again[:, 3]) <= 0).all()
    order, order_again = (np.lexsort((rows[:, 3], *rows[:, :3].T.round(2))) for rows in (voxels, again))
    assert np.abs(voxels[order, :3] - again[order_again, :3]).max() < 0.006
    assert np.abs(voxels[order, 3] - again[order_again, 3]).max() < 90 / 255
    assert not is_voxels(voxels[:, :3]) and not is_voxels(voxels * np.float32(1e6)) and is_voxels(voxels)
    assert len(RadioPicture(1).voxels) == 0


def idle(count: int) -> Snapshot:
    cameras = tuple(CameraSettings(f"camera-{index}", f"Camera {index}", f"rtsp://192.0.2.1/{index}") for index in range(count))
    views = tuple(CameraView(each, CameraHealth(CameraState.LIVE, fps=10.0, width=640, height=360)) for each in cameras)
    return Snapshot(1, 1, Settings(cameras=cameras), views)


def test_figures_of_many_cameras_are_told_in_turns_and_what_matters_at_once() -> None:
    count, cadence = 100, ConsoleCadence()
    here = idle(count)
    most, told_at = 0, dict[int, int]()
    turns = round(count * MEMBER_S)
    for tick in range(10 * turns):
        views = tuple(replace(view, health=replace(view.health, pictures=tick + 1)) for view in here.cameras)
        cadence.begin(tick / 10)
        change, here = node(Snapshot).tell(here, replace(here, cameras=views), cadence)
        members = change["cameras"]["c"] if change is not SAME else {}
        most = max(most, len(members))
        told_at.update(dict.fromkeys(members, tick))
    assert set(told_at) == set(range(count)) and most <= 1 / MEMBER_S + 1
    lost = replace(here.cameras[5], health=replace(here.cameras[5].health, state=CameraState.LOST, last_picture_ns=77, pictures=9_999))
    cadence.begin(turns + 0.1)
    change, _ = node(Snapshot).tell(here, replace(here, cameras=(*here.cameras[:5], lost, *here.cameras[6:])), cadence)
    assert change["cameras"]["c"] == {5: {"health": {"state": "lost", "last_picture_ns": 77, "pictures": 9_999}}}


class Clock:
    def __init__(self) -> None:
        self.s = 100.0

    def monotonic(self) -> float:
        return self.s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(subscriptions, "time", clock)
    return clock


def connected(streams: Streams, taken: StreamTaken) -> tuple[Stream, bool]:
    return streams.enter("ada", taken.stream, taken.revision)


@pytest.mark.parametrize("seed", range(25))
def test_after_any_cut_nothing_is_missing_and_nothing_comes_twice(clock: Clock, seed: int) -> None:
    """Messages and answers are lost at any point, connections end on one or both sides, and the engine starts anew."""
    chance, life, now = random.Random(seed), Life(seed), SITE
    streams, taken = Streams(), StreamTaken(lambda _: None)
    stream, goes_on, revisions, wholes, restarts = *connected(streams, taken), list[tuple[str, int]](), 0, 0

    def deliver(message: dict[str, Any]) -> None:
        assert same(taken.take(over_wire(message)), next(reversed(stream._sent.values())))
        revisions.append((taken.stream, taken.revision))
        if chance.random() < 0.7:
            stream.hear(taken.revision)

    for _ in range(200):
        clock.s += 0.1
        act = chance.random()
        if act < 0.1 or (act < 0.12 and not goes_on):
            if act < 0.05:
                streams.leave(stream, stream.turn)
            if act < 0.01:
                streams, restarts = Streams(), restarts + 1
            stream, goes_on = connected(streams, taken)
        now = life.changed(now) if chance.random() < 0.8 else now
        message = stream.next_change(now, stream.turn) if goes_on else stream.whole(now)
        wholes += 0 if goes_on else 1
        goes_on = True
        if message is None:
            continue
        if chance.random() < 0.1:  # cut in the middle of it
            stream, goes_on = connected(streams, taken)
            continue
        deliver(message)
    assert len(set(revisions)) == len(revisions) > 20
    assert wholes <= 4 * (1 + restarts), "all of now only at the beginning, and where it got lost"


def test_who_comes_back_goes_on_and_others_do_not(clock: Clock) -> None:
    streams, taken = Streams(), StreamTaken(lambda _: None)
    stream, goes_on = connected(streams, taken)
    assert not goes_on
    taken.take(over_wire(stream.whole(SITE)))
    turn = stream.turn
    again, goes_on = connected(streams, taken)
    assert again is stream and goes_on, "also where the engine has not noticed that the connection ended"
    assert stream.next_change(SITE, turn) is None, "the connection before tells nothing more"
    streams.leave(stream, turn)
    assert stream.left_s is None
    assert streams.enter("eve", taken.stream, taken.revision)[1] is False, "somebody else"
    assert streams.enter("ada", taken.stream, taken.revision + 5)[1] is False, "another history"
    streams.leave(stream, stream.turn)
    clock.s += subscriptions.KEPT_S + 1
    assert connected(streams, taken)[1] is False, "after a while"


def test_only_so_many_are_connected_and_few_are_kept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_STREAMS", 3)
    streams = Streams()
    entered = [streams.enter("ada", "", 0)[0] for _ in range(3)]
    with pytest.raises(EnvironmentFault):
        streams.enter("ada", "", 0)
    for stream in entered:
        streams.leave(stream, stream.turn)
    for _ in range(20):
        streams.leave(streams.enter("ada", "", 0)[0], 0)
    assert len(streams._streams) <= 3


def test_a_slow_reader_is_told_what_happened_in_one(clock: Clock) -> None:
    stream, life, now = Stream("ada"), Life(1), SITE
    first = stream.whole(now)
    sent = []
    for _ in range(500):
        clock.s += 0.1
        now = life.changed(replace(now, events=now.events[1:] if len(now.events) > 4 else SITE.events))
        if stream.under_way < IN_FLIGHT:
            message = stream.next_change(now, stream.turn)
            sent += [] if message is None else [message]
    assert stream.under_way == IN_FLIGHT and len(sent) <= IN_FLIGHT and len(stream._sent) <= IN_FLIGHT + 1
    taken = StreamTaken(lambda _: None)
    for message in (first, *sent):
        taken.take(over_wire(message))
    stream.hear(taken.revision)
    last = stream.next_change(now, stream.turn)
    assert last is not None and taken.take(over_wire(last)).events == now.events


@pytest.mark.parametrize("spoil", [lambda m: m.update({"from": 9}), lambda m: m.pop("revision"), lambda m: m.update(number=None)])
def test_what_does_not_follow_is_refused_and_all_is_asked_for(spoil: Callable[[dict[str, Any]], object], clock: Clock) -> None:
    stream, taken = Stream("ada"), StreamTaken(lambda _: None)
    taken.take(over_wire(stream.whole(SITE)))
    message = over_wire(stream.next_change(Life(3).changed(replace(SITE, events=())), stream.turn))
    spoil(message)
    with pytest.raises(InputError):
        taken.take(message)
    assert taken.revision == 0
