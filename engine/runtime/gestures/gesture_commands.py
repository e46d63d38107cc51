"""What sessions tell the engine to do about gestures, carried out on the caller's thread."""

from engine.model.errors import InputError, WatchroomError
from engine.model.people_command import (
    DropTake,
    GestureCommand,
    RecordTake,
    RemoveGesture,
    SetGestureMode,
    ShowPoses,
    TakeFromClip,
    TeachGesture,
)
from engine.runtime.engine import Engine
from engine.runtime.gestures.clip_takes import BodyFollower, check_range, take_of_clip
from engine.runtime.jobs import Cancelled, Progress
from engine.vision.detector import load_detector
from engine.vision.manifest import POSE_DETECTION, POSE_LANDMARKS
from engine.vision.pose.estimator import PoseEstimator

SMALLEST_SHARE = 0.05  # of the picture's height that a person in a clip has


def execute_gesture(engine: Engine, command: GestureCommand, by: str) -> str:
    """The id that the command made or concerned. The caller has checked the verb."""
    side = engine.people.taught
    match command:
        case RecordTake(camera_id):
            if engine.settings.camera(camera_id) is None:
                raise InputError("camera_id", f"There is no camera {camera_id!r}.")
            return side.record_take(command)
        case TakeFromClip():
            return _take_from_clip(engine, command)
        case DropTake(take_id):
            side.drawer.drop(take_id)
            return take_id
        case TeachGesture():
            return side.teach(command, by)
        case SetGestureMode():
            return side.set_mode(command)
        case RemoveGesture(gesture_id):
            return side.remove(gesture_id)
        case ShowPoses(seconds):
            side.show_poses(seconds)
            return ""


def _take_from_clip(engine: Engine, command: TakeFromClip) -> str:
    """The take's id; a job fills it."""
    check_range(command.from_s, command.to_s)
    path, clip = engine.sight.clips.file(command.clip_id), engine.sight.clips.get(command.clip_id)
    cover = engine.masking.cover_of_clip(clip)
    drawer = engine.people.taught.drawer
    take_id = drawer.begin(clip.camera_id)

    def body(_: str, progress: Progress) -> str:
        try:
            progress.at(0, 1, "Loading the networks")
            drawer.ready(take_id, take_of_clip(path, command.from_s, command.to_s, _follower(engine).look, progress, cover))
        except WatchroomError as error:
            drawer.failed(take_id, error.message if isinstance(error, InputError) else str(error))
            raise
        except Cancelled:
            drawer.failed(take_id, "It was cancelled.")
            raise
        return "The take is ready."

    engine.jobs.start("take_from_clip", "Take from a clip", body)
    return take_id


def _follower(engine: Engine) -> BodyFollower:
    """Raises EnvironmentFault: the networks for poses are not installed."""
    models = engine.models
    poses = PoseEstimator(models.path(POSE_DETECTION), models.path(POSE_LANDMARKS))
    return BodyFollower(load_detector(models, engine.settings.detection, SMALLEST_SHARE), poses)
