"""Recordings of a folder as the recogniser takes them: WAV, FLAC, Ogg, MP3 … of any rate and number of channels; `.raw` as it is."""

from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import numpy.typing as npt

from console.skipped import Skipped
from engine.model.errors import InputError

RATE_HZ = 16_000
_RAW = ".raw"  # 16-bit samples, one channel, at the recogniser's rate
_SOUNDS = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".au", ".g722", ".gsm")
_LONGEST_S = 3600

Sound = npt.NDArray[np.float32]
"""(N,) samples in -1 to 1, at the recogniser's rate."""


def read_sounds(folder: Path, skipped: Skipped) -> list[tuple[Path, Sound]]:
    """Every recording below `folder`, by name; `skipped` takes what cannot be read.

    Raises:
        InputError: `recordings`: there is none.
    """
    found: list[tuple[Path, Sound]] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or not is_sound(path.name):
            continue  # transcripts and notes
        sound = skipped.read_or_skip(path, 0, lambda path=path: read_sound(path))
        if sound is not None:
            found.append((path, sound))
    if not found:
        raise skipped.nothing_usable("recordings", folder, "no recording")
    return found


def is_sound(name: str) -> bool:
    guessed = guess_type(name)[0] or ""
    return name.lower().endswith((_RAW, *_SOUNDS)) or guessed.startswith(("audio/", "video/"))


def read_sound(path: Path) -> Sound:
    """Raises InputError (`recordings`): it is no recording, is empty, or longer than an hour."""
    try:
        data = _raw(path) if path.suffix.lower() == _RAW else _decoded(path)
    except OSError as error:
        raise InputError("recordings", f"cannot be read: {error.strerror}") from None
    except av.error.FFmpegError as error:
        raise InputError("recordings", f"is no recording: {error.strerror}") from None
    if not len(data):
        raise InputError("recordings", "holds no sound")
    return data


def _raw(path: Path) -> Sound:
    data = path.read_bytes()
    return np.frombuffer(data[: len(data) & ~1], np.int16).astype(np.float32) / np.float32(32768)


def _decoded(path: Path) -> Sound:
    with av.open(f"file:{path}", options={"protocol_whitelist": "file"}) as container:
        if not container.streams.audio:
            raise InputError("recordings", "holds no sound")
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        parts: list[Any] = []
        samples = 0
        for frame in _frames(container):
            for part in resampler.resample(frame):
                parts.append(part.to_ndarray().reshape(-1))
                samples += len(parts[-1])
            if samples > _LONGEST_S * RATE_HZ:
                raise InputError("recordings", f"is longer than {_LONGEST_S // 60} minutes")
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _frames(container: Any) -> Iterator[Any]:
    yield from container.decode(audio=0)
    yield None  # what the resampler still holds
