"""Made-up voices for `bench speech`: FFmpeg's flite and espeak-ng, where they are installed. Nothing of it is kept."""

import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.model.errors import EnvironmentFault

RATE_HZ = 16_000
_FLITE = ("slt", "kal", "awb", "rms")
_ESPEAK = ("en-us", "en-gb", "en-us+f3")
_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Voice:
    engine: str
    name: str

    @property
    def title(self) -> str:
        return f"{self.engine} {self.name}"


def voices() -> tuple[list[Voice], list[str]]:
    """Those that can speak here, and a sentence for each engine that cannot."""
    there: list[Voice] = []
    absent: list[str] = []
    for engine, names, has in (("flite", _FLITE, _has_flite()), ("espeak-ng", _ESPEAK, shutil.which("espeak-ng") is not None)):
        if has:
            there += [Voice(engine, name) for name in names]
        else:
            absent.append(f"{engine} is not installed here; its voices are left out.")
    return there, absent


def spoken(voice: Voice, text: str) -> Any:
    """(n,) float32 at 16 kHz.

    Raises:
        EnvironmentFault: `voice`, the engine failed.
    """
    if voice.engine == "flite":
        return _decoded(["-f", "lavfi", "-i", f"flite=text={_escaped(text)}:voice={voice.name}"], b"")
    return _decoded(["-i", "-"], _run(["espeak-ng", "-v", voice.name, "--stdout", text], b""))


def _has_flite() -> bool:
    if shutil.which("ffmpeg") is None:
        return False
    return b" flite " in _run(["ffmpeg", "-hide_banner", "-filters"], b"")


def _escaped(text: str) -> str:
    """For a filter graph: once for the option, once for the graph."""
    for _ in range(2):
        for sign in "\\':,;[]":
            text = text.replace(sign, "\\" + sign)
    return text


def _decoded(source: list[str], data: bytes) -> Any:
    raw = _run(["ffmpeg", "-v", "error", *source, "-ar", str(RATE_HZ), "-ac", "1", "-f", "s16le", "-"], data)
    return np.frombuffer(raw, np.int16).astype(np.float32) / 32768


def _run(command: list[str], data: bytes) -> bytes:
    try:
        return subprocess.run(command, input=data, capture_output=True, check=True, timeout=_LIMIT_S).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentFault("voice", f"{command[0]} failed ({type(error).__name__}). Check that it works.") from None
