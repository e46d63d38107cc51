"""Falls that were asked for on the demo site: where and when they come, and what became of each: an alert, or why there is none."""

from PySide6.QtCore import QObject

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.alerts.decision import CandidateKind, Decision, Stage
from engine.model.command import SimulateFall
from engine.model.errors import WatchroomError
from engine.model.event import Event, EventKind
from engine.model.question import ListDecisions
from engine.model.radio.staged_fall import StagedFall
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text
from widgets.translation import tr

_EARLY_NS = 2 * SECOND  # an event may begin with the way down, which a sensor sees before the world says "fallen"
_LATE_NS = 45 * SECOND  # after a fall, who fell is up again: whatever was to be told has been
_MOST_DECISIONS = 100
_SHOWN_S = 15.0


class SimulatedFalls(QObject):
    """UI thread. Follows snapshots while a fall is awaited, whatever page is on screen."""

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts = bridge, toasts
        self.awaited: list[StagedFall] = []
        bridge.snapshot_changed.connect(self._follow)

    def ask(self) -> None:
        self._bridge.command(SimulateFall(), self._announce_fall, self._fail, owner=self)

    def _announce_fall(self, text: str) -> None:
        fall, snapshot = StagedFall.from_text(text), self._bridge.snapshot
        if snapshot is None:
            return
        self.awaited.append(fall)
        left_s = max(0.0, (fall.at_ns - snapshot.at_ns) / SECOND)
        said = tr("{0}: a simulated person falls in about {1} s and lies still for half a minute.")
        self._toasts.announce(said.format(self._place(fall), number_text(round(left_s))), seconds=max(_SHOWN_S, left_s + 5))

    def _follow(self, snapshot: Snapshot) -> None:
        for fall in [each for each in self.awaited if snapshot.at_ns >= each.at_ns]:
            event = _event_of(fall, snapshot)
            alerted = event is not None and any(event.id in (alert.event_id, *alert.event_ids) for alert in snapshot.alerts.alerts)
            if alerted:
                self.awaited.remove(fall)
                said = tr("{0}: the simulated fall was detected, and an alert was raised.")
                self._toasts.announce(said.format(self._place(fall)), "good", seconds=_SHOWN_S)
            elif snapshot.at_ns > fall.at_ns + _LATE_NS:
                self.awaited.remove(fall)
                self._explain(fall, event)

    def _explain(self, fall: StagedFall, event: Event | None) -> None:
        """`event`: the fall was detected, and no alert was made of it."""
        stage = Stage.EVENT if event is None else Stage.ALERT
        question = ListDecisions(_MOST_DECISIONS, stage=stage, since_ns=fall.at_ns - _EARLY_NS, until_ns=fall.at_ns + _LATE_NS)
        self._bridge.ask(question, self._announce_reason, self._fail, fall, event, owner=self)

    def _announce_reason(self, fall: StagedFall, event: Event | None, decisions: tuple[Decision, ...]) -> None:
        held = [each for each in decisions if each.candidate is CandidateKind.FALL and (event is None or each.event_id == event.id)]
        why = held[-1].flip if held else tr("No sensor saw anybody go down.")
        said = tr("{0}: the simulated fall was not detected. {1}")
        if event is not None:
            said = tr("{0}: the simulated fall was detected, but no alert was raised. {1}")
        self._toasts.announce(said.format(self._place(fall), why), "moderate", seconds=_SHOWN_S)

    def _place(self, fall: StagedFall) -> str:
        snapshot = self._bridge.snapshot
        zones = () if snapshot is None else snapshot.settings.floor.zones
        return next((zone.name for zone in zones if zone.id == fall.zone_id), fall.zone_id)

    def _fail(self, error: WatchroomError) -> None:
        self._toasts.announce(error_text(error), "critical")


def _event_of(fall: StagedFall, snapshot: Snapshot) -> Event | None:
    falls = (each for each in snapshot.events if each.kind is EventKind.FALL)
    return next((each for each in falls if -_EARLY_NS <= each.started_ns - fall.at_ns <= _LATE_NS), None)
