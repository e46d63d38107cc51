"""Made-up voices for `bench speech`: flite, espeak-ng and piper, where they are installed. Nothing of it is kept."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.speech.files import RATE_HZ, read_sound
from engine.model.errors import EnvironmentFault, InputError

__all__ = ["RATE_HZ", "Voice", "spoken", "voices"]

_FLITE = ("slt", "kal", "awb", "rms")
_ESPEAK = ("en-us", "en-gb", "en-us+f3")
_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Voice:
    """`name`: as the engine calls it; of piper the path of its model."""

    engine: str
    name: str

    @property
    def title(self) -> str:
        return f"{self.engine} {Path(self.name).stem if self.engine == 'piper' else self.name}"

    def command(self, text: str, file: Path) -> list[str]:
        match self.engine:
            case "flite":
                return ["flite", "-voice", self.name, "-t", text, "-o", str(file)]
            case "espeak-ng":
                return ["espeak-ng", "-v", self.name, "-w", str(file), text]
            case _:
                return ["piper", "-m", self.name, "-f", str(file), "--", text]


def voices(piper_models: tuple[Path, ...] = ()) -> tuple[list[Voice], list[str]]:
    """Those that can speak here, and a sentence for each engine that cannot. `piper_models`: ONNX files, each a voice."""
    there: list[Voice] = []
    absent: list[str] = []
    for engine, names in (("flite", _FLITE), ("espeak-ng", _ESPEAK), ("piper", tuple(map(str, piper_models)))):
        if shutil.which(engine) is not None:
            there += [Voice(engine, name) for name in names]
        elif names:
            absent.append(f"{engine} is not installed here; its voices are left out.")
    return there, absent


def spoken(voice: Voice, text: str) -> Any:
    """(n,) float32 at 16 kHz.

    Raises:
        EnvironmentFault: `voice`, the engine failed.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "spoken.wav")
        try:
            subprocess.run(voice.command(text, file), stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_LIMIT_S)
            return read_sound(file)
        except (OSError, subprocess.SubprocessError, InputError) as error:
            raise EnvironmentFault("voice", f"{voice.engine} failed ({type(error).__name__}). Check that it works.") from None
