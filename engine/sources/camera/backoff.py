"""How long to wait before a camera or a microphone is tried again."""

from random import Random


class Backoff:
    """Exponential with jitter, so that cameras that fell together do not come back in one instant.

    The longest wait is 4 s and not more: an attempt that was hanging when the camera returned takes up to 5 s to end, and the picture
    is to be back within 10 s.
    """

    def __init__(self, random: Random | None = None, first_s: float = 0.5, longest_s: float = 4.0) -> None:
        self._random = random if random is not None else Random()
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def next_s(self) -> float:
        """Seconds to wait after one more failure: three quarters to the whole of 0.5, 1, 2, 4, 4 …"""
        whole_s = min(self._first_s * 2 ** min(self._failures, 16), self._longest_s)
        self._failures += 1
        return whole_s * self._random.uniform(0.75, 1.0)

    def reset(self) -> None:
        self._failures = 0
