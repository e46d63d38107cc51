"""Fitting a picture into a square network input without changing its proportions."""

import numpy as np
import numpy.typing as npt

from engine.model.cameras.frame import Bytes2D, DecodedFrame
from engine.model.geometry import Floats
from engine.model.value_class import dataclass
from engine.vision.suppression import clipped


@dataclass(frozen=True, slots=True, eq=False)
class Letterboxed:
    """A picture in the top left corner of a square.

    Attributes:
        pixels: (side, side, 3) uint8 BGR; the rest of the square has one grey.
        width, height: of the full frame. inner_width, inner_height: of the picture inside the square.
    """

    pixels: Bytes2D
    width: int
    height: int
    inner_width: int
    inner_height: int

    def to_frame(self, boxes_xyxy: Floats) -> Floats:
        """Boxes (N, 4) of the square, as pixels of the full frame, cut at its edges."""
        factor = (self.width / self.inner_width, self.height / self.inner_height)
        return clipped(boxes_xyxy * np.array(factor * 2, np.float32), self.width, self.height)


def letterbox(frame: DecodedFrame, side: int, grey: int) -> Letterboxed:
    """Scale a frame so that its longer edge is `side`, and fill the rest with `grey`."""
    scale = side / max(frame.width, frame.height)
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    square: npt.NDArray[np.uint8] = np.full((side, side, 3), grey, np.uint8)
    square[:height, :width] = frame.bgr(width, height)
    return Letterboxed(square, frame.width, frame.height, width, height)
