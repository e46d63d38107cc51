"""The most memory this process held since a moment: of a test alone, whatever ran before it."""

from contextlib import suppress
from pathlib import Path

_PROCESS = Path("/proc/self")


def forget_peak() -> int:
    """What it holds now, in MiB; from here on `peak_mib` speaks of what comes. See proc(5), clear_refs. Where the kernel forgets no peak
    it is the most it held ever, which what comes is then held against."""
    with suppress(OSError):
        (_PROCESS / "clear_refs").write_text("5")
    return peak_mib()


def peak_mib() -> int:
    line = next(line for line in (_PROCESS / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10
