"""Explanations are the evidence told in words and shapes."""

import numpy as np
import pytest

from engine.model.radio.blob import BlobEvidence, LinkTable
from engine.radio import explain as module
from engine.radio.explain import explain
from engine.radio.fresnel import excess_m, zone_numbers

WAVE = 0.123
TABLE = LinkTable(
    ("02:00:00:00:00:00:02:00:00:00:00:01", "02:00:00:00:00:00:02:00:00:00:00:02", "02:00:00:00:00:01:02:00:00:00:00:02"),
    np.array([[0.0, 0, 2], [0, 0, 2], [5, 0, 2]]),
    np.array([[5.0, 0, 2], [5, 5, 2], [5, 5, 2]]),
    np.full(3, WAVE),
)


def evidence(contribution: list[float], zone: list[int]) -> BlobEvidence:
    parts = np.array(contribution)
    return BlobEvidence(
        "b",
        1,
        5,
        (2.5, 0.1, 2.0),
        float(parts.sum()),
        0.9,
        TABLE,
        parts,
        parts.sum() - parts,
        *(np.ones(3) for _ in range(3)),
        np.array(zone),
    )


def test_parts_add_up_and_shares_are_of_what_speaks_for_it():
    told = explain(evidence([3.0, 1.0, -0.5], [1, 2, 9]))
    assert sum(link.contribution for link in told.links) == pytest.approx(told.fused_value, rel=1e-9)
    assert [link.share for link in told.links] == pytest.approx([0.75, 0.25, 0.0])
    assert [link.contributing for link in told.links] == [True, True, False]
    assert told.links[0].node_mac == "02:00:00:00:00:00" and told.links[0].peer_mac == "02:00:00:00:00:01"
    assert [zone.link for zone in told.zones] == [link.link for link in told.links if link.contributing]


def test_the_ellipsoid_is_that_of_the_zone():
    zone = explain(evidence([3.0, -1.0, -1.0], [3, 1, 1])).zones[0]
    along = (5 + 3 * WAVE / 2) / 2
    assert zone.semi_axes == pytest.approx((np.sqrt(along**2 - 25 / 4),) * 2 + (along,))
    assert zone.center == (2.5, 0.0, 2.0)


def test_the_volume_of_one_zone_is_its_ellipsoids():
    told = explain(evidence([3.0, -1.0, -1.0], [3, 1, 1]))
    b, _, a = told.zones[0].semi_axes
    assert told.intersection_m3 == pytest.approx(4 / 3 * np.pi * a * b * b, rel=0.03)


def test_of_two_zones_it_is_no_more_than_of_one_and_of_none_nothing():
    one = explain(evidence([3.0, -1.0, -1.0], [2, 2, 2])).intersection_m3
    both = explain(evidence([3.0, 1.0, -1.0], [2, 2, 2])).intersection_m3
    assert 0 < both < one
    assert explain(evidence([-3.0, -1.0, -1.0], [2, 2, 2])).intersection_m3 == 0


def test_a_thin_intersection_that_the_grid_misses_is_searched_nearer_to_the_blob(monkeypatch: pytest.MonkeyPatch) -> None:
    """The blob lies in all zones, so that their intersection is never empty, however thin."""
    a = np.array([[6.49, 4.68, 0.63], [0.52, 1.69, 0.78], [9.84, 0.02, 1.23], [0.58, 5.12, 0.59]])
    b = np.array([[0.68, 0.64, 1.04], [5.76, 6.44, 1.03], [2.83, 6.6, 1.99], [1.27, 6.45, 2.16]])
    links, position, parts = tuple(f"02:00:00:00:00:0{n}:02:00:00:00:01:0{n}" for n in range(4)), (1.78, 5.02, 0.8), np.ones(4)
    zones = zone_numbers(excess_m(np.array([position]), a, b)[0], np.full(4, WAVE))
    table = LinkTable(links, a, b, np.full(4, WAVE))
    found = BlobEvidence("b", 1, 5, position, 4.0, 0.9, table, parts, parts, *(np.ones(4) for _ in range(3)), zones)
    monkeypatch.setattr(module, "_POINTS", 60)
    assert explain(found).intersection_m3 > 0
