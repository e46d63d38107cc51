"""Pairing: the time in which nodes without a token are let in. Opened by the admin, limited, shown, and on record."""

import logging
import threading
from collections.abc import Callable

from engine.model.errors import InputError
from engine.model.radio.radio import Pairing
from engine.model.time import Clock, seconds_to_ns

log = logging.getLogger(__name__)

MOST_MINUTES = 24 * 60.0


class PairingDoor:
    """Any thread.

    Args:
        on_change: called with what it is now and who did it (a user's name, or `time`), after every opening and closing; for the audit.
    """

    def __init__(self, clock: Clock, on_change: Callable[[Pairing, str], None] = lambda _, __: None) -> None:
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state = Pairing()

    @property
    def state(self) -> Pairing:
        state = self._state
        if state.until_ns is not None and self._clock.now_ns() >= state.until_ns:
            self._close_after(state)
            return self._state
        return state

    @property
    def is_open(self) -> bool:
        return self.state.open

    def open(self, by: str, minutes: float | None = 10.0) -> None:
        """`minutes` None: as long as this run (a bench that was started so). Raises InputError (field `minutes`)."""
        if minutes is not None and not 0 < minutes <= MOST_MINUTES:
            raise InputError("minutes", f"{minutes} is outside 0–{MOST_MINUTES:g}")
        self._become(Pairing(True, None if minutes is None else self._clock.now_ns() + seconds_to_ns(60 * minutes)), by)

    def close(self, by: str) -> None:
        self._become(Pairing(), by)

    def _close_after(self, state: Pairing) -> None:
        with self._lock:
            if self._state is not state:
                return
            self._state = Pairing()
        self._log_state(Pairing(), "time")

    def _become(self, state: Pairing, by: str) -> None:
        with self._lock:
            self._state = state
        self._log_state(state, by)

    def _log_state(self, state: Pairing, by: str) -> None:
        log.warning("pairing is %s (by %s)", "open: nodes without a token are let in" if state.open else "closed", by)
        self._on_change(state, by)
