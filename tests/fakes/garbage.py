"""Cyclic garbage is collected between tests of the screen, never on another thread while one runs: it may hold widgets."""

import gc
from collections.abc import Iterator
from itertools import count

import pytest

_ALL_EVERY = 25
_ended = count(1)


@pytest.fixture(autouse=True)
def garbage_waits_for_the_end() -> Iterator[None]:
    gc.disable()
    yield
    gc.collect(2 if next(_ended) % _ALL_EVERY == 0 else 1)
