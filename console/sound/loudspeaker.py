"""The system's usual loudspeaker, through Qt. Loaded when somebody listens for the first time: it takes a moment."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QIODevice

from console.sound.sound_buffer import Fitted
from engine.model.cameras.sound import SOUND_HZ, Samples
from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink

_HELD_S = 0.1


class Loudspeaker(Protocol):
    """What sound is played on. UI thread; no call blocks."""

    def open(self) -> str:
        """Begin; or why that cannot be, a sentence."""
        ...

    def room(self) -> tuple[int, int]:
        """Samples that it takes now, and that it has still to play."""
        ...

    def write(self, samples: Samples) -> None: ...

    def set_volume(self, share: float) -> None:
        """0–1, as loud as it is felt to be."""
        ...

    def broken(self) -> bool:
        """It was unplugged, or taken away."""
        ...

    def close(self) -> None:
        """Twice is no error."""
        ...


class QtLoudspeaker:
    """A `Loudspeaker` over QAudioSink, which is written to."""

    def __init__(self) -> None:
        self._sink: QAudioSink | None = None
        self._into: QIODevice | None = None
        self._fitted = Fitted(SOUND_HZ, 1)
        self._share = 1.0
        self._bytes = 2  # of one sample in all channels
        self._rate = SOUND_HZ

    def open(self) -> str:
        try:
            from PySide6.QtMultimedia import QAudioSink, QMediaDevices
        except ImportError as error:
            return tr("Cameras cannot be heard: this program was installed without Qt's sound system ({0}).").format(error)
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            return tr("Cameras cannot be heard: this computer has no working loudspeaker. Connect one, then listen again.")
        wanted = _format_for(device)
        if wanted is None:
            return tr("Cameras cannot be heard: {0} supports no common sound format. Choose another loudspeaker.").format(
                device.description()
            )
        self._rate, self._bytes = wanted.sampleRate(), wanted.bytesPerFrame()
        self._fitted = Fitted(wanted.sampleRate(), wanted.channelCount())
        self._sink = QAudioSink(device, wanted)
        self._sink.setBufferSize(round(_HELD_S * self._rate) * self._bytes)
        self.set_volume(self._share)
        self._into = self._sink.start()
        if self.broken():
            self.close()
            return tr("Cameras cannot be heard: the loudspeaker {0} is not available. Check its connection.").format(device.description())
        return ""

    def room(self) -> tuple[int, int]:
        if self._sink is None:
            return 0, 0
        share = SOUND_HZ / self._rate / self._bytes
        free, size = self._sink.bytesFree(), self._sink.bufferSize()
        return int(free * share), int(max(size - free, 0) * share)

    def write(self, samples: Samples) -> None:
        if self._into is None or self._sink is None:
            return
        from PySide6.QtMultimedia import QAudioFormat

        made = self._fitted.feed(samples)
        form = self._sink.format().sampleFormat()
        if form == QAudioFormat.SampleFormat.Int16:
            made = np.round(made * 32_767).astype(np.int16)
        elif form == QAudioFormat.SampleFormat.Int32:
            made = np.round(made.astype(np.float64) * (2**31 - 1)).astype(np.int32)
        self._into.write(made.tobytes())

    def set_volume(self, share: float) -> None:
        self._share = share
        if self._sink is not None:
            from PySide6.QtMultimedia import QtAudio

            scales = QtAudio.VolumeScale
            self._sink.setVolume(QtAudio.convertVolume(share, scales.LogarithmicVolumeScale, scales.LinearVolumeScale))

    def broken(self) -> bool:
        if self._sink is None:
            return False
        from PySide6.QtMultimedia import QtAudio

        return self._into is None or self._sink.error() in (QtAudio.Error.OpenError, QtAudio.Error.IOError, QtAudio.Error.FatalError)

    def close(self) -> None:
        sink, self._sink, self._into = self._sink, None, None
        if sink is not None:
            sink.stop()


def _format_for(device: "QAudioDevice") -> "QAudioFormat | None":
    """Ours where it is taken, else the one that the device likes best; None for a kind of number that is not written here."""
    from PySide6.QtMultimedia import QAudioFormat

    forms = QAudioFormat.SampleFormat
    for channels in (1, 2):
        wanted = QAudioFormat()
        wanted.setSampleRate(SOUND_HZ)
        wanted.setChannelCount(channels)
        wanted.setSampleFormat(forms.Int16)
        if device.isFormatSupported(wanted):
            return wanted
    liked = device.preferredFormat()
    return liked if liked.isValid() and liked.sampleFormat() in (forms.Int16, forms.Int32, forms.Float) else None
