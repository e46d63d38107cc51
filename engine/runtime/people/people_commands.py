"""Commands: persons and their faces; what takes long is a job."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Protocol, TypeVar

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.reason import checked_reason
from engine.model.command import Command
from engine.model.errors import InputError, NotFound
from engine.model.people.commands import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    NameTrack,
    PrepareClip,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.people.person import (
    Consent,
    FaceDenied,
    FaceSample,
    FacesMoved,
    NameSource,
    Person,
    PersonPut,
    PersonsMerged,
    RosterEdit,
    TrackNamed,
    VoiceNameUndone,
)
from engine.model.people.traces import Traces
from engine.model.time import Clock, seconds_to_ns
from engine.runtime import registry
from engine.runtime.access.scopes import require_found
from engine.runtime.audit.nameless_audit import NamelessAudit
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import (
    OUTCOME,
    AuditEntry,
    Commands,
    CommandSpec,
    NotUndoable,
    Pseudonym,
    any_session,
    audited,
    audited_as,
    audits_itself,
    not_audited,
    site_wide,
    within_scope,
)
from engine.runtime.people.enrolling import EnrollingHost, Enrolment, enrol_clip, enrol_picture
from engine.runtime.people.erasing import Erasing
from engine.runtime.recorder.board import Board
from engine.runtime.recorder.record import Record

C = TypeVar("C", bound=Command)
LONGEST_UNMASKED_MIN = 60.0


class ReportMedia(Protocol):
    """What people sent along with reports."""

    def remove_media_of(self, user_ids: Collection[str], device_ids: Collection[str], by: str) -> int:
        """Files that these accounts and devices sent; how many. Raises EnvironmentFault."""
        ...


class PeopleHost(SettingsHost, EnrollingHost, Protocol):
    """What these operations need of the engine."""

    @property
    def audit(self) -> NamelessAudit: ...

    @property
    def board(self) -> Board: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def erasing(self) -> Erasing: ...

    @property
    def record(self) -> Record: ...

    @property
    def incidents(self) -> ReportMedia: ...


def known_person(engine: PeopleHost, person_id: str) -> Person:
    """Raises NotFound."""
    person = engine.people.persons.get(person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id[:80]!r}. They may have been erased, or found to be somebody else.")
    return person


def _enrolment(engine: PeopleHost, person_id: str, by: str) -> Enrolment:
    def merge(kept_id: str, gone_id: str) -> None:
        with engine.people.desk.changing:
            _merge(engine, known_person(engine, kept_id), known_person(engine, gone_id), by)

    return Enrolment(engine, known_person(engine, person_id), by, merge)


def _changing(edit: Callable[[PeopleHost, C, str], str]) -> Callable[[PeopleHost, C, Session], str]:
    """Edits of the gallery, one at a time."""

    def handler(engine: PeopleHost, command: C, session: Session) -> str:
        with engine.people.desk.changing:
            return edit(engine, command, session.user.name)

    return handler


def _rename(engine: PeopleHost, command: RenamePerson, by: str) -> str:
    person = known_person(engine, command.person_id)
    name = _free_name(engine, command.name, command.person_id)
    return _store_person(engine, replace(person, name=name, name_source=NameSource.OPERATOR), by)


def _merge_persons(engine: PeopleHost, command: MergePersons, by: str) -> str:
    return _merge(engine, known_person(engine, command.kept_id), known_person(engine, command.gone_id), by)


def _split_person(engine: PeopleHost, command: SplitPerson, by: str) -> str:
    return _split(engine, command.face_ids, command.name, by)


def _deny_face(engine: PeopleHost, command: DenyFace, by: str) -> str:
    _own_face(engine, command.face_id)
    _enter(engine, FaceDenied(command.face_id), by)
    return command.face_id


def _undo_spoken_name(engine: PeopleHost, command: UndoSpokenName, by: str) -> str:
    if known_person(engine, command.person_id).name_source is not NameSource.VOICE:
        raise InputError("person_id", "their name was not learned from what they said, so there is nothing to take back")
    _enter(engine, VoiceNameUndone(command.person_id), by)
    return command.person_id


def _enrol_face(engine: PeopleHost, command: EnrolFace, session: Session) -> str:
    return enrol_picture(_enrolment(engine, command.person_id, session.user.name), command.picture)


def _enrol_from_clip(engine: PeopleHost, command: EnrolFromClip, session: Session) -> str:
    return enrol_clip(_enrolment(engine, command.person_id, session.user.name), command.clip_id)


def _enter(engine: PeopleHost, edit: RosterEdit, by: str) -> None:
    engine.people.desk.enter(edit, by, engine.clock.now_ns())


def _store_person(engine: PeopleHost, person: Person, by: str) -> str:
    """What happened before is told with the new name too, so that it is found, and gone when they are erased."""
    before = engine.people.persons.get(person.id)
    _enter(engine, PersonPut(person), by)
    if before is not None and before.name != person.name:
        _retell(engine, Traces(person.id, (before.name,), person.id, person.name))
    return person.id


def _retell(engine: PeopleHost, traces: Traces) -> None:
    store = engine.record.store
    engine.record.writer.run_in_order(lambda: store.retell(traces))
    engine.board.rewrite(lambda event: traces.event(event) if traces.concerns(event) else event)
    engine.board.rewrite_reviews(traces)


def _put_person(engine: PeopleHost, command: PutPerson, by: str) -> str:
    now_ns = engine.clock.now_ns()
    name = _free_name(engine, command.name, command.person_id)
    before = known_person(engine, command.person_id) if command.person_id else Person(engine.record.new_id("pe"), name, created_ns=now_ns)
    source = before.name_source if name == before.name else NameSource.OPERATOR
    person = replace(
        before,
        name=name,
        name_source=source,
        color=command.color,
        consent=command.consent,
        note=command.note.strip(),
        locked=command.locked,
    )
    if person.consent is Consent.REFUSED and before.consent is not Consent.REFUSED and (before.locked or person.locked):
        raise InputError("consent", f"{before.name} is locked, and refusing deletes their faces. Unlock them first")
    if person.consent is Consent.REFUSED:
        engine.record.store.purposes.forget_person(person.id)
    return _store_person(engine, person, by)


def _free_name(engine: PeopleHost, name: str, person_id: str) -> str:
    """Without blanks around it. Raises InputError where somebody else has it."""
    name = name.strip()
    twin = _called(engine, name)
    if twin is not None and twin.id != person_id:
        raise InputError("name", f"{twin.name} is known already. Choose another name, or merge the two if they are one")
    return name


def _called(engine: PeopleHost, name: str) -> Person | None:
    return next((person for person in engine.people.persons.values() if person.name.casefold() == name.casefold()), None)


def _merge(engine: PeopleHost, kept: Person, gone: Person, by: str) -> str:
    if kept.id == gone.id:
        raise InputError("gone_id", "is the same person")
    _check_unlocked(gone, "merged into another")
    _enter(engine, PersonsMerged(kept.id, gone.id), by)
    engine.record.store.purposes.move_person(gone.id, kept.id)
    engine.update_settings(registry.devices_handed(gone.id, kept.id), by)
    _retell(engine, Traces(gone.id, (gone.name,), kept.id, kept.name))
    return kept.id


def _split(engine: PeopleHost, face_ids: tuple[str, ...], name: str, by: str) -> str:
    """To somebody who is called so already, or to somebody new."""
    if not face_ids:
        raise InputError("face_ids", "choose the faces that are of somebody else")
    owners = {_own_face(engine, face_id).person_id for face_id in face_ids}
    known = _called(engine, name.strip())
    if known is not None and known.id in owners:
        raise InputError("name", f"the faces are of {known.name} already. Choose another name")
    person = known or Person(engine.record.new_id("pe"), name.strip(), created_ns=engine.clock.now_ns())
    _enter(engine, FacesMoved(face_ids, person), by)
    return person.id


def _own_face(engine: PeopleHost, face_id: str) -> FaceSample:
    """A face that somebody has, and may lose. Raises NotFound, InputError."""
    face = engine.people.faces.get(face_id)
    if face is None or face.negative:
        raise NotFound(f"There is no face {face_id[:80]!r}. It may have been replaced by a better one.")
    owner = engine.people.persons.get(face.person_id)
    if owner is not None:
        _check_unlocked(owner, "parted from a face")
    return face


def _check_unlocked(person: Person, what: str) -> None:
    if person.locked:
        raise InputError(
            "person_id", f"{person.name} is locked and cannot be {what}. Unlock them first if nothing of theirs has to be kept"
        )


def _name_track(engine: PeopleHost, command: NameTrack, by: str) -> str:
    fused_id, person_id = command.fused_id, command.person_id
    if person_id:
        known_person(engine, person_id)
    if fused_id not in _followed(engine):
        raise NotFound("They are no longer followed, so there is nobody to name. Choose them anew.")
    _enter(engine, TrackNamed(fused_id, person_id), by)
    return fused_id


def _followed(engine: PeopleHost) -> frozenset[str]:
    """Ids of those who are followed now: on the floor, and by cameras."""
    fused = engine.people.view(engine.clock.now_ns()).fused
    tracks = (track.id for unit in engine.sight.cameras.all() for track in engine.board.tracks(unit.settings.id)[0])
    return frozenset((*tracks, *(track.id for track in fused.tracks))) if fused is not None else frozenset(tracks)


def _erase(engine: PeopleHost, command: ErasePerson, session: Session) -> str:
    by = session.user.name
    reason = checked_reason(command.reason)

    def remove_media() -> None:
        if command.reporter_ids or command.device_ids:
            engine.incidents.remove_media_of(command.reporter_ids, command.device_ids, by)

    return begin_erasing(engine, command.person_id, reason, by, remove_media)


def begin_erasing(engine: PeopleHost, person_id: str, reason: str, by: str, first: Callable[[], object] = lambda: None) -> str:
    """The job's id. `first`: is done once nothing is in the way. Raises NotFound, InputError (`person_id`): they are locked."""
    with engine.people.desk.changing:
        person = known_person(engine, person_id)
        _check_unlocked(person, "erased")
        first()
        return engine.erasing.begin(person, reason, by)


