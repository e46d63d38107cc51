"""FFmpeg's own messages: never on stderr, errors once each in Python's log, without addresses' credentials."""

import logging
import re
import threading
from typing import Final

import av.logging

from engine.sources.camera.urls import scrub

_LIMIT: Final = 200  # different messages remembered; past that, silence
_REPEATED = re.compile(r"\s*\(repeated \d+ more times\)")
_log = logging.getLogger(__name__)


class _Once(logging.Handler):
    """Passes each message on the first time it appears; numbers in it do not make it another."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._seen: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name.removeprefix('libav.')}: {_REPEATED.sub('', scrub(record.getMessage()))}"
        pattern = re.sub(r"0x[0-9a-f]+|-?\d+", "#", text)
        if pattern in self._seen or len(self._seen) >= _LIMIT:
            return
        self._seen.add(pattern)
        _log.warning("FFmpeg says: %s (said once)", text)


_routed = threading.Event()


def route_ffmpeg_log() -> None:
    """Idempotent. Process-wide, because FFmpeg's log is."""
    if _routed.is_set():
        return
    _routed.set()
    logger = logging.getLogger("libav")
    logger.addHandler(_Once())
    logger.propagate = False
    av.logging.set_level(av.logging.ERROR)
