"""What the features of vector tiles are, by the names of three schemas: OpenMapTiles, Protomaps and Shortbread."""

from enum import IntEnum

from engine.runtime.maps.vector_tile import Feature, Shape


class Ground(IntEnum):
    """What a feature is drawn as, in this order."""

    LAND = 0
    GREEN = 1
    WATER = 2
    STREAM = 3
    BUILDING = 4
    PATH = 5
    STREET = 6
    MAIN_ROAD = 7
    MOTORWAY = 8
    RAIL = 9
    BORDER = 10


_AREAS = {
    "water": Ground.WATER,
    "ocean": Ground.WATER,
    "water_polygons": Ground.WATER,
    "earth": Ground.LAND,
    "landcover": Ground.GREEN,
    "park": Ground.GREEN,
    "building": Ground.BUILDING,
    "buildings": Ground.BUILDING,
}
_GREEN = {"park", "forest", "wood", "grass", "garden", "meadow", "cemetery", "nature_reserve", "recreation_ground", "scrub", "farmland"}
_LINES = {
    "waterway": Ground.STREAM,
    "water_lines": Ground.STREAM,
    "water": Ground.STREAM,
    "boundary": Ground.BORDER,
    "boundaries": Ground.BORDER,
}
_ROADS = {"transportation", "roads", "streets"}
_ROAD_CLASSES = {
    "motorway": Ground.MOTORWAY,
    "highway": Ground.MOTORWAY,
    "trunk": Ground.MOTORWAY,
    "primary": Ground.MAIN_ROAD,
    "secondary": Ground.MAIN_ROAD,
    "tertiary": Ground.MAIN_ROAD,
    "major_road": Ground.MAIN_ROAD,
    "medium_road": Ground.MAIN_ROAD,
    "rail": Ground.RAIL,
    "transit": Ground.RAIL,
    "path": Ground.PATH,
    "track": Ground.PATH,
    "footway": Ground.PATH,
    "cycleway": Ground.PATH,
    "pedestrian": Ground.PATH,
    "steps": Ground.PATH,
    "service": Ground.PATH,
}
STREET_NAMES = {"transportation_name", "street_labels", "roads"}


def ground_of(feature: Feature) -> Ground | None:
    kind = _kind(feature)
    if feature.shape is Shape.POLYGON:
        if feature.layer in ("landuse", "land"):
            return Ground.GREEN if kind in _GREEN else None
        return _AREAS.get(feature.layer)
    if feature.shape is Shape.LINE:
        if feature.layer in _ROADS:
            return _ROAD_CLASSES.get(kind, Ground.STREET)
        return _LINES.get(feature.layer)
    return None


def road_of(feature: Feature) -> Ground:
    """Of a line that bears a street's name."""
    return _ROAD_CLASSES.get(_kind(feature), Ground.STREET)


def _kind(feature: Feature) -> str:
    return str(feature.tags.get("class") or feature.tags.get("kind") or feature.tags.get("pmap:kind") or "")
