"""Simulated cameras as sources: known names, a steady grid of the clock's times, one moment for all, no hanging."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from engine.model.cameras.frame import DecodedFrame
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.sources.camera.protocol import FrameSource
from engine.sources.simulated import DEMO_CAMERAS, FPS, WORLD_EPOCH_NS, SimulatedCamera, simulated_source, world_time_s

START_NS = WORLD_EPOCH_NS + 1_000 * SECOND


class TickingClock:
    """Goes forward by a fixed step each time it is asked."""

    def __init__(self, step_ns: int) -> None:
        self._now_ns = START_NS
        self._step_ns = step_ns

    def now_ns(self) -> int:
        self._now_ns += self._step_ns
        return self._now_ns


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS)


@pytest.fixture
def source(clock: ManualClock) -> Iterator[FrameSource]:
    source = simulated_source("simulated:store", clock)
    yield source
    source.close()


def _next(source: FrameSource, clock: ManualClock, to_ns: int) -> DecodedFrame:
    clock.advance_to(to_ns)
    (frame,) = source.read().frames
    return frame


def test_demo_cameras_make_valid_settings() -> None:
    settings = Settings(cameras=DEMO_CAMERAS)
    assert len(settings.cameras) == 4
    assert all(camera.simulated for camera in settings.cameras)
    assert [camera.name for camera in DEMO_CAMERAS] == ["Yard", "Entrance hall", "Office", "Store"]


@pytest.mark.parametrize("settings", DEMO_CAMERAS, ids=lambda settings: settings.id)
def test_every_demo_camera_opens(settings: object, clock: ManualClock) -> None:
    assert settings in DEMO_CAMERAS
    source = simulated_source(settings.url, clock)  # type: ignore[attr-defined]
    info = source.open()
    source.close()
    assert (info.codec, info.width, info.height, info.fps) == ("", 640, 360, 15.0)


@pytest.mark.parametrize("url", ["simulated:", "yard?", "simulated:cellar", "simulated:../yard"])
def test_an_unknown_name_is_refused_with_the_known_ones(url: str, clock: ManualClock) -> None:
    with pytest.raises(InputError, match="simulated:yard, simulated:hall, simulated:office, simulated:store") as caught:
        simulated_source(url, clock)
    assert caught.value.field == "url"


def test_pictures_fall_on_the_grid_and_carry_its_time(source: FrameSource, clock: ManualClock) -> None:
    source.open()
    first = _next(source, clock, START_NS + SECOND // FPS + 5_000_000)
    second = _next(source, clock, START_NS + 2 * SECOND // FPS + 1_000)
    assert (first.index, second.index) == (0, 1)
    for ticks, frame in ((1, first), (2, second)):
        assert frame.captured_ns == pytest.approx(START_NS + ticks * SECOND / FPS, abs=1)
        assert frame.captured_ns <= clock.now_ns()


def test_fifteen_pictures_a_second_by_the_clock() -> None:
    source = simulated_source("simulated:hall", TickingClock(SECOND // 90))
    source.open()
    times = [source.read().frames[0].captured_ns for _ in range(16)]
    source.close()
    assert times[-1] - times[0] == pytest.approx(SECOND, abs=2)
    assert np.diff(times) == pytest.approx(SECOND / FPS, abs=2)


def test_a_late_reader_gets_the_newest_picture_only(source: FrameSource, clock: ManualClock) -> None:
    source.open()
    _next(source, clock, START_NS + SECOND // 10)
    late = _next(source, clock, START_NS + 3 * SECOND + SECOND // 30)
    assert late.captured_ns == START_NS + 3 * SECOND
    assert late.index == 1


def test_all_cameras_show_the_same_moment(clock: ManualClock, cameras: dict[str, SimulatedCamera]) -> None:
    sources = {settings.id: simulated_source(settings.url, clock) for settings in DEMO_CAMERAS}
    for source in sources.values():
        source.open()
    clock.advance_to(START_NS + SECOND)
    frames = {name: source.read().frames[0] for name, source in sources.items()}
    assert len({frame.captured_ns for frame in frames.values()}) == 1
    for name, frame in frames.items():
        expected = cameras[name].render(world_time_s(frame.captured_ns))
        assert np.array_equal(frame.bgr(640, 360), expected)
        sources[name].close()


def test_read_waits_for_the_clock_and_interrupt_ends_it(source: FrameSource) -> None:
    source.open()
    ended: list[str] = []
    begun = threading.Event()

    def read() -> None:
        begun.set()
        try:
            source.read()
        except EnvironmentFault as fault:
            ended.append(fault.reason)

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait(60)
    source.interrupt()
    thread.join(60)
    assert ended == ["interrupted"]


def test_a_closed_source_refuses_to_read(source: FrameSource) -> None:
    source.open()
    source.close()
    source.close()
    with pytest.raises(EnvironmentFault):
        source.read()
