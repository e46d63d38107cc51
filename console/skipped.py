"""What a command left out of its files: counted, and named by file, line and reason."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import field
from pathlib import Path
from typing import Any, TextIO, TypeVar

from engine.model.errors import InputError
from engine.model.plain_text import escaped
from engine.model.value_class import dataclass

T = TypeVar("T")
TOLD, LISTED = 10, 100  # named one by one on stderr, and in JSON


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`line`: from 1; 0 where it is the whole file."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}" if self.line else f"{self.file}: {self.why}"


@dataclass(slots=True)
class Skipped:
    """Of one run of a command. `first`: at most `LISTED` of `count`."""

    count: int = 0
    first: list[LeftOut] = field(default_factory=list[LeftOut])

    def add(self, file: Path | str, line: int, why: str) -> None:
        self.count += 1
        if len(self.first) < LISTED:
            self.first.append(LeftOut(Path(file).name, line, why))

    def read_or_skip(self, file: Path | str, line: int, read: Callable[[], T]) -> T | None:
        """What `read` gives; None, and counted, where it refuses with InputError."""
        try:
            return read()
        except InputError as error:
            self.add(file, line, error.message)
            return None

    def plain(self) -> dict[str, Any]:
        """For a JSON document."""
        return {"count": self.count, "first": [{"file": one.file, "line": one.line or None, "why": one.why} for one in self.first]}

    def tell(self, stream: TextIO | None = None) -> None:
        """Name what was left out on `stream` (stderr); nothing where it is nothing."""
        for line in self.sentences():
            print(f"watchroom: {line}", file=stream or sys.stderr)

    def sentences(self) -> Iterable[str]:
        yield from (f"left out: {escaped(str(one))}" for one in self.first[:TOLD])
        if self.count > TOLD:
            yield f"left out: {self.count - TOLD} more"

    def nothing_usable(self, option: str, file: Path | str, needed: str) -> InputError:
        """Nothing usable is left: why, with the first reason. `needed`: "no reading"."""
        why = f" ({self.first[0]}; {self.count} left out)" if self.first else ""
        return InputError(option, f"{file} has {needed} that can be used{why}")
