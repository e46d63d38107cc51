"""Sound on its way to a loudspeaker: bounded, so that it never falls far behind the picture, and without Qt."""

from collections import deque

import numpy as np

from engine.model.cameras.sound import SOUND_HZ, Samples

BEGIN_S = 0.06  # so much is gathered before it begins, so that the first late piece does not tear it
MOST_S = 0.2  # beyond this the oldest goes: the camera's clock is faster than the loudspeaker's, or much came at once
KEPT_S = 0.08
_FLOOR_DB = -60.0


class SoundBuffer:
    """What waits. `skipped`: samples that were dropped so far. One thread."""

    def __init__(self) -> None:
        self.skipped = 0
        self._pieces: deque[Samples] = deque()
        self._waiting = 0
        self._running = False

    @property
    def waiting(self) -> int:
        return self._waiting

    def add(self, samples: Samples) -> None:
        if len(samples):
            self._pieces.append(samples)
            self._waiting += len(samples)

    def take(self, free: int, held: int) -> Samples:
        """What the loudspeaker gets now. `free`: samples it has room for; `held`: that it has still to play."""
        self._skip(held)
        if not held:
            self._running = self._waiting >= BEGIN_S * SOUND_HZ
        if not self._running or free <= 0 or not self._waiting:
            return np.zeros(0, np.int16)
        whole = np.concatenate(tuple(self._pieces))
        given, left = whole[:free], whole[free:]
        self._pieces = deque([left] if len(left) else [])
        self._waiting = len(left)
        return given

    def clear(self) -> None:
        self._pieces.clear()
        self._waiting, self._running = 0, False

    def _skip(self, held: int) -> None:
        """Down to the usual length at once: one gap is heard less than many."""
        if self._waiting + held <= MOST_S * SOUND_HZ:
            return
        kept = max(round(KEPT_S * SOUND_HZ) - held, 0)
        whole = np.concatenate(tuple(self._pieces))
        self.skipped += max(len(whole) - kept, 0)
        whole = whole[len(whole) - kept :] if kept else whole[:0]
        self._pieces = deque([whole] if len(whole) else [])
        self._waiting = len(whole)


def level_of(samples: Samples) -> float:
    """0–1: the mean power from −60 dB of full scale up to full scale."""
    if not len(samples):
        return 0.0
    power = float(np.mean(np.square(samples.astype(np.float32) / 32_768)))
    decibels = 10 * np.log10(max(power, 1e-12))
    return float(min(max(1 - decibels / _FLOOR_DB, 0.0), 1.0))


class Fitted:
    """Mono of `SOUND_HZ` in the rate and channels that a loudspeaker takes; between samples by straight lines. One thread."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._step = SOUND_HZ / rate_hz
        self._channels = channels
        self._at = 0.0
        self._last = np.zeros(1, np.float32)

    def feed(self, samples: Samples) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """(n, channels), −1 … 1."""
        whole = np.concatenate([self._last, samples.astype(np.float32) / 32_768])
        end = len(whole) - 1
        count = max(int(np.ceil((end - self._at) / self._step)), 0)
        places = self._at + self._step * np.arange(count)
        made = np.interp(places, np.arange(len(whole)), whole).astype(np.float32)
        self._at = self._at + self._step * count - end
        self._last = whole[-1:]
        return np.repeat(made[:, None], self._channels, axis=1)
