"""`bench recording`: what it costs to record every camera all the time, beside FFmpeg's own segments and a plain remux."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from benchmarks.report import Case, at_most, case
from benchmarks.video.files import FPS, write_streams
from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.cameras.segment import Segment
from engine.model.errors import EnvironmentFault
from engine.model.settings import RecordingSettings
from engine.model.time import SystemClock
from engine.recording.clips.clips import ClipRecorder
from engine.recording.nal import byte_stream
from engine.recording.segments.recorder import SegmentRecorder
from engine.recording.segments.recovery import left_parts

TARGET_PERCENT = 5.0
SEGMENT_S = 10.0
_TICKS = 90_000


@dataclass(frozen=True, slots=True)
class Stream:
    """A camera's stream as it comes in, over and over."""

    info: StreamInfo
    packets: tuple[EncodedPacket, ...]
    path: Path

    def packet(self, number: int, at_ns: int) -> EncodedPacket:
        packet = self.packets[number % len(self.packets)]
        return replace(packet, pts=number, dts=number, captured_ns=at_ns)


def run(cameras: int = 8, seconds: float = 30.0, video: Path | None = None) -> dict[str, Any]:
    """Processor time of this process while the same packets come in, with and without being recorded; the difference counts."""
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-", ignore_cleanup_errors=True) as folder:
        stream = _read(write_streams(Path(folder), video)["720p"])
        rings = _measure("rings only", stream, cameras, seconds, lambda _, __: nullcontext(()))
        ours = _measure("recorded all the time", stream, cameras, seconds, _recorded)
        peers = [_measure("plain remux with PyAV", stream, cameras, seconds, _remuxed), _ffmpeg(stream, cameras, seconds, Path(folder))]
    base = rings["metrics"]["cpu_percent"]
    for each in (ours, peers[0]):
        each["metrics"]["overhead_percent"] = each["metrics"]["cpu_percent"] - base
    target = at_most("overhead_percent of one core", TARGET_PERCENT, ours["metrics"]["overhead_percent"])
    return {"bench": "recording", "cases": [rings, ours], "peers": peers, "targets": [target]}


Feeds = tuple[Callable[[str, EncodedPacket], None], ...]
Sink = Callable[[Path, ClipRecorder], AbstractContextManager[Feeds]]


def _measure(name: str, stream: Stream, cameras: int, seconds: float, sink: Sink) -> Case:
    """`sink`: a context in which packets are recorded, or not; gives what else takes each packet."""
    ids = [f"camera-{number}" for number in range(cameras)]
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-", ignore_cleanup_errors=True) as folder:
        settings = RecordingSettings(continuous=True, segment_s=SEGMENT_S)
        recorder = ClipRecorder(Path(folder), SystemClock(), lambda _: None, _refuse, settings)
        recorder.start()
        try:
            for camera_id in ids:
                recorder.on_stream(camera_id, stream.info)
            with sink(Path(folder), recorder) as extra:
                cpu_percent = _fed(stream, ids, seconds, (recorder.on_packet, *extra))
        finally:
            recorder.stop()
        written = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    params = {"cameras": cameras, "size": f"{stream.info.width}×{stream.info.height}", "fps": FPS, "seconds": seconds}
    return case(name, params, {"cpu_percent": cpu_percent, "written_mib": written / 2**20})


def _fed(stream: Stream, ids: list[str], seconds: float, takers: Feeds) -> float:
    """Percent of a core while a packet of each camera comes every 40 ms."""
    clock, due_s = SystemClock(), time.perf_counter()
    begun_s, begun_cpu_s = due_s, time.process_time()
    for number in range(round(seconds * FPS)):
        at_ns = clock.now_ns()
        for camera_id in ids:
            packet = stream.packet(number, at_ns)
            for take in takers:
                take(camera_id, packet)
        due_s += 1 / FPS
        time.sleep(max(0.0, due_s - time.perf_counter()))
    return 100 * (time.process_time() - begun_cpu_s) / (time.perf_counter() - begun_s)


@contextmanager
def _recorded(folder: Path, recorder: ClipRecorder) -> Iterator[Feeds]:
    made: list[Segment] = []
    segments = SegmentRecorder(folder, recorder.rings, lambda: recorder.settings, made.append, _refuse)
    segments.start()
    try:
        yield ()
    finally:
        segments.stop()
    if not made or left_parts(folder):
        raise EnvironmentFault("not_recorded", "Nothing was recorded, so nothing was measured.")


@contextmanager
def _remuxed(folder: Path, _: ClipRecorder) -> Iterator[Feeds]:
    """As plain as it gets: each packet goes into its camera's MP4 when it comes; after a crash none of it could be read."""
    files: dict[str, tuple[Any, Any]] = {}

    def take(camera_id: str, packet: EncodedPacket) -> None:
        if camera_id not in files:
            container: Any = av.open(str(folder / f"{camera_id}.mp4"), "w")
            video = container.add_mux_stream("h264", width=1280, height=720)
            video.time_base = Fraction(1, _TICKS)
            files[camera_id] = container, video
        container, video = files[camera_id]
        plain: Any = av.Packet(packet.data)
        plain.stream, plain.time_base = video, video.time_base
        plain.pts = plain.dts = packet.pts * _TICKS // FPS
        plain.is_keyframe = packet.keyframe
        container.mux(plain)

    yield (take,)
    for container, _stream in files.values():
        container.close()


def _ffmpeg(stream: Stream, cameras: int, seconds: float, folder: Path) -> Case:
    """One process per camera, which reads the file at its pace and copies it into segments. None of it is ours: reading counts too."""
    program = shutil.which("ffmpeg")
    params = {"cameras": cameras, "seconds": seconds}
    if program is None:
        return case("ffmpeg -c copy -f segment", params | {"missing": "ffmpeg is not installed"}, {"cpu_percent": None})
    reading = [program, "-v", "error", "-re", "-stream_loop", "-1", "-t", str(seconds), "-i", str(stream.path)]
    before = os.times()
    writing = ["-c", "copy", "-f", "segment", "-segment_time", str(SEGMENT_S), "-reset_timestamps", "1"]
    running = [subprocess.Popen([*reading, *writing, str(folder / f"{number}-%03d.mp4")]) for number in range(cameras)]
    for process in running:
        process.wait(seconds + 60)
    after = os.times()
    used_s = after.children_user + after.children_system - before.children_user - before.children_system
    return case("ffmpeg -c copy -f segment", params, {"cpu_percent": 100 * used_s / seconds})


def _read(path: Path) -> Stream:
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        codec = video.codec_context
        info = StreamInfo("h264", video.width, video.height, float(FPS), (1, FPS), bytes(codec.extradata or b""))
        found = [packet for packet in container.demux(video) if packet.size]
        packets = [EncodedPacket(bytes(packet), n, n, 1, packet.is_keyframe, 0) for n, packet in enumerate(found)]
    as_sent = byte_stream(info, "h264")  # as cameras send it
    return Stream(replace(info, extradata=b""), tuple(replace(packet, data=as_sent(packet)) for packet in packets), path)


def _refuse(sentence: str | None) -> None:
    if sentence is not None:
        raise EnvironmentFault("not_recorded", sentence)
