"""The simulated town around a demo site, wired to where its reports and pictures go."""

from engine.runtime.basis import Basis
from engine.runtime.incidents.incident_side import IncidentSide
from engine.runtime.incidents.town_side import TownSide
from engine.runtime.risk.risk_area import RiskArea
from engine.runtime.side import Side
from engine.runtime.smoke.fire_watch import FireWatch
from engine.runtime.supervisor import Supervisor
from engine.sources.simulated import SimulatedTown


class DemoTown(Side):
    def __init__(self, town: SimulatedTown, basis: Basis, incidents: IncidentSide, risk: RiskArea, fire: FireWatch) -> None:
        self._town, self._risk = town, risk
        table = basis.record.store.incidents
        self._side = TownSide(town, incidents.reports, table, fire.smoke.put, basis.clock, self._import_outlines, self._train_first)

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("town", self._side.run)

    def _import_outlines(self) -> None:
        if not self._risk.training.neighbourhoods.areas:
            self._risk.training.import_neighbourhoods(self._town.outlines())

    def _train_first(self) -> None:
        if not self._risk.map.state().training.trained_ns:
            self._risk.training.retrain()
