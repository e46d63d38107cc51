"""Commands: taught gestures and their takes."""

from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.errors import InputError, WatchroomError
from engine.model.people.commands import DropTake, RecordTake, RemoveGesture, SetGestureMode, ShowPoses, TakeFromClip, TeachGesture
from engine.model.settings import Settings
from engine.runtime.cameras.camera_access import CameraAccess
from engine.runtime.cameras.masking import Masking
from engine.runtime.gestures.clip_takes import BodyFollower, check_range, take_of_clip
from engine.runtime.gestures.gestures_side import GesturesSide
from engine.runtime.jobs.jobs import Cancelled, Jobs, Progress
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    audited,
    not_audited,
    nothing_to_undo,
    site_wide,
)
from engine.runtime.undoing import Removal, short_name
from engine.vision.detector import load_detector
from engine.vision.manifest import POSE_DETECTION, POSE_LANDMARKS
from engine.vision.models import ModelStore
from engine.vision.pose.estimator import PoseEstimator

SMALLEST_SHARE = 0.05  # of the picture's height that a person in a clip has


class GestureTeaching(Protocol):
    @property
    def taught(self) -> GesturesSide: ...


class GestureHost(Protocol):
    """What these operations need of the engine."""

    @property
    def jobs(self) -> Jobs: ...

    @property
    def masking(self) -> Masking: ...

    @property
    def models(self) -> ModelStore: ...

    @property
    def people(self) -> GestureTeaching: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def sight(self) -> CameraAccess: ...


def _record_take(engine: GestureHost, command: RecordTake, _: Session) -> str:
    if engine.settings.camera(command.camera_id) is None:
        raise InputError("camera_id", f"There is no camera {command.camera_id!r}.")
    return engine.people.taught.record_take(command)


def _drop_take(engine: GestureHost, command: DropTake, _: Session) -> str:
    engine.people.taught.drawer.drop(command.take_id)
    return command.take_id


def _teach(engine: GestureHost, command: TeachGesture, session: Session) -> str:
    return engine.people.taught.teach(command, session.user.name)


def _set_mode(engine: GestureHost, command: SetGestureMode, _: Session) -> str:
    return engine.people.taught.set_mode(command)


def _remove_gesture(engine: GestureHost, command: RemoveGesture, _: Session) -> str:
    return engine.people.taught.remove(command.gesture_id)


def _undo_remove(engine: GestureHost, command: RemoveGesture, _: Session) -> FinishUndo:
    side = engine.people.taught
    gone = next((each for each in side.gestures if each.id == command.gesture_id), None)
    if gone is None:
        return nothing_to_undo
    return lambda: Removal(RemovedKind.GESTURE, gone.id, short_name(gone.label), lambda: side.put_back(gone))


def _show_poses(engine: GestureHost, command: ShowPoses, _: Session) -> str:
    engine.people.taught.show_poses(command.seconds)
    return ""


def _take_from_clip(engine: GestureHost, command: TakeFromClip, _: Session) -> str:
    """The take's id; a job fills it."""
    check_range(command.from_s, command.to_s)
    path, clip = engine.sight.clips.file(command.clip_id), engine.sight.clips.get(command.clip_id)
    cover = engine.masking.cover_of_clip(clip)
    drawer = engine.people.taught.drawer
    take_id = drawer.begin(clip.camera_id)

    def follow_body(_: str, progress: Progress) -> str:
        try:
            progress.at(0, 1, "Loading the networks")
            drawer.ready(take_id, take_of_clip(path, command.from_s, command.to_s, _follower(engine).look, progress, cover))
        except WatchroomError as error:
            drawer.mark_failed(take_id, error.message if isinstance(error, InputError) else str(error))
            raise
        except Cancelled:
            drawer.mark_failed(take_id, "It was cancelled.")
            raise
        return "The take is ready."

    engine.jobs.start("take_from_clip", "Take from a clip", follow_body)
    return take_id


def _follower(engine: GestureHost) -> BodyFollower:
    """Raises EnvironmentFault: the networks for poses are not installed."""
    models = engine.models
    poses = PoseEstimator(models.path(POSE_DETECTION), models.path(POSE_LANDMARKS), door=models.door)
    return BodyFollower(load_detector(models, engine.settings.detection, SMALLEST_SHARE), poses)


_TAKE = not_audited("a take is no gesture until it is taught")
_NOT_KEPT = NotUndoable("a take ends with the engine")
COMMANDS: Commands[GestureHost] = (
    CommandSpec(RecordTake, handler=_record_take, scope=site_wide, audit=_TAKE, undo=_NOT_KEPT, durable=False),
    CommandSpec(TakeFromClip, handler=_take_from_clip, scope=site_wide, audit=_TAKE, undo=_NOT_KEPT, durable=False),
    CommandSpec(DropTake, handler=_drop_take, scope=site_wide, audit=_TAKE, undo=_NOT_KEPT, durable=False),
    CommandSpec(ShowPoses, handler=_show_poses, scope=site_wide, audit=_TAKE, undo=_NOT_KEPT, durable=False),
    CommandSpec(
        TeachGesture,
        handler=_teach,
        scope=site_wide,
        audit=audited(AuditVerb.TEACH_GESTURE, OUTCOME, "mode.value"),
        undo=NotUndoable("the gesture is removed instead"),
        durable=True,
        unchecked_text=("data",),
    ),
    CommandSpec(
        SetGestureMode,
        handler=_set_mode,
        scope=site_wide,
        audit=audited(AuditVerb.SET_GESTURE_MODE, "gesture_id", "mode.value"),
        undo=NotUndoable("the mode is set back"),
        durable=True,
    ),
    CommandSpec(
        RemoveGesture,
        handler=_remove_gesture,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_GESTURE, "gesture_id"),
        undo=_undo_remove,
        durable=True,
    ),
)
