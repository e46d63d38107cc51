"""Continuous video: one thread that writes what the rings of all cameras get, without encoding it again."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.model.cameras.segment import Segment
from engine.model.errors import EnvironmentFault
from engine.model.settings import RecordingSettings
from engine.model.time import seconds_to_ns
from engine.recording.files import PART
from engine.recording.ring import PacketRing
from engine.recording.segments.cut import SegmentCut

log = logging.getLogger(__name__)

PERIOD_S = 0.25
AGAIN_S = 5.0  # after a failure, a camera's video is tried again


class SegmentRecorder:
    """Any thread may call any method. Files are written and named on the thread `segments`; a segment is announced when its file is whole.

    Args:
        folder: the data folder. rings: by camera, those that are to be recorded now. full: whether there is no room for more.
        on_segment, on_trouble: as for `ClipRecorder`, on the thread `segments`.
    """

    def __init__(
        self,
        folder: Path,
        rings: Callable[[], Mapping[str, PacketRing]],
        settings: Callable[[], RecordingSettings],
        on_segment: Callable[[Segment], None],
        on_trouble: Callable[[str | None], None],
        full: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder, self._rings, self._settings = folder, rings, settings
        self._on_segment, self._on_trouble, self._full = on_segment, on_trouble, full
        self._cuts: dict[str, SegmentCut] = {}
        self._ended_ns: dict[str, int] = {}  # up to where each camera was recorded
        self._again_s: dict[str, float] = {}
        self._orphans: list[Path] = []
        self._in_trouble = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._record_segments, name="segments", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End every segment where it is and keep it; returns when that is done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def orphans(self) -> list[Path]:
        """Part files that were given up since the last call, for whoever recovers them."""
        taken, self._orphans = self._orphans, []
        return taken

    def _record_segments(self) -> None:
        while not self._stopping.wait(PERIOD_S):
            self._round(self._rings_to_record())
        self._round(self._rings_to_record())
        self._round({})

    def _rings_to_record(self) -> Mapping[str, PacketRing]:
        settings = self._settings()
        return self._rings() if settings.enabled and settings.continuous and not self._full() else {}

    def _round(self, wanted: Mapping[str, PacketRing]) -> None:
        for camera_id, cut in tuple(self._cuts.items()):
            if wanted.get(camera_id) is not cut.ring:
                self._guarded(camera_id, cut, self._finish)
                self._forget(camera_id)
        for camera_id, ring in wanted.items():
            if self._again_s.get(camera_id, 0.0) <= time.monotonic():
                self._guarded(camera_id, self._cut(camera_id, ring), self._advance)

    def _cut(self, camera_id: str, ring: PacketRing) -> SegmentCut:
        if camera_id not in self._cuts:
            self._cuts[camera_id] = SegmentCut(self._folder, camera_id, ring, self._ended_ns.get(camera_id, 0))
        return self._cuts[camera_id]

    def _guarded(self, camera_id: str, cut: SegmentCut, act: Callable[[SegmentCut], None]) -> None:
        """The thread's top: whatever goes wrong with one camera's video must not cost another's."""
        try:
            act(cut)
        except EnvironmentFault as fault:
            self._give_up(camera_id, cut, str(fault))
        except Exception as error:
            log.exception("the recorder of continuous video met a bug")
            self._give_up(camera_id, cut, f"Continuous recording met an error it did not expect ({error}). Some of it is missing.")

    def _advance(self, cut: SegmentCut) -> None:
        for segment in cut.advance(seconds_to_ns(self._settings().segment_s)):
            self._keep(segment)

    def _finish(self, cut: SegmentCut) -> None:
        self._advance(cut)
        for segment in cut.finish():
            self._keep(segment)

    def _keep(self, segment: Segment) -> None:
        self._on_segment(segment)
        self._trouble(None)

    def _give_up(self, camera_id: str, cut: SegmentCut, sentence: str) -> None:
        left = cut.leave()
        if left is not None:
            self._orphans.append(left.with_name(left.name + PART))
        self._forget(camera_id)
        self._again_s[camera_id] = time.monotonic() + AGAIN_S
        self._trouble(sentence)

    def _forget(self, camera_id: str) -> None:
        cut = self._cuts.pop(camera_id, None)
        if cut is not None:
            self._ended_ns[camera_id] = cut.ended_ns

    def _trouble(self, sentence: str | None) -> None:
        if sentence is None and not self._in_trouble:
            return
        self._in_trouble = sentence is not None
        if sentence is not None:
            log.warning("%s", sentence)
        self._on_trouble(sentence)
