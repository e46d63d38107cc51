"""What one camera shows at a moment, ready for the screen."""

from av.video.reformatter import VideoReformatter

from engine.model.cameras.frame import Bytes2D
from engine.model.value_class import dataclass
from engine.recording.footage.footage import FootagePicture, Shown
from engine.recording.footage.plan import FootageGap, GapReason


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture, or a gap, from `since_ns` to `until_ns`. `pixels`: (H, W, 4) uint8 BGRA; None for a gap."""

    shown: Shown
    pixels: Bytes2D | None

    @classmethod
    def of(cls, shown: Shown, by: VideoReformatter | None = None) -> "Shot":
        """`by`: nobody else's at the time."""
        return cls(shown, shown.bgra(by) if isinstance(shown, FootagePicture) else None)

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
        return self.shown.since_ns <= at_ns < self.shown.until_ns

    @property
    def unknown(self) -> bool:
        """It is not known yet what there is to show."""
        return self.gap is not None and self.gap.reason is GapReason.UNKNOWN

    def is_past(self, at_ns: int, forward: bool) -> bool:
        """It was on show before `at_ns`, in the direction in which time runs, and is not any more."""
        return self.shown.until_ns <= at_ns if forward else self.shown.since_ns > at_ns
