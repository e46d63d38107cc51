"""Films with sound, made by PyAV: the pitch tells where in the film it is, so that a test hears whether sound and picture agree."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from tests.fakes.video import numbered_picture

FPS, SIZE = 25, (160, 96)
FIRST_HZ, STEP_HZ = 400.0, 200.0  # the first second; how much higher each further one is

Samples = npt.NDArray[np.int16]


def pitch_at(second: float) -> float:
    return FIRST_HZ + STEP_HZ * int(second)


def steps(seconds: float, rate_hz: int) -> Samples:
    """(n,): every second has a pitch of its own."""
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return (np.sin(2 * np.pi * (FIRST_HZ + STEP_HZ * np.floor(at_s)) * at_s) * 12_000).astype(np.int16)


def pitch_of(samples: npt.NDArray[Any], rate_hz: int = 48_000) -> float:
    """Of the loudest tone."""
    heard = samples.astype(np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 8 * len(heard)))) * rate_hz / (8 * len(heard)))


def write_film(path: Path, codec: str = "aac", rate_hz: int = 48_000, seconds: float = 4.0, layout: str = "mono") -> Path:
    """The container follows the suffix. G.711 wants 8 kHz."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "g": str(FPS), "bf": "0"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        sound: Any = container.add_stream(codec, rate=rate_hz, layout=layout)
        fifo = av.AudioFifo()
        whole = np.repeat(steps(seconds, rate_hz)[None], 2 if layout == "stereo" else 1, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole.T.reshape(1, -1)), format="s16", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = rate_hz, Fraction(1, rate_hz), 0
        resampler = av.AudioResampler(format=sound.codec_context.format, layout=layout, rate=rate_hz)
        for made in resampler.resample(frame):
            fifo.write(made)
        size = sound.codec_context.frame_size or rate_hz // 50
        for number in range(round(seconds * FPS)):
            picture = av.VideoFrame.from_ndarray(numbered_picture(number, *SIZE), format="rgb24")
            picture.pts = number
            container.mux(video.encode(picture))
            while fifo.samples and fifo.samples_written - fifo.samples < (number + 1) * rate_hz // FPS:
                piece = fifo.read(size, partial=True)
                if piece is None:
                    break
                container.mux(sound.encode(piece))
        for stream in (video, sound):
            container.mux(stream.encode(None))
    return path
