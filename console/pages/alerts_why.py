"""Why alerts were raised: decisions from the record, each asked for once."""

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.bridge import EngineBridge
from console.words import denied_text, error_text
from engine.model.access import Verb
from engine.model.decision import Decision
from engine.model.question import Answer, GetDecision

_KEPT = 300


class WhyOf(QObject):
    """UI thread. Signals: came(decision id): it is known now, or why it is not."""

    came = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._known: dict[str, tuple[Decision | None, str]] = {}

    def ask(self, decision_id: str) -> None:
        if decision_id in self._known:
            return
        if len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        if not self._bridge.may(Verb.SEE_PAST):
            self._known[decision_id] = (None, denied_text(Verb.SEE_PAST))
            return
        fetching = QCoreApplication.translate("AlertsPage", "Looking it up…")
        self._known[decision_id] = (None, fetching)
        self._bridge.ask(
            GetDecision(decision_id),
            lambda answer: self._came(decision_id, answer),
            lambda error: self._put(decision_id, None, error_text(error)),
            owner=self,
        )

    def known(self, decision_id: str) -> tuple[Decision | None, str]:
        """The decision, or why it is not there."""
        return self._known.get(decision_id, (None, ""))

    def _came(self, decision_id: str, answer: Answer) -> None:
        gone = QCoreApplication.translate("AlertsPage", "Why it was raised is no longer on record.")
        decision = answer.decisions[0] if answer.decisions else None
        self._put(decision_id, decision, "" if decision is not None else gone)

    def _put(self, decision_id: str, decision: Decision | None, trouble: str) -> None:
        self._known[decision_id] = (decision, trouble)
        self.came.emit(decision_id)
