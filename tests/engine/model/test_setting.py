"""Descriptions of settings: what they allow, how they refuse, what they are called."""

import math
from dataclasses import dataclass
from typing import Annotated

import pytest

from engine.gateway.setting_schema import openapi_limits
from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits, described_fields, settings_of
from engine.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Oven:
    heat: Annotated[float, Setting("Heat", unit="°", ge=-90, le=90)] = 0.0
    door_s: Annotated[float, Setting("Door open", unit="s", gt=0, lt=10)] = 1.0
    number: Annotated[int, Setting("Number", ge=1, le=9999, unset=0)] = 0
    name: Annotated[str, Setting("Name", min_length=1, max_length=12)] = "Oven"
    steps: Annotated[tuple[float, ...], Setting("Steps", ge=1, le=5)] = ()
    gap: Annotated[float | None, Setting("Gap", ge=0)] = None
    note: str = ""

    def __post_init__(self) -> None:
        check_limits(self)


@pytest.mark.parametrize(
    "given",
    [
        {"heat": -90},
        {"heat": 90.0},
        {"door_s": 9.99},
        {"number": 0},
        {"number": 9999},
        {"name": "n" * 12},
        {"steps": (1, 5)},
        {"gap": None},
        {"gap": 0},
    ],
)
def test_what_is_within_limits_is_taken(given: dict[str, object]) -> None:
    Oven(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("heat", 90.5, "90.5 is outside ±90"),
        ("heat", math.nan, "nan is outside ±90"),
        ("door_s", 0, "0 is outside 0–10"),
        ("door_s", 10, "10 is outside 0–10"),
        ("number", -1, "-1 is outside 1–9999"),
        ("number", 10_000, "10000 is outside 1–9999"),
        ("name", " ", "needs 1 to 12 characters"),
        ("name", "n" * 13, "needs 1 to 12 characters"),
        ("steps", (2, 6), "each is 1 to 5"),
        ("gap", -0.1, "-0.1 is negative"),
    ],
)
def test_what_is_outside_is_refused_by_field_and_range(field: str, value: object, message: str) -> None:
    with pytest.raises(InputError) as refused:
        Oven(**{field: value})  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.message) == (field, message)


def test_a_label_carries_its_unit_and_a_field_may_have_no_description() -> None:
    assert [setting.label for setting in settings_of(Oven).values()] == [
        "Heat, in degrees",
        "Door open, in s",
        "Number",
        "Name",
        "Steps",
        "Gap",
    ]
    assert [each.setting for each in described_fields(Oven)][-1] is None


def test_openapi_has_the_same_limits() -> None:
    assert openapi_limits(Oven, "door_s") == {"exclusiveMinimum": 0, "exclusiveMaximum": 10}
    assert openapi_limits(Oven, "number") == {"minimum": 0, "maximum": 9999}
    assert openapi_limits(Oven, "name") == {"minLength": 1, "maxLength": 12}


def test_every_number_of_the_site_is_described_and_its_default_allowed() -> None:
    described = [each for each in described_fields(Settings) if each.setting is not None]
    assert len(described) > 200
    for each in described:
        assert each.setting is not None
        default = each.owner.__dataclass_fields__[each.path.rpartition(".")[2]].default
        if isinstance(default, (int, float)):
            assert each.setting.allows(default), each.path
