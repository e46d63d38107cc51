"""Pictures of what was found: in the order of the rows, and again where they were not made yet."""

from dataclasses import replace

from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.searching.hit_pictures import HitPictures
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine


class Shown:
    def __init__(self) -> None:
        self.pictures: dict[str, QPixmap] = {}

    def devicePixelRatioF(self) -> float:
        return 1.0

    def show_picture(self, picture_id: str, picture: QPixmap) -> None:
        self.pictures[picture_id] = picture


def test_pictures_come_in_the_order_of_the_rows_and_again_where_there_was_none(
    engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot
) -> None:
    older, newer = engine.add_event("yard", age_s=90), engine.add_event("yard", age_s=20)
    late = engine.thumbnails.pop(newer.id)
    shown = Shown()
    pictures = HitPictures(bridge, shown)
    hits = [SearchHit(HitKind.EVENT, each.id, each.started_ns, "", event_id=each.id) for each in (newer, older)]
    pictures.fetch(hits)
    assert list(pictures._asked) == [newer.id, older.id]
    qtbot.waitUntil(lambda: list(shown.pictures) == [older.id] and bool(pictures._missing))
    engine.thumbnails[newer.id] = late
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    assert bridge.snapshot is not None
    pictures.watch(replace(bridge.snapshot, at_ns=bridge.snapshot.at_ns + SECOND))
    qtbot.waitUntil(lambda: set(shown.pictures) == {older.id, newer.id})
    assert pictures._missing == set()
