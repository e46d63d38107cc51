"""Firmware files that nodes can be updated to, and the nodes being updated."""

from operator import attrgetter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from engine.model.radio.radio import Firmware, NodeState, UpdateState
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.devices.node_words import UPDATING, NodeRow, node_name, update_word
from widgets.layout.cells import BarCell, Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, RowsModel, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

_PROGRESS = (UpdateState.ROLLBACK, UpdateState.FAILED, *reversed(UPDATING), UpdateState.VERIFIED, UpdateState.IDLE)


@dataclass(frozen=True, slots=True)
class FirmwareRow:
    """A firmware file, and how many of all nodes run it."""

    firmware: Firmware
    running: int
    nodes: int


class FirmwareTable(RowsTable[EmptyState]):
    """Keys are versions; see `RowsTable` for its signals."""

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        text = self.tr("Add a firmware image (.bin) for ESP32 nodes. It is verified and installed on one node at a time.")
        self._clock = clock
        empty = EmptyState("cpu", self.tr("No firmware yet"), text, empty_action)
        model = TimedRowsModel[FirmwareRow](self._firmware_columns(), attrgetter("firmware.version"), firmware_cells, clock)
        super().__init__(model, self.tr("Firmware"), empty, parent=parent)

    def _firmware_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Version")),
            Column(self.tr("Runs on"), width=150),
            Column(self.tr("Size"), right=True, width=100, room=420),
            Column(self.tr("Added"), width=200, room=560),
            Column(self.tr("SHA-256"), width=150, room=760),
        )

    def set_firmware(self, rows: tuple[FirmwareRow, ...]) -> None:
        self.show_rows(rows, self._clock.now_ns())


def firmware_rows(firmware: tuple[Firmware, ...], nodes: tuple[NodeRow, ...]) -> tuple[FirmwareRow, ...]:
    versions = [row.view.firmware for row in nodes]
    return tuple(FirmwareRow(item, versions.count(item.version), len(nodes)) for item in firmware)


def firmware_cells(row: FirmwareRow, now_ns: int) -> tuple[Cell, ...]:
    item = row.firmware
    runs = tr("{0} of {1} nodes").format(row.running, row.nodes) if row.nodes else "–"
    return (
        TitleCell(item.version, item.file, tip=item.file),
        TextCell(runs, order=float(row.running)),
        TextCell(size_text(item.size_bytes), order=float(item.size_bytes)),
        TextCell(clock_text(item.uploaded_ns, now_ns) if item.uploaded_ns else "–", order=float(item.uploaded_ns), quiet=True),
        TextCell(f"{item.sha256[:12]}…", quiet=True, tip=item.sha256),
    )


class UpdateTable(RowsTable[QLabel]):
    """How the update of each node goes. Keys are MACs."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        self._clock = clock
        nothing = QLabel(self.tr("Nodes appear here during an update."), wordWrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(nothing, "secondary")
        columns = (
            Column(self.tr("Node")),
            Column(self.tr("Update"), width=136),
            Column(self.tr("Progress"), width=136),
            Column(self.tr("Runs"), width=92, room=560),
        )
        super().__init__(RowsModel(columns, attrgetter("view.mac"), update_cells), self.tr("Updates"), nothing, parent=parent)
        self.sort_by(1)

    def set_nodes(self, rows: tuple[NodeRow, ...]) -> None:
        self.show_rows((row for row in rows if row.view.update is not UpdateState.IDLE), self._clock.now_ns())


def update_cells(row: NodeRow) -> tuple[Cell, ...]:
    view = row.view
    word, level = update_word(view.update)
    running = view.update in UPDATING and view.update_percent is not None
    share = (view.update_percent or 0) / 100 if running else None
    away = tr("offline") if view.state is NodeState.OFFLINE and view.update not in UPDATING else ""
    return (
        TitleCell(node_name(row), view.update_message or view.mac, order=natural(node_name(row)), tip=view.update_message),
        StatusCell(word, level, order=float(_PROGRESS.index(view.update)), tip=view.update_message),
        BarCell(tr("{0} %").format(view.update_percent) if running else away or "–", share, order=share if share is not None else -1.0),
        TextCell(view.firmware or "–", quiet=True),
    )
