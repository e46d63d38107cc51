"""What an engine sees with: cameras, the detectors that look at their pictures, and clips of what they saw, wired to each other."""

import os
from dataclasses import replace
from typing import Protocol

from engine.model.cameras.frame import CaptureSink, DecodedFrame
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.health import CameraState, DetectorHealth
from engine.model.observation import DetectionsMade, Observation
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.runtime.basis import Basis
from engine.runtime.cameras.away import AwayCameras
from engine.runtime.cameras.camera import CameraParts, Capture
from engine.runtime.cameras.cameras import Cameras
from engine.runtime.cameras.clip_side import ClipSide
from engine.runtime.cameras.in_view import InView
from engine.runtime.cameras.inference import InferencePool, PoolDetector
from engine.runtime.cameras.private_parts import PrivateParts
from engine.runtime.cameras.sources import make_capture, make_listening
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.side import Side
from engine.runtime.storage.own_files import check_not_own
from engine.runtime.supervisor import Supervisor
from engine.sources.camera.protocol import Place
from engine.sources.microphone.protocol import SoundSource
from engine.sources.simulated import Stage
from engine.vision.detector import load_detector
from engine.vision.motion import MotionDetector


class FrameWatcher(Protocol):
    def offer(self, camera_id: str, frame: DecodedFrame) -> None:
        """A camera's newest frame, on its capture thread; returns at once."""
        ...


class Sight(Side):
    """Any thread.

    Args:
        people: whose faces are in view; offered every frame. stage: of simulated cameras.

    Attributes:
        watchers: offered every frame besides. away: PTZ cameras that are not at home.
    """

    def __init__(self, basis: Basis, people: PeopleSide, stage: Stage) -> None:
        """Raises EnvironmentFault."""
        self._basis, self._people, self._stage = basis, people, stage
        self._applied = basis.settings.now()
        self.away = AwayCameras()
        self.watchers: tuple[FrameWatcher, ...] = (people.closer,)
        self._board = basis.record.board
        self.pool = self._make_pool()
        self.in_view = InView(self._board, self.pool, people.track_faces, basis.settings)
        self.clips = ClipSide(basis, self.pool, self.in_view)
        self.cameras = Cameras(self._camera_parts(), self.pool, self._login, self.in_view.faces_at)
        self.private = PrivateParts(basis, self.cameras)

    def on_open(self) -> None:
        self.clips.start()

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        """Raises EnvironmentFault: what is private of the cameras cannot be kept."""
        for index in range(_workers()):
            supervisor.start(f"infer-{index}", self.pool.work)
        settings = self._applied = self._basis.settings.now()
        self.private.since.changing(settings.cameras)
        self.cameras.apply(settings)
        self.private.since.changed(settings.cameras)

    def on_stop(self) -> None:
        self.cameras.stop()

    def on_close(self) -> None:
        self.clips.stop()

    def on_models_changed(self) -> None:
        self.pool.reload()

    def show(self, shown: Snapshot) -> Snapshot:
        return replace(shown, cameras=self.views())

    def on_settings(self, settings: Settings) -> None:
        before, self._applied = self._applied, settings
        self.clips.recorder.settings = settings.recording
        self.pool.rate_hz = settings.detection.rate_hz
        if settings.detection != before.detection:
            self.pool.reload()
        self.cameras.apply(settings)
        self.private.since.changed(settings.cameras)

    def restart(self, camera_id: str) -> None:
        """Though its settings are the same: it has another login."""
        self.cameras.restart(camera_id)

    def on_step(self, result: StepResult, observation: Observation) -> None:
        """Where those in view are now, and what clips are to show."""
        if isinstance(observation, DetectionsMade):
            self.clips.note_people(observation)
        for camera_id, tracks in result.tracks:
            unit = self.cameras.find(camera_id)
            if unit is not None:
                unit.tracks = tracks
        for event in result.events:
            if event.camera_id and not event.shadow:  # radio has no pictures; a gesture on trial raises nothing
                self.clips.take(event)

    def live_count(self) -> tuple[int, int]:
        """How many cameras are switched on, and how many of them give pictures."""
        states = [unit.health().state for unit in self.cameras.all() if unit.settings.enabled]
        return len(states), states.count(CameraState.LIVE)

    def views(self) -> tuple[CameraView, ...]:
        views: list[CameraView] = []
        rates = self.clips.recorder.byte_rates()
        for unit in self.cameras.all():
            tracks, tracks_ns = self._board.tracks(unit.settings.id)
            health = replace(unit.health(), recorded_bytes_s=rates.get(unit.settings.id, 0.0))
            views.append(CameraView(unit.settings, health, tracks, tracks_ns))
        return tuple(views)

    def sound_of(self, camera: CameraSettings) -> SoundSource:
        """For somebody who listens to it."""

        def place() -> Place | None:
            unit = self.cameras.find(camera.id)
            return unit.place() if unit is not None else None

        check_not_own(self._basis.own_folders, camera)
        return make_listening(camera, self._basis.logins.get(camera), self._basis.clock, place)

    def _make_pool(self) -> InferencePool:
        basis, rate_hz = self._basis, self._basis.settings.now().detection.rate_hz
        return InferencePool(self._load_detector, basis.mailbox, basis.troubles.of("detector"), _workers(), rate_hz)

    def _load_detector(self, camera: CameraSettings) -> PoolDetector:
        loaded = load_detector(self._basis.models, self._basis.settings.now().detection, camera.min_person_share)
        health = DetectorHealth(loaded.name, loaded.basic, loaded.stand_in, loaded.degraded_reason)
        return PoolDetector(loaded.name, loaded.detect, not loaded.basic, health, lambda: loaded.provider_label)

    def _camera_parts(self) -> CameraParts:
        def capture(camera: CameraSettings, stream: str, credentials: Credentials | None, sink: CaptureSink) -> Capture:
            return make_capture(camera, stream, credentials, self._basis.clock, sink, self._stage, self._basis.judge)

        return CameraParts(
            clock=self._basis.clock,
            make_capture=capture,
            make_motion=lambda camera: MotionDetector(camera.masks),
            recorder=self.clips.recorder,
            inbox=self._basis.mailbox,
            offer=self._offer,
            detector_hz=self.pool.runs_hz,
            away=self.away,
        )

    def _offer(self, camera_id: str, frame: DecodedFrame, active: bool, regions_xyxy: Floats) -> None:
        """A camera's newest frame, on its capture thread."""
        self.pool.offer(camera_id, frame, active, regions_xyxy)
        for watcher in self.watchers:
            watcher.offer(camera_id, frame)

    def _login(self, camera: CameraSettings) -> Credentials | None:
        """A camera whose login cannot be read is tried without, so that the others are watched all the same."""
        try:
            login = self._basis.logins.get(camera)
        except EnvironmentFault as fault:
            self._basis.troubles.tell("logins", str(fault))
            return None
        self._basis.troubles.tell("logins", None)
        return login


def _workers() -> int:
    """Two inference threads only help where a decoder does not hold the second core."""
    return 1 if (os.cpu_count() or 1) <= 2 else 2
