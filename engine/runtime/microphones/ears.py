"""What speech is understood with: the installed models, as far as there are any."""

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.value_class import dataclass
from engine.speech.closed_grammar import MOST_NAMES, ClosedGrammar
from engine.speech.faster_whisper import FILES, FasterWhisper, gather
from engine.speech.segments import Segmenter
from engine.speech.transcriber import Transcriber
from engine.speech.voice import VOICE, VoiceActivity
from engine.vision.models import ModelStore

WHISPER: Final = {
    "model.bin": "whisper-base-model",
    "config.json": "whisper-base-config",
    "tokenizer.json": "whisper-base-tokenizer",
    "vocabulary.txt": "whisper-base-vocabulary",
}
_SHOWN = 4
FREE = "Free speech is understood on this machine by Whisper. Of what is said, only the names that people give for themselves are kept."


@dataclass(frozen=True, slots=True)
class Ears:
    """`note`: a sentence or two on what can be understood. `free`: any words are, whoever is known."""

    voice: Path
    transcriber: Transcriber
    note: str
    free: bool = False

    def segmenter(self) -> Segmenter:
        """For one microphone. Raises EnvironmentFault `model_damaged`."""
        return Segmenter(VoiceActivity(self.voice))

    def status_note(self) -> str:
        """The note, and once the recogniser is loaded also who it cannot hear."""
        silent = self.transcriber.silent_names if isinstance(self.transcriber, ClosedGrammar) else ()
        return f"{self.note} It cannot hear {', '.join(silent[:_SHOWN])}{' …' if len(silent) > _SHOWN else ''}." if silent else self.note


def load_ears(models: ModelStore, names: Collection[str], folder: Path) -> Ears:
    """The best that is installed. Takes as long as checking the files does; networks are read when somebody speaks.

    Args:
        names: who may be spoken of; the built-in recogniser hears nobody else.
        folder: where the files of a full recogniser are put together.

    Raises:
        EnvironmentFault: `model_missing`, there is no way to tell speech from noise; `no_names`; `disk`; `model_damaged`.
    """
    try:
        voice = models.path(VOICE)
    except NotFound:
        raise EnvironmentFault(
            "model_missing",
            f"Speech cannot be told from noise: the model {VOICE} is not installed. Install it on the System page, "
            f"or with “watchroom models install {VOICE}”.",
        ) from None
    if find_spec("faster_whisper") is not None and all(models.installed(model_id) is not None for model_id in WHISPER.values()):
        files = {name: models.path(WHISPER[name]) for name in FILES}
        return Ears(voice, FasterWhisper(gather(files, folder)), FREE, free=True)
    if not names:
        raise EnvironmentFault(
            "no_names",
            "There is no name to listen for yet: the built-in recogniser hears only names that it was told. "
            "Name people, or enter names that are expected; for any name, install Whisper.",
        )
    return Ears(voice, ClosedGrammar(names), _closed(names))


def _closed(names: Collection[str]) -> str:
    listed = sorted(names)[:MOST_NAMES]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return (
        f"The built-in recogniser understands introductions only (“My name is …”, “I'm …”), in English, and only with these names: "
        f"{', '.join(listed[:_SHOWN])}{more}. Whisper, once installed, understands any name."
    )
