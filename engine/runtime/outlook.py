"""What may happen around the site: the risk map and its forecast, fire weather, smoke, what words say (Atlas), and the town of the demo."""

from collections.abc import Callable, Sequence

from engine.incidents.atlas.environment import Overrides
from engine.model.event import EventKind
from engine.model.observation import ForecastTried
from engine.model.risk import PastIncidents
from engine.model.settings import Settings
from engine.pipeline.forecast_events import ForecastLane
from engine.runtime.atlas.atlas_side import AtlasSide
from engine.runtime.basis import Basis
from engine.runtime.fire.fire_environment import FireOverrides
from engine.runtime.fire.fire_fetch import HttpFetch
from engine.runtime.fire.fire_learning import FireLearning
from engine.runtime.fire.fire_side import FireSide
from engine.runtime.incidents.reports import ReportDesk
from engine.runtime.incidents.town_side import TownSide
from engine.runtime.risk.risk_side import RiskSide
from engine.runtime.risk.risk_training import RiskTraining
from engine.runtime.smoke.smoke_keeping import SmokeKeeper
from engine.runtime.smoke.smoke_side import SmokeSide
from engine.sources.simulated import SimulatedTown

ATLAS_KEY, FIRE_PASSWORD = "atlas/key", "fire/service"  # in the secret store


class Outlook:
    """Wires its sides to each other and to the reports.

    Args:
        names: of people who are known here; they leave the site in no text.
        town: simulated people around the site; then simulated incidents count on the map.
    """

    def __init__(self, basis: Basis, reports: ReportDesk, town: SimulatedTown | None, names: Callable[[], Sequence[str]]) -> None:
        self._data, self._clock, self._settings, self._record = basis.data, basis.clock, basis.settings.now, basis.record
        self._jobs, self._secrets, self._supervisor = basis.jobs, basis.secrets, basis.supervisor
        self._post, self._troubles = basis.mailbox.post, basis.troubles
        self._reports = reports
        self._simulated = town is not None
        self._fetch = HttpFetch()
        self.risk = self._make_risk()
        self.training = self._make_training()
        self.atlas = self._make_atlas(basis.given.atlas, names)
        self.fire = self._make_fire(basis.given.fire)
        self.smoke_keeper = self._make_smoke_keeper()
        self.smoke = self._make_smoke()
        self._town = None if town is None else self._make_town(town)

    def start(self) -> None:
        self.training.start()
        self._supervisor.start("risk", self.risk.run)
        self._supervisor.start("nightly", self.training.run)
        self._supervisor.start("atlas", self.atlas.run)
        self._supervisor.start("fire", self.fire.run)
        self._supervisor.start("smoke", self.smoke.run)
        if self._town is not None:
            self._supervisor.start("town", self._town.run)

    def close(self) -> None:
        """Nothing is fetched any more."""
        self._fetch.close()

    def configure(self, before: Settings, settings: Settings) -> None:
        self.risk.configure(settings)
        self.training.changed(before.risk)
        self.smoke.configure(settings)
        if settings.atlas != before.atlas:
            self.atlas.configure()
        if _fire_concerns(settings) != _fire_concerns(before):
            self.fire.refresh()

    def fire_password(self) -> str | None:
        """May raise EnvironmentFault."""
        return self._secrets.get(FIRE_PASSWORD)

    def keep_fire_password(self, password: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        self._secrets.keep(FIRE_PASSWORD, password)

    def keep_atlas_key(self, key: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        self._secrets.keep(ATLAS_KEY, key)

    def _make_risk(self) -> RiskSide:
        """Which hears of every incident that is new or changed."""
        record = self._record
        side = RiskSide(
            record.store.risk,
            self._clock,
            self._settings(),
            record.pipeline.alerts.area,
            self._post,
            record.writer.run_in_order,
            self._troubles.of("risk map"),
            simulated=self._simulated,
        )
        self._reports.changed = side.changed
        return side

    def _make_training(self) -> RiskTraining:
        table, settings, failed = (
            self._record.store.risk,
            lambda: self._settings().risk,
            self._record.pipeline.lane(ForecastLane).open_failure,
        )

        def past(since_ns: int, until_ns: int) -> PastIncidents:
            return table.past(since_ns, until_ns, self._simulated)

        return RiskTraining(
            self._data.path, past, settings, self.risk, self._jobs, self._clock, self._forecast_trouble, failed, self._simulated
        )

    def _forecast_trouble(self, sentence: str | None) -> None:
        """It is also an alert, by the way that everything goes that may deserve an operator."""
        self._troubles.tell("risk forecast", sentence)
        self._post(ForecastTried(self._clock.now_ns(), sentence or ""))

    def _make_atlas(self, overrides: Overrides, names: Callable[[], Sequence[str]]) -> AtlasSide:
        """Which hears of every incident that begins, and says what its words say."""
        table, reports = self._record.store.atlas, self._reports
        settings, key = lambda: self._settings().atlas, lambda: self._secrets.get(ATLAS_KEY)
        trouble = self._troubles.of("atlas")
        pseudonym = reports.pseudonym
        side = AtlasSide(
            table, reports.get, reports.change, settings, key, self._clock, trouble, overrides, pseudonym=pseudonym, names=names
        )
        reports.words, reports.begun = side.words, side.enqueue_soon
        return side

    def _make_fire(self, overrides: FireOverrides) -> FireSide:
        table = self._record.store.fire
        return FireSide(
            table,
            lambda settings: FireLearning(table, self._fetch, settings, self._clock),
            self._settings,
            self.fire_password,
            self._clock,
            self._post,
            self._troubles.of("fire weather"),
            overrides,
        )

    def _make_smoke_keeper(self) -> SmokeKeeper:
        table, lookouts = self._record.store.smoke, lambda: self._settings().lookouts
        return SmokeKeeper(self._data.path, table, self._reports, lookouts, self._clock, self._post, self._open_plumes)

    def _make_smoke(self) -> SmokeSide:
        table, policy = self._record.store.smoke, lambda: self.fire.policy()
        return SmokeSide(self.smoke_keeper, table, self._settings, policy, self._clock, self._troubles.of("smoke"))

    def _make_town(self, town: SimulatedTown) -> TownSide:
        def moved_in() -> None:
            if not self.training.neighbourhoods.areas:
                self.training.import_neighbourhoods(town.outlines())

        def settled() -> None:
            if not self.risk.state().training.trained_ns:
                self.training.retrain()

        return TownSide(town, self._reports, self._record.store.incidents, self.smoke.put, self._clock, moved_in, settled)

    def _open_plumes(self) -> tuple[str, ...]:
        """Those that the pipeline takes for going on."""
        events = self._record.board.events()
        return tuple(event.subject_id for event in events if event.kind is EventKind.SMOKE and event.ended_ns is None)


def _fire_concerns(settings: Settings) -> tuple[object, ...]:
    """What fire weather is learnt for."""
    return settings.fire, settings.anchor, settings.lookouts, tuple((camera.id, camera.name) for camera in settings.cameras)
