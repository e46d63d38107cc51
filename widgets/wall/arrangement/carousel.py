"""When the wall's pages turn by themselves. No Qt, no clock of its own."""

IDLE_S = 10.0  # pages wait this long after the mouse or a key was used


class Carousel:
    """`period_s`: how long a page stays; 0: pages do not turn. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self.period_s = 0
        self._turned_s = 0.0
        self._used_s = float("-inf")

    def start(self, period_s: int, now_s: float) -> None:
        self.period_s = period_s
        self._turned_s = now_s

    def used(self, now_s: float) -> None:
        """Somebody used the mouse or a key."""
        self._used_s = now_s

    def waits(self, now_s: float, alarm: bool) -> bool:
        """Somebody is at work, or an alarm is on the wall."""
        return alarm or now_s - self._used_s < IDLE_S

    def take_turn(self, now_s: float, alarm: bool, pages: int) -> bool:
        """Whether to turn now; a page has its whole time again after a pause."""
        if self.waits(now_s, alarm):
            self._turned_s = now_s
        if self.period_s <= 0 or pages < 2 or now_s - self._turned_s < self.period_s:
            return False
        self._turned_s = now_s
        return True
