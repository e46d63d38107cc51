"""Asks the engine again and again why the selected person is where they are, never twice at once."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import NotFound, WatchroomError
from engine.model.question import ExplainBlob
from engine.model.radio.blob import BlobExplanation

_EVERY_MS = 333


class Reasons(QObject):
    """UI thread; the asking itself is done by the bridge's workers.

    Signals: explained(BlobExplanation): of the blob that is asked about. refused(str): why there is none. gone(): it is not known.
    """

    explained = Signal(object)
    refused = Signal(str)
    gone = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._blob = ""
        self._asking = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._ask_explanation)

    def ask_about(self, blob_id: str) -> None:
        """From now on about this one; empty stops asking."""
        if blob_id == self._blob:
            return
        self._blob = blob_id
        if blob_id:
            self._timer.start()
            self._ask_explanation()
        else:
            self._timer.stop()

    def _ask_explanation(self) -> None:
        if not self._blob or self._asking:
            return
        self._asking = True
        blob = self._blob
        self._bridge.ask(ExplainBlob(blob), self._answered, lambda e: self._on_reasons_error(blob, e), blob, owner=self)

    def _answered(self, blob: str, explanation: BlobExplanation) -> None:
        self._asking = False
        if blob == self._blob:
            self.explained.emit(explanation)
        else:
            self._ask_explanation()

    def _on_reasons_error(self, blob: str, error: WatchroomError) -> None:
        self._asking = False
        if blob != self._blob:
            self._ask_explanation()
        elif isinstance(error, NotFound):
            self.gone.emit()
        else:
            self.refused.emit(error_text(error))
