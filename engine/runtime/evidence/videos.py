"""Videos of a pack: stretches of what was recorded, as it was or with parts of the pictures hidden."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.privacy import Cover
from engine.model.cameras.segment import Segment
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Box
from engine.model.history.evidence import HiddenRegion, PackRequest, Redaction
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.clips.masked_clip import Finder, make_masked
from engine.recording.files import remove_quietly
from engine.recording.pack.excerpt import take_excerpt
from engine.recording.pack.folder import PackFolder
from engine.recording.sightings import Sighting, beside, read_sightings

log = logging.getLogger(__name__)

_BARE_NS = SECOND  # a clip of which others hold all but so little need not go in


@dataclass(frozen=True, slots=True)
class PackedVideo:
    """`path`: within the pack; the time of its first picture and of its end."""

    path: str
    camera_id: str
    since_ns: int
    until_ns: int


@dataclass(frozen=True, slots=True)
class _Source:
    id: str
    file: Path
    camera_id: str
    since_ns: int
    until_ns: int
    cover: Cover
    seen: tuple[Sighting, ...] = ()


class Hiding(Protocol):
    """See `engine.runtime.cameras.masking.Masking`."""

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box] = ()) -> Sequence[Box]: ...

    def cover_of_clip(self, clip: Clip) -> Cover: ...

    def cover_of_segment(self, segment: Segment) -> Cover: ...


class Videos:
    """Takes videos into a pack. The job's thread.

    Args:
        hiding: what has to be hidden where faces are, and where parts are private. at: told how much is done, 0–1; what it raises ends the
            work.

    Attributes:
        covered: private parts were covered in what was recorded before they were private.
    """

    def __init__(self, pack: PackFolder, request: PackRequest, hiding: Hiding, at: Callable[[float], None]) -> None:
        self._pack, self._request, self._hiding, self._at = pack, request, hiding, at
        self.missing: list[str] = []
        self.covered = False

    def take(self, folder: Path, archive: Path, clips: Sequence[Clip], segments: Sequence[Segment]) -> tuple[PackedVideo, ...]:
        """Continuous video, and those clips that hold what neither it nor longer clips do. `folder`: the data folder.

        Raises EnvironmentFault: the disk is full. What cannot be read is told in `missing`.
        """
        cover_of = self._hiding.cover_of_segment
        sources = [_of_segment(segment, archive if segment.archived else folder, cover_of(segment)) for segment in segments]
        for clip in sorted(clips, key=lambda clip: clip.started_ns - clip.ended_ns):  # the longest first: it may hold others
            if not _covered(clip, sources):
                sources.append(_of_clip(clip, folder, self._hiding.cover_of_clip(clip)))
        taken: list[PackedVideo] = []
        for done, source in enumerate(sources):
            self._at(done / len(sources))
            video = self._add_video(source, lambda share, done=done: self._at((done + share) / len(sources)))
            if video is not None:
                taken.append(video)
        return tuple(sorted(taken, key=lambda video: (video.camera_id, video.since_ns)))

    def _add_video(self, source: _Source, at: Callable[[float], None]) -> PackedVideo | None:
        stem = f"video/{source.camera_id}/{source.id}"
        raw = self._pack.place(f"{stem}{source.file.suffix}")
        from_ns, until_ns = self._request.since_ns - source.since_ns, self._request.until_ns - source.since_ns
        try:
            excerpt = take_excerpt(source.file, raw, max(from_ns, 0), until_ns)
            if excerpt is None:
                return None
            path = self._hidden(source, raw, stem, excerpt.from_ns, at)
        except EnvironmentFault as error:
            remove_quietly(raw)
            if error.reason == "disk_full":
                raise
            self.missing.append(f"A video of {source.camera_id} could not go in. {error}")
            return None
        self._pack.took(path, f"video of {source.camera_id}")
        return PackedVideo(path, source.camera_id, source.since_ns + excerpt.from_ns, source.since_ns + excerpt.until_ns)

    def _hidden(self, source: _Source, raw: Path, stem: str, from_ns: int, at: Callable[[float], None]) -> str:
        """The video's name in the pack. Where something is hidden it is a copy, and the one as it was does not stay."""
        regions = tuple(_around(region) for region in self._request.hidden if region.camera_id == source.camera_id)
        finder = self._finder(regions)
        if finder is None and not source.cover:
            return f"{stem}{source.file.suffix}"
        self.covered |= bool(source.cover)
        masked = raw.with_name(f"{raw.stem}-hidden.mp4")
        seen = [Sighting(each.at_ns - from_ns, each.people) for each in source.seen]
        make_masked(raw, masked, finder, seen, at, source.cover)
        raw.unlink()
        return f"{stem}-hidden.mp4"

    def _finder(self, regions: tuple[Box, ...]) -> Finder | None:
        faces = self._request.redaction is Redaction.FACES
        if not faces and not regions:
            return None

        def find(picture_bgr: Bytes2D, people: Sequence[Box]) -> Sequence[Box]:
            return (*(self._hiding.look(picture_bgr, people) if faces else ()), *regions)

        return find


def _of_segment(segment: Segment, root: Path, cover: Cover) -> _Source:
    return _Source(segment.id, root / segment.file, segment.camera_id, segment.started_ns, segment.ended_ns, cover)


def _of_clip(clip: Clip, folder: Path, cover: Cover) -> _Source:
    return _Source(clip.id, folder / clip.file, clip.camera_id, clip.started_ns, clip.ended_ns, cover, read_sightings(beside(folder, clip)))


def _covered(clip: Clip, sources: Sequence[_Source]) -> bool:
    """Whether other videos of its camera hold all of a clip."""
    bare_ns, reached_ns = 0, clip.started_ns
    for source in sorted((each for each in sources if each.camera_id == clip.camera_id), key=lambda each: each.since_ns):
        bare_ns += max(0, min(source.since_ns, clip.ended_ns) - reached_ns)
        reached_ns = max(reached_ns, min(source.until_ns, clip.ended_ns))
    return bare_ns + clip.ended_ns - reached_ns <= _BARE_NS


def _around(region: HiddenRegion) -> Box:
    """The upright box around an outline: what is hidden is never less than what was drawn."""
    xs, ys = [x for x, _ in region.outline], [y for _, y in region.outline]
    return min(xs), min(ys), max(xs), max(ys)
