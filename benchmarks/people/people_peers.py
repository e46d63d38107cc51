"""Other ways from the same sensors to people on the floor: each sensor alone, and joining whatever is near without any covariance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.fusion.projection import FloorView
from engine.fusion.sighting import Sighting
from engine.fusion.tracker import FloorTracker
from engine.model.cameras.track import Track, TrackStatus
from engine.model.radio.blob import BlobStatus, RadioPicture
from engine.model.radio.fused import SourceKind
from engine.model.site import CameraPose
from engine.model.time import SECOND

Array = npt.NDArray[np.float64]

RADIO = "radio"
FRESH_NS = SECOND // 2
_NEAR_M, _SHARE, _KEPT_NS = 1.0, 0.4, 2 * SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Somebody on the floor, as one method has it. `covariance` None: it tells none. `person_id`: who they are said to be."""

    id: str
    xy: Array
    covariance: Array | None = None
    person_id: str = ""


class Spots:
    """What every sensor alone says of the floor: boxes projected as the site believes its cameras hang, and blobs."""

    def __init__(self, poses: Sequence[CameraPose], size: tuple[int, int]) -> None:
        self._views = {pose.camera_id: FloorView(pose, size) for pose in poses}

    def sightings(self, tracks: Mapping[str, Sequence[Track]], radio: RadioPicture | None, now_ns: int) -> dict[str, list[Sighting]]:
        """By sensor, of those that were measured just now."""
        found: dict[str, list[Sighting]] = {camera_id: [] for camera_id in self._views} | {RADIO: []}
        for camera_id, view in self._views.items():
            found[camera_id] = [s for track in tracks.get(camera_id, ()) if (s := _of_track(track, view, now_ns)) is not None]
        for blob in radio.blobs if radio is not None else ():
            if blob.status is BlobStatus.CONFIRMED:
                place, spread = np.array(blob.position[:2]), np.array(blob.covariance)[:2, :2]
                found[RADIO].append(Sighting(SourceKind.RADIO, blob.id, RADIO, blob.updated_ns, place, spread))
        return found


def _of_track(track: Track, view: FloorView, now_ns: int) -> Sighting | None:
    spot = view.spot(track.box_xyxy)
    if spot is None or track.status is not TrackStatus.CONFIRMED or now_ns - track.last_seen_ns >= FRESH_NS:
        return None
    return Sighting(SourceKind.CAMERA, track.id, track.camera_id, track.last_seen_ns, spot.xy, spot.covariance)


class Alone:
    """The engine's own filter, fed by one sensor only: what that sensor can do at best."""

    def __init__(self) -> None:
        self._tracker, self._ids = FloorTracker(), 0

    def step(self, now_ns: int, sightings: Sequence[Sighting]) -> list[Placed]:
        """Only who was seen just now."""
        people = self._tracker.step(now_ns, sightings, self._new_id).people
        return [Placed(p.id, p.motion.xy.copy(), p.motion.place_covariance.copy()) for p in people if p.updated_ns == now_ns]

    def _new_id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}{self._ids}"


@dataclass(slots=True)
class Nearest:
    """Each sighting joins the nearest known place within a metre and draws it along by a fixed share."""

    _places: dict[str, tuple[Placed, int]] = field(default_factory=dict[str, tuple[Placed, int]])
    _number: int = 0

    def step(self, now_ns: int, sightings: Sequence[Sighting]) -> list[Placed]:
        for sighting in sightings:
            away = {name: float(np.hypot(*(placed.xy - sighting.xy))) for name, (placed, _) in self._places.items()}
            name = min(away, key=lambda each: away[each], default="")
            if not name or away[name] > _NEAR_M:
                self._number += 1
                name = f"n{self._number}"
                self._places[name] = (Placed(name, sighting.xy), now_ns)
            placed = self._places[name][0]
            self._places[name] = (replace(placed, xy=placed.xy + _SHARE * (sighting.xy - placed.xy)), now_ns)
        self._places = {name: each for name, each in self._places.items() if now_ns - each[1] < _KEPT_NS}
        return [placed for placed, _ in self._places.values()]


def all_of(sightings: Mapping[str, Sequence[Sighting]]) -> list[Any]:
    return [each for group in sightings.values() for each in group]
