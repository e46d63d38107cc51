"""Pictures and videos that are sent before the reports that name them: a file each in the data folder, and a card.

Photos are decoded and encoded anew before they are kept: what a camera wrote beside the picture (where it was taken, its serial number) and
whatever else was in the file is gone. A photo that cannot be decoded is kept as it came, and given to nobody.

They are kept as long as clips are, and within bounds of their own: those that no report has named go first, then the oldest. What a report
needs of them for being compared is kept with the report.
"""

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from engine.incidents.atlas.media import BAD_REQUEST, TOO_LARGE, WRONG_TYPE, Media, MediaRefused, checked
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.recording.clips.photos import as_jpeg, cleaned
from engine.recording.jpeg import encode_jpeg
from engine.recording.uploads import first_pictures
from engine.runtime.atomic_file import write_atomically

log = logging.getLogger(__name__)

MOST_FILES, MOST_BYTES = 2_000, 4 << 30
RESERVE_BYTES = 1 << 30  # of the disk, that these files leave free
UNNAMED_NS = 86_400 * SECOND  # whoever sends a picture reports within a day
MOST_PUBLIC = 1_000  # files that came over links to the report page: nobody with a link pushes out what others sent
MOST_SENDERS = 200  # of one file; of more the first ones are forgotten
_ID_CHARACTERS = 24
_LINK = "rl-"  # how ids of links to the report page begin


@dataclass(frozen=True, slots=True)
class Sending:
    """That `by` (an account, or one token) sent a file, when first, and whether a report of theirs has named it."""

    by: str
    sent_ns: int
    named: bool = False


