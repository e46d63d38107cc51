"""The people that this site knows, as a table."""

from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.time import Clock
from widgets.devices.ble_words import PersonRow, is_gone
from widgets.layout.cells import Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, TimedRowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr


class PersonTable(RowsTable[EmptyState]):
    """Follows the engine; see `RowsTable` for its signals, whose keys are the ids of people."""

    least_rest = 150

    def __init__(self, clock: Clock, empty_action: str = "", parent: QWidget | None = None) -> None:
        text = self.tr(
            "People with a name and a colour. A registered phone or tag identifies its owner. Add a person here, "
            "or register a device to one."
        )
        self._clock = clock
        empty = EmptyState("users", self.tr("No people on file"), text, empty_action)
        model = TimedRowsModel[PersonRow](self._person_columns(), attrgetter("person.id"), person_cells, clock)
        super().__init__(model, self.tr("People"), empty, parent=parent)

    def _person_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Person")),
            Column(self.tr("Seen"), width=204),
            Column(self.tr("Devices"), width=190, room=700),
            Column(self.tr("Near"), width=170, room=1000, tip=self.tr("Scanner with the strongest signal of the device")),
            Column(self.tr("Last seen"), width=196, room=520),
        )

    def set_people(self, rows: tuple[PersonRow, ...]) -> None:
        self.show_rows(rows, self._clock.now_ns())

    def row(self, person_id: str) -> PersonRow | None:
        row: PersonRow | None = self.model.row(person_id)
        return row


def person_cells(row: PersonRow, now_ns: int) -> tuple[Cell, ...]:
    seen, level = person_state(row, now_ns)
    here = row.heard is not None and not is_gone(row.heard, now_ns)
    last = row.heard.last_seen_ns if row.heard else 0
    return (
        TitleCell(row.person.name, color=row.person.color, order=natural(row.person.name), tip=row.person.name),
        StatusCell(seen, level, order=seen),
        TextCell(", ".join(device.label for device in row.devices) or "–", quiet=not row.devices),
        TextCell(row.scanner if here else "–", quiet=True),
        TextCell(f"{clock_text(last, now_ns)}, {relative_text(last, now_ns)}" if last else tr("never"), order=-float(last), quiet=True),
    )


def person_state(row: PersonRow, now_ns: int) -> tuple[str, str]:
    if not row.devices:
        return tr("No device"), "neutral"
    if row.heard is None or is_gone(row.heard, now_ns):
        return tr("Out of range"), "neutral"
    return (tr("Device left behind"), "neutral") if row.heard.left_behind else (tr("Here"), "good")
