"""Which stretch of time is on screen, and what moment a place on it is. No Qt."""

from engine.model.time import SECOND
from engine.model.value_class import dataclass

MINUTE_NS, HOUR_NS, DAY_NS = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
SHORTEST_NS = SECOND // 4  # a picture of 25 a second is then a sixth of the width
LONGEST_NS = 3 * 366 * DAY_NS
_LAST_NS = 4_102_444_800 * SECOND  # 2100: nothing that is recorded lies beyond


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """[since, until), UTC ns; between a quarter of a second and three years long, between 1970 and 2100."""

    since_ns: int
    until_ns: int

    @property
    def length_ns(self) -> int:
        return self.until_ns - self.since_ns

    @property
    def middle_ns(self) -> int:
        return (self.since_ns + self.until_ns) // 2

    def share(self, at_ns: int) -> float:
        """Where a moment lies: 0 at the left edge, 1 at the right, outside beyond them."""
        return (at_ns - self.since_ns) / self.length_ns

    def time_at(self, share: float) -> int:
        return self.since_ns + round(share * self.length_ns)

    def holds(self, at_ns: int) -> bool:
        return self.since_ns <= at_ns < self.until_ns

    def zoomed(self, factor: float, at_ns: int) -> "TimeWindow":
        """As long times `factor`; the moment stays where it is on screen."""
        length_ns = min(LONGEST_NS, max(SHORTEST_NS, round(self.length_ns * factor)))
        return window(at_ns - round(self.share(at_ns) * length_ns), length_ns)

    def shifted(self, by_ns: int) -> "TimeWindow":
        return window(self.since_ns + by_ns, self.length_ns)

    def around(self, at_ns: int) -> "TimeWindow":
        """As long, with the moment in the middle."""
        return window(at_ns - self.length_ns // 2, self.length_ns)

    def following(self, at_ns: int) -> "TimeWindow":
        """Itself while it shows the moment; else the page on which it is, a little before its edge."""
        if self.holds(at_ns):
            return self
        lead_ns = self.length_ns // 20
        return window(at_ns - lead_ns if at_ns >= self.until_ns else at_ns - self.length_ns + lead_ns, self.length_ns)


def window(since_ns: int, length_ns: int) -> TimeWindow:
    """Of that length, as near to `since_ns` as the calendar has it."""
    kept_ns = min(LONGEST_NS, max(SHORTEST_NS, length_ns))
    first_ns = min(max(0, since_ns), _LAST_NS - kept_ns)
    return TimeWindow(first_ns, first_ns + kept_ns)
