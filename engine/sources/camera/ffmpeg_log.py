"""FFmpeg's own messages: never on stderr, errors once each in Python's log, without addresses' credentials."""

import logging
import re
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Final

import av.logging

from engine.sources.camera.urls import scrub

_LIMIT: Final = 200  # different messages remembered; past that, silence
_REPEATED = re.compile(r"\s*\(repeated \d+ more times\)")
_TOO_LARGE = re.compile(r"Picture size ([1-9]\d*)x([1-9]\d*) (?:exceeds specified max pixel count|is invalid)")
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


@contextmanager
def refusals() -> Generator[list[tuple[int, str, str]]]:
    """What FFmpeg says on this thread meanwhile; then it goes where it always goes."""
    told: list[tuple[int, str, str]] = []
    try:
        with av.logging.Capture(True) as told:
            yield told
    finally:
        for level, name, message in told:
            if level <= av.logging.ERROR:
                logging.getLogger(f"libav.{name}").error(message.strip())


def refused_size(told: Iterable[tuple[int, str, str]]) -> tuple[int, int] | None:
    """Width and height of a picture that had too many pixels (FFmpeg's `max_pixels`), where FFmpeg refused one."""
    found = next((match for _, _, message in told if (match := _TOO_LARGE.search(message))), None)
    return None if found is None else (int(found[1]), int(found[2]))


def route_ffmpeg_log() -> None:
    """Idempotent. Process-wide, because FFmpeg's log is."""
    if _routed.is_set():
        return
    _routed.set()
    logger = logging.getLogger("libav")
    logger.addHandler(_Once())
    logger.propagate = False
    av.logging.set_level(av.logging.ERROR)
