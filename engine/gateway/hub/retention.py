"""A hub removes what is old from the shared record, a little at a time: sites and consoles come first."""

import logging
import threading
from collections import Counter

from engine.model.errors import EnvironmentFault
from engine.model.time import Clock
from engine.store.shared.record import SharedRecord
from engine.store.shared.retention import KeepAges

log = logging.getLogger(__name__)

LOOK_S, PAUSE_S = 600.0, 0.2


class Retention:
    """Thread `retention` from `start` to `stop`."""

    def __init__(self, record: SharedRecord, keep: KeepAges, clock: Clock) -> None:
        self._record, self._keep, self._clock = record, keep, clock
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._remove()
            except EnvironmentFault as fault:
                log.warning("What is old could not be removed now: %s", fault)
            self._ending.wait(LOOK_S)

    def _remove(self) -> None:
        """Until nothing is left. Raises EnvironmentFault."""
        total: Counter[str] = Counter()
        while (removed := self._record.remove_past(self._keep, self._clock.now_ns())) and not self._ending.wait(PAUSE_S):
            total.update(removed)
        if total:
            log.info("Removed as older than is kept: %s", ", ".join(f"{count:,} {table}" for table, count in total.items()))
