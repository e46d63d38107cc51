"""Fire: the weather that it needs, and the smoke that cameras and other systems see."""

from collections.abc import Callable
from dataclasses import replace

from engine.model.event import EventKind
from engine.model.fire.fire import FireRiskPolicy
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.runtime.basis import Basis
from engine.runtime.fire.fire_environment import FireOverrides
from engine.runtime.fire.fire_fetch import HttpFetch
from engine.runtime.fire.fire_learning import FireLearning
from engine.runtime.fire.fire_side import FireSide
from engine.runtime.ports import SettingsSource
from engine.runtime.secrets.secrets import KeptSecret
from engine.runtime.side import Side
from engine.runtime.smoke.smoke_keeping import SmokeIncidents, SmokeKeeper
from engine.runtime.smoke.smoke_side import SmokeSide
from engine.runtime.supervisor import Supervisor

SERVICE_LOGIN = "fire/service"  # in the secret store


class FireWatch(Side):
    """Any thread. `incidents`: that smoke is one of."""

    def __init__(self, basis: Basis, incidents: SmokeIncidents) -> None:
        """Raises InputError: a `RISK_*` variable is broken."""
        self._basis, self._fetch = basis, HttpFetch()
        self._applied = basis.settings.now()
        self.password = KeptSecret(basis.secrets, SERVICE_LOGIN)
        self.weather = self._make_weather(FireOverrides.of(basis.environment))
        store, settings = basis.record.store, basis.settings
        self.keeper = SmokeKeeper(
            basis.data.path, store.smoke, incidents, lambda: settings.now().lookouts, basis.clock, basis.mailbox, self._open_plumes
        )
        self.smoke = SmokeSide(self.keeper, store.smoke, settings, self._policy(), basis.clock, basis.troubles.of("smoke"))

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("fire", self.weather.run)
        supervisor.start("smoke", self.smoke.run)

    def on_stop(self) -> None:
        self.smoke.close()
        self._fetch.close()

    def on_settings(self, settings: Settings) -> None:
        before, self._applied = self._applied, settings
        self.smoke.configure(settings)
        if _fire_concerns(settings) != _fire_concerns(before):
            self.weather.refresh()

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, fire=self.weather.view(), smoke=self.smoke.view())

    def _make_weather(self, overrides: FireOverrides) -> FireSide:
        basis, table = self._basis, self._basis.record.store.fire

        def learning(settings: SettingsSource) -> FireLearning:
            return FireLearning(table, self._fetch, settings, basis.clock)

        trouble = basis.troubles.of("fire weather")
        return FireSide(table, learning, basis.settings, self.password, basis.clock, basis.mailbox, trouble, overrides)

    def _policy(self) -> Callable[[], FireRiskPolicy]:
        return lambda: self.weather.policy()

    def _open_plumes(self) -> tuple[str, ...]:
        """Those that the pipeline takes for going on."""
        events = self._basis.record.board.events()
        return tuple(event.subject_id for event in events if event.kind is EventKind.SMOKE and event.ended_ns is None)


def _fire_concerns(settings: Settings) -> tuple[object, ...]:
    """What fire weather is learnt for."""
    return settings.fire, settings.anchor, settings.lookouts, tuple((camera.id, camera.name) for camera in settings.cameras)
