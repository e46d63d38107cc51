"""An engine that starts looks once through all that is there, so that it need not do so while it runs: one that a test starts would look
through pytest and the tests before it. Engines in processes of their own do it as ever."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console import site

AS_ELSEWHERE = site._seldom_collected  # for the tests of it


@contextmanager
def _seldom_collected() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(site.COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@pytest.fixture(scope="session", autouse=True)
def engines_freeze_nothing() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "_seldom_collected", _seldom_collected)
        patch.setattr(site, "_freeze_loaded", lambda: None)
        yield
