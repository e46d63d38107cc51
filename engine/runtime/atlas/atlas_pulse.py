"""How Atlas does: by the newest attempt, and by what was counted of all."""

import threading
from dataclasses import replace

from engine.incidents.atlas.breaker import Breaker
from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.figures import with_figures
from engine.model.incidents.atlas import AtlasHealth, AtlasState
from engine.model.incidents.atlas_call import AtlasCounts, AtlasTally
from engine.model.time import Clock
from engine.runtime.ports import Trouble


class AtlasPulse:
    """Any thread.

    Args:
        on_trouble: a sentence while Atlas is wanted and does not work, None when it does again.
    """

    def __init__(self, clock: Clock, on_trouble: Trouble, overridden: tuple[str, ...]) -> None:
        self._clock = clock
        self._on_trouble = on_trouble
        self._lock = threading.Lock()  # guards all of the following
        self._tally = AtlasTally()
        self._fault: AtlasFault | None = None  # of the newest attempt
        self._asked = False
        self._health = AtlasHealth(since_ns=clock.now_ns(), overridden=overridden)
        self._trouble: str | None = None

    @property
    def health(self) -> AtlasHealth:
        with self._lock:
            return self._health

    def attempted(self, tally: AtlasTally, fault: AtlasFault | None) -> None:
        with self._lock:
            self._tally = self._tally.plus(tally)
            self._fault, self._asked = fault, True

    def take_tally(self) -> AtlasTally:
        """What was counted since the last time; whoever takes it writes it down."""
        with self._lock:
            tally, self._tally = self._tally, AtlasTally()
            return tally

    def forget(self) -> None:
        """Settings or key were changed: what was wrong before says nothing."""
        with self._lock:
            self._fault, self._asked = None, False

    def count(self, counts: AtlasCounts) -> None:
        with self._lock:
            self._health = with_figures(self._health, counts)

    def show(self, enabled: bool, breaker: Breaker, waiting: int | None, key_stored: bool) -> None:
        """`waiting` None: nothing new is known of it."""
        with self._lock:
            state, reason = self._state(enabled, breaker)
            before = self._health
            since_ns = before.since_ns if state is before.state else self._clock.now_ns()
            count = before.waiting if waiting is None else waiting
            self._health = replace(before, state=state, reason=reason, since_ns=since_ns, waiting=count, key_stored=key_stored)
            told, self._trouble = self._trouble, reason if state in (AtlasState.DOWN, AtlasState.OPEN) else None
            trouble = self._trouble
        if trouble != told:
            self._on_trouble.tell(None if trouble is None else f"Atlas does not work: {trouble}")

    def _state(self, enabled: bool, breaker: Breaker) -> tuple[AtlasState, str]:
        fault = self._fault
        if not enabled:
            return AtlasState.OFF, "Switched off in the settings."
        if breaker.is_open:
            return AtlasState.OPEN, f"It failed again and again and is left alone for a minute each time: {fault}"
        if fault is not None and fault.needs_somebody:
            return AtlasState.DOWN, str(fault)
        if not self._asked:
            return AtlasState.WORKING, "It was not called yet."
        return AtlasState.WORKING, "" if fault is None else str(fault)  # it asked for patience, or had nothing to say of a file
