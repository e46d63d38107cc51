"""Sound for tests: recordings as float samples, a scripted voice detector, a transcriber that says what it is told."""

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.model.errors import EnvironmentFault
from engine.speech.transcriber import Transcript
from engine.speech.voice import Samples


def recording(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return samples.astype(np.float32) / 32768, file.getframerate()


class LoudIsVoice:
    """Probability 1 where a window is loud."""

    resets = 0

    def probability(self, window: Samples) -> float:
        return 1.0 if np.abs(window).mean() > 0.1 else 0.0

    def reset(self) -> None:
        self.resets += 1


class Told:
    """Answers in turn; a fault among the answers is raised."""

    name = "told"

    def __init__(self, answers: Iterable[str | EnvironmentFault | None]) -> None:
        self.answers = list(answers)
        self.lengths: list[int] = []

    def load_models(self) -> None:
        pass

    def transcribe(self, samples: Samples) -> Transcript | None:
        self.lengths.append(len(samples))
        answer = self.answers.pop(0)
        if isinstance(answer, EnvironmentFault):
            raise answer
        return None if answer is None else Transcript(answer, 0.9)
