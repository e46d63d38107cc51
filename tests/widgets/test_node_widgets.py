"""Nodes in words, in the table and on the card; pairing; links; firmware."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.model.radio.radio import Firmware, LinkState, NodeState, NodeView, Pairing, PathLossView, UpdateState, link_id
from engine.model.site import NodeSettings
from engine.model.snapshot import RadioView
from engine.model.time import SECOND, ManualClock
from tests.widgets.values_for_widgets import NOW_NS
from widgets.devices.firmware_table import FirmwareTable, UpdateTable, firmware_rows
from widgets.devices.link_table import LinkTable, link_rows
from widgets.devices.node_card import NodeCard
from widgets.devices.node_table import NodeTable
from widgets.devices.node_words import NodeRow, node_name, node_notes, node_rows, node_state, role_word, silent_trouble
from widgets.devices.pairing_banner import PairingBanner
from widgets.devices.signal_words import dbm_text, health_word, path_loss_text, position_text, rate_text, signal_share, signal_word
from widgets.facts import Facts
from widgets.layout.cells import BarCell, StatusCell
from widgets.marks.level_bar import LevelBar
from widgets.marks.notice import Notice, Notices
from widgets.marks.step_list import StepList
from widgets.space.plan.position_fields import PositionFields

MAC, OTHER = "AA:BB:CC:00:00:01", "AA:BB:CC:00:00:02"


def node(mac: str = MAC, **facts: Any) -> NodeView:
    view = NodeView(
        mac,
        "Hall",
        NodeState.ONLINE,
        since_ns=NOW_NS - 100 * SECOND,
        last_seen_ns=NOW_NS,
        firmware="0.2.72",
        role="tx_rx",
        position=(1.0, 2.0, 2.2),
        position_source="plan",
        rate_hz=19.8,
        configured_hz=20,
        rssi_dbm=-58,
        temperature_c=44.0,
        health=0.9,
    )
    return replace(view, **facts)


@pytest.mark.parametrize(
    ("facts", "text", "level"),
    [
        ({}, "Online", "good"),
        ({"rate_hz": 0.0}, "No CSI", "moderate"),
        ({"rate_hz": 0.0, "role": "tx"}, "Online", "good"),
        ({"rate_hz": 0.0, "since_ns": NOW_NS - 5 * SECOND}, "Online", "good"),
        ({"state": NodeState.OFFLINE}, "Offline 1 min", "high"),
        ({"state": NodeState.OFFLINE, "since_ns": NOW_NS - 7300 * SECOND}, "Offline 2 h", "high"),
        ({"state": NodeState.OFFLINE, "since_ns": 0}, "Offline", "high"),
        ({"state": NodeState.UNPAIRED}, "Unpaired", "moderate"),
        ({"update": UpdateState.DOWNLOADING, "update_percent": 43}, "Updating 43 %", "low"),
        ({"update": UpdateState.REBOOTING, "state": NodeState.OFFLINE}, "Updating", "low"),
    ],
)
def test_the_state_in_words(facts: dict[str, Any], text: str, level: str) -> None:
    assert node_state(NodeRow(node(**facts)), NOW_NS) == (text, level)


def test_a_node_that_is_switched_off_is_neither_lost_nor_online() -> None:
    row = NodeRow(node(state=NodeState.OFFLINE), NodeSettings(MAC, enabled=False))
    assert node_state(row, NOW_NS) == ("Switched off", "neutral")
    assert node_notes(row, NOW_NS)[0].text.startswith("Switched off")


def test_why_no_csi_arrives() -> None:
    assert "no other node is in range" in silent_trouble(node(rate_hz=0.0, reported_hz=0.0), NOW_NS)
    assert "captures 20 frames/s" in silent_trouble(node(rate_hz=0.0, reported_hz=20.0), NOW_NS)
    assert silent_trouble(node(rate_hz=2.0), NOW_NS) == ""


def notes(**facts: Any) -> str:
    return " ".join(note.text for note in node_notes(NodeRow(node(**facts)), NOW_NS))


def test_notes_say_what_it_means_and_what_to_do() -> None:
    assert notes() == ""
    assert "needs a position to be used for locating" in notes(position=None, position_source="")
    assert "Provision it to keep it connected." in notes(state=NodeState.UNPAIRED)
    assert "reverted to 0.2.72" in notes(update=UpdateState.ROLLBACK, update_message="It was silent.")
    assert "It was silent." in notes(update=UpdateState.ROLLBACK, update_message="It was silent.")
    assert "update failed" in notes(update=UpdateState.FAILED)
    assert "1,240 frames were refused" in notes(malformed=1240)
    assert "No connection" in notes(state=NodeState.OFFLINE) and "60 s" in notes(state=NodeState.OFFLINE, reason="Silent for 60 s.")


def test_nodes_that_were_never_seen_are_listed_too() -> None:
    rows = node_rows((node(name=""),), (NodeSettings(OTHER, "Attic", (1, 2, 3)), NodeSettings(MAC, "Hall")))
    assert [node_name(row) for row in rows] == ["Hall", "Attic"]
    assert rows[1].view.state is NodeState.OFFLINE and "has not connected" in node_notes(rows[1], NOW_NS)[0].text
    assert node_name(NodeRow(node(name=""))) == "Node 00:01"


@pytest.fixture
def table(qtbot: QtBot, clock: ManualClock) -> NodeTable:
    made = NodeTable(clock, "Provision a node…")
    qtbot.addWidget(made)
    made.resize(1400, 400)
    made.show()
    return made


def column(table: NodeTable, mac: str, title: str) -> Any:
    titles = [one.title for one in table.model.columns]
    return table.model.cell(mac, titles.index(title))


def test_the_table_shows_measured_and_told_rates_health_and_place(table: NodeTable) -> None:
    table.set_nodes(RadioView(nodes=(node(), node(OTHER, state=NodeState.OFFLINE, position=None, position_source=""))), ())
    assert column(table, MAC, "Frames/s").text == "20"
    assert column(table, MAC, "Links") == BarCell("good", 0.9, "secondary", order=0.9)
    assert column(table, MAC, "Wi-Fi").text == "−58 dBm" and column(table, MAC, "Temperature").text == "44 °C"
    assert column(table, MAC, "Position").text == "1.00, 2.00, 2.20 m"
    assert column(table, OTHER, "Frames/s").text == column(table, OTHER, "Wi-Fi").text == "–"
    assert isinstance(column(table, OTHER, "Position"), StatusCell) and column(table, OTHER, "Position").text == "None yet"


def test_frames_are_measured_against_what_the_others_were_told(table: NodeTable) -> None:
    third = node("AA:BB:CC:00:00:03", rate_hz=2.4, role="rx", configured_hz=2)
    table.set_nodes(RadioView(nodes=(node(rate_hz=19.8), node(OTHER, rate_hz=39.4), third)), ())
    assert [column(table, mac, "Frames/s").text for mac in (MAC, OTHER, third.mac)] == ["20 / 20", "39 / 20", "2.4 / 40"]


def test_where_an_announced_place_comes_from_is_said(table: NodeTable) -> None:
    table.set_nodes(RadioView(nodes=(node(position_source="announced"),)), ())
    assert column(table, MAC, "Position").below == "announced"


def test_what_needs_a_look_can_be_sorted_to_the_top(table: NodeTable) -> None:
    views = (node(), node(OTHER, state=NodeState.OFFLINE), node("AA:BB:CC:00:00:03", state=NodeState.UNPAIRED))
    table.set_nodes(RadioView(nodes=views), ())
    table.sort_by(1)
    assert table.shown_keys() == (OTHER, "AA:BB:CC:00:00:03", MAC)


def test_an_update_shows_beside_the_firmware(table: NodeTable) -> None:
    table.set_nodes(RadioView(nodes=(node(update=UpdateState.PENDING),)), ())
    assert column(table, MAC, "Firmware").text == "0.2.72 · waiting"


def test_the_card_has_everything(qtbot: QtBot, clock: ManualClock) -> None:
    card = NodeCard(clock)
    qtbot.addWidget(card)
    foot = QWidget()
    card.add_below(foot)
    card.show()
    facts: dict[str, Any] = {
        "chip": "ESP32-S3",
        "capabilities": ("csi", "ble"),
        "channel": 6,
        "frames": 12_345,
        "uptime_ms": 7_400_000,
        "free_heap_bytes": 150_000,
        "reported_hz": 20.0,
        "address": "10.0.0.4",
        "last_health_ns": NOW_NS,
        "simulated": True,
    }
    card.show_node(NodeRow(node(**facts)), False)
    assert card.facts.fact_text("CSI arriving") == "20 frames/s" and card.facts.fact_text("Rate") == "set 20 Hz, measured 20.0 Hz"
    assert card.facts.fact_text("Role") == "sends and receives · channel 6" and card.facts.fact_text("Running for") == "2 h 03 min"
    assert card.facts.fact_text("Position").endswith("from the plan") and card.health.text() == "good"
    assert card.signal.text() == "−58 dBm, strong" and card.notices.texts() == () and "simulated" in card.address.text()
    card.show_node(NodeRow(node(state=NodeState.OFFLINE, health=0.9)), False)
    assert card.health.text() == "–" and card.facts.fact_text("CSI arriving") == "–" and card.notices.isVisible()


def test_pairing_is_calm_while_closed_and_plain_while_open(qtbot: QtBot, clock: ManualClock) -> None:
    banner = PairingBanner(clock)
    qtbot.addWidget(banner)
    banner.show()
    assert banner.title.text() == "Pairing is closed" and banner.open_button.isVisible() and not banner.close_button.isVisible()
    banner.set_pairing(Pairing(True, NOW_NS + 252 * SECOND), 2)
    assert "4:12 left" in banner.title.text() and banner.close_button.isVisible()
    assert banner.text.text() == "While pairing is open, any node on this network can join. 2 joined without a token."
    clock.advance_to(NOW_NS + 250 * SECOND)
    banner.set_pairing(Pairing(True, NOW_NS + 252 * SECOND), 0)
    assert "0:02 left" in banner.title.text()
    banner.set_pairing(Pairing(True), 0)
    assert "open while the engine runs" in banner.title.text()
    with qtbot.waitSignal(banner.close_requested):
        banner.close_button.click()


def test_links_by_the_names_of_their_ends(qtbot: QtBot, clock: ManualClock) -> None:
    table = LinkTable(clock)
    qtbot.addWidget(table)
    state = LinkState(link_id(MAC, OTHER), 7.44, 0.31, True, 0.4, 39.2, 0.8, 0.25)
    table.set_links(link_rows((state,), {MAC: "Hall", OTHER: "Window"}.__getitem__))
    texts = [table.model.cell(state.link, number).text for number in range(8)]
    assert texts == ["Hall – Window", "Motion", "7.4 σ", "31 %", "25 %", "poor", "39.2 Hz", "× 0.80"]
    table.set_links(link_rows((replace(state, motion=False, activity=0.2),), {MAC: "Hall", OTHER: "Window"}.__getitem__))
    assert table.model.cell(state.link, 1).text == "Quiet"


def test_firmware_and_who_runs_it(qtbot: QtBot, clock: ManualClock) -> None:
    rows = node_rows((node(), node(OTHER, firmware="0.2.70")), ())
    table = FirmwareTable(clock)
    qtbot.addWidget(table)
    table.set_firmware(firmware_rows((Firmware("0.2.72", "a.bin", "ab" * 32, 1_200_000, NOW_NS),), rows))
    assert table.model.cell("0.2.72", 1).text == "1 of 2 nodes" and table.model.cell("0.2.72", 2).text == "1.1 MiB"


def test_updates_node_by_node(qtbot: QtBot, clock: ManualClock) -> None:
    table = UpdateTable(clock)
    qtbot.addWidget(table)
    third = "AA:BB:CC:00:00:03"
    views = (
        node(update=UpdateState.DOWNLOADING, update_percent=40),
        node(OTHER, update=UpdateState.ROLLBACK, update_message="It went back."),
        node(third),
    )
    table.set_nodes(node_rows(views, ()))
    assert table.shown_keys() == (OTHER, MAC)
    assert table.model.cell(MAC, 2) == BarCell("40 %", 0.4, order=0.4)
    assert table.model.cell(OTHER, 1).text == "Rolled back" and table.model.cell(OTHER, 0).below == "It went back."


def test_words_of_signals() -> None:
    assert dbm_text(-58) == "−58 dBm" and dbm_text(None) == dbm_text(0) == "–"
    assert [signal_word(dbm) for dbm in (-50, -65, -80, -95)] == ["strong", "good", "weak", "very weak"]
    assert signal_share(-40) == 1.0 and signal_share(-120) == 0.0 and signal_share(-70) == 0.5
    assert [health_word(value) for value in (None, 0.9, 0.6, 0.3, 0.1)] == ["no links", "good", "fair", "poor", "bad"]
    assert [rate_text(value) for value in (0.0, 19.84, 120.4)] == ["0 Hz", "19.8 Hz", "120 Hz"]
    assert position_text((-0.001, -1.5, 2)) == "0.00, −1.50, 2.00 m" and role_word("elsewhere") == "elsewhere"


def test_positions_are_all_or_none(qtbot: QtBot) -> None:
    fields = PositionFields("Position", "Hint")
    qtbot.addWidget(fields)
    assert fields.is_valid() and fields.value() is None and fields.message() == "Hint"
    for texts, message, wrong in (
        (("1", "", ""), "Enter all three, or none.", [1, 2]),
        (("x", "1", "2"), "“x” is not a number.", [0]),
        (("nan", "1", "2"), "“nan” is not a number.", [0]),
        (("1", "501", "2"), "Further than 500 m", [1]),
    ):
        for edit, text in zip(fields.edits, texts, strict=True):
            edit.setText(text)
        assert not fields.is_valid() and fields.value() is None and fields.message().startswith(message)
        assert [number for number, edit in enumerate(fields.edits) if edit.property("wrong")] == wrong
    for edit, text in zip(fields.edits, ("1,5", "−2", "3"), strict=True):
        edit.setText(text)
    assert fields.value() == (1.5, -2.0, 3.0)
    assert not any(edit.property("wrong") for edit in fields.edits)
    fields.set_value((0.25, 1.0, 2.0))
    assert [edit.text() for edit in fields.edits] == ["0.25", "1", "2"]


def test_steps_go_on_and_fail(qtbot: QtBot) -> None:
    steps = StepList(("One", "Two", "Three"))
    qtbot.addWidget(steps)
    steps.show()
    steps.go_to(1, "now")
    assert [steps.state(number) for number in range(3)] == ["done", "doing", "todo"]
    steps.fail()
    assert steps.state(1) == "failed"
    steps.grab()
    steps.start_afresh()
    assert {steps.state(number) for number in range(3)} == {"todo"}


def test_small_parts_draw_and_name_themselves(qtbot: QtBot) -> None:
    bar, notice, notices, facts = LevelBar("Links"), Notice("Careful", "high"), Notices(), Facts()
    for widget in (bar, notice, notices, facts):
        qtbot.addWidget(widget)
        widget.show()
    bar.set_level("good", 0.9)
    facts.set_facts((("A", "1"), ("B", "")))
    notices.set_notices((("One", "low"), ("Two", "high")))
    assert bar.accessibleName() == "Links good" and facts.fact_text("A") == "1" and notices.texts() == ("One", "Two")
    notices.set_notices(())
    assert not notices.isVisible() and not bar.grab().isNull() and notice.text() == "Careful"


def test_a_learned_path_loss_in_words() -> None:
    assert path_loss_text(None) == ""
    assert path_loss_text(PathLossView(MAC, -59.3, 2.42, 1312)) == "−59 dBm at 1 m, exponent 2.4, learned from 1,312 readings"
