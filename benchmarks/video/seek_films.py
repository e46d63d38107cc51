"""A day of recorded video for measuring: one encoded film behind the rows of thousands of segments, every picture with its number in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.clips.clip_file import ClipFile
from engine.recording.footage.plan import FootageFile, FootagePlan

FPS = 25
FRAME_NS = SECOND // FPS
WIDTH, HEIGHT = 1280, 720
ENCODED_S, SEGMENT_S, DAY_S = 20, 60, 86_400
START_NS = 1_790_000_000 * SECOND
_BITS, _SQUARE = 9, 32  # squares along the lower edge: the number of the picture in the 20 s that were encoded


@dataclass(frozen=True, slots=True)
class Film:
    """A segment of 60 s, 720p H.264, as the recorder writes it."""

    path: Path
    gop_s: int
    mbit_s: float


def make_film(folder: Path, gop_s: int) -> Film:
    """Encode 20 s and write them three times: a keyframe every `gop_s`, no other."""
    source = folder / f"source-{gop_s}.mp4"
    _encode(source, gop_s)
    info, packets = _packets(source)
    film = ClipFile(folder / f"segment-{gop_s}.mp4", info, growing=True)
    for time in range(SEGMENT_S // ENCODED_S):
        for packet in packets:
            later_ns = time * ENCODED_S * SECOND
            film.write(EncodedPacket(packet.data, packet.pts, packet.dts, packet.duration, packet.keyframe, packet.captured_ns + later_ns))
    film.finish()
    return Film(film.path, gop_s, film.path.stat().st_size * 8 / SEGMENT_S / 1e6)


def day_of(camera: str, later_ns: int = 0) -> FootagePlan:
    """24 hours of a camera, a segment a minute, from so much after the start of the day."""
    step_ns, first_ns = SEGMENT_S * SECOND, START_NS + later_ns
    rows = [FootageFile(f"{camera}-{n}", first_ns + n * step_ns, first_ns + (n + 1) * step_ns) for n in range(DAY_S // SEGMENT_S)]
    return FootagePlan(rows, START_NS, START_NS + DAY_S * SECOND)


def expected(at_ns: int) -> int:
    """The number in the picture that is shown at a time of the day."""
    return (at_ns - START_NS) % (ENCODED_S * SECOND) // FRAME_NS


def number_in(pixels: npt.NDArray[np.uint8]) -> int:
    """Of a (H, W, 4) picture, scaled or not."""
    scale = pixels.shape[0] / HEIGHT
    row = round((HEIGHT - _SQUARE / 2) * scale)
    return sum(1 << bit for bit in range(_BITS) if pixels[row, round((bit + 0.5) * _SQUARE * scale), :3].mean() > 128)


def _encode(path: Path, gop_s: int) -> None:
    options = {"preset": "veryfast", "bf": "0", "b": "4M", "maxrate": "6M", "bufsize": "6M", "x264-params": _params(gop_s)}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for number, picture in enumerate(_pictures()):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _params(gop_s: int) -> str:
    return f"keyint={gop_s * FPS}:min-keyint={gop_s * FPS}:scenecut=0"


def _pictures() -> Iterator[npt.NDArray[np.uint8]]:
    """A textured yard with walkers and a sensor's noise."""
    chance = np.random.default_rng(7)
    ground = chance.integers(70, 180, (HEIGHT // 4, WIDTH // 4), np.uint8).repeat(4, 0).repeat(4, 1)
    noise = chance.integers(0, 12, (8, HEIGHT, WIDTH), np.uint8)
    colours = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
    for number in range(ENCODED_S * FPS):
        luma = ground + noise[number % 8]
        for walker in range(4):
            left = (number * (4 + walker) + walker * 300) % (WIDTH - 90)
            luma[120 + walker * 60 : 380 + walker * 60, left : left + 80] = 40 + walker * 50
        for bit in range(_BITS):
            luma[HEIGHT - _SQUARE :, bit * _SQUARE : (bit + 1) * _SQUARE] = 235 if number >> bit & 1 else 16
        yield np.vstack([luma, colours])


def _packets(path: Path) -> tuple[StreamInfo, list[EncodedPacket]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        info = StreamInfo("h264", WIDTH, HEIGHT, FPS, (base.numerator, base.denominator), bytes(stream.codec_context.extradata or b""))
        made: list[EncodedPacket] = []
        for packet in container.demux(stream):
            if packet.dts is not None and packet.pts is not None:
                at_ns = START_NS + len(made) * FRAME_NS
                made.append(EncodedPacket(bytes(packet), packet.pts, packet.dts, 0, packet.is_keyframe, at_ns))
        return info, made
