"""Pictures as JPEG and back."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.errors import InputError

Pixels = npt.NDArray[np.uint8]


def encode_jpeg(pixels: Pixels, quality: int = 80) -> bytes:
    """BGR (H, W, 3) or BGRA (H, W, 4) uint8 as JPEG bytes."""
    bgr = pixels[:, :, :3] if pixels.shape[2] == 4 else pixels
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def encode_picture(bgr: Pixels, content_type: str) -> bytes:
    """BGR (H, W, 3) uint8 as JPEG or PNG bytes, with nothing but the picture in them."""
    ending, options = (".png", []) if content_type == "image/png" else (".jpg", [cv2.IMWRITE_JPEG_QUALITY, 92])
    _, data = cv2.imencode(ending, bgr, options)
    return data.tobytes()


def decode_picture(data: bytes) -> Pixels:
    """JPEG or PNG bytes as BGR (H, W, 3) uint8, turned the way a camera's note says. Raises InputError.

    The caller has looked at the size that the file claims.
    """
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error:
        bgr = None
    if bgr is None:
        raise InputError("picture", "cannot be read; the file is damaged")
    return np.asarray(bgr, np.uint8)


def decode_jpeg(data: bytes) -> Pixels:
    """JPEG bytes as BGRA (H, W, 4) uint8 with alpha 255. Raises InputError."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise InputError("picture", "is no JPEG")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA), np.uint8)
