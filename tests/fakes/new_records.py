"""New records are copies of one that the migrations made: all of them, one after another, take longer than most tests of a record."""

import shutil
from contextlib import suppress
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from engine.store import schema
from engine.store.database.connection import reading_engine, writing_engine


class MadeOnce:
    """In place of `engine.store.schema.migrate`, with the same outcome. `folder`: for what is copied, made when it is needed first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = Lock()

    def __call__(self, reading: Engine, writing: Engine, path: Path) -> None:
        with self._one_at_a_time, suppress(OSError):  # where nothing can be written, or there is no room, the migrations are to say so
            if path.stat().st_size == 0 and not path.with_name(f"{path.name}-wal").exists():
                _put(self._made(), path)
        schema.migrate(reading, writing, path)

    def _made(self) -> Path:
        """Of the newest schema as the code knows it now: tests change which that is."""
        made = self._folder / f"{schema.NEWEST}.db"
        if not made.exists():
            making = made.with_suffix(".making")
            making.touch(0o600)
            reading, writing = reading_engine(making), writing_engine(making)
            schema.migrate(reading, writing, making)
            reading.dispose()
            writing.dispose()
            making.replace(made)
        return made


def _put(made: Path, path: Path) -> None:
    """All at once: nobody ever sees half of it."""
    copy = path.with_name(f"{path.name}.copy")
    try:
        shutil.copyfile(made, copy)
        copy.chmod(0o600)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
