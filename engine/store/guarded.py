"""What tables of one room have in common: one connection to write, any to read, and faults of the database with their names."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine


class GuardedTables:
    """Any thread. Faults of the database are EnvironmentFault."""

    def __init__(self, reading: Engine, writing: Engine, faults: Callable[[], AbstractContextManager[None]]) -> None:
        self._reading = reading
        self._writing = writing
        self._faults = faults

    @contextmanager
    def _read(self) -> Generator[Connection]:
        with self._faults(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Generator[Connection]:
        """All of it or nothing; durable at the end."""
        with self._faults(), self._writing.begin() as connection:
            yield connection
