"""The radio nodes of the site, as a table."""

from collections.abc import Callable
from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.radio.radio import NodeState, UpdateState
from engine.model.site import NodeSettings
from engine.model.snapshot import RadioView
from engine.model.time import Clock
from widgets.devices.node_words import NodeRow, node_name, node_notes, node_rows, node_state, position_source_text, state_order, update_word
from widgets.devices.signal_words import count_text, dbm_text, health_role, health_word, position_text, signal_share, signal_word
from widgets.layout.cells import BarCell, Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr


class NodeTable(RowsTable[EmptyState]):
    """Follows the engine; see `RowsTable` for its signals, whose keys are MACs."""

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        """`empty_action`: button of the empty state (`empty.action_requested`)."""
        text = self.tr(
            "Small Wi-Fi radios (ESP32-S3) that detect people between them. Two form a link; four give good "
            "positions. Connect one by USB and provision it, or open pairing for nodes on this network."
        )
        empty = EmptyState("router", self.tr("No nodes yet"), text, empty_action)
        self._clock = clock
        self._look = NodeCells(clock.now_ns)
        super().__init__(RowsModel(self._node_columns(), attrgetter("view.mac"), self._look.cells), self.tr("Nodes"), empty, parent=parent)

    def _node_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Node")),
            Column(self.tr("State"), width=140),
            Column(
                self.tr("Frames/s"),
                right=True,
                width=116,
                room=440,
                tip=self.tr("CSI frames per second: measured, and expected from the rates set on the other nodes"),
            ),
            Column(self.tr("Links"), width=168, room=600, tip=self.tr("Health of the node's links")),
            Column(self.tr("Wi-Fi"), width=152, room=720, tip=self.tr("Signal strength of the access point at the node")),
            Column(self.tr("Temperature"), right=True, width=104, room=1080),
            Column(self.tr("Position"), width=160, room=860),
            Column(self.tr("Firmware"), width=116, room=1180),
            Column(self.tr("Last seen"), width=116, room=980),
        )

    def set_nodes(self, radio: RadioView, settings: tuple[NodeSettings, ...]) -> None:
        self._look.pairing_open = radio.pairing.open
        self.show_rows(node_rows(radio.nodes, settings), self._clock.now_ns())

    def row(self, mac: str) -> NodeRow | None:
        row: NodeRow | None = self.model.row(mac)
        return row


class NodeCells:
    """How one node looks in the table."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self.pairing_open = False

    def cells(self, row: NodeRow) -> tuple[Cell, ...]:
        now_ns, view = self._now(), row.view
        live = view.state is not NodeState.OFFLINE
        state, level = node_state(row, now_ns)
        notes = "\n".join(note.text for note in node_notes(row, now_ns, self.pairing_open))
        name = node_name(row)
        below = f"{view.mac} · {tr('simulated')}" if view.simulated else view.mac
        return (
            TitleCell(name, below, order=natural(name), tip=name),
            StatusCell(state, level, order=state_order(row), tip=notes),
            TextCell(_rates(row) if live else "–", order=view.rate_hz if live else -1.0, tip=_malformed_text(view.malformed)),
            _health_cell(row) if live else BarCell("–", order=-1.0),
            _signal_cell(view.rssi_dbm if live else None),
            _temperature_cell(view.temperature_c if live else None),
            _position_cell(row),
            TextCell(_firmware(row), order=view.firmware or " ", quiet=True),
            TextCell(_last_seen_text(row, now_ns), order=-float(view.last_seen_ns)),
        )


def _last_seen_text(row: NodeRow, now_ns: int) -> str:
    """How long ago; of a node that is offline the time, as its figures are from then."""
    at_ns = row.view.last_seen_ns
    if not at_ns:
        return tr("never")
    return clock_text(at_ns, now_ns) if row.view.state is NodeState.OFFLINE else relative_text(at_ns, now_ns)


def _rates(row: NodeRow) -> str:
    """`139 / 140`: measured, and expected where other nodes send."""
    expected = f" / {number_text(row.expected_hz, '.0f')}" if row.expected_hz else ""
    return count_text(row.view.rate_hz) + expected


def _malformed_text(malformed: int) -> str:
    return tr("{0} frames refused as malformed").format(number_text(malformed))


def _health_cell(row: NodeRow) -> BarCell:
    health = row.view.health
    return BarCell(health_word(health), health, health_role(health), order=-1.0 if health is None else health)


def _signal_cell(rssi_dbm: int | None) -> BarCell:
    if not rssi_dbm:
        return BarCell("–", order=-200.0)
    return BarCell(dbm_text(rssi_dbm), signal_share(rssi_dbm), "secondary", order=float(rssi_dbm), tip=signal_word(rssi_dbm))


def _temperature_cell(degrees: float | None) -> TextCell:
    return TextCell(
        tr("{0} °C").format(number_text(degrees, ".0f")) if degrees is not None else "–", order=-300.0 if degrees is None else degrees
    )


def _position_cell(row: NodeRow) -> TitleCell | StatusCell:
    view = row.view
    if view.position is None:
        return StatusCell(tr("None yet"), "moderate", order=" ", tip=tr("It needs a position to be used for locating."))
    return TitleCell(
        position_text(view.position), "" if view.position_source == "plan" else tr("announced"), tip=position_source_text(view)
    )


def _firmware(row: NodeRow) -> str:
    view = row.view
    if view.update in (UpdateState.IDLE, UpdateState.VERIFIED):
        return view.firmware or "–"
    return f"{view.firmware or '–'} · {update_word(view.update)[0].lower()}"
