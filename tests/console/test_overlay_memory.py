"""What is marked over recorded pictures is kept per user."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.playback.overlay_memory import OverlayMemory
from console.session.remembered import Remembered
from widgets.playback.clip_overlay import OVERLAY, OverlayParts


@pytest.fixture(autouse=True)
def all_shown() -> Iterator[None]:
    yield
    OVERLAY.use(True, OverlayParts())


def test_each_user_finds_the_overlay_as_they_left_it(tmp_path: Path, qtbot) -> None:
    ada = OverlayMemory(Remembered.in_folder(tmp_path), "ada")
    OVERLAY.choose(OverlayParts(trails=False))
    OVERLAY.show(False)
    OVERLAY.changed.disconnect(ada._keep)
    gil = OverlayMemory(Remembered.in_folder(tmp_path), "gil")
    assert OVERLAY.shown and OVERLAY.parts == OverlayParts(), "another user's first time"
    OVERLAY.changed.disconnect(gil._keep)
    again = OverlayMemory(Remembered.in_folder(tmp_path), "ada")
    assert not OVERLAY.shown and OVERLAY.parts == OverlayParts(trails=False)
    OVERLAY.changed.disconnect(again._keep)
