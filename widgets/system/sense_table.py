"""How well each sensor does at this site, as a table: what it saw of what others saw, how far apart, whom it lost, and what to change."""

from collections.abc import Iterable
from operator import attrgetter

from PySide6.QtWidgets import QWidget

from engine.model.sense_quality import SenseFigures, SenseKind
from engine.model.value_class import dataclass
from widgets.layout.cells import Cell, StatusCell, TextCell, TitleCell, natural
from widgets.layout.rows_model import Column, RowsModel
from widgets.layout.rows_table import RowsTable
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.space.words import percent_text
from widgets.system.sense_words import Advice, kind_text, level_of, rate_text, share_text
from widgets.translation import tr

_ROW_HEIGHT = 52
_EMPTY_HEIGHT = 240


@dataclass(frozen=True, slots=True)
class SenseRow:
    sensor_id: str
    name: str
    kind: SenseKind
    figures: SenseFigures
    advice: Advice
    simulated: bool = False


class SenseTable(RowsTable[EmptyState]):
    """Keys are ids of sensors; as high as its rows."""

    least_rest = 250

    def __init__(self, parent: QWidget | None = None) -> None:
        text = self.tr("Counting begins with the first sensor. Figures appear while people move.")
        model = RowsModel[SenseRow](_columns(), attrgetter("sensor_id"), sense_cells)
        super().__init__(model, self.tr("Sensor performance"), EmptyState("gauge", self.tr("No figures yet"), text), _ROW_HEIGHT, parent)
        self._fit_height()

    def set_senses(self, rows: Iterable[SenseRow], now_ns: int) -> None:
        self.show_rows(rows, now_ns)
        self._fit_height()

    def _fit_height(self) -> None:
        count = self.model.rowCount()
        rows = count * scaled(_ROW_HEIGHT) + self.view.horizontalHeader().sizeHint().height() + 2 * self.view.frameWidth()
        self.setFixedHeight(rows if count else max(_EMPTY_HEIGHT, self.empty.sizeHint().height()))


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("Sensor"), width=200),
        Column(tr("Working"), right=True, width=90, room=1000, tip=tr("Share of the time in which frames or packets arrived")),
        Column(
            tr("Agreement"),
            width=120,
            tip=tr("How often it saw a person whom another sensor located where this one looks. A moment is 2 s of one person."),
        ),
        Column(
            tr("Distance"),
            right=True,
            width=100,
            room=640,
            tip=tr("Median distance from where the surest other sensor saw the same person"),
        ),
        Column(
            tr("Lost"), right=True, width=120, room=940, tip=tr("People who vanished in the middle of its view, not at a door or an edge")
        ),
        Column(
            tr("Unconfirmed"),
            right=True,
            width=120,
            room=1120,
            tip=tr("People whom only this sensor saw, where others look: possibly false"),
        ),
        Column(tr("Recommendation")),
    )


def sense_cells(row: SenseRow) -> tuple[Cell, ...]:
    figures, advice = row.figures, row.advice
    compared = tr("{0} of {1} moments").format(number_text(figures.seen), number_text(figures.moments)) if figures.share is not None else ""
    working = "–" if not figures.looked_s else percent_text(figures.worked_s / figures.looked_s)
    apart = "–" if figures.apart_m is None or figures.share is None else tr("{0} m").format(number_text(figures.apart_m, ".1f"))
    watched = row.kind in (SenseKind.CAMERA, SenseKind.RADIO)
    rank = list(SenseKind).index(row.kind)
    return (
        TitleCell(row.name, kind_text(row.kind), order=f"{rank} {natural(row.name)}", mark=tr("SIMULATED") if row.simulated else ""),
        TextCell(working, quiet=True),
        StatusCell(share_text(figures), level_of(figures.share), order=-1.0 if figures.share is None else figures.share, tip=compared),
        TextCell(apart, order=-1.0 if figures.apart_m is None else figures.apart_m),
        TextCell(rate_text(figures.lost, figures) if watched else "–", order=float(figures.lost)),
        TextCell(rate_text(figures.alone, figures) if watched else "–", order=float(figures.alone)),
        TitleCell(advice.title, advice.detail, tip=f"{advice.title}. {advice.detail}".removesuffix(". ")),
    )
