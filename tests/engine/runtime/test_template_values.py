"""What a template can hold, and what its values make of settings: read strictly, compared field by field, put in and taken back."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.errors import InputError
from engine.model.event import Severity
from engine.model.settings import GateSettings, Settings
from engine.model.templates import FieldRefusal, TemplateValues
from engine.runtime.templates.template_values import (
    MOST_BYTES,
    NOT_CENTRAL,
    all_values,
    central_fields,
    chosen_values,
    differences_of,
    digest_of,
    put_back,
    read_values,
    refusals_of,
    values_of,
    with_values,
)

RULE = {"id": "gate", "name": "Gate at night", "repeat_s": 30.0}
_NUMBERS = {
    "gates.min_confidence": st.floats(0, 1),
    "gates.min_seen_s": st.floats(0, 100),
    "alerts.flood_at": st.integers(2, 1000),
    "activities.enabled": st.booleans(),
    "review.gap_s": st.floats(5, 600),
}
_rules = st.builds(
    lambda name, repeat, severity: {"id": "gate", "name": name, "repeat_s": repeat, "severity": severity},
    st.text("abc", min_size=1, max_size=9),
    st.floats(0, 86_400),
    st.sampled_from([None, *(int(each) for each in Severity)]),
)
values = st.fixed_dictionaries({}, optional={**_NUMBERS, "alerts.rules[gate]": _rules}).filter(bool)


def _anything(settings: Settings, _: TemplateValues) -> None:
    del settings


def test_no_field_of_security_hardware_people_or_retention_can_be_in_a_template() -> None:
    fields = set(central_fields())
    assert {"alerts.rules", "alerts.flood_at", "gates.min_confidence"} <= fields
    own = ("access", "cameras", "nodes", "webhooks", "notifications", "recognition", "microphones", "chat", "upkeep", "anchor", "site_name")
    assert not [field for field in fields if field.partition(".")[0] in own or "keep" in field or "folder" in field]
    assert not {"alerts.mode", "alerts.version", "alerts.time_zone", "recording.enabled", "recording.continuous"} & fields


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({}, "values"),
        ({"access.idle_lock_min": 0}, "access.idle_lock_min"),
        ({"recording.keep_events_days": 1}, "recording.keep_events_days"),
        ({"alerts.rules": []}, "alerts.rules"),
        ({"gates.min_confidence": 7}, "gates.min_confidence"),
        ({"gates.min_confidence": "much"}, "gates.min_confidence"),
        ({"gates.min_seen_s": float("inf")}, "gates.min_seen_s"),
        ({"alerts.rules[gate]": {**RULE, "area_risk": float("nan")}}, "alerts.rules[gate]"),
        ({"alerts.rules[a]": 3}, "alerts.rules[a]"),
        ({"alerts.rules[a]": RULE}, "alerts.rules[a]"),
        ({"alerts.rules[gate]": {**RULE, "repeat_s": -1}}, "alerts.rules[gate].repeat_s"),
        ({"alerts.rules[gate]": {**RULE, "colour": "red"}}, "alerts.rules[gate].colour"),
        ({f"alerts.rules[r{n}]": {"id": f"r{n}", "name": "x" * 100, "procedure": ["y" * 300] * 9} for n in range(20)}, "values"),
        ({f"alerts.rules[r{n}]": {"id": f"r{n}", "name": "x"} for n in range(201)}, "alerts.rules"),
    ],
)
def test_what_cannot_be_in_a_template_is_refused_by_its_field(plain: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        read_values(plain)
    assert refused.value.field == field


def test_values_of_a_site_are_read_as_they_are() -> None:
    """Also when they travelled as JSON, and in the order of the settings."""
    settings = replace(Settings(), gates=GateSettings(0.5), alerts=AlertSettings(rules=(Rule("gate", "Gate", repeat_s=5),), flood_at=20))
    told = all_values(settings)
    assert len(json.dumps(told)) < MOST_BYTES
    assert read_values(json.loads(json.dumps(told))) == told
    assert with_values(settings, told) == settings and with_values(Settings(), told) != Settings()
    assert list(read_values(dict(reversed(list(told.items()))))) == list(told)


def test_those_that_are_wanted_are_chosen() -> None:
    told = all_values(Settings())
    assert list(chosen_values(told, ["alerts.rules[smoke]", "gates"])) == [
        "gates.min_confidence",
        "gates.min_seen_s",
        "gates.duplicate_s",
        "alerts.rules[smoke]",
    ]
    with pytest.raises(InputError, match="is no field"):
        chosen_values(told, ["gates", "access"])


@given(values)
def test_applied_values_are_there_and_nothing_else_is_other(values: TemplateValues) -> None:
    before, read = Settings(), read_values(values)
    after = with_values(before, read)
    assert values_of(after, read) == read
    assert not differences_of(values_of(after, read), read)
    others = {name: value for name, value in all_values(before).items() if name not in read}
    assert values_of(after, others) == others
    assert with_values(after, read) == after, "once more, it changes nothing"
    other_rules = (after.alerts.rules, after.alerts.flood_at) != (before.alerts.rules, before.alerts.flood_at)
    assert after.alerts.version == before.alerts.version + (1 if other_rules else 0)


@given(values)
def test_what_was_applied_is_taken_back(values: TemplateValues) -> None:
    before, read = Settings(), read_values(values)
    after = with_values(before, read)
    back = put_back(after, values_of(before, read), read)
    assert replace(back, alerts=replace(back.alerts, version=before.alerts.version)) == before


def test_what_was_changed_since_is_not_taken_back() -> None:
    read = read_values({"gates.min_confidence": 0.9, "gates.min_seen_s": 9.0, "alerts.rules[gate]": RULE})
    after = with_values(Settings(), read)
    later = replace(after, gates=replace(after.gates, min_confidence=0.2))
    back = put_back(later, values_of(Settings(), read), read)
    assert back.gates == replace(Settings().gates, min_confidence=0.2)
    assert back.alerts.rules == Settings().alerts.rules


@given(values, values)
def test_a_digest_is_of_the_values_however_they_were_written(one: TemplateValues, other: TemplateValues) -> None:
    first, second = read_values(one), read_values(other)
    assert (digest_of(first) == digest_of(second)) == (first == second)
    assert digest_of(json.loads(json.dumps(dict(reversed(list(first.items())))))) == digest_of(first)
    assert digest_of({"review.gap_s": 60}) == digest_of({"review.gap_s": 60.0})


def test_differences_name_the_fields_of_a_rule() -> None:
    found = differences_of({"alerts.rules[gate]": RULE, "gates.min_seen_s": 1.0}, {"alerts.rules[gate]": {**RULE, "severity": 4}})
    assert [(each.field, each.now, each.then) for each in found] == [
        ("alerts.rules[gate].severity", "", "4"),
        ("gates.min_seen_s", "1.0", ""),
    ]
    added = differences_of({"alerts.rules[gate]": None}, {"alerts.rules[gate]": RULE})
    assert [(each.field, each.now, each.then) for each in added] == [("alerts.rules[gate]", "", "Gate at night")]


def test_all_that_is_refused_is_told_by_its_field() -> None:
    plain = {"gates.min_confidence": 0.5, "access.pin": "0000", "alerts.flood_at": 1, "alerts.rules[gate]": {**RULE, "name": ""}}
    assert refusals_of(Settings(), plain, _anything) == (
        FieldRefusal("access.pin", NOT_CENTRAL),
        FieldRefusal("alerts.flood_at", "1 is outside 2–1000"),
        FieldRefusal("alerts.rules[gate].name", "needs 1 to 120 characters"),
    )
    many = {f"alerts.rules[r{n}]": {"id": f"r{n}", "name": "x"} for n in range(199)}
    assert [each.field for each in refusals_of(Settings(), many, _anything)] == ["alerts.rules"], "each alone would fit"