def _prepare(engine: PeopleHost, command: PrepareClip, session: Session) -> str:
    if not command.wanted:
        engine.masking.leave(command.clip_id, session.id)
        return ""
    return engine.masking.prepare(engine.sight.clips.get(command.clip_id), session.id)


def _may_prepare(engine: PeopleHost, command: PrepareClip, _: Session, scope: Scope) -> bool:
    is_shown = engine.record.store.within(scope).clip(command.clip_id) is not None
    return require_found(is_shown, f"There is no clip {command.clip_id}.")


def _unmask(engine: PeopleHost, command: UnmaskFaces, session: Session) -> str:
    """Outcome: nothing; until when is in the session's `PeopleView`."""
    reason = checked_reason(command.reason)
    if not 0 < command.minutes <= LONGEST_UNMASKED_MIN:
        raise InputError("minutes", f"{command.minutes} is outside 0–{LONGEST_UNMASKED_MIN:g}")
    now_ns = engine.clock.now_ns()
    engine.audit.keep(AuditRow.of(now_ns, session.user, "unmask_faces", detail=f"{command.minutes:g} min: {reason}"))
    engine.masking.unmasked.show(session.id, now_ns, now_ns + seconds_to_ns(60 * command.minutes))
    return ""


def _standing_in_words(command: PutPerson, _: str) -> str:
    return f"consent {command.consent.value}" + (", locked" if command.locked else "")


