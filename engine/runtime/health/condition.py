"""How the engine itself is doing, and how well each of its sensors watches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from engine.model.health import DetectorHealth, ModelRun
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import MILLISECOND
from engine.runtime.basis import Basis
from engine.runtime.cameras.camera import CameraUnit
from engine.runtime.cameras.watching import Seeing, Watching, camera_sees
from engine.runtime.health.losses import Losses
from engine.runtime.health.vitals import SKEW_TROUBLE_MS, Vitals
from engine.runtime.shedding import Loss, Shedding
from engine.runtime.side import Side
from engine.runtime.sight import Sight
from engine.runtime.supervisor import Supervisor


class Sensors(Protocol):
    """A side with sensors besides cameras."""

    def seeing(self, settings: Settings) -> Iterator[Seeing]:
        """How well each of them watches now."""
        ...

    def losses(self) -> Mapping[str, Loss]:
        """By kind."""
        ...

    def complaints(self) -> Sequence[str]:
        """Sentences about what goes too slowly."""
        ...


class Condition(Side):
    """Any thread."""

    def __init__(self, basis: Basis, sight: Sight, sensors: Sequence[Sensors]) -> None:
        self._clock, self._settings = basis.clock, basis.settings.now
        self._sight, self._sensors = sight, sensors
        self.losses = Losses(basis.record.writer, basis.mailbox, sight.clips.recorder, self._losses_of_sensors)
        self._shedding = Shedding(self.losses.now)
        self._record, self._placement = basis.record, basis.placement
        self.vitals = Vitals(basis.data.path, basis.clock, basis.errors, basis.troubles, self)
        self._watching = self._make_watching(basis)

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("vitals", self.vitals.run)
        supervisor.start("watching", self._watching.run)

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, health=self.vitals.health)

    def _losses_of_sensors(self) -> Mapping[str, Loss]:
        return {kind: loss for sensors in self._sensors for kind, loss in sensors.losses().items()}

    # what vitals measures

    def cameras(self) -> Iterable[CameraUnit]:
        return self._sight.cameras.all()

    def backlog(self) -> int:
        return self._record.writer.backlog

    def database_bytes(self) -> int:
        return self._record.store.size_bytes()

    def detector(self) -> DetectorHealth:
        return self._sight.pool.health()

    def models(self) -> tuple[ModelRun, ...]:
        return self._placement.runs()

    def providers(self) -> tuple[str, ...]:
        return self._placement.available()

    def complaints(self) -> Iterable[str]:
        return (*(sentence for sensors in self._sensors for sentence in sensors.complaints()), *self._shedding.sentences())

    def _make_watching(self, basis: Basis) -> Watching:
        return Watching(basis.clock, self._seeing, self._clock_wrong, basis.record.store.watching, basis.record.writer)

    def _clock_wrong(self) -> bool:
        return abs(self._clock.skew_ns()) > SKEW_TROUBLE_MS * MILLISECOND

    def _seeing(self) -> Iterator[Seeing]:
        """How well each sensor watches now."""
        settings = self._settings()
        for unit in self._sight.cameras.all():
            camera_id, pool = unit.settings.id, self._sight.pool
            away, behind = camera_id in self._sight.away, pool.is_behind(camera_id)
            yield camera_sees(unit.settings, unit.health(), pool.looked_ns(camera_id), away, behind)
        for sensors in self._sensors:
            yield from sensors.seeing(settings)
