"""Closer looks at people: faces, poses and looks of tracks, on a thread beside the detector's.

A camera has one slot with its newest frame and its tracks. What is due and most overdue is looked at next, within a stated share of the
machine; how often each was looked at is counted. Tracks belong to a moment: on a newer frame their boxes are moved on.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import Protocol

import numpy as np

from engine.model.cameras.face import Faces
from engine.model.cameras.frame import Bytes2D, DecodedFrame
from engine.model.cameras.pose import Poses
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import WatchroomError
from engine.model.geometry import Floats
from engine.model.observation import FacesSeen, LooksSeen, PosesSeen
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.runtime.closer.rates import Rate
from engine.runtime.ports import Inbox

POSE_HZ = 10.0
TAKE_HZ = 15.0  # of the one whose gesture is recorded
FACES_HZ = 4.0  # looks where only faces are wanted: each has its own pace
POSED = 2  # tracks of a camera that are followed limb by limb
LOOK_EVERY_NS = 2 * SECOND
FACES_AT_ONCE = 2
BUDGET = 0.5  # of one core
FRESH_S = 1.0
RETRY_S = 5.0
STALE_NS = SECOND  # tracks not confirmed for so long are where nobody knows


class FaceLooker(Protocol):
    """`model` made the embeddings, which match from `threshold` on."""

    model: str
    threshold: float

    def look(self, picture_bgr: Bytes2D, boxes_xyxy: Floats) -> tuple[Faces, Sequence[int]]:
        """Faces in the boxes (N, 4), and for each the index of its box."""
        ...

    def due(self, unnamed: Iterable[str], named: Iterable[str], now_ns: int, at_most: int) -> tuple[str, ...]: ...

    def forget(self, track_id: str) -> None: ...


class PoseLooker(Protocol):
    model: str

    def look(self, picture_bgr: Bytes2D, track_ids: Sequence[str], boxes_xyxy: Floats) -> Poses:
        """Continues from what it saw of these tracks before."""
        ...

    def forget(self, track_id: str) -> None: ...


class LookLooker(Protocol):
    model: str

    def look(self, picture_bgr: Bytes2D, box_xyxy: Floats) -> Floats | None: ...


@dataclass(frozen=True, slots=True)
class Lookers:
    """What is installed and wanted; None: not. The troubles say why not, as sentences, where it is wanted."""

    faces: FaceLooker | None = None
    poses: PoseLooker | None = None
    looks: LookLooker | None = None
    face_trouble: str = ""
    pose_trouble: str = ""
    look_trouble: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """Whose gesture is recorded, on which camera. `track_id` empty: not chosen yet, whoever is largest."""

    camera_id: str
    track_id: str = ""


@dataclass(slots=True)
class _Slot:
    """One camera's newest frame and tracks. Guarded by the lock of `CloserLooks`."""

    frame: DecodedFrame | None = None
    offered_s: float = 0.0
    tracks: tuple[Track, ...] = ()
    tracks_ns: int = 0
    posed_index: int = -1
    pose_due_s: float = 0.0
    looked_ns: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    camera_id: str
    frame: DecodedFrame
    picture: Bytes2D

    def boxes(self, tracks: Sequence[Track], tracks_ns: int) -> Floats:
        """(N, 4) where these tracks are on the frame."""
        ahead_s = np.clip((self.frame.captured_ns - tracks_ns) / SECOND, -1.0, 1.0)
        return np.array([_box_ahead(track, float(ahead_s)) for track in tracks], np.float32).reshape(-1, 4)


