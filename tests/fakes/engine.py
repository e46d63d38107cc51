"""An engine in memory: door, port, moving pictures, tracks, events, clips, jobs, models, and errors on demand.

Nothing happens by itself. `tick()` is one step: time passes, pictures move, jobs progress, a new snapshot is published.
`with engine.running():` ticks from a thread of its own, which is how a real engine behaves. A test makes calls fail with
`fail(method, error)` and makes them slow with `hold(method)`, which gives the gate that lets them go on.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import cv2
import numpy as np

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User, Verb
from engine.model.accounts.commands import ConfirmPassword
from engine.model.accounts.undo import UndoRemoval
from engine.model.alerts.commands import SeeAlert
from engine.model.alerts.decision import Decision
from engine.model.alerts.delivery import ChannelState, WebhookState
from engine.model.alerts.notify_settings import ChannelKind, WebhookSettings
from engine.model.cameras.clip import Clip
from engine.model.cameras.detection import Category
from engine.model.cameras.floor_image import FloorImage, GetFloorImage, PutFloorImage, RemoveFloorImage
from engine.model.cameras.instant_replay import ReplayCamera
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.segment import EvidenceLock, KeepStill, ListLocks, ListSegments, LockEvidence, Segment, UnlockEvidence
from engine.model.cameras.sound import check_listenable
from engine.model.cameras.track import Track, TrackStatus
from engine.model.cameras.trail import EventTrails, GetEventTrails, ListTrails
from engine.model.command import (
    CancelJob,
    ChangeSettings,
    Command,
    CreateUser,
    InstallModels,
    MeasureModels,
    PutCamera,
    PutChannel,
    PutWebhook,
    RemoveCamera,
    RemoveChannel,
    RemoveUser,
    RemoveWebhook,
    RestartCamera,
    TestCamera,
    TestChannel,
    TestWebhook,
)
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import Conflict, InputError, NotFound, NotSignedIn, PermissionDenied, SessionLapsed, WatchroomError
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.fire import FireView
from engine.model.fire.smoke import SmokeView
from engine.model.health import CameraHealth, CameraState, DetectorHealth, EngineHealth
from engine.model.history.finding import CameraDescription, DescribeCamera, FindCameras, FindUsbCameras, FoundCamera, FoundUsb
from engine.model.history.replay import StopReplay
from engine.model.people.commands import PrepareClip
from engine.model.people.erasure import Erasure
from engine.model.people.person import Person
from engine.model.people.purposes import ListPurposes, SitePurpose
from engine.model.people.speech import SoundDevice
from engine.model.people.view import PeopleView
from engine.model.port import PictureWant
from engine.model.ptz.view import PtzView
from engine.model.question import (
    ListAudit,
    ListChannels,
    ListClips,
    ListDecisions,
    ListErasures,
    ListEvents,
    ListSequences,
    ListSoundDevices,
    ListWebhooks,
)
from engine.model.question_type import Question
from engine.model.radio.scanner_survey import FitSurvey
from engine.model.review.event_verdict import EventVerdict, ListEventVerdicts
from engine.model.review.review import ListReview, PutReviewed
from engine.model.sense_quality import ListSenseQuality, SenseQuality
from engine.model.settings import CameraKind, CameraSettings, Settings
from engine.model.snapshot import CameraView, Job, JobState, ModelEntry, Picture, Snapshot
from engine.model.time import SECOND, SystemClock
from engine.radio.ble.scanner_survey import fit_survey
from engine.recording.clips.masked_still import Part, with_part, with_subject
from engine.runtime.access.narrowing import for_lock_screen
from engine.runtime.settings.site_zone import with_zone
from tests.fakes.access import FakeAccess
from tests.fakes.alerts import FakeAlerts
from tests.fakes.chats import FakeChats
from tests.fakes.fire import execute_fire
from tests.fakes.incidents import IncidentBook, answer_incidents, execute_incidents
from tests.fakes.instant_replay import FakeRing
from tests.fakes.media import jpeg
from tests.fakes.past import FakePast
from tests.fakes.people import enrolled, execute_people
from tests.fakes.review import marks_after, review_items, review_page
from tests.fakes.risk import FakeRisk
from tests.fakes.scene import Scene
from tests.fakes.smoke_desk import execute_smoke
from tests.fakes.sound import FakeSound
from tests.fakes.unanswered import UNANSWERED
from tests.fakes.undo import FakeUndo
from tests.fakes.upkeep import FakeUpkeep

T = TypeVar("T")

STEP_NS = SECOND // 15
# What the console sends without anybody's hand.
UNASKED = (GetEventTrails, ListEventVerdicts, ListReview, SeeAlert, PrepareClip, StopReplay)
MODELS = (
    ModelEntry("yolox-nano", "detector", "YOLOX-Nano people detector", "Apache-2.0", "https://example.org/yolox.onnx", 3_700_000, False),
    ModelEntry(
        "nanodet-plus", "detector", "NanoDet-Plus people detector", "Apache-2.0", "https://example.org/nanodet.onnx", 4_900_000, False
    ),
)
BASIC = DetectorHealth(
    "Basic detection",
    basic=True,
    degraded_reason="No detection model is installed. "
    "Basic detection finds upright people from 12 % of the picture's height; smaller ones need a model.",
)


_DONE = {
    "test_camera": "640 × 360, h264, 25 fps",
    "test_webhook": "hooks.example.org took the test message, signed.",
    "test_channel": "The test message was taken.",
    "enrol_face": "One face was learned.",
    "measure_models": "Measured.",
    "backup": "b24: 210 MiB, verified.",
    "tidy": "Done: 212 clips older than 30 days or beyond 20 GiB.",
}


@dataclass
class FakeEngine:
    """All state of the pretended engine. Ports are its sessions. Thread-safe by one lock."""

    site_name: str = "Harbour office"
    passwords: dict[str, str] = field(default_factory=lambda: {"ada": "correct horse"})
    users: tuple[User, ...] = (User("user-ada", "ada", Role.ADMIN),)
    models: tuple[ModelEntry, ...] = MODELS
    install_trouble: str = ""
    enrol_trouble: str = ""
    evidence_trouble: str = ""
    setup_code: str = ""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.settings = Settings(site_name=self.site_name)
        self.events: list[Event] = []
        self.erasures: tuple[Erasure, ...] = ()
        self.decisions: tuple[Decision, ...] = ()
        self.senses: tuple[SenseQuality, ...] = ()
        self.clips: dict[str, tuple[Clip, Path]] = {}
        self.segments: dict[str, tuple[Segment, Path]] = {}
        self.locks: tuple[EvidenceLock, ...] = ()
        self.packs: dict[str, Path] = {}
        self.jobs: dict[str, Job] = {}
        self.job_pictures: dict[str, bytes] = {}
        self.lapsed = False  # sessions are as old as one may become
        self.hides_slowly = False  # clips without faces are made by a job
        self.face_photos: dict[str, bytes] = {}
        self.people = PeopleView()
        self.purposes: tuple[SitePurpose, ...] = ()
        self.zones: tuple[ZoneCount, ...] = ()
        self.floor_picture = ""
        self.ring = FakeRing()
        self.verdicts: dict[str, EventVerdict] = {}
        self.reviewed: frozenset[str] = frozenset()
        self.shown_reviews = 200
        self.incidents = IncidentBook()
        self.risk = FakeRisk()
        self.past = FakePast()
        self.chats = FakeChats()
        self.access = FakeAccess()
        self.undo = FakeUndo()
        self.fire = FireView()
        self.smoke = SmokeView()
        self.thumbnails: dict[str, bytes] = {}
        self.trails: dict[str, EventTrails] = {}
        self.credentials: dict[str, object] = {}
        self.webhook_states: dict[str, WebhookState] = {}
        self.channel_states: dict[str, ChannelState] = {}
        self.found_cameras: tuple[FoundCamera, ...] | WatchroomError = ()
        self.usb_cameras: tuple[FoundUsb, ...] | WatchroomError = ()
        self.described: CameraDescription | WatchroomError = CameraDescription("")
        self.asked_camera: DescribeCamera | None = None
        self.sound_devices: tuple[SoundDevice, ...] | WatchroomError = ()
        self.feeds: list[FakeFeed] = []
        self.sounds: list[FakeSound] = []
        self.terms: list[CommandTerms] = []  # of each command
        self.conflict: Conflict | None = None  # what the next command is refused with
        self.commands: list[Command] = []
        self.ptz: tuple[PtzView, ...] = ()
        self.states: dict[str, tuple[CameraState, str]] = {}
        self.camera_faults: dict[str, str] = {}
        self.health = EngineHealth(cpu_percent=38.0, memory_bytes=310 << 20, threads=14, database_bytes=6 << 20, detector=BASIC)
        self.health = replace(self.health, recordings_bytes=2 << 30, disk_free_bytes=41 << 30)
        self.now_ns = SystemClock().now_ns()
        self.upkeep = FakeUpkeep(self.now_ns)
        self._begin_ns = self.now_ns
        self._faults: dict[str, list[tuple[type, Exception]]] = {}
        self._gates: dict[str, threading.Event] = {}
        self._number = 0
        self.alerts = FakeAlerts(self)
        self._snapshot = Snapshot(0, self.now_ns, self.settings)
        self.publish()

    # What a test sets up

    def add_camera(
        self, camera_id: str, name: str, url: str = "simulated:yard", state: CameraState = CameraState.LIVE, reason: str = ""
    ) -> None:
        with self.lock:
            self.settings = self.settings.with_camera(CameraSettings(camera_id, name, url))
            self.states[camera_id] = (state, reason)
            self.publish()

    def set_state(self, camera_id: str, state: CameraState, reason: str = "", fault: str = "") -> None:
        with self.lock:
            self.states[camera_id] = (state, reason)
            self.camera_faults[camera_id] = fault
            self.publish()

    def add_event(
        self,
        camera_id: str,
        kind: EventKind = EventKind.PERSON,
        ended: bool = True,
        age_s: float = 20.0,
        reason: str = "",
        person: Person | None = None,
    ) -> Event:
        """An event that began `age_s` ago, with a thumbnail of what the camera shows."""
        with self.lock:
            number = len(self.events)
            started = self.now_ns - round(age_s * SECOND)
            camera = self.settings.camera(camera_id)
            severity = (
                Severity.MODERATE if kind is EventKind.CAMERA_LOST else Severity.LOW if kind is EventKind.PERSON else Severity.MINIMAL
            )
            event = Event(
                id=f"ev-{number:012x}-0",
                kind=kind,
                camera_id=camera_id,
                subject_id=f"tr-{number}",
                severity=severity,
                started_ns=started,
                ended_ns=started + 6 * SECOND if ended else None,
                received_ns=started,
                confidence=0.87,
                decision_id=f"de-{number}",
                reason=reason,
                simulated=camera is not None and camera.simulated,
                person=person.name if person else "",
                person_id=person.id if person else "",
            )
            self.events.insert(0, event)
            self.thumbnails[event.id] = self._marked_thumbnail(camera_id, started / SECOND % 1000, kind is not EventKind.CAMERA_LOST)
            self.publish()
            return event

    def _marked_thumbnail(self, camera_id: str, seconds: float, has_subject: bool) -> bytes:
        """With the notes of a real one: what part of the picture it is, and where its subject is."""
        scene = self.scene(camera_id)
        plain = with_part(jpeg(scene.picture_at(seconds, 320, 180)), Part((scene.width, scene.height), (0, 0, scene.width, scene.height)))
        if not scene.people or not has_subject:
            return plain
        x0, y0, x1, y1 = scene.boxes_at(seconds)[0]
        return with_subject(plain, (x0 / scene.width, y0 / scene.height, x1 / scene.width, y1 / scene.height))

    def add_clip(self, event: Event, file: Path) -> Clip:
        with self.lock:
            clip = Clip(
                id=f"clip-{event.id}",
                event_id=event.id,
                camera_id=event.camera_id,
                started_ns=event.started_ns,
                ended_ns=event.started_ns + 6 * SECOND,
                file=file.name,
                thumbnail="",
                sha256="0" * 64,
                size_bytes=file.stat().st_size if file.exists() else 0,
                codec="mpeg4",
                width=320,
                height=180,
            )
            self.clips[clip.id] = (clip, file)
            self.publish()
            return clip

    def add_segments(self, folder: Path, segments: Iterable[Segment]) -> None:
        """Those of `tests.fakes.segments.record_segments` in the same folder."""
        with self.lock:
            self.segments |= {segment.id: (segment, folder / segment.file) for segment in segments}

    def recorded(self, question: ListSegments) -> tuple[Segment, ...]:
        found = [segment for segment, _ in self.segments.values() if segment.camera_id in (question.camera_ids or (segment.camera_id,))]
        within = [one for one in found if one.started_ns < question.until_ns and one.ended_ns > question.since_ns]
        return tuple(sorted(within, key=lambda one: (one.started_ns, one.id)))[: question.limit]

    def listed(self, question: ListEvents) -> tuple[Event, ...]:
        """By person, camera, kind and page, newest first."""
        found = [
            event
            for event in self.events
            if question.person_id in (None, event.person_id)
            and question.camera_id in (None, event.camera_id)
            and (not question.kinds or event.kind in question.kinds)
        ]
        after = next((n + 1 for n, event in enumerate(found) if event.id == question.before_id), 0)
        return tuple(found[after : after + question.limit])

    def fail(self, method: str, error: Exception, given: type = object) -> None:
        """The next call of `method` (`ask`, `command`, `sign_in` …) with a `given` question or command raises this.

        A window asks more than one thing at a time: without a `given`, what it sends unasked is spared.
        """
        self._faults.setdefault(method, []).append((given, error))

    def hold(self, method: str) -> threading.Event:
        """Calls of `method` wait from now on until the returned gate is set."""
        self._gates[method] = threading.Event()
        return self._gates[method]

    # What passes

    def tick(self) -> None:
        with self.lock:
            self.now_ns += STEP_NS
            for job in list(self.jobs.values()):
                self._progress(job)
            self.publish()
            waiting = [feed for feed in self.feeds if self.states.get(feed.camera_id, (None, ""))[0] is CameraState.LIVE]
            for feed in waiting:
                feed.index += 1
        for feed in waiting:
            feed.on_picture()

    @contextmanager
    def running(self, steps_per_second: float = 15.0) -> Iterator[None]:
        """Tick from a thread until the block ends."""
        stop = threading.Event()

        def work() -> None:
            while not stop.wait(1 / steps_per_second):
                self.tick()

        thread = threading.Thread(target=work, name="fake-engine")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def publish(self) -> None:
        with self.lock:
            self._number += 1
            views = tuple(self._view(camera) for camera in self.settings.cameras)
            self._snapshot = Snapshot(
                self._number,
                self.now_ns,
                self.settings,
                views,
                tuple(self.events[:200]),
                frozenset(clip.event_id for clip, _ in self.clips.values()),
                health=self.health,
                verdicts=tuple(self.verdicts.values()),
                jobs=tuple(self.jobs.values()),
                models=self.models,
                users=self.users,
                people=self.people,
                alerts=self.alerts.view(self.settings.alerts),
                incidents=self.incidents.view(),
                risk=self.risk.state,
                fire=self.fire,
                smoke=self.smoke,
                zones=self.zones,
                undoable=self.undo.undoable,
                ptz=self.ptz,
                reviews=review_items(self.events[:200])[: self.shown_reviews],
                reviewed=self.reviewed,
            )

    def scene(self, camera_id: str) -> Scene:
        number = sum(camera_id.encode())
        return Scene(people=1 + number % 3, hue=number)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def enter(self, method: str, given: object = None) -> None:
        """Where every call of a port or door passes: raises or waits as a test asked for."""
        gate = self._gates.get(method)
        if gate is not None and not gate.wait(timeout=120):
            raise TimeoutError(f"nobody let {method} go on")
        faults = self._faults.get(method, [])
        spared = isinstance(given, UNASKED)
        found = next((each for each in faults if isinstance(given, each[0]) and not (spared and each[0] is object)), None)
        if found is not None:
            faults.remove(found)
            raise found[1]

    def port(self, name: str = "ada", ends_ns: int | None = None) -> "FakePort":
        user = next(user for user in self.users if user.name == name)
        return FakePort(self, Session(f"session-{name}", user, ROLE_VERBS[user.role], cameras=user.cameras, ends_ns=ends_ns))

    def display_port(self, label: str = "Gate display", ends_ns: int | None = None) -> "FakePort":
        """By a machine's token that only sees live."""
        user = User("user-machine", "machine:operator", Role.OPERATOR)
        return FakePort(self, Session("session-display", user, frozenset({Verb.SEE_LIVE}), ends_ns, None, ends_ns, label))

    # What commands do

    def execute(self, command: Command, by: str = "ada") -> str:
        with self.lock:
            self.commands.append(command)
            if isinstance(command, UndoRemoval):
                outcome = self.undo.undo(command.removal_id)
            else:
                outcome = self.undo.around(self, command, lambda: self._carried_out(command, by))
            self.publish()
            return outcome

    def _carried_out(self, command: Command, by: str) -> str:
        return self.alerts.execute(command, by) or self.past.execute(self, command, by) or self._said(command, by)

    def _said(self, command: Command, by: str) -> str:
        done = self.chats.execute(self, command, by)
        done = self.access.execute(self, command, by) if done is None else done
        done = self.upkeep.execute(self, command) if done is None else done
        return self._dispatch(command) if done is None else done

    def _dispatch(self, command: Command) -> str:
        done = execute_people(self, command)
        if done is None:
            done = execute_incidents(self, command)
        if done is None:
            done = execute_fire(self, command)
        if done is None:
            done = execute_smoke(self, command)
        if done is not None:
            return done
        match command:
            case PutReviewed():
                self.reviewed = marks_after(self.reviewed, command)
                return command.item_ids[0]
            case PutCamera():
                return self._put_camera(command)
            case RemoveCamera(camera_id):
                if self.settings.camera(camera_id) is None:
                    raise NotFound(f"There is no camera {camera_id!r}.")
                self.settings = self.settings.without_camera(camera_id)
                return camera_id
            case RestartCamera(camera_id):
                if self.settings.camera(camera_id) is None:
                    raise NotFound(f"There is no camera {camera_id!r}.")
                self.set_state(camera_id, CameraState.CONNECTING)
                return camera_id
            case TestCamera(camera):
                return self.start_job("test_camera", f"Testing {camera.name}", 4, message=camera.url)
            case PutFloorImage():
                return self._lay_floor_image(command)
            case RemoveFloorImage():
                self.settings = replace(self.settings, floor=replace(self.settings.floor, image=None))
                self.floor_picture = ""
                return ""
            case InstallModels():
                return self.start_job("install_models", "Installing models", 3_700_000, message="YOLOX-Nano people detector")
            case MeasureModels():
                return self.start_job("measure_models", "Measure models", 4, message="YOLOX-Nano people detector: OpenVINO CPU")
            case LockEvidence(since, until, reason, cameras, expires):
                lock = EvidenceLock(f"lk-{len(self.locks) + 1}", since, until, reason, "ada", self.now_ns, cameras, expires)
                self.locks = (lock, *self.locks)
                return lock.id
            case KeepStill(camera_id):
                return camera_id
            case UnlockEvidence(lock_id):
                self.locks = tuple(lock for lock in self.locks if lock.id != lock_id)
                return lock_id
            case CancelJob(job_id):
                self.jobs[job_id] = replace(self.jobs[job_id], state=JobState.CANCELLED, message="Cancelled. Nothing was kept.")
                return job_id
            case CreateUser():
                return self._create_user(command)
            case RemoveUser(user_id):
                self.users = tuple(user for user in self.users if user.id != user_id)
                return user_id
            case PutWebhook(hook, secret):
                self._put_webhook(hook, secret)
                return hook.id
            case RemoveWebhook(hook_id):
                self.settings = replace(self.settings, webhooks=tuple(hook for hook in self.settings.webhooks if hook.id != hook_id))
                return hook_id
            case TestWebhook(hook):
                return self.start_job("test_webhook", f"Test webhook {hook.id}", 4, message=hook.url)
            case PutChannel(channel, secrets):
                others = tuple(each for each in self.settings.notifications if each.id != channel.id)
                self.settings = replace(self.settings, notifications=(*others, channel))
                known = self.channel_states.get(channel.id, ChannelState(channel.id, channel.kind, channel.host))
                stored = replace(known, url_stored=known.url_stored or bool(secrets.url))
                self.channel_states[channel.id] = replace(stored, password_stored=known.password_stored or bool(secrets.password))
                return channel.id
            case RemoveChannel(channel_id):
                left = tuple(each for each in self.settings.notifications if each.id != channel_id)
                self.settings = replace(self.settings, notifications=left)
                return channel_id
            case TestChannel(channel):
                return self.start_job("test_channel", f"Test {channel.display_name}", 4, message=channel.host)
            case ChangeSettings():
                now = self.settings
                recognition = command.recognition or now.recognition
                microphones = now.microphones if command.microphones is None else command.microphones
                self.settings = replace(
                    with_zone(now, command.time_zone or now.alerts.time_zone),
                    site_name=command.site_name or now.site_name,
                    recognition=recognition,
                    microphones=microphones,
                    anchor=command.anchor or now.anchor,
                    risk=command.risk or now.risk,
                    incidents=command.incidents or now.incidents,
                    report_page=command.report_page or now.report_page,
                    map=command.map or now.map,
                    lookouts=now.lookouts if command.lookouts is None else command.lookouts,
                )
                return ""

    def _lay_floor_image(self, command: PutFloorImage) -> str:
        self.floor_picture = command.picture or self.floor_picture
        data = base64.b64decode(self.floor_picture)
        height, width = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[:2]
        digest = hashlib.sha256(data).hexdigest()
        image = FloorImage(digest, width, height, command.metres_per_px, command.left_m, command.bottom_m)
        self.settings = replace(self.settings, floor=replace(self.settings.floor, image=image))
        return digest

    def _put_camera(self, command: PutCamera) -> str:
        camera = command.camera
        self.settings = self.settings.with_camera(camera)
        self.states[camera.id] = (CameraState.LIVE, "") if camera.enabled else (CameraState.PAUSED, "Switched off.")
        if command.credentials is not None:
            self.credentials[camera.id] = command.credentials
        return camera.id

    def channels(self) -> tuple[ChannelState, ...]:
        hooks = (self._hook_state(hook) for hook in self.settings.webhooks)
        others = (self.channel_states.get(each.id, ChannelState(each.id, each.kind)) for each in self.settings.notifications)
        return (*hooks, *others)

    def _hook_state(self, hook: WebhookSettings) -> ChannelState:
        known = self.webhook_states.get(hook.id, WebhookState(hook.id))
        made = ChannelState(hook.id, ChannelKind.WEBHOOK, "", True, known.secret_stored, known.waiting, known.arrived, known.given_up)
        return replace(made, last_arrived_ns=known.last_arrived_ns, last_error=known.last_error)

    def _put_webhook(self, hook: WebhookSettings, secret: str | None) -> None:
        others = tuple(known for known in self.settings.webhooks if known.id != hook.id)
        self.settings = replace(self.settings, webhooks=(*others, hook))
        state = self.webhook_states.get(hook.id, WebhookState(hook.id))
        self.webhook_states[hook.id] = state if secret is None else replace(state, secret_stored=bool(secret))

    def _create_user(self, command: CreateUser) -> str:
        if any(user.name == command.name for user in self.users):
            raise InputError("name", f"{command.name!r} is already in use")
        user = User(f"user-{command.name}", command.name, command.role, command.cameras)
        self.users = (*self.users, user)
        self.passwords[command.name] = command.password
        return user.id

    def start_job(self, kind: str, title: str, total: int, message: str) -> str:
        job_id = f"job-{len(self.jobs)}"
        self.jobs[job_id] = Job(job_id, kind, title, JobState.RUNNING, 0, total, message)
        return job_id

    def _progress(self, job: Job) -> None:
        if job.state is not JobState.RUNNING:
            return
        done = min(job.total, job.done + max(1, job.total // 8))
        self.jobs[job.id] = replace(job, done=done)
        if done >= job.total // 2 and (trouble := self._trouble(job)):
            self.jobs[job.id] = replace(job, state=JobState.FAILED, message=trouble, fault="timeout" if job.kind == "test_camera" else "")
        elif done == job.total:
            self._finish(job)

    def _trouble(self, job: Job) -> str:
        if job.kind == "install_models":
            return self.install_trouble
        if job.kind == "test_webhook":
            return "hooks.example.org refused the message (404)." if "refused" in job.message else ""
        if job.kind == "test_channel":
            return "bad.example.org could not be reached (refused)." if "bad" in job.message else ""
        if job.kind == "enrol_face":
            return self.enrol_trouble
        if job.kind == "evidence":
            return self.evidence_trouble
        return "No answer from the camera within 5 s. Check the address and that it is switched on." if "unreachable" in job.message else ""

    def _finish(self, job: Job) -> None:
        if job.kind == "install_models":
            self.models = tuple(replace(model, installed=True, variant="official") for model in self.models)
            self.health = replace(self.health, detector=DetectorHealth("YOLOX-Nano", inference_ms=18.0))
        elif job.kind == "test_camera":
            self.job_pictures[job.id] = jpeg(self.scene("test").picture_at(3.0, 640, 360))
        elif job.kind == "enrol_face":
            enrolled(self, job.message)
        said = job.message if job.kind == "evidence" else _DONE.get(job.kind, "Installed")
        self.jobs[job.id] = replace(job, done=job.total, state=JobState.DONE, message=said)

    # What is seen

    def _view(self, camera: CameraSettings) -> CameraView:
        state, reason = self.states.get(camera.id, (CameraState.CONNECTING, ""))
        live = state is CameraState.LIVE
        age_ns = 0 if live else 12 * SECOND
        health = CameraHealth(
            state=state,
            reason=reason,
            since_ns=self.now_ns - age_ns if not live else self._begin_ns,
            last_picture_ns=None if state is CameraState.CONNECTING else self.now_ns - age_ns,
            fps=15.0 if live else 0.0,
            detector_hz=5.0 if live else 0.0,
            latency_ms=12.0,
            pictures=self._number,
            dropped=3,
            reconnects=0 if live else 4,
            width=640,
            height=360,
            codec="" if camera.kind is CameraKind.SIMULATED else "h264",
            recorded_bytes_s=260_000.0 if live else 0.0,
            fault="" if live else self.camera_faults.get(camera.id, ""),
        )
        tracks = self._tracks(camera.id) if live else ()
        return CameraView(camera, health, tracks, self.now_ns)

    def seconds(self) -> float:
        return self.now_ns / SECOND % 1000

    def _tracks(self, camera_id: str) -> tuple[Track, ...]:
        boxes = self.scene(camera_id).boxes_at(self.seconds())
        return tuple(
            Track(
                f"{camera_id}-tr-{n}", n + 1, camera_id, Category.PERSON, TrackStatus.CONFIRMED, box, 0.8, 0.9, self._begin_ns, self.now_ns
            )
            for n, box in enumerate(boxes)
        )


class FakeFeed:
    """A `PictureFeed`. Remembers what it was asked for."""

    def __init__(self, engine: FakeEngine, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> None:
        self._engine = engine
        self.camera_id = camera_id
        self.want = want
        self.on_picture = on_picture
        self.index = 0
        self.closed = False

    def latest(self) -> Picture | None:
        if self.index == 0 or self.closed:
            return None
        with self._engine.lock:
            scene = self._engine.scene(self.camera_id)
            pixels = scene.picture_at(self._engine.seconds(), max(self.want.width, 16), max(self.want.height, 16))
            return Picture(self.camera_id, self._engine.now_ns, self.index, scene.width, scene.height, pixels)

    def change(self, want: PictureWant) -> None:
        self.want = want

    def close(self) -> None:
        with self._engine.lock:
            self.closed = True
            if self in self._engine.feeds:
                self._engine.feeds.remove(self)


class FakePort:
    """An `EnginePort` of one session."""

    def __init__(self, engine: FakeEngine, session: Session) -> None:
        self._engine = engine
        self._session = session
        self._feeds: list[FakeFeed] = []
        self.closed = False

    @property
    def session(self) -> Session:
        return self._session

    def _enter(self, method: str, verb: Verb | None, given: object = None) -> None:
        self._engine.enter(method, given)
        if self.closed:
            raise NotSignedIn("You are signed out. Sign in again.")
        if verb is not None and not self._session.may(verb):
            raise PermissionDenied(verb.value)

    def snapshot(self) -> Snapshot:
        self._enter("snapshot", None)
        if self._engine.lapsed:
            raise SessionLapsed
        return self._engine.snapshot

    def tally(self) -> Snapshot:
        self._enter("tally", None)
        return for_lock_screen(self._engine.snapshot, None)

    def ask(self, question: Question[T]) -> T:
        self._enter("ask", question.verb, question)
        with self._engine.lock:
            return cast("T", self._answer(question))

    def _answer(self, question: Question[Any]) -> Any:
        engine, user = self._engine, self._session.user
        parts: tuple[Callable[[], Any], ...] = (
            lambda: engine.alerts.answer(question),
            lambda: answer_incidents(engine, question),
            lambda: engine.risk.answer(question, engine.now_ns),
            lambda: engine.past.answer(engine, question),
            lambda: engine.chats.answer(engine, question, user.name),
            lambda: engine.access.answer(question, user.id),
            lambda: engine.upkeep.answer(question),
            lambda: self._answer_itself(question),
        )
        return next(answer for answer in (part() for part in parts) if answer is not UNANSWERED)

    def _answer_itself(self, question: Question[Any]) -> Any:
        match question:
            case ListClips(event_id=event_id):
                clips = tuple(clip for clip, _ in self._engine.clips.values() if event_id in (None, clip.event_id))
                return clips[: question.limit]
            case ListEvents():
                return self._engine.listed(question)
            case ListReview():
                return review_page(self._engine.events, self._engine.reviewed, question)
            case ListEventVerdicts(event_ids):
                return tuple(each for each in self._engine.verdicts.values() if each.event_id in event_ids)
            case GetEventTrails(event_id):
                return self._engine.trails.get(event_id, EventTrails())
            case ListTrails(camera_id):
                known = self._engine.trails.values()
                return tuple(trail for found in known if found.camera_id == camera_id for trail in found.trails)
            case ReplayCamera():
                return self._engine.ring.answer(question, self._engine.settings)
            case GetFloorImage():
                return self._engine.floor_picture
            case ListWebhooks():
                states = self._engine.webhook_states
                return tuple(states.get(hook.id, WebhookState(hook.id)) for hook in self._engine.settings.webhooks)
            case ListChannels():
                return self._engine.channels()
            case ListPurposes():
                return self._engine.purposes
            case ListSoundDevices():
                if isinstance(self._engine.sound_devices, WatchroomError):
                    raise self._engine.sound_devices
                return self._engine.sound_devices
            case FindCameras():
                if isinstance(self._engine.found_cameras, WatchroomError):
                    raise self._engine.found_cameras
                return self._engine.found_cameras
            case FindUsbCameras():
                if isinstance(self._engine.usb_cameras, WatchroomError):
                    raise self._engine.usb_cameras
                return self._engine.usb_cameras
            case DescribeCamera():
                self._engine.asked_camera = question
                if isinstance(self._engine.described, WatchroomError):
                    raise self._engine.described
                return self._engine.described
            case ListSegments():
                return self._engine.recorded(question)
            case ListLocks():
                return self._engine.locks
            case ListDecisions():
                return self._engine.decisions
            case ListSequences() | ListAudit():
                return ()
            case ListErasures():
                return self._engine.erasures
            case ListSenseQuality():
                return self._engine.senses
            case FitSurvey(places):
                nodes = {node.mac: node.position for node in self._engine.settings.nodes if node.position is not None}
                return fit_survey(places, self._engine.settings, nodes, {})

    def command(self, command: Command, terms: CommandTerms = NO_TERMS) -> str:
        self._enter("command", command.verb, command)
        self._engine.terms.append(terms)
        conflict, self._engine.conflict = self._engine.conflict, None
        if conflict is not None:
            raise conflict
        return self._engine.execute(command, self._session.user.name)

    def confirm(self, password: str) -> None:
        self.command(ConfirmPassword(password))
        self._engine.lapsed = False
        if self._session.ends_ns is not None:
            self._session = replace(self._session, ends_ns=self._engine.now_ns + 7 * 86_400 * SECOND)

    def watch(self, camera_id: str, want: PictureWant, on_picture: Callable[[], None]) -> FakeFeed:
        self._enter("watch", Verb.SEE_LIVE)
        if self._engine.settings.camera(camera_id) is None:
            raise NotFound(f"There is no camera {camera_id!r}.")
        feed = FakeFeed(self._engine, camera_id, want, on_picture)
        with self._engine.lock:
            self._engine.feeds.append(feed)
        self._feeds.append(feed)
        return feed

    def listen(self, camera_id: str) -> FakeSound:
        self._enter("listen", Verb.SEE_LIVE)
        camera = self._engine.settings.camera(camera_id)
        if camera is None:
            raise NotFound(f"There is no camera {camera_id!r}.")
        check_listenable(camera)
        sound = FakeSound(camera_id)
        with self._engine.lock:
            self._engine.sounds.append(sound)
        return sound

    def clip_file(self, clip_id: str) -> Path:
        self._enter("clip_file", Verb.SEE_PAST)
        if clip_id not in self._engine.clips:
            raise NotFound("This clip is no longer kept.")
        return self._engine.clips[clip_id][1]

    def segment_file(self, segment_id: str) -> Path:
        self._enter("segment_file", Verb.SEE_PAST)
        if segment_id not in self._engine.segments:
            raise NotFound("This recording is no longer kept.")
        return self._engine.segments[segment_id][1]

    def pack_file(self, pack_id: str) -> Path:
        self._enter("pack_file", Verb.EXPORT)
        if pack_id not in self._engine.packs:
            raise NotFound(f"There is no evidence pack {pack_id}.")
        return self._engine.packs[pack_id]

    def thumbnail(self, event_id: str) -> bytes | None:
        self._enter("thumbnail", Verb.SEE_PAST)
        return self._engine.thumbnails.get(event_id)

    def job_picture(self, job_id: str) -> bytes | None:
        self._enter("job_picture", Verb.ADMINISTER)
        return self._engine.job_pictures.get(job_id)

    def face_photo(self, face_id: str) -> bytes | None:
        self._enter("face_photo", Verb.SEE_PAST)
        return self._engine.face_photos.get(face_id)

    def send_report_media(self, data: bytes) -> str:
        self._enter("send_report_media", None)
        with self._engine.lock:
            return self._engine.incidents.send(data)

    def report_picture(self, media_id: str) -> bytes | None:
        self._enter("report_picture", Verb.SEE_PAST)
        return self._engine.incidents.media.get(media_id)

    def close(self) -> None:
        self.closed = True
        for feed in self._feeds:
            feed.close()


class FakeDoor:
    """An `EngineDoor`. Locks an account for `lock_s` after three wrong passwords."""

    def __init__(self, engine: FakeEngine, lock_s: float = 30.0) -> None:
        self._engine = engine
        self._lock_s = lock_s
        self._failures = 0

    def needs_setup(self) -> bool:
        self._engine.enter("needs_setup")
        return not any(user.role is Role.ADMIN for user in self._engine.users)

    def set_up(self, site_name: str, admin_name: str, password: str, code: str = "", time_zone: str = "") -> FakePort:
        self._engine.enter("set_up")
        if self._engine.setup_code and code != self._engine.setup_code:
            raise InputError("code", "does not match the one on the engine's terminal")
        if not self.needs_setup():
            raise InputError("", "This site already has an administrator. Sign in instead.")
        self._engine.settings = with_zone(replace(self._engine.settings, site_name=site_name), time_zone or "UTC")
        self._engine.execute(CreateUser(admin_name, Role.ADMIN, password))
        return self._engine.port(admin_name)

    def sign_in(self, name: str, password: str) -> FakePort:
        self._engine.enter("sign_in")
        if self._failures >= 3:
            raise NotSignedIn("Too many wrong passwords. This account is locked for a while.", self._lock_s)
        if self._engine.passwords.get(name) != password:
            self._failures += 1
            locked = self._failures >= 3
            raise NotSignedIn("The name or the password is wrong.", self._lock_s if locked else 0.0)
        self._failures = 0
        return self._engine.port(name)
