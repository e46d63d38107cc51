"""A number as it is typed, digit by digit: what it may still become. No Qt, no clock."""

from collections.abc import Collection
from dataclasses import replace

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """`digits`: so far. `of_cameras`: numbers of cameras are meant, otherwise cells."""

    digits: str = ""
    of_cameras: bool = False

    @property
    def value(self) -> int:
        """0 while nothing is typed."""
        return int(self.digits or "0")

    def with_digit(self, digit: int) -> "TypedNumber":
        """Zeros in front mean nothing."""
        return replace(self, digits=f"{self.digits}{digit}".lstrip("0"))

    def shorter(self) -> "TypedNumber":
        return replace(self, digits=self.digits[:-1])

    def settled(self, numbers: Collection[int]) -> bool:
        """One of these is meant and no longer one can be."""
        return self._candidates(numbers) == {self.value}

    def matches_none(self, numbers: Collection[int]) -> bool:
        """None of these is meant, and none can be any more."""
        return not self._candidates(numbers)

    def _candidates(self, numbers: Collection[int]) -> set[int]:
        return {each for each in numbers if str(each).startswith(self.digits)}
