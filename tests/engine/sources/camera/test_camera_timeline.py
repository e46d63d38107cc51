"""Stream time becomes UTC that is smooth and never runs back."""

from itertools import pairwise
from random import Random

from engine.model.cameras.frame import EncodedPacket
from engine.model.time import MILLISECOND, SECOND, ManualClock
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.sequence import Sequence
from engine.sources.camera.timeline import FileTimeline, LiveTimeline

START = 1_700_000_000 * SECOND
FRAME = 40 * MILLISECOND


def test_network_jitter_is_smoothed_away() -> None:
    clock, chance = ManualClock(START), Random(3)
    timeline = LiveTimeline(clock)
    times = []
    for number in range(100):
        clock.advance_to(START + number * FRAME + round(chance.uniform(0, 15) * MILLISECOND))
        times.append(timeline.arrived(number * FRAME))
        assert times[-1] <= clock.now_ns()
    steps = [later - earlier for earlier, later in pairwise(times[30:])]
    assert max(abs(step - FRAME) for step in steps) < MILLISECOND


def test_pictures_that_waited_in_the_probe_are_not_in_the_future() -> None:
    clock = ManualClock(START)
    timeline = LiveTimeline(clock)
    burst = [timeline.arrived(number * FRAME) for number in range(20)]
    assert max(burst) == START


def test_jumps_start_the_mapping_anew() -> None:
    for jump in (-3600 * SECOND, 3600 * SECOND, -(2**33 * SECOND // 90_000)):
        clock = ManualClock(START)
        timeline = LiveTimeline(clock)
        timeline.arrived(0)
        clock.advance_to(START + FRAME)
        assert timeline.arrived(jump + FRAME) == START + FRAME


def test_a_pause_starts_the_mapping_anew() -> None:
    clock = ManualClock(START)
    timeline = LiveTimeline(clock)
    timeline.arrived(0)
    clock.advance_to(START + 5 * SECOND)
    assert timeline.arrived(FRAME) == START + 5 * SECOND


def test_a_drifting_sender_is_followed() -> None:
    clock = ManualClock(START)
    timeline = LiveTimeline(clock)
    for number in range(50_000):  # half an hour; the sender's clock is 200 ppm slow
        clock.advance_to(START + round(number * FRAME * 1.0002))
        late_ns = clock.now_ns() - timeline.arrived(number * FRAME)
        assert 0 <= late_ns < MILLISECOND


def test_times_without_stream_time_are_arrivals() -> None:
    clock = ManualClock(START)
    timeline = LiveTimeline(clock)
    assert timeline.arrived(None) == START
    assert timeline.at(None) == START


def test_a_paced_file_moves_on_when_the_machine_fell_behind() -> None:
    clock = ManualClock(START)
    timeline = FileTimeline(clock)
    assert timeline.at(0) == START
    clock.advance_to(START + 3 * SECOND)
    timeline.follow(SECOND)
    assert timeline.at(SECOND) == START + 3 * SECOND


def test_what_a_paced_file_plays_is_never_of_the_future() -> None:
    """It fell behind by so much that its times moved, and caught up all the same."""
    clock = ManualClock(START)
    timeline = FileTimeline(clock)
    assert timeline.at(0) == START
    clock.advance_to(START + SECOND * 8 // 5)
    timeline.follow(SECOND)
    assert timeline.at(SECOND) == START + SECOND * 8 // 5
    clock.advance_to(START + SECOND * 2)
    timeline.follow(SECOND * 9 // 5)
    assert timeline.at(SECOND * 9 // 5) == START + SECOND * 2
    clock.advance_to(START + SECOND * 3)
    timeline.follow(SECOND * 13 // 5)
    assert timeline.at(SECOND * 13 // 5) == START + SECOND * 14 // 5, "a little late is as even as the file"


def test_packets_never_run_back_across_connections() -> None:
    sequence = Sequence()
    times = [sequence.packet(EncodedPacket(b"", 0, 0, 0, True, captured)).captured_ns for captured in (10, 20, 5, 5, 30)]
    assert times == [10, 20, 21, 22, 30]


def test_waits_grow_to_a_bound_and_start_again() -> None:
    backoff = Backoff(Random(7))
    waits = [backoff.next_s() for _ in range(30)]
    for wait, whole in zip(waits, [0.5, 1.0, 2.0, *[4.0] * 27], strict=True):
        assert 0.75 * whole <= wait <= whole
    assert len(set(waits)) == 30
    backoff.reset()
    assert backoff.next_s() <= 0.5
