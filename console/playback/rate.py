"""How many pictures a second are shown, counted."""

_OVER_S = 1.0


class PictureRate:
    """Over the cameras that show any; known anew each second. Times are of a steady clock."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._since_s: float | None = None
        self.pictures_s = 0.0

    def restart(self) -> None:
        self._counts, self._since_s, self.pictures_s = {}, None, 0.0

    def count(self, camera_id: str) -> None:
        """A camera shows another picture than before."""
        self._counts[camera_id] = self._counts.get(camera_id, 0) + 1

    def look(self, steady_s: float) -> None:
        if self._since_s is None:
            self._counts, self._since_s = {}, steady_s
        elif steady_s - self._since_s >= _OVER_S:
            counted = sum(self._counts.values()) / max(1, len(self._counts))
            self.pictures_s = round(counted / (steady_s - self._since_s), 1)
            self._counts, self._since_s = {}, steady_s
