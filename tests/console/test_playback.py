"""The playback of recorded cameras: one clock, real files, and pictures that say themselves which they are."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.playback.playback import PlaybackController
from console.playback.relief import Relief, Thinning
from console.playback.speed import shuttled, within
from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import ListSegments
from engine.model.errors import EnvironmentFault, PermissionDenied
from engine.model.history.timeline import LaneKind, LaneSpan, SpanState, Timeline, TimelineLane
from engine.model.time import SECOND, SystemClock
from engine.recording.footage.worker import FootageWorker, close_all
from tests.console.recorded import RecordedCameras, shows
from tests.engine.recording.footages import FRAME_NS, write
from tests.fakes.engine import FakeEngine
from widgets.playback.playback import RecordedTile, TileKind
from widgets.playback.transport_bar import TransportBar

Play = Callable[[tuple[str, ...]], PlaybackController]
NINE = tuple(f"camera{number}" for number in range(9))


@pytest.fixture
def recorded(engine: FakeEngine, tmp_path: Path) -> RecordedCameras:
    return RecordedCameras(tmp_path, ("yard", "gate")).make(engine)


@pytest.fixture
def play(bridge: EngineBridge) -> Iterator[Play]:
    """Makes a playback of cameras, as large as they were recorded."""
    made: list[PlaybackController] = []

    def make(cameras: tuple[str, ...]) -> PlaybackController:
        made.append(PlaybackController(bridge, SystemClock()))
        show(made[-1], cameras)
        return made[-1]

    yield make
    for playback in made:
        playback.shutdown()


@pytest.fixture
def playback(play: Play, recorded: RecordedCameras) -> PlaybackController:
    return play(recorded.cameras)


def show(playback: PlaybackController, cameras: tuple[str, ...]) -> None:
    for camera_id in cameras:
        playback.want(camera_id, 160, 96)
    playback.set_cameras(cameras)


def settled(playback: PlaybackController, qtbot: QtBot) -> None:
    """Nothing more is to come."""
    unsettled = (TileKind.LOADING,)
    qtbot.waitUntil(lambda: not playback.state.busy and all(playback.tile(each).kind not in unsettled for each in playback.cameras))


def exact(playback: PlaybackController, recorded: RecordedCameras, at_ns: int) -> None:
    """Every tile shows the picture of the time, and says so."""
    for number, camera_id in enumerate(recorded.cameras):
        tile, expected = playback.tile(camera_id), recorded.picture_at(camera_id, at_ns)
        assert tile.kind is TileKind.PICTURE
        assert shows(tile.pixels) == (number, expected)
        assert abs(tile.picture_ns - recorded.at(camera_id, expected)) < SECOND // 10_000


def test_seeking_shows_each_camera_exactly_as_it_was(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    for picture in (30.4, 77.9, 3.0, 49.9, 50.5, 98.2):
        at_ns = recorded.at("gate", picture)
        playback.seek(at_ns)
        settled(playback, qtbot)
        assert playback.position_ns == at_ns
        exact(playback, recorded, at_ns)


def test_steps_go_picture_by_picture_forth_and_back(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    playback.set_lead("gate")
    playback.seek(recorded.at("gate", 40.5))
    settled(playback, qtbot)
    for step, expected in [(1, range(41, 61)), (-1, range(59, 29, -1))]:
        for picture in expected:
            playback.step(step)
            settled(playback, qtbot)
            assert shows(playback.tile("gate").pixels) == (1, picture)
            assert abs(playback.position_ns - recorded.at("gate", picture)) < SECOND // 10_000
            exact(playback, recorded, playback.position_ns)


def test_many_steps_at_once_are_all_taken(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    playback.seek(recorded.at("yard", 20))
    settled(playback, qtbot)
    playback.step(25)
    settled(playback, qtbot)
    assert shows(playback.tile("yard").pixels) == (0, 45)
    playback.step(-10)
    settled(playback, qtbot)
    assert shows(playback.tile("yard").pixels) == (0, 35)
    playback.step(3, "gate")
    settled(playback, qtbot)
    assert shows(playback.tile("gate").pixels)[1] in (37, 38)


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> RecordedCameras:
    """Pictures 0–249 of each."""
    recorded = RecordedCameras(tmp_path_factory.mktemp("nine"), NINE, files=5)
    recorded.make(FakeEngine())
    return recorded


@pytest.mark.parametrize("speed", [1.0, -1.0, 0.5, 2.0, -6.0])
def test_nine_cameras_play_in_step(play: Play, engine: FakeEngine, nine: RecordedCameras, qtbot: QtBot, speed: float) -> None:
    """No picture is shown before its time, or under another one's; and the clock stops on exactly what it showed."""
    recorded = nine.enter(engine)
    playback = play(NINE)
    playback.seek(recorded.at(NINE[0], 125))
    settled(playback, qtbot)
    seen: dict[str, list[int]] = {camera_id: [] for camera_id in NINE}

    def check(at_ns: int) -> None:
        for number, camera_id in enumerate(NINE):
            tile = playback.tile(camera_id)
            if tile.kind is not TileKind.PICTURE:
                continue
            shown = shows(tile.pixels)
            assert shown == (number, round((tile.picture_ns - recorded.started_ns(camera_id)) / FRAME_NS))
            assert tile.since_ns is not None and tile.until_ns is not None
            assert tile.since_ns <= at_ns if speed > 0 else at_ns < tile.until_ns
            if seen[camera_id][-1:] != [shown[1]]:
                seen[camera_id].append(shown[1])

    playback.moved.connect(check)
    playback.play(speed)
    qtbot.waitUntil(lambda: all(len(pictures) > (2 if playback.state.keyframes_only else 8) for pictures in seen.values()))
    playback.pause()
    settled(playback, qtbot)
    exact(playback, recorded, playback.position_ns)
    for pictures in seen.values():
        assert pictures == sorted(pictures, reverse=speed < 0)


