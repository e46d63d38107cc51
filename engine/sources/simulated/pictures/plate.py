"""The word SIMULATED, burned into every simulated picture so that no copy of it can pass for a real one."""

from functools import cache

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2

Bytes = npt.NDArray[np.uint8]

_TEXT = "SIMULATED"
_MARGIN = 8


@cache
def plate() -> Bytes:
    """(h, w, 3) uint8 BGR, read-only: light letters on a dark plate."""
    (width, height), base = cv2.getTextSize(_TEXT, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    picture = np.full((height + base + 8, width + 14, 3), (28, 24, 20), np.uint8)
    cv2.putText(picture, _TEXT, (7, height + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (230, 236, 240), 1, cv2.LINE_AA)
    picture.flags.writeable = False
    return picture


def plate_window(height: int, width: int) -> tuple[slice, slice]:
    """Where the plate sits: the lower left corner. The picture must be larger than the plate."""
    rows, columns = plate().shape[:2]
    return slice(height - _MARGIN - rows, height - _MARGIN), slice(_MARGIN, _MARGIN + columns)


def burn_in(picture: Bytes) -> None:
    """Writes the plate over the picture (H, W, 3)."""
    picture[plate_window(*picture.shape[:2])] = plate()
