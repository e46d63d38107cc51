"""From the sound of an utterance to its words: what every recogniser looks like."""

from typing import Protocol

from engine.model.value_class import dataclass
from engine.speech.voice import Samples


@dataclass(frozen=True, slots=True)
class Transcript:
    """`confidence`: 0–1, comparable within one transcriber only. `certain`: the words need nobody's confirmation."""

    text: str
    confidence: float
    certain: bool = True


class Transcriber(Protocol):
    """Used by one thread. Holds no sound after a call."""

    @property
    def name(self) -> str:
        """Goes into every `Utterance`."""
        ...

    def load_models(self) -> None:
        """Read models into memory; seconds. Before the first `transcribe`; again does nothing.

        Raises:
            EnvironmentFault: not installed, damaged; the message says what to do.
        """
        ...

    def transcribe(self, samples: Samples) -> Transcript | None:
        """(n,) float32 at 16 kHz, one utterance; None where nothing was understood. May take as long as the utterance itself."""
        ...
