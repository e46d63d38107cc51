"""Plays recorded video of up to nine cameras in step."""

import os
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from console.bridge import EngineBridge
from console.courier import Listener
from console.playback.camera import CameraNote, PlaybackCamera
from console.playback.library import PlaybackLibrary
from console.playback.rate import PictureRate
from console.playback.relief import Relief, Thinning
from console.playback.speed import shuttled, within
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from engine.recording.footage.cache import DEFAULT_BYTES, PictureCache
from engine.recording.footage.pace import Pace
from engine.recording.footage.shot import Shot
from engine.recording.footage.turns import Turns, decoding_threads
from engine.recording.footage.worker import FootageWorker, close_all
from widgets.playback.playback import MOST_CAMERAS, PlaybackState, RecordedTile, TileKind

_TICK_MS = 16
_AGAIN_MS = 2_000  # how often what could not be had is tried again
_HOLD_S = 0.6  # how long the clock waits for the cameras before it starts without those that are not ready
_EASY = 32.0  # cameras × speed up to which every picture is decoded to begin with
_UNSETTLED = (TileKind.LOADING, TileKind.FAILED)


class PlaybackController(QObject):
    """A `widgets.playback.playback.Playback`. UI thread; decoding is on one thread per camera, questions go through the bridge.

    There is one clock. It stands while cameras are not ready after a seek, so that all begin in step; it never runs into the future.
    What a camera shows is what it showed at the clock's time: a picture that comes too late is dropped, and a tile without its picture
    says that it is loading. Where everything is too much, all cameras show fewer pictures for a while, at worst keyframes alone.
    """

    # The stubs do not see that a Signal is a SignalInstance wherever it is read.
    moved: SignalInstance = Signal(object)  # pyright: ignore[reportAssignmentType]
    state_changed: SignalInstance = Signal(object)  # pyright: ignore[reportAssignmentType]
    cameras_changed: SignalInstance = Signal()  # pyright: ignore[reportAssignmentType]
    tile_changed: SignalInstance = Signal(str)  # pyright: ignore[reportAssignmentType]

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QObject | None = None, cache_bytes: int = DEFAULT_BYTES) -> None:
        """`cache_bytes`: decoded pictures of all cameras together."""
        super().__init__(parent)
        self._bridge = bridge
        self._clock = clock
        self._cache_bytes = cache_bytes
        self._cache = PictureCache(cache_bytes)
        self._turns = Turns(os.cpu_count() or 1)
        self._sides: dict[str, PlaybackCamera] = {}
        self._ending: list[FootageWorker] = []
        self._sizes: dict[str, tuple[int, int]] = {}
        self._notes: dict[str, CameraNote] = {}
        self._pace = Pace(clock.now_ns())
        self._speed = 1.0
        self._playing = False
        self._held_s: float | None = None  # since when the clock waits to start
        self._relief = Relief()
        self._rate = PictureRate()
        self._steps = 0
        self._snap = False
        self._lead = self._step_lead = ""
        self._state = PlaybackState()
        self._listener = Listener(self._update_cameras, self)
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._update_cameras)
        self._again = QTimer(self, interval=_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._try_again)
        self._library = PlaybackLibrary(bridge, clock, self)
        self._library.changed.connect(self._plan)
        self._library.failed.connect(self._update_cameras)
        self._hidden = self._library.hides_faces()
        self._lag_ns = self._library.lag_ns()
        bridge.snapshot_changed.connect(self._note)

    @property
    def position_ns(self) -> int:
        return min(self._pace.now_ns(perf_counter()), max(self._pace.at_ns, self._clock.now_ns()))

    @property
    def state(self) -> PlaybackState:
        return self._state

    @property
    def cameras(self) -> tuple[str, ...]:
        return tuple(self._sides)

    @property
    def thinning(self) -> Thinning:
        """What is left out of what all cameras show."""
        return self._relief.thinning

    @property
    def cache(self) -> PictureCache:
        return self._cache

    def tile(self, camera_id: str) -> RecordedTile:
        side = self._sides.get(camera_id)
        return side.tile if side is not None else RecordedTile(camera_id)

    def set_cameras(self, camera_ids: Sequence[str]) -> None:
        if len(camera_ids) > MOST_CAMERAS:
            raise ValueError(f"{len(camera_ids)} cameras; at most {MOST_CAMERAS} play in step")
        if tuple(camera_ids) == self.cameras:
            return
        for camera_id in set(self._sides) - set(camera_ids):
            self._end_camera(self._sides.pop(camera_id))
        self._sides = {camera_id: self._sides.get(camera_id) or self._begin(camera_id) for camera_id in camera_ids}
        self._library.set_cameras(camera_ids)
        self._share_cores()
        if self._bridge.snapshot is not None:
            self._note(self._bridge.snapshot)
        self.cameras_changed.emit()
        self._update_cameras()

    def want(self, camera_id: str, width: int, height: int) -> None:
        self._sizes[camera_id] = (width, height)
        if camera_id in self._sides:
            self._sides[camera_id].worker.set_fit((width, height))
            self._share_cores()

    def set_lead(self, camera_id: str) -> None:
        self._lead = camera_id

    def seek(self, at_ns: int) -> None:
        self._steps, self._snap = 0, False
        self._go(at_ns, False)

    def play(self, speed: float | None = None) -> None:
        self._speed = within(speed) if speed is not None else self._speed
        self._steps, self._snap = 0, False
        steady_s = perf_counter()
        self._relief.begin(self._too_fast())
        self._rate.restart()
        if self._playing and self._held_s is None:
            self._set_pace(self._thinned(self._pace.at_speed(self._speed, steady_s)))
        else:
            self._playing, self._held_s = True, steady_s
            self._set_pace(self._thinned(replace(self._pace, backwards=self._speed < 0)))
        self._update_cameras()

    def set_speed(self, speed: float) -> None:
        if self._playing:
            self.play(speed)
        else:
            self._speed = within(speed)
            self._emit_state()

    def pause(self) -> None:
        if self._playing:
            self._playing, self._held_s = False, None
            stopped = replace(self._pace.at_speed(0.0, perf_counter()), backwards=self._speed < 0)
            self._set_pace(replace(stopped, at_ns=min(stopped.at_ns, self._clock.now_ns()), keyframes=False, every=1))
            self._update_cameras()

    def toggle(self) -> None:
        if self._playing:
            self.pause()
        else:
            self.play()

    def step(self, pictures: int, camera_id: str = "") -> None:
        self.pause()
        self._speed = abs(self._speed)
        if self._steps * pictures < 0:
            self._steps = 0
        self._steps += pictures
        self._step_lead = camera_id
        self._update_cameras()

    def shuttle(self, forward: bool) -> None:
        self.play(shuttled(self._speed, self._playing, forward))

    def shutdown(self) -> None:
        """End the threads; the controller cannot be used again."""
        self._timer.stop()
        self._again.stop()
        self._listener.close()
        for side in self._sides.values():
            self._end_camera(side)
        self._sides = {}
        close_all(self._ending)
        self._ending = []
        self._cache = PictureCache(self._cache_bytes)

    # cameras

    def _begin(self, camera_id: str) -> PlaybackCamera:
        side = PlaybackCamera(camera_id, self._bridge.port, self._cache, self._turns, self._listener.bell.ring)
        side.worker.set_fit(self._sizes.get(camera_id, (0, 0)))
        side.worker.set_plan(self._library.plan(camera_id))
        side.worker.set_pace(self._pace)
        return side

    def _share_cores(self) -> None:
        """A camera that is shown alone is decoded by several cores; with many, each has enough to do."""
        shown = sum(all(self._sizes.get(camera_id, (0, 0))) for camera_id in self._sides)
        threads = decoding_threads(os.cpu_count() or 1, shown)
        for side in self._sides.values():
            side.worker.set_threads(threads)

    def _end_camera(self, side: PlaybackCamera) -> None:
        side.worker.end()
        self._ending = [worker for worker in self._ending if not worker.has_ended] + [side.worker]

    def _note(self, snapshot: Snapshot) -> None:
        """Names; and whether faces are hidden, which leaves nothing of what was decoded before."""
        self._notes = {view.settings.id: CameraNote(view.settings.name, view.settings.simulated) for view in snapshot.cameras}
        if snapshot.faces_hidden != self._hidden:
            self._hidden = snapshot.faces_hidden
            self._renew()
        elif self._library.lag_ns() != self._lag_ns:
            self._plan()
        self._lag_ns = self._library.lag_ns()

    def _renew(self) -> None:
        cameras = self.cameras
        for side in self._sides.values():
            self._end_camera(side)
        self._cache = PictureCache(self._cache_bytes)
        self._library.forget()
        self._sides = {camera_id: self._begin(camera_id) for camera_id in cameras}
        self._share_cores()
        for camera_id in cameras:
            self.tile_changed.emit(camera_id)
        self._update_cameras()

    def _plan(self) -> None:
        for camera_id, side in self._sides.items():
            side.worker.set_plan(self._library.plan(camera_id))
        self._update_cameras()

    def _try_again(self) -> None:
        """What is still being written, and what could not be had."""
        for camera_id, side in self._sides.items():
            if side.tile.kind is TileKind.FAILED:
                side.worker.set_plan(self._library.plan(camera_id), retry=True)
        self._update_cameras()

    # the clock

    def _go(self, at_ns: int, backwards: bool) -> None:
        steady_s = perf_counter()
        at_ns = max(0, min(at_ns, self._clock.now_ns()))
        self._held_s = steady_s if self._playing else None
        pace = replace(self._pace.sought(at_ns, steady_s), speed=0.0, backwards=backwards)
        self._set_pace(self._thinned(pace) if self._playing else pace)
        self.moved.emit(at_ns)
        self._update_cameras()

    def _set_pace(self, pace: Pace) -> None:
        if not pace.runs and (self._pace.runs or self._pace.every > pace.every):
            for side in self._sides.values():
                side.shot = None  # it may be shown for longer than it was on show
        self._pace = pace
        for camera_id in sorted(self._sides, key=lambda camera_id: camera_id != self._lead):  # who is looked at has the first turn
            self._sides[camera_id].worker.set_pace(pace)

    def _update_cameras(self) -> None:
        """Bring everything up to the clock's time."""
        steady_s = perf_counter()
        at_ns = self._pace.now_ns(steady_s)
        if self._pace.runs and at_ns >= self._clock.now_ns():
            self.pause()
            return
        self._library.look(at_ns)
        for camera_id, side in self._sides.items():
            before_ns = side.tile.picture_ns
            if side.look(at_ns, steady_s, self._library, self._notes.get(camera_id, CameraNote(camera_id))):
                if side.tile.picture_ns != before_ns:
                    self._rate.count(camera_id)
                self.tile_changed.emit(camera_id)
        if self._held_s is not None:
            self._start(steady_s, self._held_s)
        elif self._pace.runs:
            self._keep_up(steady_s)
            self.moved.emit(at_ns)
        self._settle()
        self._emit_state()

    def _start(self, steady_s: float, held_s: float) -> None:
        """All are ready, or enough was waited: the clock runs."""
        if self._all_right() or steady_s - held_s > _HOLD_S:
            self._held_s = None
            self._set_pace(replace(self._pace, steady_s=steady_s, speed=self._speed, backwards=self._speed < 0))

    def _too_fast(self) -> bool:
        """So many pictures a second that decoding all of them is not even tried."""
        return abs(self._speed) * max(1, len(self._sides)) > _EASY

    def _keep_up(self, steady_s: float) -> None:
        """Fewer pictures of all cameras where one is behind."""
        self._rate.look(steady_s)
        behind = any(side.worker.behind for side in self._sides.values())
        if self._relief.look(steady_s, behind, self._too_fast()):
            self._set_pace(self._thinned(self._pace.at_speed(self._speed, steady_s)))

    def _thinned(self, pace: Pace) -> Pace:
        return replace(pace, keyframes=self._relief.thinning.keyframes, every=self._relief.thinning.every)

    def _all_right(self) -> bool:
        at_ns = self._pace.now_ns(perf_counter())
        return all(side.right(at_ns) or not all(self._sizes.get(side.camera_id, (0, 0))) for side in self._sides.values())

    # stepping

    def _settle(self) -> None:
        """Standing: put the clock onto the picture that a step back led to, and go on with the steps that were asked for."""
        if self._playing or not (self._snap or self._steps):
            return
        lead = self._leading()
        if lead is None or lead.shot is None or not lead.right(self._pace.at_ns):
            return
        since_ns = lead.shot.shown.since_ns
        if self._snap and not lead.shot.unknown and since_ns != self._pace.at_ns:
            self._snap = False
            self._go(since_ns, True)
            return
        self._snap = False
        if self._steps:
            self._step_on(lead.shot)

    def _step_on(self, shot: Shot) -> None:
        forward = self._steps > 0
        edge_ns = shot.shown.until_ns if forward else shot.shown.since_ns
        if forward and edge_ns > self._clock.now_ns():
            self._steps = 0
            return
        if shot.unknown and shot.gap is not None and (shot.gap.open_end if forward else shot.gap.open_start):
            return  # it will be known soon
        self._steps -= 1 if forward else -1
        self._snap = not forward
        self._go(edge_ns if forward else edge_ns - 1, not forward)

    def _leading(self) -> PlaybackCamera | None:
        """The camera whose pictures steps follow: named, or selected, or the first that has a picture."""
        for camera_id in (self._step_lead, self._lead):
            if camera_id in self._sides:
                return self._sides[camera_id]
        with_picture = (side for side in self._sides.values() if side.shot is not None and side.shot.picture is not None)
        return next(with_picture, None) or next(iter(self._sides.values()), None)

    # telling

    def _emit_state(self) -> None:
        busy = not self._all_right() or self._steps != 0
        pictures_s = self._rate.pictures_s if self._playing and self._pace.every > 1 else 0.0
        state = PlaybackState(self._playing, self._speed, busy, self._pace.keyframes, pictures_s)
        if self._playing or busy:
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()
        if not self._again.isActive() and any(side.tile.kind in _UNSETTLED for side in self._sides.values()):
            self._again.start()
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
