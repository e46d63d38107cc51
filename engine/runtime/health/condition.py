"""How the engine itself is doing, and how well each of its sensors watches."""

from collections.abc import Iterator

from engine.model.time import MILLISECOND
from engine.runtime.basis import Basis
from engine.runtime.cameras.watching import Seeing, Watching, adapter_hears, camera_sees, microphone_hears, node_hears, scanners_hear
from engine.runtime.health.losses import Losses
from engine.runtime.health.vitals import SKEW_TROUBLE_MS, Vitals
from engine.runtime.microphones.speech_side import SpeechSide
from engine.runtime.radio.radio_side import RadioSide
from engine.runtime.shedding import Shedding
from engine.runtime.sight import Sight


class Condition:
    """Any thread."""

    def __init__(self, basis: Basis, sight: Sight, radio: RadioSide, speech: SpeechSide) -> None:
        self._clock, self._settings = basis.clock, basis.settings.now
        self._sight, self._radio, self._speech = sight, radio, speech
        self._supervisor = basis.supervisor
        self.losses = Losses(basis.record.writer, basis.mailbox, sight.clips.recorder, radio)
        self.vitals = self._make_vitals(basis)
        self._watching = self._make_watching(basis)

    def start(self) -> None:
        self._supervisor.start("vitals", self.vitals.run)
        self._supervisor.start("watching", self._watching.run)

    def _make_vitals(self, basis: Basis) -> Vitals:
        writer, store, shedding = basis.record.writer, basis.record.store, Shedding(self.losses.now)
        cameras, detector = self._sight.cameras.all, self._sight.pool.health
        return Vitals(
            basis.data.path,
            basis.clock,
            basis.errors,
            basis.troubles,
            cameras,
            lambda: writer.backlog,
            store.size_bytes,
            detector,
            lambda: filter(None, (self._radio.delay.sentence(), *shedding.sentences())),
        )

    def _make_watching(self, basis: Basis) -> Watching:
        writer, table = basis.record.writer, basis.record.store.watching
        return Watching(basis.clock, self._seeing, self._clock_wrong, table.put, writer.run_in_order, lambda: writer.troubled)

    def _clock_wrong(self) -> bool:
        return abs(self._clock.skew_ns()) > SKEW_TROUBLE_MS * MILLISECOND

    def _seeing(self) -> Iterator[Seeing]:
        """How well each sensor watches now."""
        settings = self._settings()
        for unit in self._sight.cameras.all():
            yield camera_sees(unit.settings, unit.health(), self._sight.pool.looked_ns(unit.settings.id))
        nodes, behind = self._radio.view().nodes, self._radio.delay.behind
        yield from (node_hears(node, behind) for node in nodes)
        yield from scanners_hear(nodes)
        if settings.radio.enabled and settings.radio.scan_ble:
            yield adapter_hears(self._radio.ble.trouble)
        views = {view.id: view for view in self._speech.microphones()}
        yield from (microphone_hears(each, views[each.id]) for each in settings.microphones if each.id in views)
