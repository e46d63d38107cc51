"""When a track is born, believed, and over. Every limit is a time, so that 5 and 25 detections per second give the same lives."""

import numpy as np

from engine.model.time import seconds_to_ns
from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.table import (
    CATEGORY,
    CONFIRMED,
    FIRST_NS,
    LAST_NS,
    NUMBER,
    ORDINAL,
    SHOWN,
    STRONG_HITS,
    STRONG_NS,
    WHOLE,
    Mask,
    TrackTable,
    Whole,
)


class Lifecycle:
    """Rules only; it holds nothing but the limits."""

    def __init__(self, config: TrackerConfig) -> None:
        self._hits = config.confirm_hits
        self._confirm_ns = seconds_to_ns(config.confirm_after_s)
        self._tentative_ns = seconds_to_ns(config.tentative_s)
        self._coast_ns = seconds_to_ns(config.coast_s)

    def born(self, number: int, at_ns: int, categories: Whole) -> Whole:
        """Rows (N, WHOLE) of tracks first seen now, by strong detections."""
        rows = np.zeros((len(categories), WHOLE), np.int64)
        rows[:, NUMBER], rows[:, ORDINAL], rows[:, CATEGORY] = number, np.arange(len(rows)), categories
        rows[:, (FIRST_NS, LAST_NS, STRONG_NS)] = at_ns
        rows[:, STRONG_HITS] = 1
        return rows

    def confirm(self, table: TrackTable, shown: int) -> int:
        """Confirm the tracks that have earned it and number them from `shown` + 1; returns the highest number given."""
        whole = table.whole
        earned = (whole[:, STRONG_HITS] >= self._hits) & (whole[:, STRONG_NS] - whole[:, FIRST_NS] >= self._confirm_ns)
        new = np.flatnonzero(earned & ~table.confirmed)
        whole[new, CONFIRMED] = 1
        whole[new, SHOWN] = shown + 1 + np.arange(len(new))
        return shown + len(new)

    def timed_out(self, table: TrackTable, at_ns: int) -> Mask:
        """Confirmed tracks without a strong detection for too long."""
        return table.confirmed & (at_ns - table.whole[:, STRONG_NS] > self._coast_ns)

    def given_up(self, table: TrackTable, at_ns: int) -> Mask:
        """Tentative tracks that an update has just missed; asked after the update, so that a slow detector gives every track one chance."""
        whole = table.whole
        return ~table.confirmed & (whole[:, LAST_NS] < at_ns) & (at_ns - whole[:, STRONG_NS] >= self._tentative_ns)

    def forgotten(self, table: TrackTable, at_ns: int) -> Mask:
        """Tentative tracks that no update has looked for in as long as a confirmed one may coast."""
        return ~table.confirmed & (at_ns - table.whole[:, LAST_NS] > self._coast_ns)
