"""The console calls the operator: a message on the desktop and a short sound, until somebody acknowledges or it is muted."""

import array
import math
import wave
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, QUrl, Signal

from console.session.remembered import Remembered
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import Severity
from engine.model.places import place_names
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from widgets.theme import severity_word
from widgets.translation import tr
from widgets.words import kind_word

REPEAT_MS = 4_000
MOST_MESSAGES = 3  # at once; more are told of in one
_RATE_HZ = 44_100
_NOTES = ((880.0, 0.16), (0.0, 0.05), (1174.7, 0.22))  # Hz, seconds


class Tone(Protocol):
    """What is heard. `why_silent`: a sentence while nothing can be heard, empty otherwise; asked after `play`."""

    why_silent: str

    def play(self) -> None: ...

    def stop(self) -> None: ...


class Messages(Protocol):
    """What appears on the desktop."""

    def show(self, title: str, text: str, alert_id: str = "", severity: Severity = Severity.MODERATE) -> None: ...


class Alarm(QObject):
    """UI thread. Sounds while an alert is new, neither shelved nor muted; a mute ends with the next alert, or the next escalation.

    Signals: changed(): what `words` says, or whether it sounds, is another.
    """

    changed = Signal()

    def __init__(
        self,
        user_id: str,
        remembered: Remembered,
        tone: Tone,
        messages: Messages,
        parent: QObject | None = None,
        locked: Callable[[], bool] = lambda: False,
    ) -> None:
        """`locked`: nobody is known to sit here; then messages say only how grave an alert is."""
        super().__init__(parent)
        self._least_key, self._locked = f"alarm/{user_id}/least", locked
        self._sound_key, self._message_key = f"alarm/{user_id}/sound", f"alarm/{user_id}/messages"
        self._remembered, self._tone, self._messages = remembered, tone, messages
        self._calling: frozenset[tuple[str, int]] = frozenset()  # alert and level
        self._told: frozenset[tuple[str, int]] = frozenset()
        self._muted: frozenset[tuple[str, int]] = frozenset()
        self._timer = QTimer(self)
        self._timer.setInterval(REPEAT_MS)
        self._timer.timeout.connect(self._play)

    # What the operator chooses

    @property
    def sound_wanted(self) -> bool:
        return self._remembered.flag(self._sound_key, True)

    def want_sound(self, wanted: bool) -> None:
        """Remembered for this user on this machine."""
        self._remembered.put(self._sound_key, wanted)
        self._settle()

    @property
    def messages_wanted(self) -> bool:
        return self._remembered.flag(self._message_key, True)

    def want_messages(self, wanted: bool) -> None:
        self._remembered.put(self._message_key, wanted)
        self.changed.emit()

    @property
    def least_told(self) -> Severity:
        """Less grave alerts make no message on the desktop."""
        kept = self._remembered.number(self._least_key, int(Severity.MINIMAL))
        return Severity(kept) if kept in tuple(Severity) else Severity.MINIMAL

    def tell_from(self, least: Severity) -> None:
        self._remembered.put(self._least_key, int(least))
        self.changed.emit()

    def mute(self) -> None:
        """Silence for what calls now; what comes later is heard."""
        self._muted = self._calling
        self._settle()

    def try_sound(self) -> None:
        self._play()

    # How it is

    @property
    def sounding(self) -> bool:
        return self._timer.isActive()

    @property
    def muted(self) -> bool:
        return bool(self._calling) and self._calling <= self._muted

    @property
    def why_silent(self) -> str:
        """Why an alert would not be heard, as a sentence; empty while it would."""
        return self._tone.why_silent if self.sound_wanted else tr("Sound is switched off for you on this computer.")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        new = [alert for alert in snapshot.alerts.alerts if alert.state is AlertState.NEW and not alert.shelved(snapshot.at_ns)]
        calling = frozenset((alert.id, alert.level) for alert in new)
        if calling == self._calling:
            return
        self._calling = calling
        fresh = [alert for alert in new if (alert.id, alert.level) not in self._told]
        self._told = calling
        self._muted &= calling
        if self.messages_wanted:
            self._notify([alert for alert in fresh if alert.severity >= self.least_told], snapshot.settings)
        self._settle()

    def stop(self) -> None:
        """The window closes."""
        self._calling = frozenset()
        self._settle()

    def _settle(self) -> None:
        wanted = self.sound_wanted and bool(self._calling - self._muted)
        if wanted and not self._timer.isActive():
            self._timer.start()
            self._play()
        elif not wanted and self._timer.isActive():
            self._timer.stop()
            self._tone.stop()
        self.changed.emit()

    def _play(self) -> None:
        before = self._tone.why_silent
        self._tone.play()
        if self._tone.why_silent != before:
            self.changed.emit()

    def _notify(self, fresh: list[Alert], settings: Settings) -> None:
        for alert in fresh[:MOST_MESSAGES] if len(fresh) <= MOST_MESSAGES else fresh[: MOST_MESSAGES - 1]:
            self._messages.show(*self._words(alert, settings), alert.id, alert.severity)
        if len(fresh) > MOST_MESSAGES:
            more = len(fresh) - MOST_MESSAGES + 1
            self._messages.show(tr("{0} more alerts").format(more), tr("See the Alerts page for all."))

    def _words(self, alert: Alert, settings: Settings) -> tuple[str, str]:
        if self._locked():
            return _simulated(alert, tr("{0} alert").format(severity_word(alert.severity))), tr("Unlock the console to see it.")
        return title(alert), place(alert, settings)


