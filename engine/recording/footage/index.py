"""Which pictures a recorded file holds: read once from its packets, nothing is decoded."""

from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.time_base import time_base

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PictureIndex:
    """The pictures of a file in the order in which they are shown; a picture's number is its place in it, from 0.

    Pictures shown before the first keyframe lean on what is not in the file, and are left out.

    Attributes:
        ticks: (N,) when each is shown, in the file's own units. times_ns: the same from the first picture on, in ns.
        keys: (K,) numbers of the keyframes, rising, the first 0. key_dts: (K,) when each has to be decoded, in the file's units.
        tail_ns: how long the last picture is shown at most: as long as any other was, and a second at least.
        in_order: pictures are said to be shown in the order in which they are decoded.
    """

    ticks: Times
    times_ns: Times
    keys: Times
    key_dts: Times
    tail_ns: int
    in_order: bool

    @property
    def count(self) -> int:
        return len(self.ticks)

    @property
    def end_ns(self) -> int:
        return int(self.times_ns[-1]) + self.tail_ns

    def number_at(self, time_ns: int) -> int:
        """The last picture not after a time from the file's first picture; the first one for times before it."""
        return max(0, int(np.searchsorted(self.times_ns, time_ns, side="right")) - 1)

    def number_of(self, ticks: int) -> int:
        """Of a decoded picture."""
        return max(0, int(np.searchsorted(self.ticks, ticks, side="right")) - 1)

    def key_of(self, number: int) -> int:
        """Which keyframe, as a place in `keys`, decoding has to begin at."""
        return int(np.searchsorted(self.keys, number, side="right")) - 1

    def group_end(self, number: int) -> int:
        """The number of the next keyframe after a picture, or `count`."""
        following = self.key_of(number) + 1
        return int(self.keys[following]) if following < len(self.keys) else self.count


class _Timed(Protocol):
    @property
    def pts(self) -> int | None: ...

    @property
    def dts(self) -> int | None: ...


def shown_ticks(timed: _Timed) -> int | None:
    """When a packet or picture is shown; some containers tell only when it is decoded."""
    return timed.pts if timed.pts is not None else timed.dts


def read_index(container: InputContainer, stream: VideoStream, path: Path) -> PictureIndex:
    """Read all packets of a container that was just opened. Damage ends the reading. Raises EnvironmentFault: nothing to show in it."""
    ticks: list[int] = []
    keys: list[tuple[int, int]] = []
    try:
        for packet in container.demux(stream):
            _enter(packet, ticks, keys)
    except FFmpegError:
        pass  # what came before the damage can be shown
    if not keys:
        raise EnvironmentFault("unreadable", f"The recording {path.name} cannot be played: it holds no whole picture.")
    return _index(ticks, keys, stream)


def own_index(container: InputContainer, stream: VideoStream) -> PictureIndex | None:
    """The same out of the file's own table, some ten times faster; None where it has none that is whole.

    Only for pictures that are shown in the order in which they are decoded: the table knows nothing else.
    """
    entries = list(stream.index_entries)
    whole = bool(entries) and len(entries) == stream.frames and entries[0].is_keyframe
    if not whole or any(entry.is_discard for entry in entries) or max(entry.pos + entry.size for entry in entries) > container.size:
        return None
    first = next(container.demux(stream), None)
    if first is None or first.pts != first.dts or first.pts != entries[0].timestamp:
        return None
    ticks = [entry.timestamp for entry in entries]
    return _index(ticks, [(entry.timestamp, entry.timestamp) for entry in entries if entry.is_keyframe], stream)


def _enter(packet: "Packet[VideoStream]", ticks: list[int], keys: list[tuple[int, int]]) -> None:
    shown = shown_ticks(packet)
    if shown is None or not packet.size:
        return
    ticks.append(shown)
    if packet.is_keyframe:
        keys.append((shown, packet.dts if packet.dts is not None else shown))


def _index(ticks: list[int], keys: list[tuple[int, int]], stream: VideoStream) -> PictureIndex:
    starts = np.array(sorted(keys), np.int64)
    shown = np.unique(np.array(ticks, np.int64))
    shown = shown[shown >= starts[0, 0]]
    unit = time_base(stream) * SECOND
    times_ns = (shown - shown[0]) * unit.numerator // unit.denominator
    longest = int(np.diff(times_ns).max()) if len(times_ns) > 1 else 0
    numbers = np.searchsorted(shown, starts[:, 0]).astype(np.int64)
    return PictureIndex(shown, times_ns, numbers, starts[:, 1], max(SECOND, longest), all(a < b for a, b in pairwise(ticks)))
