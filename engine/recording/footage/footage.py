"""One camera's recorded video over many files, as one stream by the clock."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, NotFound, PermissionDenied
from engine.model.value_class import dataclass
from engine.recording.footage.before import GroupBefore
from engine.recording.footage.cache import CachedPicture, PictureCache
from engine.recording.footage.files import FootageFiles
from engine.recording.footage.index import PictureIndex
from engine.recording.footage.plan import FootageFile, FootageGap, FootagePlan, GapReason, Stretch
from engine.recording.footage.reader import FootageReader
from engine.recording.footage.turns import Turns

Size = tuple[int, int]

# FFmpeg's fastest way from YUV to RGB leaves the last columns of some widths as they were in memory. Rounding exactly takes another way.
_TO_ITS_EDGE = int(Interpolation.AREA) | 0x40000  # SWS_ACCURATE_RND


@dataclass(frozen=True, slots=True, eq=False)
class FootagePicture:
    """A picture, and from when to when it was the one on show: UTC, `until_ns` exclusive.

    at_ns: when it was taken; before `since_ns` where an overlapping file shows what lies between. width, height: as recorded.
    """

    at_ns: int
    since_ns: int
    until_ns: int
    file_id: str
    width: int
    height: int
    frame: VideoFrame

    def bgra(self, by: VideoReformatter | None = None) -> Bytes2D:
        """(H, W, 4) uint8, in the size it was scaled to, owned by the caller. `by`: nobody else's at the time; keeps what it worked out."""
        scaling = _TO_ITS_EDGE if self.frame.width % 16 else int(Interpolation.AREA)
        scaler = by or VideoReformatter()
        return np.ascontiguousarray(scaler.reformat(self.frame, format="bgra", interpolation=scaling, threads=1).to_ndarray(), np.uint8)


Shown = FootagePicture | FootageGap


@dataclass(frozen=True, slots=True)
class _How:
    """What is wanted of a picture, as in `Footage.at`."""

    fit: Size
    backwards: bool
    keyframes: bool
    every: int

    def numbers(self, index: PictureIndex, number: int) -> tuple[int, int]:
        """Which picture is shown for that of a moment, and before which one it ends."""
        key = int(index.keys[index.key_of(number)])
        if self.keyframes:
            return key, index.group_end(number)
        if self.backwards:
            return max(key, number - self.every + 1), number + 1
        return number, min(number + self.every, index.group_end(number))


