"""Listening to one camera: from the engine's feed to the loudspeaker. One at a time in a console, whichever wall it was asked for on."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.courier import close_it, ignore_answer
from console.session.remembered import Remembered
from console.sound.loudspeaker import Loudspeaker, QtLoudspeaker
from console.sound.sound_buffer import SoundBuffer, level_of
from console.sound.sound_choice import SoundChoice, keep_choice, kept_choice
from console.words import error_text
from engine.model.cameras.sound import SoundFeed, SoundState, check_listenable
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.health import CameraState
from widgets.engine_text import translate_engine_text
from widgets.wall.heard_mark import ListeningMark

EVERY_MS = 20
_FALL = 0.88  # of the level, each time
_OPENING = SoundState()


class CameraHearing(QObject):
    """UI thread. Signals: changed(): who is heard, how it goes, or the choice; many times a second. ended(sentence): by itself, and why."""

    changed = Signal()
    ended = Signal(str)

    def __init__(
        self, bridge: EngineBridge, remembered: Remembered, loudspeaker: Loudspeaker | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._remembered = bridge, remembered
        self._loudspeaker = loudspeaker or QtLoudspeaker()
        self._user_id = bridge.session.kept_as
        self.choice = kept_choice(remembered, self._user_id)
        self.buffer = SoundBuffer()
        self._camera_id = ""
        self._feed: SoundFeed | None = None
        self._asked = 0
        self._state = _OPENING
        self._level = 0.0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.play)

    @property
    def camera_id(self) -> str:
        """Who is listened to, "" for nobody."""
        return self._camera_id

    @property
    def reason(self) -> str:
        """Why nothing comes just now."""
        return translate_engine_text(self._state.reason)

    def heard_mark(self) -> ListeningMark | None:
        if not self._camera_id:
            return None
        return ListeningMark(self._camera_id, self._level, self.choice.muted, self._state.state is CameraState.LIVE)

    def why_not(self, camera_id: str) -> str:
        """Why this camera cannot be listened to; "" where it can."""
        snapshot = self._bridge.snapshot
        camera = snapshot.settings.camera(camera_id) if snapshot is not None and camera_id else None
        if camera is None:
            return self.tr("Select a camera first.")
        try:
            check_listenable(camera)
        except EnvironmentFault as fault:
            return translate_engine_text(str(fault))
        return ""

    def toggle(self, camera_id: str) -> None:
        if camera_id and camera_id == self._camera_id:
            self.stop()
        else:
            self.listen(camera_id)

    def listen(self, camera_id: str) -> None:
        """To this camera, and to no other any more."""
        if camera_id == self._camera_id:
            return
        self.stop()
        why = self.why_not(camera_id) or self._loudspeaker.open()
        if why:
            self.ended.emit(why)
            return
        self._use(self.choice)
        self._camera_id, self._state = camera_id, _OPENING
        self._asked += 1
        asked, port = self._asked, self._bridge.port
        self._bridge.fetch(
            partial(port.listen, camera_id),
            self._take_sound_feed,
            lambda error: self._on_listen_error(asked, error),
            asked,
            owner=self,
            discard=close_it,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Nothing is heard any more when this returns; the engine is told at once."""
        if not self._camera_id:
            return
        self._camera_id, self._level = "", 0.0
        self._asked += 1
        self._timer.stop()
        self._loudspeaker.close()
        self.buffer.clear()
        feed, self._feed = self._feed, None
        if feed is not None:
            self._bridge.fetch(feed.close, ignore_answer, ignore_answer)
        self.changed.emit()

    def choose(self, choice: SoundChoice) -> None:
        keep_choice(self._remembered, self._user_id, choice)
        self._use(choice)
        self.changed.emit()

    def look_at_choice(self) -> None:
        """It may have been changed elsewhere."""
        kept = kept_choice(self._remembered, self._user_id)
        if kept != self.choice:
            self._use(kept)
            self.changed.emit()

    def play(self) -> None:
        """What has come since, as far as the loudspeaker takes it."""
        if self._feed is None:
            return
        samples, self._state = self._feed.take(), self._feed.state
        self._level = max(level_of(samples), self._level * _FALL)
        self.buffer.add(samples)
        free, held = self._loudspeaker.room()
        given = self.buffer.take(free, held)
        if len(given):
            self._loudspeaker.write(given)
        trouble = self._repair() if self._loudspeaker.broken() else ""
        if trouble or self._state.ended:
            self._end_sound(trouble or translate_engine_text(self._state.reason))
            return
        self.changed.emit()

    def _take_sound_feed(self, asked: int, feed: SoundFeed) -> None:
        if asked != self._asked:
            self._bridge.fetch(feed.close, ignore_answer, ignore_answer)
            return
        self._feed = feed
        self._timer.start()
        self.play()

    def _on_listen_error(self, asked: int, error: WatchroomError) -> None:
        if asked == self._asked:
            self._end_sound(error_text(error))

    def _repair(self) -> str:
        """Another loudspeaker, where there is one now; else why there is none."""
        self._loudspeaker.close()
        why = self._loudspeaker.open()
        if not why:
            self._use(self.choice)
        return why

    def _end_sound(self, why: str) -> None:
        self.stop()
        self.ended.emit(why)

    def _use(self, choice: SoundChoice) -> None:
        self.choice = choice
        self._loudspeaker.set_volume(choice.share)
