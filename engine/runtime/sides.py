"""The sides of an engine, made in the order in which they need each other, and listed in the order in which they are started.

What the settings may leave out is made by `optional_sides`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.model.accounts.access import Scope, Session
from engine.model.capability import Capability
from engine.model.errors import EnvironmentFault
from engine.model.observation import Observation
from engine.model.people.person import Person
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.narrowing import Narrowing, narrow_settings
from engine.runtime.access.shares import PASSWORDS_OF_ONE, Shares
from engine.runtime.alerts.alert_side import AlertSide
from engine.runtime.alerts.event_verdicts import EventVerdicts
from engine.runtime.alerts.intent_judge import IntentJudge
from engine.runtime.audit.audit_heads import AuditHeads
from engine.runtime.audit.auditing import Auditor, Views
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.basis import Basis
from engine.runtime.cameras.instant_replay import InstantReplay
from engine.runtime.cameras.job_pictures import JobPictures
from engine.runtime.cameras.masking import Masking, load_places
from engine.runtime.cameras.masking_notice import MaskingNotice
from engine.runtime.cameras.trail_side import TrailSide
from engine.runtime.chat.chat_side import ChatSide
from engine.runtime.chat.claude_side import ClaudeKey, ClaudeSide
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.core import Core
from engine.runtime.demo.demo_stage import DemoStage
from engine.runtime.evidence.making import Sources
from engine.runtime.evidence.side import EvidenceSide
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.health.condition import Condition
from engine.runtime.hub.hub_side import HubSide
from engine.runtime.inference.inference_side import InferenceSide
from engine.runtime.keeping.restored_people import RestoredPeople
from engine.runtime.keeping.upkeep import Upkeep
from engine.runtime.keeping.upkeep_side import UpkeepSide
from engine.runtime.keeping.word_index import WordIndex
from engine.runtime.messages.message_side import MessageSide
from engine.runtime.microphones.hearing import Hearing
from engine.runtime.operations.command_keys import CommandKeys
from engine.runtime.operations.conflicts import ConflictCheck
from engine.runtime.optional_sides import OptionalByName, OptionalSides
from engine.runtime.people.comparing import PersonComparisons
from engine.runtime.people.elsewhere_side import ElsewhereSide
from engine.runtime.people.erasing import Erasing
from engine.runtime.people.erasure_judge import ErasureJudge
from engine.runtime.people.looks_side import LooksSide
from engine.runtime.people.people_keeping import PeopleKeeping
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.ptz.ptz_side import PtzSide
from engine.runtime.recorder.durability import DurabilityBarrier
from engine.runtime.replay.replay_side import ReplaySide
from engine.runtime.review.marks import ReviewMarks
from engine.runtime.side import Side
from engine.runtime.sight import Sight
from engine.runtime.templates.template_judge import TemplateJudge
from engine.runtime.undoing import UndoShelf
from engine.vision.faces.hiding import HiddenPlaces

if TYPE_CHECKING:
    from engine.runtime.gestures.gestures_side import GesturesSide

FOR_HUB, HIDDEN_WITHIN_S = "hub", 120.0
"""Whom clips are sent to that leave the site, as a session without a right to see faces; how long is waited for what hides them."""


class Sides(OptionalByName, ABC):
    """All that an engine has, by name for the operations that concern one of them, and in order.

    Raises (constructor):
        InputError: an `ATLAS_*` or a `RISK_*` variable is broken. EnvironmentFault.
    """

    def __init__(self, basis: Basis, added: CommandLineSettings) -> None:
        self.basis, self.data, self.clock, self.models, self.troubles = basis, basis.data, basis.clock, basis.models, basis.troubles
        self.jobs, self.mailbox, self.logins, self.left_out = basis.jobs, basis.mailbox, basis.logins, basis.left_out
        self.record = record = basis.record
        self.durability, self.board = DurabilityBarrier(self.mailbox, record.writer), record.board
        self.review_marks = ReviewMarks(record, basis.clock)
        self.model_entries, self.job_pictures = basis.models.entries(), JobPictures()
        self.undo, self.narrowing = UndoShelf(basis.clock), Narrowing()
        self.demo_stage = DemoStage(basis, added)
        self.auditor = Auditor(record.store, AuditHeads(basis.data.path, basis.secrets), basis.clock, basis.troubles.tell)
        self.command_keys = CommandKeys(record.store.command_keys, record.writer, basis.clock, self.auditor.pseudonym)
        self.conflict_check = ConflictCheck(record.store, self.auditor.pseudonym)
        self.accounts = Accounts(record.store.accounts, basis.clock, note=self.auditor.note, later=record.writer.run_in_order)
        self.auditor.users = self.accounts
        self.password_shares, self.views = Shares(PASSWORDS_OF_ONE), Views(basis.clock, self.auditor.note)
        self.people = self._make_people()
        self.audit = NamelessAudit(self.auditor, self._persons)
        self.alerts = AlertSide(record.pipeline.alerts, record.store, self.mailbox)
        self.event_verdicts = EventVerdicts(record)
        self.messages = MessageSide(basis, self.alerts, self._names_of_persons)
        self.comparisons = PersonComparisons(basis.settings, basis.models.manifest, basis.clock)
        known = (record, self.people, self.comparisons, basis.settings, basis.clock, self.mailbox, self.audit)
        self.elsewhere = ElsewhereSide(*known)
        self.alike = LooksSide(record.store.looks, basis.models, basis.settings, record.writer)
        self.trails = TrailSide(lambda trails: record.writer.run_in_order(lambda: record.store.trails.put(trails)))
        self.inference = InferenceSide(basis, self)
        self.sight = Sight(basis, self.people, self.demo_stage.stage)
        self.ptz = PtzSide(basis, self.sight.away, self.audit)
        self.hearing = Hearing(basis, self.sight, self.audit, self.people, Capability.SPEECH not in self.left_out)
        self.optional = OptionalSides(basis, added, self.audit, self.demo_stage, self._names)
        self.condition = Condition(basis, self.sight, (self.hearing, *self.optional.sensors))
        self.masking = self._make_masking()
        self.instant_replay = InstantReplay(self.sight.clips, self.masking)
        self.evidence = self._make_evidence()
        self.segments = self._make_segments()
        self.core = self._make_core()
        key = ClaudeKey(basis.secrets, basis.environment)
        self.claude = ClaudeSide(record.store.chats, basis.settings, key, basis.clock, self.audit)
        self.chat = ChatSide(record.store.asked, basis.settings, basis.clock, record.store.chats, self.claude, record.engine_id)
        self.replays = ReplaySide(basis.data, record.store, self.jobs, basis.clock, record.writer.flush)
        self.erasing = self._make_erasing()
        upkeep = Upkeep(basis.data.path, basis.ages, record, self.board, basis.settings, self._tidy_sides, self.erasing.keeps_clip)
        self.upkeep = upkeep
        self.kept_up = self._make_upkeep_side(upkeep)
        self.hub = HubSide(basis)
        self.all = tuple(self._in_order())
        self._connect_sides()

    @abstractmethod
    def snapshot(self, with_users: bool) -> Snapshot: ...

    @abstractmethod
    def update_settings(self, change: Callable[[Settings], Settings], changed_by: str, renewed: str = "") -> None: ...

    @abstractmethod
    def take_result(self, result: StepResult, observation: Observation) -> None:
        """After every step of the pipeline, on the engine thread."""

    @abstractmethod
    def models_changed(self) -> None:
        """They are opened anew."""

    @property
    def settings(self) -> Settings:
        """Of now."""
        return self.basis.settings.now()

    def _in_order(self) -> Iterator[Side]:
        """In the order of a start; what watches is stopped first, since the end goes the other way round."""
        words = WordIndex(self.record.store.put_waiting_words, self.record.writer, self.troubles.of("words"))
        yield from (self.kept_up, self.inference, self.demo_stage, self.sight, self.ptz, self.people, self.alike, self.trails)
        yield from (self.alerts, self.hearing, self.event_verdicts, self.elsewhere)
        yield from self.optional.all
        yield from (self.condition, words, self.segments, self.masking, self.instant_replay, MaskingNotice(self.basis), self.messages)
        yield PeopleKeeping(self.basis.ages, self.basis.settings, self._persons_by_id, self.people.desk.enter, self.erasing)
        yield from (self.evidence, self.undo, self.chat, self.claude, self.replays)
        yield from (RestoredPeople(self.basis, self.audit, self.people, self.erasing), self.erasing, self.hub)

    def _connect_sides(self) -> None:
        """Sides to those that came after them."""
        self.accounts.session_ended = self._session_ended
        self.hub.persons = self._persons_by_id
        self.hub.gallery, self.elsewhere.pseudonym = self.elsewhere, self.auditor.pseudonym
        self.hub.templates = TemplateJudge(self, self.basis.data.path)
        self.hub.intents, self.hub.erasures, self.hub.clip_file = IntentJudge(self), ErasureJudge(self), self._clip_for_hub
        self.hub.count_cameras = self.sight.live_count
        self.accounts.session_renewed = self._session_renewed
        self.sight.clips.wanted = self.erasing.keeps_clip
        self.segments.clear_journal = self.erasing.clear_journal
        self.segments.give_backups = self.kept_up.backups.give
        self.erasing.begun = self.undo.clear
        self.erasing.erased = self.kept_up.backups.erased
        self.sight.watchers = (*self.sight.watchers, *self.optional.frame_watchers)

    def _clip_for_hub(self, clip_id: str) -> Path:
        """Raises NotFound, EnvironmentFault."""
        path = self.masking.clip_file(self.sight.clips.get(clip_id), FOR_HUB, HIDDEN_WITHIN_S)
        if path is None:
            raise EnvironmentFault("covering", "Private parts are being covered in this clip. Ask again in a moment.")
        return path

    # what sides ask of all

    def _session_ended(self, session_id: str) -> None:
        for side in self.all:
            side.on_session_ended(session_id)

    def _session_renewed(self, session_id: str, renewed_id: str) -> None:
        for side in self.all:
            side.on_session_renewed(session_id, renewed_id)

    def _tidy_sides(self) -> None:
        now_ns = self.basis.ages.now_ns()
        for side in self.all:
            side.on_tidy(now_ns)

    def _persons(self) -> Iterable[Person]:
        return self.people.persons.values()

    def _persons_by_id(self) -> Mapping[str, Person]:
        return self.people.persons

    def _names_of_persons(self) -> tuple[str, ...]:
        return tuple(person.name for person in tuple(self._persons()))

    def _names(self) -> tuple[str, ...]:
        """Of who is known here, and of who works here."""
        return (*self._names_of_persons(), *(user.name for user in self.accounts.users()))

    # made of more than the basis

    def _make_people(self) -> PeopleSide:
        gestures = None if Capability.GESTURES in self.left_out else self._make_gestures
        store, later = self.record.store, self.record.writer
        return PeopleSide(self.data.faces, store, self.models, self.settings, self.mailbox, later, self.clock, gestures)

    def _make_gestures(self, on_wanted: Callable[[], None]) -> "GesturesSide":
        from engine.runtime.gestures.gestures_side import GesturesSide

        return GesturesSide(self.record.store, self.clock, self.mailbox, on_wanted, self.record.new_id)

    def _make_masking(self) -> Masking:
        def load() -> HiddenPlaces:
            return load_places(self.models, self.settings)

        return Masking(self.data.path, self.clock, self.jobs, self.basis.settings, load, self.audit, self.sight.private.covers)

    def _make_evidence(self) -> EvidenceSide:
        store = self.record.store

        def sources(scope: Scope | None) -> Sources:
            settings, ask = self.settings, store.answer
            archive, zone = Path(settings.recording.archive_folder or self.data.path), settings.alerts.time_zone
            if scope is not None:
                settings, ask = narrow_settings(settings, scope), store.within(scope).answer
            return Sources(
                *(self.data, ask, settings, archive, self.models, self.masking, self.auditor, zone),
                limited=scope is not None,
                report_picture=self.report_picture,
                runs=self.basis.placement.runs(),
            )

        def limits(session: Session) -> Scope | None:
            return session.scope(self.settings.cameras)

        made = self.data.path, store.cases, self.jobs, sources, limits, self.masking
        return EvidenceSide(*made, self.clock, self.audit, store.segments, self.record.new_id)

    def _make_segments(self) -> SegmentSide:
        recorder, settings = self.sight.clips.recorder, self.basis.settings
        return SegmentSide(self.data.path, self.record, recorder, settings, self.clock, self.troubles, ages=self.basis.ages)

    def _make_core(self) -> Core:
        record, errors = self.record, self.basis.errors
        pipeline, number, writer, save = record.pipeline, record.next_number, record.writer, record.save_checkpoint
        gather = self.optional.gather
        return Core(self.clock, self.mailbox, pipeline, number, writer, save, self.take_result, errors, gather)

    def _make_erasing(self) -> Erasing:
        people, recorder, change = self.people, self.sight.clips.recorder, self.update_settings
        return Erasing(
            self.data,
            self.clock,
            self.record,
            people,
            recorder,
            self.jobs,
            self._hand_over,
            change,
            self.segments,
            self.evidence,
            self.chat,
        )

    def _make_upkeep_side(self, upkeep: Upkeep) -> UpkeepSide:
        return UpkeepSide(self.basis, upkeep, self.audit, self._persons, self, self.condition.losses.counts)

    def _hand_over(self, keep: Callable[[int, dict[str, Any]], None]) -> None:
        """As `Core.hand_over`, where what came before is erased with it: no replay goes on with that."""

        def keep_and_end(number: int, state: dict[str, Any]) -> None:
            keep(number, state)
            self.replays.end_all()

        self.core.hand_over(keep_and_end)
