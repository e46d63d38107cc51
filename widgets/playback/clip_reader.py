"""What the clip player needs of whoever decodes clips."""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """`duration_s`: time of the last picture's end; `fps`: nominal, 0 when unknown."""

    duration_s: float
    width: int
    height: int
    fps: float


@dataclass(frozen=True, slots=True, eq=False)
class ClipPicture:
    """One picture at `time_s` from the clip's start. `pixels`: (H, W, 4) uint8 BGRA, C-contiguous, never written again."""

    time_s: float
    pixels: npt.NDArray[np.uint8]


class ClipReader(Protocol):
    """Decodes one clip. One worker thread makes all calls; errors are raised as `WatchroomError` or `OSError`."""

    def open(self, path: Path) -> ClipInfo: ...

    def seek(self, time_s: float) -> None:
        """The next `read` gives the last picture at or before this time (the first one for times before it)."""
        ...

    def read(self) -> ClipPicture | None:
        """The next picture, None at the end."""
        ...

    def close(self) -> None: ...
