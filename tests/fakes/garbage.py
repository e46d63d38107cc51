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


@pytest.fixture(autouse=True)
def garbage_waits_for_the_end() -> Iterator[None]:
    gc.disable()
    if len(gc.get_objects(generation=2)) > _MANY:
        gc.collect()
        gc.freeze()
    yield
    gc.collect(2 if next(_ended) % _ALL_EVERY == 0 else 1)
