"""A record in a fresh folder, closed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.time import ManualClock
from engine.store import Store, open_store

NOW_NS = 1_790_000_000_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watchroom.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path, ManualClock(NOW_NS), rejected_per_day=5)
    yield opened
    opened.close()
