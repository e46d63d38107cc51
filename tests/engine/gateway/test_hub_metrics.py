"""Figures of a hub and its sites, as Prometheus reads them."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from engine.gateway.hub.metrics import HubFigures, hub_metrics_text
from engine.model.time import SECOND
from engine.store.shared.record import SharedSite


def figures(*sites: SharedSite) -> dict[tuple[str, str], float]:
    """By name and site."""
    families = text_string_to_metric_families(
        hub_metrics_text(sites, 100 * SECOND, HubFigures(True, 3, {"north": 2}, {"west": 1}, {"north--a": 40 * SECOND})).decode()
    )
    return {(each.name, each.labels.get("site", "")): each.value for family in families for each in family.samples}


def test_every_figure_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "administrator" / "hub.md").read_text("utf-8")
    site = SharedSite("north", "North", "s1", 7, SECOND, clock_offset_ns=1)
    names = {
        name
        for name, _ in figures(site, SharedSite("north--a", "North · A", spare="a", stands_for="north"))
        if name.startswith("watchroom_")
    }
    assert len(names) > 5 and not {name for name in names if f"`{name}`" not in guide}


def test_figures_of_sites_and_of_those_that_do_not_say() -> None:
    found = figures(
        SharedSite("north", "North", "s1", 7, 90 * SECOND, clock_offset_ns=-1_500_000_000),
        SharedSite("south", "South", "s1", 0, 99 * SECOND),
        SharedSite("west", "West"),
    )
    assert {key: value for key, value in found.items() if key[1]} == {
        ("watchroom_hub_site_heard_seconds", "north"): 10,
        ("watchroom_hub_site_heard_seconds", "south"): 1,
        ("watchroom_hub_site_clock_offset_seconds", "north"): -1.5,
        ("watchroom_hub_site_changes", "north"): 7,
        ("watchroom_hub_site_changes", "south"): 0,
        ("watchroom_hub_site_changes", "west"): 0,
        **{("watchroom_hub_site_intents_waiting", site): n for site, n in (("north", 2), ("south", 0), ("west", 0))},
        **{("watchroom_hub_site_erasures_open", site): n for site, n in (("north", 0), ("south", 0), ("west", 1))},
    }
    assert found["watchroom_hub_nats_reached", ""] == 1 and found["watchroom_hub_lines", ""] == 3


def test_what_spares_record_for_a_site_is_no_site_and_says_whether_they_stand_in() -> None:
    found = figures(
        SharedSite("north--a", "North · A", spare="a", stands_for="north", standing_ns=99 * SECOND, heard_ns=SECOND),
        SharedSite("south--a", "South · A", spare="a", stands_for="south", heard_ns=SECOND),
    )
    assert {key: value for key, value in found.items() if key[1]} == {
        ("watchroom_hub_spare_standing_in", "north"): 1,
        ("watchroom_hub_spare_standing_in", "south"): 0,
        ("watchroom_hub_spare_settings_age_seconds", "north"): 60,
    }
