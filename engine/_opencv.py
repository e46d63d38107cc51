"""The one door to OpenCV: `from engine._opencv import cv2`.

Importing the opencv-python wheel points Qt at the plugins and fonts inside that wheel, which breaks PySide6 in the same process.
This module puts those environment variables back as they were. It also keeps OpenCV to one thread per call: the engine already has
one thread per camera, and a second one per call only takes a core from a decoder.
"""

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402  (what the environment held must be known before)


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


_restore(_before)
cv2.setNumThreads(1)

__all__ = ["cv2"]
