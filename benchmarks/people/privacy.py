"""`bench privacy`: what private parts of a picture cost: burning every picture, recording pictures instead of packets, and covering what
was recorded before."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.report import Case, at_most, case
from benchmarks.video.files import FPS, write_streams
from engine._burning import Burner
from engine._opencv import cv2
from engine.model.cameras.frame import EncodedPacket
from engine.model.cameras.privacy import Cover
from engine.model.geometry import Polygon
from engine.model.time import SECOND
from engine.recording.clips.masked_clip import make_masked
from engine.recording.raw import raw_packet
from engine.recording.raw_video import JpegDecoder, Vp9Encoder
from engine.sources.camera.picture import Scaler, VideoPicture

TARGET_BURN_MS = 1.0
AREAS: dict[str, Polygon] = {
    "upright, an eighth of the picture": ((0.6, 0.1), (0.95, 0.1), (0.95, 0.45), (0.6, 0.45)),
    "slanted, a quarter": ((0.1, 0.12), (0.62, 0.2), (0.58, 0.7), (0.14, 0.62)),
    "slanted, nearly all": ((0.0, 0.0), (1.0, 0.02), (0.98, 1.0), (0.01, 0.97)),
}
_USUAL = AREAS["slanted, a quarter"]


def run(pictures: int = 300, video: Path | None = None) -> dict[str, Any]:
    """`pictures`: of each measurement, 1280 × 720. Processor time of this process, so that others on the machine count little."""
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        path = write_streams(Path(folder), video)["720p"]
        frames = _decoded(path)
        burning = [_burning(name, area, frames, pictures) for name, area in AREAS.items()]
        stages = _stages(path, frames, pictures)
        cases = [*burning, *stages, _whole(stages), _covering(path, Path(folder)), _sizes(path, frames)]
    worst = max(each["metrics"]["ms_per_picture"] for each in burning)
    return {
        "bench": "privacy",
        "cases": cases,
        "peers": [_filled_anew(frames, pictures)],
        "targets": [at_most("burning, ms per picture of 1280 × 720", TARGET_BURN_MS, worst)],
    }


def _decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def _per_picture(count: int, act: Callable[[int], object]) -> float:
    """Milliseconds of processor time."""
    act(0)
    began_s = time.process_time()
    for number in range(count):
        act(number)
    return (time.process_time() - began_s) * 1000 / count


def _case(name: str, ms: float) -> Case:
    return case(name, {"size": "1280x720"}, {"ms_per_picture": ms, "cores_at_25": ms * FPS / 1000})


def _burning(name: str, area: Polygon, frames: Sequence[av.VideoFrame], count: int) -> Case:
    """With a copy of the picture, which is necessary while the decoder leans on it."""
    burner, planes = Burner((area,)), [frame.to_ndarray() for frame in frames[:FPS]]

    def burn(number: int) -> None:
        burner.burned(av.VideoFrame.from_ndarray(planes[number % len(planes)], format="yuv420p"))

    return _case(f"burning: {name}", _per_picture(count, burn))


def _stages(path: Path, frames: Sequence[av.VideoFrame], count: int) -> list[Case]:
    scaler = Scaler()
    pictures = [VideoPicture(frame, scaler, number * SECOND // FPS, number) for number, frame in enumerate(frames)]
    packets = [raw_packet(picture) for picture in pictures]
    encoder, decoder = Vp9Encoder(1280, 720), JpegDecoder()

    def encode(number: int) -> EncodedPacket:
        packet = packets[number % len(packets)]
        return encoder.encode_picture(decoder.decode(packet), number)

    decoding = _per_picture(4, lambda _: _decoded(path)) / len(frames)
    return [
        _case("decoding the main stream", decoding),
        _case("keeping it in memory as JPEG", _per_picture(count, lambda number: raw_packet(pictures[number % len(pictures)]))),
        _case("VP9 of that, while an event or all the time", _per_picture(count, encode)),
    ]


def _whole(stages: Sequence[Case]) -> Case:
    """Of one camera that is recorded all the time, beyond what watching it costs: its only stream is decoded anyway."""
    return _case("recorded all the time, in all (without decoding)", sum(each["metrics"]["ms_per_picture"] for each in stages[1:]))


def _sizes(path: Path, frames: Sequence[av.VideoFrame]) -> Case:
    """What it takes of the disk, beside the packets as they came."""
    scaler, encoder, decoder = Scaler(), Vp9Encoder(1280, 720), JpegDecoder()
    pictures = [VideoPicture(frame, scaler, number * SECOND // FPS, number) for number, frame in enumerate(frames)]
    ours = sum(len(encoder.encode_picture(decoder.decode(raw_packet(picture)), picture.captured_ns).data) for picture in pictures)
    mbit = 8 * FPS / len(frames) / 1e6
    return case("what is written, Mbit a second", {"size": "1280x720"}, {"pictures": ours * mbit, "packets": path.stat().st_size * mbit})


def _covering(path: Path, folder: Path) -> Case:
    """Of what was recorded before: as when somebody plays it."""
    with av.open(str(path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    began_s = time.process_time()
    make_masked(path, folder / "covered.mp4", None, (), lambda share: None, Cover((_USUAL,)))
    used_s = time.process_time() - began_s
    ms = used_s * 1000 / pictures
    return case("covering older video", {"size": "1280x720"}, {"ms_per_picture": ms, "s_per_minute": ms * FPS * 60 / 1000})


def _filled_anew(frames: Sequence[av.VideoFrame], count: int) -> Case:
    """OpenCV's `fillPoly` on the BGR picture, as one would without a mask that is kept: conversion there included."""
    corners = [np.round(np.array(_USUAL) * (1280, 720)).astype(np.int32)]

    def fill(number: int) -> None:
        cv2.fillPoly(frames[number % len(frames)].to_ndarray(format="bgr24"), corners, (56, 56, 56))

    return _case("peer: to BGR and OpenCV fillPoly", _per_picture(count, fill))
