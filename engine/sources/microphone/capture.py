"""The thread that reads one microphone for as long as it is wanted: open, read, notice silence of the line, open again."""

import logging
from collections.abc import Callable

from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraState
from engine.model.people.speech import SoundSink
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.protocol import EndOfStream
from engine.sources.microphone.protocol import SoundSource
from engine.sources.reading_thread import ReadingThread

_log = logging.getLogger(__name__)


class MicrophoneCapture:
    """States: CONNECTING until the first sound; LIVE; LOST with a reason until the next sound; ENDED for a file. Nothing a microphone
    does ends the thread or reaches a camera."""

    def __init__(
        self, microphone_id: str, make_source: Callable[[], SoundSource], sink: SoundSink, backoff: Backoff | None = None, called: str = ""
    ) -> None:
        """`make_source` is called on the thread, once per attempt; it may raise InputError. `called`: in the log."""
        self._called = called or f"Microphone {microphone_id}"
        self._id = microphone_id
        self._make_source = make_source
        self._sink = sink
        self._backoff = backoff or Backoff()
        self._told: tuple[CameraState, str] | None = None
        self._thread = ReadingThread(f"microphone-{microphone_id}", self._capture, self._called)

    @property
    def running(self) -> bool:
        return self._thread.running

    def start(self) -> None:
        """Once."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Returns at once."""
        self._thread.ask_to_stop()

    def stop(self, timeout_s: float = 3.0) -> None:
        """After this the sink hears nothing more. Logs a warning if the thread does not end."""
        self._thread.stop(timeout_s)

    def _capture(self) -> None:
        self._set_state(CameraState.CONNECTING, "")
        while not self._thread.stopping.is_set():
            try:
                self._read_connection()
            except EndOfStream:
                self._set_state(CameraState.ENDED, "The file has been played to its end.")
                return
            except (EnvironmentFault, InputError) as fault:
                self._lose(str(fault))
            except Exception:  # noqa: BLE001  (thread top: a bug in one microphone's code must not end its thread)
                self._lose("An internal error broke the connection. It is made anew; the log has the details.")
                _log.exception("Reading %s failed by a bug", self._called)
            self._thread.stopping.wait(self._backoff.next_s())

    def _read_connection(self) -> None:
        source = self._make_source()
        with self._thread.holding(source) as wanted:
            if wanted:
                source.open()
                while not self._thread.stopping.is_set():
                    self._step(source)

    def _step(self, source: SoundSource) -> None:
        chunk = source.read()
        if chunk is None or self._thread.stopping.is_set():
            return
        self._set_state(CameraState.LIVE, "")
        self._backoff.reset()
        self._sink.on_sound(chunk)

    def _lose(self, reason: str) -> None:
        if not self._thread.stopping.is_set():
            self._set_state(CameraState.LOST, reason)

    def _set_state(self, state: CameraState, reason: str) -> None:
        if self._told == (state, reason):
            return
        before, self._told = self._told, (state, reason)
        if state is CameraState.LOST and (before is None or before[0] is not CameraState.LOST):
            _log.warning("%s is lost: %s", self._called, reason)
        self._sink.on_state(self._id, state, reason)
