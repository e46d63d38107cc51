"""All places of a site that have a name: on the floor, and in the pictures of its cameras. The one place where they are looked up."""

from enum import StrEnum

from engine.model.settings import Settings
from engine.model.value_class import dataclass


class PlaceKind(StrEnum):
    ZONE = "zone"
    PORTAL = "portal"
    PICTURE_ZONE = "picture_zone"
    PICTURE_LINE = "picture_line"


@dataclass(frozen=True, slots=True)
class Place:
    """`id`: unique in a site, whatever kind it is. camera_id: in whose picture it lies; empty: on the floor."""

    id: str
    name: str
    kind: PlaceKind
    camera_id: str = ""


def places_of(settings: Settings) -> tuple[Place, ...]:
    """In the order of the settings: of the floor first, then camera by camera."""
    floor = settings.floor
    found = [Place(zone.id, zone.name, PlaceKind.ZONE) for zone in floor.zones]
    found += [Place(portal.id, portal.name, PlaceKind.PORTAL) for portal in floor.portals]
    for camera in settings.cameras:
        found += [Place(zone.id, zone.name, PlaceKind.PICTURE_ZONE, camera.id) for zone in camera.zones]
        found += [Place(line.id, line.name, PlaceKind.PICTURE_LINE, camera.id) for line in camera.lines]
    return tuple(found)


def place_names(settings: Settings) -> dict[str, str]:
    """By id."""
    return {place.id: place.name for place in places_of(settings)}


def place_name(settings: Settings, place_id: str) -> str:
    """The id where nobody knows the place (any more)."""
    return place_names(settings).get(place_id, place_id)


def choices(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Places that rules can name and modes can arm: (id, name), with the camera's name where a place lies in a picture."""
    cameras = {camera.id: camera.name for camera in settings.cameras}
    chosen = [place for place in places_of(settings) if place.kind is not PlaceKind.PORTAL]
    return tuple((place.id, f"{place.name} ({cameras[place.camera_id]})" if place.camera_id else place.name) for place in chosen)
