"""At 150 % text what holds words grows with them: rows of tables, fields, bars and plots."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert
from engine.model.event import EventKind, Severity
from engine.model.incidents.atlas import AtlasHealth, AtlasState
from engine.model.time import ManualClock
from tests.widgets.values_for_widgets import NOW_NS
from widgets.alerts.alert_column import AlertColumn
from widgets.devices.calibration_plot import CalibrationPlot
from widgets.fields.change_look import change_look
from widgets.incidents.atlas_panel import AtlasPanel
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.look import Look
from widgets.marks.level_bar import LevelBar
from widgets.people.contribution_bars import ContributionBars
from widgets.theme import color, font


@pytest.fixture(autouse=True)
def large(qapp: QApplication) -> Iterator[None]:
    change_look(qapp, Look(text_percent=150))
    yield
    change_look(qapp, Look())


def shown(widget: QWidget, qtbot: QtBot, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()


@pytest.mark.parametrize("kind", [QComboBox, QLineEdit, QPushButton])
def test_no_layout_squeezes_a_line_of_words(kind: type[QWidget], qtbot: QtBot) -> None:
    made = kind()
    shown(made, qtbot, 200, 60)
    assert made.minimumHeight() >= QFontMetrics(made.font()).height() + 12, "and the padding around it"


def test_columns_are_as_wide_as_their_words_and_go_sooner(qtbot: QtBot) -> None:
    columns = (Column("Name"), Column("State", width=100), Column("Note", width=80, room=500))
    table = RowsTable(RowsModel(columns, str, lambda _: ()), "Things", QLabel("Nothing yet"))
    shown(table, qtbot, 700, 300)
    assert table.view.columnWidth(1) == 150
    assert table.view.isColumnHidden(2), "as at 467 pixels with usual text"
    table.resize(340, 300)
    qtbot.waitUntil(lambda: table.view.columnWidth(1) < 150)
    assert table.view.columnWidth(0) >= 200, "the name keeps its room"


def test_figures_of_links_are_whole(qtbot: QtBot) -> None:
    bars = ContributionBars()
    shown(bars, qtbot, 420, 300)
    assert bars.columnWidth(2) >= QFontMetrics(font("body")).horizontalAdvance("+0.581") + 24


@pytest.mark.parametrize("width", [260, 358, 600])
def test_words_of_a_bar_end_before_its_edge(width: int, qtbot: QtBot) -> None:
    bar = LevelBar("Wi-Fi")
    bar.set_level("−52 dBm, strong", 0.8, "secondary")
    shown(bar, qtbot, width, 33)
    picture, ground = bar.grab().toImage(), color("window")
    last = [picture.pixelColor(picture.width() - 1, y) for y in range(picture.height())]
    assert not any(pixel.lightness() > 2 * ground.lightness() + 40 for pixel in last)


def test_decibels_stand_whole_beside_their_plot(qtbot: QtBot) -> None:
    plot = CalibrationPlot()
    shown(plot, qtbot, 400, 300)
    assert QFontMetrics(font("secondary")).horizontalAdvance("−100 dBm") + 8 <= plot.reading_point(0.7, -100).x()


def test_figures_of_atlas_have_their_names_beside_them(qtbot: QtBot) -> None:
    panel = AtlasPanel()
    shown(panel, qtbot, 400, 700)
    panel.show_health(AtlasHealth(AtlasState.WORKING, since_ns=1, classified=0.972, mean_ms=143.0, uptime=0.9961), 2)
    names = [label for label in panel.findChildren(QLabel) if label.text() in panel.values()]
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in names))
    assert all(label.width() >= 150 for label in names)
    assert panel.minimumSizeHint().width() <= 400


def test_large_alerts_beside_the_pictures_are_fewer_so_that_events_have_room(qtbot: QtBot) -> None:
    column = AlertColumn(ManualClock(NOW_NS), NamedUser("ada"))
    qtbot.addWidget(column)
    alerts = tuple(Alert(f"al-{n}", "de", "rule", EventKind.PERSON, Severity.HIGH, NOW_NS, NOW_NS) for n in range(4))
    column.show_alerts(alerts, {}, {}, NOW_NS)
    assert column.model.rowCount() == 2
    change_look(QApplication.instance(), Look())
    column.show_alerts(alerts, {}, {}, NOW_NS)
    assert column.model.rowCount() == 3
