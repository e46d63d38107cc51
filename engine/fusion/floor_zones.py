"""Occupancy of the floor's zones: the people on the floor who have a place, counted where they are drawn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.radio.fused import FloorZoneCount, FusedTrack
from engine.model.radio.place import has_place, is_near
from engine.model.site import Position, Zone

CameraSees = Callable[[npt.NDArray[np.float64]], bool]
"""Whether any live camera should see somebody who stands there."""
_INSET = 0.1  # of a zone's side: where its corners are probed


def zone_ids_at(zones: Iterable[Zone], position: Position) -> tuple[str, ...]:
    return tuple(zone.id for zone in zones if zone.is_over(position[0], position[1]))


def with_zones(tracks: Iterable[FusedTrack], zones: Sequence[Zone]) -> tuple[FusedTrack, ...]:
    """Whoever has no place is in no zone."""
    return tuple(replace(track, zone_ids=zone_ids_at(zones, track.position) if has_place(track.covariance) else ()) for track in tracks)


def zone_counts(
    tracks: Sequence[FusedTrack], zones: Iterable[Zone], radio_watches: bool, camera_sees: CameraSees
) -> tuple[FloorZoneCount, ...]:
    """`tracks`: with their zones. An empty zone is known to be empty only while a camera watches all of it, or radio watches and
    whoever has no place is too far away to be in it."""
    homeless = [track for track in tracks if not has_place(track.covariance)]
    found: list[FloorZoneCount] = []
    for zone in zones:
        inside = tuple(track.id for track in tracks if zone.id in track.zone_ids)
        by_radio = radio_watches and not any(is_near(zone, track.position, track.covariance) for track in homeless)
        found.append(FloorZoneCount(zone.id, inside, bool(inside) or by_radio or _is_seen(zone, camera_sees)))
    return tuple(found)


def _is_seen(zone: Zone, camera_sees: CameraSees) -> bool:
    dx, dy = _INSET * (zone.x1 - zone.x0), _INSET * (zone.y1 - zone.y0)
    xs, ys = (zone.x0 + dx, zone.x1 - dx), (zone.y0 + dy, zone.y1 - dy)
    probes = [((zone.x0 + zone.x1) / 2, (zone.y0 + zone.y1) / 2), *((x, y) for x in xs for y in ys)]
    return all(camera_sees(np.array(probe)) for probe in probes)
