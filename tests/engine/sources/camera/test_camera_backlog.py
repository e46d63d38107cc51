"""What a new connection had waiting is told apart from what comes live, and timed as it was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.sources.camera.backlog import Backlog
from engine.sources.camera.network import NetworkSource, rtsp_opening
from engine.sources.camera.timeline import LiveTimeline
from tests.fakes.rtsp import RtspServer

FRAME_NS = SECOND // 25
FAULT = EnvironmentFault("stalled", "nothing came")


@dataclass(frozen=True)
class Sent:
    """`wait_ns`: how long reading it takes."""

    number: int
    dts: int | None
    wait_ns: int = 100_000


def backlog(*packets: Sent | EnvironmentFault, clock: ManualClock) -> Backlog:
    coming = list(packets)

    def read() -> Any:
        if not coming:
            return None
        packet = coming.pop(0)
        if isinstance(packet, EnvironmentFault):
            raise packet
        clock.advance_to(clock.now_ns() + packet.wait_ns)
        return packet

    return Backlog(cast("Callable[[], Any]", read), lambda packet: cast("Sent", packet).dts, clock)


def taken(queue: Backlog) -> list[tuple[int, int | None]]:
    """Numbers and times, to the end."""
    found: list[tuple[int, int | None]] = []
    while (each := queue.next())[0] is not None:
        found.append((cast("Sent", each[0]).number, each[1]))
    return found


def live(number: int) -> Sent:
    return Sent(number, number * FRAME_NS, FRAME_NS)


def test_what_waited_has_the_times_at_which_it_was_sent() -> None:
    clock = ManualClock(1000 * SECOND)
    queue = backlog(Sent(0, None), *(Sent(n, n * FRAME_NS) for n in range(1, 8)), live(8), live(9), clock=clock)
    delay_ns = queue.look()
    assert delay_ns is not None and abs(delay_ns + 7 * FRAME_NS - 1000 * SECOND) < FRAME_NS // 10, "that of the last one that waited"
    assert taken(queue) == [*((n, n * FRAME_NS) for n in range(8)), (8, None), (9, None)]


def test_what_comes_live_from_the_start_keeps_its_arrival() -> None:
    queue = backlog(live(0), live(1), live(2), clock=ManualClock(SECOND))
    assert queue.look() is not None
    assert taken(queue) == [(0, 0), (1, None), (2, None)]


@pytest.mark.parametrize("jump", [3600 * SECOND, -3600 * SECOND, 0])
def test_a_jump_of_the_senders_clock_is_no_backlog(jump: int) -> None:
    queue = backlog(Sent(0, 10 * SECOND), Sent(1, 10 * SECOND + jump), Sent(2, 10 * SECOND + jump + FRAME_NS), clock=ManualClock(SECOND))
    assert queue.look() is None
    assert taken(queue) == [(0, None), (1, None), (2, None)]


def test_a_sender_that_tells_no_times_is_not_waited_for() -> None:
    clock = ManualClock(SECOND)
    queue = backlog(*(Sent(n, None, FRAME_NS) for n in range(100)), clock=clock)
    assert queue.look() is None and clock.now_ns() - SECOND < 10 * FRAME_NS
    assert taken(queue) == [(n, None) for n in range(100)]


def test_what_came_before_a_fault_is_given_out_before_it() -> None:
    queue = backlog(Sent(0, None), Sent(1, 0), Sent(2, FRAME_NS), FAULT, clock=ManualClock(SECOND))
    queue.look()
    assert [queue.next()[1] for _ in range(3)] == [-FRAME_NS, 0, FRAME_NS]
    with pytest.raises(EnvironmentFault, match="nothing came"):
        queue.next()


def test_pictures_that_waited_are_as_even_as_they_were_sent() -> None:
    clock = ManualClock(1000 * SECOND)
    queue, timeline, times = (
        backlog(*(Sent(n, n * FRAME_NS) for n in range(8)), *map(live, range(8, 20)), clock=clock),
        LiveTimeline(clock),
        [],
    )
    timeline.begin(queue.look())
    while (each := queue.next())[0] is not None:
        packet_ns = timeline.arrived(cast("Sent", each[0]).dts) if each[1] is None else timeline.waited(each[1])
        times.append((packet_ns, timeline.at(cast("Sent", each[0]).dts)))
    steps = [after[i] - before[i] for before, after in pairwise(times) for i in (0, 1)]
    assert max(abs(step - FRAME_NS) for step in steps) < FRAME_NS // 20


@pytest.mark.parametrize("name", ["h264.mp4", "h265.mp4", "b_frames.mp4"])
def test_the_first_packets_of_a_camera_are_older_than_the_open_connection(videos: dict[str, Path], name: str) -> None:
    clock = SystemClock()
    with RtspServer({"yard": videos[name]}) as server:
        source = NetworkSource(rtsp_opening(server.url("yard"), "tcp"), clock, timeless=False)
        try:
            began_ns = clock.now_ns()
            source.open()
            opened_ns = clock.now_ns()
            packets = [source.read().packet for _ in range(6)]
        finally:
            source.close()
    times = [packet.captured_ns for packet in packets if packet is not None]
    assert began_ns - SECOND < times[0] < opened_ns and times == sorted(times)
