"""A replay that is sought, played and moved shows what live showed, wherever it comes from."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from engine.history.replay.journal import JournalFolder
from engine.history.replay.player import ReplayPlayer
from engine.model import wire
from engine.model.event import Event
from engine.model.health import CameraState
from engine.model.history.replay import ReplaySettings
from engine.model.radio.radio import NodeState
from engine.model.settings import GateSettings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.recording.checkpoints import sound_states
from tests.fakes.kept_run import KeptRun, keep_run, room_with_camera
from tests.fakes.observations import Walk

SECONDS = 12.0


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptRun:
    return keep_run(tmp_path_factory.mktemp("kept"), room_with_camera(SECONDS, [Walk(4.0, 11.5)]), 50)


def player(kept: KeptRun, settings: ReplaySettings = ReplaySettings(), since_s: float = 5.0) -> ReplayPlayer:  # noqa: B008
    first, last = kept.observed[0].received_ns, kept.observed[-1].received_ns
    since_ns = first + round(since_s * SECOND)
    return ReplayPlayer(kept.journal, lambda number: sound_states(kept.checkpoints, number), lambda _: (), since_ns, last + 1, settings)


def at(kept: KeptRun, second: float) -> int:
    return kept.observed[0].received_ns + round(second * SECOND)


def told(picture: Snapshot) -> str:
    """All of it, bit for bit, but what goes by what was seen before the replay began."""
    cameras = tuple(replace(view, health=replace(view.health, since_ns=0, pictures=0)) for view in picture.cameras)
    return json.dumps(wire.to_plain(replace(picture, cameras=cameras)), sort_keys=True)


def test_it_shows_what_live_showed(kept: KeptRun) -> None:
    replay = player(kept)
    replay.seek(at(kept, 9.0))
    picture = replay.picture()
    shown = [result for result in kept.within(0, at(kept, 9.0)) if result.radio is not None][-1].radio
    assert picture.radio.picture is not None and shown is not None
    assert picture.radio.picture.blobs == shown.blobs
    tracks = [dict(result.tracks)["door"] for result in kept.within(0, at(kept, 9.0)) if result.tracks][-1]
    assert picture.cameras[0].tracks == tracks and tracks
    assert picture.cameras[0].health.state is CameraState.LIVE
    assert picture.settings.site_name == "Room"
    assert {person.name for person in picture.people.persons} == {"Anna", "Ben"}
    assert {node.state for node in picture.radio.nodes} == {NodeState.ONLINE} and len(picture.radio.nodes) == 4
    assert all(node.position is not None for node in picture.radio.nodes)
    assert replay.missing == ()


def test_however_it_comes_there(kept: KeptRun) -> None:
    """Straight, forward in steps, back from later, and from a state that was kept."""
    straight = player(kept)
    straight.seek(at(kept, 10.7))
    wandering = player(kept)
    wandering.seek(at(kept, 6.0))
    for second in (7.3, 8.0, 10.7):
        wandering.advance(at(kept, second))
    assert told(wandering.picture()) == told(straight.picture())
    wandering.seek(at(kept, 5.5))
    early = told(wandering.picture())
    wandering.seek(at(kept, 10.7))
    assert told(wandering.picture()) == told(straight.picture()) != early


def test_filling_ahead_changes_nothing_that_is_shown(kept: KeptRun) -> None:
    plain, filled = player(kept), player(kept)
    for replay in (plain, filled):
        replay.seek(at(kept, 5.2))
    before = told(filled.picture())
    while filled.fill(lambda: None):
        pass
    assert told(filled.picture()) == before == told(plain.picture())
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    filled.seek(at(kept, 11.4), count)
    plain.seek(at(kept, 11.4))
    assert told(filled.picture()) == told(plain.picture())
    assert 0 < taken < len(kept.within(at(kept, 5.2), at(kept, 11.4))) // 4


def test_a_far_way_begins_at_a_checkpoint_and_shows_the_same(kept: KeptRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the record has of before; and what was passed over is filled afterwards."""

    def shown(replay: ReplayPlayer) -> tuple[str, list[str]]:
        picture = replay.picture()
        return told(replace(picture, events=())), sorted(event.id for event in picture.events if event.started_ns > at(kept, 3.0))

    def so_far(began_ns: int) -> list[Event]:
        return kept.events(0, began_ns + 1)

    near, far = player(kept), player(kept)
    near._events_before = far._events_before = so_far
    near.seek(at(kept, 11.4))
    monkeypatch.setattr("engine.history.replay.player.FAR_NS", SECOND)
    far.seek(at(kept, 11.4))
    assert shown(far) == shown(near) and at(kept, 5.0) < far.warm_ns > near.warm_ns
    assert far.at_ns == near.at_ns and far.missing == ()
    while far.fill(lambda: None):
        pass
    states = [each.at_ns for each in far._kept]
    assert states[0] == at(kept, 5.0) and max(after - before for before, after in pairwise(states)) <= 2 * SECOND
    near.seek(at(kept, 7.7))
    far.seek(at(kept, 7.7))
    assert shown(far) == shown(near)


def test_what_is_sought_and_given_up_can_be_sought_again(kept: KeptRun) -> None:
    replay, plain = player(kept), player(kept)
    replay.seek(at(kept, 5.0))

    def enough(left: list[int] = [10]) -> None:  # noqa: B006
        left[0] -= 1
        if not left[0]:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        replay.seek(at(kept, 9.0), enough)
    replay.seek(at(kept, 9.0))
    plain.seek(at(kept, 9.0))
    assert told(replay.picture()) == told(plain.picture())


@pytest.mark.parametrize("second", [5.0, 9.0])
def test_tried_settings_are_in_force_from_the_beginning_of_the_window(kept: KeptRun, second: float) -> None:
    tried = ReplaySettings(gates=replace(GateSettings(), min_confidence=0.95))
    replay = player(kept, tried, since_s=4.2)
    replay.seek(at(kept, second))
    assert replay.picture().settings.gates.min_confidence == 0.95
    assert not [event for event in replay.picture().events if event.camera_id]
    replay.seek(at(kept, 4.2))
    assert replay.picture().settings.gates.min_confidence == 0.95


def test_an_event_that_ended_later_goes_on(kept: KeptRun) -> None:
    ended = next(event for event in kept.events(0, 1 << 62) if event.ended_ns is not None and event.started_ns > at(kept, 0.0))
    assert ended.ended_ns is not None
    first, until_ns = kept.observed[0].received_ns, kept.observed[-1].received_ns + 1
    states: Callable[[int], object] = lambda number: sound_states(kept.checkpoints, number)  # noqa: E731
    since_ns = ended.ended_ns - 1
    replay = ReplayPlayer(kept.journal, states, lambda _: (ended,), max(since_ns, first), until_ns, ReplaySettings())  # type: ignore[arg-type]
    replay.seek(since_ns)
    shown = {event.id: event for event in replay.picture().events}
    assert shown[ended.id].ended_ns is None


def test_what_of_a_window_is_in_the_record(kept: KeptRun, tmp_path: Path) -> None:
    first, last = kept.observed[0].received_ns, kept.observed[-1].received_ns
    journal = JournalFolder(kept.journal)
    assert journal.reach() == (first, last)
    assert journal.holds(last, last + 1) and journal.holds(0, first + 1)
    assert not journal.holds(last + 1, last + SECOND) and not journal.holds(0, first)
    assert not JournalFolder(tmp_path).holds(0, 1 << 62)
