"""The sound of a camera for somebody who listens: beside the connection its pictures come over, so that nothing is read while nobody does.

An RTSP camera is asked for its sound alone. A file is opened a second time and follows the picture: where it is shown, there it is heard.
"""

import time
from collections.abc import Callable

from av.audio.frame import AudioFrame

from engine.model.cameras.sound import SOUND_HZ, has_sound
from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.people.speech import SoundChunk
from engine.model.settings import CameraKind, CameraSettings
from engine.model.time import MILLISECOND, SECOND, Clock
from engine.sources.camera import faults
from engine.sources.camera.file import file_opening, file_path
from engine.sources.camera.find.reach import check_reach
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.network import rtsp_opening
from engine.sources.camera.protocol import STALL_S, Place
from engine.sources.camera.sound.reader import Mono, SoundReader, began_ns, length_ns, sound_opening
from engine.sources.camera.stream import Opening
from engine.sources.camera.timeline import LiveTimeline
from engine.sources.camera.urls import parsed, with_credentials

LEAD_NS = 60 * MILLISECOND  # ahead of the picture, for the way to the loudspeaker
BEHIND_NS = 100 * MILLISECOND  # later than this is not played: the next piece is nearer to the picture
_FAR_NS = 2 * SECOND  # looked up instead of read through
_BACK_NS = 300 * MILLISECOND
_STANDING_S = 2 * STALL_S  # a picture whose place is older than this stands still
_PAUSE_S = 0.05
NO_SOUND = "has no sound that can be listened to: RTSP cameras can have, and files that play at their own speed"

PlaceOf = Callable[[], Place | None]


def camera_sound(camera: CameraSettings, credentials: Credentials | None, clock: Clock, place: PlaceOf) -> "LiveSound | FileSound":
    """The sound of its main stream, not yet open. `place`: where in its file the picture is.

    Raises:
        InputError: cameras of this kind carry none (field `url`).
    """
    if not has_sound(camera):
        raise InputError("url", NO_SOUND)
    if camera.kind is CameraKind.FILE:
        return FileSound(camera.id, sound_opening(file_opening(file_path(camera.url))), clock, place)
    if not parsed(camera.url).hostname:
        raise InputError("url", "names no host; write for example rtsp://192.168.1.20/stream1")
    return LiveSound(camera.id, sound_opening(rtsp_opening(with_credentials(camera.url, credentials), camera.transport)), clock)


class LiveSound:
    """Of a stream, as it comes. One thread, but for `interrupt`."""

    def __init__(self, camera_id: str, opening: Opening, clock: Clock) -> None:
        self._camera_id, self._opening = camera_id, opening
        self._timeline = LiveTimeline(clock)
        self._mono = Mono()
        self._interrupt = Interrupt()
        self._reader: SoundReader | None = None

    def open(self) -> None:
        """Raises EnvironmentFault, InputError."""
        check_reach(self._opening.url)
        self._reader = SoundReader(self._opening, self._interrupt)

    def read(self) -> SoundChunk | None:
        """The next piece. Raises EnvironmentFault: the connection broke or stalled."""
        frame = self._reader.next() if self._reader is not None else None
        if frame is None:
            raise faults.closed(self._opening.shown)
        stream_ns, long_ns = began_ns(frame), length_ns(frame)
        started_ns = self._timeline.arrived(None if stream_ns is None else stream_ns + long_ns) - long_ns
        return SoundChunk(self._camera_id, started_ns, SOUND_HZ, self._mono.feed(frame))

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


class FileSound:
    """Of a file that is shown as a camera: always where the picture is, also when that starts again from the beginning, and silent while
    it stands. One thread, but for `interrupt`."""

    def __init__(self, camera_id: str, opening: Opening, clock: Clock, place: PlaceOf) -> None:
        self._camera_id, self._opening, self._clock, self._place = camera_id, opening, clock, place
        self._mono = Mono()
        self._interrupt = Interrupt()
        self._reader: SoundReader | None = None
        self._waiting: AudioFrame | None = None
        self._at_ns: int | None = None  # where the picture was when it was last looked at
        self._end = False

    def open(self) -> None:
        """Raises EnvironmentFault."""
        self._reader = SoundReader(self._opening, self._interrupt)

    def read(self) -> SoundChunk | None:
        """The piece that is due; None, after a moment, where none is. Raises EnvironmentFault."""
        reader = self._reader
        if reader is None or self._interrupt.is_set():
            raise faults.interrupted(self._opening.shown)
        place_ns = self._picture_ns()
        frame = None if place_ns is None else self._fetched(reader, place_ns)
        if place_ns is None or frame is None:
            return self._pause(_PAUSE_S)
        ahead_ns = (began_ns(frame) or 0) - place_ns
        if ahead_ns > LEAD_NS:
            return self._pause(min((ahead_ns - LEAD_NS) / SECOND, _PAUSE_S))
        self._waiting = None
        if ahead_ns < -BEHIND_NS:
            return None
        return SoundChunk(self._camera_id, self._clock.now_ns() + ahead_ns, SOUND_HZ, self._mono.feed(frame))

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        self._waiting = None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _picture_ns(self) -> int | None:
        """Where the picture is now; None while it stands."""
        place = self._place()
        since_s = time.monotonic() - place.at_s if place is not None else 0.0
        if place is None or since_s > _STANDING_S:
            return None
        return place.place_ns + round(since_s * SECOND)

    def _fetched(self, reader: SoundReader, place_ns: int) -> AudioFrame | None:
        """The piece that waits; None at the end of the track."""
        if self._jumped(place_ns):
            reader.seek(max(place_ns, 0))
            self._waiting, self._end = None, False
        if self._waiting is None and not self._end:
            self._waiting = reader.next()
            self._end = self._waiting is None
        return self._waiting

    def _jumped(self, place_ns: int) -> bool:
        """The file has begun again, or the sound has fallen far behind."""
        before_ns, self._at_ns = self._at_ns, place_ns
        return before_ns is None or not -_BACK_NS < place_ns - before_ns < _FAR_NS

    def _pause(self, seconds: float) -> None:
        if self._interrupt.wait(seconds):
            raise faults.interrupted(self._opening.shown)
