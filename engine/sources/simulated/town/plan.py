"""The town around the demo site as values, read from `resources/demo_town.toml`. Places are metres east and north of its middle."""

import json
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, TypeAlias

from engine._geodesic import destination
from engine.model.fire.smoke import Lookout, LookoutView
from engine.model.incidents.incident import IncidentCategory
from engine.model.site import SiteAnchor
from engine.model.value_class import dataclass
from engine.model.wire import from_plain, read_as

EastNorth: TypeAlias = tuple[float, float]
Shares: TypeAlias = tuple[float, ...]
Kinds: TypeAlias = tuple[tuple[IncidentCategory, float], ...]
"""Shares by category."""


@dataclass(frozen=True, slots=True)
class KindPlan:
    """One category: `severity`, shares of 1 to 5; `scenes`, what several people say of one thing."""

    severity: Shares
    scenes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PlacePlan:
    """Where things happen: `a_day` on average, more of them in the hours `busy`, within about `spread_m`; called by one of `names`."""

    names: tuple[str, ...]
    at: EastNorth
    spread_m: float
    a_day: float
    busy: str
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What happens again and again in one corner, a new one `every_days`, at most `within_m` from the middle."""

    every_days: float
    lasts_days: float
    a_day: float
    spread_m: float
    within_m: float
    names: tuple[str, ...]
    busy: str
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class SmokePlan:
    middle: EastNorth
    spread_m: float
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TowerPlan:
    id: str
    name: str
    at: EastNorth
    azimuth_deg: float
    angle_of_view_deg: float


@dataclass(frozen=True, slots=True)
class TownPlan:
    """`hours`: shares of a day's 24 hours (UTC), by name. `neighbourhoods`: corners of each, by its name."""

    name: str
    latitude: float
    longitude: float
    site: EastNorth
    site_heading_deg: float
    residents: int
    hours: Mapping[str, Shares]
    kinds: Mapping[IncidentCategory, KindPlan]
    places: tuple[PlacePlan, ...]
    series: SeriesPlan
    smoke: SmokePlan
    towers: tuple[TowerPlan, ...]
    neighbourhoods: Mapping[str, tuple[EastNorth, ...]]

    def on_earth(self, at: EastNorth) -> tuple[float, float]:
        """Latitude and longitude."""
        return destination(self.latitude, self.longitude, *at)

    @property
    def anchor(self) -> SiteAnchor:
        return SiteAnchor(*self.on_earth(self.site), self.site_heading_deg)

    @property
    def lookouts(self) -> tuple[Lookout, ...]:
        return tuple(
            Lookout(tower.id, *self.on_earth(tower.at), tower.angle_of_view_deg, (LookoutView(azimuth_deg=tower.azimuth_deg),), tower.name)
            for tower in self.towers
        )

    def outlines(self) -> str:
        """The neighbourhoods as GeoJSON."""
        features = [
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": {"type": "Polygon", "coordinates": [[list(reversed(self.on_earth(at))) for at in (*ring, ring[0])]]},
            }
            for name, ring in self.neighbourhoods.items()
        ]
        return json.dumps({"type": "FeatureCollection", "features": features})


def load_town(name: str = "demo_town.toml") -> TownPlan:
    """The town in the resources folder under this name."""
    data = tomllib.loads(resources.files("resources").joinpath(name).read_text("utf-8"))
    corners = {name: from_plain(EastNorth, at, "corners") for name, at in data["corners"].items()}
    rings = {name: tuple(corners[corner] for corner in ring) for name, ring in data["neighbourhoods"].items()}
    kinds = {IncidentCategory(name): read_as(KindPlan, kind, f"kinds.{name}") for name, kind in data["kinds"].items()}
    return TownPlan(
        name=data["name"],
        latitude=data["latitude"],
        longitude=data["longitude"],
        site=from_plain(EastNorth, data["site"], "site"),
        site_heading_deg=data["site_heading_deg"],
        residents=data["residents"],
        hours={name: _shares(shares) for name, shares in data["hours"].items()},
        kinds=kinds,
        places=tuple(read_as(PlacePlan, _with_kinds(place), "places") for place in data["places"]),
        series=read_as(SeriesPlan, _with_kinds(data["series"]), "series"),
        smoke=read_as(SmokePlan, data["smoke"], "smoke"),
        towers=from_plain(tuple[TowerPlan, ...], data["towers"], "towers"),
        neighbourhoods=rings,
    )


def _shares(several: list[float]) -> Shares:
    whole = sum(several)
    return tuple(each / whole for each in several)


def _with_kinds(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "kinds": [[name, share] for name, share in data["kinds"].items()]}


TOWN = load_town()
