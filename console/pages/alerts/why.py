"""Why alerts were raised: decisions from the record, each fetched once; what was not there is asked for again after a while."""

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.bridge import EngineBridge
from console.words import denied_text, error_text
from engine.model.accounts.access import Verb
from engine.model.alerts.decision import Decision
from engine.model.errors import NotFound, WatchroomError
from engine.model.question import GetDecision
from engine.model.time import SECOND, Clock

_KEPT = 300
_AGAIN_NS = 2 * SECOND  # an alert is on the screen a moment before its decision is in the record


class WhyOf(QObject):
    """UI thread. Signals: came(decision id): it is known now, or why it is not."""

    came = Signal(str)

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._clock = bridge, clock
        self._asked_ns: dict[str, int] = {}
        self._known: dict[str, tuple[Decision | None, str]] = {}

    def ask(self, decision_id: str) -> None:
        now_ns = self._clock.now_ns()
        decision, said = self._known.get(decision_id, (None, ""))
        if decision is not None or now_ns - self._asked_ns.get(decision_id, -_AGAIN_NS) < _AGAIN_NS:
            return
        if len(self._asked_ns) >= _KEPT:
            oldest = next(iter(self._asked_ns))
            self._asked_ns.pop(oldest)
            self._known.pop(oldest, None)
        self._asked_ns[decision_id] = now_ns
        if not self._bridge.may(Verb.SEE_PAST):
            self._known[decision_id] = (None, denied_text(Verb.SEE_PAST))
            return
        fetching = QCoreApplication.translate("AlertsPage", "Loading…")
        self._known[decision_id] = (None, said or fetching)
        self._bridge.ask(
            GetDecision(decision_id),
            self._cache_answer,
            lambda error: self._show_decision_error(decision_id, error),
            decision_id,
            owner=self,
        )

    def cached_decision(self, decision_id: str) -> tuple[Decision | None, str]:
        """The decision, or why it is not there."""
        return self._known.get(decision_id, (None, ""))

    def _cache_answer(self, decision_id: str, decision: Decision) -> None:
        self._keep_decision(decision_id, decision, "")

    def _show_decision_error(self, decision_id: str, error: WatchroomError) -> None:
        gone = QCoreApplication.translate("AlertsPage", "The decision is no longer on record.")
        self._keep_decision(decision_id, None, gone if isinstance(error, NotFound) else error_text(error))

    def _keep_decision(self, decision_id: str, decision: Decision | None, trouble: str) -> None:
        self._known[decision_id] = (decision, trouble)
        self.came.emit(decision_id)
