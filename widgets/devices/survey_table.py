"""The scanners of a survey, as a table: what each heard at this place, and at how many places."""

from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.value_class import dataclass
from widgets.devices.signal_words import dbm_text
from widgets.layout.cells import Cell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """`now_dbm`: None where it does not hear the phone. `readings`: at this place; `places`: where it heard the phone."""

    scanner: str
    name: str
    now_dbm: int | None
    readings: int
    places: int


class SurveyTable(RowsTable[EmptyState]):
    """Its keys are ids of scanners."""

    def __init__(self, parent: QWidget | None = None) -> None:
        text = self.tr("Scanners are nodes and the engine's adapter. Place them on the floor plan and connect them.")
        empty = EmptyState("bluetooth", self.tr("No scanner with a position is online"), text)
        model = RowsModel(self._scanner_columns(), attrgetter("scanner"), survey_cells)
        super().__init__(model, self.tr("Scanners"), empty, row_height=30, parent=parent)

    def _scanner_columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Scanner")),
            Column(self.tr("Now"), right=True, width=84, tip=self.tr("Signal strength of the phone at this scanner")),
            Column(self.tr("Here"), right=True, width=64, tip=self.tr("Readings at this place")),
            Column(self.tr("Places"), right=True, width=72, tip=self.tr("Places at which it received the phone")),
        )


def survey_cells(row: SurveyRow) -> tuple[Cell, ...]:
    now = "–" if row.now_dbm is None else dbm_text(row.now_dbm)
    return (
        TitleCell(row.name, order=natural(row.name)),
        TextCell(now, order=-200 if row.now_dbm is None else row.now_dbm),
        TextCell(number_text(row.readings), order=row.readings),
        TextCell(number_text(row.places), order=row.places),
    )
