"""The most memory this process held since a moment: of a test alone, whatever ran before it."""

from pathlib import Path

PROCESS = Path("/proc/self")


def forget_peak() -> None:
    """From here on `peak_mib` speaks of what comes. See proc(5), clear_refs."""
    (PROCESS / "clear_refs").write_text("5")


def peak_mib() -> int:
    return _said("VmHWM")


def resident_mib() -> int:
    return _said("VmRSS")


def _said(name: str) -> int:
    line = next(line for line in (PROCESS / "status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) >> 10
