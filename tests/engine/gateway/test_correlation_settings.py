"""How near, how soon and how alike reports of one incident are: set while the engine runs, in force for the next report."""

import math
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from console.site import Site
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.incidents.settings import IncidentSettings
from engine.model.port import EnginePort
from engine.model.settings import Settings
from engine.runtime.settings.settings_exchange import differences, export_text, read_text
from engine.runtime.settings.settings_file import load_settings, save_settings
from tests.engine.gateway.reporting import filed, place, report

RULES = "/api/v1/incidents/rules"
WIDER = IncidentSettings(radius_m=120.0, window_s=900.0, min_likeness=0.55)


@pytest.fixture(autouse=True)
def as_before(site: Site) -> Iterator[None]:
    yield
    site.engine.change_settings(replace(site.engine.settings, incidents=IncidentSettings()), "test")


def north(at: tuple[float, float], metres: float) -> tuple[float, float]:
    return at[0] + math.degrees(metres / 6_371_000), at[1]


def test_the_limits_of_joining_are_settings_in_force_at_once(client: httpx.Client, port: EnginePort, site: Site) -> None:
    assert client.get(RULES).json() == {"radius_m": 50.0, "window_s": 300.0, "min_likeness": 0.7}
    apart, late = place(), place()
    filed(client, report(apart, reporter_id="ann"), 201)
    filed(client, report(north(apart, 80), reporter_id="bob"), 201)
    filed(client, report(late, reporter_id="ann"), 201)
    filed(client, report(late, after_s=500, reporter_id="bob"), 201)
    port.command(ChangeSettings(incidents=WIDER))
    assert client.get(RULES).json() == {"radius_m": 120.0, "window_s": 900.0, "min_likeness": 0.55}
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    joined = filed(client, report(north(at, 80), after_s=500, reporter_id="bob"), 200)
    assert (joined["id"], joined["status"]) == (first["id"], "corroborated")
    score = 0.5 * (1 - joined["corroborating_reports"][0]["distance_m"] / 120) + 0.3 * 0.5 + 0.2 * (1 - 500 / 900)
    assert joined["corroborating_reports"][0]["score"] == pytest.approx(score, abs=1e-4)
    filed(client, report(north(at, 125), reporter_id="cyd"), 201)
    filed(client, report(at, after_s=901, reporter_id="dan"), 201)
    port.command(ChangeSettings(incidents=IncidentSettings(radius_m=20.0)))
    filed(client, report(north(at, 30), reporter_id="eve"), 201)
    assert load_settings(site.engine.data.settings).incidents == IncidentSettings(radius_m=20.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("radius_m", 4.9), ("radius_m", 1000.1), ("window_s", 9.0), ("window_s", 3601.0), ("min_likeness", 0.29), ("min_likeness", 1.01)],
)
def test_what_is_out_of_bounds_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(InputError) as refused:
        IncidentSettings(**{field: value})
    assert refused.value.field == field
    with pytest.raises(InputError) as in_file:
        read_text(f'site_name = "Mill"\n[incidents]\n{field} = {value}\n')
    assert in_file.value.field == f"incidents.{field}"


def test_they_travel_with_the_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(incidents=WIDER)
    assert read_text(export_text(settings)) == settings
    assert [change.field for change in differences(Settings(), settings)] == [
        "incidents.radius_m",
        "incidents.window_s",
        "incidents.min_likeness",
    ]
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    save_settings(path, settings)
    assert load_settings(path) == settings
    assert read_text('site_name = "of before"\n').incidents == IncidentSettings(50.0, 300.0, 0.70)
