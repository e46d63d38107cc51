"""Decoded frames made of arrays."""

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]


class FlatFrame:
    """A DecodedFrame of one grey value that counts its conversions."""

    def __init__(self, index: int, captured_ns: int, width: int = 640, height: int = 360, grey: int = 100) -> None:
        self.index, self.captured_ns, self.width, self.height = index, captured_ns, width, height
        self._grey = grey
        self.conversions = 0

    def luma(self) -> Bytes:
        return np.full((self.height, self.width), self._grey, np.uint8)

    def bgr(self, width: int, height: int) -> Bytes:
        self.conversions += 1
        return np.full((height, width, 3), self._grey, np.uint8)

    def bgra(self, width: int, height: int) -> Bytes:
        self.conversions += 1
        return np.full((height, width, 4), self._grey, np.uint8)
