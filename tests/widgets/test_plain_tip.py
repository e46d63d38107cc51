"""Texts of the world are shown as they are, not as HTML."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Text
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.model.radio.radio import BleDeviceView, NodeState, NodeView
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
from widgets.layout.rows_table import RowsTable
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip, tip_words

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


@pytest.mark.usefixtures("qapp")
def test_a_tip_shown_elsewhere_is_made_plain_once() -> None:
    assert [tip_words(plain_tip(text)) for text in (EVIL, "a < b & c", "")] == [EVIL, "a < b & c", ""]


ROOT = Path(__file__).parents[2]
OURS = {"tr", "_tr", "translate", "denied_text", "plain_tip"}
TIPS = {"setToolTip", "setWhatsThis", "setStatusTip"}
SHOWING = ("ToolTip", "toolTip", "WhatsThis", "whatsThis", "StatusTip", "statusTip", "QLabel", "Html")
TIP_WORDS = {"toolTip", "whatsThis", "statusTip"}


def is_ours(text: ast.expr | None) -> bool:
    """A text of the program itself, or made plain: nothing in it comes from people or devices."""
    match text:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in OURS
        case ast.IfExp():
            return is_ours(text.body) and is_ours(text.orelse)
        case _:
            return False


def faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Lines in which something may be shown as HTML that was given by people or devices."""
    written = {
        ast.unparse(call.func.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "setText" and not is_ours(call.args[0])
    }
    kept = {id(each.value): ast.unparse(each.targets[0]) for each in ast.walk(tree) if isinstance(each, ast.Assign)}
    for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
        named = {each.arg: each.value for each in call.keywords}
        if isinstance(call.func, ast.Attribute) and call.func.attr in TIPS and not is_ours(call.args[0]):
            yield call.lineno, f"{ast.unparse(call)}: give it plain_tip(…)"
        for word in TIP_WORDS & named.keys():
            if not is_ours(named[word]):
                yield call.lineno, f"{word}={ast.unparse(named[word])}: give it plain_tip(…)"
        if isinstance(call.func, ast.Name) and call.func.id == "QLabel" and "textFormat" not in named:
            text = named.get("text", call.args[0] if call.args else None)
            if text is None or not is_ours(text) or kept.get(id(call)) in written:
                yield call.lineno, f"{ast.unparse(call)}: give it textFormat=Qt.TextFormat.PlainText"
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("setHtml", "insertHtml", "appendHtml"):
            yield call.lineno, f"{ast.unparse(call)}: nothing is shown as HTML"


def test_what_is_given_is_shown_as_plain_text() -> None:
    """A rule of the house. Qt guesses whether a text is HTML; names and reasons may look like it, and their pictures are then loaded."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {why}"
        for folder in ("widgets", "console")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if any(word in (text := path.read_text(encoding="utf-8")) for word in SHOWING)
        for line, why in faults(ast.parse(text))
    ]
    assert not found, "names and reasons may look like HTML, which Qt would show and load pictures of:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "label = QLabel(name)",
        "label = QLabel()",
        "label = QLabel(tr('{0} is here').format(name))",
        "label = QLabel(tr('Nobody'))\nlabel.setText(name)",
        "button.setToolTip(name)",
        "button.setToolTip(tr('of {0}').format(name))",
        "button.setToolTip(name if name else tr('Nobody'))",
        "QPushButton(toolTip=name)",
        "text.setHtml('<b>ours</b>')",
    ],
)
def test_the_rule_finds(line: str) -> None:
    assert list(faults(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "label = QLabel(name, textFormat=Qt.TextFormat.PlainText)",
        "label = QLabel(self.tr('Nobody'))",
        "button.setToolTip(plain_tip(name))",
        "button.setToolTip(tr('Play') if playing else '')",
    ],
)
def test_the_rule_lets_pass(line: str) -> None:
    assert not list(faults(ast.parse(line)))
