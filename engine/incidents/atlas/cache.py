"""Answers that need not be asked for again for a while."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

LIFE_S, MOST = 300.0, 500
T = TypeVar("T")


def digest(*parts: bytes) -> str:
    """SHA-256 over the parts, each with its length before it, so that no two lists of parts give the same text."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


class AnswerCache(Generic[T]):
    """Of one thread. Holds the `most` newest answers, each for `life_s`."""

    def __init__(self, now_s: Callable[[], float], life_s: float = LIFE_S, most: int = MOST) -> None:
        self._now_s = now_s
        self._life_s = life_s
        self._most = most
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> T | None:
        found = self._kept.get(key)
        if found is None:
            return None
        if self._now_s() - found[0] >= self._life_s:
            del self._kept[key]
            return None
        return found[1]

    def clear(self) -> None:
        self._kept.clear()

    def put(self, key: str, answer: T) -> None:
        self._kept.pop(key, None)
        self._kept[key] = self._now_s(), answer
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
