"""Land and borders under a map are the same for every page that a test opens at the same place: their picture is painted once. How it is
painted, and when anew, is tested where the base map is."""

from collections.abc import Iterator
from functools import lru_cache

import pytest
from PySide6.QtGui import QImage

from widgets.look import look_number
from widgets.maps.base import world_drawing
from widgets.maps.map_view import MapView

_painted = world_drawing._picture


@lru_cache(maxsize=24)
def _known(view: MapView, ratio: float, look: int) -> QImage:
    return _painted(view, ratio)


@pytest.fixture(scope="session", autouse=True)
def world_is_drawn_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world_drawing, "_picture", lambda view, ratio: _known(view, ratio, look_number()))
        yield
    _known.cache_clear()
