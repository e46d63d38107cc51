"""The newest lines of this program's log, kept in memory for the System page and for diagnostics. What looks like a secret is not kept."""

import logging
import re
import threading
import traceback
from collections import deque
from collections.abc import Iterable

from engine.model.plain_text import escaped
from engine.model.time import Clock
from engine.model.upkeep import MOST_LOG_LINES, ListLog, LogLevel, LogLine

LONGEST = 4_000  # characters of a line
HIDDEN = "•••"
_LEVELS = ((logging.ERROR, LogLevel.ERROR), (logging.WARNING, LogLevel.WARNING), (logging.INFO, LogLevel.INFO))
_RANK = {level: rank for rank, level in enumerate(LogLevel)}

# Logins in addresses; words that name a secret with what follows them; bearer tokens; long random texts, as keys and tokens are.
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@'\"]+@")
_QUERY = re.compile(r"(?i)([?&;](?:[\w-]*(?:token|key|secret|pass(?:word)?|pwd|auth|sig(?:nature)?)[\w-]*)=)[^&\s'\"#]+")
_NAMED = re.compile(
    r"(?i)(\b[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|authorization|cookie)\b['\"]?\s*[:=]\s*)(?:bearer\s+|basic\s+)?"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;}\])]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_KEY = re.compile(r"\b(?:sk|pk|ghp|xox[bp])[-_][A-Za-z0-9_-]{12,}")
_RANDOM = re.compile(r"\b(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}={0,2}")


def redacted(text: str) -> str:
    """Without what looks like a secret: rather too much than too little."""
    text = _IN_ADDRESS.sub(f"{HIDDEN}@", text)
    text = _QUERY.sub(rf"\g<1>{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _NAMED.sub(rf"\g<1>{HIDDEN}", text)
    text = _KEY.sub(HIDDEN, text)
    return _RANDOM.sub(HIDDEN, text)


def indented(text: str) -> str:
    """Lines of a traceback, which may quote text from elsewhere: none of them looks like the beginning of an entry."""
    return "\n".join(f"    {escaped(line)}" for line in text.splitlines())


class LogRing(logging.Handler):
    """Any thread. Listens to all of the program from `listen` to `leave`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(logging.INFO)
        self._clock = clock
        self._lines: deque[LogLine] = deque(maxlen=MOST_LOG_LINES)
        self._guard = threading.Lock()  # guards _lines

    def listen(self) -> None:
        logging.getLogger().addHandler(self)

    def leave(self) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a line whose arguments do not fit it
            text = str(record.msg)
        text = escaped(text)
        if record.exc_info is not None and record.exc_info[1] is not None:
            text += "\n" + indented("".join(traceback.format_exception(record.exc_info[1])))
        level = next((level for number, level in _LEVELS if record.levelno >= number), LogLevel.DEBUG)
        line = LogLine(self._clock.now_ns(), level, record.name, redacted(text[:LONGEST]))
        with self._guard:
            self._lines.append(line)

    def matching_lines(self, question: ListLog) -> tuple[LogLine, ...]:
        """Newest first."""
        with self._guard:
            lines = tuple(self._lines)
        return tuple(_fitting(reversed(lines), question))[: max(0, question.limit)]


def _fitting(lines: Iterable[LogLine], question: ListLog) -> Iterable[LogLine]:
    sought = question.contains.casefold()
    for line in lines:
        if _RANK[line.level] >= _RANK[question.level] and (sought in line.text.casefold() or sought in line.source.casefold()):
            yield line
