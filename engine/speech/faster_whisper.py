"""Free speech to text by faster-whisper (Whisper on CTranslate2). Neither library nor model comes with the program."""

import importlib
import os
import shutil
from collections.abc import Mapping
from math import exp
from pathlib import Path
from typing import Any, Final

from engine.model.errors import EnvironmentFault
from engine.speech.transcriber import Transcript
from engine.speech.voice import Samples

FILES: Final = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
"""All are needed: for a missing tokenizer the library would go and ask the internet."""
_NO_SPEECH = 0.6  # as in Whisper's own code: above this probability a text is made up


def gather(installed: Mapping[str, Path], folder: Path) -> Path:
    """Give installed files the names that the library wants, in a folder of their own, without a second copy where the disk can do that.

    Raises:
        EnvironmentFault: `model_missing`, a file of `FILES` is not among `installed`; `disk`.
    """
    missing = [name for name in FILES if name not in installed]
    if missing:
        raise _missing(missing)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            _link_or_copy(installed[name], folder / name)
    except OSError as error:
        raise EnvironmentFault("disk", f"The speech model cannot be put into {folder}: {error.strerror}. Check space and rights.") from None
    return folder


def _link_or_copy(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


class FasterWhisper:
    """Nothing is imported or read before `load_models`. One core; about real time for the base model on a small machine."""

    name = "faster-whisper"

    def __init__(self, folder: Path, language: str = "en") -> None:
        """`folder`: holds `FILES`. `language`: as Whisper codes it; empty lets it guess anew for each utterance."""
        self._folder = folder
        self._language = language or None
        self._model: Any = None

    def load_models(self) -> None:
        """
        Raises:
            EnvironmentFault: `missing_package`, `model_missing`, `model_damaged`.
        """
        if self._model is not None:
            return
        missing = [name for name in FILES if not (self._folder / name).is_file()]
        if missing:
            raise _missing(missing)
        library = _library()
        try:
            self._model = library.WhisperModel(str(self._folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
        except (RuntimeError, ValueError, OSError, KeyError) as error:
            raise EnvironmentFault("model_damaged", f"The speech model cannot be used: {error}. Install it again.") from error

    def transcribe(self, samples: Samples) -> Transcript | None:
        self.load_models()
        segments, _ = self._model.transcribe(
            samples,
            language=self._language,
            beam_size=1,
            temperature=0.0,  # a second try at a higher temperature invents more than it finds, and takes as long again
            condition_on_previous_text=False,
            without_timestamps=True,
            vad_filter=False,
        )
        said = [segment for segment in segments if segment.no_speech_prob <= _NO_SPEECH]
        text = " ".join(segment.text.strip() for segment in said).strip()
        if not text:
            return None
        confidence = sum(exp(min(0.0, segment.avg_logprob)) for segment in said) / len(said)
        return Transcript(text, confidence)


def _library() -> Any:
    try:
        return importlib.import_module("faster_whisper")
    except ImportError as error:
        raise EnvironmentFault(
            "missing_package",
            f"Free speech needs the package faster-whisper, which is not installed ({error}). Install watchroom[whisper]. "
            "Until then only introductions with names of the site are understood.",
        ) from None


def _missing(names: list[str]) -> EnvironmentFault:
    return EnvironmentFault(
        "model_missing",
        f"The speech model is not installed ({', '.join(names)} missing). Run `watchroom models install` for whisper-base-*.",
    )
