"""What one camera shows at a moment, ready for the screen."""

from dataclasses import dataclass

from engine.model.frame import Bytes2D
from engine.recording.footage import FootagePicture, Shown
from engine.recording.footage_plan import FootageGap


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture, or a gap, from `since_ns` to `until_ns` (None: without end). `pixels`: (H, W, 4) uint8 BGRA; None for a gap."""

    shown: Shown
    pixels: Bytes2D | None

    @classmethod
    def of(cls, shown: Shown) -> "Shot":
        return cls(shown, shown.bgra() if isinstance(shown, FootagePicture) else None)

    @property
    def picture(self) -> FootagePicture | None:
        return self.shown if isinstance(self.shown, FootagePicture) else None

    @property
    def gap(self) -> FootageGap | None:
        return self.shown if isinstance(self.shown, FootageGap) else None

    @property
    def size_bytes(self) -> int:
        return 0 if self.pixels is None else self.pixels.nbytes

    def covers(self, at_ns: int) -> bool:
        return not self.is_past(at_ns, True) and not self.is_past(at_ns, False)

    def is_past(self, at_ns: int, forward: bool) -> bool:
        """It was on show before `at_ns`, in the direction in which time runs, and is not any more."""
        edge_ns = self.shown.until_ns if forward else self.shown.since_ns
        return edge_ns is not None and (edge_ns <= at_ns if forward else edge_ns > at_ns)
