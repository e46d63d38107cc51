"""What the Gestures page says about now."""

from engine.model.health import CameraState
from engine.model.people.view import TakeState, TakeView, TrackPose
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND
from widgets.translation import tr

FEWEST, MOST = 2, 5
NOW_NS = SECOND


def view_words(snapshot: Snapshot, camera: CameraView) -> str:
    """Over the picture: why nothing can be recorded now; empty when it can."""
    people, masked = snapshot.people, is_masked(snapshot)
    if camera.health.state is not CameraState.LIVE:
        return tr("{0} has no picture now. {1}").format(camera.settings.name, camera.health.reason).strip()
    if poses_of_now(snapshot, camera.settings.id):
        return tr("Faces are blurred at this site: only skeletons are shown.") if masked else ""
    if people.pose_trouble:
        return tr("Pose detection is not available: see above.")
    if not camera.tracks:
        return tr("No person in view. Stand so that the camera sees you from head to knees.")
    return tr("Detecting the pose… Step back until the camera sees you from head to knees.")


def trouble_words(pose_trouble: str) -> str:
    """Above everything; empty when all is well."""
    if not pose_trouble:
        return ""
    return tr(
        "Pose detection is not available, so gestures cannot be taught or recognised. {0} Install the model here or on the System page."
    ).format(pose_trouble)


def teach_words(label: str, taken: tuple[str, ...], ready: int) -> str:
    """What is still missing before it can be taught; empty when nothing is."""
    if any(known.casefold() == label.strip().casefold() for known in taken):
        return tr("There is already a gesture “{0}”.").format(label.strip())
    if ready < FEWEST:
        return tr("No takes yet. At least two are needed.") if not ready else tr("Record one more take of it.")
    if ready > MOST:
        return tr("At most five takes: remove the worst.")
    return "" if label.strip() else tr("Enter a name.")


def everyday_words(everyday_s: float, others: int) -> str:
    """What the gesture will have to differ from."""
    parts = [tr("its own takes in another order")]
    if others:
        parts.insert(0, tr("1 other gesture") if others == 1 else tr("{0} other gestures").format(others))
    if everyday_s >= 1:
        parts.insert(0, tr("{0} s of recent everyday movement").format(round(everyday_s)))
    return tr("It is compared with: {0}.").format(", ".join(parts))


def ready_takes(takes: tuple[TakeView, ...]) -> tuple[str, ...]:
    return tuple(take.id for take in takes if take.state is TakeState.READY)


def poses_of_now(snapshot: Snapshot, camera_id: str) -> tuple[TrackPose, ...]:
    """Of one camera; those who left leave no skeleton behind."""
    newest = snapshot.at_ns - NOW_NS
    return tuple(pose for pose in snapshot.people.poses if pose.camera_id == camera_id and pose.at_ns >= newest)


def is_masked(snapshot: Snapshot) -> bool:
    """Whether this session must not see faces now."""
    until_ns = snapshot.people.unmasked_until_ns
    return snapshot.settings.recognition.blur_faces and (until_ns is None or until_ns <= snapshot.at_ns)
