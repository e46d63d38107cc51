"""Garbage in cycles, which a run of the record hardly makes: looked for seldom, in processes that do nothing else.

Python looks for it after every 700 objects made, and now and then through all that there is. That took a tenth of a run and more. An
engine's own process has its own rule, for all of its threads: whoever runs the record there leaves the collector alone.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

_AFTER = (100_000, 50, 50)


def collect_seldom() -> None:
    """From now on, until the process ends."""
    gc.set_threshold(*_AFTER)


@contextmanager
def seldom_collected() -> Generator[None]:
    """For a while, where the process does other things afterwards."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
