"""A picture that somebody sent within a question or a command."""

import base64
import binascii

from engine.model.cameras.frame import Bytes2D
from engine.model.errors import InputError
from engine.model.people.commands import LARGEST_PICTURE
from engine.recording.clips.photos import unpacked


def read_picture(text: str) -> Bytes2D:
    """(H, W, 3) BGR of a JPEG or PNG file given as base64. Raises InputError."""
    if len(text) > LARGEST_PICTURE * 4 // 3 + 4:
        raise InputError("picture", f"is larger than {LARGEST_PICTURE >> 20} MB. Choose a smaller one")
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise InputError("picture", "is not base64") from None
    return unpacked(data)
