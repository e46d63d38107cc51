"""Texts of the world are shown as they are, not as HTML."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Text
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.model.radio import BleDeviceView, NodeState, NodeView
from engine.model.settings import Settings
from engine.model.snapshot import RadioView
from engine.model.time import ManualClock
from tests.widgets.values_for_widgets import NOW_NS
from widgets.devices.ble_card import BleCard
from widgets.devices.ble_table import BleTable
from widgets.devices.ble_words import ble_rows
from widgets.devices.node_card import NodeCard
from widgets.devices.node_table import NodeTable
from widgets.devices.node_words import NodeRow
from widgets.elided_label import ElidedLabel
from widgets.plain_tip import plain_tip
from widgets.rows_table import RowsTable

EVIL = "<img src=//192.0.2.1/a><b>x</b>"  # 31 characters, as many as a device's name may have
MAC = "AA:BB:CC:00:00:01"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)


def as_shown(tip: str) -> str:
    document = QTextDocument()
    document.setHtml(tip) if Text.mightBeRichText(tip) else document.setPlainText(tip)
    return document.toPlainText()


def assert_plain(widget: QWidget) -> None:
    """Nothing of it would be taken for HTML."""
    for label in (child for child in (widget, *widget.findChildren(QLabel)) if isinstance(child, QLabel)):
        assert label.textFormat() is Qt.TextFormat.PlainText or not Text.mightBeRichText(label.text()), label.text()
    for child in (widget, *widget.findChildren(QWidget)):
        assert EVIL not in child.toolTip() or "&lt;img" in child.toolTip(), child


@pytest.mark.parametrize("text", [EVIL, "<b>bold</b>\nsecond line", "a < b", "Ada's phone", ""])
def test_a_tip_shows_what_it_was_given(text: str) -> None:
    assert as_shown(plain_tip(text)).replace("\u2028", "\n") == text


def test_an_elided_names_tip_is_no_html(qtbot: QtBot) -> None:
    label = ElidedLabel(EVIL)
    qtbot.addWidget(label)
    label.show()
    label.resize(40, 20)
    label.grab()
    assert as_shown(label.toolTip()) == EVIL


def tips(table: RowsTable) -> list[str]:
    model = table.model
    found = [model.data(model.index(0, column), Qt.ItemDataRole.ToolTipRole) for column in range(model.columnCount())]
    return [tip for tip in found if tip]


def test_a_bluetooth_name_that_looks_like_html(qtbot: QtBot, clock: ManualClock) -> None:
    view = BleDeviceView("anon-1", "5A:00:00:00:00:01", name=EVIL, rssi_dbm=-50, last_seen_ns=NOW_NS, heard=(("local", -50),))
    rows = ble_rows((view,), Settings(), (), str)
    card, table = BleCard(clock, lambda scanner: scanner), BleTable(clock)
    for widget in (card, table):
        qtbot.addWidget(widget)
        widget.show()
    card.show_device(rows[0])
    table.set_devices(rows)
    card.name.resize(30, 20)
    card.name.grab()
    assert_plain(card)
    assert EVIL in [as_shown(tip) for tip in tips(table)] and not any(Text.mightBeRichText(t) and "<img" in t for t in tips(table))


def test_a_node_that_says_html_of_itself(qtbot: QtBot, clock: ManualClock) -> None:
    view = NodeView(
        MAC, name=EVIL, state=NodeState.OFFLINE, reason=EVIL, firmware=EVIL, chip=EVIL, capabilities=(EVIL,), update_message=EVIL
    )
    card, table = NodeCard(clock), NodeTable(clock)
    for widget in (card, table):
        qtbot.addWidget(widget)
        widget.show()
    card.show_node(NodeRow(view), False)
    table.set_nodes(RadioView(nodes=(view,)), ())
    assert_plain(card)
    assert not any(Text.mightBeRichText(tip) and "<img" in tip for tip in tips(table))


def test_tips_of_variables_go_through_plain_tip() -> None:
    """A house rule: a tooltip made of something that is not a text of ours has to be made by `plain_tip`."""
    root = Path(__file__).parents[2]
    given = re.compile(r"setToolTip\((?!self\.tr\(|plain_tip\(|\"\"|_?tr\(|tip\b|tooltip if allowed|column\.tip|denied_text)([^)]*)")
    found = [
        f"{path.relative_to(root)}: setToolTip({match[1]})"
        for folder in ("widgets", "console")
        for path in (root / folder).rglob("*.py")
        for match in given.finditer(path.read_text(encoding="utf-8"))
        if "plain_tip(" not in match[0]
    ]
    assert not found, f"use widgets.plain_tip, because names and reasons may look like HTML: {found}"
