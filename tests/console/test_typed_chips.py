"""Filters typed above the lists of Alerts and Live become chips that limit the rows."""

from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.searching.typed_chips import OF_ALERTS, OF_EVENTS, TypedChips
from engine.model.event import EventKind
from engine.model.history.timeline import SearchFilter
from tests.fakes.engine import FakeEngine
from widgets.alerts.alert_filter_bar import AlertFilterBar
from widgets.events.event_filter_bar import EventFilterBar

Bar = AlertFilterBar | EventFilterBar


@pytest.fixture
def bridge() -> EngineBridge:
    engine = FakeEngine()
    engine.add_camera("yard", "Yard")
    engine.add_camera("hall", "Entrance hall")
    return cast(EngineBridge, SimpleNamespace(snapshot=engine.port("ada").snapshot()))


@pytest.fixture(params=[AlertFilterBar, EventFilterBar])
def bar(request: pytest.FixtureRequest, qtbot: QtBot) -> Bar:
    made = request.param()
    qtbot.addWidget(made)
    return made


def made_for(bar: Bar, bridge: EngineBridge) -> TypedChips:
    return TypedChips(bar, bridge, OF_ALERTS if isinstance(bar, AlertFilterBar) else OF_EVENTS, bar)


def words(chips: TypedChips) -> list[str]:
    return [each.text() for each in chips.row.chips]


def test_a_typed_filter_becomes_a_chip_behind_its_whole_name_and_words_stay(bar: Bar, bridge: EngineBridge, qtbot: QtBot) -> None:
    chips = made_for(bar, bridge)
    qtbot.keyClicks(bar.text, "ladder camera:entrance ")
    assert words(chips) == [], "the name goes on"
    qtbot.keyClicks(bar.text, "hall ")
    assert words(chips) == ["Camera: Entrance hall"] and bar.text.text() == "ladder "
    qtbot.keyClicks(bar.text, "kind:motion")
    qtbot.keyClick(bar.text, Qt.Key.Key_Return)
    chosen = bar.current_filter()
    assert chosen.limits == SearchFilter(camera_ids=("hall",), event_kinds=(EventKind.MOTION.value,)) and chosen.text == "ladder "
    chips.row.chips[0].click()
    assert len(words(chips)) == 1 and bar.limits().camera_ids == ()
    bar.clear()
    assert words(chips) == [] and bar.current_filter().is_open()


def test_an_offer_is_taken_and_what_rows_do_not_have_stays_words(bar: Bar, bridge: EngineBridge, qtbot: QtBot) -> None:
    chips = made_for(bar, bridge)
    qtbot.keyClicks(bar.text, "yar")
    assert [each.text() for each in chips.row.offers] == ["Camera: Yard"]
    chips.row.offers[0].click()
    assert words(chips) == ["Camera: Yard"] and bar.text.text() == ""
    qtbot.keyClicks(bar.text, "state:new ")
    assert ("State: New" in words(chips)) == isinstance(bar, AlertFilterBar)
