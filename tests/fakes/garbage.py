"""Cyclic garbage is collected between tests of the screen, never on another thread while one runs: it may hold widgets.

What was imported and collected by pytest is some hundred thousand objects that stay. They are frozen, so that they are not looked through
after each of thousands of tests; an engine that runs in a test thaws them when it ends.
"""

import gc
from collections.abc import Iterator
from itertools import count

import pytest

_ALL_EVERY = 25
_MANY = 100_000  # objects that outlived a whole collection
_ended = count(1)
_thawed = [True]  # nothing is frozen yet
_thaw = gc.unfreeze


def _noted() -> None:
    """Counting what is not frozen, before each test, would take longer than most tests."""
    _thawed[0] = True
    _thaw()


gc.unfreeze = _noted


@pytest.fixture(autouse=True)
def garbage_waits_for_the_end() -> Iterator[None]:
    gc.disable()
    if _thawed[0]:
        gc.collect()
        gc.freeze()
        _thawed[0] = False
    yield
    whole = next(_ended) % _ALL_EVERY == 0
    gc.collect(2 if whole else 1)
    if whole and len(gc.get_objects(generation=2)) > _MANY:
        gc.freeze()
