"""How well each sense does, asked of the engine now and then, for the pages that show it."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.sense_quality import ListSenseQuality, SenseQuality
from engine.model.time import SECOND

ASK_EVERY_NS = 5 * SECOND


class SenseQualityFeed(QObject):
    """UI thread. Signals: changed(): `senses` or `trouble` (a sentence; empty: none) is another one."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._asked_ns, self._asking = 0, False
        self.senses: tuple[SenseQuality, ...] = ()
        self.trouble = ""

    def ask_now_and_then(self, now_ns: int) -> None:
        """While it is on screen."""
        if self._asking or 0 <= now_ns - self._asked_ns < ASK_EVERY_NS:
            return
        self._asked_ns, self._asking = now_ns, True
        self._bridge.ask(ListSenseQuality(), self._answered, self._show_feed_error, owner=self)

    def _answered(self, senses: tuple[SenseQuality, ...]) -> None:
        self._tell(senses, "")

    def _show_feed_error(self, error: WatchroomError) -> None:
        """Figures of before would look like figures of now."""
        self._tell((), error_text(error))

    def _tell(self, senses: tuple[SenseQuality, ...], trouble: str) -> None:
        self._asking = False
        if (senses, trouble) != (self.senses, self.trouble):
            self.senses, self.trouble = senses, trouble
            self.changed.emit()
