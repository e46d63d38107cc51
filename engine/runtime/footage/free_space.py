"""What is given up when the disk gets full, in which order. See docs/administrator/maintenance.md, which says the same in words."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.model.value_class import dataclass

GIB = 1 << 30
LAST_SHARE = 0.5  # of what is to be left free; below that, what was kept for a reason is given up too


@dataclass(frozen=True, slots=True)
class Giver:
    """Something that can be given up. `give`: at most about so many bytes; gives how many it let go of. `late`: only in need."""

    name: str
    give: Callable[[int], int]
    late: bool = False


def free_bytes(folder: Path) -> int:
    """Of the disk that holds the folder. Raises OSError."""
    return shutil.disk_usage(folder).free


class FreeSpace:
    """One thread. Args: keep_bytes: how much is to be left free now. free: how much is."""

    def __init__(self, keep_bytes: Callable[[], int], free: Callable[[], int], givers: Sequence[Giver]) -> None:
        self._keep_bytes, self._free, self._givers = keep_bytes, free, givers

    @property
    def in_need(self) -> bool:
        """So little is left that nothing may be recorded that is not kept for a reason. Raises OSError."""
        return self._free() < LAST_SHARE * self._keep_bytes()

    def make_room(self) -> list[str]:
        """Let go of as much as is missing, in the order of the givers; gives the names of those that gave. Raises OSError."""
        gave = [self._free_by(giver, self._keep_bytes()) for giver in self._givers if not giver.late]
        gave += [self._free_by(giver, round(LAST_SHARE * self._keep_bytes())) for giver in self._givers if giver.late]
        return [name for name in gave if name]

    def _free_by(self, giver: Giver, keep_bytes: int) -> str:
        missing = keep_bytes - self._free()
        return giver.name if missing > 0 and giver.give(missing) > 0 else ""
