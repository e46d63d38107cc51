"""Every Bluetooth device that is heard or registered, as a table."""

from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.time import Clock
from widgets.devices.ble_words import BleRow, ble_address, ble_color, ble_notes, ble_state, ble_title, is_gone, matches
from widgets.devices.signal_words import dbm_text, position_text, signal_share, signal_word
from widgets.layout.cells import BarCell, Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.time_text import relative_text
from widgets.translation import tr


class BleTable(RowsTable[EmptyState]):
    """Follows the engine; see `RowsTable` for its signals, whose keys are the ids of devices."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        text = self.tr(
            "Phones, watches and tags in range of a node or of this computer's Bluetooth appear here within "
            "seconds. Register one to a person to identify the person by it."
        )
        self._clock = clock
        empty = EmptyState("bluetooth", self.tr("No Bluetooth devices in range"), text)
        model = TimedRowsModel[BleRow](self._device_columns(), attrgetter("view.device"), ble_cells, clock)
        super().__init__(model, self.tr("Bluetooth devices"), empty, parent=parent)

    def _device_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Device")),
            Column(self.tr("Belongs to"), width=126),
            Column(self.tr("State"), width=164, room=640),
            Column(self.tr("Signal"), width=148, room=460),
            Column(
                self.tr("Best scanner"),
                width=150,
                room=820,
                tip=self.tr("Scanner with the strongest signal, and number of scanners in range"),
            ),
            Column(self.tr("Position"), width=190, room=1060),
            Column(self.tr("Last seen"), width=124, room=560),
        )

    def set_devices(self, rows: tuple[BleRow, ...]) -> None:
        self.show_rows(rows, self._clock.now_ns())

    def set_filter(self, text: str, registered_only: bool) -> None:
        if not text.strip() and not registered_only:
            self.set_wanted(None)
        else:
            self.set_wanted(lambda row: (row.settings is not None or not registered_only) and matches(row, text))

    def row(self, device: str) -> BleRow | None:
        row: BleRow | None = self.model.row(device)
        return row


def ble_cells(row: BleRow, now_ns: int) -> tuple[Cell, ...]:
    view, title = row.view, ble_title(row)
    state, level = ble_state(row, now_ns)
    below = " · ".join(part for part in (ble_address(row), view.company, tr("simulated") if view.simulated else "") if part)
    rank = "0" if row.settings is not None else "1" if view.name else "2"
    return (
        TitleCell(title, below, ble_color(row), order=f"{rank} {natural(title)} {ble_address(row)}", tip=title),
        _owner_cell(row),
        StatusCell(state, level, order=state, tip="\n".join(note.text for note in ble_notes(row, now_ns))),
        _signal_cell(row, now_ns),
        TextCell(_scanner_text(row), order=natural(row.scanner) or "~", quiet=True),
        TextCell(_place_text(row, now_ns), order=_place_text(row, now_ns), quiet=True),
        TextCell(relative_text(view.last_seen_ns, now_ns) if view.last_seen_ns else tr("never"), order=-float(view.last_seen_ns)),
    )


def _owner_cell(row: BleRow) -> TextCell:
    if row.person is not None:
        return TextCell(row.person.name, order=natural(row.person.name))
    return TextCell(tr("nobody") if row.settings is not None else tr("not registered"), order="~" if row.settings else "~~", quiet=True)


def _signal_cell(row: BleRow, now_ns: int) -> BarCell:
    rssi = row.view.rssi_dbm
    if rssi is None or is_gone(row.view, now_ns):
        return BarCell("–", order=-200.0)
    return BarCell(dbm_text(rssi), signal_share(rssi), "accent", order=float(rssi), tip=signal_word(rssi))


def _scanner_text(row: BleRow) -> str:
    if not row.scanner:
        return "–"
    return tr("{0} ({1})").format(row.scanner, row.view.scanners) if row.view.scanners > 1 else row.scanner


def _place_text(row: BleRow, now_ns: int) -> str:
    view = row.view
    if view.position is None or is_gone(view, now_ns):
        return "–"
    spread = f" ± {number_text(view.sigma_m, '.1f')}" if view.sigma_m is not None else ""
    return position_text(view.position).replace(" m", f"{spread} m")
