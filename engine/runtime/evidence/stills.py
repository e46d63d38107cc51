"""Single pictures of a pack: one of each alert and event, out of the pack's own videos, so that what is hidden there is hidden here."""

from collections.abc import Sequence
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.model.event import Event
from engine.model.history.evidence import PackRequest, Redaction
from engine.recording.footage.playback import ClipReader
from engine.recording.jpeg import encode_jpeg
from engine.recording.pack.folder import PackFolder
from engine.runtime.cameras.masking import Masking
from engine.runtime.evidence.videos import PackedVideo

MOST = 400
_WIDEST = 1280
_QUALITY = 88
_SETTLED_NS = 600_000_000  # somebody who only just came in is hardly to be seen yet


def take_stills(
    pack: PackFolder, request: PackRequest, events: Sequence[Event], videos: Sequence[PackedVideo], thumbnails: Path, masking: Masking
) -> dict[str, str]:
    """Path of the still in the pack by event id, of the most severe and then the first. Raises EnvironmentFault."""
    chosen = sorted((event for event in events if event.camera_id), key=lambda event: (-event.severity, event.started_ns))[:MOST]
    taken: dict[str, str] = {}
    for event in chosen:
        jpeg = _of_video(pack, event, request, videos) or _of_thumbnail(event, request, thumbnails, masking)
        if jpeg is not None:
            taken[event.id] = pack.add(f"stills/{event.id}.jpg", jpeg, f"still of the event {event.id}").path
    return taken


def _of_video(pack: PackFolder, event: Event, request: PackRequest, videos: Sequence[PackedVideo]) -> bytes | None:
    wanted_ns = max(event.started_ns + _SETTLED_NS, request.since_ns)
    video = next((each for each in videos if each.camera_id == event.camera_id and each.since_ns <= wanted_ns < each.until_ns), None)
    if video is None:
        return None
    try:
        with ClipReader(pack.place(video.path)) as reader:
            picture = reader.picture_at(wanted_ns - video.since_ns)
            if picture is None:
                return None
            width, height = picture.size
            scale = min(1.0, _WIDEST / max(width, 1))
            return encode_jpeg(picture.bgr(max(2, round(width * scale)), max(2, round(height * scale))), _QUALITY)
    except EnvironmentFault:
        return None  # the video is in the pack and said to be what it is; a still of it is a courtesy


def _of_thumbnail(event: Event, request: PackRequest, thumbnails: Path, masking: Masking) -> bytes | None:
    """The small picture of the event. It is a part of the camera's picture, so parts that are hidden there cannot be hidden in it."""
    if any(region.camera_id == event.camera_id for region in request.hidden):
        return None
    if masking.covers_picture(event.camera_id, event.started_ns, event.ended_ns or request.until_ns):
        return None
    try:
        jpeg = (thumbnails / f"{event.id}.jpg").read_bytes()
    except OSError:
        return None
    return masking.still(jpeg) if request.redaction is Redaction.FACES else jpeg
