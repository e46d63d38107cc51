"""What an engine sees with: cameras, the detectors that look at their pictures, and clips of what they saw, wired to each other."""

import os
from dataclasses import replace

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault
from engine.model.frame import CaptureSink, DecodedFrame
from engine.model.geometry import Floats
from engine.model.health import DetectorHealth
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView
from engine.runtime.basis import Basis
from engine.runtime.cameras.camera import CameraParts, Capture
from engine.runtime.cameras.cameras import Cameras
from engine.runtime.cameras.clip_side import ClipSide
from engine.runtime.cameras.in_view import InView
from engine.runtime.cameras.inference import InferencePool, PoolDetector
from engine.runtime.cameras.private_parts import PrivateParts
from engine.runtime.cameras.sources import make_capture, make_listening
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.smoke.smoke_side import SmokeSide
from engine.runtime.storage.own_files import check_not_own
from engine.sources.camera.protocol import Place
from engine.sources.microphone.protocol import SoundSource
from engine.sources.simulated import Stage
from engine.vision.detector import load_detector
from engine.vision.motion import MotionDetector


class Sight:
    """Any thread.

    Args:
        people, smoke: are offered every frame. stage: of simulated cameras.
    """

    def __init__(self, basis: Basis, people: PeopleSide, smoke: SmokeSide, stage: Stage) -> None:
        """Raises EnvironmentFault."""
        self._basis, self._people, self._smoke, self._stage = basis, people, smoke, stage
        self._board = basis.record.board
        self.pool = self._make_pool()
        self.in_view = InView(self._board, self.pool, people.track_faces, basis.settings.now)
        self.clips = ClipSide(basis, self.pool, self.in_view)
        self.cameras = Cameras(self._camera_parts(), self.pool, self._login, self.in_view.faces_at)
        self.private = PrivateParts(basis, self.cameras)

    def start(self) -> None:
        """The detectors; cameras are started by `begin`."""
        for index in range(_workers()):
            self._basis.supervisor.start(f"infer-{index}", self.pool.work)

    def begin(self, settings: Settings) -> None:
        """Run the cameras. Raises EnvironmentFault: what is private of them cannot be kept."""
        self.private.since.changing(settings.cameras)
        self.cameras.apply(settings)
        self.private.since.changed(settings.cameras)

    def configure(self, before: Settings, settings: Settings, renewed: str) -> None:
        """`renewed`: a camera to restart though its settings are the same."""
        self.clips.recorder.settings = settings.recording
        self.pool.rate_hz = settings.detection.rate_hz
        if settings.detection != before.detection:
            self.pool.reload()
        self.cameras.apply(settings, renewed)
        self.private.since.changed(settings.cameras)

    def take(self, result: StepResult) -> None:
        """Where those in view are now. The engine thread."""
        for camera_id, tracks in result.tracks:
            unit = self.cameras.find(camera_id)
            if unit is not None:
                unit.tracks = tracks

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
        return InferencePool(self._load_detector, basis.mailbox.post, basis.troubles.of("detector"), _workers(), rate_hz)

    def _load_detector(self, camera: CameraSettings) -> PoolDetector:
        loaded = load_detector(self._basis.models, self._basis.settings.now().detection, camera.min_person_share)
        health = DetectorHealth(loaded.name, loaded.basic, loaded.stand_in, loaded.degraded_reason)
        return PoolDetector(loaded.name, loaded.detect, not loaded.basic, health)

    def _camera_parts(self) -> CameraParts:
        def capture(camera: CameraSettings, stream: str, credentials: Credentials | None, sink: CaptureSink) -> Capture:
            return make_capture(camera, stream, credentials, self._basis.clock, sink, self._stage, self._basis.judge)

        return CameraParts(
            clock=self._basis.clock,
            make_capture=capture,
            make_motion=lambda camera: MotionDetector(camera.masks),
            recorder=self.clips.recorder,
            post=self._basis.mailbox.post,
            offer=self._offer,
            detector_hz=self.pool.runs_hz,
        )

    def _offer(self, camera_id: str, frame: DecodedFrame, active: bool, regions_xyxy: Floats) -> None:
        """A camera's newest frame, on its capture thread."""
        self.pool.offer(camera_id, frame, active, regions_xyxy)
        self._people.closer.offer(camera_id, frame)
        self._smoke.own.offer(camera_id, frame)

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
