"""A combined pack in the making, for the screen: how far it is, and what came of it."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.screen_reader import Interpreter
from engine.gateway.federation.packs import CombineStage, CombineState, PackCombiner
from widgets.translation import tr

_LOOK_MS = 200


class CombinedMaking(QObject):
    """Belongs to the bridge, so that a dialog that is closed does not end it. UI thread.

    Signals:
        changed(CombineState): it is somewhere else. made(CombinedPack): it is written. failed(str): nothing was written, a sentence.
    """

    changed = Signal(object)
    made = Signal(object)
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge, combiner: PackCombiner) -> None:
        super().__init__(bridge)
        self.combiner = combiner
        self._shown: CombineState | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.destroyed.connect(combiner.close)

    @property
    def title(self) -> str:
        return self.combiner.title

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        """Or go on, after something was changed about it."""
        self._timer.start()
        self._look()

    def _look(self) -> None:
        state = self.combiner.state()
        if state == self._shown:
            return
        self._shown = state
        state = Interpreter().turned(state)
        if state.is_over:
            self._timer.stop()
        self.changed.emit(state)
        if state.pack is not None:
            self.made.emit(state.pack)
        elif state.stage is CombineStage.FAILED:
            self.failed.emit(state.words)
        elif state.stage is CombineStage.CANCELLED:
            self.failed.emit(cancelled_text())


def cancelled_text() -> str:
    return tr("Cancelled. No file was written; what the sites had made stays in their lists of packs.")
