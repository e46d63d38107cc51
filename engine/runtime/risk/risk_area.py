"""The risk of the site's area: the map of now and the forecast that is learnt for it every night."""

from dataclasses import replace

from engine.model.event import Event
from engine.model.observation import ForecastTried, Observation
from engine.model.result import StepResult
from engine.model.risk.risk import PastIncidents
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.pipeline.reports.forecast_events import ForecastLane
from engine.runtime.basis import Basis
from engine.runtime.risk.risk_side import RiskSide
from engine.runtime.risk.risk_training import RiskTraining
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor


class RiskArea(Side):
    """Any thread. `simulated`: whether simulated incidents count."""

    def __init__(self, basis: Basis, simulated: bool) -> None:
        self._basis, self._simulated = basis, simulated
        self._applied = basis.settings.now()
        self.map = self._make_map()
        self.training = self._make_training()

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        self.training.start()
        supervisor.start("risk", self.map.run)
        supervisor.start("nightly", self.training.run)

    def on_settings(self, settings: Settings) -> None:
        before, self._applied = self._applied, settings
        self.map.configure(settings)
        self.training.changed(before.risk)

    def on_step(self, result: StepResult, observation: Observation) -> None:
        self.map.alerted(result.alerts)

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, risk=self.map.state())

    def _make_map(self) -> RiskSide:
        record, basis = self._basis.record, self._basis
        return RiskSide(
            record.store.risk,
            basis.clock,
            self._applied,
            record.pipeline.alerts.area,
            basis.mailbox,
            record.writer,
            basis.troubles.of("risk map"),
            simulated=self._simulated,
        )

    def _make_training(self) -> RiskTraining:
        basis, simulated = self._basis, self._simulated
        table = basis.record.store.risk

        def past(since_ns: int, until_ns: int) -> PastIncidents:
            return table.past(since_ns, until_ns, simulated)

        return RiskTraining(basis.data.path, past, basis.settings, self.map, basis.jobs, basis.clock, self, self._open_failure(), simulated)

    def _open_failure(self) -> Event | None:
        lane = self._basis.record.pipeline.find(ForecastLane)
        return None if lane is None else lane.open_failure

    def tell(self, sentence: str | None) -> None:
        """Of the forecast: it is also an alert, by the way that everything goes that may deserve an operator."""
        self._basis.troubles.tell("risk forecast", sentence)
        self._basis.mailbox.post(ForecastTried(self._basis.clock.now_ns(), sentence or ""))
