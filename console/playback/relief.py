"""What is left out of playback where a machine cannot decode and draw it all: the same for every camera, so that all stay in step."""

from engine.model.value_class import dataclass

RELIEF_S, LONGEST_RELIEF_S = 2.0, 60.0


@dataclass(frozen=True, slots=True)
class Thinning:
    """every: one of so many pictures is shown, for as long as all of them. keyframes: those alone."""

    every: int = 1
    keyframes: bool = False


LEVELS = (Thinning(), Thinning(2), Thinning(4), Thinning(4, keyframes=True))
"""From everything on. Pictures that are not shown have to be decoded but not scaled and drawn; between keyframes, they have not."""


class Relief:
    """Which level holds: the next one at once when a camera falls behind; the one before again after a while, longer with each fall."""

    def __init__(self, relief_s: float = RELIEF_S) -> None:
        self._first_s = relief_s
        self._level = 0
        self._lasts_s = relief_s
        self._until_s = 0.0

    @property
    def thinning(self) -> Thinning:
        return LEVELS[self._level]

    def begin(self, too_fast: bool) -> None:
        """Playback begins, or changes its speed. too_fast: decoding everything is not even tried."""
        self._level = len(LEVELS) - 1 if too_fast else 0
        self._lasts_s, self._until_s = self._first_s, 0.0

    def look(self, steady_s: float, behind: bool, too_fast: bool) -> bool:
        """True where another level holds from now on. behind: some camera is."""
        before = self._level
        if behind and self._level < len(LEVELS) - 1:
            self._level += 1
            self._until_s = steady_s + self._lasts_s
            self._lasts_s = min(2 * self._lasts_s, LONGEST_RELIEF_S)
        elif self._level and not behind and not too_fast and steady_s > self._until_s:
            self._level -= 1
            self._until_s = steady_s + self._lasts_s
        return self._level != before
