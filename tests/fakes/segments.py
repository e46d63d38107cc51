"""Continuous video as it lies in a data folder: real, playable files, and the rows that tell of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.packet import Packet

from engine.model.cameras.segment import Segment
from engine.model.time import SECOND
from tests.fakes.video import Clip, write_clip

TICKS = 90_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A camera's video from `started_ns` on: `source` over and over again until it is `seconds` long, cut at keyframes."""

    camera_id: str
    started_ns: int
    seconds: float
    segment_s: float = 10.0


def numbered_video(path: Path, fps: int = 25, seconds: int = 4, gop: int = 25, width: int = 320, height: int = 192) -> Path:
    """H.264 whose pictures show their numbers (`tests.fakes.video.picture_number`)."""
    return write_clip(path, Clip(width=width, height=height, fps=fps, frames=fps * seconds, gop=gop))


def record_segments(folder: Path, source: Path, recorded: Recorded) -> tuple[Segment, ...]:
    """Make the files in the data folder `folder`, without encoding again; gives their rows, for `Store.save`. Source: no B-pictures."""
    made: list[Segment] = []
    begun: _Making | None = None
    for packet, info, at_ns in _endless(source, recorded):
        if begun is not None and packet.is_keyframe and at_ns - begun.started_ns >= recorded.segment_s * SECOND:
            made.append(begun.finish(at_ns))
            begun = None
        if begun is None:
            begun = _Making(folder, recorded.camera_id, at_ns, info)
        begun.write(packet, at_ns)
    if begun is not None:
        made.append(begun.finish(recorded.started_ns + round(recorded.seconds * SECOND)))
    return tuple(made)


def _endless(source: Path, recorded: Recorded) -> "Iterator[tuple[Packet, av.VideoStream, int]]":
    ahead_ns = recorded.started_ns
    end_ns = recorded.started_ns + round(recorded.seconds * SECOND)
    while True:
        with av.open(str(source)) as container:
            stream = container.streams.video[0]
            last_ns, step_ns = ahead_ns, 0
            for packet in container.demux(stream):
                if packet.dts is None:
                    continue
                at_ns = ahead_ns + round((packet.dts - (stream.start_time or 0)) * stream.time_base * SECOND)
                if at_ns >= end_ns:
                    return
                step_ns, last_ns = at_ns - last_ns, at_ns
                yield packet, stream, at_ns
            ahead_ns = last_ns + step_ns


class _Making:
    def __init__(self, folder: Path, camera_id: str, started_ns: int, stream: "av.VideoStream") -> None:
        self.started_ns = started_ns
        self._folder, self._camera_id = folder, camera_id
        self._id = f"sg-{camera_id}-{started_ns:016x}"
        self._path = folder / "segments" / camera_id / f"{datetime.fromtimestamp(started_ns // SECOND, UTC):%Y-%m-%d}" / f"{self._id}.mp4"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._codec, self._size = stream.codec_context.name, (stream.width, stream.height)
        self._container = av.open(str(self._path), "w")
        self._stream = self._container.add_stream_from_template(stream)
        self._stream.time_base = Fraction(1, TICKS)
        self._keyframes: list[int] = []

    def write(self, packet: "Packet", at_ns: int) -> None:
        if packet.is_keyframe:
            self._keyframes.append(at_ns)
        copy = Packet(bytes(packet))
        copy.stream, copy.time_base = self._stream, Fraction(1, TICKS)
        copy.pts = copy.dts = round((at_ns - self.started_ns) * TICKS / SECOND)
        copy.is_keyframe = packet.is_keyframe
        self._container.mux(copy)

    def finish(self, ended_ns: int) -> Segment:
        self._container.close()
        keyframes = [*self._keyframes, ended_ns]
        return Segment(
            id=self._id,
            camera_id=self._camera_id,
            started_ns=self.started_ns,
            ended_ns=ended_ns,
            file=self._path.relative_to(self._folder).as_posix(),
            size_bytes=self._path.stat().st_size,
            codec=self._codec,
            width=self._size[0],
            height=self._size[1],
            keyframe_ms=max(round((b - a) / 1e6) for a, b in pairwise(keyframes)),
        )
