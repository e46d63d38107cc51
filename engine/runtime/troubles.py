"""What is wrong with parts of the engine: a sentence each, for as long as it is so."""

import threading

from engine.runtime.ports import Trouble
from engine.runtime.supervisor import ErrorBook


class Troubles:
    """By part, in the order in which they began. Any thread.

    Args:
        errors: gets an entry for each that begins.
    """

    def __init__(self, errors: ErrorBook) -> None:
        self._errors = errors
        self._lock = threading.Lock()
        self._sentences: dict[str, str] = {}

    def tell(self, part: str, sentence: str | None) -> None:
        """A part of the engine is in trouble, or (None) no longer."""
        with self._lock:
            if sentence is None:
                self._sentences.pop(part, None)
            elif self._sentences.get(part) != sentence:
                self._sentences[part] = sentence
                self._errors.note(part, sentence)

    def of(self, part: str) -> Trouble:
        """For those who know of one part only."""
        return _PartTrouble(self, part)

    def sentences(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._sentences.values())


class _PartTrouble:
    def __init__(self, troubles: Troubles, part: str) -> None:
        self._troubles, self._part = troubles, part

    def tell(self, sentence: str | None) -> None:
        self._troubles.tell(self._part, sentence)
