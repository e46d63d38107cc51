"""When the next picture of a clip is due, and which. No Qt, no threads."""

SPEEDS = (0.5, 1.0, 2.0, 4.0)


class Playhead:
    """Maps the steady clock onto clip time while playing. Times in seconds."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.playing = False
        self._clip_s = 0.0
        self._steady_s = 0.0

    def start(self, clip_s: float, steady_s: float) -> None:
        self.playing = True
        self._clip_s, self._steady_s = clip_s, steady_s

    def stop(self) -> None:
        self.playing = False

    def change_speed(self, speed: float, steady_s: float) -> None:
        """ValueError unless the speed is one of SPEEDS."""
        if speed not in SPEEDS:
            raise ValueError(f"speed {speed} is none of {SPEEDS}")
        self._clip_s, self._steady_s = self.now(steady_s), steady_s
        self.speed = speed

    def now(self, steady_s: float) -> float:
        """Clip time at this moment."""
        return self._clip_s + (steady_s - self._steady_s) * self.speed if self.playing else self._clip_s

    def wait_s(self, picture_s: float, steady_s: float) -> float:
        """How long until a picture is due, 0 when it is late."""
        return max(0.0, (picture_s - self.now(steady_s)) / self.speed)
