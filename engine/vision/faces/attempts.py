"""How often a track's face is looked for."""

from collections.abc import Iterable

from engine.model.time import SECOND

EVERY_NS = SECOND // 2
EVERY_NAMED_NS = 5 * SECOND


class FaceAttempts:
    """Keeps looking for faces to one attempt per track and half second; per five seconds once the person has a name. One thread.

    An attempt that finds no face is one too: the next one comes half a second later, until a face is seen.
    """

    def __init__(self, every_ns: int = EVERY_NS, every_named_ns: int = EVERY_NAMED_NS) -> None:
        self._every_ns = every_ns
        self._every_named_ns = every_named_ns
        self._last: dict[str, int] = {}

    def due(self, unnamed: Iterable[str], named: Iterable[str], now_ns: int, at_most: int) -> tuple[str, ...]:
        """The tracks to look at now, which counts as their attempt. Those never tried first, then those that wait longest.

        Args:
            unnamed, named: ids of the tracks in view. at_most: how many there is time for; the others stay due.
        """
        waited = {track_id: self._late_by(track_id, self._every_ns, now_ns) for track_id in unnamed}
        waited |= {track_id: self._late_by(track_id, self._every_named_ns, now_ns) for track_id in named}
        late = [track_id for track_id, late_by in waited.items() if late_by >= 0]
        chosen = tuple(sorted(late, key=lambda track_id: (-waited[track_id], track_id))[: max(at_most, 0)])
        self._last |= dict.fromkeys(chosen, now_ns)
        return chosen

    def forget(self, track_id: str) -> None:
        """The track has ended. An unknown one is fine."""
        self._last.pop(track_id, None)

    def __len__(self) -> int:
        """Tracks remembered."""
        return len(self._last)

    def _late_by(self, track_id: str, every_ns: int, now_ns: int) -> int:
        """Nanoseconds since it was due, negative before. A clock that was set back must not stop the attempts."""
        last = self._last.get(track_id)
        if last is None:
            return now_ns
        return now_ns - last - every_ns if now_ns >= last else 0
