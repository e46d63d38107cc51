"""Whatever comes as an answer, it is either used as the contract says or is a fault; never anything between."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.atlas.answers import parsed
from engine.incidents.atlas.atlas_case import Around
from engine.incidents.atlas.classified import Prediction, read_prediction
from engine.incidents.atlas.fault import MALFORMED, NOT_JSON, AtlasFault
from engine.incidents.atlas.media_findings import read_planned, read_real
from engine.incidents.atlas.patterns import read_patterns
from engine.incidents.atlas.taxonomy import ATLAS_CATEGORIES, POLISEN_TYPES, agree, from_atlas, polisen_type, to_atlas
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory
from tests.fakes.atlas import STOCKHOLM

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
GOOD: dict[str, Any] = {
    "threat_id": "t-1",
    "classification": {"threat_category": "theft", "severity": 2, "confidence": 0.5},
    "product_mappings": {"polisen_type": "Stöld"},
    "nearby_patterns": [STOCKHOLM],
    "recommendations": ["look"],
}
PLACES = (
    ("threat_id",),
    ("classification",),
    ("classification", "threat_category"),
    ("classification", "severity"),
    ("classification", "confidence"),
    ("product_mappings",),
    ("product_mappings", "polisen_type"),
    ("nearby_patterns",),
    ("recommendations",),
)


def check(said: Prediction) -> None:
    assert said.category in set(IncidentCategory)
    assert 1 <= said.severity <= 5
    assert 0 <= said.confidence <= 1
    assert said.threat_id
    for text in (said.threat_id, said.model_version, *said.recommendations, *said.pattern_ids, *(name for _, name in said.products)):
        assert len(text.encode()) <= 4 * 500
    assert dict(said.products)["polisen"] in POLISEN_TYPES


@given(st.sampled_from(PLACES), ANYTHING)
def test_an_answer_with_anything_anywhere(place: tuple[str, ...], value: Any) -> None:
    plain = json.loads(json.dumps(GOOD))
    inner = plain
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    try:
        check(read_prediction(plain, True, "key"))
    except AtlasFault as fault:
        assert fault.reason == MALFORMED


@given(st.dictionaries(st.text(max_size=10), ANYTHING, max_size=5))
def test_any_object_is_used_or_refused(plain: dict[str, Any]) -> None:
    for read in (
        lambda: read_prediction(plain, False, "key"),
        lambda: read_patterns(plain, Around(59, 18)),
        lambda: read_planned(plain, "photo"),
        lambda: read_real(plain, "photo"),
    ):
        with pytest.raises(AtlasFault):
            read()


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(content: bytes) -> None:
    try:
        assert isinstance(parsed(content, "text/plain"), dict)
    except AtlasFault as fault:
        assert fault.reason == NOT_JSON


@given(st.sampled_from(sorted(STOCKHOLM)), ANYTHING)
def test_a_pattern_with_anything_anywhere(name: str, value: Any) -> None:
    try:
        answer = read_patterns({"patterns": [STOCKHOLM | {name: value}]}, Around(59.32, 18.07))
    except AtlasFault as fault:
        assert fault.reason == MALFORMED
    else:
        assert answer.available
        assert all(0 <= pattern.significance <= 1 and pattern.distance_m >= 0 for pattern in answer.patterns)


def test_no_patterns_at_all_is_not_the_same_as_no_list() -> None:
    assert read_patterns({"patterns": []}, Around(59, 18)).available
    with pytest.raises(AtlasFault):
        read_patterns({}, Around(59, 18))


def test_patterns_are_the_nearest_first() -> None:
    far = STOCKHOLM | {"pattern_id": "far", "location": {"center_lat": 59.33, "center_lon": 18.0686, "radius_meters": 100}}
    found = read_patterns({"patterns": [far, STOCKHOLM]}, Around(59.3183, 18.0686))
    assert [pattern.id for pattern in found.patterns] == [STOCKHOLM["pattern_id"], "far"]
    assert found.patterns[0].distance_m == pytest.approx(0, abs=1e-6)
    assert found.patterns[1].distance_m == pytest.approx(1303, abs=3)  # 0.0117 degrees of latitude at 111.4 km each


def test_a_pattern_that_reaches_into_the_circle_counts() -> None:
    around = Around(59.3183 + 0.05, 18.0686, radius_km=5.0)  # 5.57 km away, 800 m wide
    assert len(read_patterns({"patterns": [STOCKHOLM]}, around).patterns) == 1
    small = STOCKHOLM | {"location": {"center_lat": 59.3183, "center_lon": 18.0686, "radius_meters": 500}}
    assert read_patterns({"patterns": [small]}, around).patterns == ()


@pytest.mark.parametrize(
    ("level", "expected"), [("critical", 5), ("High", 4), ("medium", 3), ("safe", 1), (8.0, 5), (7.9, 4), (4, 3), (2, 2), (0, 1)]
)
def test_a_threat_level_is_a_severity(level: object, expected: int) -> None:
    plain = {"objects_detected": [], "threats_detected": [], "threat_level": level, "confidence": 0.5}
    assert read_planned(plain, "photo").severity is Severity(expected)


@pytest.mark.parametrize("level", ["awful", None, True, 11, -1, float("inf")])
def test_another_threat_level_is_a_fault(level: object) -> None:
    with pytest.raises(AtlasFault):
        read_planned({"objects_detected": [], "threats_detected": [], "threat_level": level, "confidence": 0.5}, "photo")


def test_the_taxonomies_lead_to_each_other() -> None:
    for word in ATLAS_CATEGORIES:
        category = from_atlas(word)
        assert category is not None
        assert to_atlas(category) == word
    assert {category for category in IncidentCategory if to_atlas(category) is None} == {IncidentCategory.FIRE, IncidentCategory.OTHER}
    assert {polisen_type(category) for category in IncidentCategory} <= set(POLISEN_TYPES)


@pytest.mark.parametrize(
    ("said", "expected"),
    [("Rån", "Rån"), ("Grov misshandel", "Våld mot person"), ("Annan händelse", "Övrigt"), ("Piratkopiering", "Stöld"), ("", "Stöld")],
)
def test_a_type_of_polisen_is_one_of_the_fifteen(said: str, expected: str) -> None:
    assert polisen_type(IncidentCategory.THEFT, said) == expected


def test_what_is_one_word_to_atlas_agrees() -> None:
    assert agree("violence", "assault")
    assert agree("theft", "burglary")
    assert agree("fire", "fire")
    assert not agree("fire", "other")
    assert not agree("theft", "violence")
