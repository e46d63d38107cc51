"""Where weather is needed: at the site, and at lookouts that stand elsewhere."""

from dataclasses import replace

from engine.fire.places import SITE, Place, places_of, site_place, utc_day
from engine.model.fire.fire import FireSettings
from engine.model.fire.smoke import Lookout
from engine.model.settings import CameraSettings, Settings
from engine.model.site import SiteAnchor
from engine.model.time import from_iso

CAMERAS = tuple(CameraSettings(name, name, "rtsp://192.0.2.1/") for name in ("door", "near", "far", "farther"))
LOOKOUTS = (
    Lookout("near", 46.01, 5.01),
    Lookout("far", 46.52, 5.0),
    Lookout("farther", 46.48, 5.03),
    Lookout("edge", 0.0, 0.0),
)  # the last one: only an edge device has it
OFF = Place("0.0,0.0", 0.0, 0.0)
HERE = SiteAnchor(46.0, 5.0)
ASKED = FireSettings(weather_url="https://weather.example.org")
ALL = Settings(cameras=CAMERAS, lookouts=LOOKOUTS, anchor=HERE, fire=ASKED)


def test_lookouts_far_away_share_a_place_of_their_own() -> None:
    there = Place("46.5,5.0", 46.5, 5.0)
    assert places_of(ALL) == {"door": site_place(ALL), "near": site_place(ALL), "far": there, "farther": there, "edge": OFF}


def test_a_file_of_weather_is_of_the_site() -> None:
    assert set(places_of(replace(ALL, fire=FireSettings())).values()) == {Place(SITE, 46.0, 5.0)}


def test_without_an_anchor_only_lookouts_have_a_place() -> None:
    found = places_of(replace(ALL, anchor=None))
    assert found["door"] is None
    assert found["near"] == Place("46.0,5.0", 46.0, 5.0)


def test_days_are_those_of_utc() -> None:
    assert [utc_day(from_iso(text)).day for text in ("2026-07-14T00:00:00Z", "2026-07-14T23:59:59Z", "2026-07-15T01:00:00+02:00")] == [
        14
    ] * 3
