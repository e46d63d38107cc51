"""How recorded time runs: one law for the clock on screen and for those who decode ahead of it."""

from dataclasses import replace

from engine.model.time import SECOND
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """At `steady_s` of the machine's steady clock it is `at_ns` (UTC); from then on it runs at `speed`, backwards where that is negative.

    number: rises with each seek, so that what was decoded for another place is told apart. keyframes: those alone are enough.
    backwards: the pictures before will be wanted next, also while it stands. every: one of so many pictures is enough.
    """

    at_ns: int
    steady_s: float = 0.0
    speed: float = 0.0
    number: int = 0
    keyframes: bool = False
    backwards: bool = False
    every: int = 1

    def now_ns(self, steady_s: float) -> int:
        return self.at_ns + round((steady_s - self.steady_s) * self.speed * SECOND)

    @property
    def runs(self) -> bool:
        return self.speed != 0

    def at_speed(self, speed: float, steady_s: float) -> "Pace":
        """The same moment, from which it goes on at another speed."""
        return replace(self, at_ns=self.now_ns(steady_s), steady_s=steady_s, speed=speed, backwards=speed < 0)

    def sought(self, at_ns: int, steady_s: float) -> "Pace":
        return replace(self, at_ns=at_ns, steady_s=steady_s, number=self.number + 1)