class CloserLooks:
    """Body of one worker thread, and the slots it serves.

    Args:
        load: what to look with; called on the worker thread; may take seconds; raises WatchroomError.
        inbox: gets what was seen, from the worker thread.
    """

    def __init__(self, load: Callable[[], Lookers], inbox: Inbox) -> None:
        self._load = load
        self._inbox = inbox
        self._changed = threading.Condition()
        self._slots: dict[str, _Slot] = {}
        self._named: frozenset[str] = frozenset()
        self._generation, self._loaded, self._again_s = 0, -1, 0.0
        self.lookers = Lookers()
        self.poses_rate, self.faces_rate = Rate(), Rate()
        self.keep_face: Callable[[FacesSeen, Bytes2D], None] = lambda _seen, _picture: None
        self.focus: Callable[[], Focus | None] = lambda: None  # while a gesture is recorded, one person has all looks

    def offer(self, camera_id: str, frame: DecodedFrame) -> None:
        """The newest frame, on its capture thread."""
        with self._changed:
            slot = self._slots.get(camera_id)
            if slot is not None:
                slot.frame, slot.offered_s = frame, time.monotonic()
                if slot.tracks:
                    self._changed.notify()

    def tracks(self, camera_id: str, tracks: tuple[Track, ...], at_ns: int) -> None:
        """Who is in view, where at `at_ns`. The engine thread."""
        with self._changed:
            slot = self._slots.setdefault(camera_id, _Slot())
            gone = {track.id for track in slot.tracks} - {track.id for track in tracks}
            slot.tracks, slot.tracks_ns = tracks, at_ns
            for track_id in gone:
                slot.looked_ns.pop(track_id, None)
        for track_id in gone:
            self._forget_track(track_id)

    def set_known_tracks(self, track_ids: frozenset[str]) -> None:
        """Whose name is known: their faces are looked at less often."""
        self._named = track_ids

    def posing_cameras(self) -> int:
        """How many cameras have somebody in view."""
        return sum(bool(slot.tracks) for slot in self._slots.values())

    def remove_camera(self, camera_id: str) -> None:
        with self._changed:
            self._slots.pop(camera_id, None)

    def reload(self) -> None:
        """Models were installed, or something was switched on or off."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def work(self, stopping: threading.Event) -> None:
        """Body of the worker thread."""
        while not stopping.is_set():
            began_s = time.perf_counter()
            if self.look_once(0.1) and self.focus() is None:
                stopping.wait(min((time.perf_counter() - began_s) * (1 / BUDGET - 1), 0.2))

    def look_once(self, wait_s: float) -> bool:
        """Look at one frame; False when none was worth a look within `wait_s`. The worker thread."""
        if self._loaded != self._generation and time.monotonic() >= self._again_s:
            self._reload()
        work = self._take_frame(wait_s)
        if work is None:
            return False
        self._analyse_frame(*work)
        return True

    def _reload(self) -> None:
        wanted = self._generation
        try:
            self.lookers = self._load()
        except WatchroomError as error:
            self.lookers = Lookers(face_trouble=str(error), pose_trouble=str(error), look_trouble=str(error))
            self._again_s = time.monotonic() + RETRY_S
            return
        self._loaded = wanted

    def _take_frame(self, wait_s: float) -> tuple[str, DecodedFrame, tuple[Track, ...], int] | None:
        """A camera whose frame is worth a look, its tracks, and their time."""
        with self._changed:
            now_s, focus = time.monotonic(), self.focus()
            slots = [(camera_id, slot) for camera_id, slot in self._slots.items() if focus is None or focus.camera_id == camera_id]
            ready = [(slot.pose_due_s, camera_id) for camera_id, slot in slots if self._ready(slot, now_s)]
            _, camera_id = min(ready, default=(0.0, ""))
            slot = self._slots.get(camera_id)
            if slot is None or slot.frame is None:
                self._changed.wait(wait_s)
                return None
            frame, tracks, tracks_ns = slot.frame, slot.tracks, slot.tracks_ns
            period_s = 1 / (TAKE_HZ if focus is not None else POSE_HZ if self.lookers.poses is not None else FACES_HZ)
            slot.posed_index, slot.pose_due_s = frame.index, max(slot.pose_due_s, now_s - period_s) + period_s  # small delays do not add up
        return camera_id, frame, tracks, tracks_ns

    def _ready(self, slot: _Slot, now_s: float) -> bool:
        fresh = slot.frame is not None and slot.frame.index != slot.posed_index and now_s - slot.offered_s < FRESH_S
        return fresh and bool(slot.tracks) and now_s >= slot.pose_due_s and self.lookers != Lookers()

    def _analyse_frame(self, camera_id: str, frame: DecodedFrame, tracks: tuple[Track, ...], tracks_ns: int) -> None:
        focus = self.focus()
        believed = (TrackStatus.CONFIRMED,) if focus is None else (TrackStatus.CONFIRMED, TrackStatus.COASTING)
        seen = [track for track in tracks if track.status in believed and tracks_ns - track.last_seen_ns < STALE_NS]
        if not seen:
            return
        work = _Work(camera_id, frame, frame.bgr(frame.width, frame.height))
        if focus is not None:
            self._poses(work, [track for track in seen if track.id == focus.track_id] or _largest(seen, 1), tracks_ns)
            return
        self._poses(work, _largest(seen, POSED), tracks_ns)
        self._faces(work, seen, tracks_ns)
        self._looks(work, seen, tracks_ns)

    def _poses(self, work: _Work, chosen: Sequence[Track], tracks_ns: int) -> None:
        looker = self.lookers.poses
        if looker is None:
            return
        ids = tuple(track.id for track in chosen)
        self.poses_rate.count()
        poses = looker.look(work.picture, ids, work.boxes(chosen, tracks_ns))
        self._inbox.post(PosesSeen(work.camera_id, work.frame.captured_ns, ids, poses, looker.model))

    def _faces(self, work: _Work, seen: Sequence[Track], tracks_ns: int) -> None:
        looker = self.lookers.faces
        if looker is None:
            return
        named = [track.id for track in seen if track.id in self._named]
        unnamed = [track.id for track in seen if track.id not in self._named]
        due = looker.due(unnamed, named, work.frame.captured_ns, FACES_AT_ONCE)
        if not due:
            return
        chosen = [track for track in seen if track.id in due]
        self.faces_rate.count()
        faces, owners = looker.look(work.picture, work.boxes(chosen, tracks_ns))
        ids = tuple(chosen[owner].id for owner in owners)
        found = FacesSeen(work.camera_id, work.frame.captured_ns, tuple(t.id for t in chosen), ids, faces, looker.model, looker.threshold)
        self.keep_face(found, work.picture)
        self._inbox.post(found)

    def _looks(self, work: _Work, seen: Sequence[Track], tracks_ns: int) -> None:
        """The one who was not looked at for longest."""
        looker, slot = self.lookers.looks, self._slots.get(work.camera_id)
        if looker is None or slot is None:
            return
        longest = min(seen, key=lambda track: (slot.looked_ns.get(track.id, 0), track.id))
        now_ns = work.frame.captured_ns
        if now_ns - slot.looked_ns.get(longest.id, 0) < LOOK_EVERY_NS:
            return
        slot.looked_ns[longest.id] = now_ns
        embedding = looker.look(work.picture, work.boxes([longest], tracks_ns)[0])
        if embedding is not None:
            self._inbox.post(LooksSeen(work.camera_id, now_ns, (longest.id,), embedding[None], looker.model))

    def _forget_track(self, track_id: str) -> None:
        for looker in (self.lookers.faces, self.lookers.poses):
            if looker is not None:
                looker.forget(track_id)


def _largest(seen: Sequence[Track], at_most: int) -> list[Track]:
    return sorted(seen, key=lambda track: (-_height(track), track.id))[:at_most]


def _height(track: Track) -> float:
    return track.box_xyxy[3] - track.box_xyxy[1]


def _box_ahead(track: Track, ahead_s: float) -> tuple[float, float, float, float]:
    right, down = track.velocity_xy[0] * ahead_s, track.velocity_xy[1] * ahead_s
    x0, y0, x1, y1 = track.box_xyxy
    return x0 + right, y0 + down, x1 + right, y1 + down
