"""Waiting for something that another thread brings about."""

import time
from collections.abc import Callable

LONGEST_S = 120.0  # a busy machine may need as long; how quick something is, benchmarks say
STEP_S = 0.01


def until(holds: Callable[[], bool], what: str, longest_s: float = LONGEST_S) -> None:
    """Return as soon as `holds()`; fail, saying what was waited for, when it never does."""
    end_s = time.monotonic() + longest_s
    while not holds():
        assert time.monotonic() < end_s, f"waited {longest_s:g} s in vain until {what}"
        time.sleep(STEP_S)
