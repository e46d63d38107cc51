"""Memory that nobody uses any more goes back to the system: on Linux with glibc, which keeps it otherwise.

glibc gives each thread a pool of its own, up to eight for each core, and returns only the free end of the first of them. An engine has some
forty threads; what the largest run of a network took once would stay taken in each pool that such a run ever was in.
"""

import ctypes
import os
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # M_… of malloc.h
_LEAST_POOLS = 2
# What a pool keeps at its end between two pictures, and up to which size these come from it. With less, threads that share a pool give the
# pages of large pictures back and ask for them again: at 1280×720 up to 322 page faults each instead of 11.
_KEPT_BYTES, _LARGEST_BYTES = 64 << 20, 32 << 20


@cache
def _library() -> Any | None:
    """None where C's library is another than glibc."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no library of that name
        return None
    return library if hasattr(library, "gnu_get_libc_version") else None


def limit_pools() -> bool:
    """To one for each core: so many threads allocate at a time. Before the first thread is started, as pools that are there stay.

    Returns:
        False where there is nothing to limit.
    """
    library = _library()
    if library is None or not library.mallopt(_ARENA_MAX, max(_LEAST_POOLS, os.cpu_count() or 1)):
        return False
    return bool(library.mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES) and library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES))


def return_free_memory() -> bool:
    """Any thread; other threads run meanwhile, and wait for as long as their own pool is looked through. Some milliseconds in all.

    Returns:
        Whether something went back.
    """
    library = _library()
    return library is not None and bool(library.malloc_trim(0))
