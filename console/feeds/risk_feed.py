"""What the risk map shows of the engine: the cells of one hour, drawn off the UI thread, and the reasons of one cell."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListNeighbourhoods, ListOutlines
from engine.model.risk.risk import AreaOutline, NeighbourhoodRisk, RiskPicture, RiskReasons, RiskState
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.maps.heat.heat_raster import HeatRaster, rasterised

_EVERY_NS = 60 * SECOND  # what incidents added becomes less


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """`raster` None: no cell has data."""

    picture: RiskPicture
    raster: HeatRaster | None


@dataclass(frozen=True, slots=True)
class Areas:
    """Named neighbourhoods: where they lie, and what those with data expect."""

    outlines: tuple[AreaOutline, ...]
    expected: tuple[NeighbourhoodRisk, ...]


class RiskFeed(QObject):
    """UI thread. Signals: heat_changed(Heat); areas_changed(Areas); reasons_changed(RiskReasons); refused(WatchroomError)."""

    heat_changed = Signal(object)
    areas_changed = Signal(object)
    reasons_changed = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: tuple[object, ...] = ()
        self._asking = self._stale = False
        self._hours_ahead = 0
        self._cell: int | None = None
        self.heat: Heat | None = None

    def follow(self, state: RiskState, hours_ahead: int, now_ns: int) -> None:
        """Ask again where another hour is wanted, something was computed or added, or a minute went by."""
        wanted = (hours_ahead, state.computed_ns, state.learnt, state.cells, state.incidents, now_ns // _EVERY_NS)
        if wanted == self._wanted:
            return
        self._wanted, self._hours_ahead = wanted, hours_ahead
        if self._asking:
            self._stale = True  # the newest wish is asked for when the one before is answered
        else:
            self._ask()
        if self._cell is not None:
            self.explain(self._cell)

    def explain(self, cell: int) -> None:
        self._cell = cell
        self._bridge.ask(ExplainRisk(cell, self._hours_ahead), self._take_reasons, self.refused.emit, owner=self)

    def forget_cell(self) -> None:
        self._cell = None

    def _ask(self) -> None:
        self._asking = True
        question = GetRiskPicture(hours_ahead=self._hours_ahead)
        self._bridge.fetch(lambda: _heat_of_answer(self._bridge.port.ask(question)), self._receive_heat, self._on_risk_error, owner=self)

    def ask_areas(self) -> None:
        port = self._bridge.port
        self._bridge.fetch(
            lambda: Areas(port.ask(ListOutlines()), port.ask(ListNeighbourhoods())), self.areas_changed.emit, self.refused.emit, owner=self
        )

    def _receive_heat(self, heat: Heat) -> None:
        self._answered()
        self.ask_areas()
        self.heat = heat
        self.heat_changed.emit(heat)

    def _answered(self) -> None:
        self._asking = False
        if self._stale:
            self._stale = False
            self._ask()

    def _take_reasons(self, reasons: RiskReasons) -> None:
        if (reasons.spot.cell, reasons.spot.hours_ahead) == (self._cell, self._hours_ahead):
            self.reasons_changed.emit(reasons)

    def _on_risk_error(self, error: WatchroomError) -> None:
        self._answered()
        self.refused.emit(error)


def _heat_of_answer(picture: RiskPicture) -> Heat:
    """On a worker thread: a hundred thousand cells take some tenths of a second."""
    return Heat(picture, rasterised(picture.latitudes, picture.longitudes, picture.risks, picture.cell_m))
