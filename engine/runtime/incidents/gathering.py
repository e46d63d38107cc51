"""Reports that come while others are being written wait for one another and are written together, by one thread.

Fifty that file at once then cost little more than one, and need no fifty threads, which would take the processor from everybody else.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.incident import Filed, Report
from engine.model.value_class import dataclass

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100  # as many as a transaction of some ten milliseconds takes
_STOPPING = "The engine is being stopped and takes no reports any more. Send it again when it runs."

Outcome = Filed | Exception
T = TypeVar("T")


def stopping() -> EnvironmentFault:
    return EnvironmentFault("stopping", _STOPPING)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    make: Callable[[], Report]
    done: Callable[[Outcome], None]


class ReportGatherer:
    """Any thread.

    Args:
        together: files reports in one commit, on the thread `reports`; gives what became of each, in their order. What it raises, all of
            them hear; where it raises what only a fault of the program does, they are tried one by one before.
    """

    def __init__(self, together: Callable[[Sequence[Report]], Sequence[Filed | InputError]]) -> None:
        self._together = together
        self._lock = threading.Lock()  # guards the following
        self._waiting: deque[_Waiting] = deque()
        self._working = False
        self._closed = False
        self._worker = ThreadPoolExecutor(1, "reports")

    def start(self) -> None:
        """Begin its thread; else that is done with the first report."""
        self._worker.submit(self._work)

    @property
    def waiting(self) -> int:
        """Those that are not being written yet."""
        return len(self._waiting)

    def put(self, make: Callable[[], Report], done: Callable[[Outcome], None]) -> None:
        """Returns at once. `make`: gives the report, or raises why it cannot be one; both are called on the thread `reports` and return at
        once; `on_outcome` when the report is durable, or refused."""
        with self._lock:
            if not self._closed:
                self._waiting.append(_Waiting(make, done))
                if not self._working:
                    self._working = True
                    self._worker.submit(self._work)
                return
        done(stopping())

    def file(self, report: Report) -> Filed:
        """Waits for its outcome; what it was refused for is raised."""
        heard, outcomes = threading.Event(), list[Outcome]()

        def on_outcome(outcome: Outcome) -> None:
            outcomes.append(outcome)
            heard.set()

        self.put(lambda: report, on_outcome)
        heard.wait()
        if isinstance(outcomes[0], Exception):
            raise outcomes[0]
        return outcomes[0]

    def close(self) -> None:
        """Returns when all that wait have been answered; nothing is taken any more."""
        with self._lock:
            self._closed = True
        self._worker.shutdown()

    def _work(self) -> None:
        while several := self._take_batch():
            for each, outcome in zip(several, self._outcomes([each.make for each in several]), strict=True):
                self._notify_sender(each, outcome)

    def _take_batch(self) -> list[_Waiting]:
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            self._working = bool(taken)
            return taken

    def _outcomes(self, makers: Sequence[Callable[[], Report]]) -> list[Outcome]:
        made = [_outcome_of(make) for make in makers]
        filed = iter(self._filed([each for each in made if isinstance(each, Report)]))
        return [next(filed) if isinstance(each, Report) else each for each in made]

    def _filed(self, reports: Sequence[Report]) -> Sequence[Outcome]:
        try:
            return self._together(reports) if reports else ()
        except EnvironmentFault as fault:
            return [fault] * len(reports)
        except Exception:
            log.exception("Reports could not be filed together and are tried one by one")
            return [_outcome_of(lambda report=report: self._together([report])[0]) for report in reports]

    def _notify_sender(self, waiting: _Waiting, outcome: Outcome) -> None:
        try:
            waiting.done(outcome)
        except Exception:
            log.exception("Whoever filed a report could not be told what became of it")


def _outcome_of(work: Callable[[], T]) -> T | Exception:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - told to whoever waits for it
        return error
