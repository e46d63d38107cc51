"""The program's log as files, for whoever asks later what happened: of bounded size, without secrets, and in nobody's way."""

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from engine.model.plain_text import escaped
from engine.runtime.health.log_ring import LONGEST, indented, redacted

LARGEST = 2 << 20  # bytes of a file
OLDER = 4  # files beside the newest
MOST_WAITING = 10_000  # lines, while the disk is slow

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextmanager
def log_kept(path: Path) -> Generator[None]:
    """What any thread logs meanwhile is in this file too, and before that in `<path>.1` (newer) to `<path>.4`. Whoever logs never waits for
    the disk; what it refuses is left out, and the next line tries again."""
    waiting: SimpleQueue[logging.LogRecord] = SimpleQueue()
    file, taker = _File(path), _Taker(waiting)
    writer = QueueListener(waiting, file)
    writer.start()
    logging.getLogger().addHandler(taker)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(taker)
        writer.stop()
        file.handed_back()
        file.close()
        taker.close()


class _Taker(QueueHandler):
    """Any thread."""

    def __init__(self, waiting: "SimpleQueue[logging.LogRecord]") -> None:
        super().__init__(waiting)
        self._waiting = waiting

    def enqueue(self, record: logging.LogRecord) -> None:
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put_nowait(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A line whose arguments do not fit it: stderr has said so."""


class OneLineFormatter(logging.Formatter):
    """Text from elsewhere cannot begin a line of its own, nor move the cursor of a terminal: its control characters are escaped, and lines
    of a traceback are indented."""

    def __init__(self) -> None:
        super().__init__(_FORM)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:
        return indented(stack_info)


class _Redacted(OneLineFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record)[:LONGEST])


class _File(RotatingFileHandler):
    """The writer's thread only. Its folder is made when the first line comes."""

    stream: TextIOWrapper | None

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", errors="backslashreplace", delay=True)
        self.setFormatter(_Redacted())

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Of regular files only: Python 3.13 asks a pipe where it stands, which raises, and the line is lost."""
        path = Path(self.baseFilename)
        return not (path.exists() and not path.is_file()) and bool(super().shouldRollover(record))

    def handleError(self, record: logging.LogRecord) -> None:
        """Without a word: a line about this line would fail as well, and the System page has them all. A handle that failed may hold half
        of one back, or be closed already."""
        self.handed_back()

    def handed_back(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return super()._open()
