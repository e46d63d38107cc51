"""How fast nodes measure: fast while something moves, slower when it has been quiet, never so slow that somebody is missed."""

from engine.model.errors import InputError
from engine.model.value_class import dataclass

LEAST_HZ, MOST_HZ = 5, 100
MOTION_VARIANCE = 0.02  # from which a node that measures slowly reports motion by itself


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """Frames per second and link that nodes are told to make.

    The reference idles at 2 Hz. Somebody who walks at 1.4 m/s is through the first Fresnel zone of a short link within half a second, and
    breath needs several frames a second; so no policy goes below 5 Hz, and the usual one stays at 20 Hz throughout.
    """

    idle_hz: int = 20
    active_hz: int = 20
    quiet_s: float = 30.0

    def __post_init__(self) -> None:
        if not LEAST_HZ <= self.idle_hz <= self.active_hz <= MOST_HZ:
            raise InputError("rate_hz", f"{self.idle_hz} to {self.active_hz} is outside {LEAST_HZ}–{MOST_HZ}")
        if not 1 <= self.quiet_s <= 3600:
            raise InputError("quiet_s", f"{self.quiet_s} is outside 1–3600")


class RateGovernor:
    """The rate of now. Times are seconds of one steady clock."""

    def __init__(self, policy: RatePolicy, now_s: float) -> None:
        self._policy = policy
        self._moved_s = now_s  # what was before the start is not known

    def note_motion(self, now_s: float) -> None:
        self._moved_s = now_s

    def rate_hz(self, now_s: float) -> int:
        quiet = now_s - self._moved_s > self._policy.quiet_s
        return self._policy.idle_hz if quiet else self._policy.active_hz
