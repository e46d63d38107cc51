"""A capture sink that remembers everything and can be waited for."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.model.cameras.frame import DecodedFrame, EncodedPacket, StreamInfo
from engine.model.health import CameraState
from tests.fakes.video import picture_number


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame as it was when it came. `number` is the one drawn in it (`fakes.video`)."""

    index: int
    captured_ns: int
    number: int
    width: int
    height: int


class RecordingSink:
    def __init__(self) -> None:
        self.streams: list[StreamInfo] = []
        self.packets: list[EncodedPacket] = []
        self.frames: list[Seen] = []
        self.states: list[tuple[CameraState, str]] = []
        self.faults: list[str] = []  # beside `states`
        self.threads: set[str] = set()
        self._changed = threading.Condition()

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        self._note(self.streams, info)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        self._note(self.packets, packet)

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self._note(self.frames, Seen(frame.index, frame.captured_ns, picture_number(frame.luma()), frame.width, frame.height))

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        self.faults.append(fault)  # before what is waited for
        self._note(self.states, (state, reason))

    @property
    def state(self) -> CameraState | None:
        return self.states[-1][0] if self.states else None

    @property
    def reason(self) -> str:
        return self.states[-1][1] if self.states else ""

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = 120.0) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, timeout_s), f"waited in vain for {what}; states were {self.states[-4:]}"

    def wait_state(self, state: CameraState) -> None:
        self.wait(lambda: self.state is state, state.value)

    def wait_frames(self, count: int) -> None:
        """Until `count` have come in all."""
        self.wait(lambda: len(self.frames) >= count, f"{count} frames")

    def wait_more_frames(self, count: int) -> None:
        """Until `count` have come from now on."""
        self.wait_frames(len(self.frames) + count)

    def _note(self, into: list[Any], value: object) -> None:
        with self._changed:
            self.threads.add(threading.current_thread().name)
            into.append(value)
            self._changed.notify_all()
