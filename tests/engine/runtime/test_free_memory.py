"""Memory that nobody uses any more goes back to the system."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import create_autospec

import pytest

from engine.runtime.keeping import free_memory, upkeep_side
from engine.runtime.keeping.upkeep_side import UpkeepSide

ROOT = Path(__file__).resolve().parents[3]
GLIBC = free_memory._library() is not None


@pytest.mark.skipif(not GLIBC, reason="this C library is not glibc")
def test_what_was_freed_below_something_that_stays_goes_back():
    """Blocks small enough to come from a pool; the last one stays, so that the pool's end is not free."""
    code = """
import ctypes
from engine.runtime.keeping.free_memory import limit_pools, return_free_memory

library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
bytes_now = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096
assert limit_pools()
blocks = [library.malloc(100_000) for _ in range(400)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
for block in blocks[:-1]:
    library.free(block)
before = bytes_now()
assert return_free_memory()
assert before - bytes_now() > 30_000_000, (before, bytes_now())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_upkeep_returns_it_at_each_run(monkeypatch: pytest.MonkeyPatch):
    done: list[str] = []
    monkeypatch.setattr(upkeep_side, "return_free_memory", lambda: done.append("returned"))
    side = create_autospec(UpkeepSide, instance=True)
    UpkeepSide.on_tidy(side, 0)
    assert done == ["returned"] and side.sample.called


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(free_memory, "_library", lambda: None)
    assert not free_memory.limit_pools() and not free_memory.return_free_memory()


@pytest.mark.parametrize("error", [OSError, TypeError])
def test_a_system_without_such_a_library_has_none(monkeypatch: pytest.MonkeyPatch, error: type[Exception]):
    def refuse(name: object) -> None:
        raise error

    monkeypatch.setattr("ctypes.CDLL", refuse)
    assert free_memory._library.__wrapped__() is None
