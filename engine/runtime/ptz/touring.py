"""A tour that the engine runs: which preset is next, and when. Sans-IO."""

from dataclasses import replace

from engine.model.ptz.settings import PtzTour
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Touring:
    """`due_s`: when the next stop is gone to, on the caller's clock. paused: somebody steers, or did until lately."""

    tour: PtzTour
    next_stop: int
    due_s: float
    paused: bool = False

    @classmethod
    def starting(cls, tour: PtzTour, now_s: float) -> "Touring":
        return cls(tour, 0, now_s)

    def at(self, now_s: float, idle_s: float | None, resume_s: float) -> "tuple[Touring, str]":
        """As it is now, and the preset to go to; empty: none yet.

        Args:
            idle_s: for how long nobody has steered; None: nobody has, since it began.
        """
        if idle_s is not None and idle_s < resume_s:
            return replace(self, paused=True), ""
        now = replace(self, paused=False, due_s=now_s) if self.paused else self
        if now_s < now.due_s:
            return now, ""
        stop = now.tour.stops[now.next_stop % len(now.tour.stops)]
        return replace(now, next_stop=(now.next_stop + 1) % len(now.tour.stops), due_s=now_s + stop.dwell_s), stop.preset
