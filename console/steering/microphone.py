"""The operator's microphone while the talk button is held: G.711 µ-law at 8 kHz, sent in pieces of 100 ms. Never kept."""

import base64
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QIODevice, QObject, QTimer, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.ptz.commands import SendTalk
from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioSource

RATE_HZ, PIECE_MS = 8000, 100
_MOST_ON_WAY = 3


def mulaw(samples: npt.NDArray[np.int16]) -> bytes:
    """(n,) to G.711 µ-law."""
    linear = samples.astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


class PushToTalk(QObject):
    """UI thread. Signals: talking_changed(bool); refused(str): a sentence."""

    talking_changed = Signal(bool)
    refused = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._camera_id = ""
        self._source: QAudioSource | None = None
        self._from: QIODevice | None = None
        self._step = 1
        self._waiting = np.zeros(0, np.int16)
        self._on_way = 0
        self._timer = QTimer(self, interval=PIECE_MS // 2)
        self._timer.timeout.connect(self._pump)

    @property
    def talking(self) -> bool:
        return self._source is not None

    def begin(self, camera_id: str) -> None:
        if self.talking:
            return
        trouble = self._open()
        if trouble:
            self.refused.emit(trouble)
            return
        self._camera_id, self._on_way = camera_id, 0
        self._timer.start()
        self.talking_changed.emit(True)

    def end(self) -> None:
        if self._source is None:
            return
        self._timer.stop()
        self._source.stop()
        self._source = self._from = None
        self._waiting = np.zeros(0, np.int16)
        self._bridge.tell(SendTalk(self._camera_id), self._arrived, self._ignore, owner=self)
        self.talking_changed.emit(False)

    def _open(self) -> str:
        try:
            from PySide6.QtMultimedia import QAudioFormat, QAudioSource, QMediaDevices
        except ImportError as error:
            return tr("You cannot talk: this program was installed without Qt's sound system ({0}).").format(error)
        device = QMediaDevices.defaultAudioInput()
        if device.isNull():
            return tr("You cannot talk: this computer has no working microphone. Connect one, then try again.")
        wanted = QAudioFormat()
        wanted.setChannelCount(1)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        rate = next((each for each in (8000, 16000, 48000) if _fits(device, wanted, each)), 0)
        if not rate:
            return tr("You cannot talk: {0} supports no common sound format. Choose another microphone.").format(device.description())
        wanted.setSampleRate(rate)
        self._step = rate // RATE_HZ
        self._source = QAudioSource(device, wanted, self)
        self._from = self._source.start()
        return ""

    def _pump(self) -> None:
        if self._from is None:
            return
        data = bytes(self._from.readAll().data())
        read = np.frombuffer(data[: len(data) // 2 * 2], np.int16)
        self._waiting = np.concatenate([self._waiting, read])
        size = RATE_HZ * PIECE_MS // 1000 * self._step
        while len(self._waiting) >= size:
            piece, self._waiting = self._waiting[:size], self._waiting[size:]
            self._send(mulaw(piece.reshape(-1, self._step).mean(axis=1).astype(np.int16)))

    def _send(self, sound: bytes) -> None:
        """A connection that does not keep up loses pieces, rather than delaying what is said."""
        if self._on_way < _MOST_ON_WAY:
            self._on_way += 1
            command = SendTalk(self._camera_id, base64.b64encode(sound).decode())
            self._bridge.tell(command, self._arrived, self._fail, owner=self)

    def _arrived(self) -> None:
        self._on_way = max(0, self._on_way - 1)

    def _ignore(self, _: WatchroomError) -> None:
        """It has ended already."""

    def _fail(self, error: WatchroomError) -> None:
        if self.talking:
            self.end()
            self.refused.emit(str(error))


def _fits(device: object, wanted: object, rate: int) -> bool:
    wanted.setSampleRate(rate)  # type: ignore[attr-defined]
    return bool(device.isFormatSupported(wanted))  # type: ignore[attr-defined]
