"""Commands about people, gestures and smoke."""

import base64
import io
from dataclasses import fields, replace

import numpy as np

from engine.model.fire.smoke import SmokeLabel
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.observation import RosterEdited
from engine.model.people.commands import (
    DenyFace,
    DropTake,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    NameTrack,
    PrepareClip,
    PutPerson,
    RecordTake,
    RemoveGesture,
    RenamePerson,
    SetGestureMode,
    ShowPoses,
    SplitPerson,
    TakeFromClip,
    TeachGesture,
    UndoSpokenName,
    UnmaskFaces,
)
from engine.model.people.gesture import GestureMode
from engine.model.people.person import NameSource, Person, PersonPut, TrackNamed
from engine.model.people.purposes import Purpose, SetPersonPurpose
from tests.engine.vision.gestures.performances import push_both, raise_right, take
from tests.fakes.durable.settings import MOMENT_JOB, PICTURE
from tests.fakes.durable.site import Case, Site, new
from tests.fakes.observations import START_NS, Walk, scene
from tests.fakes.waiting import until

_SHAPES = {"help": raise_right, "push": push_both}


def _teach(name: str) -> TeachGesture:
    file = io.BytesIO()
    frames = take(_SHAPES[name], 1, lasts_s=1.0).landmarks
    np.save(file, frames)
    return TeachGesture(name, data=base64.b64encode(file.getvalue()).decode(), num_frames=len(frames))


def _taught(site: Site) -> str:
    known = [gesture.id for gesture in site.engine.people.taught.gestures if gesture.label == "push"]
    return known[0] if known else site.tell(_teach("push"))


def _mode_of(site: Site, gesture_id: str) -> GestureMode | None:
    return next((gesture.mode for gesture in site.engine.record.store.gestures() if gesture.id == gesture_id), None)


def _persons(site: Site) -> dict[str, Person]:
    return {person.id: person for person in site.engine.record.store.roster().persons}


def _faces(site: Site) -> dict[str, str]:
    return {face.id: face.person_id for face in site.engine.record.store.roster().faces if not face.negative}


def _merge(site: Site) -> MergePersons:
    return MergePersons(site.person().id, site.person().id)


def _split(site: Site) -> SplitPerson:
    return SplitPerson((site.face(site.person().id).id,), new("Somebody"))


def _deny(site: Site) -> DenyFace:
    return DenyFace(site.face(site.person().id).id)


def _name_track(site: Site) -> NameTrack:
    """Somebody who is walking through the picture of a camera now."""
    shift_ns = site.engine.clock.now_ns() - START_NS
    for seen in scene([Walk(1, 5)], 4):
        times = {
            each.name: getattr(seen, each.name) + shift_ns
            for each in fields(seen)
            if each.name.endswith("_ns") and getattr(seen, each.name)
        }
        site.engine.mailbox.post(replace(seen, **times))
    until(lambda: bool(site.engine.board.tracks("door")[0]), "they are followed")
    return NameTrack(site.engine.board.tracks("door")[0][0].id, site.person().id)


def _is_named(site: Site, told: NameTrack, _: str) -> bool:
    """Whoever looks into the record from then on, and every replay, is told it again."""
    edits = [each.observation.edit for each in site.engine.record.journal.read() if isinstance(each.observation, RosterEdited)]
    return TrackNamed(told.fused_id, told.person_id) in edits


def _under_purpose(site: Site) -> SetPersonPurpose:
    purpose, purposes = Purpose("missing", "Missing persons", "Find them", "Consent", 30), site.engine.record.store.purposes
    purposes.offer((purpose,), {})
    purposes.agree(purpose, "Rita", site.engine.clock.now_ns())
    return SetPersonPurpose(site.person().id, "missing")


def _under(site: Site) -> tuple[str, ...]:
    return site.engine.record.store.purposes.one("missing", site.engine.clock.now_ns()).person_ids


def _spoken(site: Site) -> UndoSpokenName:
    person = Person(new("pe"), new("Spoken"), name_source=NameSource.VOICE, created_ns=site.engine.clock.now_ns())
    site.engine.people.desk.enter(PersonPut(person), "test", site.engine.clock.now_ns())
    return UndoSpokenName(person.id)


