"""What sessions tell the engine to do about persons, carried out on the caller's thread; what takes long is a job."""

import secrets
from dataclasses import replace

from engine.incidents.reporters import user_reporter
from engine.model.access import Session
from engine.model.audit import AuditRow
from engine.model.errors import InputError, NotFound
from engine.model.people_command import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    NameTrack,
    PersonCommand,
    PrepareClip,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.person import (
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
from engine.model.time import seconds_to_ns
from engine.model.traces import Traces
from engine.runtime import registry
from engine.runtime.engine import Engine
from engine.runtime.people.enrolling import Enrolment, enrol_clip, enrol_picture
from engine.runtime.people.erasing_media import remove_media_of

LONGEST_UNMASKED_MIN = 60.0
REASON_LENGTH = 500


def execute_person(engine: Engine, command: PersonCommand, session: Session) -> str:
    """The id that the command made or concerned. The caller has checked the verb."""
    by = session.user.name
    match command:
        case EnrolFace(person_id, picture):
            return enrol_picture(_enrolment(engine, person_id, by), picture)
        case EnrolFromClip(person_id, clip_id):
            return enrol_clip(_enrolment(engine, person_id, by), clip_id)
        case UnmaskFaces():
            return _unmask(engine, command, session)
        case PrepareClip(clip_id, wanted):
            return _prepare(engine, clip_id, wanted, session)
        case ErasePerson():
            return _erase(engine, command, by)
        case _:
            with engine.people.desk.changing:
                return _edit(engine, command, by)


def known_person(engine: Engine, person_id: str) -> Person:
    """Raises NotFound."""
    person = engine.people.persons.get(person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id[:80]!r}. They may have been erased, or found to be somebody else.")
    return person


def _enrolment(engine: Engine, person_id: str, by: str) -> Enrolment:
    def merge(kept_id: str, gone_id: str) -> None:
        with engine.people.desk.changing:
            _merge(engine, known_person(engine, kept_id), known_person(engine, gone_id), by)

    return Enrolment(engine, known_person(engine, person_id), by, merge)


def _edit(
    engine: Engine, command: PutPerson | RenamePerson | MergePersons | SplitPerson | DenyFace | NameTrack | UndoSpokenName, by: str
) -> str:
    match command:
        case PutPerson():
            return _put(engine, command, by)
        case RenamePerson(person_id, name):
            person = known_person(engine, person_id)
            return _keep(engine, replace(person, name=_free_name(engine, name, person_id), name_source=NameSource.OPERATOR), by)
        case MergePersons(kept_id, gone_id):
            return _merge(engine, known_person(engine, kept_id), known_person(engine, gone_id), by)
        case SplitPerson(face_ids, name):
            return _split(engine, face_ids, name, by)
        case DenyFace(face_id):
            _own_face(engine, face_id)
            _enter(engine, FaceDenied(face_id), by)
            return face_id
        case NameTrack(fused_id, person_id):
            return _name_track(engine, fused_id, person_id, by)
        case UndoSpokenName(person_id):
            if known_person(engine, person_id).name_source is not NameSource.VOICE:
                raise InputError("person_id", "their name was not learned from what they said, so there is nothing to take back")
            _enter(engine, VoiceNameUndone(person_id), by)
            return person_id


def _enter(engine: Engine, edit: RosterEdit, by: str) -> None:
    engine.people.desk.enter(edit, by, engine.clock.now_ns())


def _keep(engine: Engine, person: Person, by: str) -> str:
    """What happened before is told with the new name too, so that it is found, and gone when they are erased."""
    before = engine.people.persons.get(person.id)
    _enter(engine, PersonPut(person), by)
    if before is not None and before.name != person.name:
        _retell(engine, Traces(person.id, (before.name,), person.id, person.name))
    return person.id


def _retell(engine: Engine, traces: Traces) -> None:
    store = engine.record.store
    engine.record.writer.run_in_order(lambda: store.retell(traces))
    engine.board.rewrite(lambda event: traces.event(event) if traces.concerns(event) else event)


def _put(engine: Engine, command: PutPerson, by: str) -> str:
    now_ns = engine.clock.now_ns()
    name = _free_name(engine, command.name, command.person_id)
    before = known_person(engine, command.person_id) if command.person_id else Person(new_person_id(), name, created_ns=now_ns)
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
    return _keep(engine, person, by)


def new_person_id() -> str:
    return f"pe-{secrets.token_hex(6)}"


def _free_name(engine: Engine, name: str, person_id: str) -> str:
    """Without blanks around it. Raises InputError where somebody else has it."""
    name = name.strip()
    twin = _called(engine, name)
    if twin is not None and twin.id != person_id:
        raise InputError("name", f"{twin.name} is known already. Choose another name, or merge the two if they are one")
    return name


def _called(engine: Engine, name: str) -> Person | None:
    return next((person for person in engine.people.persons.values() if person.name.casefold() == name.casefold()), None)


def _merge(engine: Engine, kept: Person, gone: Person, by: str) -> str:
    if kept.id == gone.id:
        raise InputError("gone_id", "is the same person")
    _check_unlocked(gone, "merged into another")
    _enter(engine, PersonsMerged(kept.id, gone.id), by)
    engine.update_settings(registry.devices_handed(gone.id, kept.id), by)
    _retell(engine, Traces(gone.id, (gone.name,), kept.id, kept.name))
    return kept.id


def _split(engine: Engine, face_ids: tuple[str, ...], name: str, by: str) -> str:
    """To somebody who is called so already, or to somebody new."""
    if not face_ids:
        raise InputError("face_ids", "choose the faces that are of somebody else")
    owners = {_own_face(engine, face_id).person_id for face_id in face_ids}
    known = _called(engine, name.strip())
    if known is not None and known.id in owners:
        raise InputError("name", f"the faces are of {known.name} already. Choose another name")
    person = known or Person(new_person_id(), name.strip(), created_ns=engine.clock.now_ns())
    _enter(engine, FacesMoved(face_ids, person), by)
    return person.id


def _own_face(engine: Engine, face_id: str) -> FaceSample:
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


def _name_track(engine: Engine, fused_id: str, person_id: str, by: str) -> str:
    if person_id:
        known_person(engine, person_id)
    if fused_id not in _followed(engine):
        raise NotFound("They are no longer followed, so there is nobody to name. Choose them anew.")
    _enter(engine, TrackNamed(fused_id, person_id), by)
    return fused_id


def _followed(engine: Engine) -> frozenset[str]:
    """Ids of those who are followed now: on the floor, and by cameras."""
    fused = engine.people.view(engine.clock.now_ns()).fused
    tracks = (track.id for unit in engine.sight.cameras.all() for track in engine.board.tracks(unit.settings.id)[0])
    return frozenset((*tracks, *(track.id for track in fused.tracks))) if fused is not None else frozenset(tracks)


def checked_reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("reason", "say why, in a few words; it stays in the audit")
    if len(reason) > REASON_LENGTH:
        raise InputError("reason", f"needs at most {REASON_LENGTH} characters")
    return reason.strip()


def _erase(engine: Engine, command: ErasePerson, by: str) -> str:
    reason = checked_reason(command.reason)
    reporters = (*map(user_reporter, command.reporter_ids), *map(engine.reports.device, command.device_ids))
    with engine.people.desk.changing:
        person = known_person(engine, command.person_id)
        _check_unlocked(person, "erased")
        remove_media_of(reporters, engine.record.store.incidents, engine.sent, engine.audit.keep, engine.clock, by)
        return engine.erasing.begin(person, reason, by)


def _prepare(engine: Engine, clip_id: str, wanted: bool, session: Session) -> str:
    if not wanted:
        engine.masking.leave(clip_id, session.id)
        return ""
    return engine.masking.prepare(engine.sight.clips.get(clip_id), session.id)


def _unmask(engine: Engine, command: UnmaskFaces, session: Session) -> str:
    """Outcome: nothing; until when is in the session's `PeopleView`."""
    reason = checked_reason(command.reason)
    if not 0 < command.minutes <= LONGEST_UNMASKED_MIN:
        raise InputError("minutes", f"{command.minutes} is outside 0–{LONGEST_UNMASKED_MIN:g}")
    now_ns = engine.clock.now_ns()
    engine.audit.keep(AuditRow(now_ns, session.user.name, "unmask_faces", detail=f"{command.minutes:g} min: {reason}"))
    engine.masking.unmasked.show(session.id, now_ns, now_ns + seconds_to_ns(60 * command.minutes))
    return ""
