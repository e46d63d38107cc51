"""The state of the system as sentences, worst first. Pure."""

from console.recording_estimate import estimate, span_text
from engine.model.health import CameraState, DetectorHealth
from engine.model.review.review import ReviewSettings
from engine.model.snapshot import CameraView, ModelEntry, Snapshot
from engine.model.time import SECOND
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.time_text import duration_text
from widgets.translation import tr

SHOWN = 3
DETECTOR_ROLE = "detector"


def troubles(snapshot: Snapshot) -> tuple[str, ...]:
    """What the engine says is wrong, and every lost camera that it does not speak of."""
    said = snapshot.health.troubles
    lost = [view for view in snapshot.cameras if view.health.state is CameraState.LOST]
    unsaid = (lost_text(view, snapshot.at_ns) for view in lost if not any(view.settings.name in text for text in said))
    return (*said, *unsaid)


def lost_text(view: CameraView, now_ns: int) -> str:
    length = duration_text(now_ns - view.health.since_ns) if view.health.since_ns else ""
    since = (
        tr("{0} has been offline for {1}.").format(view.settings.name, length)
        if length
        else tr("{0} is offline.").format(view.settings.name)
    )
    return f"{since} {view.health.reason}".strip()


def headline(snapshot: Snapshot) -> str:
    """`All well`, or how much is wrong."""
    count = len(troubles(snapshot))
    if count == 0:
        return tr("All systems normal")
    return tr("One thing needs attention") if count == 1 else tr("{0} things need attention").format(count)


def summary(snapshot: Snapshot) -> str:
    """One quiet sentence under `All well`."""
    live = sum(view.health.state is CameraState.LIVE for view in snapshot.cameras)
    cameras = (
        tr("{0} of {1} cameras are live.").format(live, len(snapshot.cameras)) if snapshot.cameras else tr("There are no cameras yet.")
    )
    if not snapshot.health.started_ns:
        return cameras
    return (
        f"{cameras} {tr('Running for {0}.').format(duration_text(max(0, snapshot.at_ns - snapshot.health.started_ns) // SECOND * SECOND))}"
    )


def recording_text(snapshot: Snapshot) -> str:
    """What is recorded, and how long that lasts, as sentences."""
    wanted, kept = snapshot.settings.recording, snapshot.health.segments_bytes
    if not wanted.enabled:
        return tr("Recording is off: no clips of events and no video to replay.")
    if not wanted.continuous:
        return tr("Recording clips of events only.")
    found = estimate(snapshot, wanted)
    words = [tr("Recording all cameras continuously."), tr("{0} stored.").format(size_text(kept)) if kept else ""]
    if found is not None:
        words.append(tr("{0} a day; retention {1}.").format(size_text(round(found.bytes_a_day)), span_text(found.days)))
    return " ".join(word for word in words if word)


def review_text(review: ReviewSettings) -> str:
    """How events are grouped for review, as a sentence."""
    gap, longest = duration_text(round(review.gap_s) * SECOND), duration_text(round(60 * review.longest_min) * SECOND)
    return tr("Events at one place form one review item until a pause of {0}, or as long as the item itself; at most {1}.").format(
        gap, longest
    )


def detector_text(detector: DetectorHealth, models: tuple[ModelEntry, ...] = ()) -> tuple[str, str, str]:
    """Chip text, its level, and a sentence. `models`: say what will be used while the engine has not loaded a detector yet."""
    if not detector.name:
        return _coming_detector(models)
    speed = tr("Detection time: {0} ms.").format(number_text(detector.inference_ms, ",.0f")) if detector.inference_ms else ""
    if detector.basic:
        return _basic(f"{detector.degraded_reason or _without_model()} {speed}".strip())
    if detector.stand_in:
        return tr("{0}, substitute model").format(detector.name), "low", f"{detector.degraded_reason} {speed}".strip()
    return detector.name, "neutral", f"{detector.degraded_reason} {speed}".strip()


def is_basic(detector: DetectorHealth, models: tuple[ModelEntry, ...]) -> bool:
    """People are found, or will be found, without a model."""
    return detector.basic if detector.name else not any(model.installed for model in _detectors(models))


def _coming_detector(models: tuple[ModelEntry, ...]) -> tuple[str, str, str]:
    """The engine loads its detector with the first picture of a camera."""
    installed = [model for model in _detectors(models) if model.installed]
    if not installed:
        return _basic(_without_model())
    text = tr("{0}, substitute model").format(installed[0].id) if installed[0].variant == "stand-in" else installed[0].id
    return text, "low" if installed[0].variant == "stand-in" else "neutral", tr("Starts with the first frame of a camera.")


def _basic(note: str) -> tuple[str, str, str]:
    return tr("Basic detection"), "moderate", note


def _without_model() -> str:
    return tr("No detector model is installed: people smaller than an eighth of the picture's height, or partly hidden, are missed.")


def _detectors(models: tuple[ModelEntry, ...]) -> list[ModelEntry]:
    return [model for model in models if model.role == DETECTOR_ROLE]
