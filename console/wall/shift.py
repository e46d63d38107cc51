"""Which named wall belongs to the shift that runs now. Pure."""

from collections.abc import Iterable
from typing import cast

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from widgets.time_text import minute_of_day_text

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """From one minute of the day to another, by the clock on the wall; over midnight where it ends before it begins."""

    begins: int
    ends: int

    def __post_init__(self) -> None:
        if not (0 <= self.begins < DAY_MIN and 0 <= self.ends < DAY_MIN):
            raise InputError("shift", "a shift is not within a day")
        if self.begins == self.ends:
            raise InputError("shift", "a shift that ends when it begins would never run")

    def minutes_in(self, minute: int) -> int | None:
        """How long it has run at that minute of the day; None while it does not."""
        since = (minute - self.begins) % DAY_MIN
        return since if since < (self.ends - self.begins) % DAY_MIN else None

    @property
    def text(self) -> str:
        """`22:00–06:00`."""
        return f"{minute_of_day_text(self.begins)}–{minute_of_day_text(self.ends)}"


def wall_now(shifts: Iterable[tuple[str, Shift | None]], minute: int) -> str:
    """The name whose shift began last of those that run; empty: none runs."""
    running = [(since, name) for name, shift in shifts if shift is not None and (since := shift.minutes_in(minute)) is not None]
    return min(running)[1] if running else ""


def shift_of(value: object) -> Shift:
    """Raises InputError (`shift`)."""
    pair = cast("list[object]", value) if isinstance(value, list) else []
    numbers = [each for each in pair if isinstance(each, int) and not isinstance(each, bool)]
    if len(pair) != 2 or len(numbers) != 2:
        raise InputError("shift", "is not kept as two minutes of the day")
    return Shift(numbers[0], numbers[1])