def title(alert: Alert) -> str:
    """Without names: it may be read on a locked screen."""
    return _simulated(alert, f"{severity_word(alert.severity)}: {kind_word(alert.kind)}")


def _simulated(alert: Alert, words: str) -> str:
    return tr("SIMULATED: {0}").format(words) if alert.simulated else words


def place(alert: Alert, settings: Settings) -> str:
    places = place_names(settings)
    camera = settings.camera(alert.camera_id)
    where = places.get(alert.zone_id) or (camera.name if camera is not None else "") or settings.site_name
    return tr("{0}. Unacknowledged.").format(where) if alert.level else where


class QtTone:
    """Two short notes through the system's usual output. Qt's sound system is loaded when it first has to sound: it takes a moment."""

    def __init__(self) -> None:
        self.why_silent = ""
        self._folder: TemporaryDirectory[str] | None = None
        self._effect: QObject | None = None

    def play(self) -> None:
        try:
            from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
        except ImportError as error:
            self.why_silent = tr("Alerts cannot be heard: this program was installed without Qt's sound system ({0}).").format(error)
            return
        if not QMediaDevices.audioOutputs():
            self.why_silent = tr("Alerts cannot be heard: this computer has no working loudspeaker. Connect one.")
            return
        self.why_silent = ""
        if not isinstance(self._effect, QSoundEffect):
            self._effect = QSoundEffect()
            self._effect.setSource(QUrl.fromLocalFile(str(self._file())))
        self._effect.play()

    def stop(self) -> None:
        if self._effect is not None:
            self._effect.stop()  # type: ignore[attr-defined]

    def close(self) -> None:
        self.stop()
        self._effect = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _file(self) -> Path:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="watchroom-")
        path = Path(self._folder.name) / "alert.wav"
        write_tone(path)
        return path


def write_tone(path: Path) -> None:
    """The notes as 16-bit mono WAV, each faded in and out so that it does not click."""
    samples = array.array("h")
    for hertz, seconds in _NOTES:
        count = round(_RATE_HZ * seconds)
        fade = _RATE_HZ * 0.01
        for n in range(count):
            loudness = 0.5 * min(1.0, n / fade, (count - n) / fade)
            samples.append(round(32_767 * loudness * math.sin(2 * math.pi * hertz * n / _RATE_HZ)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