def _is_erased(site: Site, told: ErasePerson, _: str) -> bool:
    """What was begun is gone on with."""
    until(lambda: told.person_id not in _persons(site), "they are erased")
    until(lambda: not site.engine.record.store.erasures(), "nothing of it is left to do")
    return True


def _record_take(_: Site) -> RecordTake:
    return RecordTake("door")


def _drop_take(site: Site) -> DropTake:
    return DropTake(site.tell(RecordTake("door")))


def _label(site: Site) -> LabelSmoke:
    return LabelSmoke(site.smoke()[0].id, SmokeLabel.WILDFIRE_SMOKE)


def _unmatch(site: Site) -> UnmatchSmoke:
    first, second = site.smoke()
    assert first.plume_id == second.plume_id
    return UnmatchSmoke(first.plume_id, second.id)


def _merge_smoke(site: Site) -> MergeSmoke:
    first, second = site.smoke()
    if first.plume_id == second.plume_id:
        site.tell(UnmatchSmoke(first.plume_id, second.id))
        first, second = site.smoke()
    return MergeSmoke(first.plume_id, second.plume_id)


def _plumes(site: Site) -> set[str]:
    return {each.plume_id for each in site.smoke()}


CASES = {
    PutPerson: Case(lambda _: PutPerson(new("Ada")), lambda site, told, person_id: _persons(site)[person_id].name == told.name),
    RenamePerson: Case(
        lambda site: RenamePerson(site.person().id, new("Grace")), lambda site, told, person_id: _persons(site)[person_id].name == told.name
    ),
    MergePersons: Case(_merge, lambda site, told, kept_id: kept_id in _persons(site) and told.gone_id not in _persons(site)),
    SplitPerson: Case(_split, lambda site, told, person_id: _faces(site)[told.face_ids[0]] == person_id),
    DenyFace: Case(_deny, lambda site, _, face_id: face_id not in _faces(site)),
    NameTrack: Case(_name_track, _is_named),
    UndoSpokenName: Case(_spoken, lambda site, _, person_id: _persons(site)[person_id].name_source is not NameSource.VOICE),
    ErasePerson: Case(lambda site: ErasePerson(site.person().id, "they asked for it"), _is_erased),
    SetPersonPurpose: Case(_under_purpose, lambda site, told, _: told.person_id in _under(site)),
    EnrolFace: Case(lambda site: EnrolFace(site.person().id, PICTURE), why=MOMENT_JOB),
    EnrolFromClip: Case(lambda site: EnrolFromClip(site.person().id, site.clip().id), why=MOMENT_JOB),
    UnmaskFaces: Case(lambda _: UnmaskFaces("a theft"), why="faces are shown to a session for some minutes"),
    PrepareClip: Case(lambda site: PrepareClip(site.clip().id), why=MOMENT_JOB),
    RecordTake: Case(_record_take, why="takes are kept until a gesture is taught of them, or the engine ends"),
    TakeFromClip: Case(lambda site: TakeFromClip(site.clip().id, 0.0, 1.0), why="as takes that are recorded"),
    DropTake: Case(_drop_take, why="as takes that are recorded"),
    ShowPoses: Case(lambda _: ShowPoses(5.0), why="for some seconds"),
    TeachGesture: Case(lambda _: _teach("help"), lambda site, _, gesture_id: _mode_of(site, gesture_id) is GestureMode.ARMED),
    SetGestureMode: Case(
        lambda site: SetGestureMode(_taught(site), GestureMode.OFF),
        lambda site, _, gesture_id: _mode_of(site, gesture_id) is GestureMode.OFF,
    ),
    RemoveGesture: Case(lambda site: RemoveGesture(_taught(site)), lambda site, _, gesture_id: _mode_of(site, gesture_id) is None),
    LabelSmoke: Case(_label, lambda site, *_: site.smoke()[0].label is SmokeLabel.WILDFIRE_SMOKE),
    UnmatchSmoke: Case(_unmatch, lambda site, *_: len(_plumes(site)) == 2),
    MergeSmoke: Case(_merge_smoke, lambda site, *_: len(_plumes(site)) == 1),
    RemoveSmoke: Case(lambda site: RemoveSmoke(site.smoke()[1].id), lambda site, *_: len(site.smoke()) == 1),
}
