"""Real speech in which nobody gives a name of the list: how many names an hour are heard all the same.

A folder by path, nothing of it comes with the program. The recordings are in two halves by a digest of their file names: limits are set
with the tuning half, the other one is only measured. `docs/benchmarks.md` names the packages that the figures are of.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.speech.files import RATE_HZ, is_sound, read_sound
from console.progress import step
from console.skipped import Skipped
from engine.model.errors import InputError
from engine.model.value_class import dataclass

Found = tuple[str, bool]
"""A name, and whether it is a fact (otherwise a question)."""


@dataclass(frozen=True, slots=True)
class FalseNames:
    """Over so many recordings of so many seconds in all."""

    recordings: int
    seconds: float
    facts: int
    questions: int

    def metrics(self) -> dict[str, Any]:
        hours = self.seconds / 3600
        return {
            "recordings": self.recordings,
            "minutes": round(self.seconds / 60, 1),
            "facts": self.facts,
            "facts_an_hour_95": [round(each, 1) for each in report.rate(self.facts, hours)],
            "questions": self.questions,
            "questions_an_hour_95": [round(each, 1) for each in report.rate(self.questions, hours)],
        }


def is_held_out(path: Path) -> bool:
    return bool(_digest(path)[0] % 2)


def recordings(folder: Path, held_out: bool) -> list[Path]:
    """Of one half, in the order of their digests, so that the first ones are a sample of all.

    Raises:
        InputError: `real`: there is none.
    """
    found = [path for path in folder.rglob("*") if path.is_file() and is_sound(path.name) and is_held_out(path) is held_out]
    if not found:
        raise InputError("real", f"{folder} holds no recording of this half")
    return sorted(found, key=_digest)


def false_names(paths: Sequence[Path], hear: Callable[[Any], Sequence[Found]], most_s: float, skipped: Skipped) -> FalseNames:
    """`hear`: names that the product would take from the sound. Ends once `most_s` have been heard."""
    heard = facts = questions = 0
    seconds = 0.0
    for path, sound in _sounds(paths, skipped):
        found = hear(sound)
        facts += sum(certain for _, certain in found)
        questions += sum(not certain for _, certain in found)
        heard, seconds = heard + 1, seconds + len(sound) / RATE_HZ
        step(f"real speech ({path.name}): {facts} facts, {questions} questions", min(round(seconds), round(most_s)), round(most_s))
        if seconds >= most_s:
            break
    return FalseNames(heard, seconds, facts, questions)


def _sounds(paths: Sequence[Path], skipped: Skipped) -> Iterator[tuple[Path, Any]]:
    for path in paths:
        sound = skipped.read_or_skip(path, 0, lambda path=path: read_sound(path))
        if sound is not None:
            yield path, sound


def _digest(path: Path) -> bytes:
    return sha256(path.name.encode()).digest()
