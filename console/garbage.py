"""Cyclic garbage is collected on the screen's thread only.

Python collects it on whichever thread happens to allocate. In a process with an engine that is any of its threads, and what is collected
may be widgets: deleting those elsewhere is not allowed, and two threads then wait for each other for ever, one with Qt's lock and one with
Python's.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

EVERY_MS = 200


@contextmanager
def collected_here() -> Iterator[None]:
    """While the event loop of the calling thread runs, garbage is collected on it, as often as Python would."""
    with frozen():
        timer = QTimer()
        timer.timeout.connect(collect_due)
        timer.start(EVERY_MS)
        try:
            yield
        finally:
            timer.stop()


@contextmanager
def frozen() -> Iterator[None]:
    """No thread collects by itself, and what is there already stays out of `collect_due`: looking through all of that would hold the
    screen up."""
    with not_collected():
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()


@contextmanager
def not_collected() -> Iterator[None]:
    """No thread collects by itself; afterwards as it was before."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def collect_due() -> None:
    """The oldest generation whose count is above its threshold, as the interpreter itself decides."""
    due = [generation for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most]
    if 0 in due:
        gc.collect(max(due))
