"""The engine of one site: its rooms wired together, started and stopped as one. Sessions reach it through `engine.runtime.local`."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine import __version__
from engine.model.audit import AuditRow, AuditVerb
from engine.model.clip import Clip
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Event, EventKind
from engine.model.frame import CaptureSink, DecodedFrame
from engine.model.geometry import Box, Floats
from engine.model.health import DetectorHealth, EngineHealth
from engine.model.hiding import hidden_boxes, may_have_face, moved
from engine.model.observation import DetectionsMade, EngineStarted, IncidentChanged, Observation, SettingsChanged
from engine.model.people_settings import MicrophoneSettings
from engine.model.person import Person
from engine.model.privacy import NOTHING, WHOLE, Cover
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.snapshot import CameraView, IncidentView, Snapshot
from engine.model.time import MILLISECOND, SECOND, SystemClock
from engine.model.traces import Traces
from engine.model.trail import Trail
from engine.pipeline.pipeline import Pipeline
from engine.recording.clip_rows import keep_row
from engine.recording.clips import ClipRecorder
from engine.recording.sightings import Sightings
from engine.recording.thumbnails import EventThumbnails
from engine.runtime.accounts import Accounts
from engine.runtime.added import NOTHING_ADDED, Added, with_radio, with_recording, with_town
from engine.runtime.alert_side import AlertSide
from engine.runtime.audit_heads import AuditHeads
from engine.runtime.auditing import ENGINE, Auditor, Views
from engine.runtime.backups import erased_marks, mark_of
from engine.runtime.camera import CameraParts, Capture
from engine.runtime.cameras import Cameras
from engine.runtime.chat_side import ChatSide
from engine.runtime.claude_side import ClaudeKey, ClaudeSide
from engine.runtime.clip_files import remove_files
from engine.runtime.core import Core, seen_ns
from engine.runtime.data_folder import DataFolder
from engine.runtime.ears import load_ears
from engine.runtime.erasing import Erasing
from engine.runtime.evidence.making import Sources
from engine.runtime.evidence.side import EvidenceSide
from engine.runtime.inference import InferencePool, PoolDetector
from engine.runtime.jobs import Jobs
from engine.runtime.listening import Listening
from engine.runtime.logins import Logins
from engine.runtime.looks_side import LooksSide
from engine.runtime.mailbox import Mailbox
from engine.runtime.masking import Masking
from engine.runtime.narrowing import Narrowing
from engine.runtime.notify.brokers import Brokers
from engine.runtime.notify.desk import AlertDesk, BrokerDesk, make_channels
from engine.runtime.notify.vault import Vault
from engine.runtime.outbox import Outbox
from engine.runtime.outlook import Given, Outlook
from engine.runtime.people_keeping import PeopleKeeping
from engine.runtime.people_side import PeopleSide
from engine.runtime.privacy_record import PrivacyRecord
from engine.runtime.radio_side import RadioSide
from engine.runtime.record import Record
from engine.runtime.replay_side import ReplaySide
from engine.runtime.report_looks import ReportLooks
from engine.runtime.reports import ReportDesk
from engine.runtime.restore import told_of
from engine.runtime.secrets import SecretStore
from engine.runtime.segment_side import SegmentSide
from engine.runtime.sent_media import MediaShelf
from engine.runtime.settings_file import load_settings, people_before, save_settings
from engine.runtime.shedding import Loss, Shedding
from engine.runtime.sources import make_capture, make_listening, make_sound
from engine.runtime.speech_side import SpeechSide
from engine.runtime.supervisor import ErrorBook, Supervisor
from engine.runtime.trail_side import TrailSide
from engine.runtime.undoing import UndoShelf
from engine.runtime.upkeep import Upkeep
from engine.runtime.upkeep_side import UpkeepSide
from engine.runtime.vitals import SKEW_TROUBLE_MS, Vitals
from engine.runtime.watching import Seeing, Watching, adapter_hears, camera_sees, microphone_hears, node_hears, scanners_hear
from engine.runtime.webhook import CHANNEL as WEBHOOK
from engine.runtime.webhook import WebhookChannel, deliveries_for
from engine.runtime.word_index import WordIndex
from engine.sources.camera.protocol import Place
from engine.sources.microphone.protocol import SoundSource
from engine.sources.simulated import FallScript
from engine.vision.detector import load_detector
from engine.vision.faces.hiding import NO_FINDER, HiddenPlaces, finds_faces, load_hidden_places
from engine.vision.models import ModelStore
from engine.vision.motion import MotionDetector
from engine.vision.scene_looks import load_scenes
from engine.vision.tracking import Tracker

log = logging.getLogger(__name__)

KEPT_PICTURES = 5  # of camera tests
SMALLEST_PERSON = 0.12  # of a picture's height, in what is left of cameras that are gone
FORGOT = (
    "What was learned by watching (quiet rooms, things that stand still) is learned anew, because another version of Watchroom wrote it"
    " down. Radio needs some minutes for that; nothing of the record is lost."
)
LOOKED_NS = 4 * SECOND  # a camera that no detector has looked at for so long: nobody knows who is in view


class Engine:
    """One site's engine. `start` returns when it watches; `stop` when nothing of it runs any more.

    Raises (constructor):
        InputError: the settings file, an `ATLAS_*` or a `RISK_*` variable is broken. EnvironmentFault: folder, database or lock. Nothing is
            left running.
    """

    def __init__(self, data: DataFolder, clock: SystemClock, models: ModelStore, added: Added = NOTHING_ADDED) -> None:
        self.clock = clock
        self.data = data
        self.models = models
        self._secrets = SecretStore(data.path)
        self.logins = Logins(self._secrets)
        self._changing = threading.Lock()
        people = people_before(data.settings)
        self.settings = self._first_settings(added)
        given = Given.of(os.environ, self.settings)
        self._shown = self.settings, replace(self.settings, webhooks=(), notifications=())
        self.errors = ErrorBook(clock)
        self.supervisor = Supervisor(self.errors)
        self.jobs = Jobs(self.errors)
        self.job_pictures: dict[str, bytes] = {}
        self.model_entries = models.entries()
        self.mailbox = Mailbox()
        self.radio = RadioSide(data.path, clock, self._secrets, self.settings)
        self.falls = FallScript()
        self.walkers = added.radio.walkers if added.radio is not None else ()
        self._radio_nodes = added.radio.nodes if added.radio is not None else None
        if added.pairing_open:
            self.radio.open_bench()
        self.recorder = ClipRecorder(data.path, clock, self._clip_made, self._recording_trouble, self.settings.recording)
        self.thumbnails = EventThumbnails(data.thumbnails)
        self.sightings = Sightings()
        self.pool = self._make_pool()
        self.cameras = Cameras(self._camera_parts(), self.pool, self._login, self._hidden_now)
        self.record = Record(
            data, clock, lambda: Pipeline(Tracker, self.errors.bug), self._writing_trouble, self.settings.upkeep.backup_folder
        )  # from here on something is open
        self._keep_first(people, added)
        self.auditor = Auditor(self.record.store, AuditHeads(data.path, self._secrets), clock, self._audit_trouble)
        self.accounts = Accounts(self.record.store, clock, note=self.auditor.note)
        self.views = Views(clock, self.auditor.note)
        self.narrowing = Narrowing()
        self.alerts = AlertSide(self.record.pipeline.alerts, self.record.store, self.mailbox.post)
        self.reports = ReportDesk(self.record.store.incidents, clock, self.mailbox.post, self.record.writer.run_in_order, self._secrets)
        self.outlook = self._make_outlook(given, added)
        self.risk, self.training, self.atlas = self.outlook.risk, self.outlook.training, self.outlook.atlas
        self.fire, self.smoke, self.smoke_keeper = self.outlook.fire, self.outlook.smoke, self.outlook.smoke_keeper
        self.sent = MediaShelf(data.media, clock, lambda: self.settings.recording.keep_clips_days)
        self.looks = ReportLooks(self.sent, lambda: load_scenes(models))
        self.people = self._make_people()
        self.alike = LooksSide(self.record.store.looks, models, lambda: self.settings, self.record.writer.run_in_order)
        self.trails = TrailSide(self._keep_trails)
        self.privacy = PrivacyRecord(data.path, clock)
        self.masking = self._make_masking()
        self.speech = self._make_speech()
        self.listening = Listening(clock, lambda: self.settings, self._sound_of, self.audit, self.audit_done)
        self.evidence = self._make_evidence()
        self.board = self.record.board
        self.vitals = self._make_vitals()
        self.watching = self._make_watching()
        self.vitals.trouble("node tokens", self.radio.trouble or None)
        self.undo = UndoShelf(clock)
        self.vault = Vault(self._secrets, os.environ)
        self.brokers = Brokers(self.vault)
        self.broker_desk = BrokerDesk(self.brokers, lambda: self.settings)
        self.notices = AlertDesk(lambda: self.settings, self._names, self.alerts.alert, clock)
        self.outbox = self._make_outbox()
        self.upkeep = Upkeep(data.path, clock, self.record, self.board, lambda: self.settings.recording, self._keep_bounds)
        record = self.record
        self.segments = SegmentSide(data.path, record, self.recorder, lambda: self.settings.recording, clock, self.vitals.trouble)
        self.core = Core(
            clock,
            self.mailbox,
            record.pipeline,
            record.next_number,
            record.writer,
            record.save_checkpoint,
            self._result,
            self.errors,
            self.radio.gather,
        )
        self.claude = self._make_claude()
        self.chat = ChatSide(record.store.asked, lambda: self.settings, clock, record.store.chats, self.claude)
        self.replays = ReplaySide(data, record.store, self.jobs, clock, record.writer.flush)
        self.accounts.session_ended = self._session_ended
        self.erasing = Erasing(
            data,
            clock,
            record,
            self.people,
            self.recorder,
            self.jobs,
            self._hand_over,
            self.update_settings,
            self.segments,
            self.evidence.erase,
            self.chat.erase,
        )
        self.segments.clear_journal = self.erasing.clear_journal
        self.kept_up = UpkeepSide(self, lambda: {name: loss.count for name, loss in self._losses().items()})
        self.erasing.erased = self.kept_up.backups.erased
        self.erasing.begun = self.undo.clear
        self.segments.give_backups = self.kept_up.backups.give

    def start(self) -> None:
        """Raises EnvironmentFault; then nothing is left running."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.kept_up.log.listen()
        now_ns = self.clock.now_ns()
        self.record.writer.start()
        self.recorder.start()
        self.segments.start()
        self.thumbnails.start()
        self.mailbox.post(EngineStarted(now_ns, __version__))
        self.mailbox.post(SettingsChanged(now_ns, self.settings, "start"))
        self.people.start(now_ns)
        self.alike.start()
        self.alerts.start(now_ns)
        self.reports.start()
        self.outlook.start(self.supervisor)
        self.supervisor.start("looks", self.looks.run)
        self.speech.know(self.people.persons.values())
        self.supervisor.start("engine", self.core.run)
        self.supervisor.start("vitals", self.vitals.run)
        self.supervisor.start("watching", self.watching.run)
        record = self.record
        words = WordIndex(record.store.put_waiting_words, record.writer.run_in_order, lambda told: self.vitals.trouble("words", told))
        self.supervisor.start("words", words.run)
        if self.radio.bench:
            self.audit_done(AuditRow(now_ns, ENGINE, AuditVerb.OPEN_PAIRING, detail="as long as this engine runs"))
        self.supervisor.start("upkeep", self.upkeep.run)
        self.supervisor.start("backups", self.kept_up.backups.run)
        self.supervisor.start("recordings", self.segments.run)
        self.supervisor.start("audit", self.auditor.run)
        self.outbox.take([event for event in self.record.replayed_events if not event.shadow], replayed=True)
        self.notices.start(self.alerts.view(self.settings).alerts, self.record.replayed_alerts, self.outbox)
        self.supervisor.start("outbox", self.outbox.run)
        self.broker_desk.show(self.alerts.counts(), self.settings)
        self.supervisor.start("brokers", self.broker_desk.run)
        self.supervisor.start("ble", self.radio.ble.run)
        if self._radio_nodes is not None:
            self.supervisor.start("radio-sim", self._radio_nodes(self.radio.hub, self.clock, self.falls))
        for index in range(self.workers):
            self.supervisor.start(f"infer-{index}", self.pool.work)
        self.supervisor.start("closer", self.people.closer.work)
        self.supervisor.start("microphones", self.speech.run)
        self._tell_of_masking()
        self.privacy.changing(self.settings.cameras)
        self.cameras.apply(self.settings)
        self.privacy.changed(self.settings.cameras)
        self._tell_of_restoring()
        self.erasing.resume()

    def stop(self) -> None:
        self.replays.close()
        self.jobs.stop()
        self.smoke.close()
        self.reports.close()
        self.radio.stop()
        self.listening.stop()
        self.cameras.stop()
        self.mailbox.close()
        self.outlook.close()
        left = self.supervisor.stop()
        if left:
            log.error("threads that did not end in time: %s", ", ".join(left))
        if "engine" not in left:
            self.core.finish()
            self.trails.finish()
            self.alike.stays.finish()
        self.recorder.stop()
        self.segments.stop()
        self.thumbnails.stop()
        self.auditor.finish()
        self.record.close()
        self.kept_up.log.leave()

    @property
    def workers(self) -> int:
        """Two inference threads only help where a decoder does not hold the second core."""
        return 1 if (os.cpu_count() or 1) <= 2 else 2

    def snapshot(self, with_users: bool) -> Snapshot:
        """All of now. Who the users are, and where webhooks go (whose address is often the secret), is for admins only."""
        views: list[CameraView] = []
        rates = self.recorder.byte_rates()
        for unit in self.cameras.all():
            tracks, tracks_ns = self.board.tracks(unit.settings.id)
            health = replace(unit.health(), recorded_bytes_s=rates.get(unit.settings.id, 0.0))
            views.append(CameraView(unit.settings, health, tracks, tracks_ns))
        return Snapshot(
            number=self.core.number,
            at_ns=self.clock.now_ns(),
            settings=self.settings if with_users else self._settings_for_all(),
            cameras=tuple(views),
            events=self.board.events(),
            clip_events=self.board.clip_events(),
            health=self._health(),
            jobs=self.jobs.all(),
            models=self.model_entries,
            users=self.accounts.users() if with_users else (),
            radio=replace(self.radio.view(), walkers=len(self.walkers)),
            people=self.speech.shown(self.people.view(self.clock.now_ns())),
            alerts=self.alerts.view(self.settings),
            incidents=IncidentView(self.reports.open_incidents(), self.atlas.health()),
            fire=self.fire.view(),
            risk=self.risk.state(),
            smoke=self.smoke.view(),
            zones=self.board.zones(),
        )

    def _health(self) -> EngineHealth:
        health, segments_bytes = self.vitals.health, self.segments.known_bytes
        return replace(health, segments_bytes=segments_bytes, recordings_bytes=health.recordings_bytes + segments_bytes)

    def _settings_for_all(self) -> Settings:
        known, shown = self._shown
        if known is not self.settings:
            known = self.settings
            shown = replace(known, webhooks=(), notifications=())
            self._shown = known, shown
        return shown

    def change_settings(self, settings: Settings, changed_by: str) -> None:
        """Replace all settings, whatever they are by now."""
        self.update_settings(lambda _: settings, changed_by)

    def update_settings(self, change: Callable[[Settings], Settings], changed_by: str, renewed: str = "") -> None:
        """Keep, apply and journal what `change` makes of the settings of now; changes of several sessions follow one another.

        `renewed`: a camera to restart though its settings are the same (new login). What `change` raises, changes nothing.
        """
        with self._changing:
            before, settings = self.settings, change(self.settings)
            self._keep_privacy(before, settings, changed_by)
            self._keep_listening(before, settings, changed_by)
            save_settings(self.data.settings, settings)
            self.settings = settings
            self.mailbox.post(SettingsChanged(self.clock.now_ns(), settings, changed_by))
            self.recorder.settings = settings.recording
            self.pool.rate_hz = settings.detection.rate_hz
            if settings.detection != before.detection:
                self.pool.reload()
                self.masking.reload()
            self.cameras.apply(settings, renewed)
            self.privacy.changed(settings.cameras)
            self.radio.configure(settings)
            self.outlook.configure(before, settings)
            self.people.configure(settings)
            self.speech.configure(settings)
            self.listening.settle(settings)
            self._tell_of_masking()
            if (settings.webhooks, settings.notifications) != (before.webhooks, before.notifications):
                self.outbox.again()
                self.broker_desk.configure()
            self.broker_desk.show(self.alerts.counts(), settings)

    def _keep_privacy(self, before: Settings, settings: Settings, changed_by: str) -> None:
        """Who changes what nobody is shown is kept before it is done. Raises EnvironmentFault: it must not be done."""
        for camera in settings.cameras:
            was = before.camera(camera.id)
            known = set(was.privacy if was is not None else ())
            if set(camera.privacy) != known:
                told = f"privacy areas: {len(set(camera.privacy) - known)} new, {len(known - set(camera.privacy))} gone"
                self.audit(AuditRow(self.clock.now_ns(), changed_by, AuditVerb.PUT_CAMERA, camera.id, told))
                self.job_pictures.clear()  # of cameras that were tried before
        self.privacy.changing(settings.cameras)

    def _keep_listening(self, before: Settings, settings: Settings, changed_by: str) -> None:
        """Who lets others listen to what, and for what purpose, is kept before it is done. Raises EnvironmentFault: it must not be done."""
        for camera in settings.cameras:
            was = before.camera(camera.id)
            known = (was.listen, was.listen_purpose.strip()) if was is not None else (False, "")
            if camera.listen != known[0] or (camera.listen and camera.listen_purpose.strip() != known[1]):
                told = f"on, for: {camera.listen_purpose.strip()}" if camera.listen else "off"
                self.audit(AuditRow(self.clock.now_ns(), changed_by, AuditVerb.CHANGE_LISTENING, camera.id, told))

    def _session_ended(self, session_id: str) -> None:
        self.replays.session_ended(session_id)
        self.listening.end_session(session_id)

    def _sound_of(self, camera: CameraSettings) -> SoundSource:
        def place() -> Place | None:
            unit = self.cameras.find(camera.id)
            return unit.place() if unit is not None else None

        return make_listening(camera, self.logins.get(camera), self.clock, place)

    def _tell_of_masking(self) -> None:
        """Said here only, and while faces are hidden: with what they are found."""
        poor = self.settings.recognition.blur_faces and not finds_faces(self.models)
        self.vitals.trouble("masking", NO_FINDER if poor else None)

    def _hand_over(self, keep: Callable[[int, dict[str, Any]], None]) -> None:
        """As `Core.hand_over`, where what came before is erased with it: no replay goes on with that."""

        def keep_and_end(number: int, state: dict[str, Any]) -> None:
            keep(number, state)
            self.replays.end_all()

        self.core.hand_over(keep_and_end)

    def _keep_bounds(self) -> None:
        desk, erasing = self.people.desk, self.erasing
        recognition, persons = lambda: self.settings.recognition, lambda: self.people.persons
        PeopleKeeping(self.clock, recognition, persons, desk.enter, erasing.begin, erasing.resume).run()
        self.sent.tidy()
        self.chat.tidy()
        self.kept_up.sample()

    def audit(self, row: AuditRow) -> None:
        """Keep for good who did what, before it is done. Raises EnvironmentFault: it must not be done."""
        log.info("audit: %s by %s %s", row.verb, row.by, row.subject)
        self.auditor.keep(self._without_names(row))

    def audit_done(self, *rows: AuditRow) -> None:
        """Keep for good who did what, where that is done or has to go on all the same: a failure is shown, and the rows wait."""
        self.auditor.note(*map(self._without_names, rows))

    def _without_names(self, row: AuditRow) -> AuditRow:
        """People give reasons with names in them; nobody can take those out of the audit later."""
        detail = row.detail
        for person in self.people.persons.values():
            if detail and (person.name in detail or person.id in detail):
                pseudonym = self.auditor.pseudonym(person.id)
                detail = Traces(person.id, (person.name,), pseudonym, pseudonym).text(detail)
        return replace(row, detail=detail)

    def tracked(self) -> frozenset[str]:
        """Ids of those who are followed now: on the floor, and by cameras."""
        fused = self.people.view(self.clock.now_ns()).fused
        tracks = (track.id for camera in self.cameras.all() for track in self.board.tracks(camera.settings.id)[0])
        return frozenset((*tracks, *(track.id for track in fused.tracks))) if fused is not None else frozenset(tracks)

    def models_changed(self) -> None:
        self.model_entries = self.models.entries()
        self.pool.reload()
        self.people.closer.reload()
        self.alike.reload()
        self.looks.reload()
        self.masking.reload()
        self._tell_of_masking()
        self.speech.reload()

    def credentials(self, camera_id: str) -> Credentials | None:
        """The login that a configured camera uses."""
        camera = self.settings.camera(camera_id)
        return None if camera is None else self.logins.get(camera)

    def clip_file(self, clip_id: str) -> Path:
        """The clip as it was recorded, faces and all: for the engine itself, and for those who may see them."""
        return self.data.path / self.clip(clip_id).file

    def clip(self, clip_id: str) -> Clip:
        """Raises NotFound, also where its file is gone."""
        clip = self.record.store.clip(clip_id)
        if clip is None or not (self.data.path / clip.file).is_file():
            raise NotFound(f"There is no clip {clip_id}.")
        return clip

    def set_up(self, site_name: str, admin_name: str, password: str) -> None:
        """Name the site and make its first admin. Raises InputError, also when there is one already."""
        if not site_name.strip():
            raise InputError("site_name", "is empty")
        self.accounts.create_first_admin(admin_name, password)
        self.update_settings(lambda now: replace(now, site_name=site_name.strip()), admin_name)

    def keep_job_picture(self, job_id: str, jpeg: bytes) -> None:
        self.job_pictures[job_id] = jpeg
        while len(self.job_pictures) > KEPT_PICTURES:
            self.job_pictures.pop(next(iter(self.job_pictures)), None)  # another job's thread may be here too

    def _first_settings(self, added: Added) -> Settings:
        known = load_settings(self.data.settings)
        settings = replace(known, site_name=added.site_name or known.site_name, recording=with_recording(known.recording, added))
        settings = with_town(with_radio(settings, added.radio), added.town)
        logins = dict(added.credentials)
        for camera in added.cameras:
            settings = settings.with_camera(camera)
            if camera.id in logins:
                self.logins.put(camera, logins[camera.id])
        return settings

    def _keep_first(self, people: tuple[Person, ...], added: Added) -> None:
        """The settings of now; and who was in them before the record knew people, or is on the demo site, in the record first."""
        store, now_ns = self.record.store, self.clock.now_ns()
        known = {person.id for person in store.roster().persons}
        if added.radio is not None and self.settings.ble_devices == added.radio.ble_devices:
            people = (*people, *added.radio.people)
        new = {person.id: replace(person, created_ns=now_ns) for person in people if person.id not in known}
        if new:
            store.save(tuple(new.values()))
        save_settings(self.data.settings, self.settings)

    def _make_pool(self) -> InferencePool:
        rate_hz = self.settings.detection.rate_hz
        return InferencePool(self._load_detector, self.mailbox.post, self._detector_trouble, self.workers, rate_hz)

    def _camera_parts(self) -> CameraParts:
        def capture(camera: CameraSettings, stream: str, credentials: Credentials | None, sink: CaptureSink) -> Capture:
            return make_capture(camera, stream, credentials, self.clock, sink, self.falls)

        return CameraParts(
            clock=self.clock,
            make_capture=capture,
            make_motion=lambda camera: MotionDetector(camera.masks),
            recorder=self.recorder,
            post=self.mailbox.post,
            offer=self._offer,
            detector_hz=self.pool.runs_hz,
        )

    def _offer(self, camera_id: str, frame: DecodedFrame, active: bool, regions_xyxy: Floats) -> None:
        """A camera's newest frame, on its capture thread."""
        self.pool.offer(camera_id, frame, active, regions_xyxy)
        self.people.closer.offer(camera_id, frame)
        self.smoke.own.offer(camera_id, frame)

    def _make_outlook(self, given: Given, added: Added) -> Outlook:
        def trouble(part: str, sentence: str | None) -> None:
            self.vitals.trouble(part, sentence)

        return Outlook(
            self.data,
            self.clock,
            lambda: self.settings,
            self.record,
            self.reports,
            self.jobs,
            self._secrets,
            self.mailbox.post,
            trouble,
            given,
            added.town,
        )

    def _make_people(self) -> PeopleSide:
        writer = self.record.writer
        return PeopleSide(
            self.data.faces, self.record.store, self.models, self.settings, self.mailbox.post, writer.run_in_order, self.clock
        )

    def _keep_trails(self, trails: Sequence[Trail]) -> None:
        self.record.writer.run_in_order(lambda: self.record.store.trails.put(trails))

    def covers(self, camera_id: str, since_ns: int, until_ns: int) -> Cover:
        """What is private now of a camera's picture, and was not burned all the time between two times. Of a camera that was removed: what
        was private last."""
        camera, unit = self.settings.camera(camera_id), self.cameras.find(camera_id)
        wanted = self.privacy.last(camera_id) if camera is None else camera.privacy
        missing = self.privacy.missing(camera_id, wanted, since_ns, until_ns) if wanted else ()
        return Cover(missing, () if unit is None else unit.shapes) if missing else NOTHING

    def private_in(self, event_id: str) -> Cover:
        """What the small picture of an event may show still and is private now; of an event that nobody knows, all of it."""
        event = next((event for event in self.board.events() if event.id == event_id), None) or self.record.store.event(event_id)
        if event is None:
            return Cover((WHOLE,)) if any(camera.privacy for camera in self.settings.cameras) else NOTHING
        return self.covers(event.camera_id, event.started_ns, event.ended_ns or self.clock.now_ns())

    def _make_masking(self) -> Masking:
        def load() -> HiddenPlaces:
            smallest = min((camera.min_person_share for camera in self.settings.cameras), default=SMALLEST_PERSON)
            return load_hidden_places(self.models, self.settings.detection, smallest)

        return Masking(self.data.path, self.clock, self.jobs, lambda: self.settings.recognition.blur_faces, load, self.audit, self.covers)

    def _make_speech(self) -> SpeechSide:
        def source(microphone: MicrophoneSettings, camera: CameraSettings | None) -> SoundSource:
            return make_sound(microphone, camera, None if camera is None else self.logins.get(camera), self.clock)

        folder = self.data.path / "speech"
        return SpeechSide(self.settings, lambda names: load_ears(self.models, names, folder), source, self.mailbox.post, self.clock)

    def _make_outbox(self) -> Outbox:
        record, webhooks = self.record, WebhookChannel(lambda: self.settings, self.webhook_secret, self.clock)
        return Outbox(
            record.store,
            lambda delivery: record.writer.submit(None, (delivery,)),
            lambda event, now_ns: deliveries_for(event, self.settings, now_ns),
            {WEBHOOK: webhooks, **make_channels(lambda: self.settings, self.vault, self.brokers)},
            self.clock,
            lambda sentence: self.vitals.trouble("webhooks", sentence),
            unwanted=self.notices.unneeded,
        )

    def _make_evidence(self) -> EvidenceSide:
        def sources() -> Sources:
            store, settings = self.record.store, self.settings
            return Sources(self.data, store.answer, settings, self.models, self.masking, self.auditor, settings.alerts.time_zone)

        return EvidenceSide(
            self.data.path,
            self.record.store.cases,
            self.jobs,
            sources,
            self.masking.hides,
            self.clock.now_ns,
            self.audit,
            self.record.store.segments,
        )

    def _make_claude(self) -> ClaudeSide:
        key = ClaudeKey(self._secrets, os.environ)
        return ClaudeSide(self.record.store.chats, lambda: self.settings.chat, key, self.clock, self.audit)

    def _names(self) -> tuple[str, ...]:
        """Of everybody known."""
        return tuple(person.name for person in self.people.persons.values())

    def webhook_secret(self, webhook_id: str) -> str | None:
        return self._secrets.get(f"webhook/{webhook_id}")

    def keep_webhook_secret(self, webhook_id: str, secret: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        key = f"webhook/{webhook_id}"
        self._secrets.put(key, secret) if secret else self._secrets.remove(key)

    def _tell_of_restoring(self) -> None:
        """Also who was erased since the copy was made is erased again."""
        if self.record.forgot:
            self.vitals.trouble("learning", FORGOT)
        restored = self.record.restored
        if restored is None:
            return
        self.vitals.trouble("record", told_of(restored))
        row = AuditRow(restored.at_ns, ENGINE, AuditVerb.RESTORE_RECORD, restored.backup_name, restored.aside)
        self.audit_done(row)
        erased = erased_marks(self.data.path)
        for person in tuple(self.people.persons.values()):
            if mark_of(person.id) in erased:
                self.erasing.begin(person, "came back with a backup", ENGINE)

    def _make_vitals(self) -> Vitals:
        writer, store = self.record.writer, self.record.store
        shed = Shedding(self._losses).sentences
        return Vitals(
            self.data.path, self.clock, self.errors, self.cameras.all, lambda: writer.backlog, store.size_bytes, self.pool.health, shed
        )

    def _make_watching(self) -> Watching:
        writer, table = self.record.writer, self.record.store.watching
        return Watching(self.clock, self._seeing, self._clock_wrong, table.put, writer.run_in_order, lambda: writer.troubled)

    def _clock_wrong(self) -> bool:
        return abs(self.clock.skew_ns()) > SKEW_TROUBLE_MS * MILLISECOND

    def _seeing(self) -> Iterator[Seeing]:
        """How well each sensor watches now."""
        for unit in self.cameras.all():
            yield camera_sees(unit.settings, unit.health(), self.pool.looked_ns(unit.settings.id))
        nodes = self.radio.view().nodes
        yield from map(node_hears, nodes)
        yield from scanners_hear(nodes)
        if self.settings.radio.enabled and self.settings.radio.scan_ble:
            yield adapter_hears(self.radio.ble.trouble)
        views = {view.id: view for view in self.speech.microphones()}
        yield from (microphone_hears(each, views[each.id]) for each in self.settings.microphones if each.id in views)

    def _losses(self) -> dict[str, Loss]:
        writer = self.record.writer
        return {
            "refused": Loss(writer.refused, "{count} entries could not be stored: a fault of the program. The log has each of them."),
            "journal": Loss(
                writer.shed,
                "The disk is too slow: {count} observations are missing from the journal, so that a replay has gaps. Events are kept.",
            ),
            "mailbox": Loss(
                self.mailbox.shed, "The engine is behind: {count} camera frames were left out. Use fewer cameras or a faster machine."
            ),
            "recording": Loss(
                self.recorder.raw_dropped,
                "The machine is too slow to encode {count} pictures, which are missing from recordings. This concerns cameras with privacy "
                "areas, and those that send no stream. Use fewer of them, or a lower picture rate.",
            ),
            "radio": self.radio.loss,
        }

    def _load_detector(self, camera: CameraSettings) -> PoolDetector:
        loaded = load_detector(self.models, self.settings.detection, camera.min_person_share)
        health = DetectorHealth(loaded.name, loaded.basic, loaded.stand_in, loaded.degraded_reason)
        return PoolDetector(loaded.name, loaded.detect, not loaded.basic, health)

    def _login(self, camera: CameraSettings) -> Credentials | None:
        """A camera whose login cannot be read is tried without, so that the others are watched all the same."""
        try:
            login = self.logins.get(camera)
        except EnvironmentFault as fault:
            self.vitals.trouble("logins", str(fault))
            return None
        self.vitals.trouble("logins", None)
        return login

    def _result(self, result: StepResult, observation: Observation) -> None:
        """On the engine thread, after every step."""
        self.board.take(result, seen_ns(observation))
        if isinstance(observation, DetectionsMade):
            self._note_people(observation)
        self.radio.take(result, observation)
        self.people.take(result, observation, self.clock.now_ns())
        self.alike.take(result, observation)
        self.trails.take(result, observation)
        self.alerts.take(result, observation)
        self.risk.alerted(result.alerts)
        if result.alerts:
            self.notices.take(result.alerts, self.outbox)
            self.broker_desk.show(self.alerts.counts(), self.settings)
        if isinstance(observation, IncidentChanged):
            self.reports.entered(observation)
        if result.people:
            self.speech.know(self.people.persons.values())
        if isinstance(observation, SettingsChanged):
            self.board.keep_cameras({camera.id for camera in observation.settings.cameras})
        for camera_id, tracks in result.tracks:
            unit = self.cameras.find(camera_id)
            if unit is not None:
                unit.tracks = tracks
        for event in result.events:
            self._event(event)

    def _event(self, event: Event) -> None:
        if event.shadow:  # a gesture on trial raises nothing
            return
        self.outbox.take((event,))
        if not event.camera_id:  # radio has no pictures
            return
        if event.ended_ns is None or event.kind is EventKind.GESTURE:  # which is told once, when it is over
            self._take_thumbnail(event)
            if self.settings.recording.enabled:
                self.recorder.open_clip(event.id, event.camera_id, event.started_ns)
        if event.ended_ns is not None:
            self.recorder.close_clip(event.id, event.ended_ns)

    def _take_thumbnail(self, event: Event) -> None:
        frame = self.pool.looked_at(event.camera_id)
        if frame is not None:
            self.thumbnails.take(event.id, frame, event.box_xyxy, self._people_at(event.camera_id, frame.captured_ns))

    def _note_people(self, seen: DetectionsMade) -> None:
        """Who is in view, for hiding faces in clips later."""
        at_ns = self.board.tracks(seen.camera_id)[1]
        width, height = max(seen.width, 1), max(seen.height, 1)
        people = self._people_at(seen.camera_id, at_ns)
        self.sightings.note(seen.camera_id, at_ns, [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in people])

    def _people_at(self, camera_id: str, at_ns: int) -> list[Box]:
        """Everybody in view, where they were at this time, in pixels of the frame."""
        tracks, tracks_ns = self.board.tracks(camera_id)
        found: list[Box] = []
        for track in filter(may_have_face, tracks):
            dx, dy = moved(track, tracks_ns, at_ns)
            x0, y0, x1, y1 = track.box_xyxy
            found.append((x0 + dx, y0 + dy, x1 + dx, y1 + dy))
        return found

    def _hidden_now(self, camera_id: str, picture_ns: int) -> list[Box] | None:
        """Where faces are or may be on a live picture, in pixels of the frame; None where nobody knows. Capture threads."""
        looked_ns = self.pool.looked_ns(camera_id)
        longest_ns = max(LOOKED_NS, round(2 * SECOND / self.settings.detection.rate_hz))
        if looked_ns is None or abs(picture_ns - looked_ns) > longest_ns:
            return None
        tracks, tracks_ns = self.board.tracks(camera_id)
        return hidden_boxes(tracks, tracks_ns, self.people.track_faces(), picture_ns)

    def _clip_made(self, clip: Clip) -> None:
        if not self.erasing.keeps_clip(clip.event_id):
            remove_files(self.data.path, (clip,))
            return
        self.sightings.keep(self.data.path, clip)
        keep_row(self.data.path, clip)
        self.record.writer.submit(None, (clip,))
        self.board.add_clip(clip)

    def _writing_trouble(self, sentence: str | None) -> None:
        self.vitals.trouble("store", sentence)

    def _audit_trouble(self, what: str, sentence: str | None) -> None:
        self.vitals.trouble(what, sentence)

    def _recording_trouble(self, sentence: str | None) -> None:
        self.vitals.trouble("recording", sentence)

    def _detector_trouble(self, sentence: str | None) -> None:
        self.vitals.trouble("detector", sentence)