class Footage:
    """What one camera recorded. One thread at a time.

    Every moment has exactly one picture, the last that was not later, or lies in a gap. `until_ns` of the one leads to the next,
    `since_ns` − 1 to the one before: that is how to step.

    Attributes:
        plan: what was recorded. threads: how many may decode at once. decoding_since_s: on `perf_counter`, while it decodes or waits to.
    """

    def __init__(self, locate: Callable[[FootageFile], Path], cache: PictureCache, turns: Turns | None = None) -> None:
        """`locate` gives a file's path and may take long or raise. `turns`: shared with other cameras."""
        self.plan = FootagePlan()
        self.threads = 1
        self.decoding_since_s: float | None = None
        self._files = FootageFiles(locate)
        self._cache = cache
        self._turns = turns or Turns(1)
        cache.enter()
        self._before: GroupBefore | None = None
        self._scalers: dict[tuple[int, int, int, int, str], VideoReformatter] = {}

    def at(self, at_ns: int, fit: Size = (0, 0), backwards: bool = False, keyframes: bool = False, every: int = 1) -> Shown:
        """What was shown at a time.

        Args:
            fit: scaled down to fit into so many pixels, aspect kept; (0, 0) as recorded.
            backwards: those before it will be wanted next: they are decoded with it and kept, as far as there is room.
            keyframes: the keyframe before it will do, shown until the next keyframe.
            every: it is shown for as long as so many pictures; backwards, the earliest of them is, so that none comes before its time.
        """
        stretch = self.plan.at(at_ns)
        if isinstance(stretch, FootageGap):
            return stretch
        try:
            reader = self._files.reader(stretch.file, self.threads)
            return self._in_file(reader, stretch, at_ns, _How(fit, backwards, keyframes, every))
        except NotFound:
            return FootageGap(stretch.since_ns, stretch.until_ns)  # given up meanwhile, as recordings are in their time
        except PermissionDenied as error:
            return FootageGap(stretch.since_ns, stretch.until_ns, GapReason.UNREACHABLE, str(error))
        except EnvironmentFault as error:
            reason = GapReason.DAMAGED if error.reason == "unreadable" else GapReason.UNREACHABLE
            return FootageGap(stretch.since_ns, stretch.until_ns, reason, str(error))

    def prepare_before(self, at_ns: int, fit: Size) -> bool:
        """Decode some of the group of pictures before that of a time, for whoever goes backwards. False: there is no more to do."""
        try:
            found = self._last_before(at_ns)
        except (NotFound, PermissionDenied, EnvironmentFault):
            return False  # it is said when it is wanted
        if found is None:
            return False
        reader, file, number = found
        if self._before is None or not self._before.holds(reader, number):
            if self._cache.get((file.id, number, *fit)) is not None or not self._fits_twice(reader, number, fit):
                return False
            self._before = GroupBefore(reader, number, lambda each, picture: self._keep(file, each, picture, fit))
        return self._before.go_on()

    def forget_faults(self) -> None:
        """Files that could not be had are tried again."""
        self._files.forget_faults()

    @property
    def picture_ns(self) -> int:
        """How far the pictures of the file that was read last lie apart, 0 before the first."""
        return self._files.picture_ns

    @property
    def decoded(self) -> int:
        """How many pictures were decoded."""
        return self._files.decoded

    def close(self) -> None:
        self._files.close()
        self._cache.leave()

    def _in_file(self, reader: FootageReader, stretch: Stretch, at_ns: int, how: "_How") -> Shown:
        index = reader.index
        inside_ns = at_ns - stretch.file.started_ns
        if inside_ns >= index.end_ns:
            since_ns = max(stretch.since_ns, stretch.file.started_ns + index.end_ns)
            if stretch.until_ns > since_ns:
                return FootageGap(since_ns, stretch.until_ns, GapReason.DAMAGED, "The recording breaks off before its end.")
        number, until = how.numbers(index, index.number_at(inside_ns))
        self.decoding_since_s = perf_counter()
        try:
            picture = self._picture(reader, stretch.file, number, how.fit, how.backwards)
        finally:
            self.decoding_since_s = None
        since_ns, until_ns = _span(reader, stretch, number, until)
        if picture is None:
            return FootageGap(since_ns, until_ns, GapReason.DAMAGED, "These pictures were recorded, and are damaged.")
        taken_ns = stretch.file.started_ns + int(index.times_ns[number])
        return FootagePicture(taken_ns, since_ns, until_ns, stretch.file.id, picture.width, picture.height, picture.frame)

    def _picture(self, reader: FootageReader, file: FootageFile, number: int, fit: Size, backwards: bool) -> CachedPicture | None:
        kept = self._cache.get((file.id, number, *fit), passing=backwards)
        if kept is not None:
            return kept
        before, self._before = self._before, None
        if backwards and before is not None and before.holds(reader, number):
            before.finish()
            return self._cache.get((file.id, number, *fit))
        with self._turns.turn(reader.ahead_of(number)):
            if backwards:
                return self._with_those_before(reader, file, number, fit)
            for found, picture in reader.until(number):
                if found == number:
                    return self._keep(file, found, picture, fit)
        return None

    def _with_those_before(self, reader: FootageReader, file: FootageFile, number: int, fit: Size) -> CachedPicture | None:
        """Decode the whole group up to the picture; keep its end, which is wanted first, as far as this camera's share reaches."""
        kept: deque[tuple[int, CachedPicture]] = deque()
        room = self._cache.share_bytes // 2  # the other half holds what is on show and what was shown before
        for found, picture in reader.group(number):
            scaled = self._scaled(picture, fit)
            kept.append((found, scaled))
            room -= scaled.size_bytes
            while room < 0 and len(kept) > 1:
                room += kept.popleft()[1].size_bytes
        for found, scaled in kept:
            self._cache.put((file.id, found, *fit), scaled)
        return kept[-1][1] if kept and kept[-1][0] == number else None

    def _last_before(self, at_ns: int) -> tuple[FootageReader, FootageFile, int] | None:
        """The last picture of the group before that of a time."""
        stretch = self.plan.at(at_ns)
        if isinstance(stretch, FootageGap):
            return None
        reader = self._files.reader(stretch.file, self.threads)
        key = int(reader.index.keys[reader.index.key_of(reader.index.number_at(at_ns - stretch.file.started_ns))])
        if stretch.file.started_ns + int(reader.index.times_ns[key]) > stretch.since_ns:
            return reader, stretch.file, key - 1
        earlier = self.plan.at(stretch.since_ns - 1)
        if isinstance(earlier, FootageGap):
            return None
        reader = self._files.reader(earlier.file, self.threads)
        return reader, earlier.file, reader.index.number_at(stretch.since_ns - 1 - earlier.file.started_ns)

    def _fits_twice(self, reader: FootageReader, number: int, fit: Size) -> bool:
        """There is room for this group beside the one that is on show."""
        width, height = fitted(reader.size, fit)
        pictures = number + 1 - int(reader.index.keys[reader.index.key_of(number)])
        return pictures * width * height * 3 // 2 < self._cache.share_bytes * 2 // 5

    def _keep(self, file: FootageFile, number: int, picture: VideoFrame, fit: Size) -> CachedPicture:
        scaled = self._scaled(picture, fit)
        self._cache.put((file.id, number, *fit), scaled)
        return scaled

    def _scaled(self, picture: VideoFrame, fit: Size) -> CachedPicture:
        width, height = fitted((picture.width, picture.height), fit)
        if (width, height) == (picture.width, picture.height):
            return CachedPicture(picture, width, height)
        key = (picture.width, picture.height, width, height, picture.format.name)
        scaler = self._scalers.get(key)
        if scaler is None:
            if len(self._scalers) > 4:
                self._scalers.clear()
            scaler = self._scalers[key] = VideoReformatter()
        frame = scaler.reformat(picture, width, height, picture.format.name, interpolation=Interpolation.AREA, threads=1)
        return CachedPicture(frame, picture.width, picture.height)


def fitted(size: Size, fit: Size) -> Size:
    """As large as fits, never larger than it is, aspect kept; even, as the colours of most pictures want it."""
    if not all(fit) or (size[0] <= fit[0] and size[1] <= fit[1]):
        return size
    scale = min(fit[0] / size[0], fit[1] / size[1])
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


def _span(reader: FootageReader, stretch: Stretch, number: int, until: int) -> tuple[int, int]:
    """From when to when pictures are on show: the last one of a file to the end of the stretch, but not beyond what a picture lasts."""
    index, started_ns = reader.index, stretch.file.started_ns
    since_ns = max(stretch.since_ns, started_ns + int(index.times_ns[number]))
    ends_ns = int(index.times_ns[until]) if until < index.count else index.end_ns
    return since_ns, max(since_ns + 1, min(stretch.until_ns, started_ns + ends_ns))