def _merged(command: MergePersons, _: str, pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.MERGE_PERSONS, pseudonym(command.kept_id), pseudonym(command.gone_id)),)


def _number_of_faces(command: SplitPerson, _: str) -> str:
    return f"{len(command.face_ids)} faces"


def _track_named(command: NameTrack, _: str, pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.NAME_TRACK, pseudonym(command.person_id) if command.person_id else "", command.fused_id),)


def _by_picture(_: EnrolFace, __: str) -> str:
    return "a picture"


_EDITED_AGAIN = NotUndoable("the person is edited again")
COMMANDS: Commands[PeopleHost] = (
    CommandSpec(
        PutPerson,
        handler=_changing(_put_person),
        scope=site_wide,
        audit=audited(AuditVerb.PUT_PERSON, OUTCOME, _standing_in_words, pseudonymous=True),
        undo=_EDITED_AGAIN,
        durable=True,
    ),
    CommandSpec(
        RenamePerson,
        handler=_changing(_rename),
        scope=site_wide,
        audit=audited(AuditVerb.RENAME_PERSON, "person_id", pseudonymous=True),
        undo=_EDITED_AGAIN,
        durable=True,
    ),
    CommandSpec(
        MergePersons,
        handler=_changing(_merge_persons),
        scope=site_wide,
        audit=audited_as(_merged),
        undo=NotUndoable("faces are split off again"),
        durable=True,
    ),
    CommandSpec(
        SplitPerson,
        handler=_changing(_split_person),
        scope=site_wide,
        audit=audited(AuditVerb.SPLIT_PERSON, OUTCOME, _number_of_faces, pseudonymous=True),
        undo=NotUndoable("the persons are merged again"),
        durable=True,
    ),
    CommandSpec(
        DenyFace,
        handler=_changing(_deny_face),
        scope=site_wide,
        audit=audited(AuditVerb.DENY_FACE, "face_id", pseudonymous=True),
        undo=NotUndoable("the face is enrolled again"),
        durable=True,
    ),
    CommandSpec(
        NameTrack,
        handler=_changing(_name_track),
        scope=site_wide,
        audit=audited_as(_track_named),
        undo=NotUndoable("the track is named again"),
        durable=True,
    ),
    CommandSpec(
        UndoSpokenName,
        handler=_changing(_undo_spoken_name),
        scope=site_wide,
        audit=audited(AuditVerb.UNDO_SPOKEN_NAME, "person_id", pseudonymous=True),
        undo=NotUndoable("the person is renamed"),
        durable=True,
    ),
    CommandSpec(
        EnrolFace,
        handler=_enrol_face,
        scope=site_wide,
        audit=audited(AuditVerb.ENROL_FACE, "person_id", _by_picture, pseudonymous=True),
        undo=NotUndoable("the face is denied instead"),
        durable=False,
        unchecked_text=("picture",),
    ),
    CommandSpec(
        EnrolFromClip,
        handler=_enrol_from_clip,
        scope=site_wide,
        audit=audited(AuditVerb.ENROL_FACE, "person_id", "clip_id", pseudonymous=True),
        undo=NotUndoable("the face is denied instead"),
        durable=False,
    ),
    CommandSpec(
        ErasePerson,
        handler=_erase,
        scope=site_wide,
        audit=audits_itself("before anything is erased, with the reason"),
        undo=NotUndoable("what was erased is gone"),
        durable=True,
    ),
    CommandSpec(
        UnmaskFaces,
        handler=_unmask,
        scope=any_session,
        audit=audits_itself("before a face is shown, with the reason"),
        undo=NotUndoable("faces are hidden again by themselves"),
        durable=False,
    ),
    CommandSpec(
        PrepareClip,
        handler=_prepare,
        scope=within_scope(_may_prepare),
        audit=not_audited("opening the clip is in the audit"),
        undo=NotUndoable("a copy that nobody opens goes by itself"),
        durable=False,
    ),
)
