"""Since when which parts of which camera's pictures are burned: what was recorded before still holds them."""

import json
import logging
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.model.errors import EnvironmentFault
from engine.model.geometry import Polygon
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically

log = logging.getLogger(__name__)

FILE = "privacy.json"
MARGIN_NS = 2 * SECOND  # times of pictures are not as exact as that of a change
_MOST = 200  # changes of one camera; what was recorded before the oldest counts as not burned

Areas = tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class _Since:
    """From a time on, at least these are burned."""

    at_ns: int
    areas: Areas


class PrivacyRecord:
    """Kept in the data folder. Any thread. Where the file is missing or damaged, everything recorded so far counts as not burned, so that
    rather too much is covered than too little."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path, self._clock = folder / FILE, clock
        self._lock = threading.Lock()
        self._known: Mapping[str, tuple[_Since, ...]] = _read_record(self._path)

    def changing(self, cameras: Iterable[CameraSettings]) -> None:
        """Before these settings hold: what is not in them any more is not counted on from now on.

        Raises EnvironmentFault: that cannot be kept, so they must not hold.
        """
        at_ns = self._clock.now_ns() - MARGIN_NS
        self._enter({camera.id: _Since(at_ns, _common((self.last(camera.id), camera.privacy))) for camera in cameras})

    def changed(self, cameras: Iterable[CameraSettings]) -> None:
        """These settings hold for every picture that comes from now on."""
        at_ns = self._clock.now_ns() + MARGIN_NS
        try:
            self._enter({camera.id: _Since(at_ns, camera.privacy) for camera in cameras})
        except EnvironmentFault as fault:
            log.warning(
                "since when parts of pictures are private cannot be kept, so video of before the next start is covered again: %s", fault
            )

    def last(self, camera_id: str) -> Areas:
        """Of a camera, also when it was removed since."""
        known = self._known.get(camera_id)
        return known[-1].areas if known else ()

    def missing(self, camera_id: str, wanted: Areas, since_ns: int, until_ns: int) -> Areas:
        """Those of the wanted areas that were not burned all the time."""
        known = self._known.get(camera_id, ())
        before = [each for each in known if each.at_ns <= since_ns]
        within = [each for each in known if since_ns < each.at_ns < until_ns]
        burned = _common([each.areas for each in (*before[-1:], *within)]) if before else ()
        return tuple(area for area in wanted if area not in burned)

    def _enter(self, entries: Mapping[str, _Since]) -> None:
        with self._lock:
            new = {camera_id: entry for camera_id, entry in entries.items() if entry.areas != self.last(camera_id)}
            if not new:
                return
            known = dict(self._known)
            for camera_id, entry in new.items():
                known[camera_id] = (*known.get(camera_id, ()), entry)[-_MOST:]
            write_atomically(self._path, json.dumps({key: [[e.at_ns, e.areas] for e in told] for key, told in known.items()}).encode())
            self._known = known


def _common(of: Iterable[Areas]) -> Areas:
    first, *others = of
    return tuple(area for area in first if all(area in other for other in others))


def _read_record(path: Path) -> dict[str, tuple[_Since, ...]]:
    try:
        plain: dict[str, Any] = json.loads(path.read_bytes())
        return {str(key): tuple(_Since(int(at_ns), _areas(areas)) for at_ns, areas in told) for key, told in plain.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("%s cannot be read (%s): older video is covered again", path.name, error)
        return {}


def _areas(plain: Any) -> Areas:
    return tuple(tuple((float(x), float(y)) for x, y in area) for area in plain)
