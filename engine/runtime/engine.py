"""The engine of one site: its sides wired together, started and stopped as one. Sessions reach it through `engine.runtime.local`."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine import __version__
from engine.model.access import Scope, Session
from engine.model.audit import AuditRow, AuditVerb
from engine.model.event import Event
from engine.model.health import EngineHealth
from engine.model.observation import DetectionsMade, EngineStarted, IncidentChanged, Observation, SettingsChanged
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import IncidentView, Snapshot
from engine.model.time import SystemClock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.narrowing import Narrowing, narrow_settings
from engine.runtime.access.shares import PASSWORDS_OF_ONE, Shares
from engine.runtime.alerts.alert_side import AlertSide
from engine.runtime.audit.audit_heads import AuditHeads
from engine.runtime.audit.auditing import ENGINE, Auditor, Views
from engine.runtime.audit.camera_audit import listening_rows, privacy_rows
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.cameras.job_pictures import JobPictures
from engine.runtime.cameras.masking import Masking, load_places
from engine.runtime.cameras.trail_side import TrailSide
from engine.runtime.chat.chat_side import ChatSide
from engine.runtime.chat.claude_side import ClaudeKey, ClaudeSide
from engine.runtime.command_line_settings import NOTHING_ADDED, CommandLineSettings
from engine.runtime.core import Core, seen_ns
from engine.runtime.data_folder import DataFolder
from engine.runtime.demo_stage import DemoStage
from engine.runtime.durability import DurabilityBarrier
from engine.runtime.evidence.making import Sources
from engine.runtime.evidence.side import EvidenceSide
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.health.condition import Condition
from engine.runtime.incidents.report_looks import ReportLooks
from engine.runtime.incidents.reports import ReportDesk
from engine.runtime.incidents.sent_media import MediaShelf
from engine.runtime.keeping.backups import erased_marks, mark_of
from engine.runtime.keeping.upkeep import Upkeep
from engine.runtime.keeping.upkeep_side import UpkeepSide
from engine.runtime.keeping.word_index import WordIndex
from engine.runtime.messages.message_side import MessageSide
from engine.runtime.microphones.hearing import Hearing
from engine.runtime.outlook import Outlook
from engine.runtime.people.erasing import Erasing
from engine.runtime.people.looks_side import LooksSide
from engine.runtime.people.people_keeping import PeopleKeeping
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.radio.radio_side import RadioSide
from engine.runtime.record import FORGOT
from engine.runtime.replay.replay_side import ReplaySide
from engine.runtime.settings.command_line_choices import check_chosen
from engine.runtime.sight import Sight
from engine.runtime.storage.restore import told_of
from engine.runtime.undoing import UndoShelf
from engine.vision.faces.hiding import NO_FINDER, finds_faces
from engine.vision.models import ModelStore
from engine.vision.scene_looks import load_scenes

log = logging.getLogger(__name__)


class Engine:
    """One site's engine. `start` returns when it watches; `stop` when nothing of it runs any more.

    Each side is made of what it needs, hence in this order; what it needs of a later one is given to it in `_tie`.

    Raises (constructor):
        InputError: the settings file, an `ATLAS_*` or a `RISK_*` variable is broken. EnvironmentFault: folder, database or lock. Nothing is
            left running.
    """

    def __init__(self, data: DataFolder, clock: SystemClock, models: ModelStore, added: CommandLineSettings = NOTHING_ADDED) -> None:
        self.basis = Basis(data, clock, models, added, os.environ)  # from here on something is open
        try:
            self._furnish(added)
        except BaseException:
            self.basis.record.close()
            raise

    def _furnish(self, added: CommandLineSettings) -> None:
        basis, data, clock, models = self.basis, self.basis.data, self.basis.clock, self.basis.models
        self.data, self.clock, self.models, self.troubles = data, clock, models, basis.troubles
        self.jobs, self.mailbox, self.logins = basis.jobs, basis.mailbox, basis.logins
        self.record = record = basis.record
        self.durability = DurabilityBarrier(self.mailbox, record.writer)
        self.board = record.board
        self.model_entries, self.job_pictures = models.entries(), JobPictures()
        self.undo, self.narrowing = UndoShelf(clock), Narrowing()
        self.demo_stage = DemoStage(added)
        self.radio = RadioSide(data.path, clock, basis.secrets, self.settings)
        self.auditor = Auditor(record.store, AuditHeads(data.path, basis.secrets), clock, basis.troubles.tell)
        self.accounts = Accounts(record.store.accounts, clock, note=self.auditor.note, later=record.writer.run_in_order)
        self.password_shares = Shares(PASSWORDS_OF_ONE)
        self.views = Views(clock, self.auditor.note)
        self.people = self._make_people()
        self.audit = NamelessAudit(self.auditor, lambda: self.people.persons.values())
        self.alerts = AlertSide(record.pipeline.alerts, record.store, self.mailbox.post)
        rules, post, in_order = lambda: self.settings.incidents, self.mailbox.post, record.writer.run_in_order
        self.reports = ReportDesk(record.store.incidents, clock, post, in_order, basis.secrets, rules=rules)
        self.outlook = Outlook(basis, self.reports, added.town, self._names)
        self.risk, self.training, self.atlas = self.outlook.risk, self.outlook.training, self.outlook.atlas
        self.fire, self.smoke, self.smoke_keeper = self.outlook.fire, self.outlook.smoke, self.outlook.smoke_keeper
        self.messages = MessageSide(basis, self.alerts, lambda: [person.name for person in self.people.persons.values()])
        self.sent = MediaShelf(data.media, clock, lambda: self.settings.recording.keep_clips_days)
        self.looks = ReportLooks(self.sent, lambda: load_scenes(models))
        self.alike = LooksSide(record.store.looks, models, basis.settings.now, record.writer.run_in_order)
        self.trails = TrailSide(lambda trails: record.writer.run_in_order(lambda: record.store.trails.put(trails)))
        self.sight = Sight(basis, self.people, self.smoke, self.demo_stage.stage)
        self.hearing = Hearing(basis, self.sight, self.audit)
        self.condition = Condition(basis, self.sight, self.radio, self.hearing.speech)
        self.masking = self._make_masking()
        self.evidence = self._make_evidence()
        self.segments = self._make_segments()
        self.core = self._make_core()
        self.claude = ClaudeSide(
            record.store.chats, lambda: self.settings.chat, ClaudeKey(basis.secrets, basis.environment), clock, self.audit.keep
        )
        self.chat = ChatSide(record.store.asked, basis.settings.now, clock, record.store.chats, self.claude)
        self.replays = ReplaySide(data, record.store, self.jobs, clock, record.writer.flush)
        self.erasing = self._make_erasing()
        recording, wanted = lambda: self.settings.recording, self.erasing.keeps_clip
        self.upkeep = Upkeep(data.path, basis.ages, record, self.board, recording, self._keep_bounds, wanted)
        self.kept_up = self._make_kept_up()
        self._tie(added)

    @property
    def settings(self) -> Settings:
        """Of now."""
        return self.basis.settings.now()

    def start(self) -> None:
        """Raises EnvironmentFault; then nothing is left running."""
        try:
            self._start_memory()
            self._start_sides()
            self._start_watch()
            self.claude.prepare()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.replays.close()
        self.jobs.stop()
        self.smoke.close()
        self.reports.close()
        self.radio.stop()
        self.hearing.listening.stop()
        self.sight.cameras.stop()
        self.mailbox.close()
        self.outlook.close()
        left = self.basis.supervisor.stop()
        if left:
            log.error("threads that did not end in time: %s", ", ".join(left))
        self.demo_stage.stop()
        if "engine" not in left:
            self.core.finish()
            self.trails.finish()
            self.alike.stays.finish()
        self.sight.clips.stop()
        self.segments.stop()
        self.auditor.finish()
        self.record.close()
        self.kept_up.log.leave()

    def _names(self) -> tuple[str, ...]:
        """Of who is known here, and of who works here."""
        return (*(person.name for person in tuple(self.people.persons.values())), *(user.name for user in self.accounts.users()))

    def snapshot(self, with_users: bool) -> Snapshot:
        """All of now. Who the users are, and where webhooks go (whose address is often the secret), is for admins only."""
        return Snapshot(
            number=self.core.number,
            at_ns=self.clock.now_ns(),
            settings=self.settings if with_users else self.basis.settings.for_all(),
            cameras=self.sight.views(),
            events=self.board.events(),
            clip_events=self.board.clip_events(),
            health=self._health(),
            jobs=self.jobs.all(),
            models=self.model_entries,
            users=self.accounts.users() if with_users else (),
            radio=replace(self.radio.view(), walkers=len(self.demo_stage.walkers)),
            people=self.hearing.speech.with_microphones(self.people.view(self.clock.now_ns())),
            alerts=self.alerts.view(self.settings),
            incidents=IncidentView(self.reports.open_incidents(), self.atlas.health()),
            fire=self.fire.view(),
            risk=self.risk.state(),
            smoke=self.smoke.view(),
            zones=self.board.zones(),
        )

    def change_settings(self, settings: Settings, changed_by: str) -> None:
        """Replace all settings, whatever they are by now."""
        self.update_settings(lambda _: settings, changed_by)

    def update_settings(self, change: Callable[[Settings], Settings], changed_by: str, renewed: str = "") -> None:
        """Keep, apply and journal what `change` makes of the settings of now; changes of several sessions follow one another.

        `renewed`: a camera to restart though its settings are the same (new login). What `change` raises, changes nothing.
        """

        def allow(before: Settings, settings: Settings) -> None:
            self._keep_change(before, settings, changed_by)

        def apply(before: Settings, settings: Settings) -> None:
            self.mailbox.post(SettingsChanged(self.clock.now_ns(), settings, changed_by))
            self._apply(before, settings, renewed)

        self.basis.settings.change(change, allow, apply)

    def models_changed(self) -> None:
        self.model_entries = self.models.entries()
        self.sight.pool.reload()
        self.people.closer.reload()
        self.alike.reload()
        self.looks.reload()
        self.masking.reload()
        self._tell_of_masking()
        self.hearing.speech.reload()

    # made of more than the basis

    def _make_people(self) -> PeopleSide:
        store, later = self.record.store, self.record.writer.run_in_order
        return PeopleSide(self.data.faces, store, self.models, self.settings, self.mailbox.post, later, self.clock)

    def _make_masking(self) -> Masking:
        hiding, load = lambda: self.settings.recognition.blur_faces, lambda: load_places(self.models, self.settings)
        return Masking(self.data.path, self.clock, self.jobs, hiding, load, self.audit.keep, self.sight.private.covers)

    def _make_evidence(self) -> EvidenceSide:
        store, hides, keep = self.record.store, self.masking.hides, self.audit.keep

        def sources(scope: Scope | None) -> Sources:
            settings, ask = self.settings, store.answer
            archive, zone = Path(settings.recording.archive_folder or self.data.path), settings.alerts.time_zone
            if scope is not None:
                settings, ask = narrow_settings(settings, scope), store.within(scope).answer
            return Sources(self.data, ask, settings, archive, self.models, self.masking, self.auditor, zone, scope is not None)

        def limits(session: Session) -> Scope | None:
            return session.scope(self.settings.cameras)

        return EvidenceSide(self.data.path, store.cases, self.jobs, sources, limits, hides, self.clock.now_ns, keep, store.segments)

    def _make_segments(self) -> SegmentSide:
        recorder, settings = self.sight.clips.recorder, lambda: self.settings.recording
        return SegmentSide(self.data.path, self.record, recorder, settings, self.clock, self.troubles.tell, ages=self.basis.ages)

    def _make_core(self) -> Core:
        record, errors = self.record, self.basis.errors
        pipeline, number, writer, save = record.pipeline, record.next_number, record.writer, record.save_checkpoint
        return Core(self.clock, self.mailbox, pipeline, number, writer, save, self._result, errors, self.radio.gather)

    def _make_erasing(self) -> Erasing:
        people, recorder, packs, chats = self.people, self.sight.clips.recorder, self.evidence.erase, self.chat.erase
        change = self.update_settings
        return Erasing(
            self.data, self.clock, self.record, people, recorder, self.jobs, self._hand_over, change, self.segments, packs, chats
        )

    def _make_kept_up(self) -> UpkeepSide:
        persons, shown = lambda: self.people.persons.values(), lambda: self.snapshot(with_users=True)
        losses = self.condition.losses.counts
        return UpkeepSide(self.basis, self.upkeep, self.audit, persons, shown, self.update_settings, losses)

    def _tie(self, added: CommandLineSettings) -> None:
        """Sides to those that came after them."""
        if added.pairing_open:
            self.radio.open_bench()
        self.troubles.tell("node tokens", self.radio.trouble or None)
        self.accounts.session_ended = self._session_ended
        self.accounts.session_renewed = self._session_renewed
        self.sight.clips.wanted = self.erasing.keeps_clip
        self.segments.clear_journal = self.erasing.clear_journal
        self.segments.give_backups = self.kept_up.backups.give
        self.erasing.begun = self.undo.clear
        self.erasing.erased = self.kept_up.backups.erased

    # starting

    def _start_memory(self) -> None:
        """What keeps what comes; and its first words."""
        now_ns = self.clock.now_ns()
        self.kept_up.log.listen()
        self.record.writer.start()
        self.sight.clips.start()
        self.segments.start()
        self.mailbox.post(EngineStarted(now_ns, __version__))
        self.mailbox.post(SettingsChanged(now_ns, self.settings, "start"))

    def _start_sides(self) -> None:
        now_ns, supervisor = self.clock.now_ns(), self.basis.supervisor
        self.people.start(now_ns)
        self.alike.start()
        self.alerts.start(now_ns)
        self.reports.start()
        self.outlook.start()
        supervisor.start("looks", self.looks.run)
        self.hearing.speech.know(self.people.persons.values())
        supervisor.start("engine", self.core.run)
        self.condition.start()
        words = WordIndex(self.record.store.put_waiting_words, self.record.writer.run_in_order, self.troubles.of("words"))
        supervisor.start("words", words.run)
        if self.radio.bench:
            self.audit.note(AuditRow(now_ns, ENGINE, AuditVerb.OPEN_PAIRING, detail="as long as this engine runs"))
        supervisor.start("upkeep", self.upkeep.run)
        supervisor.start("backups", self.kept_up.backups.run)
        supervisor.start("renewal", self.kept_up.renewal.run)
        supervisor.start("recordings", self.segments.run)
        supervisor.start("audit", self.auditor.run)
        self.messages.start()

    def _start_watch(self) -> None:
        """What watches."""
        supervisor = self.basis.supervisor
        supervisor.start("ble", self.radio.ble.run)
        self.demo_stage.start(self.basis, self.radio.hub)
        self.sight.start()
        supervisor.start("closer", self.people.closer.work)
        self.hearing.start()
        self._tell_of_masking()
        self.sight.begin(self.settings)
        self._tell_of_restoring()
        self.erasing.resume()

    # what follows from changed settings

    def _keep_change(self, before: Settings, settings: Settings, by: str) -> None:
        """Who changes what nobody is shown, or who may listen, is kept before it is done. Raises InputError, EnvironmentFault: it must not
        be done."""
        check_chosen(self.data.path, before, settings)
        private = privacy_rows(before, settings, by, self.clock.now_ns())
        for row in private:
            self.audit.keep(row)
        if private:
            self.job_pictures.clear()  # of cameras that were tried before
        self.sight.private.since.changing(settings.cameras)
        for row in listening_rows(before, settings, by, self.clock.now_ns()):
            self.audit.keep(row)

    def _apply(self, before: Settings, settings: Settings, renewed: str) -> None:
        if settings.detection != before.detection:
            self.masking.reload()
        self.sight.configure(before, settings, renewed)
        self.radio.configure(settings)
        self.outlook.configure(before, settings)
        self.people.configure(settings)
        self.hearing.configure(settings)
        self._tell_of_masking()
        self.messages.configure(before, settings)

    # what follows from each step; the engine thread

    def _result(self, result: StepResult, observation: Observation) -> None:
        self.board.take(result, seen_ns(observation))
        if isinstance(observation, DetectionsMade):
            self.sight.clips.note_people(observation)
        self.radio.take(result, observation)
        self.people.take(result, observation, self.clock.now_ns())
        self.alike.take(result, observation)
        self.trails.take(result, observation)
        self.alerts.take(result, observation)
        self.risk.alerted(result.alerts)
        self.messages.take_alerts(result.alerts)
        if isinstance(observation, IncidentChanged):
            self.reports.entered(observation)
        if result.people:
            self.hearing.speech.know(self.people.persons.values())
        if isinstance(observation, SettingsChanged):
            self.board.keep_cameras({camera.id for camera in observation.settings.cameras})
        self.sight.take(result)
        for event in result.events:
            self._event(event)

    def _event(self, event: Event) -> None:
        if event.shadow:  # a gesture on trial raises nothing
            return
        self.messages.take_event(event)
        if event.camera_id:  # radio has no pictures
            self.sight.clips.take(event)

    # what sides ask of each other

    def _health(self) -> EngineHealth:
        health, segments_bytes = self.condition.vitals.health, self.segments.known_bytes
        return replace(health, segments_bytes=segments_bytes, recordings_bytes=health.recordings_bytes + segments_bytes)

    def _session_ended(self, session_id: str) -> None:
        self.replays.session_ended(session_id)
        self.hearing.listening.end_session(session_id)

    def _session_renewed(self, session_id: str, renewed_id: str) -> None:
        """What was begun in it goes on in the other one."""
        self.replays.session_renewed(session_id, renewed_id)
        self.masking.unmasked.renew(session_id, renewed_id)
        self.undo.renew(session_id, renewed_id)

    def _hand_over(self, keep: Callable[[int, dict[str, Any]], None]) -> None:
        """As `Core.hand_over`, where what came before is erased with it: no replay goes on with that."""

        def keep_and_end(number: int, state: dict[str, Any]) -> None:
            keep(number, state)
            self.replays.end_all()

        self.core.hand_over(keep_and_end)

    def _keep_bounds(self) -> None:
        desk, erasing = self.people.desk, self.erasing
        recognition, persons = lambda: self.settings.recognition, lambda: self.people.persons
        PeopleKeeping(self.basis.ages, recognition, persons, desk.enter, erasing.begin, erasing.resume).run()
        now_ns = self.basis.ages.now_ns()
        self.sent.tidy(now_ns)
        self.chat.tidy(now_ns)
        self.evidence.tidy()
        self.kept_up.sample()

    def _tell_of_masking(self) -> None:
        """Said here only, and while faces are hidden: with what they are found."""
        poor = self.settings.recognition.blur_faces and not finds_faces(self.models)
        self.troubles.tell("masking", NO_FINDER if poor else None)

    def _tell_of_restoring(self) -> None:
        """Also who was erased since the copy was made is erased again."""
        if self.record.forgot:
            self.troubles.tell("learning", FORGOT)
        restored = self.record.restored
        if restored is None:
            return
        self.troubles.tell("record", told_of(restored))
        self.audit.note(AuditRow(restored.at_ns, ENGINE, AuditVerb.RESTORE_RECORD, restored.backup_name, restored.aside))
        erased = erased_marks(self.data.path)
        for person in tuple(self.people.persons.values()):
            if mark_of(person.id) in erased:
                self.erasing.begin(person, "came back with a backup", ENGINE)
