"""How far a long command is, on stderr: on a terminal one line that is drawn over, elsewhere lines, and only where they are asked for."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from engine.model.plain_text import escaped

_DRAWN_S, _WRITTEN_S = 0.2, 5.0  # how often at most: a terminal's line, lines in a log
_CLEAR = "\r\x1b[K"


class Progress:
    """`asked`: True shows it wherever stderr goes; False on a terminal only."""

    def __init__(self, stream: TextIO, asked: bool = False) -> None:
        self._stream = stream
        self._drawn_over = stream.isatty()
        self._shown = asked or self._drawn_over
        self._told_s = float("-inf")
        self._what = ""

    def at(self, what: str, done: int, total: int = 0) -> None:
        """`done` of `total` (0: nobody knows how many). What begins or is complete is always written."""
        now_s = time.monotonic()
        due = now_s - self._told_s >= (_DRAWN_S if self._drawn_over else _WRITTEN_S)
        if not self._shown or not (due or what != self._what or done == total):
            return
        self._told_s, self._what = now_s, what
        line = f"{what}: {done:,} of {total:,} ({done / total:.0%})" if total else f"{what}: {done:,}" if done else what
        line = escaped(line)
        self._stream.write(f"{_CLEAR}{line}" if self._drawn_over else f"{line}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away, so that what is printed next begins at the left."""
        if self._shown and self._drawn_over and self._what:
            self._stream.write(_CLEAR)
            self._stream.flush()


_current: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def progress(asked: bool) -> Iterator[None]:
    """While this lasts `step` reaches stderr."""
    shown = Progress(sys.stderr, asked)
    token = _current.set(shown)
    try:
        yield
    finally:
        _current.reset(token)
        shown.clear()


def step(what: str, done: int = 0, total: int = 0) -> None:
    """How far the command is that runs on this thread; nothing where nobody watches."""
    shown = _current.get()
    if shown is not None:
        shown.at(what, done, total)
