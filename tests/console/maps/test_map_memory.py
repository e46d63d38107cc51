"""Maps of different pages look at the same place, each with its own layers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from console.maps.map_memory import MapMemory
from console.session.remembered import Remembered
from widgets.maps.site_map import Layer, SiteMap


@pytest.fixture
def remembered(tmp_path: Path) -> Remembered:
    return Remembered(QSettings(str(tmp_path / "console.ini"), QSettings.Format.IniFormat))


def shown_map(qtbot: QtBot) -> SiteMap:
    made = SiteMap()
    qtbot.addWidget(made)
    made.resize(500, 300)
    return made


def test_a_map_looks_where_the_one_before_it_looked(remembered: Remembered, qtbot: QtBot) -> None:
    incidents, risk = shown_map(qtbot), shown_map(qtbot)
    MapMemory(incidents, remembered, "incidents")
    MapMemory(risk, remembered, "risk")
    risk.set_middle(18.0)  # another turn of the plane shows the same place
    incidents.show()
    incidents.look_at(59.33, 18.07, 25.0)
    incidents.hide()
    risk.show()
    latitude, longitude = risk.plane().to_earth(risk.view.x, risk.view.y)
    assert (latitude, longitude, risk.view.scale) == pytest.approx((59.33, 18.07, 25.0), abs=1e-5)
    risk.fit()
    risk.hide()
    assert remembered.text("map/view") == "", "who shows everything by itself leaves nothing behind"


def test_layers_are_named_and_kept_for_each_page(remembered: Remembered, qtbot: QtBot) -> None:
    first = MapMemory(shown_map(qtbot), remembered, "incidents", hidden={Layer.RISK})
    names = [action.text() for action in first.button.menu().actions()]
    assert names[:3] == ["Base map", "Risk forecast", "Incidents"] and not first.has(Layer.RISK)
    first.actions[Layer.RISK].trigger()
    again = MapMemory(shown_map(qtbot), remembered, "incidents", hidden={Layer.RISK})
    other = MapMemory(shown_map(qtbot), remembered, "risk", hidden={Layer.RISK})
    assert again.has(Layer.RISK) and not other.has(Layer.RISK)


def test_a_damaged_memory_costs_nothing(remembered: Remembered, qtbot: QtBot) -> None:
    remembered.put("map/view", "95 nan x")
    made = shown_map(qtbot)
    MapMemory(made, remembered, "risk")
    made.show()
    assert not made.is_moved()