@dataclass(frozen=True, slots=True)
class SentMedia:
    """`kind`: photo or video. `by`: who sent it first. `named`: a report has named it. `sendings`: of everybody who sent it.

    clean: a photo that was encoded anew. `look`: embeddings of its pictures, one after another, of which there are `look_count`;
    `look_by`: what made them, empty until then.
    """

    id: str
    kind: str
    content_type: str
    size_bytes: int
    sent_ns: int
    by: str
    named: bool = False
    look: tuple[float, ...] = ()
    look_count: int = 1
    look_by: str = ""
    sendings: tuple[Sending, ...] = ()
    clean: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it came over links to the report page only."""
        return self.by.startswith(_LINK) and all(each.by.startswith(_LINK) for each in self.sendings)

    @property
    def last_sent_ns(self) -> int:
        return max((self.sent_ns, *(each.sent_ns for each in self.sendings)))

    def sending_of(self, by: str) -> Sending | None:
        return next((each for each in self.sendings if each.by == by), None)

    def as_of(self, by: str) -> "SentMedia":
        """As if nobody else had sent it; `by` did."""
        own = self.sending_of(by)
        return self if own is None else replace(self, by=by, sent_ns=own.sent_ns, named=own.named, sendings=(own,))


def recognised(data: bytes) -> Media:
    """A photo or a video, by its content. Raises MediaRefused."""
    try:
        return checked("photo", data)
    except MediaRefused as error:
        photo = error
    if photo.status == BAD_REQUEST:
        raise photo
    try:
        return checked("video", data)
    except MediaRefused as video:
        if TOO_LARGE in (photo.status, video.status):
            raise (video if video.status == TOO_LARGE else photo) from None
    raise MediaRefused(WRONG_TYPE, "is neither a JPEG or PNG picture nor an MP4, QuickTime or AVI video, whatever its name says")


class MediaShelf:
    """Any thread; a call takes as long as writing a file. The folder is there."""

    def __init__(
        self, folder: Path, clock: Clock, keep_days: Callable[[], float], most: tuple[int, int] = (MOST_FILES, MOST_BYTES)
    ) -> None:
        """`keep_days`: asked at each tidying. `most`: files, and bytes of them all."""
        self._folder = folder
        self._clock = clock
        self._keep_days = keep_days
        self._most_files, self._most_bytes = most
        self._lock = threading.Lock()
        self._known = {each.id: each for each in _read_all(folder)}

    @staticmethod
    def no_medium(media_id: str) -> NotFound:
        return NotFound(f"Nothing called {media_id[:80]!r} was sent, or it is not kept any more.")

    def put(self, data: bytes, by: str) -> SentMedia:
        """On the disk when this returns; the same file again is the same. Raises MediaRefused; EnvironmentFault: nothing is kept.

        What somebody else sent is written again, and refused as a new one would be: neither time nor disk tells that it was there.
        """
        media = recognised(data)
        kept = _cleaned(media)
        return self._put(_id_of(data), media if kept is None else kept, kept is not None, by)

    def put_photo(self, data: bytes, by: str) -> SentMedia:
        """As `put`, of a JPEG or PNG picture that can be decoded. Raises MediaRefused: it is something else."""
        kept = _cleaned(checked("photo", data))
        if kept is None:
            raise MediaRefused(WRONG_TYPE, "cannot be read as a picture")
        return self._put(_id_of(data), kept, True, by)

    def _put(self, media_id: str, media: Media, clean: bool, by: str) -> SentMedia:
        sending, data = Sending(by, self._clock.now_ns()), media.data
        new = SentMedia(media_id, media.kind, media.content_type, len(data), sending.sent_ns, by, clean=clean)
        with self._lock:
            known = self._known.get(media_id)
            if known is not None and known.sending_of(by) is not None:
                return known
            self._check_disk(len(data))
            write_atomically(self._file(media_id), data)
            now = known or new
            self._register_medium(replace(now, sendings=(*now.sendings, sending)[-MOST_SENDERS:]))
            self._fit(media_id)
            return self._known[media_id]

    def get(self, media_id: str) -> SentMedia | None:
        return self._known.get(media_id)

    def all(self) -> tuple[SentMedia, ...]:
        """Newest first."""
        return tuple(sorted(tuple(self._known.values()), key=lambda each: (-each.sent_ns, each.id)))

    def read(self, media: SentMedia) -> Media:
        """Raises EnvironmentFault: it is gone meanwhile, or cannot be read."""
        try:
            return Media(media.kind, media.content_type, self._file(media.id).read_bytes())
        except OSError as error:
            raise EnvironmentFault("not_read", f"The file {media.id} cannot be read ({error.strerror or error}).") from None

    def picture(self, media: SentMedia) -> bytes | None:
        """JPEG of a photo, or of the first picture of a video; None where nothing can be decoded. Raises EnvironmentFault."""
        kept = self.read(media)
        if media.clean and media.content_type == "image/jpeg":
            return kept.data
        try:
            return as_jpeg(kept.data) if media.kind == "photo" else encode_jpeg(first_pictures(kept.data, kept.content_type, 1)[0])
        except InputError:
            return None

    def looked(self, media_id: str, look: tuple[float, ...], count: int, by: str) -> None:
        """Note its look. Raises EnvironmentFault: it is known until the engine ends, and looked for again then."""
        self._change_medium(media_id, lambda known: replace(known, look=look, look_count=count, look_by=by))

    def name(self, media_ids: Iterable[str], by: str = "") -> None:
        """A report of `by` names these. Raises EnvironmentFault, as `looked`."""
        for media_id in media_ids:
            known = self.get(media_id)
            if known is not None and _with_report(known, by) != known:
                self._change_medium(media_id, lambda known: _with_report(known, by))

    def remove(self, media_id: str) -> bool:
        """False where there is none. Raises EnvironmentFault: the file cannot be removed now, and is nobody's until a tidying does it."""
        with self._lock:
            known = self._known.get(media_id)
            if known is None:
                return False
            self._remove_file(known)
            if self._file(media_id).exists():
                raise EnvironmentFault("not_removed", f"The file {media_id} cannot be deleted yet. It is tried again every minute.")
            return True

    def tidy(self, now_ns: int) -> None:
        """Remove what is too old, and files that nobody knows."""
        old_ns, unnamed_ns = now_ns - round(self._keep_days() * 86_400 * SECOND), now_ns - UNNAMED_NS
        with self._lock:
            for each in tuple(self._known.values()):
                if each.last_sent_ns < (old_ns if each.named else max(old_ns, unnamed_ns)):
                    self._remove_file(each)
            for path in self._folder.iterdir():
                if path.stem not in self._known:
                    _unlink(path)

    def _change_medium(self, media_id: str, change: Callable[[SentMedia], SentMedia]) -> None:
        with self._lock:
            known = self._known.get(media_id)
            if known is not None:
                self._register_medium(change(known))

    def _register_medium(self, media: SentMedia) -> None:
        self._known[media.id] = media
        write_atomically(self._card(media.id), json.dumps(to_plain(media)).encode())

    def _check_disk(self, size: int) -> None:
        if shutil.disk_usage(self._folder).free - size < RESERVE_BYTES:
            raise EnvironmentFault(
                "disk_full", "The disk is nearly full, so nothing that is sent is kept. Make room, or choose another disk."
            )

    def _fit(self, newest_id: str) -> None:
        """Those that no report has named go first, then the oldest; never the one that just came."""
        public = sorted((each for each in self._known.values() if each.is_public), key=lambda each: (each.named, each.last_sent_ns))
        for each in public[: max(0, len(public) - MOST_PUBLIC)]:
            if each.id != newest_id:
                self._remove_file(each)
        left = sum(each.size_bytes for each in self._known.values())
        for each in sorted(self._known.values(), key=lambda each: (each.named, each.last_sent_ns)):
            if len(self._known) <= self._most_files and left <= self._most_bytes:
                return
            if each.id != newest_id:
                self._remove_file(each)
                left -= each.size_bytes

    def _remove_file(self, media: SentMedia) -> None:
        """What cannot be removed now is a file that nobody knows, at a later tidying."""
        del self._known[media.id]
        _unlink(self._card(media.id))
        _unlink(self._file(media.id))

    def _file(self, media_id: str) -> Path:
        return self._folder / f"{media_id}.sent"

    def _card(self, media_id: str) -> Path:
        return self._folder / f"{media_id}.json"


def _id_of(data: bytes) -> str:
    return f"md-{sha256(data).hexdigest()[:_ID_CHARACTERS]}"


def _cleaned(media: Media) -> Media | None:
    """A photo without anything but its picture; None where there is none to be seen, or where it is none."""
    if media.kind != "photo":
        return None
    try:
        return Media(media.kind, media.content_type, cleaned(media.data, media.content_type))
    except InputError:
        return None


def _with_report(media: SentMedia, by: str) -> SentMedia:
    return replace(media, named=True, sendings=tuple(replace(each, named=each.named or each.by == by) for each in media.sendings))


def _read_all(folder: Path) -> Iterable[SentMedia]:
    """Cards whose file is there; the others are of no use."""
    for path in folder.glob("md-*.json"):
        try:
            card = read_as(SentMedia, json.loads(path.read_bytes()))
        except (OSError, ValueError, InputError) as error:
            log.warning("What is known of %s cannot be read, so it is forgotten: %s", path.name, error)
            continue
        if card.id == path.stem and path.with_suffix(".sent").is_file():
            yield card


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed yet: %s", path.name, error)