def test_who_fell_behind_shows_keyframes_for_a_while_and_then_everything_again(
    playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    playback._relief = Relief(0.2)
    behind = [True]
    monkeypatch.setattr(FootageWorker, "behind", property(lambda _: behind[0]))
    modes: list[bool] = []
    shown_of: list[int] = []
    playback.state_changed.connect(lambda state: modes.append(state.keyframes_only))
    playback.moved.connect(lambda _: shown_of.append(playback.thinning.every))
    playback.seek(recorded.at("yard", 5))
    settled(playback, qtbot)
    playback.play(0.2)
    qtbot.waitUntil(lambda: True in modes)
    behind[0] = False
    qtbot.waitUntil(lambda: modes[-1] is False and shown_of[-1] == 1)
    assert {1, 2, 4} <= set(shown_of), "not all at once"
    playback.pause()
    settled(playback, qtbot)
    exact(playback, recorded, playback.position_ns)


def test_where_pictures_are_left_out_it_is_said_how_many_are_shown(
    playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = TransportBar(playback)
    qtbot.addWidget(bar)
    playback._relief = Relief(60.0)
    behind = [True]
    monkeypatch.setattr(FootageWorker, "behind", property(lambda _: behind[0] and playback.thinning.every < 2))
    playback.seek(recorded.at("yard", 5))
    settled(playback, qtbot)
    playback.play(0.5)
    qtbot.waitUntil(lambda: playback.state.pictures_s > 0)
    assert playback.thinning == Thinning(2)
    assert bar._note.text().endswith("fps")
    for number, camera_id in enumerate(recorded.cameras):
        tile = playback.tile(camera_id)
        assert tile.pixels is None or shows(tile.pixels)[0] == number
    playback.pause()
    settled(playback, qtbot)
    exact(playback, recorded, playback.position_ns)
    assert playback.state.pictures_s == 0 and bar._note.text() == ""


def test_a_camera_shown_alone_has_all_cores(playback: PlaybackController, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.playback.playback.os.cpu_count", lambda: 4)
    playback.want("gate", 160, 98)
    assert {side.worker._threads for side in playback._sides.values()} == {2}
    playback.want("gate", 0, 0)
    assert {side.worker._threads for side in playback._sides.values()} == {4}
    playback.set_cameras(("yard",))
    playback.set_cameras(("yard", "gate"))
    playback.want("gate", 160, 96)
    assert {side.worker._threads for side in playback._sides.values()} == {2}


def test_cameras_come_and_go(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    at_ns = recorded.at("yard", 25.5)
    playback.seek(at_ns)
    settled(playback, qtbot)
    playback.set_cameras(("gate",))
    assert playback.tile("yard").pixels is None
    playback.set_cameras(("gate", "yard"))
    settled(playback, qtbot)
    assert playback.cameras == ("gate", "yard")
    exact(playback, recorded, at_ns)
    with pytest.raises(ValueError, match="at most 9"):
        playback.set_cameras([f"c{number}" for number in range(10)])


def test_cameras_that_left_leave_nothing_behind(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    for _ in range(5):
        playback.set_cameras(recorded.cameras)
        tile_at(playback, qtbot, recorded.at("yard", 25.5))
        playback.set_cameras(())
    qtbot.waitUntil(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("footage-")])
    playback.set_cameras(("yard",))
    playback.set_cameras(())
    assert len(playback._ending) == 1 and playback.cache.share_bytes >= playback.cache.limit_bytes // 2


def test_when_it_has_ended_nothing_that_was_decoded_stays(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    tile_at(playback, qtbot, recorded.at("yard", 25.5))
    kept = weakref.ref(playback.cache)
    playback.shutdown()
    gc.collect()
    assert kept() is None


def test_at_its_end_all_cameras_are_waited_for_together(playback: PlaybackController, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []

    def counted(workers: list[FootageWorker]) -> None:
        waited.append(len(workers))
        close_all(workers)

    monkeypatch.setattr("console.playback.playback.close_all", counted)
    playback.shutdown()
    assert len(waited) == 1 and waited[0] > 0, "not one after the other; a camera that has ended already is not waited for"


def tile_at(playback: PlaybackController, qtbot: QtBot, at_ns: int, camera_id: str = "yard") -> RecordedTile:
    playback.seek(at_ns)
    settled(playback, qtbot)
    return playback.tile(camera_id)


def test_where_nothing_was_recorded_it_says_from_when_to_when(
    playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot
) -> None:
    tile = tile_at(playback, qtbot, recorded.at("yard", 130))
    assert (tile.kind, tile.since_ns, tile.until_ns, tile.pixels) == (TileKind.GAP, recorded.at("yard", 100), None, None)
    tile = tile_at(playback, qtbot, recorded.at("yard", -130))
    assert (tile.kind, tile.since_ns, tile.until_ns) == (TileKind.GAP, None, recorded.at("yard", 0))


def test_blind_is_told_from_not_recorded(
    engine: FakeEngine, play: Play, recorded: RecordedCameras, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = LaneSpan(recorded.at("yard", 120), recorded.at("yard", 200), SpanState.BLIND, "The camera was lost.")
    told = Timeline(0, 1, 1, (TimelineLane(LaneKind.OBSERVED, "yard", spans=(blind,)),))
    monkeypatch.setattr(engine.past, "_timeline", lambda *_: told)
    playback = play(recorded.cameras)
    tile = tile_at(playback, qtbot, recorded.at("yard", 130))
    assert (tile.kind, tile.reason) == (TileKind.BLIND, "The camera was lost.")
    assert tile_at(playback, qtbot, recorded.at("yard", 110)).kind is TileKind.GAP
    assert playback.tile("gate").kind is TileKind.GAP


def test_a_step_over_a_gap_is_one_step(playback: PlaybackController, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot) -> None:
    engine.segments.pop("sg-yard-0")
    playback.set_lead("yard")
    tile_at(playback, qtbot, recorded.at("yard", 50.2))
    playback.step(-1)
    settled(playback, qtbot)
    assert playback.tile("yard").kind is TileKind.GAP
    playback.step(1)
    settled(playback, qtbot)
    assert shows(playback.tile("yard").pixels) == (0, 50)


def test_a_damaged_file_is_said_and_the_others_play(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    (recorded.folder / "yard-1.mp4").write_bytes(b"nothing")
    tile = tile_at(playback, qtbot, recorded.at("yard", 60))
    assert tile.kind is TileKind.DAMAGED and "yard-1.mp4 cannot be played" in tile.reason
    assert shows(playback.tile("gate").pixels) == (1, 59)


def test_what_cannot_be_had_is_said_and_had_later(
    playback: PlaybackController, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot
) -> None:
    engine.fail("segment_file", EnvironmentFault("unreachable", "The engine cannot be reached."))
    playback.set_cameras(("yard",))
    tile = tile_at(playback, qtbot, recorded.at("yard", 60))
    assert (tile.kind, tile.reason) == (TileKind.FAILED, "The engine cannot be reached.")
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.PICTURE)
    assert shows(playback.tile("yard").pixels) == (0, 60)


def test_an_engine_that_does_not_answer_is_said_and_asked_again(
    play: Play, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot
) -> None:
    engine.fail("ask", EnvironmentFault("unreachable", "The engine cannot be reached."), ListSegments)
    playback = play(recorded.cameras)
    playback.seek(recorded.at("yard", 60))
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.FAILED)
    assert playback.tile("yard").reason == "The engine cannot be reached."
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.PICTURE)


def test_clips_are_shown_where_there_is_no_segment(play: Play, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot) -> None:
    path = write(recorded.folder / "clip.mp4", 50, 140, recorded.encoding)
    clip = Clip("cl-1", "ev-1", "yard", recorded.at("yard", 140), recorded.at("yard", 190), "clip.mp4", "", "", 1, "h264", 160, 96)
    engine.clips["cl-1"] = (clip, path)
    playback = play(recorded.cameras)
    assert shows(tile_at(playback, qtbot, recorded.at("yard", 155.5)).pixels) == (1, 155)
    assert playback.tile("gate").kind is TileKind.GAP


def test_hiding_faces_leaves_nothing_of_what_was_shown(
    playback: PlaybackController, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tile_at(playback, qtbot, recorded.at("yard", 60))
    hidden_cache = playback.cache
    for _ in range(6):
        engine.fail("segment_file", PermissionDenied("see recordings in which faces are not hidden"))
    monkeypatch.setattr("engine.model.snapshot.Snapshot.faces_hidden", True)
    engine.tick()
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.FAILED)
    assert playback.tile("yard").pixels is None and playback.cache is not hidden_cache
    assert "faces" in playback.tile("yard").reason


def test_what_was_removed_meanwhile_is_not_shown_for_long(
    playback: PlaybackController, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tile_at(playback, qtbot, recorded.at("yard", 60)).kind is TileKind.PICTURE
    engine.segments.pop("sg-yard-1")
    monkeypatch.setattr("console.playback.library._OLD_NS", -1)
    playback.seek(recorded.at("yard", 61))
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.GAP)
    assert playback.tile("yard").pixels is None


def test_what_is_still_being_written_is_not_called_a_gap(play: Play, engine: FakeEngine, recorded: RecordedCameras, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recording=replace(engine.settings.recording, continuous=True, segment_s=60.0))
    engine.tick()
    playback = play(recorded.cameras)
    playback.seek(SystemClock().now_ns() - 5 * SECOND)
    qtbot.waitUntil(lambda: "within 1 min 10 s" in playback.tile("yard").reason)
    assert playback.tile("yard").kind is TileKind.LOADING
    assert tile_at(playback, qtbot, SystemClock().now_ns() - 200 * SECOND).kind is TileKind.GAP


def test_the_clock_never_runs_into_the_future(playback: PlaybackController, qtbot: QtBot) -> None:
    clock = SystemClock()
    playback.seek(clock.now_ns() + 3600 * SECOND)
    assert playback.position_ns <= clock.now_ns()
    playback.play(32)
    qtbot.waitUntil(lambda: not playback.state.playing)
    assert playback.position_ns <= clock.now_ns()


def test_speeds_are_kept_in_bounds(playback: PlaybackController) -> None:
    assert [within(speed) for speed in (100.0, -100.0, 0.01, -0.01, 2.5)] == [32.0, -32.0, 0.1, -0.1, 2.5]
    with pytest.raises(ValueError, match="pause"):
        playback.play(0)
    playback.set_speed(-3)
    assert (playback.state.speed, playback.state.playing) == (-3, False)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("L", [1.0]),
        ("LLLLLLL", [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 32.0]),
        ("JJJ", [-1.0, -2.0, -4.0]),
        ("LLLJJJJ", [1.0, 2.0, 4.0, 2.0, 1.0, -1.0, -2.0]),
        ("JL", [-1.0, 1.0]),
        ("LLKL", [1.0, 2.0, None, 1.0]),
    ],
)
def test_shuttling_is_that_of_editing_programs(keys: str, expected: list[float | None]) -> None:
    speed: float | None = None
    for key, after in zip(keys, expected, strict=True):
        speed = None if key == "K" else shuttled(speed or 1.0, speed is not None, key == "L")
        assert speed == after


def test_a_slow_speed_becomes_the_usual_one() -> None:
    assert shuttled(0.3, True, True) == 1.0
    assert shuttled(-0.3, True, True) == 1.0


def test_dragging_along_always_shows_something(playback: PlaybackController, recorded: RecordedCameras, qtbot: QtBot) -> None:
    shown: list[RecordedTile] = []
    playback.tile_changed.connect(lambda camera_id: shown.append(playback.tile(camera_id)))
    for picture in range(5, 95):
        playback.seek(recorded.at("yard", picture + 0.5))
        qtbot.wait(1)
    settled(playback, qtbot)
    exact(playback, recorded, playback.position_ns)
    for tile in shown:
        if tile.pixels is not None:
            camera, number = shows(tile.pixels)
            assert abs(tile.picture_ns - recorded.at(recorded.cameras[camera], number)) < SECOND // 10_000


def test_nothing_is_decoded_for_cameras_off_the_screen(play: Play, recorded: RecordedCameras, qtbot: QtBot) -> None:
    playback = play(recorded.cameras)
    playback.want("gate", 0, 0)
    playback.seek(recorded.at("yard", 30.5))
    qtbot.waitUntil(lambda: playback.tile("yard").kind is TileKind.PICTURE)
    assert playback.tile("gate").pixels is None and not playback.state.busy
