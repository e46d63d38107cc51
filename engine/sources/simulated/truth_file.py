"""Where everybody really was, as a file: the columns of the public node simulator's, and whether somebody lies."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from engine.model.errors import EnvironmentFault
from engine.sources.simulated.waves.room import Truth

COLUMNS = "timestamp_ms,walker_id,x,y,z,vx,vy,vz,fallen"


class TruthFile:
    """Rows of CSV; times in milliseconds since the world's start, metres, m/s. With no path nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Raises EnvironmentFault (`truth`)."""
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="utf-8")
            except OSError as error:
                raise self._trouble(error) from None
            self._write_row(COLUMNS)
        return self

    def add(self, t_s: float, people: Iterable[Truth]) -> None:
        """Raises EnvironmentFault (`truth`)."""
        if self._file is not None:
            for person in people:
                values = ",".join(f"{value:.3f}" for value in (*person.position, *person.velocity))
                self._write_row(f"{round(1000 * t_s)},{person.walker},{values},{int(person.fallen)}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as trouble:
                if kind is None:
                    raise self._trouble(trouble) from None

    def _write_row(self, row: str) -> None:
        try:
            print(row, file=self._file)
        except OSError as error:
            raise self._trouble(error) from None

    def _trouble(self, error: OSError) -> EnvironmentFault:
        return EnvironmentFault("truth", f"The truth cannot be written to {self._path} ({error.strerror}). Choose another place.")
