"""Cameras that are recorded all the time, by the recording parts of the engine in a process of their own, for tests that kill it."""

import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import av

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.settings import RecordingSettings, Settings
from engine.model.time import SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.clips.clips import ClipRecorder
from engine.runtime.data_folder import DataFolder
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.recorder.record import Record
from engine.runtime.settings.site_settings import FixedSettings
from engine.runtime.supervisor import ErrorBook
from engine.runtime.troubles import Troubles
from engine.vision.tracking import Tracker
from tests.fakes.ports import NO_TROUBLE

PERIOD_S = 0.04
SETTINGS = RecordingSettings(continuous=True, segment_s=5.0)


def packets_of(video: Path) -> tuple[StreamInfo, list[EncodedPacket]]:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        found = [packet for packet in container.demux(stream) if packet.size]
        info = StreamInfo("h264", stream.width, stream.height, 25.0, (1, 25), bytes(codec.extradata or b""))
        return info, [EncodedPacket(bytes(packet), n, n, 1, packet.is_keyframe, 0) for n, packet in enumerate(found)]


def record(folder: Path, video: Path, cameras: int, say: Connection) -> None:
    """Says `ready` when what an earlier one left is recovered, then every tenth of a second the time (UTC ns) of the newest packet that
    every camera has given. Goes on until it is killed."""
    clock = SystemClock()
    kept = Record(DataFolder(folder), clock, lambda: Pipeline(Tracker), NO_TROUBLE)
    kept.writer.start()
    clips = ClipRecorder(folder, clock, lambda _: None, lambda _: None, SETTINGS)
    side = SegmentSide(folder, kept, clips, FixedSettings(Settings(recording=SETTINGS)), clock, Troubles(ErrorBook(clock)))
    info, packets = packets_of(video)
    clips.start()
    side.start()
    waiting = len(side._left) + len(side._unlisted)
    for _ in range(waiting + 1):
        side.look(threading.Event())
    kept.writer.flush(20)
    say.send("ready")
    threading.Thread(target=side.run, args=(threading.Event(),), daemon=True).start()
    ids = [f"camera-{number}" for number in range(cameras)]
    for camera_id in ids:
        clips.on_stream(camera_id, info)
    number = 0
    while True:
        at_ns = clock.now_ns()
        packet = packets[number % len(packets)]
        for camera_id in ids:
            clips.on_packet(camera_id, EncodedPacket(packet.data, number, number, 1, packet.keyframe, at_ns))
        number += 1
        if number % 3 == 0:
            say.send(at_ns)
        time.sleep(PERIOD_S)
