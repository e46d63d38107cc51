"""Frames of all nodes between two ticks, bounded: what is too much is thinned by stated levels, and said."""

import threading

import numpy as np

from engine.model.radio.radio import CsiBatch
from engine.sources.node.frame import decode, mac_text

CAPACITY = 12_000  # frames: a second of sixteen nodes at 50 Hz, so that half a second of delay costs nothing
LATE_S = 0.25  # between two drains, which should be 0.1
LEAST_SHARE = 0.25  # of its room that is left while drains are late for long: a punctual one still takes all of what it is made for
MOST_LINKS = 2_000
LEVELS = (
    "every frame is taken",
    "links busier than the mean give every second frame",
    "links busier than the mean give every fifth frame",
    "a link's newest frame takes the place of the one before it",
)


class FrameCollector:
    """Any thread adds, one drains. An addition takes about a microsecond.

    Levels by how full it is: from a half 1, from three quarters 2, when full 3 (see `LEVELS`). So a link that floods is thinned first,
    and every link has a fresh frame however late the drain comes.

    One late drain costs nothing. Where drain after drain is late, what was gathered meanwhile is itself why the next is late: the room is
    halved at each (`pace`), so that they catch up, and given back bit by bit by those that are not.
    """

    def __init__(self, capacity: int = CAPACITY, simulated: bool = False) -> None:
        self._most = self._capacity = capacity
        self._late = 0
        self._simulated = simulated
        self._lock = threading.Lock()
        self._frames: list[bytes] = []
        self._arrivals: list[int] = []
        self._counts: dict[bytes, int] = {}
        self._newest: dict[bytes, int] = {}
        self._shed = 0
        self._level = 0

    def add(self, frame: bytes, arrival_ns: int) -> None:
        """A good frame with subcarriers. Never blocks for long, never grows beyond its capacity."""
        ends = frame[:12]
        with self._lock:
            count = self._counts.get(ends, 0) + 1
            waiting = len(self._frames)
            if count == 1 and len(self._counts) >= MOST_LINKS:
                self._shed += 1
                return
            self._counts[ends] = count
            if waiting < self._capacity // 2 or self._keeps(ends, count, waiting):
                self._newest[ends] = waiting
                self._frames.append(frame)
                self._arrivals.append(arrival_ns)
            else:
                self._shed += 1
                self._replace(ends, frame, arrival_ns)

    def _keeps(self, ends: bytes, count: int, waiting: int) -> bool:
        """Whether a frame is taken although half of the room is gone. A link's first frame always is, while there is room."""
        if waiting >= self._capacity:
            self._level = 3
            return False
        level, every = (2, 5) if waiting >= self._capacity * 3 // 4 else (1, 2)
        self._level = max(self._level, level)
        return count % every == 1 or count * len(self._counts) <= waiting

    def _replace(self, ends: bytes, frame: bytes, arrival_ns: int) -> None:
        index = self._newest.get(ends) if self._level == 3 else None
        if index is not None:
            self._frames[index] = frame
            self._arrivals[index] = arrival_ns

    def pace(self, since_s: float) -> None:
        """How long after the one before the drain comes that is due now."""
        self._late = self._late + 1 if since_s > LATE_S else 0
        with self._lock:
            if self._late > 1:
                self._capacity = max(self._capacity // 2, round(self._most * LEAST_SHARE))
            elif not self._late:
                self._capacity = min(self._capacity + self._most // 16, self._most)

    def drain(self, now_ns: int) -> tuple[CsiBatch | None, int]:
        """All that waits, in order of arrival, and the highest level that was reached; no batch when nothing came."""
        with self._lock:
            frames, arrivals, shed, level = self._frames, self._arrivals, self._shed, self._level
            self._frames, self._arrivals, self._shed, self._level = [], [], 0, 0
            self._counts, self._newest = {}, {}
        if not frames and not shed:
            return None, level
        return _batch(now_ns, frames, arrivals, shed, self._simulated), level


def _batch(now_ns: int, frames: list[bytes], arrivals: list[int], shed: int, simulated: bool) -> CsiBatch:
    places: dict[bytes, int] = {}
    link = np.fromiter((places.setdefault(frame[:12], len(places)) for frame in frames), np.uint16, len(frames))
    arrival_ns = np.fromiter(arrivals, np.int64, len(arrivals))
    table = decode(frames)
    order = np.argsort(arrival_ns, kind="stable")
    return CsiBatch(
        occurred_ns=now_ns,
        links=tuple((mac_text(ends[:6]), mac_text(ends[6:])) for ends in places),
        link=link[order],
        arrival_ns=arrival_ns[order],
        rssi_dbm=table.rssi_dbm[order],
        noise_dbm=table.noise_dbm[order],
        channel=table.channel[order],
        n_sub=table.n_sub[order],
        iq=table.iq[order],
        shed=shed,
        simulated=simulated,
    )
