"""Looks of what is sent for reports: made on a thread of their own, and waited for only so long, so that no report waits for a picture.

What could not be looked at, or not in time, leaves a sentence instead of a look: such a report waits for somebody, and is never a match.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from engine.incidents.atlas.media import Media
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.value_class import dataclass
from engine.recording.clips.photos import unpacked
from engine.recording.uploads import key_pictures
from engine.runtime.incidents.sent_media import MediaShelf, SentMedia
from engine.vision.scene_looks import MODEL

log = logging.getLogger(__name__)

PATIENCE_S = 5.0  # of a report, for all that it names
KEY_PICTURES = 4  # of a video
MOST_WAITING = 64
MOST_PICTURES = 24  # of a report: what is more is not compared, and said
_FEW = 1_000  # troubles that are remembered
NOT_INSTALLED = f"Pictures are compared by the model {MODEL}, which is not installed. Install it on the System page."
TOO_LONG = "Looking at its pictures took too long, so they were not compared."
TOO_BUSY = "Too many pictures are waiting to be looked at, so they were not compared."
NOTHING_SEEN = "Its pictures are too small, or show too little, to be compared."
BUG = "Its pictures could not be compared; the engine's log says why."


class SceneLooker(Protocol):
    """`look`: numbers of unit length, as many for every picture; None where there is nothing to see. `name`: of what makes them."""

    @property
    def name(self) -> str: ...

    def look(self, picture_bgr: Bytes2D) -> tuple[float, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """As a `Report` has it: see there."""

    look: tuple[float, ...] = ()
    count: int = 1
    by: str = ""
    trouble: str = ""


UNLOOKED = Looked()


class ReportLooks:
    """`run` is the body of a thread; the rest on any thread, and returns at once.

    Attributes:
        load: makes the looker when a picture has to be looked at. Raises NotFound, EnvironmentFault: then tried again for the next one.
    """

    def __init__(self, shelf: MediaShelf, load: Callable[[], SceneLooker]) -> None:
        self.load = load
        self._shelf = shelf
        self._looker: SceneLooker | None = None
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()  # guards the next two
        self._begun: dict[str, Future[None]] = {}
        self._troubles: dict[str, str] = {}

    def reload(self) -> None:
        """The models are others now: the next picture is looked at by what `load` gives."""
        self._looker = None

    def begin(self, media_ids: Sequence[str], sender: str = "") -> tuple[Future[None], ...]:
        """Have those looked at that were not yet. What is given ends once nothing more is to be waited for.

        `sender`: what others sent is not there; empty: all is."""
        found = (self._get(media_id, sender) for media_id in dict.fromkeys(media_ids))
        wanted = [each for each in found if each is not None and not each.look_by]
        return tuple(self._begin_look(each.id) for each in wanted)

    def looked(self, media_ids: Sequence[str], sender: str = "") -> Looked:
        """What is known by now of everything that a report names. `sender`: as for `begin`."""
        found: list[SentMedia] = []
        troubles: list[str] = []
        for media_id in dict.fromkeys(media_ids):
            media = self._get(media_id, sender)
            if media is not None and media.look_by:
                found.append(media)
            else:
                troubles.append(self._medium_trouble(media_id, media))
        return _together(found, troubles)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                media_id = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            self._finish(media_id, self._look_at_medium(media_id))

    def _get(self, media_id: str, sender: str) -> SentMedia | None:
        media = self._shelf.get(media_id)
        return None if media is None or (sender and media.sending_of(sender) is None) else media

    def _begin_look(self, media_id: str) -> Future[None]:
        with self._lock:
            known = self._begun.get(media_id)
            if known is not None:
                return known
            begun = Future[None]()
            begun.set_running_or_notify_cancel()  # nobody who stops waiting ends it for the others
            if len(self._begun) >= MOST_WAITING:
                self._note_trouble(media_id, TOO_BUSY)
                begun.set_result(None)
                return begun
            self._begun[media_id] = begun
            self._troubles.pop(media_id, None)
        self._waiting.put(media_id)
        return begun

    def _finish(self, media_id: str, trouble: str) -> None:
        with self._lock:
            begun = self._begun.pop(media_id)
            if trouble:
                self._note_trouble(media_id, trouble)
        begun.set_result(None)

    def _note_trouble(self, media_id: str, trouble: str) -> None:
        self._troubles[media_id] = trouble
        if len(self._troubles) > _FEW:
            del self._troubles[next(iter(self._troubles))]

    def _medium_trouble(self, media_id: str, media: SentMedia | None) -> str:
        if media is None:
            return f"There is no picture or video called {media_id!r} here to compare. Send it to /api/v1/media first, and name its id."
        return self._troubles.get(media_id, TOO_LONG)

    def _look_at_medium(self, media_id: str) -> str:
        """Why there is no look, empty where there is one."""
        media = self._shelf.get(media_id)
        if media is None:
            return ""
        try:
            return self._look_at(media)
        except NotFound:
            return NOT_INSTALLED
        except InputError as error:
            return f"What was sent {error.message}, so it could not be compared."
        except EnvironmentFault as fault:
            return str(fault)
        except Exception:
            log.exception("%s could not be looked at", media_id)
            return BUG

    def _look_at(self, media: SentMedia) -> str:
        """Raises NotFound, EnvironmentFault, InputError."""
        looker = self._looker or self.load()
        self._looker = looker
        pictures = _pictures(self._shelf.read(media))
        looks = [look for look in map(looker.look, pictures) if look is not None]
        if not looks:
            return NOTHING_SEEN
        self._shelf.looked(media.id, tuple(number for look in looks for number in look), len(looks), looker.name)
        return ""


def _pictures(media: Media) -> list[Bytes2D]:
    """Raises InputError."""
    return key_pictures(media.data, media.content_type, KEY_PICTURES) if media.kind == "video" else [unpacked(media.data)]


def _together(found: Sequence[SentMedia], troubles: Sequence[str]) -> Looked:
    """All that one model has looked at; what another one looked at before cannot be compared with it."""
    trouble = troubles[0] if troubles else ""
    if not found:
        return Looked(trouble=trouble)
    alike = [each for each in found if each.look_by == found[-1].look_by]
    if len(alike) < len(found):
        trouble = trouble or "Its pictures were looked at by different models."
    kept = [each for index, each in enumerate(alike) if sum(one.look_count for one in alike[: index + 1]) <= MOST_PICTURES]
    if len(kept) < len(alike):
        trouble = trouble or f"Only the first {MOST_PICTURES} of its pictures were compared."
    look = tuple(number for each in kept for number in each.look)
    return Looked(look, sum(each.look_count for each in kept), kept[-1].look_by, trouble)
